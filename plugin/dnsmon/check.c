/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon check - is a configuration right, and what does it say with all its defaults.
 * LIMITS: -
 * Source: doc/CONFIGURATION.md.
 */
#include <stdlib.h>

#include "dnsmon/dnsmon.h"
#include "options.h"
#include "output.h"

int command_check(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    char why[DNSMON_ERRLEN];
    dnsmon_config_t *cfg;
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    int err = dnsmon_config_load(o.n_files ? o.files[0] : o.config, &cfg, why, sizeof why);
    if (err < 0) {
        output_error("%s", why);
        return err == DNSMON_ECONFIG ? EXIT_USAGE : EXIT_IO;
    }
    char *text = dnsmon_config_text(cfg);
    status = output_text(text) < 0 ? EXIT_IO : EXIT_DONE;
    free(text);
    dnsmon_config_free(cfg);
    return status;
}
