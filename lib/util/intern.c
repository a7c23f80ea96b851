/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A linear search: callers remember their last answer, so this is asked once per host and thread.
 *
 * LIMITS: never forgets; a sender that invents host names fills it, and later ones have no name.
 */
#include "util/intern.h"

#include <glib.h>

#include "util/copy.h"

struct dm_intern {
    char *text[DM_INTERN_MAX];
    size_t len[DM_INTERN_MAX];
    uint16_t n;
};

struct dm_intern *dm_intern_new(void)
{
    return g_try_new0(struct dm_intern, 1);
}

void dm_intern_reset(struct dm_intern *in)
{
    for (uint16_t i = 0; i < in->n; i++) {
        g_free(in->text[i]);
    }
    in->n = 0;
}

void dm_intern_free(struct dm_intern *in)
{
    if (in) {
        dm_intern_reset(in);
        g_free(in);
    }
}

uint16_t dm_intern_add(struct dm_intern *in, struct dm_slice text)
{
    text = dm_slice_head(text, dm_slice_find(text, '\0'));
    for (uint16_t i = 0; i < in->n; i++) {
        if (dm_slice_eq(text, dm_slice_make(in->text[i], in->len[i]))) {
            return (uint16_t)(i + 1);
        }
    }
    if (text.n == 0 || in->n == DM_INTERN_MAX) {
        return 0;
    }
    char *copy = dm_copy_slice(text);
    if (!copy) {
        return 0;
    }
    in->text[in->n] = copy;
    in->len[in->n] = text.n;
    return ++in->n;
}

const char *dm_intern_text(const struct dm_intern *in, uint16_t number)
{
    return number && number <= in->n ? in->text[number - 1] : "";
}

uint16_t dm_intern_count(const struct dm_intern *in)
{
    return in->n;
}

struct dm_slice dm_intern_slice(const struct dm_intern *in, uint16_t number)
{
    return dm_slice_make(in->text[number - 1], in->len[number - 1]);
}
