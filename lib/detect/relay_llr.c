/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Bernoulli likelihoods over look-ups: p1 is the PTR share of the relay of 26 February 2004 (139 of
 * 9,816), p0 that of a host which is none. About 325 look-ups without a PTR are needed before
 * "worm" may be said.
 *
 * Source: S0 3-4 and doc/SCIENCE.md A.3; the modern weights are N7's of doc/SCIENCE.md B.
 * LIMITS: a client that also browses dilutes its PTR share; a relay behind a forwarder even more.
 */
#include "detect/relay_llr.h"

#include <glib.h>
#include <math.h>

#include "detect/detector.h"
#include "dns/rrtype.h"

/* ln(p1 / p0) and ln((1 - p1) / (1 - p0)) with p1 = 139 / 9816, p0 = 1e-4. */
#define NATS_PTR 4.953045
#define NATS_OTHER (-0.01416177)
/* N7: DNSBL by a host that is no mail server +2.0; SPF, DMARC, DKIM, TLSA +1.0. */
#define NATS_DNSBL 2.0f
#define NATS_POLICY 1.0f

void dm_relay_llr_start(struct dm_relay_llr *l, const struct dm_suspect *sus,
                        const struct dm_obs *obs)
{
    *l = (struct dm_relay_llr){.start = sus->total};
    --*dm_type_column(&l->start, obs->type);
}

void dm_relay_llr_add(struct dm_relay_llr *l, const struct dm_obs *obs)
{
    if (obs->marks & DM_MARK_PTR_EXT) {
        l->ptr_ext++;
    } else if (obs->marks & DM_MARK_DNSBL) {
        l->modern_nats += NATS_DNSBL;
    } else if (obs->marks & DM_MARK_MAILPOLICY) {
        l->modern_nats += NATS_POLICY;
    }
}

double dm_relay_llr(const struct dm_relay_llr *l, const struct dm_suspect *sus)
{
    uint32_t a = sus->total.a - l->start.a, aaaa = sus->total.aaaa - l->start.aaaa;
    double others = (double)(sus->total.mx - l->start.mx) + (double)MAX(a, aaaa);

    return l->ptr_ext * NATS_PTR + others * NATS_OTHER + (double)l->modern_nats;
}

void dm_relay_llr_pack(struct dm_buf *out, const struct dm_relay_llr *l)
{
    DM_PACK(out, l->start);
    DM_PACK(out, l->ptr_ext);
    DM_PACK(out, l->modern_nats);
}

void dm_relay_llr_unpack(struct dm_unpacker *in, struct dm_relay_llr *ret)
{
    DM_UNPACK(in, ret->start);
    DM_UNPACK(in, ret->ptr_ext);
    DM_UNPACK(in, ret->modern_nats);
    dm_unpack_require(in, isfinite(ret->modern_nats), "a number is none");
}
