/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is taken from mail servers' lines, packet filters, answers, and names under the site's own
 * domains. The site is 192.0.2.0/24 with domain campus.test; expectations by hand from
 * doc/SCIENCE.md 0.1, A.5, A.6, A.8, A.12.
 */
#include "testlib.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "monitor/config.h"
#include "stream.h"
#include "stream/observe.h"

struct setup {
    dnsmon_config_t *cfg;
    struct dm_psl *psl;
    struct dm_observer o;
};

static struct setup setup_new(uint32_t wanted)
{
    struct setup s = {.cfg = stream_config(""), .psl = dm_psl_new()};

    s.o = (struct dm_observer){s.cfg->site, s.psl, {1, 2}, wanted};
    return s;
}

static void setup_clear(struct setup *s)
{
    dm_psl_free(s->psl);
    dnsmon_config_free(s->cfg);
}

static struct dm_record record(enum dm_record_kind kind, const char *client)
{
    struct dm_record rec = {.kind = kind, .time_us = STREAM_T0 * 1000000, .qclass_code = 1};

    rec.has_client = client && dm_addr_parse(test_slice(client), &rec.client) == 0;
    return rec;
}

struct mail_row {
    const char *name;
    enum dm_record_kind kind;
    const char *client, *action;
    int kind_seen; /* -1: not read */
    unsigned bits;
};

static const struct mail_row mail_rows[] = {
    {"a peer outside", DM_REC_SMTP_CONNECT, "203.0.113.9", NULL, DM_OBS_CONNECT, 0},
    {"a peer whose address is not known", DM_REC_SMTP_CONNECT, NULL, NULL, DM_OBS_CONNECT, 0},
    {"handed in from outside", DM_REC_SMTP_CLIENT, "203.0.113.9", NULL, DM_OBS_ACCEPT, 0},
    {"handed in from inside", DM_REC_SMTP_CLIENT, "192.0.2.9", NULL, DM_OBS_ACCEPT,
     DM_OBS_SUBMITTED},
    {"in the queue", DM_REC_SMTP_FROM, NULL, NULL, DM_OBS_MESSAGE, 0},
    {"refused", DM_REC_SMTP_REJECT, "203.0.113.9", "reject", DM_OBS_REJECT, 0},
    {"refused by a milter", DM_REC_SMTP_REJECT, "203.0.113.9", "milter-reject", DM_OBS_REJECT, 0},
    {"only warned of", DM_REC_SMTP_REJECT, "203.0.113.9", "reject_warning", -1, 0},
    {"held", DM_REC_SMTP_REJECT, "203.0.113.9", "hold", -1, 0},
    {"gone", DM_REC_SMTP_DISCONNECT, "203.0.113.9", NULL, -1, 0},
    {"delivered", DM_REC_SMTP_TO, NULL, NULL, -1, 0},
    {"fetched", DM_REC_POP3_LOGIN, "192.0.2.9", NULL, DM_OBS_POP3, 0},
    {"its own line", DM_REC_NONE, NULL, NULL, -1, 0},
};

static void mail(void **state)
{
    struct setup s = setup_new(DM_MARK_MAIL);

    (void)state;
    FOR_ROWS(r, mail_rows)
    {
        struct dm_record rec = record(r->kind, r->client);
        struct dm_obs obs;
        struct dm_name name;
        rec.action = test_slice(r->action ? r->action : "");
        rec.queue_id = test_slice("4F9D195432C");
        CHECK_ROW(r->name, dm_observe(&s.o, &rec, &obs, &name) == (r->kind_seen >= 0));
        if (r->kind_seen >= 0) {
            CHECK_ROW(r->name, obs.kind == r->kind_seen && obs.marks == DM_MARK_MAIL);
            CHECK_ROW(r->name, obs.bits == r->bits && name.len == 0);
        }
    }
    setup_clear(&s);
}

/* Who gave a password submits, wherever he is; queue ids and recipients are told apart. */
static void mail_details(void **state)
{
    struct setup s = setup_new(DM_MARK_MAIL);
    struct dm_record rec = record(DM_REC_SMTP_CLIENT, "203.0.113.9");
    struct dm_obs a, b;
    struct dm_name name;

    (void)state;
    rec.sasl_user = test_slice("user");
    rec.queue_id = test_slice("4F9D195432C");
    dm_observe(&s.o, &rec, &a, &name);
    assert_int_equal(a.bits, DM_OBS_SUBMITTED);
    rec.kind = DM_REC_SMTP_FROM;
    dm_observe(&s.o, &rec, &b, &name);
    assert_true(a.reg == b.reg && a.reg != 0);
    rec = record(DM_REC_SMTP_REJECT, "203.0.113.9");
    rec.action = test_slice("reject");
    rec.reason = DM_REJ_USER_UNKNOWN;
    rec.recipient = test_slice("Nobody@campus.test");
    dm_observe(&s.o, &rec, &a, &name);
    rec.recipient = test_slice("nobody@CAMPUS.test");
    dm_observe(&s.o, &rec, &b, &name);
    assert_true(a.reg == b.reg && a.type == DM_REJ_USER_UNKNOWN);
    s.o.wanted = DM_MARK_MX;
    assert_int_equal(dm_observe(&s.o, &rec, &a, &name), 0);
    setup_clear(&s);
}

static void tcp(void **state)
{
    struct setup s = setup_new(DM_MARK_TCP);
    struct dm_record rec = record(DM_REC_TCP_ATTEMPT, "192.0.2.9");
    struct dm_obs obs;
    struct dm_name name;

    (void)state;
    assert_int_equal(dm_observe(&s.o, &rec, &obs, &name), 0); /* no destination */
    rec.has_dst = dm_addr_parse(test_slice("203.0.113.77"), &rec.dst) == 0;
    rec.dst_port = 445;
    assert_int_equal(dm_observe(&s.o, &rec, &obs, &name), 1);
    assert_true(obs.kind == DM_OBS_TCP && obs.type == 445 && obs.reg != 0);
    assert_memory_equal(name.text, "203.0.113.77 port 445", name.len);
    rec.client = rec.dst;
    assert_int_equal(dm_observe(&s.o, &rec, &obs, &name), 0); /* from outside */
    setup_clear(&s);
}

struct name_row {
    const char *qname;
    uint16_t type;
    bool marked;
};

static const struct name_row name_rows[] = {
    {"mail.example.com.campus.test", DM_TYPE_A, true}, /* a search list's work */
    {"example.com.campus.test", DM_TYPE_MX, true},
    {"Example.COM.Campus.Test.", DM_TYPE_AAAA, true},
    {"com.campus.test", DM_TYPE_A, true}, /* somebody may ask for the subdomain itself */
    {"www.campus.test", DM_TYPE_A, false},
    {"pc1.dorm.campus.test", DM_TYPE_A, false},
    {"campus.test", DM_TYPE_A, false},
    {"example.com", DM_TYPE_A, false},
    {"example.com.campus.test", DM_TYPE_TXT, false},
    {"example.com.notcampus.test", DM_TYPE_A, false},
};

static void names_of_the_site(void **state)
{
    struct setup s = setup_new(DM_MARK_SITE_NAME);

    (void)state;
    FOR_ROWS(r, name_rows)
    {
        struct dm_record rec = record(DM_REC_QUERY, "192.0.2.9");
        struct dm_obs obs;
        struct dm_name name;
        rec.qname = test_slice(r->qname);
        rec.qtype_code = r->type;
        CHECK_ROW(r->qname, dm_observe(&s.o, &rec, &obs, &name) == 1);
        CHECK_ROW(r->qname, obs.marks == (r->marked ? DM_MARK_SITE_NAME : 0));
    }
    setup_clear(&s);
}

static void answers(void **state)
{
    struct setup s = setup_new(DM_MARK_MX);
    struct dm_record rec = record(DM_REC_RESPONSE, "192.0.2.9");
    struct dm_obs obs;
    struct dm_name name;

    (void)state;
    rec.qname = test_slice("example.com");
    rec.qtype_code = DM_TYPE_A;
    rec.rcode_num = 3;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_true(obs.kind == DM_OBS_RESPONSE && obs.bits == DM_OBS_NXDOMAIN);
    rec.rcode_num = 0;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, 0); /* no records: the name is there, the type is not */
    rec.counts[0] = 2;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_ANSWERED);
    rec.counts[0] = -1; /* a server that does not say how many */
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_ANSWERED);
    setup_clear(&s);
}

/* The first bytes and one hash for a name, however it is written. */
static void prefixes(void **state)
{
    struct setup s = setup_new(DM_WANT_PREFIX);
    struct dm_record rec = record(DM_REC_QUERY, "192.0.2.9");
    struct dm_obs a, b;
    struct dm_name name;

    (void)state;
    rec.qtype_code = DM_TYPE_A;
    rec.qname = test_slice("MaIlHub.example");
    dm_observe(&s.o, &rec, &a, &name);
    rec.qname = test_slice("mailhub.EXAMPLE");
    dm_observe(&s.o, &rec, &b, &name);
    assert_memory_equal(a.prefix, "mailh", 5);
    assert_memory_equal(b.prefix, "mailh", 5);
    assert_true(a.reg == b.reg);
    rec.qname = test_slice("ns");
    dm_observe(&s.o, &rec, &a, &name);
    assert_memory_equal(a.prefix, "ns\0\0", 5);
    rec.qtype_code = DM_TYPE_AAAA;
    dm_observe(&s.o, &rec, &a, &name);
    assert_true(a.prefix[0] == 0 && a.reg == 0);
    setup_clear(&s);
}

/* A marked name has its hash computed anew from its text (monitor/engine_summary.c): it has to be
 * the same, whatever was printed. */
static void one_hash_marked_or_not(void **state)
{
    static const char *const names[] = {
        "mail.dom.test",       "MAIL.Dom.test.", "smtp.dom.test",      "mx\\.x.dom.test",
        "mail-\\195.dom.test", "ns1.a.dom.test", "relay.dom\\.x.test."};
    struct setup marked = setup_new(DM_WANT_PREFIX | DM_MARK_KEYWORD);
    struct setup plain = setup_new(DM_WANT_PREFIX);

    (void)state;
    FOR_ROWS(text, names)
    {
        struct dm_record rec = record(DM_REC_QUERY, "192.0.2.9");
        struct dm_obs a, b;
        struct dm_name name, ignored;
        rec.qtype_code = DM_TYPE_A;
        rec.qname = test_slice(*text);
        dm_observe(&marked.o, &rec, &a, &name);
        dm_observe(&plain.o, &rec, &b, &ignored);
        CHECK_ROW(*text, b.marks == 0 && b.reg != 0);
        CHECK_ROW(*text,
                  b.reg == (a.marks ? dm_hash_nocase(&marked.o.key, name.text, name.len) : a.reg));
        CHECK_ROW(*text, memcmp(a.prefix, b.prefix, sizeof a.prefix) == 0);
    }
    setup_clear(&marked);
    setup_clear(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail),
        cmocka_unit_test(mail_details),
        cmocka_unit_test(tcp),
        cmocka_unit_test(names_of_the_site),
        cmocka_unit_test(answers),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(one_hash_marked_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
