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

#define LABEL_MAX 63

unsigned dm_name_public_label(const struct dm_psl *psl, const struct dm_name *name,
                              struct dm_slice front)
{
    char label[LABEL_MAX + 1];
    size_t at = front.n;
    unsigned labels = 1;

    while (at > 0 && front.p[at - 1] != '.') {
        at--;
    }
    struct dm_slice last = dm_slice_skip(front, at);
    if (last.n == 0 || last.n > LABEL_MAX || (name->bits & DM_NAME_INVALID)) {
        return 0;
    }
    memcpy(label, last.p, last.n);
    label[last.n] = 0;
    /* Without the "*" rule of the list, by which any unknown word would be a suffix. */
    if (!psl_is_public_suffix2((const psl_ctx_t *)psl, label,
                               PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)) {
        return 0;
    }
    for (size_t i = 0; i < at; i++) {
        labels += front.p[i] == '.';
    }
    return labels;
}
