/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event as one line of JSON, from the table of fields.
 *
 * Method:  the rows stand in the order of the output; rows whose paths begin alike make one object.
 *          The text is written directly: no tree, so memory can only run out in one place, and no
 *          printf, so the decimal point is a point in every locale. "/" is written "\/", as json-c
 *          does: "</script>" inside a value ends nothing.
 * LIMITS:  a list element is as long as its first row says; an object inside a list element may be
 *          there, a second list may not.
 * Source:  RFC 8259; doc/EVENTS.md.
 */
#include "event/event.h"

#include "event/fields.h"
#include "util/buf.h"
#include "util/text.h"

static const struct dm_escape json_escape = {"", "\"\\/"};

/** Some rows of the table whose paths agree in their first @depth bytes. */
struct group {
    const struct dm_field *first, *end;
    size_t depth;
};

/** Where one encoding stands. */
struct writer {
    struct dm_buf *buf;
    const struct dnsmon_event *ev;
    unsigned index; /**< element of the list that is being written */
};

static bool put_members(struct writer *w, struct group rows);

/** The part of a path that names the member at @depth, "[]" included. */
static struct dm_slice part_at(const char *path, size_t depth)
{
    return dm_slice_make(path + depth, strcspn(path + depth, "."));
}

static bool is_list(struct dm_slice part)
{
    return dm_slice_ends(part, DM_SLICE("[]"));
}

static bool put_scalar(struct writer *w, const struct dm_field *row)
{
    struct dm_value value = {0};
    bool quoted = row->type != DM_FIELD_COUNT && row->type != DM_FIELD_NUMBER &&
                  row->type != DM_FIELD_FIGURE && row->type != DM_FIELD_BOOL;

    if (!row->get(w->ev, w->index, &value)) {
        return false;
    }
    if (value.null) {
        dm_buf_text(w->buf, "null");
        return true;
    }
    if (quoted) {
        dm_buf_char(w->buf, '"');
    }
    dm_value_put(w->buf, row->type, &value, &json_escape);
    if (quoted) {
        dm_buf_char(w->buf, '"');
    }
    return true;
}

/** An object, or what a member without further parts has. False: nothing there. */
static bool put_value(struct writer *w, struct group rows)
{
    const char *rest = rows.first->path + rows.depth;

    if (*rest == '\0') {
        return put_scalar(w, rows.first);
    }
    rows.depth++; /* the dot */
    dm_buf_char(w->buf, '{');
    if (!put_members(w, rows)) {
        return false;
    }
    dm_buf_char(w->buf, '}');
    return true;
}

static bool put_list(struct writer *w, struct group rows)
{
    struct writer element = *w;
    size_t mark;

    dm_buf_char(w->buf, '[');
    for (element.index = 0;; element.index++) {
        mark = w->buf->n;
        if (element.index) {
            dm_buf_char(w->buf, ',');
        }
        if (!put_value(&element, rows)) {
            break;
        }
    }
    dm_buf_cut(w->buf, mark);
    dm_buf_char(w->buf, ']');
    return element.index > 0;
}

/** One member: all @rows have the same @part. False: it is not there, and half of it is cut off. */
static bool put_member(struct writer *w, struct group rows, struct dm_slice part, bool comma)
{
    size_t mark = w->buf->n;
    bool list = is_list(part);
    bool there;

    if (comma) {
        dm_buf_char(w->buf, ',');
    }
    dm_buf_char(w->buf, '"');
    dm_buf_add(w->buf, dm_slice_head(part, part.n - (list ? 2 : 0)));
    dm_buf_text(w->buf, "\":");
    rows.depth += part.n;
    there = list ? put_list(w, rows) : put_value(w, rows);
    if (!there) {
        dm_buf_cut(w->buf, mark);
    }
    return there;
}

static bool put_members(struct writer *w, struct group rows)
{
    const struct dm_field *row = rows.first;
    bool any = false;

    while (row < rows.end) {
        struct dm_slice part = part_at(row->path, rows.depth);
        struct group member = {row, row, rows.depth};

        while (member.end < rows.end && dm_slice_eq(part_at(member.end->path, rows.depth), part)) {
            member.end++;
        }
        any |= put_member(w, member, part, any);
        row = member.end;
    }
    return any;
}

char *dm_event_encode_json(const struct dnsmon_event *ev)
{
    struct dm_buf buf = {0};
    struct writer w = {&buf, ev, 0};

    dm_buf_char(&buf, '{');
    put_members(&w, (struct group){dm_fields, dm_fields + dm_n_fields, 0});
    dm_buf_char(&buf, '}');
    return dm_buf_take(&buf);
}
