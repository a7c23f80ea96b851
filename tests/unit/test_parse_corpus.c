/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines of real servers whose parse was worked out by hand from the servers' sources
 * (data/expect.jsonl): every field of those that this library reads; the others must not be read as
 * something they are not. Then the whole corpus of lines: no parser takes another server's line.
 * The corpus is looked for in $DNSMON_SHARED/corpus, else its copies in data/corpus are used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>
#include <json-c/json.h>

#include "parse/parse_json.h"
#include "parse/record_json.h"

struct reading {
    struct dm_parse_ctx ctx;
};

static void open_reading(struct reading *r)
{
    memset(r, 0, sizeof *r);
    r->ctx.clock.zone = dm_zone_new("UTC");
    r->ctx.clock.year = 2026;
}

static struct json_object *parse(struct reading *r, const char *line, size_t n)
{
    struct dm_record rec;
    const char *why = NULL;
    enum dm_verdict v = dm_parse_line(&r->ctx, dm_slice_make(line, n), &rec, &why);
    char *text = dm_record_json(&rec, v, why);
    struct json_object *obj = json_tokener_parse(text);

    assert_non_null(obj);
    assert_true(g_utf8_validate(text, -1, NULL));
    free(text);
    return obj;
}

/* Kinds of the corpus and what they should come out as here: BIND, mail and packet filters. */
static const char *const mail_kinds[][2] = {
    {"bind.denied", "bind.denied"},
    {"bind.query", "query"},
    {"bind.query_failed", "bind.query_failed"},
    {"bind.response", "response"},
    {"bind.rpz", "bind.rpz"},
    {"bind.rrl", "bind.rrl"},
    {"iplog.tcp", "tcp-attempt"},
    {"postfix.cleanup_warning", "smtp-reject"},
    {"postfix.message_id", "postfix.message_id"},
    {"postfix.pipelining", "postfix.pipelining"},
    {"postfix.qmgr_active", "smtp-from"},
    {"postfix.reject", "smtp-reject"},
    {"postfix.warning", "postfix.warning"},
};

/* The other DNS servers. */
static const char *const dns_kinds[][2] = {
    {"dnsmasq.query", "query"},    {"pdns.question", "query"},           {"unbound.query", "query"},
    {"unbound.reply", "response"}, {"unbound.local_action", "response"},
};

/* The kind of ours that a kind of the corpus should come out as; NULL: null. */
static const char *kind_of(const char *corpus)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mail_kinds); i++) {
        if (strcmp(mail_kinds[i][0], corpus) == 0) {
            return mail_kinds[i][1];
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(dns_kinds); i++) {
        if (strcmp(dns_kinds[i][0], corpus) == 0) {
            return dns_kinds[i][1];
        }
    }
    return NULL;
}

/* Our key for a key of the corpus: "time" is a line's own with us. */
static const char *key_of(const char *kind, const char *key)
{
    return strcmp(kind, "unbound.reply") == 0 && strcmp(key, "time") == 0 ? "took" : key;
}

static unsigned compare(int id, const char *kind, struct json_object *want, struct json_object *got)
{
    unsigned wrong = 0;

    json_object_object_foreach(want, key, value)
    {
        struct json_object *is = NULL;
        bool has = json_object_object_get_ex(got, key_of(kind, key), &is);
        if (!has || !json_object_equal(value, is)) {
            print_error("line %d: %s is %s, not %s\n", id, key,
                        has ? json_object_to_json_string(is) : "missing",
                        json_object_to_json_string(value));
            wrong++;
        }
    }
    return wrong;
}

static unsigned check_case(struct reading *r, struct json_object *row)
{
    struct json_object *id = json_object_object_get(row, "id");
    struct json_object *line = json_object_object_get(row, "line");
    struct json_object *kind = json_object_object_get(row, "kind");
    const char *want = kind_of(json_object_get_string(kind));
    struct json_object *got =
        parse(r, json_object_get_string(line), (size_t)json_object_get_string_len(line));
    const char *is = json_object_get_string(json_object_object_get(got, "kind"));
    unsigned wrong = 0;

    if (g_strcmp0(want, is) != 0) {
        print_error("line %d: kind is %s, not %s: %s\n", json_object_get_int(id), is ? is : "null",
                    want ? want : "null", json_object_to_json_string(got));
        wrong = 1;
    } else if (want) {
        wrong = compare(json_object_get_int(id), json_object_get_string(kind),
                        json_object_object_get(row, "expect"), got);
    }
    json_object_put(got);
    return wrong;
}

static void expected_fields(void **state)
{
    struct reading r;
    gchar *text, **lines;
    unsigned wrong = 0, rows = 0;

    (void)state;
    assert_true(g_file_get_contents(DM_TEST_DATA "/expect.jsonl", &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    open_reading(&r);
    for (size_t i = 0; lines[i]; i++) {
        struct json_object *row = lines[i][0] ? json_tokener_parse(lines[i]) : NULL;
        if (row) {
            wrong += check_case(&r, row);
            rows++;
            json_object_put(row);
        }
    }
    assert_int_equal(rows, 87);
    assert_int_equal(wrong, 0);
    dm_zone_free(r.ctx.clock.zone);
    g_strfreev(lines);
    g_free(text);
}

/* What `dnsmon parse` prints of a DNS line is read back by the JSON parser as the same. */
static unsigned read_back(struct reading *r, struct dm_json *json, const char *line)
{
    struct dm_record rec, again;
    const char *why = NULL;
    enum dm_verdict v = dm_parse_line(&r->ctx, dm_slice_make(line, strlen(line)), &rec, &why);

    if ((rec.kind != DM_REC_QUERY && rec.kind != DM_REC_RESPONSE) || !rec.qname.p || !rec.qtype.p) {
        return 0;
    }
    char *text = dm_record_json(&rec, v, why);
    why = NULL;
    dm_parse_json(&r->ctx, json, 0, DM_SLICE(""), dm_slice_make(text, strlen(text)), &again, &why);
    bool same = again.kind == rec.kind && dm_addr_eq(&again.client, &rec.client) &&
                again.client_port == rec.client_port && dm_slice_eq(again.qname, rec.qname) &&
                again.qtype_code == rec.qtype_code && again.qclass_code == rec.qclass_code &&
                again.time_us == rec.time_us && again.rcode_num == rec.rcode_num;
    if (!same) {
        print_error("%s: %s\n", why ? why : "another record", text);
    }
    free(text);
    return !same;
}

static void printed_is_read_back(void **state)
{
    static const char *const files[] = {"dnsmasq-2.90__spoof-extra.log", "unbound-1.17__tagged.log",
                                        "dnsmasq-2.90__log-queries.log",
                                        "pdns-recursor-4.8__rec.log",
                                        "pdns-recursor-4.8__rec-classic.log"};
    struct dm_json json = {0};
    struct reading r;
    unsigned wrong = 0;

    (void)state;
    open_reading(&r);
    for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
        gchar *path = g_build_filename(DM_TEST_DATA, "corpus", files[f], NULL), *text;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        gchar **lines = g_strsplit(text, "\n", -1);
        for (size_t i = 0; lines[i]; i++) {
            wrong += read_back(&r, &json, lines[i]);
        }
        g_strfreev(lines);
        g_free(text);
        g_free(path);
    }
    dm_json_clear(&json);
    dm_zone_free(r.ctx.clock.zone);
    assert_int_equal(wrong, 0);
}

/* What a file's lines may come out as. */
static bool may_be(const char *file, enum dm_record_kind kind)
{
    bool dns = kind == DM_REC_QUERY || kind == DM_REC_RESPONSE;
    bool mail = (kind >= DM_REC_SMTP_CONNECT && kind <= DM_REC_SMTP_TO) ||
                (kind >= DM_REC_SMTP_WARNING && kind <= DM_REC_SMTP_RATE);
    bool bind = kind >= DM_REC_BIND_DENIED && kind <= DM_REC_BIND_RESOLVING;

    return kind == DM_REC_NONE || (bind && g_str_has_prefix(file, "bind-")) ||
           (dns && !g_str_has_prefix(file, "postfix-")) ||
           (mail && g_str_has_prefix(file, "postfix-"));
}

/* Without the parser: BIND's lines that have a question somewhere. */
static bool has_question(const char *line)
{
    return g_regex_match_simple(
        ": (query|response): [^ ]+ (IN|CH|ANY|HS|RESERVED0|CLASS[0-9]+) [A-Z0-9-]+( |$)", line, 0,
        0);
}

static void check_file(const char *dir, const char *file, unsigned *lines, unsigned *wrong)
{
    struct reading r;
    gchar *path = g_build_filename(dir, file, NULL), *text;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    open_reading(&r);
    gchar **all = g_strsplit(text, "\n", -1);
    for (size_t i = 0; all[i] && all[i][0]; i++) {
        struct dm_record rec;
        enum dm_verdict v =
            dm_parse_line(&r.ctx, dm_slice_make(all[i], strlen(all[i])), &rec, NULL);
        bool bind = g_str_has_prefix(file, "bind-");
        bool dns = rec.kind == DM_REC_QUERY || rec.kind == DM_REC_RESPONSE;
        ++*lines;
        if (!may_be(file, rec.kind) || v == DM_PARSE_MALFORMED ||
            (bind && dns != has_question(all[i]))) {
            print_error("%s:%zu: verdict %d, kind %d: %s\n", file, i + 1, v, rec.kind, all[i]);
            ++*wrong;
        }
    }
    dm_zone_free(r.ctx.clock.zone);
    g_strfreev(all);
    g_free(text);
    g_free(path);
}

static void nobody_takes_anothers_line(void **state)
{
    const char *shared = g_getenv("DNSMON_SHARED");
    gchar *dir = g_build_filename(shared ? shared : "../shared", "corpus", NULL);
    GDir *d = g_dir_open(dir, 0, NULL);
    unsigned lines = 0, wrong = 0;
    const char *name;

    (void)state;
    if (!d) {
        print_message("no corpus in %s: using the copies in data/corpus\n", dir);
        g_free(dir);
        dir = g_strdup(DM_TEST_DATA "/corpus");
        d = g_dir_open(dir, 0, NULL);
    }
    assert_non_null(d);
    while ((name = g_dir_read_name(d))) {
        if (g_str_has_suffix(name, ".log")) {
            check_file(dir, name, &lines, &wrong);
        }
    }
    g_dir_close(d);
    g_free(dir);
    print_message("%u lines\n", lines);
    assert_true(lines > 500);
    assert_int_equal(wrong, 0);
}

/* The whole text of some lines, escapes and all: tests/golden/parse/lines.{log,jsonl}. With
 * DM_TEST_ACCEPT set the text is printed instead, to be read and put there. */
static void golden(void **state)
{
    gchar *text, *want;
    gsize len;
    struct reading r;
    GString *got = g_string_new(NULL);

    (void)state;
    assert_true(
        g_file_get_contents(DM_TEST_DATA "/../../golden/parse/lines.log", &text, &len, NULL));
    open_reading(&r);
    for (char *p = text, *nl; (nl = memchr(p, '\n', len - (gsize)(p - text))); p = nl + 1) {
        struct dm_record rec;
        const char *why = NULL;
        enum dm_verdict v = dm_parse_line(&r.ctx, dm_slice_make(p, (size_t)(nl - p)), &rec, &why);
        char *json = dm_record_json(&rec, v, why);
        g_string_append_printf(got, "%s\n", json);
        free(json);
    }
    if (g_getenv("DM_TEST_ACCEPT")) {
        fputs(got->str, stdout);
    } else {
        assert_true(
            g_file_get_contents(DM_TEST_DATA "/../../golden/parse/lines.jsonl", &want, NULL, NULL));
        assert_string_equal(got->str, want);
        g_free(want);
    }
    dm_zone_free(r.ctx.clock.zone);
    g_string_free(got, TRUE);
    g_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expected_fields),
        cmocka_unit_test(printed_is_read_back),
        cmocka_unit_test(nobody_takes_anothers_line),
        cmocka_unit_test(golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
