/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is said of a mail server in numbers: the figures that the papers tabulate (doc/SCIENCE.md
 * A.6 to A.11). A group that nobody filled is left out of the event; a number inside a group that
 * could not be had is NAN, and null in the event.
 */
#ifndef DM_SERVER_FIGURES_H
#define DM_SERVER_FIGURES_H

/** Groups, as in an event: dnsmon.mail, .rejects, .regression, .cache, .unresolved. */
enum dm_figure_group {
    DM_FIG_MAIL = 1 << 0,
    DM_FIG_REJECTS = 1 << 1,
    DM_FIG_REGRESSION = 1 << 2,
    DM_FIG_CACHE = 1 << 3,
    DM_FIG_UNRESOLVED = 1 << 4
};

struct dm_figures {
    unsigned groups;                                 /**< enum dm_figure_group */
    double connections, messages, efficiency, peers; /**< mail; efficiency: 0..1; peers: distinct */
    double user_unknown, relay_denied, recipient_rejected, other; /**< rejects */
    double m, m_pop3, intercept, r2, q, n, k, bins;               /**< regression (A.7) */
    double cache_efficiency;                                      /**< cache (A.11), -1..1 */
    double unresolved_total, unresolved, unresolved_share, unresolved_r2; /**< unresolved (A.6) */
};

struct dm_mail_counts;

/** dm_figures_rejects() - group rejects from what a server did: three reasons as the papers have
 * them, and all others. */
void dm_figures_rejects(const struct dm_mail_counts *c, struct dm_figures *ret);

#endif
