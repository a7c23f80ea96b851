/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields that an event has, one after the other.
 *
 * Method:  the rows are asked in their order. Those of a list stand together; behind the last of
 *          them it goes on at the first with the next element, as long as that is there.
 * LIMITS:  no list in a list.
 * Source:  doc/EVENTS.md.
 */
#include "event/fields.h"

#include <string.h>

/* Whether row number @n belongs to the list that the cursor is in. */
static bool is_in_list(const struct dm_cursor *at, size_t n)
{
    return n < dm_n_fields && dm_fields[n].list &&
           strncmp(dm_fields[n].path, dm_fields[at->list - 1].path, at->head) == 0;
}

/* In front of the list's next element, if there is one; else behind the list. */
static bool next_element(const struct dnsmon_event *ev, struct dm_cursor *at, struct dm_value *ret)
{
    uint16_t first = (uint16_t)(at->list - 1);

    at->index++;
    ret->null = false;
    if (dm_fields[first].get(ev, at->index, ret)) {
        at->row = first;
        return true;
    }
    at->index = at->list = 0;
    return false;
}

static void enter_list(struct dm_cursor *at, const struct dm_field *row)
{
    at->list = (uint16_t)(row - dm_fields + 1);
    at->head = (uint16_t)(strcspn(row->path, "]") + 1);
}

const struct dm_field *dm_field_next(const struct dnsmon_event *ev, struct dm_cursor *at,
                                     struct dm_value *ret)
{
    for (;;) {
        if (at->list && !is_in_list(at, at->row) && next_element(ev, at, ret)) {
            return &dm_fields[at->row++];
        }
        if (at->row == dm_n_fields) {
            return NULL;
        }
        const struct dm_field *row = &dm_fields[at->row++];
        ret->null = false;
        if (row->get(ev, at->index, ret)) {
            if (row->list && !at->list) {
                enter_list(at, row);
            }
            return row;
        }
    }
}
