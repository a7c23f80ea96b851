/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One value as text.
 *
 * Purpose: the three forms differ in what stands around a value, never in the value.
 * LIMITS:  the caller writes the quotes, and escapes by giving struct dm_escape.
 * Source:  doc/EVENTS.md.
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
    case DM_FIELD_FIGURE:
        dm_buf_text(buf, dm_text_figure(value->number, text));
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
