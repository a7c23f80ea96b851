/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The keyword of a mail server's usual name: what a mass mailer that guesses server names asks for.
 *
 * Method: the first byte sends most names away; then one word, then the byte behind it decides.
 * The words and what may follow are those of S0 (Mydoom's list) and S1 Figure 2 (doc/SCIENCE.md
 * A.5): end of label, digit or '-'; "mail" also h, g, s, because the figure lists mailh, mailg,
 * mails. The word is a prefix by design, so "mailgun" and "mailstore" are hits, while "mailing",
 * "mailbox" and "mailer" are not; never a substring ("dns", "insights", "gateway" would drown the
 * scan).
 *
 * LIMITS: escapes in the word itself are not undone (no server writes "\109ail"). Names under arpa
 * are no hits (C3: search lists made of a reversed subnet put hosts there). Whether the name is the
 * site's own is the caller's to ask.
 */
#include "dns/name.h"

struct word {
    const char *text; /* lower case */
    uint8_t n;
    enum dm_keyword kw;
};

/* "mxs" before "mx", which is its prefix. */
static const struct word words[] = {
    {"mail", 4, DM_KW_MAIL},   {"smtp", 4, DM_KW_SMTP}, {"mxs", 3, DM_KW_MXS},
    {"mx", 2, DM_KW_MX},       {"ns", 2, DM_KW_NS},     {"gate", 4, DM_KW_GATE},
    {"relay", 5, DM_KW_RELAY},
};

const char *dm_keyword_text(unsigned i)
{
    return i < sizeof words / sizeof words[0] ? words[i].text : NULL;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* @s begins with @n bytes @text, which is lower case. */
static bool starts_nocase(struct dm_slice s, const char *text, size_t n)
{
    if (s.n < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (lower(s.p[i]) != text[i]) {
            return false;
        }
    }
    return true;
}

static bool may_follow(enum dm_keyword kw, char c)
{
    c = lower(c);
    if (c == '.' || (c >= '0' && c <= '9')) {
        return true;
    }
    if (kw == DM_KW_MAIL && (c == 'h' || c == 'g' || c == 's')) {
        return true;
    }
    return c == '-' && kw != DM_KW_NS;
}

/* There is another label behind the first, and the last is not "arpa". */
static bool has_zone(struct dm_slice name)
{
    size_t i = 0;

    if (name.n > 0 && name.p[name.n - 1] == '.') {
        name.n--;
    }
    while (i < name.n && name.p[i] != '.') {
        i += name.p[i] == '\\' ? 2 : 1;
    }
    if (i + 1 >= name.n) {
        return false;
    }
    return name.n < 5 || !starts_nocase(dm_slice_skip(name, name.n - 5), ".arpa", 5);
}

/* First bytes of the words: nine of ten names end here. */
static const bool first_bytes[256] = {
    ['m'] = true, ['s'] = true, ['n'] = true, ['g'] = true, ['r'] = true,
    ['M'] = true, ['S'] = true, ['N'] = true, ['G'] = true, ['R'] = true,
};

enum dm_keyword dm_keyword_of(struct dm_slice raw)
{
    /* The shortest hit is "mx.a". */
    if (raw.n < 4 || !first_bytes[(unsigned char)raw.p[0]]) {
        return DM_KW_NONE;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const struct word *w = &words[i];
        if (starts_nocase(raw, w->text, w->n)) {
            bool hit = raw.n > w->n && may_follow(w->kw, raw.p[w->n]) && has_zone(raw);
            return hit ? w->kw : DM_KW_NONE;
        }
    }
    return DM_KW_NONE;
}
