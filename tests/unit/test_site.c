/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The site: who is inside, roles, managers, host names, days.
 */
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "site/site.h"
#include "site/site_options.h"
#include "testlib.h"

static struct dm_slice slice_of(const char *s)
{
    return dm_slice_make(s, strlen(s));
}

static struct dm_prefix prefix(const char *text)
{
    struct dm_prefix p;

    assert_int_equal(dm_prefix_parse(slice_of(text), &p), 0);
    return p;
}

static void role(struct dm_site *site, enum dm_role r, const char *text)
{
    struct dm_prefix p = prefix(text);

    dm_site_add_role(site, r, &p);
}

static bool inside(const struct dm_site *site, const char *text)
{
    struct dm_prefix p = prefix(text);

    return dm_site_inside(site, &p.addr);
}

static enum dm_role role_of(const struct dm_site *site, const char *text)
{
    struct dm_prefix p = prefix(text);

    return dm_site_role(site, &p.addr);
}

static void private_ranges_are_inside_by_default(void **state)
{
    static const char *const in[] = {"10.1.2.3",    "172.16.0.1", "172.31.255.255",
                                     "192.168.9.9", "127.0.0.1",  "169.254.1.1",
                                     "fd00::1",     "fe80::1",    "::1"};
    static const char *const out[] = {"192.0.2.1",   "172.32.0.1", "100.64.0.1",
                                      "2001:db8::1", "::2",        "9.255.255.255"};
    struct dm_site *site = dm_site_new();

    (void)state;
    assert_int_equal(dm_site_seal(site, NULL), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(in); i++) {
        assert_true(inside(site, in[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(out); i++) {
        assert_false(inside(site, out[i]));
    }
    assert_non_null(dm_site_zone(site));
    assert_int_equal(role_of(site, "10.1.2.3"), DM_ROLE_USER);
    dm_site_free(site);
}

static void configured_networks_replace_the_default(void **state)
{
    struct dm_site *site = dm_site_new();
    struct dm_prefix p = prefix("192.0.2.0/24");

    (void)state;
    dm_site_add_network(site, &p);
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_true(inside(site, "192.0.2.200"));
    assert_false(inside(site, "10.1.2.3"));
    dm_site_free(site);
}

static void the_longest_role_wins(void **state)
{
    struct dm_site *site = dm_site_new();

    (void)state;
    role(site, DM_ROLE_FORWARDER, "192.0.2.0/24");
    role(site, DM_ROLE_MAIL_SERVER, "192.0.2.25");
    role(site, DM_ROLE_MAIL_SERVER, "2001:db8::25");
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_int_equal(role_of(site, "192.0.2.25"), DM_ROLE_MAIL_SERVER);
    assert_int_equal(role_of(site, "2001:db8::25"), DM_ROLE_MAIL_SERVER);
    assert_int_equal(role_of(site, "192.0.2.26"), DM_ROLE_FORWARDER);
    assert_int_equal(role_of(site, "192.0.3.26"), DM_ROLE_USER);
    dm_site_free(site);
}

static void one_prefix_has_one_role(void **state)
{
    struct dm_site *site = dm_site_new();
    struct dm_site_clash clash;

    (void)state;
    role(site, DM_ROLE_MONITOR, "192.0.2.25");
    role(site, DM_ROLE_MAIL_SERVER, "192.0.2.25/32");
    assert_int_equal(dm_site_seal(site, &clash), DNSMON_EINVAL);
    assert_false(clash.manager);
    assert_int_equal(clash.first, DM_ROLE_MAIL_SERVER);
    assert_int_equal(clash.second, DM_ROLE_MONITOR);
    assert_int_equal(clash.prefix.len, 128);
    dm_site_free(site);
}

static void every_role_has_a_name_and_a_key(void **state)
{
    (void)state;
    assert_string_equal(dm_role_name(DM_ROLE_USER), "user");
    for (int r = DM_ROLE_USER + 1; r < DM_ROLE_COUNT; r++) {
        g_autofree char *key = g_strconcat(dm_role_name((enum dm_role)r), "s", NULL);
        assert_string_equal(dm_role_rows[r - 1].key, key);
    }
}

static void managers_by_prefix(void **state)
{
    struct dm_site *site = dm_site_new();
    struct dm_prefix wide = prefix("192.0.2.0/24"), narrow = prefix("192.0.2.0/25");
    struct dm_prefix a = prefix("192.0.2.1"), b = prefix("192.0.2.129"), c = prefix("192.0.3.1");

    (void)state;
    dm_site_add_manager(site, &wide, "b@example.edu");
    dm_site_add_manager(site, &narrow, "a@example.edu");
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_string_equal(dm_site_manager(site, &a.addr), "a@example.edu");
    assert_string_equal(dm_site_manager(site, &b.addr), "b@example.edu");
    assert_null(dm_site_manager(site, &c.addr));
    dm_site_free(site);
}

static void names_under_the_domains_are_local(void **state)
{
    struct dm_site *site = dm_site_new();

    (void)state;
    assert_int_equal(dm_site_add_domain(site, DM_SLICE("Example.EDU.")), 0);
    assert_int_equal(dm_site_add_domain(site, DM_SLICE("a..b")), DNSMON_EINVAL);
    assert_int_equal(dm_site_add_domain(site, DM_SLICE("")), DNSMON_EINVAL);
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_true(dm_site_local(site, DM_SLICE("example.edu")));
    assert_true(dm_site_local(site, DM_SLICE("www.example.edu")));
    assert_false(dm_site_local(site, DM_SLICE("notexample.edu")));
    assert_false(dm_site_local(site, DM_SLICE("edu")));
    assert_false(dm_site_local(site, DM_SLICE("")));
    dm_site_free(site);
}

static void host_names_have_addresses(void **state)
{
    struct dm_site *site = dm_site_new();
    struct dm_addr a = prefix("192.0.2.25").addr, b = prefix("2001:db8::25").addr, got;

    (void)state;
    dm_site_add_host(site, DM_SLICE("mx2"), &b);
    dm_site_add_host(site, DM_SLICE("MX1"), &a);
    dm_site_add_host(site, DM_SLICE("mx1"), &b);
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_true(dm_site_host_addr(site, DM_SLICE("mx1"), 0, &got));
    assert_true(dm_addr_eq(&got, &a));
    assert_true(dm_site_host_addr(site, DM_SLICE("Mx1"), 1, &got));
    assert_true(dm_addr_eq(&got, &b));
    assert_false(dm_site_host_addr(site, DM_SLICE("mx1"), 2, &got));
    assert_true(dm_site_host_addr(site, DM_SLICE("mx2"), 0, &got));
    assert_false(dm_site_host_addr(site, DM_SLICE("mx"), 0, &got));
    assert_false(dm_site_host_addr(site, DM_SLICE("mx11"), 0, &got));
    assert_false(dm_site_host_addr(site, DM_SLICE("mx1\0"), 0, &got));
    assert_false(dm_site_host_addr(site, DM_SLICE(""), 0, &got));
    dm_site_free(site);
}

/* "mx1" in one place and "mx1.example.edu" in the other are one machine, if only one can be meant.
 */
static void host_names_short_and_whole(void **state)
{
    static const struct {
        const char *what, *host, *entry; /* entry: NULL if none is meant */
    } rows[] = {
        {"whole name, short entry", "mx1.example.edu", "mx1"},
        {"another case", "MX1.Example.EDU", "mx1"},
        {"short name, whole entry", "mx2", "mx2.example.edu"},
        {"short name, two whole entries", "mx3", NULL},
        {"its own entry comes first", "mx3.b.example", "mx3.b.example"},
        {"two whole names", "mx2.example.com", NULL},
        {"more than the first label", "mx2.example", NULL},
        {"another label", "mx11.example.edu", NULL},
        {"dots only", "..", NULL},
        {"an address is no short name", "192.0.2.9", NULL},
    };
    struct dm_site *site = dm_site_new();
    struct dm_addr a = prefix("192.0.2.25").addr;

    (void)state;
    dm_site_add_host(site, DM_SLICE("mx1"), &a);
    dm_site_add_host(site, DM_SLICE("mx2.example.edu"), &a);
    dm_site_add_host(site, DM_SLICE("mx3.a.example"), &a);
    dm_site_add_host(site, DM_SLICE("mx3.b.example"), &a);
    dm_site_add_host(site, DM_SLICE("192"), &a);
    assert_int_equal(dm_site_seal(site, NULL), 0);
    FOR_ROWS(row, rows)
    {
        unsigned at = dm_site_host_find(site, dm_slice_make(row->host, strlen(row->host)));
        const char *got = at ? dm_site_host_name(site, at) : "-";
        CHECK_ROW(row->what, g_strcmp0(got, row->entry ? row->entry : "-") == 0);
    }
    dm_site_free(site);
}

static void weekends_and_holidays(void **state)
{
    struct dm_site *site = dm_site_new();

    (void)state;
    dm_site_add_holiday(site, 20780); /* Monday 2026-11-23 */
    dm_site_add_holiday(site, 20454); /* Thursday 2026-01-01 */
    assert_int_equal(dm_site_seal(site, NULL), 0);
    assert_true(dm_site_is_holiday(site, 20780));
    assert_true(dm_site_is_holiday(site, 20454));
    assert_true(dm_site_is_holiday(site, 20779));  /* Sunday */
    assert_true(dm_site_is_holiday(site, 20778));  /* Saturday */
    assert_false(dm_site_is_holiday(site, 20777)); /* Friday */
    assert_false(dm_site_is_holiday(site, 20781)); /* Tuesday */
    assert_false(dm_site_is_holiday(site, 0));     /* Thursday 1970-01-01 */
    assert_true(dm_site_is_holiday(site, -4));     /* Sunday 1969-12-28 */
    assert_false(dm_site_is_holiday(site, -3));    /* Monday */
    dm_site_free(site);
}

static void zones(void **state)
{
    struct dm_site *site = dm_site_new();

    (void)state;
    assert_int_equal(dm_site_set_zone(site, "Nowhere/Never"), DNSMON_EINVAL);
    assert_int_equal(dm_site_set_zone(site, "UTC"), 0);
    assert_int_equal(dm_site_set_zone(site, NULL), 0);
    dm_site_free(site);
    dm_site_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_ranges_are_inside_by_default),
        cmocka_unit_test(configured_networks_replace_the_default),
        cmocka_unit_test(the_longest_role_wins),
        cmocka_unit_test(one_prefix_has_one_role),
        cmocka_unit_test(every_role_has_a_name_and_a_key),
        cmocka_unit_test(managers_by_prefix),
        cmocka_unit_test(names_under_the_domains_are_local),
        cmocka_unit_test(host_names_have_addresses),
        cmocka_unit_test(host_names_short_and_whole),
        cmocka_unit_test(weekends_and_holidays),
        cmocka_unit_test(zones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
