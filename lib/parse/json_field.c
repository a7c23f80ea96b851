/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fields of a JSON object by their keys, of the type that they should have.
 *
 * Method. A path such as "client.ip" is looked for as one key with a dot, then as nested objects:
 * loggers write both.
 * LIMITS: a word of a path has at most 31 bytes; ours are shorter.
 * Source: doc/FORMATS.md.
 */
#include "parse/json_field.h"

#include <string.h>

#include <glib.h>
#include <json-c/json.h>

struct json_object *dm_json_path(struct json_object *obj, const char *path)
{
    struct json_object *at = obj, *value;
    char word[32];

    if (json_object_object_get_ex(obj, path, &value)) {
        return value;
    }
    while (at && json_object_is_type(at, json_type_object)) {
        const char *dot = strchr(path, '.');
        size_t n = dot ? (size_t)(dot - path) : strlen(path);
        if (n >= sizeof word) {
            return NULL;
        }
        memcpy(word, path, n);
        word[n] = '\0';
        if (!json_object_object_get_ex(at, word, &at)) {
            return NULL;
        }
        if (!dot) {
            return at;
        }
        path = dot + 1;
    }
    return NULL;
}

struct json_object *dm_json_find(struct json_object *obj, const struct dm_json_keys *keys)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys->key) && keys->key[i]; i++) {
        struct json_object *value = dm_json_path(obj, keys->key[i]);
        if (value && !json_object_is_type(value, json_type_object)) {
            return value;
        }
    }
    return NULL;
}

static struct dm_slice slice_of(struct json_object *value)
{
    return dm_slice_make(json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

bool dm_json_text(struct json_object *obj, const struct dm_json_keys *keys, struct dm_slice *ret)
{
    struct json_object *value = dm_json_find(obj, keys);

    *ret = (struct dm_slice){NULL, 0};
    if (value && !json_object_is_type(value, json_type_string)) {
        return false;
    }
    if (value) {
        *ret = slice_of(value);
    }
    return true;
}

bool dm_json_digits(struct dm_slice s, int64_t *ret)
{
    int64_t v = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (i >= 18 || s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        v = v * 10 + (s.p[i] - '0');
    }
    *ret = v;
    return s.n > 0;
}

bool dm_json_number(struct json_object *obj, const struct dm_json_keys *keys, int64_t max,
                    int64_t none, int64_t *ret)
{
    struct json_object *value = dm_json_find(obj, keys);
    int64_t v = none;

    if (!value) {
        *ret = none;
        return true;
    }
    if (json_object_is_type(value, json_type_int)) {
        v = json_object_get_int64(value);
    } else if (!json_object_is_type(value, json_type_string) ||
               !dm_json_digits(slice_of(value), &v)) {
        return false;
    }
    if (v < 0 || v > max) {
        return false;
    }
    *ret = v;
    return true;
}

/* Memory that reading a text takes at most: a tokener's own, and for each byte of text: a number of
 * an array, 2 bytes of text, becomes an object of 64 bytes and a pointer of 8, which is there twice
 * while the array grows. */
#define ROOM_BYTES 8192
#define ROOM_TIMES 40

bool dm_json_has_room(size_t n)
{
    void *room = g_try_malloc(ROOM_BYTES + ROOM_TIMES * n);

    g_free(room);
    return room != NULL;
}
