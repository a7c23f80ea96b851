/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method: the sums of the regression are exact whatever the number of points; of those every 2nd,
 * 4th, 8th ... bin is kept when there are too many, so which ones does not depend on their values.
 * Minutes are kept of two days, today and the one with the most unresolved names until now, so that
 * the worst day is drawn with all of them.
 *
 * Source: S3, S4; doc/SCIENCE.md A.6, A.7.
 *
 * LIMITS: bins in which one of the server's logs was silent are left out (detect/mail_bin.h).
 */
#include "figures/mailfig.h"

#include <glib.h>
#include <string.h>

#define MINUTE_S 60

/* Room for one more of @size bytes in a list that grows by doubling. */
static bool grow(void **list, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) {
        return true;
    }
    uint32_t more = *cap ? 2 * *cap : 64;
    void *p = g_try_realloc(*list, more * size);
    if (p) {
        *list = p;
        *cap = more;
    }
    return p != NULL;
}

/* Every second point goes. */
static void thin_out(struct dm_mailfig *f)
{
    uint32_t n = 0;

    f->stride *= 2;
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->point[i].number % f->stride == 0) {
            f->point[n++] = f->point[i];
        }
    }
    f->n = n;
}

static void add_point(struct dm_mailfig *f, const struct dm_mail_bin *bin)
{
    if (f->stride == 0) {
        f->stride = 1;
        f->from_s = bin->from_s;
    }
    uint32_t number = (uint32_t)((bin->from_s - f->from_s) / DM_MAIL_BIN_S);
    dm_regress_add(&f->model, bin->connections, bin->pop3, bin->queries, 1);
    if (f->n == DM_MAILFIG_POINTS) {
        thin_out(f);
    }
    void *list = f->point;
    if (number % f->stride == 0 && grow(&list, f->n, &f->cap, sizeof *f->point)) {
        f->point = list;
        f->point[f->n++] = (struct dm_mailfig_point){
            number, (uint32_t)bin->queries, (uint32_t)bin->connections, (uint32_t)bin->pop3};
    }
}

static void add_minute(struct dm_mailfig_day *d, const struct dm_mail_counts *m, int64_t end_s)
{
    uint32_t total = dm_mail_queries(m);
    int64_t minute = (end_s - MINUTE_S - d->from_s) / MINUTE_S;
    void *list = d->minute;

    d->unresolved += m->unresolved;
    dm_moments_add(&d->pairs, total, m->unresolved, 1);
    if (total > 0 && minute >= 0 && d->n < DM_MAILFIG_MINUTES &&
        grow(&list, d->n, &d->cap, sizeof *d->minute)) {
        d->minute = list;
        d->minute[d->n++] = (struct dm_mailfig_minute){(uint16_t)minute, total, m->unresolved};
    }
}

/* Nothing is counted of it yet; the memory stays. */
static void begin_day(struct dm_mailfig_day *d, int32_t day, int64_t from_s)
{
    *d = (struct dm_mailfig_day){.day = day, .from_s = from_s, .cap = d->cap, .minute = d->minute};
}

void dm_mailfig_minute(struct dm_mailfig *f, const struct dm_server *srv,
                       const struct dm_mail_counts *minute, int64_t end_s)
{
    struct dm_mail_bin bin;

    /* as rule backscatter does: the day's pairs begin with the first minute that has anything */
    if (memcmp(&srv->day, minute, sizeof *minute) == 0) {
        f->today.pairs = (struct dm_moments){0};
    }
    add_minute(&f->today, minute, end_s);
    if (dm_mail_bin_add(&f->bin, end_s, minute, &bin) && dm_mail_bin_usable(&bin)) {
        add_point(f, &bin);
    }
}

void dm_mailfig_day(struct dm_mailfig *f, int32_t day, int64_t from_s)
{
    if (f->today.unresolved > f->worst.unresolved) {
        struct dm_mailfig_day last = f->worst;
        f->worst = f->today;
        f->today = last;
    }
    begin_day(&f->today, day, from_s);
}

void dm_mailfig_clear(struct dm_mailfig *f)
{
    g_free(f->point);
    g_free(f->today.minute);
    g_free(f->worst.minute);
    *f = (struct dm_mailfig){0};
}
