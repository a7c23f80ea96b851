/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * genlog SCENARIO FORM - writes the BIND query log of a scenario, the same bytes every time.
 *
 * FORM: 9.2 (client, name, type), 9.18 (pointer, name in parentheses, flags, server address), 9.20
 * (EDNS, TCP, DO, CD and cookie flags), iso (9.18 behind a full date with +09:00 instead of the
 * year-less stamp of RFC 3164). Packet filters' lines are iplog's in form 9.2, else the kernel's.
 * LIMITS: whole seconds; addresses and names are those reserved for documentation.
 * Source: the forms are doc/FORMATS.md; the scenarios' numbers are in papers.c, traps.c and
 * worms.c.
 */
#include "gen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct query *queries;
static size_t count, capacity;
static uint64_t random_state = 20040128; /* any; fixed, so that a log never changes */

void gen_add(int64_t t, const char *client, const char *type, const char *format, ...)
{
    va_list ap;

    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 65536;
        queries = realloc(queries, capacity * sizeof *queries);
        if (!queries) {
            abort();
        }
    }
    struct query *q = &queries[count];
    memset(q, 0, sizeof *q);
    q->t = t;
    q->seq = (uint32_t)count++;
    snprintf(q->client, sizeof q->client, "%s", client);
    snprintf(q->type, sizeof q->type, "%s", type);
    va_start(ap, format);
    vsnprintf(q->name, sizeof q->name, format, ap);
    va_end(ap);
}

void gen_tcp(int64_t t, const char *client, const char *dst, unsigned port)
{
    char type[8];

    snprintf(type, sizeof type, "#%u", port % 65536);
    gen_add(t, client, type, "%s", dst);
}

int64_t gen_day(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

    return timegm(&tm);
}

/* Knuth's MMIX multiplier. */
uint32_t gen_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % n);
}

int64_t gen_at(int64_t from, int64_t s, unsigned i, unsigned n)
{
    return from + s * i / n;
}

void gen_random_case(void)
{
    for (char *p = queries[count - 1].name; *p; p++) {
        if (*p >= 'a' && *p <= 'z' && gen_below(2)) {
            *p = (char)(*p - 32);
        }
    }
}

static int compare(const void *va, const void *vb)
{
    const struct query *a = va, *b = vb;

    if (a->t != b->t) {
        return a->t < b->t ? -1 : 1;
    }
    return a->seq < b->seq ? -1 : 1;
}

static void print_stamp(const struct query *q, const char *form, const char *program)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)q->t;
    struct tm tm;

    gmtime_r(&t, &tm);
    if (strcmp(form, "iso") == 0) {
        printf("%04d-%02d-%02dT%02d:%02d:%02d+09:00 %s: ", tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, program);
    } else {
        printf("%.3s %2d %02d:%02d:%02d %s: ", months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
               tm.tm_min, tm.tm_sec, program);
    }
}

/* iplog's words in the form of 2003, the Linux kernel's in the others. */
static void print_attempt(const struct query *q, const char *form)
{
    unsigned port = 1024 + q->seq % 60000;

    if (strcmp(form, "9.2") == 0) {
        print_stamp(q, form, "fw1 iplog[331]");
        printf("TCP: port %s connection attempt to %s from %s:%u\n", q->type + 1, q->name,
               q->client, port);
        return;
    }
    print_stamp(q, form, "fw1 kernel");
    printf(
        "[%u.%06u] new IN=eth1 OUT=eth0 SRC=%s DST=%s LEN=48 TOS=0x00 PREC=0x00 TTL=127 ID=%u DF "
        "PROTO=TCP SPT=%u DPT=%s WINDOW=64240 RES=0x00 SYN URGP=0\n",
        q->seq, q->seq % 1000000, q->client, q->name, q->seq % 65536, port, q->type + 1);
}

/* Flags are the client's own habit, not the query's (doc/SCIENCE.md B N7). */
static const char *flags_of(const struct query *q)
{
    unsigned sum = 0;

    for (const char *c = q->client; *c; c++) {
        sum += (unsigned char)*c;
    }
    return sum % 2 ? "E(0)STDK" : "E(0)K";
}

/* A type with a '-' in front is asked without "recursion desired". */
static void print_query(const struct query *q, const char *form)
{
    unsigned port = 1024 + q->seq % 60000;
    char rd = q->type[0] == '-' ? '-' : '+';
    const char *type = q->type + (rd == '-');

    print_stamp(q, form, "ns1 named[217]");
    if (strcmp(form, "9.2") == 0) {
        printf("client %s#%u: query: %s IN %s\n", q->client, port, q->name,
               strcmp(type, "HTTPS") == 0 ? "TYPE65" : type);
        return;
    }
    printf("client @0x7f3c%08x %s#%u (%s): query: %s IN %s %c%s (192.0.2.53)\n", q->seq, q->client,
           port, q->name, q->name, type, rd, strcmp(form, "9.20") != 0 ? "" : flags_of(q));
}

static const struct scenario *find(const struct scenario *s, const char *name)
{
    while (s->name && strcmp(s->name, name) != 0) {
        s++;
    }
    return s->name ? s : NULL;
}

int main(int argc, char **argv)
{
    const struct scenario *s = NULL;

    if (argc == 3) {
        s = find(paper_scenarios, argv[1]);
        s = s ? s : find(trap_scenarios, argv[1]);
        s = s ? s : find(figure_scenarios, argv[1]);
        s = s ? s : find(worm_scenarios, argv[1]);
    }
    if (!s) {
        fprintf(stderr, "usage: genlog SCENARIO 9.2|9.18|9.20|iso\n");
        return 2;
    }
    s->run();
    qsort(queries, count, sizeof *queries, compare);
    for (size_t i = 0; i < count; i++) {
        if (queries[i].type[0] == '#') {
            print_attempt(&queries[i], argv[2]);
        } else {
            print_query(&queries[i], argv[2]);
        }
    }
    free(queries);
    return fflush(stdout) == 0 ? 0 : 1;
}
