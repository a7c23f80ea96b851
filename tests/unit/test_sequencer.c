/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The order of observations and the clock behind it. Seconds are small numbers here; what is
 * released is written as "second:time/client/name/type ..." and compared with a text worked out by
 * hand.
 */
#include "sequencer_run.h"

static void five_seconds_behind(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    expect(seq, 0, false, "");
    expect(seq, 0, true, "");
    line(seq, 100);
    line(seq, 104);
    expect(seq, 0, false, ""); /* 100 <= 104 - 5 is not so */
    line(seq, 105);
    line(seq, 100); /* five seconds behind: still in time */
    expect(seq, 0, false, "100 x2");
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    assert_int_equal(dm_sequencer_pending(seq), 2);
    expect(seq, 0, true, "104 x1; 105 x1");
    assert_int_equal(dm_sequencer_pending(seq), 0);
    dm_sequencer_free(seq);
}

static void a_late_line_goes_into_the_oldest_open_second(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    line(seq, 100);
    line(seq, 110);
    expect(seq, 0, false, "100 x1");
    add(seq, 90 * 1000000, 7, "late.test", 0);
    add(seq, 100 * 1000000, 8, "also.test", 0);
    assert_int_equal(dm_sequencer_counts(seq)->late, 2);
    expect(seq, 0, false, "101 x2 7/late.test/15@101000000 8/also.test/15@101000000");
    expect(seq, 0, true, "110 x1");
    add(seq, 109 * 1000000, 9, "x.test", 0);
    expect(seq, 0, true, "111 x1 9/x.test/15@111000000");
    assert_int_equal(dm_sequencer_counts(seq)->late, 3);
    dm_sequencer_free(seq);
}

static void marked_ones_are_sorted(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    add(seq, 5000002, 1, "b.test", 0);
    add(seq, 5000001, 2, "a.test", 0);
    add(seq, 5000001, 1, "ab.test", 0);
    add(seq, 5000001, 1, "a", 0);
    add(seq, 5000001, 1, "a.test", 0);
    add(seq, 5999999, 0, NULL, 0);
    expect(seq, 0, true,
           "5 x6 1/a/15@5000001 1/a.test/15@5000001 1/ab.test/15@5000001 2/a.test/15@5000001 "
           "1/b.test/15@5000002");
    dm_sequencer_free(seq);
}

static void one_line_of_2040_moves_nothing(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);
    int64_t y2040 = 2208988800, y2004 = 1077796800;

    (void)state;
    line(seq, y2004);
    line(seq, y2040);
    expect(seq, 0, false, "");
    for (int i = 1; i <= 20; i++) {
        line(seq, y2004 + i);
        line(seq, y2004 + i);
        line(seq, y2040 + i); /* never two in a row */
    }
    g_free(release(seq, 0, false));
    assert_int_equal(dm_sequencer_front(seq), y2004 + 20);
    assert_int_equal(dm_sequencer_counts(seq)->ahead, 21);
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    line(seq, y2004 + 16);
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    dm_sequencer_free(seq);
}

/* The first line of all may be the one from 2040: eight others take the clock back. */
static void a_first_line_of_2040(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);
    int64_t y2040 = 2208988800, y2004 = 1077796800;

    (void)state;
    line(seq, y2040);
    for (int i = 0; i < DM_SEQ_JUMP_LINES; i++) {
        line(seq, y2004 + i);
    }
    assert_int_equal(dm_sequencer_front(seq), y2004 + DM_SEQ_JUMP_LINES - 1);
    char *got = release(seq, 0, false);
    assert_string_equal(got, "1077796800 x1; 1077796801 x1; 1077796802 x1");
    g_free(got);
    for (int i = 0; i < DM_SEQ_JUMP_LINES; i++) {
        line(seq, y2004 + 3 + i);
    }
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    dm_sequencer_free(seq);
}

static void a_night_is_bridged_after_eight_lines(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);
    int64_t night = 100 + 9 * 3600;

    (void)state;
    line(seq, 100);
    for (int i = 0; i < 7; i++) {
        line(seq, night + i);
    }
    assert_int_equal(dm_sequencer_front(seq), 100);
    expect(seq, 0, false, "");
    line(seq, night + 7);
    assert_int_equal(dm_sequencer_front(seq), night + 7);
    expect(seq, 0, false, "100 x1; 32500 x1; 32501 x1; 32502 x1");
    assert_int_equal(dm_sequencer_counts(seq)->ahead, 8);
    dm_sequencer_free(seq);
}

/* An hour is no gap; two lines with a bridge between are not "in a row". */
static void an_hour_needs_no_bridge(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    line(seq, 100);
    line(seq, 100 + DM_SEQ_JUMP_S);
    assert_int_equal(dm_sequencer_front(seq), 3700);
    assert_int_equal(dm_sequencer_counts(seq)->ahead, 0);
    line(seq, 3700 + DM_SEQ_JUMP_S + 1);
    assert_int_equal(dm_sequencer_front(seq), 3700);
    assert_int_equal(dm_sequencer_counts(seq)->ahead, 1);
    dm_sequencer_free(seq);
}

static void the_end_drains_what_waits_ahead(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    line(seq, 100);
    line(seq, 100000);
    expect(seq, 0, true, "100 x1; 100000 x1");
    dm_sequencer_free(seq);
}

static void negative_times(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);

    (void)state;
    add(seq, -1, 1, "a.test", 0); /* the last second of 1969 */
    add(seq, -1000000, 2, "b.test", 0);
    add(seq, -1000001, 3, "c.test", 0);
    add(seq, 0, 4, "d.test", 0);
    expect(seq, 0, true,
           "-2 x1 3/c.test/15@-1000001; -1 x2 2/b.test/15@-1000000 1/a.test/15@-1; "
           "0 x1 4/d.test/15@0");
    add(seq, INT64_MIN, 1, "e.test", 0);
    assert_int_equal(dm_sequencer_counts(seq)->late, 1);
    expect(seq, 0, true, "1 x1 1/e.test/15@1000000");
    dm_sequencer_free(seq);
}

/* Two servers log the same query of the same second: which one is first is a matter of names. */
static void hosts_are_ordered_by_name(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct dm_sequencer *seq = dm_sequencer_new(false);
        struct dm_intern *hosts = dm_intern_new();
        struct dm_batch b = {0};
        struct dm_obs o = obs_at(5 * S, 1, DM_MARK_MX);
        dm_intern_add(hosts, test_slice(first ? "ns2" : "ns1"));
        dm_intern_add(hosts, test_slice(first ? "ns1" : "ns2"));
        dm_sequencer_set_hosts(seq, hosts);
        for (o.host = 1; o.host <= 2; o.host++) {
            assert_int_equal(dm_batch_add(&b, &o, test_slice("a.test")), 0);
        }
        dm_sequencer_add(seq, &b, 0);
        struct dm_second *sec = dm_sequencer_next(seq, 0, true);
        assert_int_equal(sec->n_marked, 2);
        assert_string_equal(dm_intern_text(hosts, sec->marked[0].host), "ns1");
        assert_string_equal(dm_intern_text(hosts, sec->marked[1].host), "ns2");
        dm_sequencer_done(seq, sec);
        dm_batch_clear(&b);
        dm_sequencer_free(seq);
        dm_intern_free(hosts);
    }
}

/* ---- limits ---- */

static void too_many_observations_force_the_oldest_second(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);
    struct dm_batch b = {0};
    struct dm_obs o = obs_at(100 * S, 1, 0);

    (void)state;
    line(seq, 99);
    for (unsigned i = 0; i < DM_SEQ_MAX_OBS; i++) {
        assert_int_equal(dm_batch_add(&b, &o, DM_SLICE("")), 0);
    }
    dm_sequencer_add(seq, &b, 0);
    dm_batch_clear(&b);
    expect(seq, 0, false, "99 x1"); /* then exactly the limit is left */
    assert_int_equal(dm_sequencer_counts(seq)->forced, 1);
    assert_int_equal(dm_sequencer_pending(seq), DM_SEQ_MAX_OBS);
    dm_sequencer_free(seq);
}

static void too_many_seconds_force_the_oldest(void **state)
{
    struct dm_sequencer *seq = dm_sequencer_new(true);

    (void)state;
    for (int64_t i = 0; i <= DM_SEQ_MAX_OPEN; i++) {
        add(seq, i * S, 1, NULL, WALL);
    }
    expect(seq, WALL, false, "0 x1");
    assert_int_equal(dm_sequencer_counts(seq)->forced, 1);
    dm_sequencer_free(seq);
}

/* ---- laws ---- */

static void shuffle(struct test_rng *rng, struct dm_obs *o, char (*name)[16], size_t from,
                    size_t to)
{
    for (size_t i = to - 1; i > from; i--) {
        size_t k = from + test_rng_below(rng, i - from + 1);
        struct dm_obs t = o[i];
        char n[16];
        o[i] = o[k];
        o[k] = t;
        memcpy(n, name[i], 16);
        memcpy(name[i], name[k], 16);
        memcpy(name[k], n, 16);
    }
}

#define N 3000

/* Release as they come, and append what came out. */
static char *run(const struct dm_obs *o, char (*name)[16], size_t batch_size)
{
    struct dm_sequencer *seq = dm_sequencer_new(false);
    struct dm_batch b = {0};
    GString *all = g_string_new("");

    for (size_t i = 0; i < N; i++) {
        assert_int_equal(dm_batch_add(&b, &o[i], test_slice(name[i])), 0);
        if (b.n == batch_size || i == N - 1) {
            dm_sequencer_add(seq, &b, 0);
            dm_batch_reset(&b);
            char *part = release(seq, 0, i == N - 1);
            g_string_append(all, all->len && *part ? "; " : "");
            g_string_append(all, part);
            g_free(part);
        }
    }
    assert_int_equal(dm_sequencer_counts(seq)->late, 0);
    assert_int_equal(dm_sequencer_counts(seq)->lost, 0);
    dm_batch_clear(&b);
    dm_sequencer_free(seq);
    return g_string_free(all, FALSE);
}

/* Whatever the order inside the window of five seconds, and whatever the batches. */
static void the_order_does_not_depend_on_how_lines_come(void **state)
{
    static struct dm_obs o[N];
    static char name[N][16];
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "sequencer order", 65537);
    for (int round = 0; round < 20; round++) {
        int64_t t = (int64_t)test_rng_below(&rng, 1000) * S;
        size_t block = 0;
        for (size_t i = 0; i < N; i++) {
            t += (int64_t)test_rng_below(&rng, 100000);
            o[i] = obs_at(t, (uint8_t)test_rng_below(&rng, 3), test_rng_below(&rng, 2) ? 1 : 0);
            g_snprintf(name[i], sizeof name[i], "n%d", (int)test_rng_below(&rng, 3));
        }
        char *want = run(o, name, 512);
        for (size_t i = 1; i <= N; i++) {
            if (i == N || o[i].time_us - o[block].time_us > 4 * S) {
                shuffle(&rng, o, name, block, i);
                block = i;
            }
        }
        char *got = run(o, name, 1 + test_rng_below(&rng, 700));
        assert_string_equal(got, want);
        g_free(want);
        g_free(got);
    }
}

/* ---- state file ---- */

static void packed_and_unpacked(void **state)
{
    struct dm_sequencer *a = dm_sequencer_new(true), *b = dm_sequencer_new(true);
    struct dm_buf buf = {0};

    (void)state;
    add(a, 100 * S, 1, "a.test", WALL);
    add(a, 108 * S, 2, "b.test", WALL);
    add(a, 50000 * S, 3, "c.test", WALL); /* one ahead */
    g_free(release(a, WALL + S, false));
    dm_sequencer_pack(&buf, a);
    assert_false(buf.failed);
    struct dm_unpacker in = {buf.p, buf.n, NULL};
    assert_int_equal(dm_sequencer_unpack(&in, b, &(struct dm_hashkey){1, 2}, 0), 0);
    assert_null(in.bad);
    assert_int_equal(in.n, 0);
    assert_int_equal(dm_sequencer_pending(b), 2);
    assert_int_equal(dm_sequencer_front(b), 108);
    /* a week later: time stood still for what is held back */
    expect(b, WALL + 604800 * S, false, "");
    assert_int_equal(dm_sequencer_idle_us(b, WALL + 604800 * S), 0);
    add(b, 100 * S, 9, NULL, WALL + 604800 * S);
    assert_int_equal(dm_sequencer_counts(b)->late, 1);
    expect(b, WALL, true, "101 x1; 108 x1 2/b.test/15@108000000; 50000 x1 3/c.test/15@50000000000");
    free(buf.p);
    dm_sequencer_free(a);
    dm_sequencer_free(b);
    dm_sequencer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_seconds_behind),
        cmocka_unit_test(a_late_line_goes_into_the_oldest_open_second),
        cmocka_unit_test(marked_ones_are_sorted),
        cmocka_unit_test(one_line_of_2040_moves_nothing),
        cmocka_unit_test(a_first_line_of_2040),
        cmocka_unit_test(a_night_is_bridged_after_eight_lines),
        cmocka_unit_test(an_hour_needs_no_bridge),
        cmocka_unit_test(the_end_drains_what_waits_ahead),
        cmocka_unit_test(negative_times),
        cmocka_unit_test(hosts_are_ordered_by_name),
        cmocka_unit_test(too_many_observations_force_the_oldest_second),
        cmocka_unit_test(too_many_seconds_force_the_oldest),
        cmocka_unit_test(the_order_does_not_depend_on_how_lines_come),
        cmocka_unit_test(packed_and_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
