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

_Static_assert(DM_ADDR_STRLEN <= DM_NUMBER_STRLEN && DM_TIME_STRLEN <= DM_NUMBER_STRLEN,
               "room for every value that is no text");

void dm_value_put(struct dm_buf *buf, enum dm_field_type type, const struct dm_value *value,
                  const struct dm_escape *how)
{
    char *at = dm_buf_room(buf, DM_NUMBER_STRLEN); /* an address is not longer */

    if (!at) {
        return;
    }
    switch (type) {
    case DM_FIELD_TIME:
        dm_text_time(value->time_us, at);
        break;
    case DM_FIELD_COUNT:
        dm_buf_count(buf, value->count);
        return;
    case DM_FIELD_NUMBER:
        dm_text_number(value->number, at);
        break;
    case DM_FIELD_FIGURE:
        dm_text_figure(value->number, at);
        break;
    case DM_FIELD_BOOL:
        dm_buf_text(buf, value->flag ? "true" : "false");
        return;
    case DM_FIELD_ADDR:
        dm_addr_text(&value->addr, at); /* has nothing that a form escapes */
        break;
    default:
        dm_text_escape(buf, value->text, how);
        return;
    }
    dm_buf_wrote(buf, strlen(at));
}
