/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The rate limit: tokens worked out by hand, and the promise that nobody is lost in a roll-up:
 * 5,000 infected clients in a minute are each named in exactly one event or roll-up.
 */
#include "testlib.h"

#include <math.h>
#include <stdio.h>

#include "incident/rollup.h"
#include "incident/roster.h"
#include "stream.h"

#define US 1000000LL
#define HOUR (3600 * US)

/* A roll-up without outbreaks. */
static struct dm_rollup *rollup(double rate_per_h)
{
    return dm_rollup_new(
        &(struct dm_rates){.rate_per_h = rate_per_h, .storm_clients = 1000, .storm_window_s = 600});
}

static unsigned sent(struct dm_rollup *r, int64_t now_us)
{
    unsigned n = 0;

    while (dm_rollup_may_send(r, DM_DET_mass_mailer, DM_STATE_UPDATE, now_us)) {
        n++;
    }
    return n;
}

static void tokens(void **state)
{
    struct dm_rollup *r = rollup(60);

    (void)state;
    assert_int_equal(sent(r, 1000 * HOUR), 60);          /* an hour's worth at once */
    assert_int_equal(sent(r, 1000 * HOUR + 59 * US), 0); /* then one a minute */
    assert_int_equal(sent(r, 1000 * HOUR + 60 * US), 1);
    assert_int_equal(sent(r, 1000 * HOUR + 180 * US), 2);
    assert_int_equal(sent(r, 999 * HOUR), 0); /* time that steps back brings nothing */
    assert_int_equal(sent(r, 1000 * HOUR + 180 * US), 0);
    assert_int_equal(sent(r, 1010 * HOUR), 60); /* never more than an hour's worth */
    dm_rollup_set_rates(r, &(struct dm_rates){.rate_per_h = 2, .storm_clients = 1000});
    assert_int_equal(sent(r, 1013 * HOUR), 2);
    dm_rollup_free(r);
    r = rollup(0.5); /* at least one can be saved up for */
    assert_int_equal(sent(r, 0), 1);
    assert_int_equal(sent(r, 1 * HOUR), 0);
    assert_int_equal(sent(r, 2 * HOUR), 1);
    dm_rollup_free(r);
    dm_rollup_free(NULL);
}

static struct dm_incident incident(uint32_t n, int level)
{
    struct dm_incident in = {.det = DM_DET_mass_mailer};

    memcpy(in.who.client.b + 12, &n, sizeof n);
    in.finding = (struct dm_finding){.level = level, .class_name = "spam-relay", .score = n};
    return in;
}

static void a_client_is_named_once(void **state)
{
    struct dm_rollup *r = rollup(1);
    struct dm_incident a = incident(1, DNSMON_NOTICE), b = incident(2, DNSMON_ALARM);

    (void)state;
    assert_null(dm_rollup_take(r, 0, true));
    assert_int_equal(dm_rollup_add(r, &a, &a.who.client, 10 * US), 0);
    a.finding.score = 7;
    assert_int_equal(dm_rollup_add(r, &a, &a.who.client, 20 * US), 0);
    assert_int_equal(dm_rollup_add(r, &b, &b.who.client, 30 * US), 0);
    assert_null(dm_rollup_take(r, 10 * US + HOUR - 1, false));
    struct dnsmon_event *ev = dm_rollup_take(r, 10 * US + HOUR, false);
    assert_non_null(ev);
    assert_int_equal(ev->n_rollup, 2);
    assert_int_equal(ev->suppressed, 3);
    assert_true(ev->rollup[0].score == 7);
    assert_int_equal(ev->level, DNSMON_ALARM);
    assert_int_equal(ev->start_us, 10 * US);
    assert_int_equal(ev->end_us, 30 * US);
    assert_null(dm_rollup_take(r, 10 * US + HOUR, true));
    dnsmon_event_free(ev);
    dm_rollup_free(r);
}

static bool opens(struct dm_rollup *r, int64_t now_us)
{
    return dm_rollup_may_send(r, DM_DET_mass_mailer, DM_STATE_OPEN, now_us);
}

/* More than three in ten minutes; its list is told when the ten minutes are over. */
static void an_outbreak(void **state)
{
    struct dm_rollup *r = dm_rollup_new(
        &(struct dm_rates){.rate_per_h = 1000, .storm_clients = 3, .storm_window_s = 600});
    struct dm_incident a = incident(1, DNSMON_ALARM);

    (void)state;
    assert_true(opens(r, 0) && opens(r, 100 * US) && opens(r, 200 * US));
    assert_false(opens(r, 599 * US));
    assert_true(
        dm_rollup_may_send(r, DM_DET_mx_census, DM_STATE_OPEN, 599 * US)); /* another rule */
    assert_true(dm_rollup_may_send(r, DM_DET_mass_mailer, DM_STATE_CLOSE, 599 * US));
    assert_int_equal(dm_rollup_add(r, &a, &a.who.client, 599 * US), 0);
    assert_null(dm_rollup_take(r, 1198 * US, false));
    struct dnsmon_event *ev = dm_rollup_take(r, 1199 * US, false);
    assert_non_null(strstr(ev->reason, "outbreak"));
    assert_int_equal(ev->n_rollup, 1);
    dnsmon_event_free(ev);
    assert_true(opens(r, 1300 * US)); /* the one of 599 s is more than ten minutes ago */
    assert_true(opens(r, 1301 * US) && opens(r, 1302 * US));
    assert_false(opens(r, 1303 * US));
    dm_rollup_free(r);
}

static void a_full_list_is_due_at_once(void **state)
{
    struct dm_rollup *r = rollup(1);

    (void)state;
    for (uint32_t i = 0; i < DM_ROSTER_MAX; i++) {
        struct dm_incident in = incident(i, DNSMON_NOTICE);
        assert_null(dm_rollup_take(r, US, false));
        assert_int_equal(dm_rollup_add(r, &in, &in.who.client, US), 0);
    }
    struct dm_incident again = incident(5, DNSMON_NOTICE), more = incident(999999, DNSMON_NOTICE);
    assert_int_equal(dm_rollup_add(r, &again, &again.who.client, US), 0);
    assert_true(dm_rollup_add(r, &more, &more.who.client, US) < 0);
    struct dnsmon_event *ev = dm_rollup_take(r, US, false);
    assert_int_equal(ev->n_rollup, DM_ROSTER_MAX);
    dnsmon_event_free(ev);
    assert_int_equal(dm_rollup_add(r, &more, &more.who.client, US), 0);
    dm_rollup_free(r);
}

/* How often a client is named in single events of opening and in roll-ups. */
static void count_named(dnsmon_event_t *ev, GHashTable *named)
{
    struct dm_addr a = ev->client;
    unsigned n = ev->n_rollup ? ev->n_rollup : 1;

    for (unsigned i = 0; i < n; i++) {
        a = ev->n_rollup ? ev->rollup[i].client : a;
        uint32_t key;
        memcpy(&key, a.b + 12, sizeof key);
        gpointer k = GUINT_TO_POINTER(key);
        int times = GPOINTER_TO_INT(g_hash_table_lookup(named, k));
        g_hash_table_insert(named, k, GINT_TO_POINTER(times + 1));
    }
}

static void five_thousand_clients_in_a_minute(void **state)
{
    struct campus c = campus_new(DNSMON_REPLAY, "[events]\nrate = 60/h\n[detectors]\n"
                                                "disable = mass-mailer;keyword-scan\n");
    GHashTable *named = g_hash_table_new(NULL, NULL);
    char client[32];
    dnsmon_event_t *ev;
    unsigned single = 0, rollups = 0;

    (void)state;
    for (int i = 0; i < 5000 * 51; i++) { /* everybody's 51st MX query is in the last second */
        g_snprintf(client, sizeof client, "10.7.%d.%d", i % 5000 / 250, i % 250);
        char *line = stream_query((STREAM_T0 + i / 5000) * US, client, "one.test", "MX");
        assert_int_equal(dnsmon_feed_line(c.feed, line, strlen(line)), 1);
        g_free(line);
    }
    dnsmon_feed_flush(c.feed, 0);
    dnsmon_monitor_finish(c.mon, 0);
    while ((ev = dnsmon_monitor_next_event(c.mon)) != NULL) {
        count_named(ev, named);
        single += ev->n_rollup == 0;
        rollups += ev->n_rollup > 0;
        dnsmon_event_free(ev);
    }
    assert_int_equal(single, 20); /* the 21st makes it an outbreak */
    assert_int_equal(rollups, 3); /* 4,980 in lists of 2,000 */
    assert_int_equal(g_hash_table_size(named), 5000);
    GHashTableIter it;
    gpointer k, v;
    g_hash_table_iter_init(&it, named);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        assert_int_equal(GPOINTER_TO_INT(v), 1);
    }
    assert_int_equal(campus_counter(&c, "events.lost"), 0);
    g_hash_table_unref(named);
    campus_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(a_client_is_named_once),
        cmocka_unit_test(an_outbreak),
        cmocka_unit_test(a_full_list_is_due_at_once),
        cmocka_unit_test(five_thousand_clients_in_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
