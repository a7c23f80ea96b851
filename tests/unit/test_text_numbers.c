/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers and addresses written by hand against those that the C library writes: dm_text_number(),
 * dm_text_figure(), dm_addr_text(). The library's way, printf(), is what defines the result: exact
 * value, to the nearest, from the middle to the even one.
 */
#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "testlib.h"
#include "util/addr.h"
#include "util/text.h"

/* Numbers a law is tried on. */
#define ROUNDS 300000

static void want_number(double value, bool four, char *out)
{
    size_t n;

    if (!(fabs(value) < 1e15)) {
        g_ascii_dtostr(out, DM_NUMBER_STRLEN, value);
        return;
    }
    if (fabs(value) < (four ? 0.00005 : 0.005)) {
        value = 0;
    }
    g_ascii_formatd(out, DM_NUMBER_STRLEN, four ? "%.4f" : "%.2f", value);
    n = strlen(out);
    while (n > 3 && out[n - 1] == '0' && out[n - 2] != '.') {
        out[--n] = '\0';
    }
}

static void check_number(double value)
{
    char got[DM_NUMBER_STRLEN], want[DM_NUMBER_STRLEN];

    for (int four = 0; four < 2; four++) {
        want_number(value, four, want);
        if (strcmp(four ? dm_text_figure(value, got) : dm_text_number(value, got), want) != 0) {
            fail_msg("%.17g with %d decimals: %s, not %s", value, four ? 4 : 2, got, want);
        }
    }
}

static void known_numbers(void **state)
{
    /* Middles that a double can have (n/8, n/32), and decimals that it cannot: each is a little
     * above or below the middle that it looks like. Carries into the whole part. The largest. */
    static const double values[] = {
        0.125,   0.375,   -0.625,   2.5,       0.03125, 0.09375,
        0.005,   0.015,   2.675,    1.005,     0.00005, 0.00015,
        0.00025, 1e-5,    0.0049,   5e-324,    2e-308,  0.995,
        9.995,   99.999,  0.99995,  0.9999499, 999.995, 0.0,
        -0.0,    -0.0051, -0.00005, 1e15,      -1e15,   999999999999999.9,
        1e300,
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        check_number(values[i]);
        check_number(nextafter(values[i], INFINITY));
        check_number(nextafter(values[i], -INFINITY));
    }
}

/* Numbers of every kind: any bits, decimals, dyadic fractions, neighbours of middles. */
static double draw(struct test_rng *rng)
{
    uint64_t bits = test_rng_next(rng);
    double unit = (double)(bits >> 11) * 0x1p-53;

    switch (test_rng_next(rng) % 6) {
    case 0:
        memcpy(&unit, &bits, sizeof unit);
        return isfinite(unit) ? unit : 1;
    case 1:
        return (double)(bits % 2000001) / 1000 - 1000;
    case 2:
        return ldexp((double)(bits % 4096) - 2048, -(int)(bits >> 60));
    case 3:
        return unit * pow(10, -(double)(bits % 9));
    case 4:
        return nextafter((double)(bits % 3000) / 20000, bits >> 63 ? 1 : -1);
    default:
        return unit * pow(10, (double)(bits % 16));
    }
}

static void numbers_are_printf(void **state)
{
    struct test_rng rng;

    (void)state;
    test_rng_init(&rng, "numbers", 71);
    for (int i = 0; i < ROUNDS; i++) {
        check_number(draw(&rng));
    }
}

/* Zeros are frequent, so that runs of every length and place come. */
static void addresses_are_inet_ntop(void **state)
{
    struct test_rng rng;
    char got[DM_ADDR_STRLEN], want[DM_ADDR_STRLEN];

    (void)state;
    test_rng_init(&rng, "addresses", 72);
    for (int i = 0; i < ROUNDS; i++) {
        struct dm_addr a = {{0}};

        for (int k = 0; k < 16; k++) {
            uint64_t bits = test_rng_next(&rng);
            a.b[k] = bits % 5 < 3 ? 0 : (uint8_t)(bits >> 32);
        }
        if (i % 7 == 0) {
            memset(a.b, 0, 12); /* ::192.0.2.1 */
        } else if (i % 7 == 1) {
            memcpy(a.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        }
        bool v4 = dm_addr_is_v4(&a);
        inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a.b + 12 : a.b, want, sizeof want);
        if (strcmp(dm_addr_text(&a, got), want) != 0) {
            fail_msg("%s, not %s", got, want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_numbers),
        cmocka_unit_test(numbers_are_printf),
        cmocka_unit_test(addresses_are_inet_ntop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
