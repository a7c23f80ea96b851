/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Many bytes at once, both ways of the machine's word and of SSE2, against a loop; an IPv4 address
 * read at once against inet_pton(). A failing case is repeated with DM_TEST_SEED=<printed seed>.
 */
#include "parse_case.h"

#include <arpa/inet.h>

#include "util/addr_v4.h"

/* Bytes at the edges of what is asked. */
static char edge_byte(GRand *r)
{
    static const unsigned char edges[] = {0,   1,   '\n', 0x1f, ' ',  '!',  '.',  '/',
                                          '0', '9', ':',  'a',  0x7f, 0x80, 0x81, 0xff};

    return (char)(g_rand_boolean(r) ? edges[g_rand_int_range(r, 0, G_N_ELEMENTS(edges))]
                                    : g_rand_int_range(r, 0, 256));
}

static void masks_are_those_of_a_loop(void **state)
{
    GRand *r = g_rand_new_with_seed(seed_of_run());
    char a[DM_BYTES_32], b[DM_BYTES_32];

    (void)state;
    for (int k = 0; k < ROUNDS; k++) {
        uint32_t word = 0, find = 0, same = 0;
        char c = edge_byte(r);
        for (unsigned i = 0; i < DM_BYTES_32; i++) {
            a[i] = edge_byte(r);
            b[i] = g_rand_boolean(r) ? a[i] : (char)(a[i] ^ 1 << g_rand_int_range(r, 0, 8));
            word |= (uint32_t)(a[i] > ' ' && (unsigned char)a[i] < 0x80) << i;
            find |= (uint32_t)(a[i] == c) << i;
            same |= (uint32_t)(a[i] == b[i]) << i;
        }
        assert_int_equal(dm_bytes_word32(a), word);
        assert_int_equal(dm_bytes_find32(a, c), find);
        assert_int_equal(dm_bytes_same32(a, b), same);
        assert_int_equal(dm_plain_word16(a) | dm_plain_word16(a + 16) << 16, word);
        assert_int_equal(dm_plain_find16(a, c) | dm_plain_find16(a + 16, c) << 16, find);
        assert_int_equal(dm_plain_same16(a, b) | dm_plain_same16(a + 16, b + 16) << 16, same);
    }
    g_rand_free(r);
}

/* Of each length, with each byte another one, in memory of exactly that size. */
static void equal_sees_each_byte(void **state)
{
    (void)state;
    for (size_t n = 0; n < 100; n++) {
        char *a = malloc(n + 1), *b = malloc(n + 1);
        a = realloc(a, n ? n : 1);
        b = realloc(b, n ? n : 1);
        memset(a, 'x', n);
        memset(b, 'x', n);
        assert_true(dm_bytes_equal_any(a, b, n));
        for (size_t i = 0; i < n; i++) {
            b[i] = 'y';
            assert_false(dm_bytes_equal_any(a, b, n));
            b[i] = 'x';
        }
        free(a);
        free(b);
    }
}

/* A number of an address, now and then none. */
static void add_number(GRand *r, GString *s)
{
    static const char *const odd[] = {"",    "00",   "01",   "256", "260", "300",
                                      "999", "1000", "0255", "x",   "1x",  "-1"};
    static const char *const edges[] = {"0",   "9",   "10",  "99",  "100",
                                        "199", "200", "249", "250", "255"};
    int kind = g_rand_int_range(r, 0, 12);

    if (kind == 0) {
        g_string_append(s, odd[g_rand_int_range(r, 0, G_N_ELEMENTS(odd))]);
    } else if (kind < 6) {
        g_string_append(s, edges[g_rand_int_range(r, 0, G_N_ELEMENTS(edges))]);
    } else {
        g_string_append_printf(s, "%d", g_rand_int_range(r, 0, 256));
    }
}

/* What @text, of 16 bytes, begins with: an address by inet_pton(), which is as strict, up to the
 * first byte that is neither digit nor dot. */
static size_t expected(const char *text, uint8_t ret[4])
{
    char copy[DM_BYTES_16 + 1];
    size_t n = 0;

    while (n < DM_BYTES_16 && ((text[n] >= '0' && text[n] <= '9') || text[n] == '.')) {
        copy[n] = text[n];
        n++;
    }
    copy[n] = '\0';
    return n < DM_BYTES_16 && inet_pton(AF_INET, copy, ret) == 1 ? n : 0;
}

static void addresses_are_those_of_inet_pton(void **state)
{
    static const char behind[] = "#:,) \n/a0.123456789";
    GRand *r = g_rand_new_with_seed(seed_of_run());
    int read = 0;

    (void)state;
    for (int k = 0; k < 20 * ROUNDS; k++) {
        GString *s = g_string_new(NULL);
        for (int i = 0; i < 4; i++) {
            add_number(r, s);
            g_string_append(s, i < 3 && g_rand_int_range(r, 0, 40) ? "." : "");
        }
        while (s->len < DM_BYTES_16) {
            g_string_append_c(s, behind[g_rand_int_range(r, 0, sizeof behind - 1)]);
        }
        struct dm_addr a;
        const char *next = NULL;
        uint8_t v4[4];
        size_t n = expected(s->str, v4);
#ifdef DM_BYTES_SSE2
        bool is = dm_v4_read16(s->str, &a, &next);
        if (is != (n > 0) ||
            (is && (next != s->str + n || memcmp(a.b + 12, v4, 4) != 0 || !dm_addr_is_v4(&a)))) {
            print_error("%s\n", s->str);
            fail();
        }
#endif
        if (n) {
            assert_ptr_equal(dm_addr_read_v4(s->str, s->str + DM_BYTES_16, &a), s->str + n);
            assert_memory_equal(a.b + 12, v4, 4);
            read++;
        }
        g_string_free(s, TRUE);
    }
    assert_in_range(read, ROUNDS, 19 * ROUNDS); /* the law is not about nothing */
    g_rand_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_are_those_of_a_loop),
        cmocka_unit_test(equal_sees_each_byte),
        cmocka_unit_test(addresses_are_those_of_inet_pton),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
