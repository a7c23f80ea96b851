/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * State files that are cut, damaged, foreign or forged: none, whoever made it, is half taken or
 * ends the process, and the message says what is wrong and what to do.
 */
#include <stdio.h>
#include <unistd.h>

#include "monitor/state.h"
#include "stream.h"

/* Offsets in the header, see state.c. */
enum { AT_ORDER = 16, AT_VERSION = 20, AT_LAYOUT = 24, AT_LENGTH = 56, AT_BODY = 64 };

static char *good;
static size_t good_len;

static int make_good(void **state)
{
    struct test_rng rng = {99};
    struct stream s = stream_new(&rng, 2500, 7200, 3);
    struct campus c = campus_new(DNSMON_LIVE, "[events]\nrate = 4/h\n");
    struct dm_buf buf = {0};

    (void)state;
    campus_feed(&c, &s, 0, s.n);
    dnsmon_feed_flush(c.feed, STREAM_T0 * 1000000);
    dnsmon_monitor_tick(c.mon, (STREAM_T0 + 2) * 1000000);
    assert_true(campus_counter(&c, "order.pending") > 0);
    assert_true(campus_counter(&c, "incidents.open") > 0);
    assert_true(campus_counter(&c, "events.rolled_up") > 0);
    dm_state_pack(c.mon, &buf);
    good = buf.p;
    good_len = buf.n;
    campus_clear(&c);
    stream_clear(&s);
    return 0;
}

static int drop_good(void **state)
{
    (void)state;
    free(good);
    return 0;
}

static void put_sum(char *p, size_t n)
{
    dm_state_sum(dm_slice_make(p, n - DM_STATE_SUM), (uint8_t *)p + n - DM_STATE_SUM);
}

struct mistake {
    const char *name;
    size_t at;  /* flip this byte */
    bool resum; /* and make the checksum right again */
    const char *says;
};

static const struct mistake mistakes[] = {
    {"no magic", 0, true, "is no state file"},
    {"byte order", AT_ORDER, true, "byte order"},
    {"version", AT_VERSION, true, "another version"},
    {"layout", AT_LAYOUT, true, "other rules"},
    {"length", AT_LENGTH, true, "is cut"},
    {"one bit of the body", AT_BODY + 100, false, "is damaged"},
    {"one bit of the sum", 0, false, "is damaged"},
};

static void mistakes_are_named(void **state)
{
    char *path = g_strdup_printf("%s/dnsmon-mistake-%d", g_get_tmp_dir(), (int)getpid());
    char why[DNSMON_ERRLEN];
    struct campus c = campus_new(DNSMON_LIVE, "");

    (void)state;
    FOR_ROWS(m, mistakes)
    {
        char *bad = g_memdup2(good, good_len);
        size_t at = m->at || m->resum ? m->at : good_len - 1;
        bad[at] ^= 1;
        if (m->resum) {
            put_sum(bad, good_len);
        }
        assert_true(g_file_set_contents(path, bad, (gssize)good_len, NULL));
        why[0] = '\0';
        CHECK_ROW(m->name, dnsmon_monitor_load(c.mon, path, why, sizeof why) == DNSMON_ESTATE);
        CHECK_ROW(m->name, strstr(why, m->says) && strstr(why, path) && strstr(why, "move it"));
        g_free(bad);
    }
    assert_int_equal(campus_counter(&c, "clients.now"), 0);
    campus_clear(&c);
    unlink(path);
    g_free(path);
}

static void every_cut_is_refused(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "");
    const char *bad;

    (void)state;
    for (size_t n = 0; n < good_len; n += n < 200 ? 1 : 97) {
        struct dm_slice cut = test_exact(dm_slice_make(good, n));
        assert_int_equal(dm_state_unpack(c.mon, cut, &bad), DNSMON_ESTATE);
        free((char *)cut.p);
    }
    assert_int_equal(dm_state_unpack(c.mon, dm_slice_make(good, good_len), &bad), 0);
    assert_true(campus_counter(&c, "clients.now") > 10);
    campus_clear(&c);
}

/* A body cut anywhere, with a right length and checksum. */
static void every_short_body_is_refused(void **state)
{
    struct campus c = campus_new(DNSMON_LIVE, "");
    const char *bad;

    (void)state;
    for (size_t n = AT_BODY; n < good_len - DM_STATE_SUM; n += 1 + n / 64) {
        struct dm_slice cut = test_exact(dm_slice_make(good, n + DM_STATE_SUM));
        uint64_t body = n - AT_BODY;
        memcpy((char *)cut.p + AT_LENGTH, &body, sizeof body);
        put_sum((char *)cut.p, cut.n);
        assert_int_equal(dm_state_unpack(c.mon, cut, &bad), DNSMON_ESTATE);
        assert_non_null(bad);
        free((char *)cut.p);
    }
    assert_int_equal(campus_counter(&c, "clients.now"), 0);
    campus_clear(&c);
}

/* Put something hostile somewhere into the body. */
static void corrupt(struct test_rng *rng, char *p)
{
    static const uint64_t nasty[] = {0,
                                     1,
                                     0xff,
                                     0x7fffffff,
                                     0xffffffff,
                                     INT64_MAX,
                                     UINT64_MAX,
                                     0x7ff8000000000000,
                                     0x7ff0000000000000,
                                     1ULL << 63};
    size_t room = good_len - AT_BODY - DM_STATE_SUM;

    for (uint64_t i = 1 + test_rng_below(rng, 4); i > 0; i--) {
        size_t len = (size_t)1 << test_rng_below(rng, 4);
        size_t at = AT_BODY + test_rng_below(rng, room - len);
        uint64_t v = test_rng_below(rng, 2) ? nasty[test_rng_below(rng, G_N_ELEMENTS(nasty))]
                                            : test_rng_next(rng);
        if (test_rng_below(rng, 3) == 0) {
            at = AT_BODY + test_rng_below(rng, MIN(room - len, 3000)); /* clocks and counts */
        }
        memcpy(p + at, &v, len);
    }
    put_sum(p, good_len);
}

/* Forged content is refused or taken; then the monitor works, whatever was in it. */
static void forged_content_never_crashes(void **state)
{
    struct test_rng rng;
    unsigned taken = 0;

    (void)state;
    test_rng_init(&rng, "forged state", 1234);
    struct stream s = stream_new(&rng, 300, 90000, 0);
    for (int i = 0; i < 400; i++) {
        struct campus c = campus_new(i % 2 ? DNSMON_REPLAY : DNSMON_LIVE, "");
        struct dm_slice forged = test_exact(dm_slice_make(good, good_len));
        const char *bad;
        corrupt(&rng, (char *)forged.p);
        int rc = dm_state_unpack(c.mon, forged, &bad);
        assert_true(rc == 0 || (rc == DNSMON_ESTATE && bad));
        free((char *)forged.p);
        taken += rc == 0;
        campus_feed(&c, &s, 0, s.n);
        campus_finish(&c, i % 3 == 0);
        struct dm_buf buf = {0};
        dm_state_pack(c.mon, &buf);
        assert_false(buf.failed);
        free(buf.p);
        campus_clear(&c);
    }
    assert_true(taken > 50); /* else nothing behind the reader was tried */
    stream_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_short_body_is_refused),
        cmocka_unit_test(forged_content_never_crashes),
    };
    return cmocka_run_group_tests(tests, make_good, drop_good);
}
