/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The one table of an event's fields. The encoders, doc/EVENTS.md and the tests all read it.
 */
#ifndef DM_EVENT_FIELDS_H
#define DM_EVENT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "util/slice.h"

/** What a field's value is. */
enum dm_field_type {
    DM_FIELD_TEXT,   /**< somebody else's bytes, escaped visibly */
    DM_FIELD_WORD,   /**< one of our own constants */
    DM_FIELD_TIME,   /**< ISO 8601 UTC with milliseconds */
    DM_FIELD_COUNT,  /**< whole number */
    DM_FIELD_NUMBER, /**< rounded to two decimals */
    DM_FIELD_FIGURE, /**< rounded to four decimals */
    DM_FIELD_BOOL,
    DM_FIELD_ADDR, /**< IPv4 or IPv6 */
    DM_FIELD_TYPE_COUNT
};

/** A value taken from an event; which member is set follows from the field's type. */
struct dm_value {
    struct dm_slice text; /**< TEXT, WORD; borrowed from the event */
    int64_t time_us;
    uint64_t count;
    double number;
    bool flag;
    bool null; /**< COUNT, FIGURE: there is a place for it, and too little data */
    struct dm_addr addr;
    char word[16]; /**< room for a WORD that is made, such as "TYPE1234" */
};

/**
 * dm_getter - the value of a field in one event.
 * @index:  which element of the list, 0 where there is none.
 * @ret:    null is false; a getter may write it even if it returns false.
 * Returns: false if the field is not there, and is then left out; for a list: if it ends here. A
 *          list has as many elements as its first row says.
 */
typedef bool (*dm_getter)(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret);

/** Longest path with its NUL, bytes, and most objects and lists in one. */
#define DM_PATH_MAX 48
#define DM_PATH_DEPTH 8

/** A row. */
struct dm_field {
    const char *path; /**< JSON path, parts joined by dots; "[]" behind the part that is a list */
    enum dm_field_type type;
    const char *unit;
    const char *when;    /**< when it is present */
    const char *meaning; /**< for the manual */
    dm_getter get;
    bool list;         /**< the path has a "[]" */
    uint8_t place_len; /**< bytes of the path in front of its last part, the dot included */
    uint8_t key_len;   /**< and from there on */
};

/** All rows, in the order of the JSON; rows with a common beginning stand together. */
extern const struct dm_field dm_fields[];
extern const size_t dm_n_fields;

/** dm_field_find() - the row of a path.   Returns: NULL if there is none.   Cost: O(rows). */
const struct dm_field *dm_field_find(const char *path);

/** Where a walk over an event's fields stands. Zeroed: in front of the first. */
struct dm_cursor {
    uint16_t row;   /**< number of the next one */
    uint16_t list;  /**< number of the first row of the list that it is in, and one; 0: in none */
    uint16_t head;  /**< bytes of the path that all rows of that list have */
    unsigned index; /**< element */
};

/**
 * dm_field_next() - the next field that an event has, in the order of the JSON: each element of a
 * list with all its fields.
 * Returns: its row, with the value in @ret and the element's number in @at; NULL: that was all.
 */
const struct dm_field *dm_field_next(const struct dnsmon_event *ev, struct dm_cursor *at,
                                     struct dm_value *ret);

/** dm_field_type_name() - a type's word in the manual, such as "date". */
const char *dm_field_type_name(enum dm_field_type type);

/** A field's name in the two short forms. */
struct dm_short_field {
    const char *name;        /**< lower case, at most 32 bytes (RFC 5424 SD-NAME) */
    const char *path;        /**< the row; a list is written with commas */
    enum dm_field_type type; /**< the row's, as the next */
    dm_getter get;
    uint8_t name_len;
    bool list;
    bool in_text; /**< also in the text form; else only in the structured data */
};

/** All short fields, in their order. */
extern const struct dm_short_field dm_short_fields[];
extern const size_t dm_n_short_fields;

/** Most elements of a list in the short forms; the number of the others follows as "+N". */
#define DM_SHORT_LIST_MAX 16

struct dm_buf;
struct dm_escape;

/** dm_value_put() - add a value, without quotes around it, as all forms write it. */
void dm_value_put(struct dm_buf *buf, enum dm_field_type type, const struct dm_value *value,
                  const struct dm_escape *how);

/**
 * dm_short_field_put() - add a blank, a short field's name, @equals and its value.
 * Returns: false if the event has none, or null; then nothing was added.
 */
bool dm_short_field_put(struct dm_buf *buf, const struct dnsmon_event *ev,
                        const struct dm_short_field *field, const char *equals,
                        const struct dm_escape *how);

/** dm_event_risk() - risk_score, 0..100; doc/EVENTS.md says how it is made. */
double dm_event_risk(const struct dnsmon_event *ev);

/** dm_level_name() - "info", "notice", "alarm". */
const char *dm_level_name(enum dnsmon_level level);

#endif
