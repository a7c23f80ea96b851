/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How many lines a second dm_parse_line() reads, JSON objects dm_parse_json(), and what they were:
 * bench_parse FILE [ROUNDS].
 * The file is read into memory first; compare with `grep -c -F ' IN MX ' FILE` in the same run.
 * LIMITS: wall clock; the last line without a newline is left out.
 * Source: -
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <glib.h>

#include "parse/parse_json.h"
#include "parse/parser.h"

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t read_all(struct dm_parse_ctx *ctx, const char *text, size_t len, size_t *by_kind)
{
    struct dm_record rec;
    struct dm_json json = {0};
    size_t lines = 0;

    for (const char *p = text, *end = text + len, *nl; p < end; p = nl + 1) {
        nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl) {
            break;
        }
        struct dm_slice line = dm_slice_make(p, (size_t)(nl - p));
        if (*p == '{') {
            dm_parse_json(ctx, &json, 0, DM_SLICE(""), line, &rec, NULL);
        } else {
            dm_parse_line(ctx, line, &rec, NULL);
        }
        by_kind[rec.kind]++;
        lines++;
    }
    dm_json_clear(&json);
    return lines;
}

int main(int argc, char **argv)
{
    struct dm_parse_ctx ctx = {0};
    size_t by_kind[DM_REC_COUNT] = {0};
    gchar *text;
    gsize len;

    if (argc < 2 || !g_file_get_contents(argv[1], &text, &len, NULL)) {
        fprintf(stderr, "usage: bench_parse FILE [ROUNDS]\n");
        return 2;
    }
    ctx.clock.zone = dm_zone_new("UTC");
    double from_s = now_s();
    size_t lines = 0;
    for (int i = argc > 2 ? atoi(argv[2]) : 1; i > 0; i--) {
        lines += read_all(&ctx, text, len, by_kind);
    }
    double took_s = now_s() - from_s;
    printf("%zu lines, %.3f s, %.2f million lines/s, %.0f ns a line\n", lines, took_s,
           (double)lines / took_s / 1e6, took_s / (double)lines * 1e9);
    for (int k = 0; k < DM_REC_COUNT; k++) {
        const char *name = dm_record_kind_name((enum dm_record_kind)k);
        if (by_kind[k]) {
            printf("%-16s %zu\n", name ? name : "-", by_kind[k]);
        }
    }
    for (int i = 0; i < DM_PARSER_COUNT; i++) {
        printf("%s: %llu records, %llu malformed\n", dm_parsers[i]->name,
               (unsigned long long)ctx.counts.by[i][DM_PARSE_RECORD],
               (unsigned long long)ctx.counts.by[i][DM_PARSE_MALFORMED]);
    }
    printf("unclaimed %llu\n", (unsigned long long)ctx.counts.unclaimed);
    dm_zone_free(ctx.clock.zone);
    g_free(text);
    return 0;
}
