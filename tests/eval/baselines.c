/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * baselines CONF <LOG - the rules that dnsmon is measured against, over the same lines.
 *
 *   B-0  over 50 MX a day, looked at when the day is over (S0's mmwip)
 *   B-1  the same, looked at every ten seconds (S0's mydwat)
 *   B-2  any MX of a host that is no registered mail server (Whyte 2005)
 *   B-3  50 MX within 3600 s (Suricata's threshold, SEC's SingleWithThreshold)
 *   B-4  a client's rates over ten seconds, 30/s of all or 5/s of MX (dnsdist's examples)
 *
 * Writes one JSON object a finding, at most one an hour for a rule and client; "new" says that no
 * other came within the 24 h before, which is what counts as an episode. CONF's mail-servers and
 * list-hosts are left out, as S0 does.
 * Source: doc/SCIENCE.md D.3.
 * LIMITS: reads what gen_campus writes (full stamps, IPv4); other lines are passed over.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 131072 /* twice the largest population, a power of two */
#define RULES 5
#define DAY 86400000LL
#define HOUR 3600000LL
#define OVER 50 /* MX a day, and in an hour */

struct client {
    uint32_t ip;
    bool used, listed;
    int32_t day;
    uint32_t mx_today;
    int64_t ring[OVER]; /* times of its last MX, ms */
    uint32_t ring_at;
    int64_t tick; /* of the ten seconds that are counted */
    uint32_t all, mx;
    int64_t last[RULES], printed[RULES]; /* of the finding that goes on; 0: none */
};

static struct client *clients;
static int64_t now;

static struct client *client_of(uint32_t ip)
{
    uint32_t i = ip * 2654435761u >> 15;

    while (clients[i & (SLOTS - 1)].used && clients[i & (SLOTS - 1)].ip != ip) {
        i++;
    }
    struct client *c = &clients[i & (SLOTS - 1)];
    c->used = true;
    c->ip = ip;
    return c;
}

static void fire(struct client *c, int rule, int64_t t)
{
    bool is_new = c->last[rule] == 0 || t - c->last[rule] > DAY;

    if (is_new || t - c->printed[rule] >= HOUR) {
        printf("{\"baseline\":\"B-%d\",\"t\":%lld,\"ip\":\"%u.%u.%u.%u\",\"new\":%s}\n", rule,
               (long long)t, c->ip >> 24, c->ip >> 16 & 255, c->ip >> 8 & 255, c->ip & 255,
               is_new ? "true" : "false");
        c->printed[rule] = t;
    }
    c->last[rule] = t;
}

/* B-0: the day that is over. */
static void close_day(struct client *c, int32_t day)
{
    if (c->mx_today > OVER) {
        fire(c, 0, (c->day + 1) * DAY);
    }
    c->mx_today = 0;
    c->day = day;
}

static void count_mx(struct client *c)
{
    fire(c, 2, now);
    if (++c->mx_today > OVER) {
        fire(c, 1, now - now % 10000 + 10000);
    }
    if (c->ring[c->ring_at] && now - c->ring[c->ring_at] < HOUR) {
        fire(c, 3, now);
    }
    c->ring[c->ring_at] = now;
    c->ring_at = (c->ring_at + 1) % OVER;
}

static void count(struct client *c, bool mx)
{
    if (c->listed) {
        return;
    }
    if (c->day != (int32_t)(now / DAY)) {
        close_day(c, (int32_t)(now / DAY));
    }
    if (now / 10000 != c->tick) {
        c->tick = now / 10000;
        c->all = c->mx = 0;
    }
    c->all++;
    c->mx += mx;
    if (c->all > 300 || c->mx > 50) {
        fire(c, 4, now);
    }
    if (mx) {
        count_mx(c);
    }
}

/* The address at @s, up to '#', ';' or a line's end.  Returns: 0 if it is none. */
static uint32_t read_ip(const char *s)
{
    uint32_t ip = 0, byte = 0, dots = 0;

    for (; (*s >= '0' && *s <= '9') || *s == '.'; s++) {
        if (*s == '.') {
            ip = ip << 8 | byte;
            byte = 0;
            dots++;
        } else {
            byte = byte * 10 + (uint32_t)(*s - '0');
        }
    }
    return dots == 3 ? ip << 8 | byte : 0;
}

static int digits(const char *s, int n)
{
    int x = 0;

    while (n--) {
        x = x * 10 + (*s++ - '0');
    }
    return x;
}

/* "2026-04-06T09:00:00.123Z", ms since 1970 (days from civil: Hinnant's formula). */
static int64_t read_stamp(const char *s)
{
    static char date[11];
    static int64_t day;

    if (memcmp(s, date, 10) != 0) {
        int y = digits(s, 4), m = digits(s + 5, 2), d = digits(s + 8, 2);
        y -= m <= 2;
        day = 365LL * y + y / 4 - y / 100 + y / 400 + (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d -
              719469;
        memcpy(date, s, 10);
    }
    return day * DAY + digits(s + 11, 2) * 3600000LL + digits(s + 14, 2) * 60000 +
           digits(s + 17, 2) * 1000 + digits(s + 20, 3);
}

static void read_line(const char *line)
{
    const char *client = strstr(line, ": client ");
    const char *query = client ? strstr(client, ": query: ") : NULL;

    if (!query || strlen(line) < 60) {
        return;
    }
    client += 9;
    if (*client == '@') {
        client = strchr(client, ' ') + 1;
    }
    const char *class_name = strchr(query + 9, ' ');
    uint32_t ip = read_ip(client);
    if (ip && class_name) {
        now = read_stamp(line);
        count(client_of(ip), strncmp(class_name, " IN MX", 6) == 0);
    }
}

/* "mail-servers = 192.0.2.25;192.0.2.26" */
static void read_roles(const char *path)
{
    static char line[65536];
    FILE *f = fopen(path, "r");

    if (!f) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "mail-servers", 12) != 0 && strncmp(line, "list-hosts", 10) != 0) {
            continue;
        }
        for (char *p = strchr(line, '='); p && *p; p = strchr(p, ';')) {
            p += strspn(p, "=; ");
            if (read_ip(p)) {
                client_of(read_ip(p))->listed = true;
            }
        }
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    static char line[8192];

    clients = calloc(SLOTS, sizeof *clients);
    if (argc != 2 || !clients) {
        fputs("usage: baselines CONF <LOG\n", stderr);
        return 2;
    }
    read_roles(argv[1]);
    while (fgets(line, sizeof line, stdin)) {
        read_line(line);
    }
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (clients[i].used && !clients[i].listed) {
            close_day(&clients[i], 0);
        }
    }
    free(clients);
    return fflush(stdout) == 0 ? 0 : 1;
}
