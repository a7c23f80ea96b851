/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** The sequencer in a living host: what the wall clock says, and what nobody believes it. */
#include "sequencer_run.h"

static void a_live_second_settles(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    add(seq, 100 * S, 1, NULL, WALL);
    add(seq, 106 * S, 1, NULL, WALL);
    expect(seq, WALL, false, "");
    expect(seq, WALL + S - 1, false, "");
    add(seq, 100 * S, 2, NULL, WALL + S - 1); /* another worker: it has to settle again */
    expect(seq, WALL + S, false, "");
    expect(seq, WALL + 2 * S - 1, false, "100 x2");
    dm_sequencer_free(seq);
}

static void an_idle_live_feed_is_released(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    add(seq, 100 * S, 1, NULL, WALL);
    assert_int_equal(dm_sequencer_idle_us(seq, WALL + 3), 3);
    expect(seq, WALL + 5 * S - 1, false, "");
    expect(seq, WALL + 5 * S, false, "100 x1");
    dm_sequencer_free(seq);
}

/* A feed that slept knows the time of its last flush only; it is not an hour ago for all that. */
static void a_feed_with_an_old_clock(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    expect(seq, WALL, false, "");
    add(seq, 100 * S, 1, NULL, WALL - 3600 * S);
    add(seq, 106 * S, 1, NULL, 0);
    assert_int_equal(dm_sequencer_idle_us(seq, WALL + 3), 3);
    expect(seq, WALL + S - 1, false, "");
    expect(seq, WALL + S, false, "100 x1");
    dm_sequencer_free(seq);
}

/* Lines before anybody has told the time wait from the first time that is told. */
static void lines_before_the_first_wall_time(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    add(seq, 100 * S, 1, NULL, 0);
    expect(seq, WALL, false, "");
    expect(seq, WALL + 5 * S - 1, false, "");
    expect(seq, WALL + 5 * S, false, "100 x1");
    dm_sequencer_free(seq);
}

/* The wall clock is set back an hour: nothing waits for that hour to pass again. */
static void a_wall_clock_that_is_set_back(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);
    int64_t back = WALL - 3600 * S;

    (void)state;
    add(seq, 100 * S, 1, NULL, WALL);
    add(seq, 106 * S, 1, NULL, WALL);
    dm_sequencer_tick(seq, back);
    expect(seq, back + S - 1, false, "");
    expect(seq, back + S, false, "100 x1");
    expect(seq, back + 5 * S, false, "106 x1");
    dm_sequencer_free(seq);
}

/* A single line ahead is believed when the wall clock is its witness, and not otherwise. */
static void the_wall_clock_is_a_witness(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);
    int64_t now = WALL / S;

    (void)state;
    add(seq, (now - 20000) * S, 1, NULL, WALL);
    add(seq, now * S, 1, NULL, WALL);
    add(seq, (now + 400000) * S, 1, NULL, WALL);
    char *got = release(seq, WALL + 5 * S, false);
    assert_string_equal(got, "1999980000 x1; 2000000000 x1");
    g_free(got);
    assert_int_equal(dm_sequencer_front(seq), now);
    assert_int_equal(dm_sequencer_pending(seq), 1);
    dm_sequencer_free(seq);
}

static void no_wall_clock_in_a_replay(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    line(seq, 100);
    expect(seq, WALL, false, "");
    assert_int_equal(dm_sequencer_idle_us(seq, WALL), 0);
    dm_sequencer_free(seq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_live_second_settles),
        cmocka_unit_test(an_idle_live_feed_is_released),
        cmocka_unit_test(a_feed_with_an_old_clock),
        cmocka_unit_test(lines_before_the_first_wall_time),
        cmocka_unit_test(a_wall_clock_that_is_set_back),
        cmocka_unit_test(the_wall_clock_is_a_witness),
        cmocka_unit_test(no_wall_clock_in_a_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
