/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Figures of mail servers in the three forms: four decimals, null where there is too little data,
 * groups that nobody filled.
 *
 * LIMITS: every field's place is test_event_json's business.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include <glib.h>

#include "event/fields.h"
#include "event_sample.h"
#include "util/text.h"

/** Too little data for a figure: null in the JSON, nothing in the short forms; a group that nobody
 * filled is not there at all. */
static void figures_may_be_null(void **state)
{
    struct dnsmon_event *ev = dm_event_new();

    (void)state;
    ev->figures = sample_figures();
    ev->figures.groups = DM_FIG_MAIL | DM_FIG_REGRESSION;
    ev->figures.efficiency = ev->figures.peers = NAN;
    ev->figures.m = ev->figures.r2 = ev->figures.bins = NAN;
    assert_non_null(strstr(dnsmon_event_json(ev),
                           "\"mail\":{\"connections\":18000,\"messages\":12600,"
                           "\"efficiency\":null,\"peers\":null},\"regression\":{\"m\":null,"
                           "\"m_pop3\":1.0,\"intercept\":0.05,\"r2\":null,\"q\":0.5,\"n\":6.8,"
                           "\"k\":2.0,\"bins\":null},\"suppressed\""));
    assert_null(strstr(dnsmon_event_json(ev), "unresolved"));
    assert_non_null(
        strstr(dnsmon_event_text(ev), " connections=18000 messages=12600 suppressed=0"));
    assert_non_null(strstr(dnsmon_event_sd(ev),
                           " connections=\"18000\" messages=\"12600\" m_pop3=\"1.0\" "
                           "intercept=\"0.05\" q=\"0.5\" n=\"6.8\" k=\"2.0\" suppressed="));
    dnsmon_event_free(ev);
}

static void figures_have_four_decimals(void **state)
{
    static const struct {
        double value;
        const char *text;
    } figures[] = {
        {0.99934, "0.9993"}, {8.8, "8.8"},     {0.21, "0.21"},   {1, "1.0"},     {-0.00004, "0.0"},
        {0.00006, "0.0001"}, {-0.25, "-0.25"}, {1000, "1000.0"}, {10.5, "10.5"},
    };
    char out[DM_NUMBER_STRLEN];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
        assert_string_equal(dm_text_figure(figures[i].value, out), figures[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_may_be_null),
        cmocka_unit_test(figures_have_four_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
