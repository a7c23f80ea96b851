/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What has to hold of every text that leaves the library, whatever came in.
 *
 * LIMITS:  that a value comes back as it was is tested in tests/unit/test_event_*.c and
 *          test_escape.c; here only that every reader agrees where it ends.
 * Source:  RFC 8259, RFC 3629, RFC 5424 6.3.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <json-c/json.h>

/* Names that one element may have; ours has about sixty. */
#define SD_NAMES_MAX 128

void fuzz_check_text(const char *text)
{
    if (!text) {
        fuzz_fail("there is a text", "NULL");
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        fuzz_fail("the text is UTF-8", text);
    }
    for (const char *p = text; *p; p++) {
        unsigned char next = (unsigned char)p[1];
        bool is_c1 = (unsigned char)*p == 0xc2 && next >= 0x80 && next < 0xa0;

        if ((unsigned char)*p < 0x20 || *p == 0x7f || is_c1) {
            fuzz_fail("the text has no control character", text);
        }
    }
}

static struct json_object *read_strictly(const char *json)
{
    struct json_tokener *tok = json_tokener_new();
    struct json_object *obj;

    json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    obj = json_tokener_parse_ex(tok, json, (int)strlen(json) + 1);
    if (json_tokener_get_error(tok) != json_tokener_success ||
        !json_object_is_type(obj, json_type_object)) {
        fuzz_fail("json-c reads the JSON as an object", json);
    }
    json_tokener_free(tok);
    return obj;
}

void fuzz_check_json(const char *json)
{
    fuzz_check_text(json);
    struct json_object *obj = read_strictly(json);
    struct json_object *again =
        read_strictly(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN));

    if (!json_object_equal(obj, again)) {
        fuzz_fail("the JSON is the same when read again", json);
    }
    json_object_put(again);
    json_object_put(obj);
}

void fuzz_check_script(const char *json)
{
    if (strstr(json, "</")) {
        fuzz_fail("the JSON ends no HTML script", json);
    }
}

/* One SD-NAME: 1 to 32 printable US-ASCII bytes except '=', ' ', ']', '"'. Returns: behind it. */
static const char *read_name(const char *p, const char *sd)
{
    const char *begin = p;

    while (*p > ' ' && *p < 0x7f && !strchr("=]\"", *p)) {
        p++;
    }
    if (p == begin || p - begin > 32) {
        fuzz_fail("an SD-NAME has 1 to 32 bytes", sd);
    }
    return p;
}

/* ="VALUE".   Returns: behind it. */
static const char *read_value(const char *p, const char *sd)
{
    if (p[0] != '=' || p[1] != '"') {
        fuzz_fail("an SD-NAME is followed by =\"", sd);
    }
    for (p += 2; *p != '"'; p++) {
        if (*p == '\\') {
            p++;
            if (*p != '"' && *p != '\\' && *p != ']') {
                fuzz_fail("a backslash in SD quotes something", sd);
            }
        } else if (*p == '\0' || *p == ']') {
            fuzz_fail("an SD value has quoted what must be", sd);
        }
    }
    return p + 1;
}

void fuzz_check_sd(const char *sd)
{
    struct dm_slice names[SD_NAMES_MAX];
    size_t n = 0;

    fuzz_check_text(sd);
    if (*sd != '[') {
        fuzz_fail("SD begins with [", sd);
    }
    const char *p = read_name(sd + 1, sd);
    while (*p == ' ') {
        const char *name = p + 1;
        p = read_name(name, sd);
        struct dm_slice s = dm_slice_make(name, (size_t)(p - name));
        for (size_t i = 0; i < n; i++) {
            if (dm_slice_eq(names[i], s)) {
                fuzz_fail("an SD name stands once", sd);
            }
        }
        if (n < SD_NAMES_MAX) {
            names[n++] = s;
        }
        p = read_value(p, sd);
    }
    if (strcmp(p, "]") != 0) {
        fuzz_fail("SD ends with ]", sd);
    }
}
