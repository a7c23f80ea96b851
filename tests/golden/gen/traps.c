/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Today's innocent look-alikes in one day of a few hundred clients, and hosts that are infected
 * while they do the same.
 *
 * Source: doc/SCIENCE.md C (C1-C15), D.1 for the rates. The day is Tuesday 12 May 2026.
 * LIMITS: one hand-made model, no measured traffic.
 */
#include "gen.h"

#include <stddef.h>
#include <stdio.h>

#define HOUR 3600
#define DAY (24 * HOUR)

static int64_t day0(void)
{
    return gen_day(2026, 5, 12);
}

static int64_t any_time(void)
{
    return day0() + gen_below(DAY);
}

/* A look-up as a browser makes it (C1). */
static void look_up(int64_t t, const char *client, const char *name)
{
    gen_add(t, client, "A", "%s", name);
    gen_add(t, client, "AAAA", "%s", name);
    gen_add(t, client, "HTTPS", "%s", name);
}

static void pc(const char *client, unsigned look_ups)
{
    char name[64];

    for (unsigned i = 0; i < look_ups; i++) {
        unsigned site = gen_below(gen_below(400) + 1); /* few sites often, many seldom */
        snprintf(name, sizeof name, "%s.site%u.example",
                 site % 16 == 3 ? "mail"
                 : site % 5     ? "www"
                                : "cdn",
                 site);
        look_up(any_time(), client, name);
    }
    gen_add(any_time(), client, "SRV", "_ldap._tcp.dc._msdcs.campus.test");
    gen_add(any_time(), client, "A", "wpad");
}

/* Service discovery, and the question that macOS repeats every 3 s on some hosts (C2). */
static void mac(const char *client)
{
    static const char *const front[] = {"b", "db", "r", "dr", "lb"};

    pc(client, 100);
    for (unsigned i = 0; i < 50; i++) {
        gen_add(any_time(), client, "PTR", "%s._dns-sd._udp.0.100.51.198.in-addr.arpa",
                front[i % 5]);
    }
    for (unsigned i = 0; i < 200; i++) {
        gen_add(day0() + 9 * HOUR + 3 * i, client, "PTR",
                "1.0.0.127.dnsbugtest.1.0.0.127.in-addr.arpa");
    }
}

/* Thunderbird (C7): up to three domains in one sitting. */
static void account_set_up(const char *client, unsigned domains)
{
    static const char *const words[] = {"autoconfig", "imap", "smtp", "mail", "pop3"};
    char name[64];

    for (unsigned d = 0; d < domains; d++) {
        int64_t t = day0() + 10 * HOUR + d * 40;
        gen_add(t, client, "MX", "provider%u.example", d);
        gen_add(t + 1, client, "MX", "provider%u.example", d);
        for (unsigned w = 0; w < 5; w++) {
            snprintf(name, sizeof name, "%s.provider%u.example", words[w], d);
            look_up(t + 2 + w, client, name);
        }
    }
}

static void outlook(const char *client)
{
    for (unsigned d = 0; d < 3; d++) {
        int64_t t = day0() + 11 * HOUR + d * 30;
        gen_add(t, client, "SRV", "_autodiscover._tcp.tenant%u.example", d);
        gen_add(t, client, "A", "autodiscover.tenant%u.example", d);
        gen_add(t + 1, client, "MX", "tenant%u.example", d);
        gen_add(t + 2, client, "A", "mail.tenant%u.example", d);
    }
}

/* Five names every minute (C9); 2,500 single labels of sixteen names (C10). */
static void monitor(const char *client)
{
    for (unsigned minute = 0; minute < 1440; minute++) {
        for (unsigned i = 0; i < 5; i++) {
            gen_add(day0() + minute * 60 + i, client, "MX", "watched%u.example", i);
        }
    }
}

static void single_labels(const char *client)
{
    for (unsigned i = 0; i < 2500; i++) {
        gen_add(gen_at(day0(), DAY, i, 2500), client, "MX", "desktop-%u", i % 16);
    }
}

/* Four domains in random case (C13). */
static void few_in_random_case(const char *client)
{
    for (unsigned i = 0; i < 200; i++) {
        gen_add(any_time(), client, "MX", "provider%u.example", i % 4);
        gen_random_case();
        gen_add(any_time(), client, "A", "mail.provider%u.example", i % 4);
        gen_random_case();
    }
}

/* A search list appends the site's domain, or that of somebody's VPN (C5). */
static void search_list(const char *client, const char *suffix)
{
    for (unsigned i = 0; i < 300; i++) {
        int64_t t = gen_at(day0() + 9 * HOUR, 6 * HOUR, i, 300);
        gen_add(t, client, "MX", "foo%u.com.%s", i, suffix);
        gen_add(t, client, "A", "mail.foo%u.com.%s", i, suffix);
    }
}

/* A resolver below ours (C12), without recursion: its users' names, and 5,000 mail domains. */
static void resolver(const char *client)
{
    gen_add(day0(), client, "-NS", ".");
    for (char c = 'a'; c <= 'm'; c++) {
        gen_add(day0() + 1, client, "-A", "%c.root-servers.net", c);
        gen_add(day0() + 1, client, "-AAAA", "%c.root-servers.net", c);
    }
    for (unsigned i = 0; i < 5000; i++) {
        int64_t t = gen_at(day0() + HOUR, 20 * HOUR, i, 5000);
        gen_add(t, client, "-MX", "far%u.example", i);
        gen_add(t, client, "-A", "mail.far%u.example", i);
        gen_add(t + 1, client, "-NS", "far%u.example", i);
        gen_add(t + 1, client, "-DS", "far%u.example", i);
    }
    for (unsigned i = 0; i < 5000; i++) {
        gen_add(any_time(), client, "-A", "www.site%u.example", gen_below(400));
    }
}

/* Mail servers and list hosts as [roles] has them (C6, C17). */
static void mail_server(const char *client, unsigned mx, unsigned domains, int64_t from, int64_t s)
{
    for (unsigned i = 0; i < mx; i++) {
        unsigned d = gen_below(domains);
        int64_t t = gen_at(from, s, i, mx);
        gen_add(t, client, "MX", "peer%u.example", d);
        gen_add(t, client, "A", "mx1.peer%u.example", d);
        gen_add(t, client, "PTR", "%u.113.0.203.in-addr.arpa", 1 + d % 254);
        gen_add(t, client, "TXT", "_dmarc.peer%u.example", d);
    }
}

/* A web server that checks its visitors' addresses (C8): three new domains an hour. */
static void app_server(const char *client, unsigned an_hour)
{
    for (unsigned i = 0; i < 24 * an_hour; i++) {
        gen_add(gen_at(day0(), DAY, i, 24 * an_hour), client, "MX", "visitor%u.example", i);
    }
}

/* A user's host that sends to the same providers as the site's mail server (C8). */
static void writes_to_peers(const char *client)
{
    for (unsigned i = 0; i < 100; i++) {
        gen_add(day0() + 12 * HOUR + i * 60, client, "MX", "peer%u.example", i);
    }
}

/* Sixty victims an hour for four hours, MX and A for each. @word: makes the names its own. */
static void worm(const char *client, const char *word, int random_case)
{
    for (unsigned i = 0; i < 240; i++) {
        int64_t t = gen_at(day0() + 13 * HOUR, 4 * HOUR, i, 240);
        gen_add(t, client, "MX", "%s%u.example", word, i);
        if (random_case) {
            gen_random_case();
        }
        gen_add(t + 1, client, "A", "in.%s%u.example", word, i);
    }
}

static void ordinary_hosts(void)
{
    char client[40];

    for (unsigned i = 10; i < 210; i++) {
        snprintf(client, sizeof client, "192.0.2.%u", i);
        pc(client, 60);
    }
    for (unsigned i = 1; i <= 60; i++) {
        snprintf(client, sizeof client, "2001:db8::%x", i);
        pc(client, 40);
    }
    for (unsigned i = 100; i < 130; i++) {
        snprintf(client, sizeof client, "198.51.100.%u", i);
        mac(client);
        account_set_up(client, 1 + i % 3);
    }
}

static void traps(void)
{
    ordinary_hosts();
    account_set_up("198.51.100.10", 3);
    outlook("198.51.100.11");
    monitor("198.51.100.12");
    single_labels("198.51.100.14");
    few_in_random_case("198.51.100.15");
    search_list("198.51.100.16", "campus.test");
    search_list("198.51.100.17", "vpn.employer.test");
    resolver("198.51.100.18");
    mail_server("198.51.100.25", 20000, 2000, day0(), DAY);
    mail_server("198.51.100.26", 3000, 3000, day0() + 15 * HOUR, HOUR);
    app_server("198.51.100.20", 3);
    writes_to_peers("198.51.100.21");
    gen_add(day0() + DAY + HOUR, "192.0.2.10", "A", "www.site1.example");
}

static void traps_and_worm(void)
{
    traps();
    worm("192.0.2.77", "victim", 0);
}

/* Beside each trap a host that is infected while it falls into it. */
static void controls(void)
{
    mac("198.51.100.101");
    worm("198.51.100.101", "v1-", 0);
    account_set_up("198.51.100.110", 40);
    monitor("198.51.100.112");
    worm("198.51.100.112", "v2-", 0);
    single_labels("198.51.100.114");
    worm("198.51.100.114", "v3-", 0);
    few_in_random_case("198.51.100.115");
    worm("198.51.100.115", "v4-", 1);
    search_list("198.51.100.116", "campus.test");
    worm("198.51.100.116", "v5-", 0);
    resolver("198.51.100.118");
    app_server("198.51.100.20", 60);
    app_server("198.51.100.120", 3);
    mail_server("198.51.100.125", 2000, 1000, day0() + 8 * HOUR, 10 * HOUR);
    worm("2001:db8::bad", "v6-", 0);
}

/* A resolver that begins with mail domains, before it has shown what it is. */
static void cold_resolver(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        int64_t t = gen_at(day0() + HOUR, 2 * HOUR, i, 2000);
        gen_add(t, "198.51.100.18", "-MX", "far%u.example", i);
        gen_add(t, "198.51.100.18", "-A", "mail.far%u.example", i);
    }
}

const struct scenario trap_scenarios[] = {
    {"traps", traps},       {"traps+worm", traps_and_worm},
    {"controls", controls}, {"cold-resolver", cold_resolver},
    {NULL, NULL},
};
