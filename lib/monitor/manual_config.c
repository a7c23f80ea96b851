/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * doc/CONFIGURATION.md from the table of keys: what a key does, its default, range, unit and where
 * the number comes from are said once, in its row.
 *
 * LIMITS: long sentences are not wrapped; Markdown does not care.
 */
#include "monitor/manual.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/option_check.h"
#include "monitor/options.h"
#include "util/buf.h"
#include "util/value.h"

static const char head[] =
    "# Configuration\n"
    "\n"
    "<!-- Generated from the option rows in lib/; do not edit. -->\n"
    "\n"
    "One file serves every host program: `/etc/dnsmon/dnsmon.conf` unless another is named. An\n"
    "empty file works: every key has a default. `dnsmon check FILE` says what is wrong with a "
    "file,\n"
    "or prints every setting in force and where it comes from. A mistake is reported with file,\n"
    "line, key and remedy; a program that is starting then refuses to start, one that is running\n"
    "keeps what it had.\n"
    "\n"
    "* `[section]` lines and `key=value` lines (GLib key-file syntax), UTF-8.\n"
    "* A comment begins with `#`, on a line of its own or behind a value and a blank.\n"
    "* The values of a list are separated by `;`.\n"
    "* An empty value means the default; in `[signatures]`, none.\n"
    "* In texts and paths `\\s`, `\\n`, `\\t`, `\\r`, `\\\\` stand for blank, new line, tab, "
    "carriage\n"
    "  return and backslash.\n"
    "* A section or key that is not listed here, or comes twice, is a mistake.\n"
    "\n"
    "| written as | examples |\n"
    "| --- | --- |\n"
    "| duration | `90` or `90s`, `15m`, `24h`, `14d` |\n"
    "| size | `1000` (bytes), `64k`, `256M`, `2G` (powers of 1024) |\n"
    "| rate | `5/s`, `10/min`, `60/h`, `100/d` |\n"
    "| date | `2026-11-23` |\n"
    "| address or prefix | `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32` |\n"
    "\n"
    "## Example\n"
    "\n"
    "What most sites set, and nothing else is needed:\n"
    "\n"
    "```\n"
    "[site]\n"
    "networks=192.0.2.0/24;2001:db8::/32\n"
    "domains=example.edu\n"
    "timezone=UTC\n"
    "holidays=2026-11-23;2027-01-01\n"
    "\n"
    "[roles]\n"
    "mail-servers=192.0.2.25;2001:db8::25\n"
    "resolvers=192.0.2.53\n"
    "\n"
    "[hosts]\n"
    "# the mail log of mx1 and the DNS queries of these addresses are one machine's\n"
    "mx1=192.0.2.25;2001:db8::25\n"
    "\n"
    "[managers]\n"
    "192.0.2.0/24=netadmin@example.edu\n"
    "192.0.2.128/25=netadmin-b@example.edu\n"
    "```\n";

static void append_row(struct dm_buf *out, const struct dm_section *sec,
                       const struct dm_option *opt)
{
    char low[DM_VALUE_LEN], high[DM_VALUE_LEN];
    const char *what = dm_option_type_text(opt->type);

    dm_buf_printf(out, "\n### `%s`\n\n%s\n\n", opt->key, opt->doc);
    dm_buf_printf(out, "* Value: %s%s", dm_option_is_list(opt->type) ? "a list; each " : "", what);
    if (dm_value_is_number(opt->type)) {
        dm_buf_printf(out, ", `%s` to `%s`", dm_value_format(opt->type, opt->min, low),
                      dm_value_format(opt->type, opt->max, high));
        dm_buf_text(out, strcmp(opt->deflt, "auto") == 0 ? ", or `auto`" : "");
    }
    if (strcmp(opt->unit, "-") != 0) {
        dm_buf_printf(out, " (unit: %s)", opt->unit);
    }
    dm_buf_char(out, '\n');
    bool free_key = sec->free_keys && opt == sec->rows;
    if (!free_key && opt->deflt[0]) {
        dm_buf_printf(out, "* Default: `%s`\n", opt->deflt);
    } else if (!free_key) {
        dm_buf_text(out, "* Default: empty\n");
    }
    dm_buf_printf(out, "* Source: %s\n", opt->source);
}

char *dm_manual_configuration(void)
{
    struct dm_buf out = {0};

    dm_buf_text(&out, head);
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get(i);
        dm_buf_printf(&out, "\n## `[%s]`\n\n%s\n", sec.name, sec.doc);
        for (size_t r = 0; r < sec.n_rows; r++) {
            append_row(&out, &sec, &sec.rows[r]);
        }
    }
    return dm_buf_take(&out);
}
