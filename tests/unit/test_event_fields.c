/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields one by one, dnsmon_event_field(): an object made of them is what parsing the JSON
 * gives, in the same order, whatever the event has and whatever bytes it holds. And what the tables
 * of fields say of themselves a second time.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <glib.h>
#include <json-c/json.h>

#include "event/fields.h"
#include "event_sample.h"

/* ---- the simplest way from fields to an object -------------------------------------------- */

static struct json_object *member(struct json_object *in, const char *key, bool list)
{
    struct json_object *value;

    if (!json_object_object_get_ex(in, key, &value)) {
        value = list ? json_object_new_array() : json_object_new_object();
        json_object_object_add(in, key, value);
    }
    return value;
}

static struct json_object *element(struct json_object *list, unsigned index)
{
    if (index == json_object_array_length(list)) {
        json_object_array_add(list, json_object_new_object());
    }
    return json_object_array_get_idx(list, index);
}

static struct json_object *value_of(const struct dnsmon_field *f)
{
    switch (f->kind) {
    case 'i':
        return json_object_new_int64(f->integer);
    case 'r':
        return json_object_new_double_s(f->real, f->text);
    case 'b':
        return json_object_new_boolean((json_bool)f->integer);
    case 'n':
        return NULL;
    default:
        assert_int_equal(f->kind, 't');
        return json_object_new_string_len(f->text, (int)f->text_len);
    }
}

static void put_field(struct json_object *root, const struct dnsmon_field *f)
{
    gchar **parts = g_strsplit(f->path, ".", -1);
    struct json_object *in = root;
    unsigned i;

    for (i = 0; parts[i + 1]; i++) {
        bool list = g_str_has_suffix(parts[i], "[]");

        parts[i][strcspn(parts[i], "[")] = '\0';
        in = member(in, parts[i], list);
        in = list ? element(in, f->index) : in;
    }
    assert_string_equal(f->key, parts[i]);
    if (g_str_has_suffix(parts[i], "[]")) {
        parts[i][strcspn(parts[i], "[")] = '\0';
        in = member(in, parts[i], true);
        assert_int_equal(json_object_array_length(in), f->index);
        json_object_array_add(in, value_of(f));
    } else {
        json_object_object_add(in, parts[i], value_of(f));
    }
    g_strfreev(parts);
}

static void compare(const struct dnsmon_event *ev)
{
    struct json_object *want = json_tokener_parse(dnsmon_event_json(ev));
    struct json_object *got = json_object_new_object();
    struct dnsmon_field field = {0};
    int result;

    assert_non_null(want);
    while ((result = dnsmon_event_field(ev, &field)) == 1) {
        assert_int_equal(field.text[field.text_len], 0);
        put_field(got, &field);
    }
    assert_int_equal(result, 0);
    assert_int_equal(dnsmon_event_field(ev, &field), 0); /* still */
    assert_string_equal(json_object_to_json_string(got), json_object_to_json_string(want));
    json_object_put(got);
    json_object_put(want);
}

static void fields_are_the_json(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();
    struct dnsmon_field field = {0};

    (void)state;
    compare(ev);
    assert_int_equal(dnsmon_event_field(ev, &field), 1);
    assert_string_equal(field.path, "@timestamp");
    assert_string_equal(field.text, "2004-01-28T01:11:12.000Z");
    while (strcmp(field.path, "dnsmon.score") != 0) {
        assert_int_equal(dnsmon_event_field(ev, &field), 1);
    }
    assert_int_equal(field.kind, 'r');
    assert_true(field.real == 21.4);
    assert_string_equal(field.text, "21.4");
    dnsmon_event_free(ev);
}

static void numbers_at_their_ends(void **state)
{
    struct dnsmon_event *ev = sample_full();
    struct dnsmon_field field = {0};

    (void)state;
    ev->summary->total[0].count = INT64_MAX;
    ev->figures.efficiency = NAN;
    ev->figures.m = -0.00001;
    ev->score = 1e300;
    compare(ev);
    ev->summary->total[0].count = UINT64_MAX;
    while (!field.path || strcmp(field.path, "dnsmon.top.total[].count") != 0) {
        assert_int_equal(dnsmon_event_field(ev, &field), 1);
    }
    assert_true(field.integer == INT64_MAX);
    assert_string_equal(field.text, "18446744073709551615");
    dnsmon_event_free(ev);
}

/** Any part of an event may be missing. */
static void drop_some(struct dnsmon_event *ev, uint64_t bits)
{
    ev->has_client = bits & 1;
    ev->has_host = bits & 2;
    ev->has_count = bits & 4;
    ev->n_rollup = bits >> 3 & 1 ? 2 : (unsigned)(bits >> 4 & 1);
    ev->n_evidence = (unsigned)(bits >> 5) % 9;
    ev->figures.groups &= (unsigned)(bits >> 9);
    ev->threshold = bits >> 20 & 1 ? -1 : 3;
    ev->summary->prefix.n[0] = bits >> 21 & 1;
    ev->summary->n_mx = bits >> 22 & 1;
    ev->window_s = bits >> 23 & 1;
    ev->notify = bits >> 24 & 1;
    if (bits >> 25 & 1) {
        free(ev->summary);
        ev->summary = NULL;
    }
}

static void whatever_it_has(void **state)
{
    uint64_t row = sample_seed();

    (void)state;
    for (int i = 0; i < SAMPLE_ROUNDS; i++) {
        struct dnsmon_event *ev = sample_hostile(&row);

        drop_some(ev, sample_random(&row));
        compare(ev);
        dnsmon_event_free(ev);
    }
}

static void texts_alone_have_none(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();
    struct dnsmon_field field = {0};

    (void)state;
    ev->texts_only = true;
    assert_int_equal(dnsmon_event_field(ev, &field), DNSMON_EINVAL);
    assert_null(field.path);
    dnsmon_event_free(ev);
}

/* ---- the tables ---------------------------------------------------------------------------- */

static void rows_know_their_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < dm_n_fields; i++) {
        const struct dm_field *row = &dm_fields[i];
        const char *dot = strrchr(row->path, '.');
        size_t depth = 0;

        for (const char *p = row->path; *p; p++) {
            depth += (*p == '.') + (*p == '[');
        }
        if (row->list != (strstr(row->path, "[]") != NULL) ||
            row->place_len != (dot ? dot + 1 - row->path : 0) ||
            row->place_len + row->key_len != strlen(row->path) || depth > DM_PATH_DEPTH ||
            strlen(row->path) >= DM_PATH_MAX) {
            fail_msg("%s: X or L, where it is split, or too long", row->path);
        }
    }
}

static void short_fields_know_their_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < dm_n_short_fields; i++) {
        const struct dm_short_field *field = &dm_short_fields[i];
        const struct dm_field *row = dm_field_find(field->path);

        if (!row || field->get != row->get || field->type != row->type ||
            field->list != row->list || field->name_len != strlen(field->name)) {
            fail_msg("%s is not as the row of %s", field->name, field->path);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_the_json),   cmocka_unit_test(numbers_at_their_ends),
        cmocka_unit_test(whatever_it_has),       cmocka_unit_test(texts_alone_have_none),
        cmocka_unit_test(rows_know_their_paths), cmocka_unit_test(short_fields_know_their_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
