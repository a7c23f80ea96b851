/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Minutes are told for all of event time, also empty ones, so a bin knows of every minute whether
 * its logs spoke.
 *
 * A log is silent in a bin if it says nothing at all, or nothing in minutes in which the other one
 * spoke and in which, at its rate in the others, it would have said 14 lines or more: so many
 * Poisson arrivals fail to come once in e^14 = 10^6 times.
 *
 * LIMITS: a server that mails in bursts of seconds and looks names up all the time has bins that
 * look like a gap, and they are left out. A server that nobody talks to for ten minutes is silent.
 * Source: doc/SCIENCE.md A.7, C21.
 */
#include "detect/mail_bin.h"

#include <glib.h>

/* Lines that are missed before a minute is a gap; own choice, see above. */
#define GAP_LINES 14.0

static double log_lines(const struct dm_mail_counts *m)
{
    return (double)m->connections + m->messages + m->inbound + m->outbound + m->pop3 +
           dm_mail_rejects(m);
}

bool dm_mail_bin_add(struct dm_mail_bin *bin, int64_t end_s, const struct dm_mail_counts *minute,
                     struct dm_mail_bin *ret)
{
    int64_t last_s = end_s - 1, from_s = last_s - last_s % DM_MAIL_BIN_S;
    double queries = dm_mail_queries(minute), log = log_lines(minute);

    if (bin->minutes == 0 || bin->from_s != from_s) {
        *bin = (struct dm_mail_bin){.from_s = from_s};
    }
    bin->minutes++;
    bin->only_dns += queries > 0 && log <= 0;
    bin->only_log += queries <= 0 && log > 0;
    bin->queries += queries;
    bin->log += log;
    bin->connections += minute->connections;
    bin->pop3 += minute->pop3;
    bin->messages += minute->messages;
    bin->inbound += minute->inbound;
    bin->outbound += minute->outbound;
    if (end_s % DM_MAIL_BIN_S != 0) {
        return false;
    }
    *ret = *bin;
    *bin = (struct dm_mail_bin){0};
    return true;
}

/* @lines in all minutes but @missing. */
static bool is_gap(double lines, uint32_t missing)
{
    double spoke = (double)DM_MAIL_BIN_MINUTES - missing;

    return spoke <= 0 || lines / spoke * missing >= GAP_LINES;
}

bool dm_mail_bin_usable(const struct dm_mail_bin *bin)
{
    return bin->minutes == DM_MAIL_BIN_MINUTES && bin->queries > 0 && bin->log > 0 &&
           !is_gap(bin->queries, bin->only_log) && !is_gap(bin->log, bin->only_dns);
}

void dm_mail_bin_pack(struct dm_buf *out, const struct dm_mail_bin *bin)
{
    DM_PACK(out, bin->from_s);
    DM_PACK(out, bin->minutes);
    DM_PACK(out, bin->only_dns);
    DM_PACK(out, bin->only_log);
    DM_PACK(out, bin->queries);
    DM_PACK(out, bin->log);
    DM_PACK(out, bin->connections);
    DM_PACK(out, bin->pop3);
    DM_PACK(out, bin->messages);
    DM_PACK(out, bin->inbound);
    DM_PACK(out, bin->outbound);
}

/* A count; minutes hold at most 2^32 of each, rejects of all reasons together ten times that. */
static double unpack_count(struct dm_unpacker *in)
{
    double v = dm_unpack_double(in);

    return dm_unpack_require(in, v >= 0 && v <= 1e15, "a mail server's count cannot be") ? v : 0;
}

void dm_mail_bin_unpack(struct dm_unpacker *in, struct dm_mail_bin *ret)
{
    ret->from_s = dm_unpack_seconds(in);
    DM_UNPACK(in, ret->minutes);
    DM_UNPACK(in, ret->only_dns);
    DM_UNPACK(in, ret->only_log);
    dm_unpack_require(in,
                      ret->minutes < 2 * DM_MAIL_BIN_MINUTES && ret->only_dns <= ret->minutes &&
                          ret->only_log <= ret->minutes - ret->only_dns,
                      "ten minutes have others than these minutes");
    ret->queries = unpack_count(in);
    ret->log = unpack_count(in);
    ret->connections = unpack_count(in);
    ret->pop3 = unpack_count(in);
    ret->messages = unpack_count(in);
    ret->inbound = unpack_count(in);
    ret->outbound = unpack_count(in);
}
