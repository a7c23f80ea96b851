/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fields of a JSON object: found by one of several keys, and of the right type or refused.
 */
#ifndef DM_PARSE_JSON_FIELD_H
#define DM_PARSE_JSON_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "util/slice.h"

struct json_object;

/** Keys in the order in which they are asked; NULL: no more. */
struct dm_json_keys {
    const char *key[3];
};

/**
 * dm_json_path() - the value of a dotted path, as one key or as nested objects.
 * Returns: borrowed from @obj; NULL: none, or null.
 */
struct json_object *dm_json_path(struct json_object *obj, const char *path);

/**
 * dm_json_find() - the value of the first key that has one. "client" is ECS's object as well as our
 * short name, so an object is no value.
 * Returns: borrowed from @obj; NULL: none, or null.
 */
struct json_object *dm_json_find(struct json_object *obj, const struct dm_json_keys *keys);

/**
 * dm_json_text() - a string.
 * @ret:    borrowed from @obj; without a pointer if there is none.
 * Returns: whether it is a string or not there.
 */
bool dm_json_text(struct json_object *obj, const struct dm_json_keys *keys, struct dm_slice *ret);

/**
 * dm_json_number() - a whole number from 0 to @max, or a string of digits that says one.
 * @none:   the result if it is not there.
 * Returns: whether it is that or not there.
 */
bool dm_json_number(struct json_object *obj, const struct dm_json_keys *keys, int64_t max,
                    int64_t none, int64_t *ret);

/** dm_json_digits() - 1 to 18 decimal digits and nothing else.   Returns: whether. */
bool dm_json_digits(struct dm_slice s, int64_t *ret);

/** dm_json_has_room() - whether there is memory to read a text of @n bytes: json-c copies keys
 * without asking whether the copy could be made (json_tokener.c of 0.16), and would crash. */
bool dm_json_has_room(size_t n);

#endif
