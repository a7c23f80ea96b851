/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration: any text is taken or refused with a reason, and what was taken is written as a
 * text that means the same.
 *
 * LIMITS:  a text that names a file of holidays is left alone: it would have the fuzzer read files
 *          of its machine. A text of 4 MiB and more is not tried.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>

static char *written(dnsmon_config_t *cfg)
{
    char *text = dnsmon_config_text(cfg);

    if (!text) {
        abort();
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        fuzz_fail("the settings as text are UTF-8", text);
    }
    return text;
}

/* The first text may name lines of the input as sources; the second names its own, and so the third
 * has to be the second. */
static void check_round_trip(dnsmon_config_t *cfg)
{
    char *text[3] = {written(cfg)};

    for (int i = 1; i < 3; i++) {
        dnsmon_config_t *again = fuzz_config_of(dm_slice_make(text[i - 1], strlen(text[i - 1])));
        if (!again) {
            fuzz_fail("the settings as text are a configuration", text[i - 1]);
        }
        text[i] = written(again);
        dnsmon_config_free(again);
    }
    if (strcmp(text[1], text[2]) != 0) {
        fuzz_fail("the settings as text mean the same", text[1]);
    }
    for (int i = 0; i < 3; i++) {
        free(text[i]);
    }
}

void fuzz_config(struct dm_slice input)
{
    if (g_strstr_len(input.p, (gssize)input.n, "holidays-file")) {
        return;
    }
    dnsmon_config_t *cfg = fuzz_config_of(input);
    if (cfg) {
        check_round_trip(cfg);
        dnsmon_config_free(cfg);
    }
}
