/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is counted of a mail server, observation by observation (doc/SCIENCE.md A.8).
 */
#include "server_case.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "server/server_parts.h"

#define SITE                                                                                       \
    "[roles]\nmail-servers = 192.0.2.25; 192.0.2.26\nmonitors = 192.0.2.9\n"                       \
    "[hosts]\nmx1 = 192.0.2.25; 192.0.2.125\n"
#define T0 ((int64_t)1778544000)

static struct dm_server *the_server(struct servers *s)
{
    servers_of_host(s, "mx1");
    return dm_server_at(s->table, 1);
}

static bool see(struct servers *s, enum dm_obs_kind kind, const char *peer, uint64_t id,
                int64_t after_s)
{
    struct dm_obs obs = {.time_us = (T0 + after_s) * 1000000, .kind = kind, .reg = id};

    if (peer) {
        obs.client = servers_addr(peer);
    }
    return dm_server_see(s->table, the_server(s), &obs, false);
}

/* 255 mail servers that somebody invents, each with as many queue ids as it takes: all of them stay
 * within their memory, and a busy server goes on counting. */
static void ids_of_invented_servers(void **unused)
{
    struct servers s;
    uint64_t id = 1;

    (void)unused;
    servers_open(&s, SITE);
    for (unsigned host = 0; host < 40; host++) {
        char name[16];
        g_snprintf(name, sizeof name, "mail%u", host);
        uint16_t number = dm_server_of_host(s.table, dm_intern_add(s.hosts, test_slice(name)));
        struct dm_server *srv = dm_server_at(s.table, number);
        for (unsigned i = 0; i < 140000; i++) { /* more than one generation */
            struct dm_obs obs = {.time_us = T0 * 1000000,
                                 .kind = DM_OBS_ACCEPT,
                                 .reg = id++ * 0x9e3779b97f4a7c15,
                                 .client = servers_addr("203.0.113.9")};
            assert_true(dm_server_see(s.table, srv, &obs, false));
            assert_true(s.table->id_bytes <= DM_SERVER_ID_BYTES);
        }
        assert_int_equal(srv->minute.inbound, 140000);
    }
    size_t bytes = 0;
    for (uint16_t i = 0; i < s.table->n; i++) {
        bytes += dm_recent_bytes(&s.table->row[i]->accepted);
    }
    assert_int_equal(s.table->id_bytes, bytes);
    assert_true(s.table->ids_forgotten > 0);
    servers_close(&s);
}

static void connections(void **unused)
{
    static const struct {
        const char *peer;
        bool counts;
    } rows[] = {
        {"203.0.113.9", true},  {"2001:db8::9", true},
        {"192.0.2.7", true},  /* one of ours sends mail */
        {"192.0.2.26", true}, /* another mail server */
        {"127.0.0.1", false}, /* a content filter, a web mailer */
        {"127.255.0.9", false}, {"::1", false},
        {"192.0.2.25", false},  /* itself */
        {"192.0.2.125", false}, /* itself, by its second address */
        {"192.0.2.9", false},   /* a health check */
    };
    struct servers s;

    (void)unused;
    servers_open(&s, SITE);
    uint32_t n = 0;
    FOR_ROWS(row, rows)
    {
        CHECK_ROW(row->peer, see(&s, DM_OBS_CONNECT, row->peer, 0, 0) == row->counts);
        n += row->counts;
        CHECK_ROW(row->peer, the_server(&s)->minute.connections == n);
    }
    assert_true(see(&s, DM_OBS_CONNECT, NULL, 0, 0)); /* unknown[unknown] */
    servers_close(&s);
}

static void messages(void **unused)
{
    struct servers s;

    (void)unused;
    servers_open(&s, SITE);
    struct dm_server *srv = the_server(&s);
    assert_true(see(&s, DM_OBS_ACCEPT, "203.0.113.9", 11, 0));
    assert_true(see(&s, DM_OBS_MESSAGE, NULL, 11, 1));
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 11, 1800)); /* tried again */
    /* the content filter hands it back under another id */
    assert_false(see(&s, DM_OBS_ACCEPT, "127.0.0.1", 12, 2));
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 12, 2));
    /* pickup, a bounce: nobody handed them in */
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 13, 3));
    /* a health check that goes as far as a message */
    assert_false(see(&s, DM_OBS_ACCEPT, "192.0.2.9", 14, 4));
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 14, 4));
    assert_int_equal(srv->minute.messages, 1);
    assert_int_equal(srv->minute.inbound, 1);
    assert_int_equal(srv->minute.outbound, 0);
    struct dm_obs obs = {.time_us = T0 * 1000000,
                         .kind = DM_OBS_ACCEPT,
                         .reg = 15,
                         .bits = DM_OBS_SUBMITTED,
                         .client = servers_addr("198.51.100.4")};
    assert_true(dm_server_see(s.table, srv, &obs, false));
    assert_int_equal(srv->minute.outbound, 1);
    assert_int_equal(srv->minute.messages, 1); /* it is no message before it is queued */
    assert_true(see(&s, DM_OBS_MESSAGE, NULL, 15, 1));
    assert_int_equal(srv->minute.messages, 2);
    servers_close(&s);
}

/* A log that has qmgr's lines only. */
static void without_client_lines(void **unused)
{
    struct servers s;

    (void)unused;
    servers_open(&s, SITE);
    assert_true(see(&s, DM_OBS_MESSAGE, NULL, 1, 0));
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 1, 60));
    assert_true(see(&s, DM_OBS_MESSAGE, NULL, 2, 60));
    /* the first client= changes that, also if it is the machine itself */
    assert_false(see(&s, DM_OBS_ACCEPT, "::1", 3, 61));
    assert_false(see(&s, DM_OBS_MESSAGE, NULL, 4, 62));
    assert_int_equal(the_server(&s)->minute.messages, 2);
    servers_close(&s);
}

static void other_lines(void **unused)
{
    struct servers s;
    struct dm_obs obs = {.time_us = T0 * 1000000, .kind = DM_OBS_REJECT};

    (void)unused;
    servers_open(&s, SITE);
    struct dm_server *srv = the_server(&s);
    for (uint16_t reason = 1; reason < DM_REJ_COUNT + 3; reason++) {
        obs.type = reason;
        assert_true(dm_server_see(s.table, srv, &obs, false));
    }
    assert_int_equal(srv->minute.rejects[DM_REJ_USER_UNKNOWN], 1);
    assert_int_equal(srv->minute.rejects[DM_REJ_OTHER], 4); /* and what is not known */
    assert_int_equal(dm_mail_rejects(&srv->minute), DM_REJ_COUNT + 2);
    assert_true(see(&s, DM_OBS_POP3, "192.0.2.7", 0, 0));
    assert_int_equal(srv->minute.pop3, 1);
    assert_false(see(&s, DM_OBS_TCP, "192.0.2.7", 0, 0));
    servers_close(&s);
}

static void dns(void **unused)
{
    struct servers s;
    struct dm_obs obs = {.time_us = (T0 + 9) * 1000000, .kind = DM_OBS_QUERY};

    (void)unused;
    servers_open(&s, SITE);
    struct dm_server *srv = the_server(&s);
    static const uint16_t types[] = {DM_TYPE_A,  DM_TYPE_A,   DM_TYPE_AAAA,
                                     DM_TYPE_MX, DM_TYPE_PTR, DM_TYPE_TXT};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        obs.type = types[i];
        assert_true(dm_server_see(s.table, srv, &obs, true));
    }
    obs.kind = DM_OBS_RESPONSE;
    obs.bits = DM_OBS_NXDOMAIN;
    assert_true(dm_server_see(s.table, srv, &obs, false));
    obs.bits = DM_OBS_ANSWERED;
    assert_true(dm_server_see(s.table, srv, &obs, true)); /* a log of answers only */
    assert_int_equal(srv->minute.dns.a, 2);
    assert_int_equal(srv->minute.dns.aaaa, 1);
    assert_int_equal(srv->minute.dns.mx, 1);
    assert_int_equal(srv->minute.dns.ptr, 1);
    assert_int_equal(srv->minute.dns.other, 2);
    assert_int_equal(dm_mail_queries(&srv->minute), 7);
    assert_int_equal(srv->minute.nxdomain, 1);
    assert_int_equal(srv->minute.answered, 1);
    assert_int_equal(srv->last_s, T0 + 9);
    servers_close(&s);
}

static void sums(void **unused)
{
    struct dm_mail_counts a = {.unresolved = 1, .pop3 = 2}, b = {.pop3 = 40, .outbound = 7};

    (void)unused;
    a.rejects[DM_REJ_COUNT - 1] = 3;
    b.rejects[DM_REJ_COUNT - 1] = 30;
    b.dns.a = 5;
    dm_mail_add(&a, &b);
    assert_int_equal(a.unresolved, 1);
    assert_int_equal(a.pop3, 42);
    assert_int_equal(a.outbound, 7);
    assert_int_equal(a.rejects[DM_REJ_COUNT - 1], 33);
    assert_int_equal(a.dns.a, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections), cmocka_unit_test(ids_of_invented_servers),
        cmocka_unit_test(messages),    cmocka_unit_test(without_client_lines),
        cmocka_unit_test(other_lines), cmocka_unit_test(dns),
        cmocka_unit_test(sums),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
