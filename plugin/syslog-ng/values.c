/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name-values. {"rule":{"id":"x"},"dnsmon":{"level":"alarm","evidence":[{"name":"y"}]}} becomes
 *     .dnsmon.rule.id x    .dnsmon.level alarm    .dnsmon.evidence[0].name y
 * as syslog-ng's own json-parser() would name them with prefix(".dnsmon."). Numbers, booleans and
 * null keep their type for format-json; a number keeps the library's own spelling, which json-c
 * hands on. A value is foreign text only where the event's field is; no name is.
 *
 * LIMITS: a name longer than 255 bytes is left out (syslog-ng's limit); no field has one.
 */
#include "values.h"

#include <json-c/json.h>
#include <string.h>

/* Objects in objects; the event has four levels. */
enum { MAX_DEPTH = 8 };

static void put_object(LogMessage *msg, GString *name, struct json_object *object, int depth);

static LogMessageValueType get_type(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return LM_VT_BOOLEAN;
    case json_type_int:
        return NG_VT_INTEGER;
    case json_type_double:
        return LM_VT_DOUBLE;
    case json_type_null:
        return LM_VT_NULL;
    default:
        return LM_VT_STRING;
    }
}

static void put_scalar(LogMessage *msg, const GString *name, struct json_object *value)
{
    const char *text = value ? json_object_get_string(value) : "";

    if (name->len <= G_MAXUINT8)
        log_msg_set_value_by_name_with_type(msg, name->str, text ? text : "", -1, get_type(value));
}

static void put_array(LogMessage *msg, GString *name, struct json_object *array, int depth);

static void put_value(LogMessage *msg, GString *name, struct json_object *value, int depth)
{
    if (json_object_is_type(value, json_type_object))
        put_object(msg, name, value, depth + 1);
    else if (json_object_is_type(value, json_type_array))
        put_array(msg, name, value, depth + 1);
    else
        put_scalar(msg, name, value);
}

static void put_array(LogMessage *msg, GString *name, struct json_object *array, int depth)
{
    gsize len = name->len;

    for (size_t i = 0; depth < MAX_DEPTH && i < json_object_array_length(array); i++) {
        g_string_append_printf(name, "[%u]", (guint)i);
        put_value(msg, name, json_object_array_get_idx(array, i), depth);
        g_string_truncate(name, len);
    }
}

static void put_object(LogMessage *msg, GString *name, struct json_object *object, int depth)
{
    gsize len = name->len;

    if (depth >= MAX_DEPTH)
        return;
    json_object_object_foreach(object, key, value)
    {
        /* The event's own part is not named twice. */
        if (depth > 0 || strcmp(key, "dnsmon") != 0)
            g_string_append_printf(name, ".%s", key);
        put_value(msg, name, value, depth);
        g_string_truncate(name, len);
    }
}

static void put_host(LogMessage *msg, struct json_object *event)
{
    struct json_object *observer, *host;

    if (json_object_object_get_ex(event, "observer", &observer) &&
        json_object_object_get_ex(observer, "hostname", &host))
        log_msg_set_value(msg, LM_V_HOST, json_object_get_string(host), -1);
}

void ng_values_from_json(LogMessage *msg, const gchar *json)
{
    struct json_object *event = json_tokener_parse(json);
    GString *name = g_string_new(".dnsmon");

    log_msg_set_value_by_name_with_type(msg, ".dnsmon.json", json, -1, LM_VT_JSON);
    if (event) {
        put_object(msg, name, event, 0);
        put_host(msg, event);
        json_object_put(event);
    }
    g_string_free(name, TRUE);
}

/* ---- structured data --------------------------------------------------------------------- */

/* Reads NAME="VALUE" with \" \\ \] unescaped; returns what follows, NULL at the end. */
static const gchar *read_param(const gchar *at, GString *name, GString *value)
{
    const gchar *equals = strstr(at, "=\"");

    if (*at != ' ' || !equals)
        return NULL;
    g_string_truncate(value, 0);
    g_string_append_len(name, at + 1, equals - at - 1);
    for (at = equals + 2; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        g_string_append_c(value, *at);
    }
    return *at ? at + 1 : NULL;
}

void ng_values_from_sd(LogMessage *msg, const gchar *sd)
{
    GString *name = g_string_new(".SDATA."), *value = g_string_new(NULL);
    const gchar *at = strchr(sd, ' ');
    gsize len;

    if (at) {
        g_string_append_len(name, sd + 1, at - sd - 1);
        g_string_append_c(name, '.');
    }
    len = name->len;
    while (at && (at = read_param(at, name, value))) {
        log_msg_set_value_by_name(msg, name->str, value->str, (gssize)value->len);
        g_string_truncate(name, len);
    }
    g_string_free(name, TRUE);
    g_string_free(value, TRUE);
}
