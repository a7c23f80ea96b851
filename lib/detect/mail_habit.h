/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a mail server does on one type of day, working day or holiday: the look-ups and the messages
 * that its connections call for, and by how much it is off.
 */
#ifndef DM_DETECT_MAIL_HABIT_H
#define DM_DETECT_MAIL_HABIT_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/mail_bin.h"
#include "stats/moments.h"
#include "stats/noise.h"
#include "stats/regress.h"
#include "util/pack.h"

/** Bins that a fit must rest on before it is believed: S4's own sample, a day (S4 Figure 2). */
#define DM_HABIT_BINS 144

/** Zeroed: nothing known. */
struct dm_mail_habit {
    struct dm_regress model;      /**< queries over connections and POP3 log-ins */
    struct dm_moments yield;      /**< messages over connections */
    struct dm_noise noise;        /**< of the queries; from DM_HABIT_BINS on */
    double connections, outbound; /**< sums, faded as the model */
    uint32_t bins;                /**< that it learned from */
    int64_t last_s;               /**< beginning of its last bin */
};

/** A bin, compared with the habit. */
struct dm_mail_judged {
    struct dm_regress_fit fit;
    double expected; /**< queries */
    double z;        /**< deviations from that */
    double fresh;    /**< of them: not inherited of the bin before */
};

/** dm_mail_habit_judge() - compare a bin.   Returns: whether there is a fit to compare it with. */
bool dm_mail_habit_judge(const struct dm_mail_habit *h, const struct dm_regress_how *how,
                         const struct dm_mail_bin *bin, struct dm_mail_judged *ret);

/**
 * dm_mail_habit_learn() - a bin of a quiet time. Of one that is far off only DM_NOISE_LIMIT
 * deviations are learned.
 * @judged:  what dm_mail_habit_judge() said; NULL: there was no fit.
 * @forget:  of what was learned before, 0..1; the noise's too.
 * Returns:  whether it was counted.
 */
bool dm_mail_habit_learn(struct dm_mail_habit *h, const struct dm_regress_how *how,
                         const struct dm_mail_bin *bin, const struct dm_mail_judged *judged,
                         double forget);

/** dm_mail_habit_next() - the bin is over, learned or not. */
void dm_mail_habit_next(struct dm_mail_habit *h, const struct dm_mail_bin *bin,
                        const struct dm_mail_judged *judged);

/** dm_mail_habit_fade() - weigh its sums by @forget: a bin was learned on the other type of day. */
void dm_mail_habit_fade(struct dm_mail_habit *h, double forget);

/** dm_mail_habit_messages() - messages that so many connections bring, at least 0. */
double dm_mail_habit_messages(const struct dm_mail_habit *h, double connections);

/** dm_mail_habit_outbound() - of them: from inside. */
double dm_mail_habit_outbound(const struct dm_mail_habit *h, double connections);

/** dm_mail_habit_pack() - to a state file.  dm_mail_habit_unpack() - from one. */
void dm_mail_habit_pack(struct dm_buf *out, const struct dm_mail_habit *h);
void dm_mail_habit_unpack(struct dm_unpacker *in, struct dm_mail_habit *ret);

#endif
