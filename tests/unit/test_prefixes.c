/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Prefix counts: Figure 2 of S1 from any names that fit it, and the bounds beyond the cap. */
#include "figure2.h"
#include "stats_case.h"

#include <glib.h>
#include <stdio.h>

#include "dnsmon/dnsmon.h"
#include "stats/prefixes.h"

#define MOST_NAMES 20000

struct names {
    char text[MOST_NAMES][8];
    uint32_t n;
};

static void put(struct names *names, const char *text, uint32_t times)
{
    while (times-- > 0) {
        assert_true(names->n < MOST_NAMES);
        g_strlcpy(names->text[names->n++], text, sizeof names->text[0]);
    }
}

/* What the rows one byte longer leave of a row, in portions of at most 40 that no row begins with:
 * capitals, which stay below the last row of each length. */
static void complete(struct names *names, const struct row *row)
{
    size_t len = strlen(row->text);
    uint32_t left = row->count;

    for (unsigned f = 0; f < G_N_ELEMENTS(figure); f++) {
        for (uint32_t i = 0; i < figure[f].n; i++) {
            const char *t = figure[f].rows[i].text;
            if (strlen(t) == len + 1 && strncmp(t, row->text, len) == 0) {
                assert_true(figure[f].rows[i].count <= left);
                left -= figure[f].rows[i].count;
            }
        }
    }
    for (char c = 'A'; left > 0 && len < DM_PREFIXES_LEN; c++) {
        uint32_t portion = MIN(left, 40);
        char text[8] = "";
        assert_true(c <= 'Z');
        memset(text, c, DM_PREFIXES_LEN);
        memcpy(text, row->text, len);
        put(names, text, portion);
        left -= portion;
    }
    if (len == DM_PREFIXES_LEN) {
        put(names, row->text, left);
    }
}

static struct names *mytob(struct test_rng *rng)
{
    static struct names names;

    names.n = 0;
    for (unsigned f = 0; f < G_N_ELEMENTS(figure); f++) {
        for (uint32_t i = 0; i < figure[f].n; i++) {
            complete(&names, &figure[f].rows[i]);
        }
    }
    for (uint32_t i = names.n; i > 1; i--) { /* in any order */
        char swap[8];
        uint32_t k = (uint32_t)test_rng_below(rng, i);
        memcpy(swap, names.text[k], 8);
        memcpy(names.text[k], names.text[i - 1], 8);
        memcpy(names.text[i - 1], swap, 8);
    }
    return &names;
}

static int add(struct dm_prefixes *p, const char *name)
{
    return dm_prefixes_add(p, dm_prefixes_key(test_slice(name)));
}

static void check_figure(struct dm_prefixes *p)
{
    for (unsigned len = 1; len <= 5; len++) {
        struct dm_prefix_row got[32];
        uint32_t n = figure[len - 1].n;
        assert_int_equal(dm_prefixes_top(p, len, n, got), n);
        for (uint32_t i = 0; i < n; i++) {
            assert_string_equal(got[i].text, figure[len - 1].rows[i].text);
            assert_int_equal(got[i].count, figure[len - 1].rows[i].count);
            assert_int_equal(got[i].error, 0);
            assert_int_equal(got[i].len, len);
        }
    }
}

static void figure_2(void **unused)
{
    struct test_rng rng;
    struct dm_prefixes p, copy;
    struct dm_buf file = {0};

    (void)unused;
    test_rng_init(&rng, "prefixes", 20050225);
    struct names *names = mytob(&rng);
    assert_int_equal(names->n, 15106 + 67 + 51); /* the ten rows, e and f */
    dm_prefixes_init(&p, 4096);
    for (uint32_t i = 0; i < names->n; i++) {
        assert_int_equal(add(&p, names->text[i]), 0);
    }
    assert_true(dm_prefixes_exact(&p));
    printf("Figure 2: %u prefixes\n", p.live);
    assert_in_range(p.live, 500, 1000);
    assert_true(dm_prefixes_bytes(&p) <= 4097 * 48);
    check_figure(&p);
    dm_prefixes_pack(&file, &p);
    struct dm_unpacker in = {.p = file.p, .n = file.n};
    dm_prefixes_init(&copy, 4096);
    assert_int_equal(dm_prefixes_unpack(&in, &copy), 0);
    assert_null(in.bad);
    assert_int_equal(in.n, 0);
    assert_int_equal(copy.total, names->n);
    check_figure(&copy);
    free(dm_buf_take(&file));
    dm_prefixes_clear(&p);
    dm_prefixes_clear(&copy);
}

static void keys(void **unused)
{
    static const struct {
        const char *name;
        uint64_t key;
    } rows[] = {
        {"", 0},
        {"m", 0x16d00000000},
        {"mx", 0x26d78000000},
        {"mail.example", 0x56d61696c2e},
        {"\xff\xff\xff\xff\xff\xff", 0x5ffffffffff},
    };
    static const uint64_t bad[] = {0x60000000000, 0x16d00000001, 0x1, UINT64_MAX, 0x46d61696c2e};
    struct dm_prefixes p;

    (void)unused;
    dm_prefixes_init(&p, 100);
    FOR_ROWS(row, rows)
    {
        CHECK_ROW(row->name, dm_prefixes_key(test_slice(row->name)) == row->key);
    }
    FOR_ROWS(b, bad)
    {
        assert_int_equal(dm_prefixes_add(&p, *b), DNSMON_EINVAL);
    }
    assert_int_equal(p.total, 0);
    dm_prefixes_clear(&p);
}

static void small(void **unused)
{
    struct dm_prefixes p;
    struct dm_prefix_row top[4];

    (void)unused;
    dm_prefixes_init(&p, 100);
    assert_int_equal(dm_prefixes_top(&p, 1, 4, top), 0);
    assert_int_equal(dm_prefixes_bytes(&p), 0);
    add(&p, "b");
    add(&p, "ax");
    add(&p, "ay");
    add(&p, "b");
    add(&p, "");
    assert_int_equal(dm_prefixes_top(&p, 1, 4, top), 2);
    assert_string_equal(top[0].text, "a");
    assert_string_equal(top[1].text, "b");
    assert_int_equal(top[1].count, 2);
    assert_int_equal(dm_prefixes_top(&p, 2, 1, top), 1);
    assert_string_equal(top[0].text, "ax");
    assert_int_equal(dm_prefixes_top(&p, 3, 4, top), 0);
    assert_int_equal(dm_prefixes_top(&p, 0, 4, top), 0);
    assert_int_equal(p.total, 5);
    dm_prefixes_reset(&p);
    assert_int_equal(dm_prefixes_top(&p, 1, 4, top), 0);
    assert_int_equal(p.total, 0);
    add(&p, "c");
    assert_int_equal(dm_prefixes_top(&p, 1, 4, top), 1);
    dm_prefixes_clear(&p);
}

/* 70 names of one byte in room for 64 prefixes: the five largest bytes that came once make room. */
static void room_by_hand(void **unused)
{
    struct dm_prefixes p;
    struct dm_prefix_row top[64];

    (void)unused;
    dm_prefixes_init(&p, 1);
    for (int i = 0; i < 64; i++) {
        char name[2] = {(char)(32 + i), 0};
        add(&p, name);
    }
    add(&p, "_"); /* 95, the last of them, twice */
    assert_true(dm_prefixes_exact(&p));
    assert_int_equal(p.live, 64);
    add(&p, "z"); /* 64 leaves: an eighth is 8: 94 down to 87 go */
    assert_false(dm_prefixes_exact(&p));
    assert_int_equal(p.live, 57);
    assert_int_equal(p.floor, 1);
    assert_int_equal(dm_prefixes_top(&p, 1, 64, top), 57);
    assert_string_equal(top[0].text, "_");
    assert_int_equal(top[0].error, 0);
    assert_string_equal(top[55].text, "V"); /* 86 */
    assert_string_equal(top[56].text, "z");
    assert_int_equal(top[56].count, 1);
    assert_int_equal(top[56].error, 1);
    dm_prefixes_clear(&p);
}

static void count_truth(GHashTable *truth, const char *name)
{
    for (size_t n = strlen(name); n > 0; n--) {
        char *prefix = g_strndup(name, n);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(truth, prefix));
        g_hash_table_replace(truth, prefix, GUINT_TO_POINTER(count + 1));
    }
}

static void through_file(struct dm_prefixes *p)
{
    struct dm_buf file = {0};

    dm_prefixes_pack(&file, p);
    struct dm_unpacker in = {.p = file.p, .n = file.n};
    dm_prefixes_clear(p);
    assert_int_equal(dm_prefixes_unpack(&in, p), 0);
    assert_null(in.bad);
    free(dm_buf_take(&file));
}

/* count <= true <= count + error for all that is held, true <= floor for all that is not; children
 * never sum to more than their parent; the frequent ones stay. Also on bytes from a state file. */
static void bounds(void **unused)
{
    enum { WORDS = 3000 };
    struct test_rng rng;

    (void)unused;
    test_rng_init(&rng, "prefixes bounds", 31);
    for (int round = 0; round < 6; round++) {
        struct dm_prefixes p;
        GHashTable *truth = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        uint32_t cap = 64u << round;
        dm_prefixes_init(&p, cap);
        for (int i = 0; i < 6000; i++) {
            char name[6] = {0};
            unsigned w = (unsigned)(WORDS * pow(uniform(&rng), 3));
            uint32_t letters = w * 2654435761u;
            for (int b = 0, n = 2 + (int)(w % 4); b < n; b++, letters >>= 6) {
                name[b] = (char)('a' + letters % 26);
            }
            assert_int_equal(add(&p, name), 0);
            assert_true(p.live <= cap);
            count_truth(truth, name);
            if (i == 3000) {
                through_file(&p);
            }
        }
        uint32_t held = 0;
        for (unsigned len = 1; len <= 5; len++) {
            static struct dm_prefix_row rows[4096];
            uint32_t n = dm_prefixes_top(&p, len, 4096, rows);
            for (uint32_t i = 0; i < n; i++, held++) {
                uint32_t t = GPOINTER_TO_UINT(g_hash_table_lookup(truth, rows[i].text));
                assert_true(rows[i].count <= t);
                assert_true(t <= rows[i].count + rows[i].error);
                assert_true(rows[i].error <= p.floor);
                g_hash_table_remove(truth, rows[i].text);
            }
        }
        assert_int_equal(held, p.live);
        GHashTableIter it;
        gpointer key, count;
        g_hash_table_iter_init(&it, truth);
        while (g_hash_table_iter_next(&it, &key, &count)) {
            assert_true(GPOINTER_TO_UINT(count) <= p.floor);
        }
        printf("cap %u: floor %u of 6000\n", cap, p.floor);
        assert_true(p.floor <= 6000u * 5 / cap + 5);
        g_hash_table_destroy(truth);
        dm_prefixes_clear(&p);
    }
}

/* A run is so many names one by one, also where there is no room, to the byte of a state file. */
static void runs(void **unused)
{
    struct test_rng rng;
    struct dm_prefixes single, run;

    (void)unused;
    test_rng_init(&rng, "prefixes runs", 47);
    dm_prefixes_init(&single, 100);
    dm_prefixes_init(&run, 100);
    for (int i = 0; i < 3000; i++) {
        char name[6] = {0};
        uint32_t n = 1 + (uint32_t)test_rng_below(&rng, 4);
        for (uint64_t b = 0, len = test_rng_below(&rng, 6); b < len; b++) {
            name[b] = (char)('a' + test_rng_below(&rng, 4));
        }
        for (uint32_t k = 0; k < n; k++) {
            assert_int_equal(add(&single, name), 0);
        }
        assert_int_equal(dm_prefixes_add_run(&run, dm_prefixes_key(test_slice(name)), n), 0);
    }
    assert_false(dm_prefixes_exact(&run));
    struct dm_buf want = {0}, got = {0};
    dm_prefixes_pack(&want, &single);
    dm_prefixes_pack(&got, &run);
    assert_int_equal(got.n, want.n);
    assert_memory_equal(got.p, want.p, want.n);
    free(dm_buf_take(&want));
    free(dm_buf_take(&got));
    assert_int_equal(dm_prefixes_add_run(&run, dm_prefixes_key(DM_SLICE("a")), UINT32_MAX), 0);
    struct dm_prefix_row top;
    assert_int_equal(dm_prefixes_top(&run, 1, 1, &top), 1);
    assert_int_equal(top.count, UINT32_MAX); /* it saturates */
    dm_prefixes_clear(&single);
    dm_prefixes_clear(&run);
}

/* One field of the state of "ab", "ab", "c" damaged. Each node: key, count, error. */
static void damaged_state(void **unused)
{
    static const struct {
        const char *what;
        size_t at;
        uint64_t value;
        size_t bytes;
    } rows[] = {
        {"total too small", 0, 1, 8},
        {"more than there are", 12, 1000, 8},
        {"a key with six bytes", 20, 0x60000000000, 8},
        {"the root", 20, 0, 8},
        {"no beginning", 20, 0x26162000000, 8},
        {"twice", 36, 0, 8},
        {"count 0", 28, 0, 4},
        {"error above the floor", 32, 1, 4},
        {"child above its parent", 20 + 32 + 8, 3, 4},
    };
    struct dm_prefixes p, got;
    struct dm_buf file = {0};

    (void)unused;
    dm_prefixes_init(&p, 100);
    add(&p, "ab");
    add(&p, "ab");
    add(&p, "c");
    dm_prefixes_pack(&file, &p);
    assert_int_equal(file.n, 20 + 3 * 16);
    FOR_ROWS(row, rows)
    {
        struct dm_slice bytes = test_exact(dm_slice_make(file.p, file.n));
        char *b = (char *)bytes.p;
        uint64_t value = row->value;
        if (strcmp(row->what, "twice") == 0) {
            memcpy(&value, b + 20, 8);
        }
        memcpy(b + row->at, &value, row->bytes);
        struct dm_unpacker in = {.p = b, .n = bytes.n};
        dm_prefixes_init(&got, 100);
        CHECK_ROW(row->what, dm_prefixes_unpack(&in, &got) == 0);
        CHECK_ROW(row->what, in.bad != NULL);
        CHECK_ROW(row->what, got.live == 0 && dm_prefixes_bytes(&got) == 0);
        free(b);
    }
    for (size_t n = 0; n <= file.n; n++) {
        struct dm_slice cut = test_exact(dm_slice_make(file.p, n));
        struct dm_unpacker in = {.p = cut.p, .n = n};
        dm_prefixes_init(&got, 100);
        assert_int_equal(dm_prefixes_unpack(&in, &got), 0);
        assert_int_equal(in.bad == NULL, n == file.n);
        dm_prefixes_clear(&got);
        free((void *)cut.p);
    }
    free(dm_buf_take(&file));
    dm_prefixes_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figure_2),     cmocka_unit_test(keys),   cmocka_unit_test(small),
        cmocka_unit_test(room_by_hand), cmocka_unit_test(bounds), cmocka_unit_test(damaged_state),
        cmocka_unit_test(runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
