/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * From lines to observations: which marks a query gets, which queries nobody reads. Worked out by
 * hand from doc/SCIENCE.md A.3, A.5, C2, C6, C10; the site is 192.0.2.0/24 with domain campus.test.
 */
#include "testlib.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "monitor/config.h"
#include "stream.h"
#include "stream/observe.h"

#define ALL (DM_MARK_MX | DM_MARK_KEYWORD | DM_MARK_PTR_EXT | DM_MARK_MAILPOLICY | DM_MARK_DNSBL)

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

static struct dm_record query(const char *client, const char *qname, uint16_t type)
{
    struct dm_record rec = {.kind = DM_REC_QUERY,
                            .has_client = true,
                            .time_us = STREAM_T0 * 1000000,
                            .qname = test_slice(qname),
                            .qtype_code = type,
                            .qclass_code = 1};

    assert_int_equal(dm_addr_parse(test_slice(client), &rec.client), 0);
    return rec;
}

struct row {
    const char *qname;
    uint16_t type;
    uint32_t marks;
    bool has_reg;
};

static const struct row rows[] = {
    {"dom.test", DM_TYPE_MX, DM_MARK_MX, true},
    {"a.b.dom.test", DM_TYPE_MX, DM_MARK_MX, true},
    {"DOM.TEST.", DM_TYPE_MX, DM_MARK_MX, true},
    {"single", DM_TYPE_MX, DM_MARK_MX, false},        /* counted by the census, no new domain */
    {"x.campus.test", DM_TYPE_MX, DM_MARK_MX, false}, /* the site's own */
    {"mail.dom.test", DM_TYPE_A, DM_MARK_KEYWORD, true},
    {"smtp.dom.test", DM_TYPE_AAAA, DM_MARK_KEYWORD, true},
    {"MX.dom.test", DM_TYPE_A, DM_MARK_KEYWORD, true},
    {"mail.campus.test", DM_TYPE_A, 0, false},
    {"mail", DM_TYPE_A, 0, false},
    {"www.dom.test", DM_TYPE_A, 0, false},
    {"dom.test", DM_TYPE_A, 0, false},
    {"mail.dom.test", DM_TYPE_TXT, 0, false},
    {"9.113.0.203.in-addr.arpa", DM_TYPE_PTR, DM_MARK_PTR_EXT, false},
    {"9.2.0.192.in-addr.arpa", DM_TYPE_PTR, 0, false}, /* the site's */
    {"1.0.0.127.in-addr.arpa", DM_TYPE_PTR, 0, false}, /* loopback */
    {"113.0.203.in-addr.arpa", DM_TYPE_PTR, 0, false}, /* not complete */
    {"_dmarc.dom.test", DM_TYPE_TXT, DM_MARK_MAILPOLICY, false},
    {"_25._tcp.mx.dom.test", DM_TYPE_TLSA, DM_MARK_MAILPOLICY, false},
    {"_443._tcp.www.dom.test", DM_TYPE_TLSA, 0, false},
    {"dom.test", DM_TYPE_NS, 0, false},
    {"", DM_TYPE_MX, DM_MARK_MX, false},
    {".", DM_TYPE_PTR, 0, false},
};

static void marks(void **state)
{
    struct setup s = setup_new(ALL);

    (void)state;
    FOR_ROWS(r, rows)
    {
        struct dm_record rec = query("192.0.2.1", r->qname, r->type);
        struct dm_obs obs;
        struct dm_name name;
        CHECK_ROW(r->qname, dm_observe(&s.o, &rec, &obs, &name) == 1);
        CHECK_ROW(r->qname, obs.marks == r->marks);
        CHECK_ROW(r->qname, (obs.reg != 0) == r->has_reg);
        CHECK_ROW(r->qname, obs.type == r->type && obs.time_us == rec.time_us);
    }
    setup_clear(&s);
}

/* Subdomains are one domain; another key, another hash. */
static void one_hash_a_registered_domain(void **state)
{
    struct setup s = setup_new(ALL);
    struct dm_record a = query("192.0.2.1", "a.dom.test", DM_TYPE_MX);
    struct dm_record b = query("192.0.2.2", "B.Dom.Test.", DM_TYPE_MX);
    struct dm_obs oa, ob;
    struct dm_name name;

    (void)state;
    dm_observe(&s.o, &a, &oa, &name);
    dm_observe(&s.o, &b, &ob, &name);
    assert_true(oa.reg == ob.reg);
    s.o.key.k0++;
    dm_observe(&s.o, &b, &ob, &name);
    assert_true(oa.reg != ob.reg);
    setup_clear(&s);
}

/* No detector wants it: no mark, and the name is not even looked at. */
static void only_wanted_marks(void **state)
{
    struct setup s = setup_new(DM_MARK_KEYWORD);

    (void)state;
    FOR_ROWS(r, rows)
    {
        struct dm_record rec = query("192.0.2.1", r->qname, r->type);
        struct dm_obs obs;
        struct dm_name name;
        CHECK_ROW(r->qname, dm_observe(&s.o, &rec, &obs, &name) == 1);
        CHECK_ROW(r->qname, obs.marks == (r->marks & DM_MARK_KEYWORD));
    }
    setup_clear(&s);
}

static void what_nobody_reads(void **state)
{
    struct setup s = setup_new(ALL);
    struct dm_record rec[8];
    struct dm_obs obs;
    struct dm_name name;

    (void)state;
    for (int i = 0; i < 8; i++) {
        rec[i] = query(i == 0 ? "203.0.113.1" : "192.0.2.1", "dom.test", DM_TYPE_MX);
    }
    rec[1].qclass_code = 3;            /* CH */
    rec[2].kind = DM_REC_SMTP_CONNECT; /* wanted by nobody here */
    s.o.wanted &= ~(uint32_t)DM_MARK_MAIL;
    rec[3].has_client = false;
    rec[4].time_us = 0;
    rec[5].time_us = INT64_MIN;
    rec[6].time_us = INT64_MAX;
    rec[7].time_us = DM_OBSERVE_MAX_S * 1000000; /* 32 bits of seconds end soon after */
    for (int i = 0; i < 8; i++) {
        assert_int_equal(dm_observe(&s.o, &rec[i], &obs, &name), 0);
    }
    setup_clear(&s);
}

static void bits(void **state)
{
    struct setup s = setup_new(ALL);
    struct dm_record rec = query("192.0.2.1", "dom.test", DM_TYPE_NS);
    struct dm_obs obs;
    struct dm_name name;

    (void)state;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_INFRA);
    rec.flag_bits = DM_QF_PRINTED;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_INFRA | DM_OBS_RD_OFF);
    rec.flag_bits = DM_QF_PRINTED | DM_QF_RD | DM_QF_TCP;
    rec.qtype_code = DM_TYPE_MX;
    rec.qname = DM_SLICE("x.campus.test");
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_RD | DM_OBS_VERIFIED);
    rec.flag_bits = DM_QF_PRINTED | DM_QF_RD | DM_QF_COOKIE;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_RD | DM_OBS_COOKIE | DM_OBS_VERIFIED);
    rec.flag_bits = DM_QF_PRINTED | DM_QF_RD | DM_QF_NOCOOKIE;
    dm_observe(&s.o, &rec, &obs, &name);
    assert_int_equal(obs.bits, DM_OBS_RD | DM_OBS_COOKIE);
    setup_clear(&s);
}

/* Names of any bytes and lengths: no mark without its type, nothing read behind the slice. */
static void any_name(void **state)
{
    static const uint16_t types[] = {DM_TYPE_A,   DM_TYPE_AAAA, DM_TYPE_MX,
                                     DM_TYPE_PTR, DM_TYPE_TXT,  DM_TYPE_TLSA};
    static const char *const pieces[] = {"mail.",   "smtp", "1.2.",     "in-addr.arpa",
                                         "_dmarc.", "\\",   "..",       "campus.test",
                                         "zen.",    "\xff", "ip6.arpa", "x"};
    struct setup s = setup_new(ALL);
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "any name", 53);
    for (int i = 0; i < 30000; i++) {
        GString *g = g_string_new("");
        for (uint64_t k = test_rng_below(&rng, 8); k > 0; k--) {
            g_string_append(g, pieces[test_rng_below(&rng, G_N_ELEMENTS(pieces))]);
        }
        uint16_t type = types[test_rng_below(&rng, G_N_ELEMENTS(types))];
        struct dm_record rec = query("192.0.2.1", "", type);
        rec.qname = test_exact(dm_slice_make(g->str, g->len));
        struct dm_obs obs;
        struct dm_name name;
        assert_int_equal(dm_observe(&s.o, &rec, &obs, &name), 1);
        assert_true(!(obs.marks & DM_MARK_MX) || type == DM_TYPE_MX);
        assert_true(!(obs.marks & DM_MARK_PTR_EXT) || type == DM_TYPE_PTR);
        assert_true(!(obs.marks & DM_MARK_KEYWORD) || obs.reg != 0);
        free((char *)rec.qname.p);
        g_string_free(g, TRUE);
    }
    setup_clear(&s);
}

/* Pieces of names that are asked for, and of such as look like them. */
static const char *const asked[] = {"mail",
                                    "Mx",
                                    "smtp.",
                                    "GATE",
                                    "ns1",
                                    "relay-",
                                    "ma",
                                    "1.",
                                    "127.0.0.",
                                    "a.",
                                    "root",
                                    "-servers",
                                    ".net",
                                    ".NET",
                                    "yahoo.com",
                                    "campus.test",
                                    "us.Test",
                                    ".",
                                    "\\.",
                                    "\\109",
                                    "\\",
                                    "-",
                                    "m.root-servers.net",
                                    "[",
                                    "x",
                                    "\xe9",
                                    ""};

/* A query as it is seen, and as it would be seen if every name were looked at in full. */
static void see_twice(struct dm_observer *o, struct dm_observer *full, const struct dm_record *rec)
{
    struct dm_obs a, b;
    struct dm_name name_a, name_b;

    dm_observe(full, rec, &b, &name_b);
    full->tables.a.all = full->tables.aaaa.all = true;
    full->tables.need_rest |= DM_NEED_MARKS;
    for (int i = 0; i < DM_OBSERVE_TYPES; i++) {
        full->tables.need[i] |= DM_NEED_MARKS;
    }
    assert_int_equal(dm_observe(o, rec, &a, &name_a), 1);
    assert_int_equal(dm_observe(full, rec, &b, &name_b), 1);
    assert_memory_equal(&a, &b, sizeof a);
    if (a.marks) {
        assert_int_equal(name_a.len, name_b.len);
        assert_memory_equal(name_a.text, name_b.text, name_a.len);
    }
    const struct dm_slice q = rec->qname;
    if (rec->qtype_code == DM_TYPE_A && q.n && q.p[q.n - 1] != '.' && !memchr(q.p, '\\', q.n)) {
        for (size_t i = 0; i < MIN(q.n, sizeof a.prefix); i++) {
            assert_int_equal(a.prefix[i], (uint8_t)g_ascii_tolower(q.p[i]));
        }
    }
}

/* Law: a look at the ends of a name keeps none from its marks. */
static void a_look_misses_nothing(void **state)
{
    static const uint16_t types[] = {DM_TYPE_A,   DM_TYPE_A,  DM_TYPE_AAAA, DM_TYPE_MX, DM_TYPE_PTR,
                                     DM_TYPE_TXT, DM_TYPE_NS, DM_TYPE_TLSA, 65,         300};
    struct setup s =
        setup_new(ALL | DM_MARK_SIGNATURE | DM_MARK_SITE_NAME | DM_MARK_HINT | DM_WANT_PREFIX);
    struct test_rng rng;

    (void)state;
    s.o.signatures = s.cfg->signatures;
    struct dm_observer full = s.o;
    test_rng_init(&rng, "looks", 59);
    for (int i = 0; i < 60000; i++) {
        GString *g = g_string_new("");
        for (uint64_t k = test_rng_below(&rng, 6); k > 0; k--) {
            g_string_append(g, asked[test_rng_below(&rng, G_N_ELEMENTS(asked))]);
        }
        struct dm_record rec =
            query("192.0.2.1", "", types[test_rng_below(&rng, G_N_ELEMENTS(types))]);
        rec.qname = test_exact(dm_slice_make(g->str, g->len));
        rec.flag_bits = (uint16_t)test_rng_below(&rng, DM_OBSERVE_FLAGS);
        see_twice(&s.o, &full, &rec);
        free((char *)rec.qname.p);
        g_string_free(g, TRUE);
    }
    setup_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks),
        cmocka_unit_test(one_hash_a_registered_domain),
        cmocka_unit_test(only_wanted_marks),
        cmocka_unit_test(what_nobody_reads),
        cmocka_unit_test(bits),
        cmocka_unit_test(any_name),
        cmocka_unit_test(a_look_misses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
