/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names under the site's own domains: what a search list made of a stranger's (doc/SCIENCE.md A.6,
 * F.6), with and without the subdomain being known.
 */
#include "testlib.h"

#include "dns/rrtype.h"
#include "monitor/config.h"
#include "stream/observe.h"

struct row {
    const char *qname;
    bool foreign;       /* as long as nothing is known of the label above the domain */
    bool foreign_below; /* once that has been learned */
};

/* The fixture: paper's own names; nothing configured but the domain. */
static const struct row paper[] = {
    {"hotmail.com.cc.kumamoto-u.ac.jp", true, true},
    {"gpo.cc.kumamoto-u.ac.jp", false, false},
    {"st.cs.kumamoto-u.ac.jp", false, false},
    {"www.kumamoto-u.ac.jp", false, false},
    {"kumamoto-u.ac.jp", false, false},
    {"hotmail.com.kumamoto-u.ac.jp", true, false},
    {"HotMail.COM.Kumamoto-u.ac.jp.", true, false},
    {"com.kumamoto-u.ac.jp", false, false}, /* one label */
    {"mail.gpo.cc.kumamoto-u.ac.jp", false, false},
    {"example.co.jp.kumamoto-u.ac.jp", true, false}, /* jp is the site's own */
    {"example.jp.kumamoto-u.ac.jp", true, false},
    {"example.co.uk.kumamoto-u.ac.jp", true, false}, /* co.uk is a suffix */
    {"co.uk.kumamoto-u.ac.jp", false, false},
    {"example.de.kumamoto-u.ac.jp", false, false}, /* as good as gpo.cc: the known miss */
    {"a.b.example.org.kumamoto-u.ac.jp", true, false},
    {"www.info.kumamoto-u.ac.jp", true, false}, /* until info has been learned */
    {"hotmail.com.info.kumamoto-u.ac.jp", true, true},
    {"hotmail.com.cc.cs.kumamoto-u.ac.jp", false, true}, /* cs is no top-level domain now */
    {"www.notatld.kumamoto-u.ac.jp", false, false},
    {"hotmail.com", false, false},
    {"hotmail.com.example.ac.jp", false, false}, /* another site's */
};

/* A campus whose subdomains are configured; one of them is deep, one is called like no TLD. */
static const struct row campus[] = {
    {"hotmail.com.cc.campus.example", true, true},
    {"gpo.cc.campus.example", false, false},
    {"www.info.campus.example", false, false},
    {"a.b.info.campus.example", false, false},
    {"hotmail.com.info.campus.example", true, true},
    {"hotmail.com.cs.campus.example", true, true},
    {"hotmail.com.lab.info.campus.example", true, true},
    {"x.com.lab.cc.campus.example", false, false}, /* lab.cc is not known */
    {"example.net.campus.example", true, false},
};

static void table(const char *config, const struct row *rows, size_t n)
{
    dnsmon_config_t *cfg = NULL;
    struct dm_psl *psl = dm_psl_new();
    char why[DNSMON_ERRLEN];

    assert_int_equal(dm_config_from_text("t.conf", config, strlen(config), &cfg, why, sizeof why),
                     0);
    struct dm_observer o = {cfg->site, psl, {1, 2}, DM_MARK_SITE_NAME | DM_MARK_MX};
    for (size_t i = 0; i < n; i++) {
        struct dm_record rec = {.kind = DM_REC_QUERY,
                                .has_client = true,
                                .time_us = 1000000,
                                .qname = test_slice(rows[i].qname),
                                .qtype_code = i % 2 ? DM_TYPE_MX : DM_TYPE_A,
                                .qclass_code = 1};
        struct dm_obs obs;
        struct dm_name name;
        assert_int_equal(dm_addr_parse(DM_SLICE("192.0.2.25"), &rec.client), 0);
        CHECK_ROW(rows[i].qname, dm_observe(&o, &rec, &obs, &name) == 1);
        CHECK_ROW(rows[i].qname, !(obs.bits & DM_OBS_FOREIGN) == !rows[i].foreign);
        CHECK_ROW(rows[i].qname, !(obs.bits & DM_OBS_FOREIGN_BELOW) == !rows[i].foreign_below);
        CHECK_ROW(rows[i].qname, !rows[i].foreign || (obs.marks & DM_MARK_SITE_NAME));
    }
    dm_psl_free(psl);
    dnsmon_config_free(cfg);
}

static void the_papers_fixture(void **state)
{
    (void)state;
    table("[site]\nnetworks=192.0.2.0/24\ndomains=kumamoto-u.ac.jp\n", paper, G_N_ELEMENTS(paper));
}

static void configured_subdomains(void **state)
{
    (void)state;
    table("[site]\nnetworks=192.0.2.0/24\ndomains=campus.example\nsubdomains=cc.campus.example;"
          "info.campus.example;lab.info.campus.example;cs.campus.example\n",
          campus, G_N_ELEMENTS(campus));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_papers_fixture),
        cmocka_unit_test(configured_subdomains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
