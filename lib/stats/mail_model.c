/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * S4's model of the look-ups that mail costs, and the efficiency of a cache measured against it.
 *
 * Source: S2 and S4, doc/SCIENCE.md A.7 and A.11.
 * LIMITS: today's servers ask more for a message (SPF, DKIM, DMARC, block lists): n is then a
 * number to compare with last week's, not a count of domains.
 */
#include "stats/mail_model.h"

#include <glib.h>
#include <math.h>

/* PTR and A of the other side, for each connection. S4 Eq. 2. */
#define LOOKUPS_RECEIVED 2.0

double dm_mail_model_q(double connections, double sent)
{
    return connections > 0 ? MAX(0, 1 - sent / connections) : NAN;
}

double dm_mail_model_m(double n, double k, double q)
{
    return LOOKUPS_RECEIVED + k * n * (1 - q);
}

double dm_mail_model_n(double m, double k, double q)
{
    return k > 0 && q >= 0 && q < 1 && m >= LOOKUPS_RECEIVED
               ? (m - LOOKUPS_RECEIVED) / (k * (1 - q))
               : NAN;
}

double dm_mail_model_cache(double observed, double calculated)
{
    if (!(calculated > 0) || isnan(observed)) {
        return NAN;
    }
    return CLAMP(1 - observed / calculated, -1.0, 1.0);
}
