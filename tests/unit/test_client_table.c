/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The client table against a GHashTable, and under floods: bounded, who was seen once goes first,
 * suspects kept, memory accounted for to the byte.
 */
#include "testlib.h"

#include <glib.h>

#include "client/client_table_parts.h"
#include "dnsmon/dnsmon.h"

static const struct dm_hashkey key = {1, 2};

/* A state of the second tier that holds heap memory on the table's account. */
struct held {
    uint64_t bytes;
};

struct watch {
    struct dm_client_table *t;
    unsigned cleared, evicted;
    uint8_t last[16]; /* address of the last one evicted */
};

static void on_clear(void *user, struct dm_suspect *sus)
{
    struct watch *w = user;
    struct held *h = (struct held *)(sus + 1);

    w->cleared++;
    dm_client_charge(w->t, -(ptrdiff_t)h->bytes);
    h->bytes = 0;
}

static void on_evicted(void *user, struct dm_client *cli)
{
    struct watch *w = user;

    w->evicted++;
    memcpy(w->last, cli->addr.b, 16);
}

static struct dm_client_table *new_table(size_t cap_bytes, struct watch *w)
{
    struct dm_client_hooks hooks = {sizeof(struct held), on_clear, on_evicted, w};

    *w = (struct watch){0};
    w->t = dm_client_table_new(cap_bytes, &key, &hooks);
    assert_non_null(w->t);
    return w->t;
}

static struct dm_addr addr_of(uint64_t n)
{
    struct dm_addr a = {{0x20, 0x01, 0x0d, 0xb8}};

    memcpy(a.b + 8, &n, sizeof n);
    return a;
}

static struct dm_client *get(struct dm_client_table *t, uint64_t n, uint32_t now_s)
{
    struct dm_addr a = addr_of(n);

    return dm_client_get(t, &a, now_s);
}

static bool knows(struct dm_client_table *t, uint64_t n)
{
    struct dm_addr a = addr_of(n);

    return dm_client_find(t, &a) != NULL;
}

#define MIB ((size_t)1 << 20)

static void a_client_is_found_again(void **state)
{
    struct watch w;
    struct dm_client_table *t = new_table(MIB, &w);

    (void)state;
    struct dm_client *cli = get(t, 1, 1000);
    assert_int_equal(dm_client_rest(t, cli)->first_s, 1000);
    assert_ptr_equal(get(t, 1, 1200), cli);
    assert_int_equal(dm_client_rest(t, cli)->first_s, 1000);
    assert_int_equal(cli->last_s, 1200);
    assert_ptr_equal(get(t, 1, 1100), cli); /* time that steps back */
    assert_int_equal(cli->last_s, 1200);
    assert_false(knows(t, 2));
    assert_int_equal(dm_client_table_len(t), 1);
    assert_ptr_equal(dm_client_at(t, dm_client_index(t, cli)), cli);
    assert_null(dm_client_at(t, 0));
    assert_null(dm_client_suspect(t, cli));
    struct dm_suspect *sus = dm_client_make_suspect(t, cli);
    assert_ptr_equal(dm_client_make_suspect(t, cli), sus);
    assert_int_equal(sus->owner, dm_client_index(t, cli));
    dm_client_drop_suspect(t, cli);
    dm_client_drop_suspect(t, cli);
    assert_int_equal(w.cleared, 1);
    dm_client_table_free(t);
    dm_client_table_free(NULL);
}

/* The oldest goes, but who was seen again has a second chance. */
static void the_oldest_that_was_not_seen_again_goes_first(void **state)
{
    struct watch w;
    struct dm_client_table *t = new_table(MIB, &w);
    uint64_t n = 0;
    uint32_t now = 100000;

    (void)state;
    while (w.evicted == 0) {
        get(t, n++, now);
        now += 60;
    }
    assert_memory_equal(w.last, addr_of(0).b, 16);
    get(t, 1, now); /* the oldest is used again */
    get(t, n++, now);
    assert_true(knows(t, 1));
    assert_memory_equal(w.last, addr_of(2).b, 16);
    dm_index at = 0;
    assert_memory_equal(dm_client_next(t, &at)->addr.b, addr_of(3).b, 16);
    assert_memory_equal(dm_client_next(t, &at)->addr.b, addr_of(4).b, 16);
    struct dm_client *newest = NULL, *next;
    while ((next = dm_client_next(t, &at)) != NULL) {
        newest = next;
    }
    assert_memory_equal(newest->addr.b, addr_of(n - 1).b, 16);
    assert_false(newest->again);
    while (knows(t, 1)) { /* a second one only: it is not seen any more */
        get(t, n++, now);
    }
    assert_false(knows(t, n / 2));
    dm_client_table_free(t);
}

static void against_a_hash_table(void **state)
{
    GHashTable *seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    static int64_t number[4000];
    struct test_rng rng;
    struct watch w;
    struct dm_client_table *t = new_table(64 * MIB, &w);

    (void)state;
    test_rng_init(&rng, "client table", 31337);
    for (int i = 0; i < 4000; i++) {
        number[i] = (int64_t)i;
    }
    for (int step = 0; step < 60000; step++) {
        uint64_t n = test_rng_below(&rng, 4000);
        struct dm_client *cli = get(t, n, (uint32_t)step);
        assert_non_null(cli);
        cli->seen++;
        gintptr times = GPOINTER_TO_INT(g_hash_table_lookup(seen, &number[n]));
        g_hash_table_insert(seen, &number[n], GINT_TO_POINTER((int)times + 1));
        assert_int_equal(cli->seen, times + 1);
    }
    assert_int_equal(dm_client_table_len(t), g_hash_table_size(seen));
    size_t n = 0;
    uint32_t last = 0;
    for (dm_index at = 0; dm_client_next(t, &at) != NULL; n++) {
        assert_true(dm_client_rest_at(t, at)->first_s >= last); /* in order of arrival */
        last = dm_client_rest_at(t, at)->first_s;
    }
    assert_int_equal(n, dm_client_table_len(t));
    assert_int_equal(w.evicted, 0);
    dm_client_table_free(t);
    g_hash_table_unref(seen);
}

/* A flood of ten times what fits: the cap holds at every step, suspects stay. */
static void a_flood_of_forged_addresses(void **state)
{
    struct test_rng rng;
    struct watch w;
    size_t cap = 2 * MIB, fit = cap / (sizeof(struct dm_client) + sizeof(struct dm_client_rest));
    struct dm_client_table *t = new_table(cap, &w);

    (void)state;
    test_rng_init(&rng, "forged addresses", 666);
    for (uint64_t i = 0; i < 200; i++) {
        struct dm_client *cli = get(t, i, 1000);
        assert_non_null(dm_client_make_suspect(t, cli));
        dm_client_keep(t, cli, 1000 + 86400);
    }
    for (size_t i = 0; i < 10 * fit; i++) {
        assert_non_null(
            get(t, (1ULL << 40) + test_rng_next(&rng) % (1ULL << 40), 1000 + (uint32_t)(i / 100)));
        assert_true(dm_client_table_bytes(t) <= cap);
    }
    for (uint64_t i = 0; i < 200; i++) {
        assert_true(knows(t, i));
    }
    assert_int_equal(dm_client_table_counts(t)->evicted_kept, 0);
    assert_true(dm_client_table_counts(t)->evicted > 8 * fit);
    assert_int_equal(w.cleared, 0);
    dm_client_table_free(t);
}

static void nothing_but_suspects_is_counted(void **state)
{
    struct watch w;
    size_t cap = MIB;
    struct dm_client_table *t = new_table(cap, &w);
    unsigned made = 0;

    (void)state;
    for (uint64_t i = 0; i < 30000; i++) {
        struct dm_client *cli = get(t, i, 1000);
        assert_non_null(cli);
        made += dm_client_make_suspect(t, cli) != NULL;
        dm_client_keep(t, cli, 90000);
        assert_true(dm_client_table_bytes(t) <= cap);
    }
    const struct dm_client_counts *c = dm_client_table_counts(t);
    assert_true(made > 1000);
    assert_true(c->evicted_kept > 0);
    assert_int_equal(c->evicted, c->evicted_kept);
    assert_true(c->created - c->evicted == dm_client_table_len(t));
    dm_client_table_free(t);
}

/* A suspicion that has lapsed makes room for a new one, one that holds does not. */
static void room_for_one_more_suspect(void **state)
{
    struct watch w;
    size_t cap = MIB;
    struct dm_client_table *t = new_table(cap, &w);
    uint64_t n = 0;

    (void)state;
    for (uint64_t i = 0; i < 4000; i++) {
        get(t, i, 1000);
    }
    assert_non_null(dm_client_make_suspect(t, get(t, 0, 1000)));
    while (dm_client_charge(t, 4096) == 0) {
        continue; /* the rest of the memory is used for something else */
    }
    uint64_t refused = dm_client_table_counts(t)->refused;
    dm_client_keep(t, get(t, 0, 1000), 1000000);
    for (struct dm_client *cli; (cli = get(t, ++n, 1000)) && dm_client_make_suspect(t, cli);) {
        dm_client_keep(t, cli, n == 7 ? 5000 : 1000000);
    }
    assert_true(n > 200 && n < 4000); /* one chunk of them */
    assert_int_equal(dm_client_table_counts(t)->refused, refused + 1);
    assert_null(dm_client_make_suspect(t, get(t, n, 4999)));
    assert_int_equal(dm_client_table_counts(t)->refused, refused + 1); /* the same client */
    assert_null(dm_client_make_suspect(t, get(t, n + 1, 4999)));
    assert_int_equal(dm_client_table_counts(t)->refused, refused + 2);
    assert_int_equal(w.cleared, 0);
    assert_non_null(dm_client_make_suspect(t, get(t, n, 5000))); /* 7 is suspected until 5000 */
    assert_int_equal(w.cleared, 1);
    assert_null(dm_client_suspect(t, get(t, 7, 5000)));
    dm_client_table_free(t);
}

/* Random states, drops and evictions: what was charged is given back to the last byte. */
static void the_account_returns_to_zero(void **state)
{
    struct test_rng rng;
    struct watch w;
    size_t cap = MIB;
    struct dm_client_table *t = new_table(cap, &w);

    (void)state;
    test_rng_init(&rng, "charges", 12);
    size_t held = 0;
    for (uint32_t step = 0; step < 50000; step++) {
        struct dm_client *cli = get(t, test_rng_below(&rng, 20000), step);
        struct dm_suspect *sus = cli ? dm_client_make_suspect(t, cli) : NULL;
        if (sus) {
            struct held *h = (struct held *)(sus + 1);
            uint64_t more = test_rng_below(&rng, 500);
            h->bytes += dm_client_charge(t, (ptrdiff_t)more) == 0 ? more : 0;
        }
        if (cli && test_rng_below(&rng, 4) == 0) {
            dm_client_drop_suspect(t, cli);
        }
        assert_true(dm_client_table_bytes(t) <= cap);
    }
    size_t before = dm_client_table_bytes(t);
    struct dm_client *cli;
    for (dm_index at = 0; (cli = dm_client_next(t, &at)) != NULL;) {
        struct dm_suspect *sus = dm_client_suspect(t, cli);
        held += sus ? ((struct held *)(sus + 1))->bytes : 0;
        dm_client_drop_suspect(t, cli);
    }
    assert_true(held > 0);
    assert_int_equal(before - dm_client_table_bytes(t), held);
    dm_client_table_free(t);
}

/* What a client of the shrinking table must still have. */
static void check_client(struct dm_client_table *t, struct dm_client *cli)
{
    uint64_t n;
    struct dm_suspect *sus = dm_client_suspect(t, cli);

    memcpy(&n, cli->addr.b + 8, sizeof n);
    assert_ptr_equal(dm_client_find(t, &cli->addr), cli);
    assert_int_equal(cli->today.mx, n);
    assert_int_equal(sus != NULL, n % 5 == 0);
    if (sus) {
        assert_int_equal(sus->owner, dm_client_index(t, cli));
        assert_int_equal(sus->total.a, n);
        assert_int_equal(((struct held *)(sus + 1))->bytes, n % 100);
    }
}

/* 10,000 clients in a random order of arrival, every fifth a suspect until 5000. */
static void fill_to_shrink(struct dm_client_table *t)
{
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t n = i * 7919 % 10000;
        struct dm_client *cli = get(t, n, 1000);
        cli->today.mx = (uint32_t)n;
        if (n % 5 == 0) {
            struct dm_suspect *sus = dm_client_make_suspect(t, cli);
            sus->total.a = (uint32_t)n;
            ((struct held *)(sus + 1))->bytes = n % 100;
            assert_int_equal(dm_client_charge(t, (ptrdiff_t)(n % 100)), 0);
            dm_client_keep(t, cli, 5000);
        } else if (n % 5 == 1) {
            get(t, n, 1001); /* seen again */
        }
    }
}

/* The cap holds at once, the memory is the table's no more, and who is left is as before: first the
 * 6,000 that were seen once went, then those seen again, at last suspects. */
static void a_smaller_cap_is_kept_at_once(void **state)
{
    static const struct {
        size_t cap;
        uint32_t now_s;
        bool seen_once, seen_again, suspects; /* whether all of them are left */
    } rows[] = {
        {64 * MIB, 2000, true, true, true},        {MIB + MIB / 4, 2000, false, true, true},
        {MIB - MIB / 4, 2000, false, false, true}, {MIB / 4, 2000, false, false, false},
        {MIB / 4, 5000, false, true, false},       {0, 2000, false, false, false},
    };
    (void)state;
    FOR_ROWS(row, rows)
    {
        unsigned left[3] = {0}, before = 0;
        struct watch w;
        struct dm_client_table *t = new_table(64 * MIB, &w);
        fill_to_shrink(t);
        size_t bytes = dm_client_table_bytes(t);
        bool freed = dm_client_table_resize(t, row->cap, row->now_s);
        assert_int_equal(freed, row->cap < bytes);
        assert_true(row->cap == 0 || dm_client_table_bytes(t) <= row->cap);
        struct dm_client *cli;
        for (dm_index at = 0; (cli = dm_client_next(t, &at)) != NULL;) {
            unsigned arrival = cli->today.mx * 7679u % 10000; /* the inverse of 7919 */
            check_client(t, cli);
            assert_true(before <= arrival);
            before = arrival;
            left[cli->today.mx % 5 == 0 ? 2 : cli->today.mx % 5 == 1]++;
        }
        assert_int_equal(left[0] == 6000, row->seen_once);
        assert_int_equal(left[1] == 2000, row->seen_again);
        assert_int_equal(left[2] == 2000, row->suspects);
        assert_int_equal(w.evicted, 10000 - dm_client_table_len(t));
        assert_int_equal(dm_client_table_counts(t)->evicted_kept,
                         row->now_s < 5000 ? 2000 - left[2] : 0);
        for (uint64_t i = 0; i < 3000; i++) { /* it goes on */
            cli = get(t, 20000 + 5 * i + 1, 3000);
            assert_true(row->cap == 0 || (cli && dm_client_table_bytes(t) <= row->cap));
        }
        dm_client_table_free(t);
    }
}

/* Ten old ones with an incident, then a flood of suspects: those stay for whom there is room, the
 * ten among them. */
static void who_has_an_incident_goes_last(void **state)
{
    struct watch w;
    struct dm_client_table *t = new_table(8 * MIB, &w);

    (void)state;
    for (uint64_t i = 0; i < 10000; i++) {
        struct dm_client *cli = get(t, i, (uint32_t)(1000 + i));
        assert_non_null(dm_client_make_suspect(t, cli));
        dm_client_rest(t, cli)->keep_until_s = (uint32_t)(1000 + i) + (i < 10 ? 90000 : 3600);
    }
    dm_client_table_resize(t, MIB, 11000);
    assert_true(dm_client_table_len(t) > 1000 && dm_client_table_len(t) < 9000);
    for (uint64_t i = 0; i < 10; i++) {
        assert_true(knows(t, i));
    }
    dm_client_table_resize(t, 0, 11000);
    assert_int_equal(dm_client_table_len(t), 0);
    dm_client_table_free(t);
}

/* Up and down at random: against what every client should have. */
static void shrunk_at_random(void **state)
{
    struct test_rng rng;
    struct watch w;
    struct dm_client_table *t = new_table(4 * MIB, &w);

    (void)state;
    test_rng_init(&rng, "smaller caps", 99);
    for (int step = 0; step < 200; step++) {
        size_t cap = MIB / 8 + test_rng_below(&rng, 4 * MIB);
        for (uint64_t i = test_rng_below(&rng, 5000); i > 0; i--) {
            uint64_t n = test_rng_below(&rng, 1 << 20);
            struct dm_client *cli = get(t, n, (uint32_t)step);
            cli->today.mx = (uint32_t)n;
            if (n % 5 == 0 && dm_client_make_suspect(t, cli)) {
                dm_client_suspect(t, cli)->total.a = (uint32_t)n;
                dm_client_keep(t, cli, (uint32_t)step + (uint32_t)test_rng_below(&rng, 50));
            }
        }
        dm_client_table_resize(t, cap, (uint32_t)step);
        assert_true(dm_client_table_bytes(t) <= cap);
        size_t n = 0;
        struct dm_client *cli;
        for (dm_index at = 0; (cli = dm_client_next(t, &at)) != NULL; n++) {
            struct dm_suspect *sus = dm_client_suspect(t, cli);
            assert_ptr_equal(dm_client_find(t, &cli->addr), cli);
            assert_true(!sus ||
                        (sus->total.a == cli->today.mx && sus->owner == dm_client_index(t, cli)));
        }
        assert_int_equal(n, dm_client_table_len(t));
    }
    dm_client_table_free(t);
}

static void packed_and_unpacked(void **state)
{
    struct watch wa, wb;
    struct dm_client_table *a = new_table(MIB, &wa), *b = new_table(MIB, &wb);
    struct dm_buf buf = {0};

    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        struct dm_client *cli = get(a, i * 7 % 100, (uint32_t)(1000 + 60 * i));
        cli->today.mx = (uint32_t)i;
        cli->role = 3;
    }
    for (dm_index at = 0; dm_client_next(a, &at) != NULL;) {
        dm_client_pack(&buf, a, at);
    }
    struct dm_unpacker in = {buf.p, buf.n, NULL};
    for (dm_index at = 0; dm_client_next(a, &at) != NULL;) {
        struct dm_client *cli = dm_client_at(a, at);
        struct dm_client *copy = dm_client_unpack(&in, b);
        assert_non_null(copy);
        assert_memory_equal(copy->addr.b, cli->addr.b, 16);
        assert_int_equal(copy->today.mx, cli->today.mx);
        assert_int_equal(copy->last_s, cli->last_s);
        assert_int_equal(copy->role, 0); /* looked up anew */
    }
    assert_int_equal(in.n, 0);
    dm_index first = 0;
    assert_memory_equal(dm_client_next(b, &first)->addr.b, addr_of(0).b, 16);
    struct dm_unpacker twice = {buf.p, buf.n, NULL};
    assert_null(dm_client_unpack(&twice, b));
    assert_non_null(twice.bad);
    free(buf.p);
    dm_client_table_free(a);
    dm_client_table_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_found_again),
        cmocka_unit_test(the_oldest_that_was_not_seen_again_goes_first),
        cmocka_unit_test(against_a_hash_table),
        cmocka_unit_test(a_flood_of_forged_addresses),
        cmocka_unit_test(nothing_but_suspects_is_counted),
        cmocka_unit_test(room_for_one_more_suspect),
        cmocka_unit_test(the_account_returns_to_zero),
        cmocka_unit_test(a_smaller_cap_is_kept_at_once),
        cmocka_unit_test(who_has_an_incident_goes_last),
        cmocka_unit_test(shrunk_at_random),
        cmocka_unit_test(packed_and_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
