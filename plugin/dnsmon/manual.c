/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * dnsmon manual - the pages in doc/ that are generated from the library's tables.
 * LIMITS: for the maintainers: tests/checks/check_docs.sh compares the pages with it.
 * Source: -
 */
#include <stdlib.h>

#include "dnsmon/dnsmon.h"
#include "options.h"
#include "output.h"

int command_manual(const struct command *cmd, int argc, char **argv)
{
    struct options o;
    int status;

    if (!options_read(cmd, argc, argv, &o, &status)) {
        return status;
    }
    char *text = o.n_files ? dnsmon_manual(o.files[0]) : NULL;
    if (!text) {
        return output_usage(cmd, "%s: there is no such page: configuration or events",
                            o.n_files ? o.files[0] : "(no page)");
    }
    status = output_text(text) < 0 ? EXIT_IO : EXIT_DONE;
    free(text);
    return status;
}
