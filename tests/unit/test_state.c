/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * State files. The law: a monitor that was saved, forgotten and loaded goes on as if nothing had
 * happened. What is refused: test_state_refused.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "monitor/state.h"
#include "stream.h"

/* Where a file's body begins, see state.c; the hash key is first. */
#define AT_BODY 64

static char *dir;

static char *path_of(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static void save(struct campus *c, const char *path)
{
    char why[DNSMON_ERRLEN] = "";

    if (dnsmon_monitor_save(c->mon, path, why, sizeof why) != 0) {
        fail_msg("%s", why);
    }
}

static void load(struct campus *c, const char *path)
{
    char why[DNSMON_ERRLEN] = "";

    if (dnsmon_monitor_load(c->mon, path, why, sizeof why) != 1) {
        fail_msg("%s", why);
    }
}

/* Events of a stream in one go. */
static struct campus uninterrupted(const struct stream *s, const char *more)
{
    struct campus c = campus_new(DNSMON_REPLAY, more);

    campus_feed(&c, s, 0, s->n);
    campus_finish(&c, 1);
    return c;
}

/* The same in pieces, a new monitor for each. */
static GPtrArray *in_pieces(const struct stream *s, const size_t *cut, size_t n_cuts,
                            const char *more)
{
    GPtrArray *events = g_ptr_array_new_with_free_func(free);
    char *path = path_of("law");
    size_t from = 0;

    unlink(path);
    for (size_t i = 0; i <= n_cuts; i++) {
        struct campus c = campus_new(DNSMON_REPLAY, more);
        if (i > 0) {
            load(&c, path);
        }
        size_t to = i < n_cuts ? cut[i] : s->n;
        campus_feed(&c, s, from, to);
        dnsmon_feed_flush(c.feed, 0);
        campus_collect(&c);
        if (i < n_cuts) {
            save(&c, path);
        } else {
            campus_finish(&c, 1);
        }
        g_ptr_array_extend_and_steal(events, c.events);
        c.events = g_ptr_array_new();
        campus_clear(&c);
        from = to;
    }
    g_free(path);
    return events;
}

static void run_law(struct test_rng *rng, size_t n, int64_t span_s, const char *more,
                    unsigned least)
{
    struct stream s = stream_new(rng, n, span_s, 3);
    size_t cut[3];

    for (int i = 0; i < 3; i++) {
        cut[i] = test_rng_below(rng, n);
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 2; k++) {
            size_t low = MIN(cut[k], cut[k + 1]), high = MAX(cut[k], cut[k + 1]);
            cut[k] = low;
            cut[k + 1] = high;
        }
    }
    struct campus whole = uninterrupted(&s, more);
    GPtrArray *pieces = in_pieces(&s, cut, 3, more);
    check_same_events(whole.events, pieces, least);
    g_ptr_array_unref(pieces);
    campus_clear(&whole);
    stream_clear(&s);
}

static void saved_and_loaded_goes_on_as_before(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "state law", 19790202);
    for (int i = 0; i < 6; i++) {
        run_law(&rng, 6000, 3 * 86400, "[events]\nrate = 100000/h\n", 60);
    }
    run_law(&rng, 6000, 6 * 3600, "[events]\nrate = 100000/h\n", 20);
    run_law(&rng, 6000, 200, "", 10); /* cuts inside the seconds that are held back */
}

/* Roll-ups in the making and half-used tokens survive too. */
static void the_rate_limit_goes_on(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "state of the rate limit", 7);
    for (int i = 0; i < 4; i++) {
        run_law(&rng, 4000, 2 * 86400, "[events]\nrate = 2/h\nhold = 1h\n", 10);
    }
}

#define SLICE 64

/* A log daemon's batches from @from on: the wall clock is the time of the last line. */
static size_t feed_live(struct campus *c, const struct stream *s, size_t from, size_t to)
{
    for (; from < to; from += SLICE) {
        size_t end = MIN(from + SLICE, s->n);
        campus_feed(c, s, from, end);
        dnsmon_feed_flush(c->feed, s->line[end - 1].time_us);
        dnsmon_monitor_tick(c->mon, s->line[end - 1].time_us);
        campus_collect(c);
    }
    return from;
}

/* HUP: a snapshot between two batches, with lines held back; then a crash, and on from there. */
static void a_snapshot_of_a_living_daemon_goes_on(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "state, live", 2718);
    for (int i = 0; i < 4; i++) {
        struct stream s = stream_new(&rng, 6000, 30000, 0);
        struct campus whole = campus_new(DNSMON_LIVE, ""), a = campus_new(DNSMON_LIVE, "");
        struct campus b = campus_new(DNSMON_LIVE, "");
        struct dm_buf buf = {0};
        const char *bad;
        feed_live(&whole, &s, 0, s.n);
        campus_finish(&whole, 1);
        size_t cut = feed_live(&a, &s, 0, 1 + test_rng_below(&rng, s.n - 2 * SLICE));
        assert_true(campus_counter(&a, "order.pending") > 0);
        dm_state_pack(a.mon, &buf);
        assert_int_equal(dm_state_unpack(b.mon, dm_slice_make(buf.p, buf.n), &bad), 0);
        feed_live(&b, &s, cut, s.n);
        campus_finish(&b, 1);
        for (unsigned k = 0; k < b.events->len; k++) {
            g_ptr_array_add(a.events, strdup(g_ptr_array_index(b.events, k)));
        }
        check_same_events(whole.events, a.events, 10);
        free(buf.p);
        campus_clear(&whole);
        campus_clear(&a);
        campus_clear(&b);
        stream_clear(&s);
    }
}

/* The end of a log daemon's run: everything classified, incidents open, and on at the next start.
 */
static void finished_without_closing_goes_on(void **state)
{
    struct test_rng rng;
    char *path = path_of("finished");

    (void)state;
    test_rng_init(&rng, "state after finish", 11);
    struct stream s = stream_new(&rng, 5000, 2 * 86400, 0);
    size_t cut = 2500;
    while (s.line[cut].time_us / 1000000 == s.line[cut - 1].time_us / 1000000) {
        cut++; /* between two seconds: nothing is late afterwards */
    }
    struct campus whole = uninterrupted(&s, "[events]\nrate = 100000/h\n");
    struct campus a = campus_new(DNSMON_REPLAY, "[events]\nrate = 100000/h\n");
    campus_feed(&a, &s, 0, cut);
    campus_finish(&a, 0);
    uint64_t open = campus_counter(&a, "incidents.open");
    assert_true(open > 5);
    assert_int_equal(campus_counter(&a, "order.pending"), 0);
    save(&a, path);
    struct campus b = campus_new(DNSMON_REPLAY, "[events]\nrate = 100000/h\n");
    load(&b, path);
    assert_int_equal(campus_counter(&b, "incidents.open"), open);
    assert_int_equal(campus_counter(&b, "clients.now"), campus_counter(&a, "clients.now"));
    campus_feed(&b, &s, cut, s.n);
    campus_finish(&b, 1);
    for (unsigned i = 0; i < b.events->len; i++) {
        g_ptr_array_add(a.events, strdup(g_ptr_array_index(b.events, i)));
    }
    check_same_events(whole.events, a.events, 60);
    campus_clear(&whole);
    campus_clear(&a);
    campus_clear(&b);
    stream_clear(&s);
    g_free(path);
}

/* Loading and saving keeps everything; only sets may have been walked in another order. */
static void saving_what_was_loaded_gives_as_many_bytes(void **state)
{
    struct test_rng rng;
    char *one = path_of("one"), *two = path_of("two"), *a, *b;
    gsize na, nb;
    struct stat st;

    (void)state;
    test_rng_init(&rng, "state bytes", 3);
    struct stream s = stream_new(&rng, 5000, 86400, 3);
    struct campus c = campus_new(DNSMON_LIVE, ""), d = campus_new(DNSMON_LIVE, "");
    campus_feed(&c, &s, 0, s.n);
    dnsmon_feed_flush(c.feed, STREAM_T0 * 1000000);
    assert_true(campus_counter(&c, "order.pending") > 0);
    save(&c, one);
    load(&d, one);
    save(&d, two);
    assert_true(g_file_get_contents(one, &a, &na, NULL));
    assert_true(g_file_get_contents(two, &b, &nb, NULL));
    assert_int_equal(na, nb);
    assert_memory_equal(a, b, AT_BODY + sizeof(struct dm_hashkey));
    assert_int_equal(stat(one, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    g_free(a);
    g_free(b);
    g_free(one);
    g_free(two);
    campus_clear(&c);
    campus_clear(&d);
    stream_clear(&s);
}

/* ---- around it ---- */

static void files_that_cannot_be(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "");
    char why[DNSMON_ERRLEN] = "", *path = path_of("nowhere/state"), *fifo = path_of("fifo");
    char *real = path_of("real"), *aside = path_of("real.new");

    (void)state;
    assert_int_equal(dnsmon_monitor_load(c.mon, path, why, sizeof why), 0);
    assert_int_equal(dnsmon_monitor_save(c.mon, path, why, sizeof why), DNSMON_EIO);
    assert_non_null(strstr(why, path));
    assert_int_equal(dnsmon_monitor_load(c.mon, dir, why, sizeof why), DNSMON_EIO);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(dnsmon_monitor_load(c.mon, fifo, why, sizeof why), DNSMON_EIO);
    /* what an attacker may have put aside is not followed */
    assert_int_equal(symlink(fifo, aside), 0);
    save(&c, real);
    assert_true(g_file_test(real, G_FILE_TEST_IS_REGULAR));
    assert_false(g_file_test(aside, G_FILE_TEST_EXISTS));
    unlink(fifo);
    campus_clear(&c);
    g_free(path);
    g_free(fifo);
    g_free(real);
    g_free(aside);
}

static void a_failed_save_leaves_the_old_file(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "");
    char why[DNSMON_ERRLEN], *path = path_of("old"), *aside = path_of("old.new"), *text;
    gsize len;

    (void)state;
    assert_true(g_file_set_contents(path, "old", 3, NULL));
    assert_int_equal(g_mkdir(aside, 0700), 0); /* in the way */
    assert_int_equal(dnsmon_monitor_save(c.mon, path, why, sizeof why), DNSMON_EIO);
    assert_true(g_file_get_contents(path, &text, &len, NULL));
    assert_string_equal(text, "old");
    g_free(text);
    g_rmdir(aside);
    campus_clear(&c);
    g_free(path);
    g_free(aside);
}

static void only_before_the_first_line(void **state)
{
    struct test_rng rng = {5};
    struct stream s = stream_new(&rng, 10, 100, 0);
    struct campus c = campus_new(DNSMON_LIVE, "");
    char why[DNSMON_ERRLEN] = "", *path = path_of("late");

    (void)state;
    save(&c, path);
    campus_feed(&c, &s, 0, s.n);
    dnsmon_feed_flush(c.feed, STREAM_T0 * 1000000);
    assert_int_equal(dnsmon_monitor_load(c.mon, path, why, sizeof why), DNSMON_EINVAL);
    assert_non_null(strstr(why, "before the first line"));
    campus_clear(&c);
    stream_clear(&s);
    g_free(path);
}

/* Lines that a feed had parsed, but not handed over, before the file was read: their clients are
 * hashed with the key of then, and must be found, and evicted, with the key of now. */
static void lines_on_their_way_get_the_new_key(void **state)
{
    struct test_rng rng = {8};
    struct stream s = stream_new(&rng, 300, 3000, 0);
    struct campus a = campus_new(DNSMON_LIVE, ""), b = campus_new(DNSMON_LIVE, "");
    struct dm_buf buf = {0};
    const char *bad;

    (void)state;
    campus_feed(&a, &s, 0, s.n);
    campus_finish(&a, 0);
    dm_state_pack(a.mon, &buf);
    campus_feed(&b, &s, 290, s.n);
    assert_int_equal(dm_state_unpack(b.mon, dm_slice_make(buf.p, buf.n), &bad), 0);
    campus_feed(&b, &s, 0, s.n);
    campus_finish(&b, 0);
    assert_int_equal(campus_counter(&b, "clients.now"), campus_counter(&a, "clients.now"));
    free(buf.p);
    campus_clear(&a);
    campus_clear(&b);
    stream_clear(&s);
}

/* Log hosts of lines that wait in a feed have numbers of before: none is better than a wrong one,
 * and the next file must not name a host that is not in it. */
static void lines_on_their_way_lose_their_host(void **state)
{
    struct campus a = campus_new(DNSMON_REPLAY, ""), b = campus_new(DNSMON_REPLAY, "");
    struct dm_buf empty = {0}, again = {0};
    static const char *const hosts[] = {"ns1", "ns2", "ns3"};
    char line[128];
    const char *bad;

    (void)state;
    dm_state_pack(a.mon, &empty);
    for (int i = 0; i < 3; i++) {
        int n = snprintf(
            line, sizeof line,
            "2026-05-12T00:00:00Z %s named[1]: client 192.0.2.1#1: query: a.test IN MX", hosts[i]);
        assert_int_equal(dnsmon_feed_line(a.feed, line, (size_t)n), 1);
    }
    assert_int_equal(dm_state_unpack(a.mon, dm_slice_make(empty.p, empty.n), &bad), 0);
    dnsmon_feed_flush(a.feed, 0);
    assert_int_equal(campus_counter(&a, "order.pending"), 3);
    dm_state_pack(a.mon, &again);
    bad = NULL;
    assert_int_equal(dm_state_unpack(b.mon, dm_slice_make(again.p, again.n), &bad), 0);
    free(empty.p);
    free(again.p);
    campus_clear(&a);
    campus_clear(&b);
}

/* Another configuration: a role takes effect at once; a smaller table keeps the newest. */
static void another_configuration_takes_it(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "state, other configuration", 21);
    struct stream s = stream_new(&rng, 4000, 86400, 0);
    struct campus a = campus_new(DNSMON_REPLAY, "[events]\nrate = 100000/h\n");
    struct dm_buf buf = {0};
    const char *bad;
    campus_feed(&a, &s, 0, s.n);
    campus_finish(&a, 0);
    uint64_t open = campus_counter(&a, "incidents.open");
    dm_state_pack(a.mon, &buf);
    struct campus b =
        campus_new(DNSMON_REPLAY, "[limits]\nmemory = 1M\n[detectors]\ndisable = all\n"
                                  "[events]\nhold = 1h\n");
    assert_int_equal(dm_state_unpack(b.mon, dm_slice_make(buf.p, buf.n), &bad), 0);
    assert_true(campus_counter(&b, "clients.bytes") <= 1 << 20);
    assert_true(campus_counter(&b, "incidents.open") + campus_counter(&b, "incidents.closed") ==
                open);
    campus_finish(&b, 1);
    assert_int_equal(campus_counter(&b, "incidents.open"), 0);
    free(buf.p);
    campus_clear(&a);
    campus_clear(&b);
    stream_clear(&s);
}

/* Each class that a rule may give has to be known by name, or its incidents cannot be loaded. */
static void every_rule_names_its_classes(void **state)
{
    (void)state;
    for (int i = 0; i < DM_DET_COUNT; i++) {
        const char *const *c = dm_detectors[i]->classes;
        CHECK_ROW(dm_detectors[i]->id, c && *c);
        struct dm_finding f = {.level = 0};
        CHECK_ROW(dm_detectors[i]->id, dm_finding_set_class(&f, (enum dm_detector_id)i, *c));
        CHECK_ROW(dm_detectors[i]->id, strcmp(dm_finding_class(&f), *c) == 0);
        CHECK_ROW(dm_detectors[i]->id, !f.class_name == dm_detectors[i]->own_classes);
        CHECK_ROW(dm_detectors[i]->id,
                  !dm_finding_set_class(&f, (enum dm_detector_id)i, "No Class"));
        CHECK_ROW(dm_detectors[i]->id,
                  (dm_detectors[i]->save == NULL) == (dm_detectors[i]->state_bytes == 0));
        CHECK_ROW(dm_detectors[i]->id,
                  (dm_detectors[i]->save == NULL) == (dm_detectors[i]->load == NULL));
    }
}

static int remove_dir(void **state)
{
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;

    (void)state;
    while ((name = g_dir_read_name(d)) != NULL) {
        char *path = path_of(name);
        g_remove(path);
        g_free(path);
    }
    g_dir_close(d);
    g_rmdir(dir);
    g_free(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_and_loaded_goes_on_as_before),
        cmocka_unit_test(the_rate_limit_goes_on),
        cmocka_unit_test(a_snapshot_of_a_living_daemon_goes_on),
        cmocka_unit_test(finished_without_closing_goes_on),
        cmocka_unit_test(saving_what_was_loaded_gives_as_many_bytes),
        cmocka_unit_test(files_that_cannot_be),
        cmocka_unit_test(a_failed_save_leaves_the_old_file),
        cmocka_unit_test(only_before_the_first_line),
        cmocka_unit_test(lines_on_their_way_get_the_new_key),
        cmocka_unit_test(lines_on_their_way_lose_their_host),
        cmocka_unit_test(another_configuration_takes_it),
        cmocka_unit_test(every_rule_names_its_classes),
    };

    dir = g_dir_make_tmp("dnsmon-state-XXXXXX", NULL);
    return cmocka_run_group_tests(tests, NULL, remove_dir);
}
