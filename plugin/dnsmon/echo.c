/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A host that gets the events back (its own rules, a hop over the central host) must not have them
 * classified: a JSON event would be a JSON line that cannot be read, and soon a finding about that.
 *
 * Two places tell, neither of which the names in a log line can reach: a line that is a JSON object
 * and has "dataset":"dnsmon.event" in it (in a value, the quotes would be escaped), and a syslog
 * header whose program is dnsmon (RFC 5424; RFC 3164 and ISO 8601 stamps with its colon).
 *
 * LIMITS: an event under another program name is read. In text form it is no line of a known form.
 * Source: plugin/rsyslog/guard.c, which sees more, since rsyslog has parsed the header.
 */
#define _GNU_SOURCE
#include "echo.h"

#include <string.h>

static bool has_prefix(const struct line *s, const char *word)
{
    return s->n >= strlen(word) && memcmp(s->p, word, strlen(word)) == 0;
}

static void skip(struct line *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

static void skip_blanks(struct line *s)
{
    while (s->n > 0 && s->p[0] == ' ') {
        skip(s, 1);
    }
}

/* "<134>" */
static void skip_pri(struct line *s)
{
    const char *end = s->n > 0 && s->p[0] == '<' ? memchr(s->p, '>', s->n < 5 ? s->n : 5) : NULL;

    if (end) {
        skip(s, (size_t)(end + 1 - s->p));
    }
}

static bool is_json_event(struct line s)
{
    static const char mark[] = "\"dataset\":\"dnsmon.event\"";

    skip_blanks(&s);
    if (has_prefix(&s, "@cee:")) {
        skip(&s, strlen("@cee:"));
        skip_blanks(&s);
    }
    return has_prefix(&s, "{") && memmem(s.p, s.n, mark, sizeof mark - 1) != NULL;
}

static bool is_word(const struct line *s, const char *word)
{
    return s->n == strlen(word) && has_prefix(s, word);
}

/* Words of the header: "1 STAMP HOST dnsmon", "Mmm dd hh:mm:ss HOST dnsmon:", "STAMP HOST dnsmon:".
 */
static bool is_our_header(struct line s)
{
    bool version = has_prefix(&s, "1 ");

    for (int i = 0; i < 5 && s.n > 0; i++) {
        const char *end = memchr(s.p, ' ', s.n);
        struct line word = {s.p, end ? (size_t)(end - s.p) : s.n};
        if ((i == 3 && version && is_word(&word, "dnsmon")) ||
            ((i == 2 || i == 4) && is_word(&word, "dnsmon:"))) {
            return true;
        }
        skip(&s, word.n);
        skip_blanks(&s);
    }
    return false;
}

bool echo_is_event(const struct line *line)
{
    struct line s = *line;

    skip_pri(&s);
    return is_json_event(s) || is_our_header(s);
}
