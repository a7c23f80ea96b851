/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One value as text, and one short field (text form, structured data) with its list.
 *
 * Purpose: the three forms differ in what stands around a value, never in the value.
 * LIMITS:  a list in a short form ends after DM_SHORT_LIST_MAX elements; the JSON has them all.
 * Source:  CONTRACT.md 5.
 */
#include "event/fields.h"

#include "util/buf.h"
#include "util/text.h"

static void put_addr(struct dm_buf *buf, const struct dm_addr *addr, const struct dm_escape *how)
{
    char text[DM_ADDR_STRLEN];

    dm_addr_text(addr, text);
    dm_text_escape(buf, dm_slice_make(text, strlen(text)), how);
}

void dm_value_put(struct dm_buf *buf, enum dm_field_type type, const struct dm_value *value,
                  const struct dm_escape *how)
{
    char text[DM_NUMBER_STRLEN];

    switch (type) {
    case DM_FIELD_TIME:
        dm_buf_text(buf, dm_text_time(value->time_us, text));
        break;
    case DM_FIELD_COUNT:
        dm_buf_count(buf, value->count);
        break;
    case DM_FIELD_NUMBER:
        dm_buf_text(buf, dm_text_number(value->number, text));
        break;
    case DM_FIELD_BOOL:
        dm_buf_text(buf, value->flag ? "true" : "false");
        break;
    case DM_FIELD_ADDR:
        put_addr(buf, &value->addr, how);
        break;
    default:
        dm_text_escape(buf, value->text, how);
        break;
    }
}

bool dm_short_field_put(struct dm_buf *buf, const struct dnsmon_event *ev,
                        const struct dm_short_field *field, const struct dm_escape *how)
{
    const struct dm_field *row = dm_field_find(field->path);
    bool is_list = strstr(field->path, "[]") != NULL;
    struct dm_value value;
    unsigned i = 0, more = 0;

    if (!row->get(ev, 0, &value)) {
        return false;
    }
    do {
        if (i) {
            dm_buf_char(buf, ',');
        }
        dm_value_put(buf, row->type, &value, how);
        i++;
    } while (is_list && i < DM_SHORT_LIST_MAX && row->get(ev, i, &value));
    while (is_list && i >= DM_SHORT_LIST_MAX && row->get(ev, i + more, &value)) {
        more++;
    }
    if (more) {
        dm_buf_text(buf, ",+");
        dm_buf_count(buf, more);
    }
    return true;
}
