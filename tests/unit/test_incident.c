/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The life of an incident, driven by hand: findings go in, events come out as "STATE client class
 * suppressed@second". One detector stands for all; what it finds is written here.
 */
#include "testlib.h"

#include <math.h>

#include "incident/compose.h"
#include "incident/incident.h"

#define US 1000000LL
#define HOLD_S 3600

/* A site with one incident slot a client and rule, outside of the clients' blocks. */
struct site {
    struct dm_site *site;
    struct dm_client_table *clients;
    struct dm_intern *hosts;
    struct dm_incidents *inc;
    dm_index slot[DM_DET_COUNT][8];
    GString *log;
    GPtrArray *ids;
    unsigned closed;
};

static void on_emit(void *user, struct dnsmon_event *ev)
{
    static const char *const names[] = {"open", "update", "close"};
    struct site *s = user;

    g_string_append_printf(s->log, "%s%s %u %s %d +%u@%d", s->log->len ? "; " : "",
                           ev->n_rollup ? "rollup" : names[ev->state],
                           ev->n_rollup ? ev->n_rollup : ev->client.b[15], ev->class_name,
                           ev->level, (unsigned)ev->suppressed, (int)(ev->time_us / US));
    g_ptr_array_add(s->ids, g_strdup(ev->id));
    dnsmon_event_free(ev);
}

static bool on_refresh(void *user, const struct dm_incident *in, struct dm_finding *ret)
{
    (void)user;
    (void)in;
    *ret = (struct dm_finding){.level = DNSMON_NOTICE, .class_name = "refreshed", .llr = NAN};
    return true;
}

static bool on_counts(void *user, const struct dm_incident *in, struct dm_day_counts *ret)
{
    struct site *s = user;
    const struct dm_client *cli = dm_client_find(s->clients, &in->who.client);

    *ret = (struct dm_day_counts){cli->today, cli->day, 0};
    return true;
}

static dm_index *on_slot_of(void *user, const struct dm_incident *in)
{
    struct site *s = user;

    return &s->slot[in->det][in->who.client.b[15] % 8];
}

static void on_closed(void *user, const struct dm_incident *in)
{
    struct site *s = user;

    s->closed++;
    *on_slot_of(s, in) = 0;
}

static void no_clear(void *user, struct dm_suspect *sus)
{
    (void)user;
    (void)sus;
}

static void no_evicted(void *user, struct dm_client *cli)
{
    (void)user;
    (void)cli;
}

static void open_site(struct site *s, double rate_per_h)
{
    struct dm_hashkey key = {1, 2};
    struct dm_client_hooks hooks = {8, no_clear, no_evicted, NULL};

    *s = (struct site){.site = dm_site_new(), .hosts = dm_intern_new(), .log = g_string_new("")};
    s->ids = g_ptr_array_new_with_free_func(g_free);
    dm_site_seal(s->site, NULL);
    s->clients = dm_client_table_new(1 << 20, &key, &hooks);
    struct dm_incident_env env = {.site = s->site,
                                  .hosts = s->hosts,
                                  .rates = {HOLD_S, rate_per_h, 1000, 600, 4, 20},
                                  .emit = on_emit,
                                  .refresh = on_refresh,
                                  .counts = on_counts,
                                  .slot_of = on_slot_of,
                                  .closed = on_closed,
                                  .user = s};
    s->inc = dm_incidents_new(&env);
}

static void close_site(struct site *s)
{
    dm_incidents_free(s->inc);
    dm_client_table_free(s->clients);
    dm_intern_free(s->hosts);
    dm_site_free(s->site);
    g_string_free(s->log, TRUE);
    g_ptr_array_unref(s->ids);
}

static struct dm_client *client(struct site *s, uint8_t n, int64_t now_s)
{
    struct dm_addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, n}};
    struct dm_client *cli = dm_client_get(s->clients, &a, (uint32_t)now_s);

    cli->day = 1;
    return cli;
}

static const char worm[] = "worm", relay[] = "relay";

static void report(struct site *s, enum dm_detector_id det, uint8_t n, int level,
                   const char *class_name, int64_t now_s)
{
    struct dm_client *cli = client(s, n, now_s);
    struct dm_finding f = {
        .level = level, .class_name = class_name, .score = 1, .llr = NAN, .start_us = 1000 * US};

    struct dm_report rep = {.det = det,
                            .who = {.has_client = true, .client = cli->addr},
                            .finding = &f,
                            .day = {cli->today, cli->day, 1000 * US},
                            .now_us = now_s * US};

    dm_incidents_report(s->inc, &s->slot[det][n % 8], &rep);
}

static void expect(struct site *s, const char *want)
{
    assert_string_equal(s->log->str, want);
    g_string_truncate(s->log, 0);
}

#define DET DM_DET_mass_mailer

static void repeats_are_counted_and_the_hold_closes(void **state)
{
    struct site s;

    (void)state;
    open_site(&s, 100);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2000);
    expect(&s, "open 1 worm 1 +0@2000");
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2001);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2002);
    expect(&s, "");
    dm_incidents_minute(s.inc, (2002 + HOLD_S) * US - 1);
    expect(&s, "");
    assert_int_equal(dm_incidents_open(s.inc), 1);
    dm_incidents_minute(s.inc, (2002 + HOLD_S) * US);
    expect(&s, "close 1 worm 1 +2@5602");
    assert_int_equal(dm_incidents_open(s.inc), 0);
    assert_int_equal(s.closed, 1);
    assert_int_equal(s.slot[DET][1], 0);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 9000);
    expect(&s, "open 1 worm 1 +0@9000");
    close_site(&s);
}

static void a_rise_and_another_class_are_told(void **state)
{
    struct site s;

    (void)state;
    open_site(&s, 100);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2000);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2001);
    report(&s, DET, 1, DNSMON_ALARM, worm, 2002);
    report(&s, DET, 1, DNSMON_ALARM, relay, 2003);
    report(&s, DET, 1, DNSMON_ALARM, relay, 2004);
    expect(&s, "open 1 worm 1 +0@2000; update 1 worm 2 +1@2002; update 1 relay 2 +0@2003");
    for (unsigned i = 0; i < s.ids->len; i++) {
        assert_string_equal(g_ptr_array_index(s.ids, i), g_ptr_array_index(s.ids, 0));
    }
    close_site(&s);
}

static void one_for_each_client_and_rule(void **state)
{
    struct site s;

    (void)state;
    open_site(&s, 100);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2000);
    report(&s, DET, 2, DNSMON_NOTICE, worm, 2000);
    report(&s, DM_DET_keyword_scan, 1, DNSMON_NOTICE, worm, 2000);
    assert_int_equal(dm_incidents_open(s.inc), 3);
    assert_string_not_equal(g_ptr_array_index(s.ids, 0), g_ptr_array_index(s.ids, 1));
    assert_string_not_equal(g_ptr_array_index(s.ids, 0), g_ptr_array_index(s.ids, 2));
    g_string_truncate(s.log, 0);
    dm_incidents_finish(s.inc, 3000 * US);
    assert_int_equal(dm_incidents_open(s.inc), 0);
    assert_int_equal(dm_incidents_counts(s.inc)->closed, 3);
    close_site(&s);
}

/* A new monitor on the same lines gives the same ids: SHA-256 of "RULE|CLIENT|START". */
static void ids_are_a_function_of_rule_client_and_start(void **state)
{
    struct site s;
    char want[33];

    (void)state;
    dm_compose_hash("mass-mailer|192.0.2.1|1000000000", want);
    open_site(&s, 100);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2000);
    assert_string_equal(g_ptr_array_index(s.ids, 0), want);
    assert_int_equal(strlen(want), 32);
    close_site(&s);
}

static void the_day_ends(void **state)
{
    struct site s;

    (void)state;
    open_site(&s, 100);
    report(&s, DM_DET_mx_census, 1, DNSMON_NOTICE, worm, 2000);
    report(&s, DET, 2, DNSMON_NOTICE, worm, 2000);
    g_string_truncate(s.log, 0);
    dm_incidents_day(s.inc, 2, 86400 * US); /* nothing was active in that day */
    expect(&s, "");
    dm_incidents_day(s.inc, 1, 86400 * US); /* the daily rule closes, the other tells its counts */
    expect(&s, "close 1 refreshed 1 +0@86400; update 2 refreshed 1 +0@86400");
    assert_int_equal(dm_incidents_open(s.inc), 1);
    close_site(&s);
}

/* Places in the slab are used again; the order of events is that of opening all the same. */
static void the_order_of_closing_is_that_of_opening(void **state)
{
    struct site s;

    (void)state;
    open_site(&s, 100);
    report(&s, DET, 1, DNSMON_NOTICE, worm, 2000);
    report(&s, DET, 2, DNSMON_NOTICE, worm, 3000);
    dm_incidents_minute(s.inc, (2000 + HOLD_S) * US);
    report(&s, DET, 3, DNSMON_NOTICE, worm, 5700); /* in the place of 1 */
    g_string_truncate(s.log, 0);
    dm_incidents_minute(s.inc, 100000 * US);
    expect(&s, "close 2 worm 1 +0@100000; close 3 worm 1 +0@100000");
    close_site(&s);
}

static void packed_and_unpacked(void **state)
{
    struct site a, b;
    struct dm_buf buf = {0};

    (void)state;
    open_site(&a, 3);
    open_site(&b, 3);
    report(&a, DM_DET_mx_census, 1, DNSMON_NOTICE, dm_detectors[DM_DET_mx_census]->classes[0],
           2000);
    report(&a, DET, 2, DNSMON_ALARM, dm_detectors[DET]->classes[1], 2100);
    report(&a, DET, 2, DNSMON_ALARM, dm_detectors[DET]->classes[1], 2101);
    for (uint8_t n = 1; n < 3; n++) {
        client(&b, n, 2101);
    }
    dm_incidents_pack(&buf, a.inc);
    struct dm_unpacker in = {buf.p, buf.n, NULL};
    assert_int_equal(dm_incidents_unpack(&in, b.inc), 0);
    assert_null(in.bad);
    assert_int_equal(in.n, 0);
    assert_int_equal(dm_incidents_open(b.inc), 2);
    assert_true(b.slot[DET][2] != 0);
    report(&b, DET, 2, DNSMON_ALARM, dm_detectors[DET]->classes[1], 2102);
    expect(&b, ""); /* it is open */
    dm_incidents_minute(b.inc, 2103 * US + HOLD_S * US);
    expect(&b, "close 1 mx-over-threshold 1 +0@5703; close 2 spam-relay 2 +2@5703");
    assert_string_equal(g_ptr_array_index(a.ids, 1), g_ptr_array_index(b.ids, 1));
    struct dm_unpacker again = {buf.p, buf.n, NULL}, cut = {buf.p, buf.n - 1, NULL};
    dm_incidents_unpack(&again, b.inc);
    assert_int_equal(dm_incidents_open(b.inc), 2);
    struct dm_unpacker twice = {buf.p, buf.n, NULL};
    dm_incidents_unpack(&twice, b.inc);
    assert_non_null(twice.bad); /* one rule, one client, two incidents */
    dm_incidents_unpack(&cut, a.inc);
    assert_non_null(cut.bad);
    free(buf.p);
    close_site(&a);
    close_site(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_are_counted_and_the_hold_closes),
        cmocka_unit_test(a_rise_and_another_class_are_told),
        cmocka_unit_test(one_for_each_client_and_rule),
        cmocka_unit_test(ids_are_a_function_of_rule_client_and_start),
        cmocka_unit_test(the_day_ends),
        cmocka_unit_test(the_order_of_closing_is_that_of_opening),
        cmocka_unit_test(packed_and_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
