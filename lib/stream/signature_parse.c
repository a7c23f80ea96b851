/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Words separated by blanks, steps by ";". Every refusal names the step, what stands there and what
 * would be right.
 *
 * LIMITS: no escapes: a name with a blank, ";" or "|" in it cannot be written.
 * Source: doc/SCIENCE.md A.4: at most 16 ordered predicates.
 */
#include "stream/signature_parse.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "dnsmon/dnsmon.h"
#include "util/copy.h"
#include "util/value.h"

/* When a step says nothing, s: A.4's window. */
#define WITHIN_S 60
#define WITHIN_MAX_S 86400
/* Bytes of the text that a refusal repeats. */
#define SHOWN 60

struct parse {
    struct dm_sig_step *step;
    unsigned number;
    uint32_t said; /* which words the step has had, by their place in the table */
    char *reason;
    size_t len;
};

static int refuse(const struct parse *p, struct dm_slice what, const char *why)
{
    g_snprintf(p->reason, (gulong)p->len, "step %u: \"%.*s%s\" %s", p->number,
               (int)MIN(what.n, SHOWN), what.p, what.n > SHOWN ? "..." : "", why);
    return DNSMON_ECONFIG;
}

static bool next_part(struct dm_slice *rest, char separator, struct dm_slice *ret)
{
    if (rest->n == 0) {
        return false;
    }
    *ret = dm_slice_head(*rest, dm_slice_find(*rest, separator));
    *rest = dm_slice_skip(*rest, ret->n + 1);
    return true;
}

static int take_types(struct parse *p, struct dm_slice word)
{
    struct dm_slice rest = word, one;
    int n = 0;

    while (next_part(&rest, '|', &one)) {
        uint16_t type = dm_rrtype_number(one);
        if (type == 0) {
            return refuse(p, word, "is no record type; begin a step with for example MX or A|AAAA");
        }
        if (n == DM_SIG_TYPES_MAX) {
            return refuse(p, word, "has more than 4 types; write two signatures");
        }
        p->step->type[n++] = type;
    }
    return 0;
}

static int take_words(struct parse *p, struct dm_slice word, struct dm_slice value,
                      enum dm_sig_test test)
{
    struct dm_slice one;

    if (p->step->test != DM_SIG_ANY) {
        return refuse(p, word, "is a second test of the name; write one a step");
    }
    p->step->test = test;
    while (next_part(&value, '|', &one)) {
        if (one.n > 1 && one.p[one.n - 1] == '.' && test != DM_SIG_PREFIX) {
            one.n--;
        }
        if (one.n == 0 || one.n > DM_NAME_MAX) {
            return refuse(p, word, "has a part that is no name; write for example name=a.example");
        }
        if (p->step->n_words == DM_SIG_WORDS_MAX) {
            return refuse(p, word, "has more than 16 names; write two signatures");
        }
        bool root = one.n == 1 && one.p[0] == '.' && test == DM_SIG_NAME;
        char *copy = dm_copy_slice(dm_slice_head(one, root ? 0 : one.n));
        if (!copy) {
            return DNSMON_ENOMEM;
        }
        for (char *c = copy; *c; c++) {
            *c = g_ascii_tolower(*c);
        }
        p->step->word[p->step->n_words++] = copy;
    }
    return p->step->n_words ? 0 : refuse(p, word, "has no name; write for example name=a.example");
}

static int take_count(struct parse *p, struct dm_slice word, struct dm_slice value, uint8_t *ret)
{
    double v;

    if (dm_value_read(DM_OPT_COUNT, value, &v) < 0 || v < 1 || v > DM_SIG_COUNT_MAX) {
        return refuse(p, word, "is out of range; write 1 to 16");
    }
    *ret = (uint8_t)v;
    return 0;
}

static int take_time(struct parse *p, struct dm_slice word, struct dm_slice value)
{
    double v;

    if (dm_value_read(DM_OPT_DURATION, value, &v) < 0 || v < 1 || v > WITHIN_MAX_S) {
        return refuse(p, word, "is no time from 1s to 1d; write for example within=60s");
    }
    p->step->within_us = (int64_t)(v * 1e6);
    return 0;
}

enum { NAME, PREFIX, SUFFIX, KEYWORD, DISTINCT, DOMAINS, REPEATS, WITHIN, AROUND, WORDS };

static const char *const words[WORDS] = {
    [NAME] = "name=",       [PREFIX] = "prefix=",     [SUFFIX] = "suffix=",
    [KEYWORD] = "keyword=", [DISTINCT] = "distinct=", [DOMAINS] = "domains=",
    [REPEATS] = "repeats=", [WITHIN] = "within=",     [AROUND] = "around=",
};

static int take_value(struct parse *p, struct dm_slice word, int kind, struct dm_slice value)
{
    switch (kind) {
    case DISTINCT:
        return take_count(p, word, value, &p->step->need);
    case DOMAINS:
        p->step->domains = true;
        return take_count(p, word, value, &p->step->need);
    case REPEATS:
        return take_count(p, word, value, &p->step->repeats);
    case AROUND:
        p->step->around = true;
        return take_time(p, word, value);
    case WITHIN:
        return take_time(p, word, value);
    default:
        return take_words(p, word, value, (enum dm_sig_test)(DM_SIG_NAME + kind - NAME));
    }
}

static int take_word(struct parse *p, struct dm_slice word)
{
    if (dm_slice_eq(word, DM_SLICE("first"))) {
        p->step->first = true;
        return 0;
    }
    for (int i = 0; i < WORDS; i++) {
        struct dm_slice value = word;
        if (dm_slice_drop(&value, dm_slice_make(words[i], strlen(words[i])))) {
            if (p->said >> i & 1) {
                return refuse(p, word, "comes twice; write it once, with \"|\" between its values");
            }
            p->said |= 1u << i;
            return take_value(p, word, i, value);
        }
    }
    return refuse(p, word,
                  "is not known; write name=, prefix=, suffix=, keyword=, distinct=, domains=, "
                  "repeats=, within=, around= or first, separated by blanks");
}

/* What cannot be together. */
static int check_step(struct parse *p, struct dm_slice text)
{
    const struct dm_sig_step *step = p->step;

    if ((p->said >> DISTINCT & 1) && (p->said >> DOMAINS & 1)) {
        return refuse(p, text, "counts both names and domains; write distinct= or domains=");
    }
    if ((p->said >> WITHIN & 1) && step->around) {
        return refuse(p, text, "has within= and around=; write one of them");
    }
    if (step->around && p->number == 1) {
        return refuse(p, text, "has no step in front for around=; write within=");
    }
    if (step->around && (step->need > 1 || step->repeats)) {
        return refuse(p, text, "counts what may come before its turn; write within= for around=");
    }
    for (int i = 0; step->first && i < DM_SIG_TYPES_MAX && step->type[i]; i++) {
        uint16_t t = step->type[i];
        if (t != DM_TYPE_A && t != DM_TYPE_AAAA && t != DM_TYPE_MX && t != DM_TYPE_PTR) {
            return refuse(p, text, "has first, which is known of A, AAAA, MX and PTR only");
        }
    }
    return 0;
}

static int parse_step(struct parse *p, struct dm_slice text)
{
    struct dm_slice rest = text, word;
    bool typed = false;
    int rc = 0;

    p->said = 0;
    p->step->need = 1;
    p->step->within_us = WITHIN_S * 1000000LL;
    while (rc == 0 && next_part(&rest, ' ', &word)) {
        if (word.n > 0) {
            rc = typed ? take_word(p, word) : take_types(p, word);
            typed = true;
        }
    }
    return rc < 0 ? rc : check_step(p, text);
}

int dm_signature_parse(struct dm_slice text, struct dm_signature *ret, char *reason, size_t len)
{
    struct parse p = {.reason = reason, .len = len};
    struct dm_slice step;
    int rc = 0;

    while (rc == 0 && dm_list_next(&text, &step)) {
        if (ret->n_steps == DM_SIG_STEPS_MAX) {
            g_snprintf(reason, (gulong)len, "has more than %d steps; leave some out",
                       DM_SIG_STEPS_MAX);
            return DNSMON_ECONFIG;
        }
        p.number = ret->n_steps + 1;
        p.step = &ret->step[ret->n_steps++];
        rc = parse_step(&p, step);
    }
    if (rc == 0 && ret->n_steps == 0) {
        g_snprintf(reason, (gulong)len,
                   "has no step; write for example MX domains=4 within=10m, or nothing to switch "
                   "a signature off");
        rc = DNSMON_ECONFIG;
    }
    return rc;
}

/* Whether a step is more than what every client does: a name, a count, or a rarer type. */
static bool is_telling(const struct dm_sig_step *step)
{
    static const uint16_t usual[] = {DM_TYPE_A, DM_TYPE_AAAA, DM_TYPE_HTTPS, DM_TYPE_MX,
                                     DM_TYPE_PTR};
    bool telling = true;

    for (int i = 0; i < DM_SIG_TYPES_MAX && step->type[i]; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(usual); k++) {
            telling = telling && step->type[i] != usual[k];
        }
    }
    return telling || step->test != DM_SIG_ANY || step->need > 1 || step->repeats > 1;
}

bool dm_signature_says_something(const struct dm_signature *sig)
{
    for (unsigned i = 0; i < sig->n_steps; i++) {
        if (is_telling(&sig->step[i])) {
            return true;
        }
    }
    return false;
}

int dm_signature_name_check(struct dm_slice name, char *reason, size_t len)
{
    bool good = name.n > 0 && name.n <= DM_SIG_NAME_MAX && g_ascii_islower(name.p[0]);

    for (size_t i = 0; i < name.n && good; i++) {
        good = g_ascii_islower(name.p[i]) || g_ascii_isdigit(name.p[i]) || name.p[i] == '-';
    }
    if (!good) {
        g_snprintf(reason, (gulong)len,
                   "is no name for a signature; write up to %d lower-case letters, digits and "
                   "\"-\", a letter first, for example our-worm",
                   DM_SIG_NAME_MAX);
    }
    return good ? 0 : DNSMON_ECONFIG;
}

void dm_sig_step_clear(struct dm_sig_step *step)
{
    for (unsigned i = 0; i < step->n_words; i++) {
        g_free(step->word[i]);
    }
}
