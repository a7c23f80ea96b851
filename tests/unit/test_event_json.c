/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The JSON form: a hand-written text by bytes and by meaning, the table of fields against what is
 * written, the schema against the table, hostile bytes, a locale with a decimal comma.
 *
 * LIMITS: the schema is compared by its paths, not used to validate.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>
#include <json-c/json.h>

#include "event/fields.h"
#include "event_sample.h"
#include "util/text.h"

static const char ordinary[] =
    "{\"@timestamp\":\"2004-01-28T01:11:12.000Z\",\"ecs\":{\"version\":\"8.11\"},"
    "\"event\":{\"kind\":\"alert\",\"category\":[\"network\",\"intrusion_detection\"],"
    "\"type\":[\"info\"],\"module\":\"dnsmon\",\"dataset\":\"dnsmon.event\",\"action\":\"open\","
    "\"id\":\"00112233445566778899aabbccddeeff\",\"start\":\"2004-01-27T22:11:00.000Z\","
    "\"end\":\"2004-01-28T01:11:12.000Z\",\"severity\":7,\"risk_score\":93.0,"
    "\"reason\":\"807 MX and 4823 A in 3 h, no PTR\"},"
    "\"rule\":{\"id\":\"mass-mailer\",\"name\":\"Mass-mailing client\"},"
    "\"client\":{\"ip\":\"192.0.2.7\"},\"source\":{\"ip\":\"192.0.2.7\"},"
    "\"related\":{\"ip\":[\"192.0.2.7\"]},"
    "\"observer\":{\"hostname\":\"ns1\",\"product\":\"dnsmon\",\"version\":\"" PACKAGE_VERSION
    "\"},"
    "\"dnsmon\":{\"schema\":1,\"state\":\"open\",\"level\":\"alarm\","
    "\"class\":\"mass-mailing-worm\",\"score\":21.4,\"threshold\":14.9,"
    "\"count\":{\"a\":4823,\"aaaa\":0,\"mx\":807,\"ptr\":0,\"other\":0},"
    "\"distinct\":{\"registered_domain\":412},"
    "\"window\":{\"start\":\"2004-01-27T22:11:00.000Z\",\"seconds\":10812},"
    "\"manager\":\"netadmin-a@example.edu\",\"suppressed\":0,\"lossy\":false,"
    "\"verified\":false,"
    "\"evidence\":[{\"time\":\"2004-01-28T01:11:12.000Z\",\"name\":\"example.com\","
    "\"type\":\"MX\"}]}}";

/** The contract's order of keys is a courtesy; its meaning is the promise. */
static const char full_tail[] =
    "{\"llr\": -79.7, \"distinct\": {\"at_least\": true, \"registered_domain\": 412},"
    " \"notify\": true, \"suggest\": \"192.0.2.7 REJECT\", \"suppressed\": 3, \"lossy\": true,"
    " \"verified\": true,"
    " \"clients\": ["
    "  {\"ip\": \"192.0.2.8\", \"level\": \"alarm\", \"score\": 30.0, \"verified\": true,"
    "   \"count\": {\"a\": 0, \"aaaa\": 0, \"mx\": 51, \"ptr\": 0, \"other\": 0}},"
    "  {\"ip\": \"2001:db8::9\", \"level\": \"notice\", \"score\": 15.25, \"verified\": false,"
    "   \"count\": {\"a\": 0, \"aaaa\": 0, \"mx\": 0, \"ptr\": 0, \"other\": 0}}],"
    " \"mail\": {\"connections\": 18000, \"messages\": 12600, \"efficiency\": 0.7, \"peers\": "
    "1523},"
    " \"rejects\": {\"user_unknown\": 16, \"relay_denied\": 2, \"recipient_rejected\": 13505,"
    "  \"other\": 4},"
    " \"regression\": {\"m\": 8.8, \"m_pop3\": 1.0, \"intercept\": 0.05, \"r2\": 0.9183, \"q\": "
    "0.5,"
    "  \"n\": 6.8, \"k\": 2.0, \"bins\": 144},"
    " \"cache\": {\"efficiency\": -0.25},"
    " \"unresolved\": {\"total\": 40000, \"unresolved\": 8400, \"share\": 0.21, \"r2\": 0.9993},"
    " \"top\": {\"mx\": [{\"ip\": \"192.0.2.40\", \"count\": 2922}],"
    "  \"total\": [{\"ip\": \"192.0.2.41\", \"count\": 5000000000}]},"
    " \"prefix\": {\"client\": \"192.0.2.42\","
    "  \"1\": [{\"prefix\": \"m\", \"count\": 7000}], \"2\": [{\"prefix\": \"ma\", \"count\": "
    "6999}],"
    "  \"3\": [{\"prefix\": \"mai\", \"count\": 6998}],"
    "  \"4\": [{\"prefix\": \"mail\", \"count\": 6997}],"
    "  \"5\": [{\"prefix\": \"mail.\", \"count\": 6996}],"
    "  \"site\": {"
    "   \"1\": [{\"prefix\": \"m\", \"count\": 8000}], \"2\": [{\"prefix\": \"ma\", \"count\": "
    "7999}],"
    "   \"3\": [{\"prefix\": \"mai\", \"count\": 7998}],"
    "   \"4\": [{\"prefix\": \"mail\", \"count\": 7997}],"
    "   \"5\": [{\"prefix\": \"mail.\", \"count\": 7996}]}}}";

static void ordinary_by_bytes(void **state)
{
    struct dnsmon_event *ev = sample_ordinary();

    (void)state;
    assert_string_equal(dnsmon_event_json(ev), ordinary);
    assert_ptr_equal(dnsmon_event_json(ev), dnsmon_event_json(ev));
    assert_int_equal(dnsmon_event_time_us(ev), SAMPLE_TIME_US);
    assert_int_equal(dnsmon_event_level(ev), DNSMON_ALARM);
    assert_string_equal(dnsmon_event_rule(ev), "mass-mailer");
    dnsmon_event_free(ev);
    dnsmon_event_free(NULL);
}

static void full_by_meaning(void **state)
{
    struct dnsmon_event *ev = sample_full();
    struct json_object *got = json_tokener_parse(dnsmon_event_json(ev));
    struct json_object *want = json_tokener_parse(full_tail);
    struct json_object *ours, *related, *value, *host;

    (void)state;
    assert_non_null(got);
    assert_true(json_object_object_get_ex(got, "dnsmon", &ours));
    json_object_object_foreach(want, key, wanted)
    {
        assert_true(json_object_object_get_ex(ours, key, &value));
        assert_true(json_object_equal(value, wanted));
    }
    assert_true(json_object_object_get_ex(got, "related", &value));
    related = json_tokener_parse("[\"192.0.2.7\",\"192.0.2.25\",\"192.0.2.8\",\"2001:db8::9\","
                                 "\"192.0.2.40\",\"192.0.2.41\",\"192.0.2.42\"]");
    assert_true(json_object_equal(json_object_object_get(value, "ip"), related));
    assert_true(json_object_object_get_ex(got, "host", &value));
    host = json_object_object_get(value, "ip");
    assert_true(json_object_is_type(host, json_type_string));
    assert_string_equal(json_object_get_string(host), "192.0.2.25");
    json_object_put(related);
    json_object_put(want);
    json_object_put(got);
    dnsmon_event_free(ev);
}

/** An event about the feed has neither client nor host, and nothing empty. */
static void nothing_is_left_out_as_null(void **state)
{
    struct dnsmon_event *ev = dm_event_new();
    const char *json;

    (void)state;
    ev->rule_id = "feed-gap";
    ev->level = DNSMON_INFO;
    json = dnsmon_event_json(ev);
    assert_null(strstr(json, "null"));
    assert_null(strstr(json, "\"\""));
    assert_null(strstr(json, "{}"));
    assert_null(strstr(json, "[]"));
    assert_null(strstr(json, "\"ip\""));
    assert_null(strstr(json, "score\":0.0,\"thr"));
    assert_non_null(strstr(json, "\"kind\":\"event\""));
    assert_non_null(strstr(json, "\"severity\":1,\"risk_score\":0.0"));
    dnsmon_event_free(ev);
}

static void risk_follows_level_and_score(void **state)
{
    static const struct {
        const char *name;
        enum dnsmon_level level;
        double score, threshold, risk;
    } cases[] = {
        {"the contract's example", DNSMON_ALARM, 21.4, 14.9, 93.0}, /* 100 - 6.963 */
        {"alarm without a threshold", DNSMON_ALARM, 5, -1, 90.0},
        {"51st MX of 50", DNSMON_ALARM, 51, 50, 90.2}, /* 100 - 9.804 */
        {"score has sunk", DNSMON_ALARM, 1, 14.9, 90.0},
        {"notice at twice", DNSMON_NOTICE, 20, 10, 55.0},
        {"information", DNSMON_INFO, 0, -1, 0.0},
        {"no score", DNSMON_NOTICE, NAN, 10, 50.0},
        {"endless score", DNSMON_ALARM, INFINITY, 10, 100.0},
    };
    struct dnsmon_event *ev = dm_event_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ev->level = cases[i].level;
        ev->score = cases[i].score;
        ev->threshold = cases[i].threshold;
        if (fabs(dm_event_risk(ev) - cases[i].risk) > 1e-9) {
            fail_msg("%s: %g, not %g", cases[i].name, dm_event_risk(ev), cases[i].risk);
        }
    }
    dnsmon_event_free(ev);
}

/* ---- the table, both ways --------------------------------------------------------------- */

static void collect(struct json_object *value, const char *path, GHashTable *paths)
{
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, member)
        {
            char *below = g_strconcat(path, *path ? "." : "", key, NULL);

            collect(member, below, paths);
            g_free(below);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        char *below = g_strconcat(path, "[]", NULL);

        for (size_t i = 0; i < json_object_array_length(value); i++) {
            collect(json_object_array_get_idx(value, i), below, paths);
        }
        g_free(below);
    } else {
        g_hash_table_add(paths, g_strdup(path));
    }
}

static void check_paths(GHashTable *paths, const char *what)
{
    GHashTableIter iter;
    gpointer path;

    g_hash_table_iter_init(&iter, paths);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        if (!dm_field_find(path)) {
            fail_msg("%s has %s, the table has not", what, (char *)path);
        }
    }
    for (size_t i = 0; i < dm_n_fields; i++) {
        if (!g_hash_table_contains(paths, dm_fields[i].path)) {
            fail_msg("the table has %s, %s has not", dm_fields[i].path, what);
        }
    }
}

static void table_is_what_is_written(void **state)
{
    GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct dnsmon_event *ev = sample_full();
    struct json_object *json = json_tokener_parse(dnsmon_event_json(ev));

    (void)state;
    collect(json, "", paths);
    check_paths(paths, "the JSON");
    json_object_put(json);
    dnsmon_event_free(ev);
    g_hash_table_unref(paths);
}

/** Paths of the leaves of a JSON Schema. */
static void collect_schema(struct json_object *node, const char *path, GHashTable *paths)
{
    struct json_object *members, *items;

    if (json_object_object_get_ex(node, "properties", &members)) {
        json_object_object_foreach(members, key, member)
        {
            char *below = g_strconcat(path, *path ? "." : "", key, NULL);

            collect_schema(member, below, paths);
            g_free(below);
        }
    } else if (json_object_object_get_ex(node, "items", &items)) {
        char *below = g_strconcat(path, "[]", NULL);

        collect_schema(items, below, paths);
        g_free(below);
    } else {
        g_hash_table_add(paths, g_strdup(path));
    }
}

static void schema_is_the_table(void **state)
{
    const char *src = getenv("DNSMON_SRC") ? getenv("DNSMON_SRC") : getenv("srcdir");
    char *file = g_build_filename(src ? src : ".", "doc/event.schema.json", NULL);
    GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct json_object *schema = json_object_from_file(file);

    (void)state;
    if (!schema) {
        fail_msg("%s: cannot be read (set DNSMON_SRC to the source tree)", file);
    }
    collect_schema(schema, "", paths);
    check_paths(paths, "doc/event.schema.json");
    json_object_put(schema);
    g_hash_table_unref(paths);
    g_free(file);
}

static void short_fields_have_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < dm_n_short_fields; i++) {
        const char *name = dm_short_fields[i].name;

        assert_non_null(dm_field_find(dm_short_fields[i].path));
        assert_in_range(strlen(name), 1, 32);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789"), strlen(name));
    }
}

static void manual_has_every_row(void **state)
{
    char *page = dm_manual_events();

    (void)state;
    assert_non_null(page);
    for (size_t i = 0; i < dm_n_fields; i++) {
        char *row = g_strdup_printf("\n| `%s` | ", dm_fields[i].path);

        assert_non_null(strstr(page, row));
        g_free(row);
    }
    free(page);
}

/* ---- hostile input ---------------------------------------------------------------------- */

static void assert_same(struct json_object *parent, const char *key, const char *raw)
{
    struct json_object *value;
    char *text;

    if (!*raw) {
        return;
    }
    assert_true(json_object_object_get_ex(parent, key, &value));
    text = g_strdup(json_object_get_string(value));
    assert_int_equal(sample_unescape(text), strlen(raw));
    assert_string_equal(text, raw);
    g_free(text);
}

static void hostile_round(uint64_t *state)
{
    struct dnsmon_event *ev = sample_hostile(state);
    const char *json = dnsmon_event_json(ev);
    struct json_object *got = json_tokener_parse(json), *ours, *list, *event;

    assert_true(g_utf8_validate(json, -1, NULL));
    for (const char *p = json; *p; p++) {
        assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
    }
    assert_null(strstr(json, "</"));
    assert_non_null(got);
    assert_true(json_object_object_get_ex(got, "event", &event));
    assert_same(event, "reason", ev->reason);
    assert_true(json_object_object_get_ex(got, "dnsmon", &ours));
    assert_same(ours, "class", ev->class_name);
    assert_same(ours, "manager", ev->manager);
    assert_same(ours, "suggest", ev->suggest);
    assert_true(json_object_object_get_ex(ours, "evidence", &list));
    assert_int_equal(json_object_array_length(list), DM_EVIDENCE_MAX);
    for (unsigned i = 0; i < DM_EVIDENCE_MAX; i++) {
        assert_same(json_object_array_get_idx(list, i), "name", ev->evidence[i].name);
    }
    json_object_put(got);
    dnsmon_event_free(ev);
}

static void hostile_bytes_come_back(void **state)
{
    uint64_t row = sample_seed();

    (void)state;
    for (int i = 0; i < SAMPLE_ROUNDS; i++) {
        hostile_round(&row);
    }
}

/* ---- numbers, times, locale ------------------------------------------------------------- */

static void check_numbers(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {14.9, "14.9"},      {93, "93.0"},
        {0, "0.0"},          {-0.0, "0.0"},
        {-0.004, "0.0"},     {-79.7, "-79.7"},
        {14.899999, "14.9"}, {15.25, "15.25"},
        {0.1 + 0.2, "0.3"},  {1234567.0, "1234567.0"},
        {1.006, "1.01"},
    };
    char out[DM_NUMBER_STRLEN];

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_string_equal(dm_text_number(cases[i].value, out), cases[i].text);
    }
    assert_null(strchr(dm_text_number(1.5e300, out), ','));
}

static void numbers_have_a_point(void **state)
{
    (void)state;
    check_numbers();
}

/** A locale with a decimal comma: an installed one, or one that localedef makes of four lines. */
static const char *comma_locale(char *dir)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "de_DE"};
    char *command;
    int status;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (setlocale(LC_NUMERIC, names[i])) {
            return names[i];
        }
    }
    if (!mkdtemp(dir)) {
        return NULL;
    }
    command = g_strdup_printf("cd '%s' && printf 'LC_NUMERIC\\ndecimal_point \",\"\\n"
                              "thousands_sep \".\"\\ngrouping 3;3\\nEND LC_NUMERIC\\n' >src && "
                              "localedef -c -i src ./comma >out 2>&1",
                              dir);
    status = system(command); /* 1: made, with warnings */
    g_free(command);
    setenv("LOCPATH", dir, 1);
    return status >= 0 ? setlocale(LC_NUMERIC, "comma") : NULL;
}

static void locale_changes_nothing(void **state)
{
    char dir[] = "/tmp/dnsmon-locale-XXXXXX", shown[16];
    struct dnsmon_event *ev = sample_ordinary();
    const char *name = comma_locale(dir);

    (void)state;
    if (name) {
        snprintf(shown, sizeof shown, "%.1f", 1.5);
        assert_string_equal(shown, "1,5"); /* the locale does what the test needs */
        check_numbers();
        assert_string_equal(dnsmon_event_json(ev), ordinary);
    }
    dnsmon_event_free(ev);
    setlocale(LC_NUMERIC, "C");
    if (strstr(dir, "XXXXXX") == NULL) {
        char *command = g_strdup_printf("rm -rf '%s'", dir);

        assert_int_equal(system(command), 0);
        g_free(command);
    }
    if (!name) {
        printf("no locale with a decimal comma, and localedef cannot make one: skipped\n");
        skip();
    }
}

static void times_are_iso(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {SAMPLE_TIME_US, "2004-01-28T01:11:12.000Z"},
        {INT64_C(1078012799999999), "2004-02-28T23:59:59.999Z"},
        {INT64_C(1078012800000000), "2004-02-29T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
        {INT64_MIN, "0000-01-01T00:00:00.000Z"},
    };
    char out[DM_TIME_STRLEN];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_string_equal(dm_text_time(cases[i].us, out), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_by_bytes),
        cmocka_unit_test(full_by_meaning),
        cmocka_unit_test(nothing_is_left_out_as_null),
        cmocka_unit_test(risk_follows_level_and_score),
        cmocka_unit_test(table_is_what_is_written),
        cmocka_unit_test(schema_is_the_table),
        cmocka_unit_test(short_fields_have_rows),
        cmocka_unit_test(manual_has_every_row),
        cmocka_unit_test(hostile_bytes_come_back),
        cmocka_unit_test(numbers_have_a_point),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(times_are_iso),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
