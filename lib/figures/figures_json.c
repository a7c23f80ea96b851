/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The recorder's figures as one JSON object: plain lists of numbers, times in seconds since 1970
 * UTC. Clients are in the order worst first, mail servers in the order of their names.
 *
 * LIMITS: a mail server's name is text that may have come from a log line; it is escaped as in an
 * event.
 * Source: doc/REPORT.md describes the object.
 */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "figures/recorder.h"
#include "util/localtime.h"
#include "util/text.h"

static const struct dm_escape json_escape = {0, DM_CHAR_QUOTE | DM_CHAR_BACKSLASH | DM_CHAR_SLASH};

/* ---- values ---- */

static void put_int(struct dm_buf *out, int64_t v)
{
    char text[24];

    g_snprintf(text, sizeof text, "%" PRId64, v);
    dm_buf_text(out, text);
}

/* null for what is no number. */
static void put_double(struct dm_buf *out, const char *key, double v)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    dm_buf_text(out, key);
    dm_buf_text(out, isfinite(v) ? g_ascii_formatd(text, sizeof text, "%.9g", v) : "null");
}

static void put_date(struct dm_buf *out, int32_t day)
{
    char text[32];
    int y, m, d;

    dm_civil_from_days(day, &y, &m, &d);
    g_snprintf(text, sizeof text, "\"%04d-%02d-%02d\"", y, m, d);
    dm_buf_text(out, text);
}

static void put_ip(struct dm_buf *out, const char *key, const struct dm_addr *addr)
{
    char text[DM_ADDR_STRLEN];

    dm_buf_text(out, key);
    dm_buf_char(out, '"');
    dm_buf_text(out, dm_addr_text(addr, text));
    dm_buf_char(out, '"');
}

/* "[1,2,3]" */
static void put_row(struct dm_buf *out, const uint32_t *value, unsigned n)
{
    dm_buf_char(out, '[');
    for (unsigned i = 0; i < n; i++) {
        dm_buf_text(out, i ? "," : "");
        dm_buf_count(out, value[i]);
    }
    dm_buf_char(out, ']');
}

/* @names: of its first @columns columns, as JSON */
static void put_curve(struct dm_buf *out, const struct dm_curve *c, const char *names,
                      unsigned columns)
{
    dm_buf_text(out, "\"from\":");
    put_int(out, c->n ? c->from_s : 0);
    dm_buf_text(out, ",\"width\":");
    put_int(out, c->width_s);
    dm_buf_text(out, ",\"columns\":");
    dm_buf_text(out, names);
    dm_buf_text(out, ",\"rows\":[");
    for (uint32_t i = 0; i < c->n; i++) {
        dm_buf_text(out, i ? "," : "");
        put_row(out, c->bin[i], columns);
    }
    dm_buf_char(out, ']');
}

/* ---- the site ---- */

static void put_span(struct dm_buf *out, const struct dm_recorder *r)
{
    dm_buf_text(out, "{\"schema\":1,\"begin\":");
    put_int(out, r->begin_s == INT64_MIN ? 0 : r->begin_s);
    dm_buf_text(out, ",\"end\":");
    put_int(out, r->end_s);
    dm_buf_text(out, r->lossy ? ",\"lossy\":true" : ",\"lossy\":false");
    dm_buf_text(out, ",\"offsets\":[");
    for (uint32_t i = 0; i < r->n_offsets; i++) {
        dm_buf_text(out, i ? ",[" : "[");
        put_int(out, r->offset[i].from_s);
        dm_buf_char(out, ',');
        put_int(out, r->offset[i].offset_s);
        dm_buf_char(out, ']');
    }
    dm_buf_char(out, ']');
}

static void put_days(struct dm_buf *out, const struct dm_recorder *r)
{
    uint32_t now[DM_MACHINE_COUNT];
    bool more = r->begin_s != INT64_MIN && r->n_days < DM_RECORDER_DAYS;

    for (uint32_t i = 0; i < r->n_days; i++) {
        dm_buf_text(out, i ? ",[" : "[");
        put_date(out, r->day[i].day);
        dm_buf_char(out, ',');
        put_row(out, r->day[i].machines, DM_MACHINE_COUNT);
        dm_buf_char(out, ']');
    }
    if (more) { /* the day that has not ended */
        for (int i = 0; i < DM_MACHINE_COUNT; i++) {
            now[i] = dm_set_count(&r->in_day[i]);
        }
        dm_buf_text(out, r->n_days ? ",[" : "[");
        put_date(out, r->today);
        dm_buf_char(out, ',');
        put_row(out, now, DM_MACHINE_COUNT);
        dm_buf_char(out, ']');
    }
}

/* The hour that has not ended is put in for the time of writing only. */
static void put_machines(struct dm_buf *out, struct dm_recorder *r)
{
    for (int i = 0; i < DM_MACHINE_COUNT; i++) {
        uint32_t n = dm_set_count(&r->in_hour[i]);
        if (n > 0) {
            dm_curve_put(&r->hours, r->hour * 3600, (unsigned)i, n);
        }
    }
    dm_buf_text(out, ",\"machines\":{\"hours\":{");
    put_curve(out, &r->hours, "[\"mailing\",\"probing\"]", DM_MACHINE_COUNT);
    dm_buf_text(out, "},\"days\":[");
    put_days(out, r);
    dm_buf_text(out, "]}");
}

static void put_clients(struct dm_buf *out, struct dm_recorder *r)
{
    uint32_t n = dm_watch_count(r->watch);

    dm_buf_text(out, ",\"clients\":[");
    for (uint32_t i = 0; i < n; i++) {
        const struct dm_watched *c = dm_watch_kept(r->watch, i);
        put_ip(out, i ? ",{\"ip\":" : "{\"ip\":", &c->addr);
        dm_buf_text(out, ",\"level\":");
        put_int(out, c->level);
        put_double(out, ",\"score\":", c->score);
        dm_buf_char(out, ',');
        put_curve(out, c->kept, "[\"total\",\"a\",\"mx\",\"ptr\",\"keyword\"]", DM_CURVE_COLUMNS);
        dm_buf_char(out, '}');
    }
    dm_buf_char(out, ']');
}

/* ---- mail servers ---- */

/* S4 plots queries without those of POP3, one each, over connections. */
static void put_regression(struct dm_buf *out, const struct dm_mailfig *f)
{
    const struct dm_regress_how how = {.fix_m2 = true, .m2 = 1, .free_intercept = true};
    struct dm_regress_fit fit = {.m1 = NAN, .intercept = NAN, .r2 = NAN};

    (void)dm_regress_solve(&f->model, &how, &fit);
    dm_buf_text(out, ",\"regression\":{\"width\":600,\"bins\":");
    put_int(out, (int64_t)f->model.w);
    put_double(out, ",\"m\":", fit.m1);
    put_double(out, ",\"intercept\":", fit.intercept);
    put_double(out, ",\"r2\":", fit.r2);
    dm_buf_text(out, ",\"columns\":[\"queries\",\"connections\",\"pop3\"],\"points\":[");
    for (uint32_t i = 0; i < f->n; i++) {
        const uint32_t row[] = {f->point[i].queries, f->point[i].connections, f->point[i].pop3};
        dm_buf_text(out, i ? "," : "");
        put_row(out, row, G_N_ELEMENTS(row));
    }
    dm_buf_text(out, "]}");
}

static void put_unresolved(struct dm_buf *out, const struct dm_mailfig *f)
{
    const struct dm_mailfig_day *d =
        f->today.unresolved > f->worst.unresolved ? &f->today : &f->worst;

    if (d->unresolved == 0) {
        return;
    }
    dm_buf_text(out, ",\"unresolved\":{\"day\":");
    put_date(out, d->day);
    dm_buf_text(out, ",\"from\":");
    put_int(out, d->from_s);
    dm_buf_text(out, ",\"unresolved\":");
    put_int(out, (int64_t)d->unresolved);
    put_double(out, ",\"slope\":", dm_moments_slope(&d->pairs));
    put_double(out, ",\"intercept\":", dm_moments_intercept(&d->pairs));
    put_double(out, ",\"r2\":", dm_moments_r2(&d->pairs));
    dm_buf_text(out, ",\"columns\":[\"minute\",\"total\",\"unresolved\"],\"points\":[");
    for (uint32_t i = 0; i < d->n; i++) {
        const uint32_t row[] = {d->minute[i].minute, d->minute[i].total, d->minute[i].unresolved};
        dm_buf_text(out, i ? "," : "");
        put_row(out, row, G_N_ELEMENTS(row));
    }
    dm_buf_text(out, "]}");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(struct dm_recorder_server *const *)a)->name,
                  (*(struct dm_recorder_server *const *)b)->name);
}

static void put_server(struct dm_buf *out, const struct dm_recorder_server *s)
{
    dm_buf_text(out, "{\"name\":\"");
    dm_text_escape(out, dm_slice_make(s->name, strlen(s->name)), &json_escape);
    dm_buf_char(out, '"');
    if (s->has_addr) {
        put_ip(out, ",\"ip\":", &s->addr);
    }
    put_regression(out, &s->fig);
    put_unresolved(out, &s->fig);
    dm_buf_char(out, '}');
}

static void put_servers(struct dm_buf *out, const struct dm_recorder *r)
{
    struct dm_recorder_server *all[DM_SERVER_MAX];
    unsigned n = 0;

    for (int i = 1; i <= DM_SERVER_MAX; i++) {
        if (r->server[i]) {
            all[n++] = r->server[i];
        }
    }
    qsort(all, n, sizeof all[0], compare_names);
    dm_buf_text(out, ",\"servers\":[");
    for (unsigned i = 0; i < n; i++) {
        dm_buf_text(out, i ? "," : "");
        put_server(out, all[i]);
    }
    dm_buf_char(out, ']');
}

char *dm_recorder_json(struct dm_recorder *r)
{
    struct dm_buf out = {0};

    put_span(&out, r);
    dm_buf_text(&out, ",\"site\":{");
    put_curve(&out, &r->site, "[\"a\",\"aaaa\",\"mx\",\"ptr\",\"other\"]", DM_CURVE_COLUMNS);
    dm_buf_char(&out, '}');
    put_machines(&out, r);
    put_clients(&out, r);
    put_servers(&out, r);
    dm_buf_char(&out, '}');
    return dm_buf_take(&out);
}
