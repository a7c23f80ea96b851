/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What fields_figures.c makes getters of: a mail server's figures and the daily summary.
 */
#ifndef DM_EVENT_FIELDS_FIGURES_H
#define DM_EVENT_FIELDS_FIGURES_H

#include "event/getters.h"

/** X(getter, group, member of struct dm_figures) */
#define DM_FIGURE_FIELDS(X)                                                                        \
    X(mail_connections, MAIL, connections)                                                         \
    X(mail_messages, MAIL, messages)                                                               \
    X(mail_efficiency, MAIL, efficiency)                                                           \
    X(mail_peers, MAIL, peers)                                                                     \
    X(rejects_user_unknown, REJECTS, user_unknown)                                                 \
    X(rejects_relay_denied, REJECTS, relay_denied)                                                 \
    X(rejects_recipient_rejected, REJECTS, recipient_rejected)                                     \
    X(rejects_other, REJECTS, other)                                                               \
    X(regression_m, REGRESSION, m)                                                                 \
    X(regression_m_pop3, REGRESSION, m_pop3)                                                       \
    X(regression_intercept, REGRESSION, intercept)                                                 \
    X(regression_r2, REGRESSION, r2)                                                               \
    X(regression_q, REGRESSION, q)                                                                 \
    X(regression_n, REGRESSION, n)                                                                 \
    X(regression_k, REGRESSION, k)                                                                 \
    X(regression_bins, REGRESSION, bins)                                                           \
    X(cache_efficiency, CACHE, cache_efficiency)                                                   \
    X(unresolved_total, UNRESOLVED, unresolved_total)                                              \
    X(unresolved_unresolved, UNRESOLVED, unresolved)                                               \
    X(unresolved_share, UNRESOLVED, unresolved_share)                                              \
    X(unresolved_r2, UNRESOLVED, unresolved_r2)

/** X(getter, list of struct dm_event_summary, its length) */
#define DM_TOP_FIELDS(X)                                                                           \
    X(top_mx, mx, n_mx)                                                                            \
    X(top_total, total, n_total)

/** X(getter, which of struct dm_event_summary's two, bytes of a prefix) */
#define DM_PREFIX_FIELDS(X)                                                                        \
    X(prefix_1, prefix, 1)                                                                         \
    X(prefix_2, prefix, 2)                                                                         \
    X(prefix_3, prefix, 3)                                                                         \
    X(prefix_4, prefix, 4)                                                                         \
    X(prefix_5, prefix, 5)                                                                         \
    X(prefix_site_1, site_prefix, 1)                                                               \
    X(prefix_site_2, site_prefix, 2)                                                               \
    X(prefix_site_3, site_prefix, 3)                                                               \
    X(prefix_site_4, site_prefix, 4)                                                               \
    X(prefix_site_5, site_prefix, 5)

#endif
