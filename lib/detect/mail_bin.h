/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Ten minutes of a mail server, put together from its minutes: what the papers' regression and
 * efficiencies are made of.
 */
#ifndef DM_DETECT_MAIL_BIN_H
#define DM_DETECT_MAIL_BIN_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"
#include "util/pack.h"

/** Length of a bin, s (S4 Figure 2, doc/SCIENCE.md A.7), and in minutes. */
#define DM_MAIL_BIN_S 600
#define DM_MAIL_BIN_MINUTES 10

/** Zeroed: nothing yet. Whole numbers, kept as doubles for the statistics. */
struct dm_mail_bin {
    int64_t from_s;              /**< when it begins, UTC, a multiple of DM_MAIL_BIN_S */
    uint32_t minutes;            /**< that were told of */
    uint32_t only_dns, only_log; /**< in which only queries were seen; only the mail log spoke */
    double queries;              /**< DNS queries of all types: D_q */
    double log;                  /**< what was counted of the mail log */
    double connections, pop3, messages, inbound, outbound;
};

/**
 * dm_mail_bin_add() - a minute is over.
 * @end_s:  its end, event time.
 * @ret:    the bin, if the minute was its last one; the next call begins another.
 * Returns: whether it was. A bin of which minutes were not told is given up when another begins.
 */
bool dm_mail_bin_add(struct dm_mail_bin *bin, int64_t end_s, const struct dm_mail_counts *minute,
                     struct dm_mail_bin *ret);

/**
 * dm_mail_bin_usable() - whether a bin is whole and neither log was silent in it: a lost log looks
 * like an attack (doc/SCIENCE.md C21).
 */
bool dm_mail_bin_usable(const struct dm_mail_bin *bin);

/** dm_mail_bin_pack() - to a state file. */
void dm_mail_bin_pack(struct dm_buf *out, const struct dm_mail_bin *bin);

/** dm_mail_bin_unpack() - refused: negative numbers, minutes that a bin does not have. */
void dm_mail_bin_unpack(struct dm_unpacker *in, struct dm_mail_bin *ret);

#endif
