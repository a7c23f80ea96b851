/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * genmail SCENARIO FORM - the papers' days of a mail server, the same bytes every time.
 *
 * Scenarios: rejects-a, rejects-b: Postfix log of the days of S2's table of rejects, with two
 *            holidays of the weeks before in front. FORM 2.0: as in 2003; 3.7: as today.
 *            unresolved: query log (BIND 9.2) of the night of 31 August 2004, S3. FORM: 9.2.
 *            flood-classic, flood-modern: both logs of a server under attack by bots (D.1, I14 and
 *            I15), in 2026. FORM: 3.7.
 *            names: query log of doc/SCIENCE.md F.6. FORM: 9.2.
 * Source:  doc/SCIENCE.md A.6, A.8 (volumes of the days), A.9, F.5, F.6, F.11.
 * LIMITS:  the numbers of rejects and the days are the papers'; who came, to whom, and when within
 *          the day is invented. Local time, whole seconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR 3600
#define SERVER "192.0.2.25"

static int new_form;
static uint64_t random_state = 20030413;

/* Knuth's MMIX multiplier. */
static uint32_t below(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % n);
}

static int64_t day_of(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

    return timegm(&tm);
}

static void stamp(int64_t at, const char *host, const char *program)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)at;
    struct tm tm;

    gmtime_r(&t, &tm);
    printf("%.3s %2d %02d:%02d:%02d %s %s[217]: ", months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
           tm.tm_min, tm.tm_sec, host, program);
}

/* ---- mail ---- */

enum reject { USER_UNKNOWN, RELAY_DENIED, RECIPIENT };

static void session(int64_t t, const char *peer, int message)
{
    static unsigned serial;

    stamp(t, "mx1", "postfix/smtpd");
    printf("connect from unknown[%s]\n", peer);
    if (message) {
        serial++;
        stamp(t, "mx1", "postfix/smtpd");
        printf("%06X: client=unknown[%s]\n", 0xA00000 + serial, peer);
        stamp(t, "mx1", "postfix/qmgr");
        printf("%06X: from=<a@example.com>, size=1000, nrcpt=1 (queue active)\n",
               0xA00000 + serial);
    }
}

static void reject(int64_t t, const char *peer, enum reject why, unsigned recipient)
{
    static const char *const old[] = {"450 <%s>: User unknown in local recipient table",
                                      "554 <%s>: Relay access denied",
                                      "504 <%s>: Recipient address rejected: need fully-qualified "
                                      "address"};
    static const char *const now[] = {
        "550 5.1.1 <%s>: Recipient address rejected: User unknown in local recipient table",
        "554 5.7.1 <%s>: Relay access denied",
        "504 5.5.2 <%s>: Recipient address rejected: need fully-qualified address"};
    char to[64], text[256];

    if (why == RECIPIENT) {
        snprintf(to, sizeof to, "u%u", recipient);
    } else {
        snprintf(to, sizeof to, "u%u@%s", recipient,
                 why == RELAY_DENIED ? "example.net" : "campus.example");
    }
    /* one of three constant formats with one %s */
    const char *format = (new_form ? now : old)[why], *hole = strstr(format, "%s");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - format), format, to, hole + 2);
    stamp(t, "mx1", "postfix/smtpd");
    printf("%sreject: RCPT from unknown[%s]: %s; from=<a@example.com> to=<%s>%s\n",
           new_form ? "NOQUEUE: " : "", peer, text, to,
           new_form ? " proto=ESMTP helo=<mail.example.com>" : "");
}

static const char *partner(unsigned i)
{
    static char text[32];

    snprintf(text, sizeof text, "198.51.100.%u", 1 + i % 200);
    return text;
}

/* A day's rejects and who makes them. */
struct day {
    int64_t from;
    unsigned sessions, messages; /* ordinary ones */
    unsigned rejects[3];         /* by enum reject */
    const char *client;          /* of all unknown users; NULL: everybody */
    unsigned recipients;         /* unknown ones; 0: each its own */
    int hour, hours;             /* when the unknown users come */
};

static void ordinary_second(const struct day *d, int64_t t, unsigned i)
{
    /* one session every so many seconds, messages in proportion */
    unsigned each = 86400 / d->sessions;

    if (i % each == 0) {
        unsigned n = i / each;
        session(t, partner(below(200)),
                n * d->messages / d->sessions != (n + 1) * d->messages / d->sessions);
    }
}

static unsigned so_far(unsigned n, int64_t i, int64_t from, int64_t s)
{
    return i < from ? 0 : i >= from + s ? n : (unsigned)((i - from) * n / s);
}

static void write_day(const struct day *d)
{
    unsigned done[3] = {0};

    for (unsigned i = 0; i < 86400; i++) {
        int64_t t = d->from + i;
        ordinary_second(d, t, i);
        for (int k = 0; k < 3; k++) {
            int64_t from = k == USER_UNKNOWN ? d->hour * HOUR : 9 * HOUR;
            int64_t s = k == USER_UNKNOWN ? d->hours * HOUR : 12 * HOUR;
            for (; done[k] < so_far(d->rejects[k], i + 1, from, s); done[k]++) {
                int one = d->client && k == USER_UNKNOWN;
                char peer[32];
                snprintf(peer, sizeof peer, "%s", one ? d->client : partner(below(200)));
                session(t, peer, 0);
                reject(t, peer, k, d->recipients ? below(d->recipients) : done[k]);
            }
        }
    }
}

/* 13 April 2003, a Sunday: forty accounts that are gone; 3,600 messages (A.8). */
static void rejects_a(void)
{
    struct day quiet = {.sessions = 5000,
                        .messages = 3600,
                        .rejects = {20, 2, 1},
                        .recipients = 10,
                        .hour = 1,
                        .hours = 22};
    struct day d = {.from = day_of(2003, 4, 13),
                    .sessions = 5000,
                    .messages = 3600,
                    .rejects = {13505, 16, 2},
                    .recipients = 40,
                    .hour = 8,
                    .hours = 15};

    quiet.from = day_of(2003, 4, 6);
    write_day(&quiet);
    quiet.from = day_of(2003, 4, 12);
    write_day(&quiet);
    write_day(&d);
    session(d.from + 86400 + 300, partner(1), 1); /* the day ends */
}

/* 5 July 2003, a Saturday: one client; 4,000 messages. */
static void rejects_b(void)
{
    struct day quiet = {.sessions = 5000,
                        .messages = 3600,
                        .rejects = {20, 2, 1},
                        .recipients = 10,
                        .hour = 1,
                        .hours = 22};
    struct day d = {.from = day_of(2003, 7, 5),
                    .sessions = 5500,
                    .messages = 4000,
                    .rejects = {32028, 7, 0},
                    .client = "203.0.113.66",
                    .hour = 3,
                    .hours = 20};

    quiet.from = day_of(2003, 6, 28);
    write_day(&quiet);
    quiet.from = day_of(2003, 6, 29);
    write_day(&quiet);
    write_day(&d);
    session(d.from + 86400 + 300, partner(1), 1); /* the day ends */
}

/* ---- DNS ---- */

static void query(int64_t t, const char *type, const char *name)
{
    stamp(t, "ns1", "named");
    printf("client " SERVER "#%u: query: %s IN %s\n", 1024 + below(60000), name, type);
}

/* A minute's queries: @usual of them ordinary, @forged senders, each looked up as MX and A and, by
 * the search list, once more with the site's domain behind. */
static void minute(int64_t t, unsigned usual, unsigned forged)
{
    static unsigned serial;
    char name[128];

    for (unsigned i = 0; i < usual + forged; i++) {
        int64_t at = t + (int64_t)i * 60 / (usual + forged);
        serial++;
        if (i >= forged) {
            snprintf(name, sizeof name, "%u.113.0.203.in-addr.arpa", 1 + serial % 250);
            query(at, i % 2 ? "PTR" : "A", i % 2 ? name : "mail.example.org");
            continue;
        }
        snprintf(name, sizeof name, "f%u.example.com", serial);
        query(at, "MX", name);
        query(at, "A", name);
        snprintf(name, sizeof name, "f%u.example.com.campus.example", serial);
        query(at, "A", name);
    }
}

/* From 02:00 on it swells and ebbs within a quarter of an hour, until the log ends at 06:00. */
static void unresolved(void)
{
    int64_t from = day_of(2004, 8, 30) + 18 * HOUR, attack = day_of(2004, 8, 31) + 2 * HOUR;

    for (int64_t t = from; t < attack + 4 * HOUR; t += 60) {
        unsigned wave = (unsigned)((t - attack) / 60 % 15);
        minute(t, 40 + below(7), t < attack ? 0 : 60 + 40 * (wave < 8 ? wave : 15 - wave));
    }
}

/* ---- both ---- */

/* What happens in a minute, spread over its seconds. */
struct load {
    unsigned sessions, messages, unknown; /* of ordinary partners */
    unsigned usual;                       /* queries */
    unsigned bots;                        /* each a session, an unknown user, and queries: */
    int search_list;                      /* MX, A and A with the site's domain; or MX only */
};

static void bot(int64_t t, int search_list)
{
    static unsigned serial;
    char name[128], peer[64];

    serial++;
    snprintf(peer, sizeof peer, "2001:db8:3::%x", serial);
    session(t, peer, 0);
    reject(t, peer, USER_UNKNOWN, 1000 + serial);
    snprintf(name, sizeof name, "%u.113.0.203.in-addr.arpa", 1 + serial % 250);
    query(t, "PTR", name);
    snprintf(name, sizeof name, search_list ? "b%u.example.com" : "b%u.example", serial);
    query(t, "MX", name);
    if (search_list) {
        query(t, "A", name);
        snprintf(name, sizeof name, "b%u.example.com.campus.example", serial);
        query(t, "A", name);
    }
}

static void write_minute(int64_t from, const struct load *l)
{
    for (unsigned s = 0, q = 0, m = 0, u = 0, b = 0; s < 60; s++) {
        int64_t t = from + s;
        for (; q < so_far(l->usual, s + 1, 0, 60); q++) {
            query(t, q % 3 ? "A" : "PTR", q % 3 ? "mail.example.org" : "9.113.0.203.in-addr.arpa");
        }
        for (; m < so_far(l->sessions, s + 1, 0, 60); m++) {
            session(t, partner(below(200)), m < l->messages);
        }
        for (; u < so_far(l->unknown, s + 1, 0, 60); u++) {
            reject(t, partner(below(200)), USER_UNKNOWN, below(20));
        }
        for (; b < so_far(l->bots, s + 1, 0, 60); b++) {
            bot(t, l->search_list);
        }
    }
}

/* A Monday, and a Tuesday until noon: sixty bots a minute from 10:00 to 11:00. */
static void flood(int search_list)
{
    int64_t from = day_of(2026, 5, 11), attack = from + 34 * HOUR;

    new_form = 1;
    for (int64_t t = from; t < attack + 2 * HOUR; t += 60) {
        struct load l = {.sessions = 8,
                         .messages = 6,
                         .unknown = t / 60 % 5 == 0,
                         .usual = 30,
                         .search_list = search_list};
        l.bots = t >= attack && t < attack + HOUR ? 60 : 0;
        write_minute(t, &l);
    }
}

static void flood_classic(void)
{
    flood(1);
}

static void flood_modern(void)
{
    flood(0);
}

static void names(void)
{
    static const char *const all[] = {"hotmail.com.cc.kumamoto-u.ac.jp", "gpo.cc.kumamoto-u.ac.jp",
                                      "st.cs.kumamoto-u.ac.jp", "www.kumamoto-u.ac.jp",
                                      "mail.gpo.cc.kumamoto-u.ac.jp"};
    int64_t t = day_of(2004, 8, 31);

    for (unsigned i = 0; i < 600; i++) {
        query(t + i, i % 3 ? "A" : "MX", all[i % 5]);
    }
    query(t + 700, "A", all[3]);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } scenarios[] = {{"rejects-a", rejects_a},         {"rejects-b", rejects_b},
                     {"flood-classic", flood_classic}, {"flood-modern", flood_modern},
                     {"unresolved", unresolved},       {"names", names}};

    for (size_t i = 0; argc == 3 && i < sizeof scenarios / sizeof scenarios[0]; i++) {
        if (strcmp(argv[1], scenarios[i].name) == 0) {
            new_form = strcmp(argv[2], "3.7") == 0;
            scenarios[i].run();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    fprintf(stderr, "usage: genmail rejects-a|rejects-b 2.0|3.7; "
                    "genmail flood-classic|flood-modern 3.7; genmail unresolved|names 9.2\n");
    return 2;
}
