/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The registered domain by the public suffix list that libpsl carries: what the scores count as one
 * destination, so that a thousand names of one owner are one.
 *
 * Method: psl_registrable_domain() answers with a pointer into the text it was given; no copy. The
 * text is in normal form (lower case, NUL-terminated, no NUL inside, no final dot), as libpsl asks.
 * Private suffixes (github.io) count as suffixes: their customers are not one another.
 *
 * LIMITS: the list is as old as the libpsl package. Internationalised suffixes are found in their
 * "xn--" form only, which is what travels in DNS. libpsl looks at the last eight labels at most.
 */
#include <libpsl.h>
#include <string.h>

#include "dns/name.h"

/* libpsl's own context under our name; the built-in one is static and needs no lock. */
struct dm_psl *dm_psl_new(void)
{
    return (struct dm_psl *)psl_builtin();
}

void dm_psl_free(struct dm_psl *psl)
{
    psl_free((psl_ctx_t *)psl); /* leaves the built-in one alone, accepts NULL */
}

struct dm_slice dm_name_registered(const struct dm_psl *psl, const struct dm_name *name)
{
    const uint32_t none = DM_NAME_INVALID | DM_NAME_ROOT | DM_NAME_SINGLE | DM_NAME_IPLIT;
    struct dm_slice text = dm_slice_make(name->text, name->len);

    if ((name->bits & none) || dm_name_under(text, DM_SLICE("arpa"))) {
        return DM_SLICE("");
    }
    const char *reg = psl_registrable_domain((const psl_ctx_t *)psl, name->text);
    return reg ? dm_slice_make(reg, (size_t)(name->text + name->len - reg)) : DM_SLICE("");
}

/* The last label of @front. */
static struct dm_slice last_label(struct dm_slice front)
{
    size_t at = front.n;

    while (at > 0 && front.p[at - 1] != '.') {
        at--;
    }
    return dm_slice_skip(front, at);
}

/* @front without its last label and the dot. */
static struct dm_slice without_last(struct dm_slice front)
{
    size_t n = last_label(front).n;

    return dm_slice_head(front, front.n > n ? front.n - n - 1 : 0);
}

/* Two labels at the most. */
#define SUFFIX_MAX 127

static bool is_suffix(const struct dm_psl *psl, struct dm_slice s)
{
    char text[SUFFIX_MAX + 1];

    if (s.n == 0 || s.n > SUFFIX_MAX) {
        return false;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    /* Without the "*" rule of the list, by which any unknown word would be a suffix. */
    return psl_is_public_suffix2((const psl_ctx_t *)psl, text,
                                 PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

unsigned dm_name_public_label(const struct dm_psl *psl, const struct dm_name *name,
                              struct dm_slice front)
{
    struct dm_slice last = last_label(front);
    unsigned labels = 1;

    if ((name->bits & DM_NAME_INVALID) || !is_suffix(psl, last)) {
        return 0;
    }
    for (size_t i = 0; i < front.n; i++) {
        labels += front.p[i] == '.';
    }
    return labels;
}

/* Top-level domains that nobody calls a department by, of those that existed in 2004. */
static bool is_generic(struct dm_slice label)
{
    static const struct dm_slice generic[] = {{"com", 3}, {"net", 3},  {"org", 3},
                                              {"edu", 3}, {"gov", 3},  {"mil", 3},
                                              {"int", 3}, {"info", 4}, {"biz", 3}};

    for (size_t i = 0; i < sizeof generic / sizeof generic[0]; i++) {
        if (dm_slice_eq(label, generic[i])) {
            return true;
        }
    }
    return false;
}

bool dm_name_foreign(const struct dm_psl *psl, const struct dm_name *name, struct dm_slice front,
                     struct dm_slice home)
{
    while (!(name->bits & DM_NAME_INVALID)) {
        struct dm_slice last = last_label(front), rest = without_last(front);
        if (rest.n == 0 || !is_suffix(psl, last)) {
            return false;
        }
        if (is_generic(last) || dm_slice_eq(last, last_label(home))) {
            return true;
        }
        struct dm_slice two = dm_slice_skip(front, rest.n - last_label(rest).n);
        if (two.n < front.n && is_suffix(psl, two)) {
            return true;
        }
        front = rest;
    }
    return false;
}
