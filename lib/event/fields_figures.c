/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Getters of what the papers tabulate: a mail server's figures, and the lists of a daily summary.
 *
 * Method:  one function a field, all made from three lists (fields_figures.h). A group that nobody
 *          filled is not there; a number in a group that could not be had is null.
 * LIMITS:  -
 * Source:  doc/SCIENCE.md A.1, A.5 to A.11.
 */
#include "event/fields_figures.h"

#include <math.h>

/** A figure as whole number and as it is; the field's type says which is written. */
static bool figure(struct dm_value *ret, bool there, double value)
{
    ret->null = !isfinite(value);
    ret->number = value;
    ret->count = value > 0 && value < 1e18 ? (uint64_t)(value + 0.5) : 0;
    return there;
}

#define X(name, group, member)                                                                     \
    bool dm_get_##name(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret)        \
    {                                                                                              \
        return index == 0 &&                                                                       \
               figure(ret, (ev->figures.groups & DM_FIG_##group) != 0, ev->figures.member);        \
    }
DM_FIGURE_FIELDS(X)
#undef X

#define X(name, list, n)                                                                           \
    bool dm_get_##name##_ip(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret)   \
    {                                                                                              \
        if (!ev->summary || index >= ev->summary->n) {                                             \
            return false;                                                                          \
        }                                                                                          \
        ret->addr = ev->summary->list[index].addr;                                                 \
        return true;                                                                               \
    }                                                                                              \
    bool dm_get_##name##_count(const struct dnsmon_event *ev, unsigned index,                      \
                               struct dm_value *ret)                                               \
    {                                                                                              \
        if (!ev->summary || index >= ev->summary->n) {                                             \
            return false;                                                                          \
        }                                                                                          \
        ret->count = ev->summary->list[index].count;                                               \
        return true;                                                                               \
    }
DM_TOP_FIELDS(X)
#undef X

#define X(name, list, len)                                                                         \
    bool dm_get_##name##_text(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret) \
    {                                                                                              \
        if (!ev->summary || index >= ev->summary->list.n[(len)-1]) {                               \
            return false;                                                                          \
        }                                                                                          \
        ret->text = dm_slice_make(ev->summary->list.row[(len)-1][index].text, len);                \
        return true;                                                                               \
    }                                                                                              \
    bool dm_get_##name##_count(const struct dnsmon_event *ev, unsigned index,                      \
                               struct dm_value *ret)                                               \
    {                                                                                              \
        if (!ev->summary || index >= ev->summary->list.n[(len)-1]) {                               \
            return false;                                                                          \
        }                                                                                          \
        ret->count = ev->summary->list.row[(len)-1][index].count;                                  \
        return true;                                                                               \
    }
DM_PREFIX_FIELDS(X)
#undef X

bool dm_get_prefix_client(const struct dnsmon_event *ev, unsigned index, struct dm_value *ret)
{
    if (index || !ev->summary || !ev->summary->has_prefix_client) {
        return false;
    }
    ret->addr = ev->summary->prefix_client;
    return true;
}
