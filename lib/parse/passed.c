/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An operator writes what he likes in front of a packet: "[UFW ALLOW] ", "FORWARD-DROP: ",
 * "Shorewall:net-fw:ACCEPT:". Words of letters are compared, in any case; one that refuses wins
 * over one that lets through, so that nothing is passed over by mistake ("ACCEPT-else-DROP").
 *
 * "UFW AUDIT" stands for letting through: it is logged of new connections whatever becomes of them,
 * and those that are blocked have a line of their own (ufw(8), LOGGING).
 *
 * LIMITS: other languages, and words that have more than letters around the action ("ACCEPTED2"
 * counts, "FWACCEPT" does not).
 * Source: ufw(8); iptables-extensions(8) LOG --log-prefix; shorewall.conf(5) LOGFORMAT; pf.conf(5).
 */
#include "parse/passed.h"

#include <glib.h>
#include <string.h>

static const char *const passing[] = {"ALLOW",  "ALLOWED", "ACCEPT",    "ACCEPTED", "PASS",
                                      "PASSED", "PERMIT",  "PERMITTED", "AUDIT"};
static const char *const refusing[] = {"BLOCK",  "BLOCKED",  "DROP", "DROPPED", "DENY",   "DENIED",
                                       "REJECT", "REJECTED", "NOT",  "NO",      "INVALID"};

static bool is_one_of(struct dm_slice w, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(words[i]) == w.n && g_ascii_strncasecmp(words[i], w.p, w.n) == 0) {
            return true;
        }
    }
    return false;
}

/* The letters at the front of @s, and what is behind them off it. */
static struct dm_slice take_letters(struct dm_slice *s)
{
    size_t n = 0;

    while (n < s->n && g_ascii_isalpha(s->p[n])) {
        n++;
    }
    struct dm_slice w = dm_slice_head(*s, n);
    *s = dm_slice_skip(*s, n);
    return w;
}

struct dm_slice dm_passed_word(struct dm_slice text, bool *ret_passed)
{
    struct dm_slice found = {NULL, 0};

    while (text.n > 0) {
        struct dm_slice w = take_letters(&text);
        if (w.n == 0) {
            text = dm_slice_skip(text, 1);
        } else if (is_one_of(w, refusing, G_N_ELEMENTS(refusing))) {
            *ret_passed = false;
            return w;
        } else if (found.n == 0 && is_one_of(w, passing, G_N_ELEMENTS(passing))) {
            found = w;
        }
    }
    *ret_passed = found.n > 0;
    return found;
}
