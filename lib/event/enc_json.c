/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An event as one line of JSON, from the table of fields.
 *
 * Method:  the fields that are there come in the order of the output; what a path has in common
 * with the one before stays open. The text is written directly: no tree, so memory can only run out
 * in one place, and no printf, so the decimal point is a point in every locale. "/" is written
 * "\/", as json-c does: "</script>" inside a value ends nothing. LIMITS:  a list element is as long
 * as its first row says; an object inside a list element may be there, a second list may not. Depth
 * and length of a path are bounded (fields.h). Source:  RFC 8259; doc/EVENTS.md.
 */
#include "event/event.h"

#include "event/fields.h"
#include "util/buf.h"
#include "util/text.h"

static const struct dm_escape json_escape = {0, DM_CHAR_QUOTE | DM_CHAR_BACKSLASH | DM_CHAR_SLASH};

/** Room for what stands in front of a value, bytes: the keys of its path; for each of them quotes,
 * colon, comma and brace; and what was open before and is closed. */
#define FRONT (DM_PATH_MAX + 6 * DM_PATH_DEPTH)

/** Where one encoding stands: what is open around the value written last. */
struct writer {
    char *at;         /**< end of the text; there is room for FRONT bytes */
    const char *path; /**< of the value written last; it has the beginning of all that is open */
    unsigned index;   /**< its element */
    unsigned depth;   /**< objects and lists that are open, but for the whole event */
    unsigned list;    /**< how many are open when the list is the innermost; 0: none is open */
    struct {
        uint8_t end; /**< bytes of the path, behind which its members begin */
        char close;  /**< '}' or ']' */
    } open[DM_PATH_DEPTH];
};

static size_t common(const char *a, const char *b)
{
    size_t n = 0;

    while (a[n] == b[n] && a[n]) {
        n++;
    }
    return n;
}

static void close_one(struct writer *w)
{
    *w->at++ = w->open[--w->depth].close;
    if (w->depth < w->list) {
        w->list = 0;
    }
}

/** Close what does not hold the value at @path. */
static void close_others(struct writer *w, const char *path, unsigned index)
{
    size_t same = common(path, w->path);

    while (w->depth && w->open[w->depth - 1].end > same) {
        close_one(w);
    }
    while (index != w->index && w->depth > w->list && w->list) {
        close_one(w); /* the same list's element before */
    }
    w->path = path;
    w->index = index;
}

static void open_one(struct writer *w, size_t end, char open, char close)
{
    w->open[w->depth].end = (uint8_t)end;
    w->open[w->depth++].close = close;
    *w->at++ = open;
    if (open == '[') {
        w->list = w->depth;
    }
}

static void put_comma(struct writer *w)
{
    if (w->at[-1] != '{' && w->at[-1] != '[') {
        *w->at++ = ',';
    }
}

/** The key at @key, up to the next '.', '[' or its end.   Returns: its length. */
static size_t put_key(struct writer *w, const char *key)
{
    size_t n = 0;

    put_comma(w);
    *w->at++ = '"';
    for (; key[n] && key[n] != '.' && key[n] != '['; n++) {
        *w->at++ = key[n];
    }
    *w->at++ = '"';
    *w->at++ = ':';
    return n;
}

/** Open what holds the value at @path; its own key. */
static void open_path(struct writer *w, const char *path)
{
    size_t n = w->depth ? w->open[w->depth - 1].end : 0;

    if (w->depth && w->depth == w->list) { /* one more element */
        put_comma(w);
    } else {
        n += put_key(w, path + n);
    }
    while (path[n]) {
        if (path[n] == '[') {
            n += 2;
            open_one(w, n, '[', ']');
        } else {
            n++;
            open_one(w, n, '{', '}');
            n += put_key(w, path + n);
        }
    }
}

static void put_value(struct dm_buf *buf, enum dm_field_type type, const struct dm_value *value)
{
    bool quoted = type != DM_FIELD_COUNT && type != DM_FIELD_NUMBER && type != DM_FIELD_FIGURE &&
                  type != DM_FIELD_BOOL;

    if (value->null) {
        dm_buf_text(buf, "null");
        return;
    }
    if (quoted) {
        dm_buf_char(buf, '"');
    }
    dm_value_put(buf, type, value, &json_escape);
    if (quoted) {
        dm_buf_char(buf, '"');
    }
}

/** Whether the value goes where the one before went: nothing to be closed or opened, but its key.
 */
static bool is_beside(const struct writer *w, const struct dm_field *row, unsigned index)
{
    return w->depth && w->open[w->depth - 1].end == row->place_len && index == w->index &&
           memcmp(w->path, row->path, row->place_len) == 0 &&
           row->path[row->place_len + row->key_len - 1] != ']';
}

static void put_last_key(struct writer *w, const struct dm_field *row)
{
    put_comma(w);
    *w->at++ = '"';
    memcpy(w->at, row->path + row->place_len, row->key_len);
    w->at += row->key_len;
    *w->at++ = '"';
    *w->at++ = ':';
    w->path = row->path;
}

/** Everything up to the value, in one go. */
static void put_front(struct dm_buf *buf, struct writer *w, const struct dm_field *row,
                      unsigned index)
{
    char *from = dm_buf_room(buf, FRONT);

    if (!from) {
        return;
    }
    w->at = from;
    if (is_beside(w, row, index)) {
        put_last_key(w, row);
    } else {
        close_others(w, row->path, index);
        open_path(w, row->path);
    }
    dm_buf_wrote(buf, (size_t)(w->at - from));
}

static void put_end(struct dm_buf *buf, struct writer *w)
{
    char *from = dm_buf_room(buf, FRONT);

    if (from) {
        for (w->at = from; w->depth;) {
            close_one(w);
        }
        dm_buf_wrote(buf, (size_t)(w->at - from));
    }
    dm_buf_char(buf, '}');
}

char *dm_event_encode_json(const struct dnsmon_event *ev)
{
    struct writer w = {.path = ""};
    struct dm_cursor at = {0};
    struct dm_buf buf = {0};
    const struct dm_field *row;
    struct dm_value value;

    (void)dm_buf_room(&buf, DM_EVENT_USUAL);
    dm_buf_char(&buf, '{');
    while ((row = dm_field_next(ev, &at, &value)) != NULL) {
        put_front(&buf, &w, row, at.index);
        put_value(&buf, row->type, &value);
    }
    put_end(&buf, &w);
    return dm_buf_take(&buf);
}
