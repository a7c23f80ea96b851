/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Space-Saving over peers with what each did, HyperLogLog for the numbers of different ones.
 *
 * Forgetting by halves: after every five minutes all counts are halved, so that before it they
 * stand for ten minutes and after it for five. A finding can come as soon as five minutes' worth
 * are there.
 *
 * LIMITS: whoever connects and says nothing is one connection; a peer behind many addresses is
 * many. Source: doc/SCIENCE.md A.6, A.10, E.3.
 */
#include "detect/peers.h"

#include <glib.h>
#include <math.h>

#include "util/hash.h"

enum { CONNECTIONS, REJECTS, ACCEPTED };

/* Nobody profits from a wrong number of peers (more of them need real addresses), so the key is no
 * secret, and the same lines give the same number everywhere. */
static const struct dm_hashkey peer_key = {0x7065657273ULL, 0x646e736dULL};

static bool counts(const struct dm_site *site, const struct dm_server *srv,
                   const struct dm_addr *peer)
{
    static const struct dm_addr nobody;
    enum dm_role role = dm_site_role(site, peer);

    return !dm_addr_eq(peer, &nobody) && !dm_addr_is_loopback(peer) &&
           !(srv->has_addr && dm_addr_eq(peer, &srv->addr)) && role != DM_ROLE_MAIL_SERVER &&
           role != DM_ROLE_LIST_HOST && role != DM_ROLE_APP_SERVER && role != DM_ROLE_MONITOR;
}

void dm_peers_see(struct dm_peers *p, const struct dm_site *site, const struct dm_server *srv,
                  const struct dm_obs *obs)
{
    static const int column_of[DM_OBS_KIND_COUNT] = {[DM_OBS_CONNECT] = 1 + CONNECTIONS,
                                                     [DM_OBS_REJECT] = 1 + REJECTS,
                                                     [DM_OBS_ACCEPT] = 1 + ACCEPTED};
    int column = column_of[obs->kind] - 1;

    if (column < 0 || !counts(site, srv, &obs->client)) {
        return;
    }
    struct dm_heavy_slot *slot = dm_heavy_add(&p->who, &obs->client, 1, obs->time_us / 1000000);
    dm_heavy_count(slot, (unsigned)column);
    dm_hll_add(&p->peers, dm_hash(&peer_key, obs->client.b, sizeof obs->client.b));
    *(column == CONNECTIONS ? &p->connections
      : column == REJECTS   ? &p->rejects
                            : &p->accepted) += 1;
    if (column == REJECTS && obs->reg) {
        dm_hll_add(&p->recipients, obs->reg);
    }
}

void dm_peers_minute(struct dm_peers *p)
{
    p->minutes += 1;
}

void dm_peers_age(struct dm_peers *p)
{
    if (++p->age_min < DM_PEERS_SPAN_MIN) {
        return;
    }
    p->age_min = 0;
    p->last_peers = dm_hll_estimate(&p->peers);
    p->last_recipients = dm_hll_estimate(&p->recipients);
    dm_hll_reset(&p->peers);
    dm_hll_reset(&p->recipients);
    dm_heavy_halve(&p->who);
    p->connections /= 2;
    p->rejects /= 2;
    p->accepted /= 2;
    p->minutes /= 2;
}

double dm_peers_distinct(const struct dm_peers *p)
{
    return fmax(p->last_peers, dm_hll_estimate(&p->peers));
}

double dm_peer_attempts(const struct dm_peer *p)
{
    return fmax(p->connections, p->rejects);
}

static struct dm_peer peer_of(const struct dm_peers *p, const struct dm_heavy_slot *slot)
{
    struct dm_peer one = {.addr = slot->addr,
                          .connections = slot->aux[CONNECTIONS],
                          .rejects = slot->aux[REJECTS],
                          .accepted = slot->aux[ACCEPTED],
                          .last_s = slot->last_s};

    one.connection_share = p->connections > 0 ? fmin(1, one.connections / p->connections) : 0;
    one.reject_share = p->rejects > 0 ? fmin(1, one.rejects / p->rejects) : 0;
    return one;
}

static bool is_before(const struct dm_peer *a, const struct dm_peer *b)
{
    double na = dm_peer_attempts(a), nb = dm_peer_attempts(b);

    return na > nb || (na == nb && memcmp(a->addr.b, b->addr.b, sizeof a->addr.b) < 0);
}

static bool dominates(const struct dm_peer *p, const struct dm_peers_limits *limits)
{
    double attempts = dm_peer_attempts(p);

    return attempts > 0 &&
           (p->connection_share >= limits->connection_share ||
            p->reject_share >= limits->reject_share) &&
           p->accepted <= limits->efficiency * attempts;
}

bool dm_peers_dominant(const struct dm_peers *p, const struct dm_peers_limits *limits,
                       struct dm_peer *ret)
{
    bool found = false;

    for (uint32_t i = 0; i < p->who.used; i++) {
        struct dm_peer one = peer_of(p, &p->who.slot[i]);
        if (dominates(&one, limits) && (!found || is_before(&one, ret))) {
            *ret = one;
            found = true;
        }
    }
    return found;
}

static bool is_more_rejected(const struct dm_peer *a, const struct dm_peer *b)
{
    return a->rejects > b->rejects ||
           (a->rejects == b->rejects && memcmp(a->addr.b, b->addr.b, sizeof a->addr.b) < 0);
}

unsigned dm_peers_most_rejected(const struct dm_peers *p, struct dm_peer *ret, unsigned most)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < p->who.used; i++) {
        struct dm_peer one = peer_of(p, &p->who.slot[i]);
        unsigned at = n;
        while (at > 0 && is_more_rejected(&one, &ret[at - 1])) {
            at--;
        }
        if (one.rejects > 0 && at < most) {
            n = MIN(n + 1, most);
            memmove(&ret[at + 1], &ret[at], (n - 1 - at) * sizeof ret[0]);
            ret[at] = one;
        }
    }
    return n;
}

void dm_peers_pack(struct dm_buf *out, const struct dm_peers *p)
{
    dm_heavy_pack(out, &p->who);
    dm_hll_pack(out, &p->peers);
    dm_hll_pack(out, &p->recipients);
    DM_PACK(out, p->connections);
    DM_PACK(out, p->rejects);
    DM_PACK(out, p->accepted);
    DM_PACK(out, p->minutes);
    DM_PACK(out, p->last_peers);
    DM_PACK(out, p->last_recipients);
    DM_PACK(out, p->age_min);
}

void dm_peers_unpack(struct dm_unpacker *in, struct dm_peers *p)
{
    double *const numbers[] = {&p->connections, &p->rejects,    &p->accepted,
                               &p->minutes,     &p->last_peers, &p->last_recipients};

    dm_heavy_unpack(in, &p->who);
    dm_hll_unpack(in, &p->peers);
    dm_hll_unpack(in, &p->recipients);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        *numbers[i] = dm_unpack_double(in);
        dm_unpack_require(in, *numbers[i] >= 0, "a number of peers cannot be");
    }
    DM_UNPACK(in, p->age_min);
    dm_unpack_require(in, p->age_min < DM_PEERS_SPAN_MIN, "a span of peers cannot be");
}
