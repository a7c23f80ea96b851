/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * When a curve has all its bins and time goes on, neighbours are put together until there is room:
 * the next width is a multiple of the one before and bins begin at multiples of their width, so
 * that the result is the same as if it had been that wide from the first count on.
 *
 * LIMITS: bins of six hours and more follow UTC, not the local day. Time before the first bin is
 * counted into that one; event time does not go back.
 * Source: own choice of the widths, those that people read off a clock.
 */
#include "figures/curve.h"

#include <glib.h>
#include <string.h>

/* Bins that memory is first taken for; own choice: a client that is kept has little to show. */
#define CAP_FIRST 90

void dm_curve_init(struct dm_curve *c, uint32_t width_s, enum dm_curve_kind kind)
{
    *c = (struct dm_curve){.width_s = width_s, .kind = kind};
}

void dm_curve_clear(struct dm_curve *c)
{
    g_free(c->bin);
    dm_curve_init(c, c->width_s, c->kind);
}

uint32_t dm_curve_wider(uint32_t width_s)
{
    static const uint32_t widths[] = {60, 120, 600, 1800, 3600, 7200, 21600, 43200, 86400};

    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        if (widths[i] > width_s) {
            return widths[i];
        }
    }
    return width_s * 2;
}

static int64_t begin_of(const struct dm_curve *c, int64_t time_s)
{
    int64_t over = time_s % c->width_s;

    return time_s - (over < 0 ? over + c->width_s : over);
}

static void join(struct dm_curve *c, uint32_t *to, const uint32_t *from)
{
    for (int k = 0; k < DM_CURVE_COLUMNS; k++) {
        uint64_t sum = (uint64_t)to[k] + from[k];
        to[k] = c->kind == DM_CURVE_MAX ? MAX(to[k], from[k]) : (uint32_t)MIN(sum, UINT32_MAX);
    }
}

static void widen(struct dm_curve *c)
{
    uint32_t old_s = c->width_s, n = 0;
    int64_t old_from_s = c->from_s;

    c->width_s = dm_curve_wider(old_s);
    c->from_s = begin_of(c, old_from_s);
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t to = (uint32_t)((old_from_s + (int64_t)i * old_s - c->from_s) / c->width_s);
        if (to == i) {
            n = to + 1;
            continue;
        }
        if (to >= n) {
            memcpy(c->bin[to], c->bin[i], sizeof c->bin[to]);
            n = to + 1;
        } else {
            join(c, c->bin[to], c->bin[i]);
        }
    }
    memset(c->bin[n], 0, (c->n - n) * sizeof c->bin[0]);
    c->n = n;
}

/* Memory for @bins, zeroed behind those in use. */
static bool grow(struct dm_curve *c, uint32_t bins)
{
    uint32_t cap = c->cap ? c->cap : CAP_FIRST;

    while (cap < bins) {
        cap *= 2;
    }
    cap = MIN(cap, DM_CURVE_BINS);
    void *p = g_try_realloc(c->bin, cap * sizeof c->bin[0]);
    if (!p) {
        return false;
    }
    c->bin = p;
    memset(c->bin[c->cap], 0, (cap - c->cap) * sizeof c->bin[0]);
    c->cap = cap;
    return true;
}

uint32_t *dm_curve_at(struct dm_curve *c, int64_t time_s)
{
    if (c->n == 0) {
        c->from_s = begin_of(c, time_s);
    }
    while (time_s >= c->from_s && (time_s - c->from_s) / c->width_s >= DM_CURVE_BINS) {
        if (c->n > 0) {
            widen(c);
        } else {
            c->from_s = begin_of(c, time_s);
        }
    }
    uint32_t at = time_s < c->from_s ? 0 : (uint32_t)((time_s - c->from_s) / c->width_s);
    if (at >= c->cap && !grow(c, at + 1)) {
        return NULL;
    }
    c->n = MAX(c->n, at + 1);
    return c->bin[at];
}

void dm_curve_put(struct dm_curve *c, int64_t time_s, unsigned column, uint64_t n)
{
    uint32_t *bin = dm_curve_at(c, time_s);

    if (bin) {
        uint64_t value = c->kind == DM_CURVE_MAX ? MAX(bin[column], n) : bin[column] + n;
        bin[column] = (uint32_t)MIN(value, UINT32_MAX);
    }
}
