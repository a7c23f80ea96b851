/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event's fields for a host that makes an object of its own: dnsmon_event_field().
 *
 * Method:  the walk that the JSON is written from, with the value as text in the event's own
 * buffer. A text that needs no escaping is still copied, since it has no NUL behind it everywhere.
 * LIMITS:  a whole number above INT64_MAX is INT64_MAX, as JSON readers have it.
 * Source:  doc/EVENTS.md.
 */
#include "event/event.h"

#include <glib.h>

#include "event/fields.h"
#include "util/text.h"

/* As the JSON has it when its own quoting is undone. */
static const struct dm_escape no_quoting = {0, 0};

static char kind_of(enum dm_field_type type, const struct dm_value *value)
{
    if (value->null) {
        return 'n';
    }
    switch (type) {
    case DM_FIELD_COUNT:
        return 'i';
    case DM_FIELD_NUMBER:
    case DM_FIELD_FIGURE:
        return 'r';
    case DM_FIELD_BOOL:
        return 'b';
    default:
        return 't';
    }
}

static void set_value(struct dnsmon_field *field, enum dm_field_type type,
                      const struct dm_value *value, const struct dm_buf *text)
{
    field->kind = kind_of(type, value);
    field->text = text->p;
    field->text_len = text->n;
    field->integer = field->kind == 'i' ? (int64_t)MIN(value->count, INT64_MAX)
                                        : field->kind == 'b' && value->flag;
    field->real = field->kind == 'r' ? g_ascii_strtod(text->p, NULL) : 0;
}

int dnsmon_event_field(const dnsmon_event_t *ev, struct dnsmon_field *field)
{
    struct dm_buf *text = &((struct dnsmon_event *)ev)->field; /* a cache: no value changes */
    struct dm_cursor at = {(uint16_t)field->place[0], (uint16_t)field->place[1],
                           (uint16_t)field->place[2], field->place[3]};
    const struct dm_field *row;
    struct dm_value value;

    if (ev->texts_only) {
        return DNSMON_EINVAL;
    }
    row = dm_field_next(ev, &at, &value);
    if (!row) {
        return 0;
    }
    dm_buf_cut(text, 0);
    dm_buf_text(text, ""); /* there is always a text */
    if (!value.null) {
        dm_value_put(text, row->type, &value, &no_quoting);
    }
    if (text->failed) {
        return DNSMON_ENOMEM;
    }
    set_value(field, row->type, &value, text);
    field->path = row->path;
    field->key = row->path + row->place_len;
    field->index = at.index;
    field->place[0] = at.row;
    field->place[1] = at.list;
    field->place[2] = at.head;
    field->place[3] = at.index;
    return 1;
}
