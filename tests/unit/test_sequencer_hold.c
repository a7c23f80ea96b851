/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A sequencer that is told that more is to come: what it holds back. What is released is written as
 * "SECOND SECOND ..." and compared with a text worked out by hand.
 */
#include "testlib.h"

#include <glib.h>

#include "stream/sequencer.h"

#define S 1000000LL

static void line(struct dm_sequencer *seq, int64_t second)
{
    struct dm_batch b = {0};
    struct dm_obs o = {.time_us = second * S, .type = 1};

    assert_int_equal(dm_batch_add(&b, &o, DM_SLICE("")), 0);
    dm_sequencer_add(seq, &b, 0);
    dm_batch_clear(&b);
}

static void lines(struct dm_sequencer *seq, int64_t from, int64_t to)
{
    for (int64_t i = from; i <= to; i++) {
        line(seq, i);
    }
}

static void expect(struct dm_sequencer *seq, bool drain, const char *want)
{
    GString *got = g_string_new("");
    struct dm_second *sec;

    while ((sec = dm_sequencer_next(seq, 0, drain)) != NULL) {
        g_string_append_printf(got, "%s%" G_GINT64_FORMAT, got->len ? " " : "", sec->second);
        dm_sequencer_done(seq, sec);
    }
    assert_string_equal(got->str, want);
    g_string_free(got, TRUE);
}

/* Two inputs of the same seconds, one read after the other: nothing of the second is late. */
static void a_second_input_catches_up(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    dm_sequencer_hold(seq, 100);
    lines(seq, 100, 110);
    expect(seq, false, ""); /* the other one begins at 100 */
    dm_sequencer_hold(seq, 107);
    lines(seq, 100, 107);
    expect(seq, false, "100 101 102"); /* five seconds behind it, as behind any front */
    dm_sequencer_hold(seq, 200);
    expect(seq, false, "103 104 105"); /* the front: 110 */
    dm_sequencer_hold(seq, INT64_MAX);
    expect(seq, false, "");
    line(seq, 111);
    expect(seq, false, "106");
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    expect(seq, true, "107 108 109 110 111");
    dm_sequencer_free(seq);
}

static void the_end_does_not_wait_for_a_hold(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    dm_sequencer_hold(seq, INT64_MIN);
    expect(seq, false, "");
    line(seq, -100);
    line(seq, 100);
    expect(seq, false, "");
    expect(seq, true, "-100 100");
    dm_sequencer_free(seq);
}

/* A feed that is idle releases what is in front of the hold, and nothing behind it. */
static void an_idle_feed_holds(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    line(seq, 100);
    line(seq, 101);
    dm_sequencer_hold(seq, 101);
    assert_null(dm_sequencer_next(seq, S, false)); /* the first wall time */
    struct dm_second *sec = dm_sequencer_next(seq, S + DM_SEQ_IDLE_US, false);
    assert_non_null(sec);
    assert_int_equal(sec->second, 100);
    dm_sequencer_done(seq, sec);
    assert_null(dm_sequencer_next(seq, S + 2 * DM_SEQ_IDLE_US, false));
    dm_sequencer_free(seq);
}

/* For want of memory a hold is broken. */
static void too_many_seconds_break_a_hold(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    dm_sequencer_hold(seq, 0);
    lines(seq, 0, DM_SEQ_MAX_OPEN);
    expect(seq, false, "0");
    assert_int_equal(dm_sequencer_counts(seq)->forced, 1);
    dm_sequencer_free(seq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_input_catches_up),
        cmocka_unit_test(the_end_does_not_wait_for_a_hold),
        cmocka_unit_test(an_idle_feed_holds),
        cmocka_unit_test(too_many_seconds_break_a_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
