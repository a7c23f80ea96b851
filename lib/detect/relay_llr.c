/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Bernoulli likelihoods over look-ups: p1 is the PTR share of the relay of 26 February 2004 (139 of
 * 9,816), p0 that of a host which is none. About 325 look-ups without a PTR are needed before
 * "worm" may be said.
 *
 * Source: S0 3-4 and doc/SCIENCE.md A.3; the modern weights are N7's of doc/SCIENCE.md B.
 * LIMITS: a client that also browses dilutes its PTR share; a relay behind a forwarder even more.
 * The habit is the address's: after a change of hands it is the former user's, and the tool that a
 * new user brings together with a worm looks like a relay.
 */
#include "detect/relay_llr.h"

#include <glib.h>
#include <math.h>

#include "detect/detector.h"
#include "dns/rrtype.h"

#define P1 (139.0 / 9816.0)
#define P0 1e-4
/* ln(p1 / p0) and ln((1 - p1) / (1 - p0)) with p1 = 139 / 9816, p0 = 1e-4. */
#define NATS_PTR 4.953045
#define NATS_OTHER (-0.01416177)
/* N7: DNSBL by a host that is no mail server +2.0; SPF, DMARC, DKIM, TLSA +1.0. */
#define NATS_DNSBL 2.0f
#define NATS_POLICY 1.0f
/* Queries before the run from which a habit is taken (own choice: fewer say nothing about a share
 * of one in a hundred), and the largest share of the run's look-ups that a habit explains (keeps
 * the logarithm's argument positive). */
#define HABIT_MIN 50
#define HABIT_MAX 0.5

static float ratio(uint32_t part, uint32_t of)
{
    return of >= HABIT_MIN ? (float)part / (float)of : 0;
}

void dm_relay_llr_restart(struct dm_relay_llr *l, const struct dm_suspect *sus,
                          const struct dm_obs *obs)
{
    *l = (struct dm_relay_llr){
        .start = sus->total, .per_other = l->per_other, .per_query = l->per_query};
    --*dm_type_column(&l->start, obs->type);
}

void dm_relay_llr_start(struct dm_relay_llr *l, const struct dm_client *cli,
                        const struct dm_suspect *sus, const struct dm_obs *obs)
{
    l->per_other = ratio(cli->ptr_ext, cli->other);
    l->per_query = ratio(cli->ptr_ext, cli->seen);
    dm_relay_llr_restart(l, sus, obs);
}

void dm_relay_llr_add(struct dm_relay_llr *l, const struct dm_obs *obs)
{
    if (obs->marks & DM_MARK_PTR_EXT) {
        l->ptr_ext++;
    } else if (obs->marks & DM_MARK_DNSBL) {
        l->modern_nats += NATS_DNSBL;
    } else if (obs->marks & DM_MARK_MAILPOLICY) {
        l->modern_nats += NATS_POLICY;
        l->policy++;
    }
}

/* How many PTR look-ups of the run its user's habit explains. */
static double expected_by_habit(const struct dm_relay_llr *l, const struct dm_type_counts *since)
{
    if (l->per_other > 0) {
        uint32_t policy = MIN(l->policy, since->other);
        return (double)l->per_other * (double)(since->other - policy);
    }
    return (double)l->per_query *
           ((double)since->a + (double)since->aaaa + (double)since->ptr + (double)since->other);
}

static struct dm_type_counts counts_since(const struct dm_type_counts *now,
                                          const struct dm_type_counts *start)
{
    return (struct dm_type_counts){.a = now->a - start->a,
                                   .aaaa = now->aaaa - start->aaaa,
                                   .mx = now->mx - start->mx,
                                   .ptr = now->ptr - start->ptr,
                                   .other = now->other - start->other};
}

double dm_relay_llr(const struct dm_relay_llr *l, const struct dm_suspect *sus)
{
    struct dm_type_counts since = counts_since(&sus->total, &l->start);
    double others = (double)since.mx + (double)MAX(since.a, since.aaaa), ptr = l->ptr_ext;
    double habit = expected_by_habit(l, &since), modern = (double)l->modern_nats;

    if (habit <= 0) {
        return ptr * NATS_PTR + others * NATS_OTHER + modern;
    }
    double h = MIN(habit / (ptr + others), HABIT_MAX);
    return ptr * log((P1 + h) / (P0 + h)) + others * log((1 - P1 - h) / (1 - P0 - h)) + modern;
}

void dm_relay_llr_pack(struct dm_buf *out, const struct dm_relay_llr *l)
{
    DM_PACK(out, l->start);
    DM_PACK(out, l->ptr_ext);
    DM_PACK(out, l->policy);
    DM_PACK(out, l->modern_nats);
    DM_PACK(out, l->per_other);
    DM_PACK(out, l->per_query);
}

void dm_relay_llr_unpack(struct dm_unpacker *in, struct dm_relay_llr *ret)
{
    DM_UNPACK(in, ret->start);
    DM_UNPACK(in, ret->ptr_ext);
    DM_UNPACK(in, ret->policy);
    DM_UNPACK(in, ret->modern_nats);
    DM_UNPACK(in, ret->per_other);
    DM_UNPACK(in, ret->per_query);
    dm_unpack_require(in,
                      isfinite(ret->modern_nats) && isfinite(ret->per_other) &&
                          isfinite(ret->per_query) && ret->per_other >= 0 && ret->per_query >= 0,
                      "a number of a verdict is none");
}
