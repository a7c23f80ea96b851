/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix: not read yet; its program names are known so that no other parser reads its lines.
 * LIMITS: every line is of no use.
 * Source: -
 */
#include "parse/parser.h"

static int claims(struct dm_slice program)
{
    return dm_slice_starts(program, DM_SLICE("postfix")) ? 1 : program.n ? 0 : -1;
}

static enum dm_verdict parse(struct dm_slice s, struct dm_clock *clock, struct dm_record *rec,
                             const char **ret_why)
{
    (void)s;
    (void)clock;
    (void)rec;
    (void)ret_why;
    return DM_PARSE_OTHER;
}

const struct dm_parser dm_parser_postfix = {"postfix", claims, parse};
