/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The papers' arithmetic of a mail server's look-ups (doc/SCIENCE.md A.7, A.11): a received message
 * costs 2 of them, a sent one 2 + k·n, so that m = 2 + k·n·(1 - q) for each SMTP connection.
 * k: look-ups for each destination domain (S4: 2, MX and A; S2: 2 or 4); n: destination domains of
 * a sent message; q: share of the connections that send nothing out, 1 - sent / connections. That
 * is the papers' share of received messages when each connection carries one; where some carry
 * none, only this q gives n back, because m is for each connection.
 */
#ifndef DM_STATS_MAIL_MODEL_H
#define DM_STATS_MAIL_MODEL_H

#include <stdint.h>

/** dm_mail_model_q() - share of connections that send nothing out, 0..1; NAN without any. */
double dm_mail_model_q(double connections, double sent);

/** dm_mail_model_m() - look-ups for each connection.   Returns: 2 at @q = 1. */
double dm_mail_model_m(double n, double k, double q);

/**
 * dm_mail_model_n() - destination domains of a sent message, from a measured m.
 * Returns: (m - 2) / (k·(1 - q)); NAN if nothing was sent (q = 1), k is not above 0 or m is
 * below 2. Error:   d n / n = d q / (1 - q): use the q that was measured, 0.5 only where the papers
 * did.
 */
double dm_mail_model_n(double m, double k, double q);

/**
 * dm_mail_model_cache() - DNS cache efficiency, 1 - observed / calculated look-ups.
 * Returns: -1..1 (clamped); below 0 the model is stale or something else asks; NAN if @calculated
 * is not above 0.
 */
double dm_mail_model_cache(double observed, double calculated);

#endif
