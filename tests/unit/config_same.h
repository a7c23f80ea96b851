/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For the tests of the configuration: load a text, and compare two configurations.
 */
#ifndef DM_TEST_CONFIG_SAME_H
#define DM_TEST_CONFIG_SAME_H

#include <stdlib.h>
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "monitor/config.h"
#include "monitor/settings.h"
#include "testlib.h"

static inline struct dnsmon_config *load(const char *text)
{
    struct dnsmon_config *cfg = NULL;
    char why[DNSMON_ERRLEN] = "";

    if (dm_config_from_text("t.conf", text, strlen(text), &cfg, why, sizeof why) < 0) {
        fail_msg("refused: %s", why);
    }
    return cfg;
}

/* The same keys with the same values, wherever they were set. */
static inline void assert_same_settings(const struct dnsmon_config *a,
                                        const struct dnsmon_config *b)
{
    assert_int_equal(a->set->n, b->set->n);
    for (size_t i = 0; i < a->set->n; i++) {
        assert_string_equal(a->set->v[i].key, b->set->v[i].key);
        assert_string_equal(a->set->v[i].value, b->set->v[i].value);
        assert_int_equal(a->set->v[i].section, b->set->v[i].section);
    }
    assert_memory_equal(a->enabled, b->enabled, sizeof a->enabled);
    assert_memory_equal(a->det, b->det, sizeof a->det);
    assert_true(a->memory_bytes == b->memory_bytes && a->rates.hold_s == b->rates.hold_s &&
                a->rates.rate_per_h == b->rates.rate_per_h && a->budget == b->budget);
}

static inline void assert_round_trip(const struct dnsmon_config *cfg)
{
    char *text = dnsmon_config_text(cfg);
    struct dnsmon_config *again = load(text);
    char *text2 = dnsmon_config_text(again);

    assert_same_settings(cfg, again);
    struct dnsmon_config *third = load(text2);
    char *text3 = dnsmon_config_text(third);
    assert_string_equal(text2, text3); /* nothing creeps in */
    free(text);
    free(text2);
    free(text3);
    dnsmon_config_free(again);
    dnsmon_config_free(third);
}

#endif
