/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * gendays SCENARIO FORM - writes the joint log of a name server and a mail server, the same bytes
 * every time: BIND's queries, Postfix's connections and messages, POP3 log-ins.
 *
 * FORM: old (BIND 9.2, Postfix 2.0, Qpopper, stamps of RFC 3164), new (BIND 9.18, Postfix 3.7 with
 * long queue ids and counts at the disconnect, Dovecot, full stamps with +09:00).
 * Source: doc/SCIENCE.md A.7, A.8, A.11; the days are those of the papers, the traffic a tenth of
 * theirs or less.
 * LIMITS: what belongs to ten minutes is spread evenly over them; one peer, invented names.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define BIN_S 600
#define DAY_BINS 144
#define SERVER "192.0.2.25"
#define PEER "203.0.113.9"
#define INSIDE "192.0.2.7"
/* "QIDs" of new Postfix: digits and consonants, base 52 */
#define BASE52 "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"

/* Ten minutes; rates may be broken numbers. */
struct bin {
    double connections, messages, outbound, pop3, queries;
};

static int is_new; /* FORM */

static void print_stamp(int64_t at, const char *host)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)at;
    struct tm tm;

    gmtime_r(&t, &tm);
    if (is_new) {
        printf("%04d-%02d-%02dT%02d:%02d:%02d+09:00 %s ", tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, host);
    } else {
        printf("%.3s %2d %02d:%02d:%02d %s ", months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
               tm.tm_min, tm.tm_sec, host);
    }
}

static void print_query(int64_t at, unsigned number)
{
    static const char *const types[] = {"MX", "A", "PTR", "A"};
    const char *type = types[number % 4];
    char name[64];

    if (strcmp(type, "PTR") == 0) {
        snprintf(name, sizeof name, "%u.113.0.203.in-addr.arpa", number % 250 + 1);
    } else {
        snprintf(name, sizeof name, "d%u.example", number % 89);
    }
    print_stamp(at, "ns1");
    if (is_new) {
        printf("named[217]: client @0x7f3c%08x %s#%u (%s): query: %s IN %s + (192.0.2.53)\n",
               number, SERVER, 1024 + number % 60000, name, name, type);
    } else {
        printf("named[217]: client %s#%u: query: %s IN %s\n", SERVER, 1024 + number % 60000, name,
               type);
    }
}

static void print_connection(int64_t at)
{
    print_stamp(at, "mx1");
    printf("postfix/smtpd[301]: connect from relay.example[" PEER "]\n");
    if (is_new) {
        print_stamp(at, "mx1");
        printf("postfix/smtpd[301]: disconnect from relay.example[" PEER
               "] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4\n");
    }
}

static void print_message(int64_t at, unsigned number, int outbound)
{
    char id[24];
    uint64_t v = (uint64_t)at * 997 + number;

    if (is_new) {
        for (int i = 0; i < 15; i++, v = i == 10 ? number + 52 : v / 52) {
            id[i] = BASE52[v % 52];
        }
        id[10] = 'z'; /* between the time and the file's number */
        id[15] = 0;
    } else {
        snprintf(id, sizeof id, "%010llX", (unsigned long long)(v & 0xffffffffffull));
    }
    print_stamp(at, "mx1");
    printf("postfix/smtpd[301]: %s: client=%s[%s]\n", id, outbound ? "pc.example" : "relay.example",
           outbound ? INSIDE : PEER);
    print_stamp(at, "mx1");
    printf("postfix/qmgr[302]: %s: from=<a@b.example>, size=900, nrcpt=1 (queue active)\n", id);
}

static void print_pop3(int64_t at)
{
    print_stamp(at, "mx1");
    if (is_new) {
        printf("dovecot: pop3-login: Login: user=<u>, method=PLAIN, rip=" INSIDE ", lip=" SERVER
               ", mpid=9, session=<x>\n");
    } else {
        printf("qpopper[77]: (v4.0.5) POP login by user \"u\" at (pc.example) " INSIDE "\n");
    }
}

/* How many of a rate of @per_bin come in second @s of the log. */
static unsigned due(double per_bin, int64_t s)
{
    return (unsigned)(floor(per_bin * (double)(s + 1) / BIN_S + 1e-9) -
                      floor(per_bin * (double)s / BIN_S + 1e-9));
}

/* @from: the log's beginning, so that broken rates go on from bin to bin. */
static void print_bin(int64_t from, unsigned i, const struct bin *bin)
{
    static unsigned number, owed; /* messages from inside that are due */

    for (int64_t s = (int64_t)i * BIN_S; s < (int64_t)(i + 1) * BIN_S; s++) {
        for (unsigned n = due(bin->queries, s); n > 0; n--) {
            print_query(from + s, number++);
        }
        for (unsigned n = due(bin->connections, s); n > 0; n--) {
            print_connection(from + s);
        }
        owed += due(bin->outbound, s);
        for (unsigned n = due(bin->messages, s); n > 0; n--) {
            print_message(from + s, number++, owed > 0);
            owed -= owed > 0;
        }
        for (unsigned n = due(bin->pop3, s); n > 0; n--) {
            print_pop3(from + s);
        }
    }
}

static int64_t day_of(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

    return timegm(&tm);
}

/* ---- S4 Figure 2: 17 March 2003 ---- */

/* Each residual has its opposite in the next bin, which has the same connections. Its deviation is
 * 39.2, that of 8.8·N_c 130.7: R² = 0.917. */
static int noise(unsigned i)
{
    static const int size[] = {4, 46, 15, 69, 27, 8, 57, 34};

    return i % 2 ? size[i / 2 % 8] : -size[i / 2 % 8];
}

static void regression(double m, double outbound)
{
    int64_t from = day_of(2003, 3, 17);

    for (unsigned i = 0; i <= DAY_BINS; i++) {
        double nc = floor(45.5 - 21 * cos((i & ~1u) * 2 * M_PI / DAY_BINS - M_PI / 4));
        double np = 5 + i / 2 * 7 % 13, noisy = noise(i) * (m > 4 ? 1 : 0.2);
        struct bin bin = {nc, 0.95 * nc, nc * outbound, np, floor(m * nc + np + noisy)};
        print_bin(from, i, &bin);
    }
}

static void figure2(void)
{
    regression(8.8, 0.5);
}

static void inbound(void)
{
    regression(2, 0);
}

/* ---- S2: efficiency of days ---- */

static int is_weekend(int64_t at)
{
    return (at / 86400 + 3) % 7 >= 5; /* 1 January 1970 was a Thursday */
}

/*
 * @days of the usual from a Monday on; 0.95 messages of each connection but of a background of 5.26
 * in ten minutes, which is 26 % of a weekday's 20 and 63 % of a holiday's 8.33. On the last day,
 * from 9:00 on for @bins, @refused connections more with @each queries each.
 */
static void days(int64_t from, unsigned n, unsigned bins, double refused, double each)
{
    for (unsigned i = 0; i <= n * DAY_BINS; i++) {
        double nc = is_weekend(from + (int64_t)i * BIN_S) ? 8.333 : 20;
        double nf = 0.95 * (nc - 5.263);
        struct bin bin = {nc, nf, 0, 0, 3 * nc};
        if (i >= (n - 1) * DAY_BINS + 54 && i < (n - 1) * DAY_BINS + 54 + bins) {
            bin.connections += refused;
            bin.queries += refused * each;
        }
        print_bin(from, i, &bin);
    }
}

static void april13(void)
{
    days(day_of(2003, 3, 31), 14, 36, 22.3, 3);
}

static void july5(void)
{
    days(day_of(2003, 6, 23), 13, 84, 31.2, 3);
}

static void weekday(void)
{
    days(day_of(2003, 3, 31), 15, 60, 48, 2);
}

static void no_rise(void)
{
    days(day_of(2003, 3, 31), 15, 60, 48, 0);
}

/* ---- a cache: 10 look-ups for each of 20 connections are called for ---- */

static void cache(void)
{
    int64_t from = day_of(2002, 3, 11);

    for (unsigned i = 0; i <= 2 * DAY_BINS + 72; i++) {
        struct bin bin = {20, 10, 0, 0, i < 2 * DAY_BINS ? 20 : 300};
        print_bin(from, i, &bin);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } scenarios[] = {{"figure2", figure2}, {"inbound", inbound}, {"april13", april13},
                     {"july5", july5},     {"weekday", weekday}, {"no-rise", no_rise},
                     {"cache", cache}};

    for (size_t i = 0; argc == 3 && i < sizeof scenarios / sizeof scenarios[0]; i++) {
        if (strcmp(argv[1], scenarios[i].name) == 0) {
            is_new = strcmp(argv[2], "new") == 0;
            scenarios[i].run();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    fprintf(stderr, "usage: gendays figure2|inbound|april13|july5|weekday|no-rise|cache old|new\n");
    return 2;
}
