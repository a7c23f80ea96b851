/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Marks are given sparingly: nine of ten lines of a campus are A, AAAA and HTTPS queries, and are
 * only counted. Tables made from the configuration say by a query's type what it needs, and of most
 * names by a look at their ends that they get no mark (look.h); who is left goes the long way,
 * which decides. Of A queries one pass over the name takes its hash, and whether anything is
 * escaped.
 *
 * LIMITS: a mail server's lines are told apart by queue ids and addresses; of its deliveries,
 * disconnects and DNS-less traffic nothing is taken.
 */
#include "stream/observe.h"

#include <glib.h>
#include <string.h>

#include "dns/rrtype.h"

#define CLASS_IN 1
/* RFC 1035 4.1.1 */
#define RCODE_NOERROR 0
#define RCODE_NXDOMAIN 3
/* Kept out of the way of what every line does: registers are few. */
#define RARE static __attribute__((noinline))

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
        return name->bits & DM_NAME_LOOPBACK            ? DM_MARK_HINT
               : is_external_ptr(o, &obs->client, name) ? DM_MARK_PTR_EXT
                                                        : 0;
    case DM_TYPE_TXT:
        return name->bits & DM_NAME_MAILPOLICY ? DM_MARK_MAILPOLICY
               : name->bits & DM_NAME_DNSBL    ? DM_MARK_DNSBL
                                               : 0;
    case DM_TYPE_TLSA:
        return name->bits & DM_NAME_TLSA25 ? DM_MARK_MAILPOLICY : 0;
    case DM_TYPE_A:
        return name->bits & DM_NAME_DNSBL                      ? DM_MARK_DNSBL
               : name->bits & (DM_NAME_IPLIT | DM_NAME_ROOTNS) ? DM_MARK_HINT
                                                               : DM_MARK_KEYWORD;
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

/* An address literal ends with a digit, and no top-level domain does; of what is as long as
 * "a.root-servers.net", only that looks like it. */
static bool may_be_hint(struct dm_slice qname)
{
    if (qname.n > 1 && qname.p[qname.n - 1] == '.') {
        qname.n--;
    }
    if (qname.n >= 7 && qname.p[0] >= '0' && qname.p[0] <= '9') {
        return qname.p[qname.n - 1] >= '0' && qname.p[qname.n - 1] <= '9';
    }
    return qname.n == 18 && qname.p[1] == '.' && qname.p[6] == '-';
}

static bool has_address_type(uint16_t type)
{
    return type == DM_TYPE_A || type == DM_TYPE_AAAA || type == DM_TYPE_MX;
}

static uint32_t marks_by_type(const struct dm_observer *o, const struct dm_record *rec)
{
    uint32_t site = 0, hint = 0;

    if (has_address_type(rec->qtype_code) && (o->wanted & DM_MARK_SITE_NAME) &&
        dm_site_maybe_local(o->site, rec->qname)) {
        site = DM_MARK_SITE_NAME;
    }
    switch (rec->qtype_code) {
    case DM_TYPE_MX:
        return DM_MARK_MX | site;
    case DM_TYPE_PTR:
        return DM_MARK_PTR_EXT | DM_MARK_HINT;
    case DM_TYPE_TXT:
        return DM_MARK_MAILPOLICY | DM_MARK_DNSBL;
    case DM_TYPE_TLSA:
        return DM_MARK_MAILPOLICY;
    case DM_TYPE_A:
        hint = may_be_hint(rec->qname) ? DM_MARK_HINT : 0;
        if (may_be_dnsbl(rec->qname)) {
            return DM_MARK_DNSBL | hint | site;
        }
        /* fall through */
    case DM_TYPE_AAAA:
        return (dm_keyword_of(rec->qname) != DM_KW_NONE ? DM_MARK_KEYWORD : 0) | hint | site;
    default:
        return 0;
    }
}

/* Which marks are possible before anything is known of the name but its first and last bytes. */
static uint32_t possible_marks(const struct dm_observer *o, const struct dm_record *rec)
{
    uint32_t possible = marks_by_type(o, rec) & o->wanted;

    if ((o->wanted & DM_MARK_SIGNATURE) &&
        dm_signatures_may(o->signatures, rec->qtype_code, rec->qname)) {
        possible |= DM_MARK_SIGNATURE;
    }
    return possible;
}

/* ---- what follows from the configuration ---- */

static uint16_t bits_of_flags(unsigned flags)
{
    uint16_t bits = 0;

    if (flags & DM_QF_PRINTED) {
        bits |= flags & DM_QF_RD ? DM_OBS_RD : DM_OBS_RD_OFF;
    }
    bits |= flags & DM_QF_EDNS ? DM_OBS_EDNS : 0;
    bits |= flags & DM_QF_DO ? DM_OBS_DO : 0;
    bits |= flags & (DM_QF_COOKIE | DM_QF_NOCOOKIE) ? DM_OBS_COOKIE : 0;
    bits |= flags & (DM_QF_TCP | DM_QF_COOKIE) ? DM_OBS_VERIFIED : 0;
    return bits;
}

static bool is_infra(uint16_t type)
{
    return type == DM_TYPE_NS || type == DM_TYPE_DS || type == DM_TYPE_DNSKEY;
}

static uint8_t need_of(const struct dm_observer *o, uint16_t type)
{
    bool step = (o->wanted & DM_MARK_SIGNATURE) && dm_signatures_wants(o->signatures, type);
    uint8_t infra = is_infra(type) ? DM_NEED_INFRA : 0;

    switch (type) {
    case DM_TYPE_A:
        return DM_NEED_LOOK | (o->wanted & DM_WANT_PREFIX ? DM_NEED_PREFIX : 0);
    case DM_TYPE_AAAA:
        return DM_NEED_LOOK;
    case DM_TYPE_MX:
    case DM_TYPE_PTR:
    case DM_TYPE_TXT:
    case DM_TYPE_TLSA:
        return DM_NEED_MARKS;
    default:
        return infra | (step ? DM_NEED_MARKS : 0);
    }
}

/* All that marks_by_type() and dm_signatures_may() may say yes to. */
static void look_for(const struct dm_observer *o, uint16_t type, struct dm_look *look)
{
    struct dm_slice zone;
    const char *word;

    for (unsigned i = 0; (word = dm_keyword_text(i)) != NULL; i++) {
        dm_look_begin(look, dm_slice_make(word, strlen(word)));
    }
    for (char c = '0'; c <= '9' && type == DM_TYPE_A; c++) { /* may_be_dnsbl(), may_be_hint() */
        dm_look_begin(look, dm_slice_make(&c, 1));
    }
    if (o->wanted & DM_MARK_SITE_NAME) {
        for (unsigned i = 0; (zone = dm_site_domain_at(o->site, i)).n > 0; i++) {
            bool tiny = zone.n < sizeof(uint32_t); /* see dm_site_maybe_local() */
            dm_look_end(look, dm_slice_skip(zone, tiny ? zone.n : zone.n - sizeof(uint32_t)));
        }
    }
    if (o->wanted & DM_MARK_SIGNATURE) {
        dm_signatures_look(o->signatures, type, look);
    }
}

RARE void make_tables(struct dm_observer *o)
{
    struct dm_observe_tables *t = &o->tables;

    memset(t, 0, sizeof *t);
    t->made_for = ~o->wanted;
    for (unsigned i = 0; i < DM_OBSERVE_FLAGS; i++) {
        t->bits[i] = bits_of_flags(i);
    }
    for (unsigned i = 0; i < DM_OBSERVE_TYPES; i++) {
        t->need[i] = need_of(o, (uint16_t)i);
    }
    t->need_rest = o->wanted & DM_MARK_SIGNATURE ? DM_NEED_MARKS : 0;
    look_for(o, DM_TYPE_A, &t->a);
    look_for(o, DM_TYPE_AAAA, &t->aaaa);
}

/* ---- DNS ---- */

/* The site's clients are mostly in one network. */
static inline bool is_inside(struct dm_observer *o, const struct dm_addr *client)
{
    return dm_prefixmap_again(&o->tables.inside, client) ||
           dm_site_inside_again(o->site, client, &o->tables.inside);
}

/* Whether a look at a query's name says that it may get a mark. */
static inline bool may_be_marked(const struct dm_observe_tables *t, const struct dm_record *rec)
{
    if (rec->qtype_code == DM_TYPE_A) {
        return !dm_look_is_plain(&t->a, rec->qname) ||
               (rec->qname.n == 18 && may_be_hint(rec->qname));
    }
    return !dm_look_is_plain(&t->aaaa, rec->qname);
}

/* Names under the site's domains (A.6). A known subdomain is a search list's suffix as well as the
 * domain itself, so the longest of them is taken away and the rest must be complete: "no suffix of
 * P.l up to l is in S" means the rest, or hotmail.com.cc.campus.example would be a real name as
 * soon as cc is known. Which subdomains have been learned is the engine's to say, hence two
 * answers. */
static void look_at_site_name(const struct dm_observer *o, struct dm_obs *obs,
                              const struct dm_name *name)
{
    struct dm_slice text = dm_slice_make(name->text, name->len);
    struct dm_slice front = dm_site_above(o->site, text), home = dm_site_domain(o->site, text);
    struct dm_slice rest, below = front;

    while (below.n > 0 && below.p[below.n - 1] != '.') {
        below.n--;
    }
    below.n -= below.n > 0;
    if (dm_site_above_subdomain(o->site, text, &rest)) {
        below = rest;
    } else {
        rest = front;
    }
    if (dm_name_foreign(o->psl, name, rest, home)) {
        obs->bits |= DM_OBS_FOREIGN;
    }
    if (dm_name_foreign(o->psl, name, below, home)) {
        obs->bits |= DM_OBS_FOREIGN_BELOW;
    }
    if ((obs->bits & DM_OBS_FOREIGN) || dm_name_public_label(o->psl, name, front) > 0) {
        obs->marks |= DM_MARK_SITE_NAME;
    }
}

/* A keyword needs a base to be counted by; names of the site itself are no evidence (A.5, C10), but
 * may be what a mail server's search list made of a stranger's domain (A.6). */
static void look_at_name(const struct dm_observer *o, struct dm_obs *obs,
                         const struct dm_name *name, uint32_t possible)
{
    struct dm_slice text = dm_slice_make(name->text, name->len);

    obs->marks = (uint16_t)(marks_of_name(o, obs, name) & possible);
    if ((possible & DM_MARK_SITE_NAME) && dm_site_local(o->site, text)) {
        look_at_site_name(o, obs, name);
    }
    bool domain = obs->marks & (DM_MARK_MX | DM_MARK_KEYWORD);
    if (possible & DM_MARK_SIGNATURE) {
        unsigned match = dm_signatures_match(o->signatures, obs->type, text);
        obs->marks |= match ? DM_MARK_SIGNATURE : 0;
        domain |= (match & DM_SIG_DOMAINS) != 0;
    }
    if (domain && !dm_site_local(o->site, text)) {
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

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Eight bytes at once: those of A-Z reach the high bit with one sum and not with the other. */
static uint64_t lower_word(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101ULL, high = ones << 7;
    uint64_t low = word & ~high;
    uint64_t from_a = low + ones * (0x80 - 'A'), past_z = low + ones * (0x80 - 'Z' - 1);

    return word | ((from_a & ~past_z & ~word & high) >> 2);
}

static void take_begin(struct dm_obs *obs, struct dm_slice name)
{
    if (name.n >= sizeof(uint64_t)) {
        uint64_t word = GUINT64_TO_LE(lower_word(dm_load_le64(name.p)));
        memcpy(obs->prefix, &word, sizeof obs->prefix);
        return;
    }
    for (size_t i = 0; i < MIN(name.n, sizeof obs->prefix); i++) {
        obs->prefix[i] = (uint8_t)lower(name.p[i]);
    }
}

/* What is printed is not the normal form, but for the case of letters, where BIND escapes what is
 * no letter, or others print the final dot. */
RARE uint64_t take_normal_prefix(const struct dm_observer *o, struct dm_obs *obs,
                                 struct dm_slice qname, struct dm_name *name)
{
    if (!obs->marks) { /* else it has been done */
        dm_name_normalise(qname, name);
    }
    take_begin(obs, dm_slice_make(name->text, name->len));
    return dm_hash_nocase(&o->key, name->text, name->len);
}

/* The first bytes of a name, for prefix statistics, and its hash: of the normal form, which is what
 * a marked observation keeps. */
static inline void take_prefix(const struct dm_observer *o, struct dm_obs *obs,
                               struct dm_slice qname, struct dm_name *name)
{
    bool escaped;
    uint64_t hash = dm_hash_nocase_seek(&o->key, qname.p, qname.n, '\\', &escaped);

    if (escaped || (qname.n && qname.p[qname.n - 1] == '.')) {
        hash = take_normal_prefix(o, obs, qname, name);
    } else {
        take_begin(obs, qname);
    }
    obs->reg = obs->reg ? obs->reg : hash;
}

static uint16_t bits_of_answer(const struct dm_record *rec)
{
    return (rec->rcode_num == RCODE_NXDOMAIN ? DM_OBS_NXDOMAIN : 0) |
           (rec->rcode_num == RCODE_NOERROR && rec->counts[0] != 0 ? DM_OBS_ANSWERED : 0);
}

/* The long way. */
RARE void take_marks(const struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
                     struct dm_name *ret_name)
{
    uint32_t possible = possible_marks(o, rec);

    if (possible) {
        dm_name_normalise(rec->qname, ret_name);
        look_at_name(o, ret, ret_name, possible);
    }
}

static inline int observe_dns(struct dm_observer *o, const struct dm_record *rec,
                              struct dm_obs *ret, struct dm_name *ret_name)
{
    const struct dm_observe_tables *t = &o->tables;
    uint16_t type = rec->qtype_code;

    if (rec->qclass_code != CLASS_IN || !is_inside(o, &rec->client)) {
        return 0;
    }
    if (rec->more & DM_MORE_ZONE) {
        return 0; /* Unbound's local action: the query's or the reply's line stands beside it */
    }
    unsigned need = type < DM_OBSERVE_TYPES ? t->need[type] : t->need_rest;
    ret->kind = DM_OBS_QUERY;
    ret->hash = dm_hash_addr(&o->key, rec->client.b);
    ret->type = type;
    ret->port = rec->client_port;
    ret->bits = (uint16_t)(t->bits[rec->flag_bits % DM_OBSERVE_FLAGS] | (need & DM_NEED_INFRA));
    if (rec->kind == DM_REC_RESPONSE) {
        ret->kind = DM_OBS_RESPONSE;
        ret->bits |= bits_of_answer(rec);
    }
    if ((need & DM_NEED_MARKS) || ((need & DM_NEED_LOOK) && may_be_marked(t, rec))) {
        take_marks(o, rec, ret, ret_name);
    }
    if (need & DM_NEED_PREFIX) {
        take_prefix(o, ret, rec->qname, ret_name);
    }
    return 1;
}

static uint64_t hash_text(const struct dm_observer *o, struct dm_slice text)
{
    uint64_t h = text.n ? dm_hash_nocase(&o->key, text.p, text.n) : 0;

    return h + (text.n && h == 0); /* every bit counts: distinct ones are counted by it */
}

/* A line of a mail server; whoever is at the other end may be anywhere. */
static int observe_mail(const struct dm_observer *o, const struct dm_record *rec,
                        struct dm_obs *ret)
{
    static const uint8_t kinds[DM_REC_COUNT] = {[DM_REC_SMTP_CONNECT] = DM_OBS_CONNECT,
                                                [DM_REC_SMTP_CLIENT] = DM_OBS_ACCEPT,
                                                [DM_REC_SMTP_FROM] = DM_OBS_MESSAGE,
                                                [DM_REC_SMTP_REJECT] = DM_OBS_REJECT,
                                                [DM_REC_POP3_LOGIN] = DM_OBS_POP3};

    ret->kind = kinds[rec->kind];
    if (!ret->kind || !(o->wanted & DM_MARK_MAIL)) {
        return 0;
    }
    ret->marks = DM_MARK_MAIL;
    if (rec->kind == DM_REC_SMTP_REJECT) {
        if (!dm_slice_ends(rec->action, DM_SLICE("reject"))) {
            return 0; /* warn, hold, discard, redirect: it was let in */
        }
        ret->type = (uint16_t)rec->reason;
        ret->reg = hash_text(o, rec->recipient);
    } else if (rec->kind == DM_REC_SMTP_CLIENT || rec->kind == DM_REC_SMTP_FROM) {
        ret->reg = hash_text(o, rec->queue_id);
    }
    if (rec->kind == DM_REC_SMTP_CLIENT &&
        (rec->sasl_user.n || dm_site_inside(o->site, &rec->client))) {
        ret->bits = DM_OBS_SUBMITTED;
    }
    return 1;
}

/* What the filter let through is no probe that failed. @ret_name: the destination as text, for
 * evidence. */
static int observe_tcp(struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
                       struct dm_name *ret_name)
{
    char addr[DM_ADDR_STRLEN];

    if (!(o->wanted & DM_MARK_TCP) || !rec->has_dst || rec->passed || !is_inside(o, &rec->client)) {
        return 0;
    }
    ret->kind = DM_OBS_TCP;
    ret->marks = DM_MARK_TCP;
    ret->hash = dm_hash_addr(&o->key, rec->client.b);
    ret->reg = dm_hash(&o->key, rec->dst.b, sizeof rec->dst.b);
    ret->type = rec->dst_port;
    int n = g_snprintf(ret_name->text, sizeof ret_name->text, "%s port %u",
                       dm_addr_text(&rec->dst, addr), rec->dst_port);
    ret_name->len = (uint8_t)n;
    return 1;
}

/* All that is no question and no answer. */
RARE int observe_other(struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
                       struct dm_name *ret_name)
{
    if (rec->kind == DM_REC_TCP_ATTEMPT) {
        return rec->has_client ? observe_tcp(o, rec, ret, ret_name) : 0;
    }
    ret_name->len = 0;
    return observe_mail(o, rec, ret);
}

int dm_observe(struct dm_observer *o, const struct dm_record *rec, struct dm_obs *ret,
               struct dm_name *ret_name)
{
    if (rec->time_us <= 0 || rec->time_us >= DM_OBSERVE_MAX_S * 1000000) {
        return 0;
    }
    if (o->tables.made_for != ~o->wanted) {
        make_tables(o);
    }
    *ret = (struct dm_obs){.time_us = rec->time_us};
    if (rec->has_client) {
        ret->client = rec->client;
    }
    if (rec->kind == DM_REC_QUERY || rec->kind == DM_REC_RESPONSE) {
        return rec->has_client ? observe_dns(o, rec, ret, ret_name) : 0;
    }
    return observe_other(o, rec, ret, ret_name);
}
