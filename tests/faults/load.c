/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Query logs of attacks and of days, to standard output, as BIND writes them behind a syslog
 * header:
 *
 *     load flood ADDRESSES INFECTED        one query of each forged address (half IPv6), 10,000 a
 *                                          second; INFECTED clients send 200 MX among them
 *     load names QUERIES                   20 clients ask that many names that nobody has, of all
 *                                          types, 1,000 a second
 *     load sketches QUERIES                floods of one kind each, mixed: names under one domain,
 * names of ip6.arpa, MX of domains, types, 255 octets; 5,000 a second; 20 infected clients among
 * them load storm CLIENTS                   an hour of quiet, then all become infected in a minute
 *     load day QUERIES CLIENTS [DAYS [SPEED]]
 *                                          as many queries spread over a day, of 64 names a client;
 *                                          DAYS of them; SPEED: no faster than so many times real
 *                                          time
 *     load turning START_MS STEP_MS RATE SECONDS
 *                                          live, by the wall clock: since START_MS (ms since 1970)
 *                                          one client more turns infected every STEP_MS; 16 of them
 *                                          and 10.9.9.9 ask RATE MX a second together
 *     load pass CLIENTS EACH               live: EACH MX of every client of "turning", at once
 *
 * The infected have addresses in 10.1.0.0/16, the forged ones in 10.128.0.0/9 and 2001:db8::/32.
 * Numbers are a function of the arguments (and of the clock where it says live).
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 2026-05-12 00:00:00 UTC */
#define DAY_S 1778544000LL
/* Clients of "turning" that are infected at a time. */
#define WINDOW 16

static uint64_t seed = 20260512;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void put(int64_t us, const char *client, const char *name, const char *type)
{
    time_t s = (time_t)(us / 1000000);
    static time_t last = -1;
    static char stamp[32];

    if (s != last) {
        struct tm tm;
        gmtime_r(&s, &tm);
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
        last = s;
    }
    printf("<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN %s +E(0) "
           "(192.0.2.53)\n",
           stamp, (int)(us % 1000000), client, name, name, type);
}

static void put_infected(int64_t us, unsigned client, unsigned serial)
{
    char who[32], name[64];

    snprintf(who, sizeof who, "10.1.%u.%u", client / 250, 1 + client % 250);
    snprintf(name, sizeof name, "d%u-%u.example", client % 7, serial);
    put(us, who, name, "MX");
}

static void put_forged(int64_t us)
{
    uint64_t r = draw();
    char who[48];

    if (r & 1) {
        snprintf(who, sizeof who, "10.%u.%u.%u", (unsigned)(128 + (r >> 8 & 127)),
                 (unsigned)(r >> 16 & 255), (unsigned)(r >> 24 & 255));
    } else {
        snprintf(who, sizeof who, "2001:db8:%x:%x::%x", (unsigned)(r >> 8 & 0xffff),
                 (unsigned)(r >> 24 & 0xffff), (unsigned)(1 + (r >> 40 & 0xffff)));
    }
    put(us, who, "www.example.com", r >> 56 < 5 ? "MX" : "A");
}

static void flood(unsigned long n, unsigned infected)
{
    unsigned long every = infected ? n / (200ul * infected) : 0;
    unsigned sent = 0;

    for (unsigned long i = 0; i < n; i++) {
        int64_t us = DAY_S * 1000000 + 3600000000LL + (int64_t)i * 100;
        put_forged(us);
        if (every && i % every == 0 && sent < 200 * infected) {
            put_infected(us, sent % infected, sent / infected);
            sent++;
        }
    }
}

static void names(unsigned long n)
{
    static const char *const types[] = {"MX", "A", "AAAA", "PTR", "TXT", "HTTPS", "SRV", "ANY"};
    char who[32], name[256];

    for (unsigned long i = 0; i < n; i++) {
        uint64_t r = draw();
        snprintf(who, sizeof who, "10.2.0.%u", (unsigned)(1 + r % 20));
        snprintf(name, sizeof name, "%c%" PRIx64 ".%" PRIx64 ".x%lu.example", (int)('a' + r % 26),
                 draw(), draw(), i);
        put(DAY_S * 1000000 + (int64_t)i * 1000, who, name, types[r >> 32 & 7]);
    }
}

/* Flood @kind: whose it is, and what is asked for, another each time. */
static void put_flood(int64_t us, unsigned kind, unsigned long i)
{
    static const char *const types[] = {"A", "PTR", "MX", NULL, "AAAA", "A"};
    char who[32], name[300], type[16];
    uint64_t r = draw();

    snprintf(who, sizeof who, "10.2.%u.%u", kind, kind == 5 ? (unsigned)(r % 250) : 1);
    snprintf(type, sizeof type, "TYPE%u", (unsigned)(r >> 20 & 0xffff));
    snprintf(name, sizeof name,
             kind == 2 ? "x%016" PRIx64 ".example" : "x%016" PRIx64 ".flood.example", r);
    if (kind == 1) {
        for (unsigned at = 0; at < 32; at++) {
            snprintf(name + 2 * at, 3, "%x.", (unsigned)(r >> (at % 16 * 4) & 15));
        }
        snprintf(name + 64, sizeof name - 64, "ip6.arpa");
    } else if (kind == 4) {
        for (unsigned at = 0; at < 240; at++) {
            name[at] = at % 48 == 47 ? '.' : (char)('a' + (r >> at % 60 & 15));
        }
        snprintf(name + 240, sizeof name - 240, "%lu.test", i % 1000000000);
    }
    put(us, who, name, types[kind] ? types[kind] : type);
}

static void sketches(unsigned long n)
{
    unsigned long every = n / 4000 + 1, sent = 0;

    for (unsigned long i = 0; i < n; i++) {
        int64_t us = DAY_S * 1000000 + 3600000000LL + (int64_t)i * 200;
        put_flood(us, (unsigned)(i % 6), i);
        if (i % every == 0) {
            put_infected(us, (unsigned)(sent % 20), (unsigned)(sent / 20));
            sent++;
        }
    }
}

static void storm(unsigned clients)
{
    const unsigned each = 60;
    int64_t begin = (DAY_S + 3600) * 1000000, step = 60000000LL / ((int64_t)clients * each);

    for (int i = 0; i < 3600; i++) {
        put((DAY_S + i) * 1000000, "10.3.0.1", "www.example.com", "A");
    }
    for (unsigned k = 0; k < each; k++) {
        for (unsigned i = 0; i < clients; i++) {
            put_infected(begin + ((int64_t)k * clients + i) * step, i, k);
        }
    }
    for (int i = 0; i < 10800; i += 10) { /* three hours more: what is held back is sent */
        put(begin + (60 + i) * 1000000LL, "10.3.0.1", "www.example.com", "A");
    }
}

static int64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* Wait until @us of the log is @speed times real time after @begin_us; in steps of half a second,
 * so that worker threads have nothing to do in between. */
static void keep_pace(int64_t us, unsigned speed, int64_t begin_us)
{
    static int64_t sent_us;
    int64_t due_us = speed ? begin_us + (us - DAY_S * 1000000) / speed : 0;

    if (due_us > sent_us + 500000) {
        int64_t wait_us = due_us - now_us();
        if (fflush(stdout) != 0) {
            exit(1);
        }
        if (wait_us > 0) {
            nanosleep(&(struct timespec){wait_us / 1000000, wait_us % 1000000 * 1000}, NULL);
        }
        sent_us = due_us;
    }
}

static void day(unsigned long n, unsigned clients, unsigned long days, unsigned speed)
{
    int64_t begin_us = now_us();
    char who[32], name[64];

    for (unsigned long i = 0; i < n * days; i++) {
        uint64_t r = draw();
        unsigned c = (unsigned)(r % clients);
        int64_t us = DAY_S * 1000000 + (int64_t)((double)i * (86400e6 / (double)n));
        keep_pace(us, speed, begin_us);
        snprintf(who, sizeof who, "10.4.%u.%u", c / 250, 1 + c % 250);
        snprintf(name, sizeof name, "www.d%u.example", (unsigned)(c * 7 + (r >> 32 & 63)) & 0x3fff);
        put(us, who, name, (r >> 50 & 63) == 0 ? "MX" : r >> 60 & 1 ? "A" : "AAAA");
        if (i % 50 == 0) {
            put_infected(us, (unsigned)(i % n / 50000), (unsigned)(i % n / 50));
        }
    }
}

/* ---- by the wall clock ---- */

static void turning(int64_t start_ms, int64_t step_ms, unsigned rate, int64_t seconds)
{
    const struct timespec nap = {.tv_nsec = 10000000};
    int64_t begin = now_us(), us, last_us = 0;
    unsigned long sent = 0;

    while ((us = now_us()) < begin + seconds * 1000000) {
        int64_t newest = (us / 1000 - start_ms) / step_ms;
        for (; (double)sent < (double)(us - begin) * rate / 1e6; sent++) {
            int64_t client = newest - (int64_t)(sent % WINDOW);
            /* the same line twice would count once, and who was held up sends many at once */
            int64_t own_us = us > last_us ? us : last_us + 1;
            last_us = own_us;
            if (sent % 20 == 0) {
                put(own_us, "10.9.9.9", "steady.example", "MX");
            } else if (client >= 0) {
                put_infected(own_us, (unsigned)client, (unsigned)(us / 1000 % 1000000));
            }
        }
        if (fflush(stdout) != 0) {
            exit(1);
        }
        nanosleep(&nap, NULL);
    }
}

static void pass(unsigned clients, unsigned each)
{
    for (unsigned k = 0; k < each; k++) {
        for (unsigned i = 0; i < clients; i++) {
            put_infected(now_us(), i, 2000000 + k);
        }
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";
    unsigned long v[4] = {0};

    for (int i = 2; i < argc && i < 6; i++) {
        v[i - 2] = strtoul(argv[i], NULL, 10);
    }
    if (strcmp(mode, "flood") == 0) {
        flood(v[0], (unsigned)v[1]);
    } else if (strcmp(mode, "names") == 0) {
        names(v[0]);
    } else if (strcmp(mode, "sketches") == 0) {
        sketches(v[0]);
    } else if (strcmp(mode, "storm") == 0) {
        storm((unsigned)v[0]);
    } else if (strcmp(mode, "day") == 0 && v[1]) {
        day(v[0], (unsigned)v[1], v[2] ? v[2] : 1, (unsigned)v[3]);
    } else if (strcmp(mode, "turning") == 0 && v[1]) {
        turning((int64_t)v[0], (int64_t)v[1], (unsigned)v[2], (int64_t)v[3]);
    } else if (strcmp(mode, "pass") == 0) {
        pass((unsigned)v[0], (unsigned)v[1]);
    } else {
        fprintf(stderr, "usage: load flood|names|sketches|storm|day|turning|pass NUMBER...\n");
        return 2;
    }
    return fflush(stdout) != 0;
}
