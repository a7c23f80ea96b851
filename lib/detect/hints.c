/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Weights, nats: A of an address literal 1.0, three a day at most; PTR of the loopback address 0.5;
 * three root servers within a minute 3.0; flags on at least five MX queries that are not those of
 * the client's A and AAAA queries, Fisher p < 0.001: 4.0 (a program that brings its own resolver).
 *
 * LIMITS: the flags' pattern is RD, EDNS, DO and cookie as BIND prints them; other logs have none,
 * and then nothing differs. The pattern that most MX queries have is tested, chosen after looking,
 * so that p is not exact. An administrator's dig has other flags than the system, too.
 * Source: doc/SCIENCE.md B N7, A.4.
 */
#include "detect/hints.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "stats/fisher.h"

#define DAY_US (86400 * 1000000LL)
#define ROOT_US (60 * 1000000LL)
#define ROOTS 3
#define LITERALS 3
#define NATS_LITERAL 1.0
#define NATS_LOOPBACK 0.5
#define NATS_ROOT 3.0
#define NATS_FOREIGN 4.0
#define FOREIGN_MX 5
#define FOREIGN_P 1e-3

/* A name with this mark is a root server's or a literal. */
bool dm_hints_is_root(const struct dm_obs *obs, struct dm_slice name)
{
    return obs->type == DM_TYPE_A && name.n > 1 && name.p[1] == '.' && name.p[0] >= 'a' &&
           name.p[0] <= 'm';
}

static void begin_day(struct dm_hints *h, int64_t now_us)
{
    if (h->since_us == 0 || now_us - h->since_us > DAY_US) {
        *h = (struct dm_hints){.since_us = now_us};
    }
}

static void add_root(struct dm_hints *h, const struct dm_obs *obs, char letter)
{
    if (h->roots == 0 || obs->time_us - h->root_us > ROOT_US) {
        h->roots = 0;
        h->root_us = obs->time_us;
    }
    h->roots |= (uint16_t)(1u << (letter - 'a'));
    int n = 0;
    for (unsigned bits = h->roots; bits; bits &= bits - 1) {
        n++;
    }
    h->root |= n >= ROOTS;
}

void dm_hints_add(struct dm_hints *h, const struct dm_obs *obs, struct dm_slice name)
{
    begin_day(h, obs->time_us);
    if (obs->type == DM_TYPE_PTR) {
        h->loopback = true;
    } else if (dm_hints_is_root(obs, name)) {
        add_root(h, obs, name.p[0]);
    } else {
        h->literals += h->literals < LITERALS;
    }
}

static unsigned commonest(const uint16_t pattern[DM_FLAG_PATTERNS])
{
    unsigned at = 0;

    for (unsigned i = 1; i < DM_FLAG_PATTERNS; i++) {
        at = pattern[i] > pattern[at] ? i : at;
    }
    return at;
}

static uint32_t sum(const uint16_t pattern[DM_FLAG_PATTERNS])
{
    uint32_t n = 0;

    for (unsigned i = 0; i < DM_FLAG_PATTERNS; i++) {
        n += pattern[i];
    }
    return n;
}

void dm_hints_compare(struct dm_hints *h, const struct dm_suspect *sus, int64_t now_us)
{
    unsigned at = commonest(sus->mx_flags);
    uint32_t mx = sum(sus->mx_flags), with = sus->mx_flags[at];
    uint32_t others = sum(sus->addr_flags), others_with = sus->addr_flags[at];

    begin_day(h, now_us);
    if (mx >= FOREIGN_MX && !h->foreign) {
        h->foreign = dm_fisher_more(with, mx - with, others_with, others - others_with) < FOREIGN_P;
    }
}

double dm_hints_nats(const struct dm_hints *h, int64_t now_us)
{
    if (h->since_us == 0 || now_us - h->since_us > DAY_US) {
        return 0;
    }
    return h->literals * NATS_LITERAL + (h->loopback ? NATS_LOOPBACK : 0) +
           (h->root ? NATS_ROOT : 0) + (h->foreign ? NATS_FOREIGN : 0);
}

void dm_hints_pack(struct dm_buf *out, const struct dm_hints *h)
{
    DM_PACK(out, h->since_us);
    DM_PACK(out, h->root_us);
    DM_PACK(out, h->roots);
    DM_PACK(out, h->literals);
    DM_PACK(out, h->loopback);
    DM_PACK(out, h->root);
    DM_PACK(out, h->foreign);
}

void dm_hints_unpack(struct dm_unpacker *in, struct dm_hints *ret)
{
    ret->since_us = dm_unpack_us(in);
    ret->root_us = dm_unpack_us(in);
    DM_UNPACK(in, ret->roots);
    DM_UNPACK(in, ret->literals);
    dm_unpack_require(in, ret->literals <= LITERALS, "a hint is out of range");
    ret->loopback = dm_unpack_bool(in);
    ret->root = dm_unpack_bool(in);
    ret->foreign = dm_unpack_bool(in);
}
