/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Signatures: what a step matches; law: the filter lets everything through that a step matches, and
 * nothing of a type that none wants (doc/SCIENCE.md A.4).
 */
#include <string.h>

#include <glib.h>

#include "dns/rrtype.h"
#include "dnsmon/dnsmon.h"
#include "stream/signature.h"
#include "testlib.h"

static struct dm_signatures *one(const char *text)
{
    struct dm_signatures *set = dm_signatures_new();
    char reason[600] = "";

    if (dm_signature_check(test_slice(text), reason, sizeof reason) < 0) {
        fail_msg("%s: %s", text, reason);
    }
    assert_int_equal(dm_signatures_add(set, "w", test_slice(text)), 0);
    return set;
}

static void steps(void **state)
{
    static const struct {
        const char *text, *name; /* as printed */
        uint16_t type;
        int is;
    } rows[] = {
        {"A name=?.root-servers.net", "A.ROOT-SERVERS.NET", DM_TYPE_A, 1},
        {"A name=?.root-servers.net", "m.root-servers.net.", DM_TYPE_A, 1},
        {"A name=?.root-servers.net", "ab.root-servers.net", DM_TYPE_A, 0},
        {"A name=?.root-servers.net", "..root-servers.net", DM_TYPE_A, 0},
        {"A name=?.root-servers.net", "root-servers.net", DM_TYPE_A, 0},
        {"A name=?.root-servers.net", "a.root-servers.net", DM_TYPE_AAAA, 0},
        {"A name=?.root-servers.net", "a.root-servers.net.example", DM_TYPE_A, 0},
        {"A|AAAA name=a.example|b.example.", "b.example", DM_TYPE_AAAA, 1},
        {"A|AAAA name=a.example|b.example", "c.example", DM_TYPE_A, 0},
        {"NS name=.", ".", DM_TYPE_NS, 1},
        {"NS name=.", "example", DM_TYPE_NS, 0},
        {"MX suffix=yahoo.com", "yahoo.com", DM_TYPE_MX, 1},
        {"MX suffix=yahoo.com", "Mail.Yahoo.COM", DM_TYPE_MX, 1},
        {"MX suffix=yahoo.com", "notyahoo.com", DM_TYPE_MX, 0},
        {"A prefix=mx.|mail.", "mail.example", DM_TYPE_A, 1},
        {"A prefix=mx.|mail.", "mx1.example", DM_TYPE_A, 0},
        {"A keyword=mx|mail", "mx1.example", DM_TYPE_A, 1},
        {"A keyword=mx|mail", "mail-a.example", DM_TYPE_A, 1},
        {"A keyword=mx|mail", "mailer.example", DM_TYPE_A, 0},
        {"TXT", "anything.example", DM_TYPE_TXT, 1},
        {"TYPE65280 suffix=example", "x.example", 65280, 1},
        {"a Name=b", "", 0, -1}, /* words are as they are written */
    };
    (void)state;
    FOR_ROWS(row, rows)
    {
        char reason[600];
        struct dm_name name;
        if (row->is < 0) {
            assert_true(dm_signature_check(test_slice(row->text), reason, sizeof reason) < 0);
            continue;
        }
        struct dm_signatures *set = one(row->text);
        dm_name_normalise(test_slice(row->name), &name);
        struct dm_slice normal = dm_slice_make(name.text, name.len);
        CHECK_ROW(row->name, (dm_signatures_match(set, row->type, normal) != 0) == row->is);
        if (row->is) {
            CHECK_ROW(row->name, dm_signatures_may(set, row->type, test_slice(row->name)));
        }
        assert_false(dm_signatures_may(set, DM_TYPE_HTTPS, test_slice(row->name)));
        dm_signatures_free(set);
    }
}

static void numbers(void **state)
{
    struct dm_signatures *set =
        one(" MX|A   domains=3 repeats=2 within=10m ;;PTR around=5s ; A first");
    const struct dm_signature *sig = dm_signatures_at(set, 0);

    (void)state;
    assert_int_equal(sig->n_steps, 3);
    assert_true(sig->step[0].type[0] == DM_TYPE_MX && sig->step[0].type[1] == DM_TYPE_A);
    assert_true(sig->step[0].need == 3 && sig->step[0].domains && sig->step[0].repeats == 2);
    assert_true(sig->step[0].within_us == 600000000 && !sig->step[0].around);
    assert_true(sig->step[1].within_us == 5000000 && sig->step[1].around);
    assert_true(sig->step[2].within_us == 60000000 && sig->step[2].first && sig->step[2].need == 1);
    dm_signatures_free(set);
    set = dm_signatures_new();
    for (int i = 0; i < DM_SIG_MAX; i++) {
        assert_int_equal(dm_signatures_add(set, "w", DM_SLICE("MX")), 0);
    }
    assert_int_equal(dm_signatures_add(set, "w", DM_SLICE("MX")), DNSMON_ECONFIG);
    dm_signatures_free(set);
}

/* Every shipped signature is one, and its name too. */
static void shipped(void **state)
{
    char reason[600];

    (void)state;
    for (size_t i = 1; i < DM_SIG_ROWS; i++) {
        const struct dm_option *row = &dm_signature_rows[i];
        assert_int_equal(dm_signature_check(test_slice(row->deflt), reason, sizeof reason), 0);
        assert_int_equal(dm_signature_name_check(test_slice(row->key), reason, sizeof reason), 0);
    }
}

/* Law: names made of pieces that the signatures speak of, in any case, with and without final dot.
 */
static void the_filter_loses_nothing(void **state)
{
    static const char *const pieces[] = {"a", "mx", "mail", "yahoo",   "root-servers", "net", "com",
                                         "1", "0",  "127",  "in-addr", "arpa",         "mx1", "x"};
    struct dm_signatures *set = dm_signatures_new();
    struct test_rng rng;
    int matched = 0;

    (void)state;
    for (size_t i = 1; i < DM_SIG_ROWS; i++) {
        dm_signatures_add(set, "w", test_slice(dm_signature_rows[i].deflt));
    }
    dm_signatures_add(set, "w", DM_SLICE("A|MX keyword=mail|mx; A suffix=a.net|x.net|com"));
    test_rng_init(&rng, "names and filters", 19);
    for (int i = 0; i < 100000; i++) {
        static const uint16_t types[] = {DM_TYPE_A, DM_TYPE_MX, DM_TYPE_PTR, DM_TYPE_AAAA};
        char raw[256] = "";
        for (uint64_t n = test_rng_below(&rng, 7); n-- > 0;) {
            g_strlcat(raw, pieces[test_rng_below(&rng, G_N_ELEMENTS(pieces))], sizeof raw);
            g_strlcat(raw, n || test_rng_below(&rng, 2) ? "." : "", sizeof raw);
        }
        for (char *c = raw; *c; c++) {
            *c = test_rng_below(&rng, 4) ? *c : g_ascii_toupper(*c);
        }
        uint16_t type = types[test_rng_below(&rng, 4)];
        struct dm_name name;
        dm_name_normalise(test_slice(raw), &name);
        if (dm_signatures_match(set, type, dm_slice_make(name.text, name.len))) {
            matched++;
            assert_true(dm_signatures_may(set, type, test_slice(raw)));
        }
        assert_true(type != DM_TYPE_AAAA || !dm_signatures_may(set, type, test_slice(raw)));
    }
    assert_true(matched > 1000);
    dm_signatures_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps),
        cmocka_unit_test(numbers),
        cmocka_unit_test(shipped),
        cmocka_unit_test(the_filter_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
