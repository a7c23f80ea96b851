/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The getters that fields.def names, each of the shape dm_getter: dm_get_client() and so on.
 */
#ifndef DM_EVENT_GETTERS_H
#define DM_EVENT_GETTERS_H

#include "event/fields.h"

#define X(place, key, type, unit, get, when, meaning)                                              \
    bool dm_get_##get(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret);
#define L X
#include "event/fields.def"
#undef L
#undef X

#endif
