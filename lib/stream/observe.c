/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Marks are given sparingly: nine of ten lines of a campus are A, AAAA and HTTPS queries that fail
 * the keyword test at their first byte, and are then only counted.
 *
 * LIMITS: responses are not observed (the query line of the same question is); a site that logs
 * responses only is not seen yet.
 */
#include "stream/observe.h"

#include "dns/rrtype.h"

#define CLASS_IN 1

/* A PTR query that a mail server makes about its peer (doc/SCIENCE.md A.3 "qualified", C2): a whole
 * address, not loopback, not the asker's own, not one of the site's. */
static bool is_external_ptr(const struct dm_observer *o, const struct dm_addr *client,
                            const struct dm_name *name)
{
    struct dm_addr about;

    if (name->bits & (DM_NAME_LOOPBACK | DM_NAME_DNSSD | DM_NAME_BUGTEST)) {
        return false;
    }
    return dm_name_rev_addr(name, &about) == 0 && !dm_addr_eq(&about, client) &&
           !dm_site_inside(o->site, &about);
}

static uint16_t marks_of_name(const struct dm_observer *o, const struct dm_obs *obs,
                              const struct dm_name *name)
{
    switch (obs->type) {
    case DM_TYPE_MX:
        return DM_MARK_MX;
    case DM_TYPE_PTR:
        return is_external_ptr(o, &obs->client, name) ? DM_MARK_PTR_EXT : 0;
    case DM_TYPE_TXT:
        return name->bits & DM_NAME_MAILPOLICY ? DM_MARK_MAILPOLICY
               : name->bits & DM_NAME_DNSBL    ? DM_MARK_DNSBL
                                               : 0;
    case DM_TYPE_TLSA:
        return name->bits & DM_NAME_TLSA25 ? DM_MARK_MAILPOLICY : 0;
    case DM_TYPE_A:
        return name->bits & DM_NAME_DNSBL ? DM_MARK_DNSBL : DM_MARK_KEYWORD;
    case DM_TYPE_AAAA:
        return DM_MARK_KEYWORD;
    default:
        return 0;
    }
}

/* A name that begins with a digit may be a block list's ("2.0.0.127.bl.example"). */
static bool may_be_dnsbl(struct dm_slice qname)
{
    return qname.n > 8 && qname.p[0] >= '0' && qname.p[0] <= '9';
}

/* Which marks are possible before anything is known of the name but its first bytes. */
static uint32_t possible_marks(const struct dm_record *rec)
{
    switch (rec->qtype_code) {
    case DM_TYPE_MX:
        return DM_MARK_MX;
    case DM_TYPE_PTR:
        return DM_MARK_PTR_EXT;
    case DM_TYPE_TXT:
        return DM_MARK_MAILPOLICY | DM_MARK_DNSBL;
    case DM_TYPE_TLSA:
        return DM_MARK_MAILPOLICY;
    case DM_TYPE_A:
        if (may_be_dnsbl(rec->qname)) {
            return DM_MARK_DNSBL;
        }
        /* fall through */
    case DM_TYPE_AAAA:
        return dm_keyword_of(rec->qname) != DM_KW_NONE ? DM_MARK_KEYWORD : 0;
    default:
        return 0;
    }
}

static uint16_t bits_of(const struct dm_record *rec)
{
    uint16_t bits = 0;

    if ((rec->flag_bits & DM_QF_PRINTED) && !(rec->flag_bits & DM_QF_RD)) {
        bits |= DM_OBS_RD_OFF;
    }
    if (rec->qtype_code == DM_TYPE_NS || rec->qtype_code == DM_TYPE_DS ||
        rec->qtype_code == DM_TYPE_DNSKEY) {
        bits |= DM_OBS_INFRA;
    }
    return bits;
}

/* A keyword needs a base to be counted by; names of the site itself are no evidence (A.5, C10). */
static void look_at_name(const struct dm_observer *o, struct dm_obs *obs,
                         const struct dm_name *name, uint32_t possible)
{
    obs->marks = (uint16_t)(marks_of_name(o, obs, name) & possible);
    if (!(obs->marks & (DM_MARK_MX | DM_MARK_KEYWORD))) {
        return;
    }
    if (!dm_site_local(o->site, dm_slice_make(name->text, name->len))) {
        struct dm_slice reg = dm_name_registered(o->psl, name);
        if (reg.n) {
            obs->reg = dm_hash(&o->key, reg.p, reg.n);
            obs->reg += obs->reg == 0;
        }
    }
    if (obs->reg == 0) {
        obs->marks &= (uint16_t)~DM_MARK_KEYWORD;
    }
}

int dm_observe(const struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
               struct dm_name *ret_name)
{
    if (rec->kind != DM_REC_QUERY || !rec->has_client || rec->qclass_code != CLASS_IN ||
        rec->time_us <= 0 || rec->time_us >= DM_OBSERVE_MAX_S * 1000000 ||
        !dm_site_inside(o->site, &rec->client)) {
        return 0;
    }
    *ret = (struct dm_obs){.time_us = rec->time_us,
                           .client = rec->client,
                           .hash = (uint32_t)dm_hash(&o->key, rec->client.b, sizeof rec->client.b),
                           .type = rec->qtype_code,
                           .bits = bits_of(rec)};
    uint32_t possible = possible_marks(rec) & o->wanted;
    if (possible) {
        dm_name_normalise(rec->qname, ret_name);
        look_at_name(o, ret, ret_name, possible);
    }
    return 1;
}
