/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Method of looking: each step has a filter for each of its types, sorted by type: which first
 * bytes are possible, and what all of its names end with. A query of a type that no step wants
 * costs a compare or two; one that passes a filter is put into normal form and compared in full.
 *
 * LIMITS: names that are escaped where the filter looks ("\109ail") pass it by; no server prints
 * letters so. A step tests names and types only, nothing of answers or flags.
 * Source: doc/SCIENCE.md A.4.
 */
#include "stream/signature.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "dnsmon/dnsmon.h"
#include "stream/signature_parse.h"
#include "util/copy.h"

#define TYPES 128 /* record types below it are looked up, those above searched for */
#define TAIL 8    /* bytes of a common ending that a filter compares */

struct filter {
    uint16_t type;
    uint8_t tail_n;
    char tail[TAIL];                /* lower case */
    uint32_t first[256 / 32];       /* possible first bytes, lower case */
    const struct dm_sig_step *step; /* of its signature */
};

/* What all filters of a type let pass: names that begin or end with one of these bytes, each
 * folded to 6 bits (bit_of()). Most names end here. */
struct glance {
    uint64_t first; /* of filters without an ending */
    uint64_t last;  /* of the others */
};

struct filters {
    struct filter *v;
    size_t n, room;
};

struct dm_signatures {
    struct dm_signature *sig[DM_SIG_MAX];
    unsigned n;
    struct filters all; /* of each step, by type; the same one only once in: */
    struct filters quick;
    uint8_t at[TYPES]; /* of a type in `quick`, plus 1; 0: no step wants it; the rest in at_rest */
    uint8_t at_rest;   /* the same for the first type from TYPES on */
    struct glance glance[TYPES];
};

/* ---- names ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* @s begins with @word, whatever the case of @s. */
static bool begins(struct dm_slice s, const char *word)
{
    size_t i = 0;

    while (word[i] && i < s.n && lower(s.p[i]) == word[i]) {
        i++;
    }
    return !word[i];
}

static bool is_pattern(struct dm_slice name, const char *word)
{
    size_t i = 0;

    for (; word[i] && i < name.n; i++) {
        if (name.p[i] != word[i] && (word[i] != '?' || name.p[i] == '.')) {
            return false;
        }
    }
    return !word[i] && i == name.n;
}

static bool is_keyword(struct dm_slice name, const char *word)
{
    size_t n = strlen(word);

    return begins(name, word) &&
           (n == name.n || name.p[n] == '.' || name.p[n] == '-' || g_ascii_isdigit(name.p[n]));
}

static bool has_word(enum dm_sig_test test, struct dm_slice name, const char *word)
{
    switch (test) {
    case DM_SIG_NAME:
        return is_pattern(name, word);
    case DM_SIG_PREFIX:
        return begins(name, word);
    case DM_SIG_SUFFIX:
        return dm_name_under(name, dm_slice_make(word, strlen(word)));
    default:
        return is_keyword(name, word);
    }
}

static bool has_type(const struct dm_sig_step *step, uint16_t type)
{
    for (int i = 0; i < DM_SIG_TYPES_MAX && step->type[i]; i++) {
        if (step->type[i] == type) {
            return true;
        }
    }
    return false;
}

bool dm_sig_step_is(const struct dm_sig_step *step, uint16_t type, struct dm_slice name)
{
    bool is = step->test == DM_SIG_ANY;

    for (unsigned i = 0; i < step->n_words && !is; i++) {
        is = has_word(step->test, name, step->word[i]);
    }
    return is && has_type(step, type);
}

/* ---- filters ---- */

static void allow_first(struct filter *f, const char *word)
{
    if (*word == '?' || *word == '\0') {
        memset(f->first, 0xff, sizeof f->first);
    } else {
        f->first[(uint8_t)*word / 32] |= 1u << (uint8_t)*word % 32;
    }
}

/* Shorten the filter's ending to what @word ends with, too. */
static void share_tail(struct filter *f, const char *word)
{
    size_t n = strlen(word), same = 0;

    while (same < f->tail_n && same < n && word[n - 1 - same] == f->tail[f->tail_n - 1 - same] &&
           word[n - 1 - same] != '?') {
        same++;
    }
    memmove(f->tail, f->tail + f->tail_n - same, same);
    f->tail_n = (uint8_t)same;
}

static void take_tail(struct filter *f, const char *word)
{
    size_t n = strlen(word), take = MIN(n, TAIL);

    f->tail_n = (uint8_t)take;
    memcpy(f->tail, word + n - take, take);
    share_tail(f, word); /* not past a "?" */
}

static struct filter make_filter(const struct dm_sig_step *step, uint16_t type)
{
    struct filter f = {.type = type, .step = step};
    bool ends = step->test == DM_SIG_NAME || step->test == DM_SIG_SUFFIX;

    if (step->test == DM_SIG_ANY || step->test == DM_SIG_SUFFIX) {
        allow_first(&f, "?");
    }
    for (unsigned i = 0; i < step->n_words; i++) {
        allow_first(&f, step->word[i]);
        if (ends && i == 0) {
            take_tail(&f, step->word[i]);
        } else if (ends) {
            share_tail(&f, step->word[i]);
        }
    }
    return f;
}

/* Returns: 0; DNSMON_ENOMEM. */
static int insert(struct filters *to, const struct filter *f)
{
    struct filter *v = dm_array_room(to->v, to->n, &to->room, sizeof *v);
    size_t at = 0;

    if (!v) {
        return DNSMON_ENOMEM;
    }
    while (at < to->n && v[at].type <= f->type) {
        at++;
    }
    memmove(v + at + 1, v + at, (to->n - at) * sizeof *v);
    v[at] = *f;
    to->v = v;
    to->n++;
    return 0;
}

/* Filters of words are compared in full, so they are as their step. */
static bool is_in(const struct filters *filters, const struct filter *f)
{
    bool words = f->step->test == DM_SIG_PREFIX || f->step->test == DM_SIG_KEYWORD;

    for (size_t i = 0; i < filters->n && !words; i++) {
        const struct filter *o = &filters->v[i];
        if (o->type == f->type && o->step->test == f->step->test && o->tail_n == f->tail_n &&
            memcmp(o->tail, f->tail, f->tail_n) == 0 &&
            memcmp(o->first, f->first, sizeof f->first) == 0) {
            return true;
        }
    }
    return false;
}

/* Upper and lower case of a letter are one bit. */
static uint64_t bit_of(char c)
{
    return UINT64_C(1) << (((uint8_t)c | 0x20) & 63);
}

static void take_glance(struct glance *g, const struct filter *f)
{
    if (f->tail_n) {
        g->last |= bit_of(f->tail[f->tail_n - 1]);
    }
    for (unsigned c = 0; c < 256 && !f->tail_n; c++) {
        g->first |= f->first[c / 32] >> c % 32 & 1 ? bit_of((char)c) : 0;
    }
}

static void index_types(struct dm_signatures *set)
{
    memset(set->glance, 0, sizeof set->glance);
    for (size_t i = 0; i < set->quick.n; i++) {
        const struct filter *f = &set->quick.v[i];
        if (f->type < TYPES) {
            take_glance(&set->glance[f->type], f);
        }
    }
    memset(set->at, 0, sizeof set->at);
    set->at_rest = 0;
    for (size_t i = set->quick.n; i-- > 0;) {
        uint16_t type = set->quick.v[i].type;
        *(type < TYPES ? &set->at[type] : &set->at_rest) = (uint8_t)MIN(i + 1, UINT8_MAX);
    }
}

static int add_filters(struct dm_signatures *set, const struct dm_sig_step *step)
{
    int rc = 0;

    for (int t = 0; t < DM_SIG_TYPES_MAX && step->type[t] && rc == 0; t++) {
        struct filter f = make_filter(step, step->type[t]);
        rc = insert(&set->all, &f);
        if (rc == 0 && !is_in(&set->quick, &f)) {
            rc = insert(&set->quick, &f);
        }
    }
    return rc;
}

static bool passes(const struct filter *f, struct dm_slice raw)
{
    uint8_t first = raw.n ? (uint8_t)lower(raw.p[0]) : 0;

    if (raw.n < f->tail_n || (f->tail_n && lower(raw.p[raw.n - 1]) != f->tail[f->tail_n - 1]) ||
        !(f->first[first / 32] >> first % 32 & 1)) {
        return false;
    }
    for (unsigned i = 1; i <= f->tail_n; i++) {
        if (lower(raw.p[raw.n - i]) != f->tail[f->tail_n - i]) {
            return false;
        }
    }
    bool is = f->step->test != DM_SIG_PREFIX && f->step->test != DM_SIG_KEYWORD;
    for (unsigned i = 0; i < f->step->n_words && !is; i++) {
        is = begins(raw, f->step->word[i]);
    }
    return is;
}

bool dm_signatures_may(const struct dm_signatures *set, uint16_t type, struct dm_slice raw)
{
    unsigned at = type < TYPES ? set->at[type] : set->at_rest;

    if (at == 0) {
        return false;
    }
    if (raw.n > 0 && raw.p[raw.n - 1] == '.') {
        raw.n--;
    }
    if (raw.n > 0 && type < TYPES && !(set->glance[type].first & bit_of(raw.p[0])) &&
        !(set->glance[type].last & bit_of(raw.p[raw.n - 1]))) {
        return false;
    }
    const struct filter *f = set->quick.v + at - 1, *end = set->quick.v + set->quick.n;
    while (f < end && f->type < type) {
        f++;
    }
    for (; f < end && f->type == type; f++) {
        if (passes(f, raw)) {
            return true;
        }
    }
    return false;
}

bool dm_signatures_wants(const struct dm_signatures *set, uint16_t type)
{
    for (size_t i = 0; i < set->quick.n; i++) {
        if (set->quick.v[i].type == type) {
            return true;
        }
    }
    return false;
}

static void look_for(const struct filter *f, struct dm_look *look)
{
    const struct dm_sig_step *step = f->step;

    if (f->tail_n) {
        dm_look_end(look, dm_slice_make(f->tail, f->tail_n));
    } else if (step->test == DM_SIG_PREFIX || step->test == DM_SIG_KEYWORD) {
        for (unsigned i = 0; i < step->n_words; i++) {
            dm_look_begin(look, dm_slice_make(step->word[i], strlen(step->word[i])));
        }
    } else {
        for (unsigned c = 0; c < 256; c++) {
            const char first = (char)c;
            if (f->first[c / 32] >> c % 32 & 1) {
                dm_look_begin(look, dm_slice_make(&first, 1));
            }
        }
    }
}

void dm_signatures_look(const struct dm_signatures *set, uint16_t type, struct dm_look *look)
{
    for (size_t i = 0; i < set->quick.n; i++) {
        const struct filter *f = &set->quick.v[i];
        if (f->type == type) {
            look_for(f, look);
        }
    }
}

unsigned dm_signatures_match(const struct dm_signatures *set, uint16_t type, struct dm_slice name)
{
    unsigned found = 0;

    for (size_t i = 0; i < set->all.n; i++) {
        const struct filter *f = &set->all.v[i];
        if (f->type == type && dm_sig_step_is(f->step, type, name)) {
            found |= DM_SIG_STEP | (f->step->domains ? DM_SIG_DOMAINS : 0);
        }
    }
    return found;
}

/* ---- the set ---- */

struct dm_signatures *dm_signatures_new(void)
{
    return g_try_new0(struct dm_signatures, 1);
}

static void free_signature(struct dm_signature *sig)
{
    for (unsigned s = 0; s < sig->n_steps; s++) {
        dm_sig_step_clear(&sig->step[s]);
    }
    g_free(sig);
}

void dm_signatures_free(struct dm_signatures *set)
{
    if (set) {
        for (unsigned i = 0; i < set->n; i++) {
            free_signature(set->sig[i]);
        }
        g_free(set->all.v);
        g_free(set->quick.v);
        g_free(set);
    }
}

/* FNV-1a of "name=text": not a secret, the same in every process. */
static uint64_t id_of(const char *name, struct dm_slice text)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *name; name++) {
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    }
    h = (h ^ '=') * 0x100000001b3u;
    for (size_t i = 0; i < text.n; i++) {
        h = (h ^ (uint8_t)text.p[i]) * 0x100000001b3u;
    }
    return h;
}

int dm_signature_check(struct dm_slice text, char *reason, size_t len)
{
    struct dm_signature *sig = g_try_new0(struct dm_signature, 1);

    if (!sig) {
        return DNSMON_ENOMEM;
    }
    int rc = dm_signature_parse(text, sig, reason, len);

    if (rc == 0 && !dm_signature_says_something(sig)) {
        g_snprintf(reason, (gulong)len,
                   "fits every client: none of its steps has a name, a count or a rare type; "
                   "write for example A name=gate.example, or MX domains=4 within=10m");
        rc = DNSMON_ECONFIG;
    }
    free_signature(sig);
    return rc;
}

int dm_signatures_add(struct dm_signatures *set, const char *name, struct dm_slice text)
{
    struct dm_signature *sig = g_try_new0(struct dm_signature, 1);
    char reason[8];

    if (!sig) {
        return DNSMON_ENOMEM;
    }
    int rc = set->n == DM_SIG_MAX ? DNSMON_ECONFIG
                                  : dm_signature_parse(text, sig, reason, sizeof reason);
    if (rc < 0) {
        free_signature(sig);
        return rc;
    }
    g_strlcpy(sig->name, name, sizeof sig->name);
    sig->id = id_of(name, text);
    set->sig[set->n++] = sig;
    for (unsigned s = 0; s < sig->n_steps && rc == 0; s++) {
        rc = add_filters(set, &sig->step[s]);
    }
    index_types(set);
    return rc;
}

unsigned dm_signatures_count(const struct dm_signatures *set)
{
    return set ? set->n : 0;
}

const struct dm_signature *dm_signatures_at(const struct dm_signatures *set, unsigned i)
{
    return set->sig[i];
}
