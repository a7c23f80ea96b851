/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Events in a state file: those that wait when it is written, but for those told since.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "monitor/state.h"
#include "stream.h"

/* The events that wait in a monitor, to be freed with g_ptr_array_unref(). */
static GPtrArray *take_events(dnsmon_monitor_t *mon)
{
    GPtrArray *forms = g_ptr_array_new_with_free_func(g_free);
    dnsmon_event_t *ev;

    while ((ev = dnsmon_monitor_next_event(mon)) != NULL) {
        g_ptr_array_add(forms, g_strdup_printf("%" PRId64 " %d %s\n%s\n%s\n%s",
                                               dnsmon_event_time_us(ev), dnsmon_event_level(ev),
                                               dnsmon_event_rule(ev), dnsmon_event_json(ev),
                                               dnsmon_event_text(ev), dnsmon_event_sd(ev)));
        dnsmon_event_free(ev);
    }
    return forms;
}

/* Events of the file from number @from on are those of @all. */
static void check_kept(const char *path, const GPtrArray *all, unsigned from)
{
    struct campus c = campus_new(DNSMON_LIVE, "");

    char why[DNSMON_ERRLEN];
    assert_int_equal(dnsmon_monitor_load(c.mon, path, why, sizeof why), 1);
    GPtrArray *kept = take_events(c.mon);
    assert_int_equal(kept->len, all->len - from);
    for (unsigned i = 0; i < kept->len; i++) {
        assert_string_equal(g_ptr_array_index(kept, i), g_ptr_array_index(all, from + i));
    }
    g_ptr_array_unref(kept);
    campus_clear(&c);
}

/* Killed before they were sent: the same events to the byte wait again, and none that was told. */
static void waiting_events_are_kept(void **state)
{
    char why[DNSMON_ERRLEN],
        *path = g_strdup_printf("%s/dnsmon-events-%d", g_get_tmp_dir(), (int)getpid());
    struct test_rng rng;
    struct campus c = campus_new(DNSMON_LIVE, "[events]\nrate = 1000/h\n");

    (void)state;
    test_rng_init(&rng, "waiting events", 31);
    struct stream s = stream_new(&rng, 4000, 7200, 3);
    for (size_t i = 0; i < s.n; i++) {
        dnsmon_feed_line(c.feed, s.line[i].text, strlen(s.line[i].text));
    }
    dnsmon_feed_flush(c.feed, 0);
    dnsmon_monitor_finish(c.mon, 0);
    int events = dnsmon_monitor_save(c.mon, path, why, sizeof why);
    assert_true(events >= 3);
    GPtrArray *all = take_events(c.mon);
    assert_int_equal(all->len, events);
    check_kept(path, all, 0);
    assert_int_equal(dnsmon_monitor_told(c.mon, path, 1), 0);
    check_kept(path, all, 1);
    assert_int_equal(dnsmon_monitor_told(c.mon, path, all->len), DNSMON_EINVAL);
    assert_int_equal(dnsmon_monitor_told(c.mon, path, all->len - 1), 0);
    check_kept(path, all, all->len);
    assert_int_equal(dnsmon_monitor_save(c.mon, path, why, sizeof why), 0);
    g_ptr_array_unref(all);
    campus_clear(&c);
    stream_clear(&s);
    unlink(path);
    g_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting_events_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
