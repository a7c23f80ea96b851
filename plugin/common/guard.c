/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loop guard: an event that comes back must not be read, whatever the site's rules do with it.
 * Unguarded, one line became 1.2 million events in three seconds.
 *
 * Here, the input name tells for certain. After a hop to another host it is gone, and what is left
 * depends on the template of the forwarding action. One of these is enough:
 *   - the program name is "dnsmon": RFC 3164 and RFC 5424 templates with the default tag, and a
 *     bare "%msg%" line, whose "dnsmon:" the receiver takes for the tag;
 *   - the text begins with "dnsmon: " and a level: the same with a tag of the site's own;
 *   - there is a structured data element dnsmon@32473: any template that has RFC 5424 data;
 *   - the text, or the whole message after its <PRI>, is a JSON object (or "@cee:" and one) with
 *     "dataset":"dnsmon.event": templates that send %$!all-json% with or without a header.
 * None of them can be forged in a line of a DNS or mail server by the names in it: such a line
 * begins neither with our prefix nor with a brace, and inside JSON a quote in a value is escaped.
 *
 * LIMITS: an event wrapped as one string inside another JSON object under another program name is
 * read; it is no line of a known form, so that it counts as not understood and makes no event.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strnlen, clock_gettime */
#endif
#include "guard.h"

#include <string.h>
#include <sys/types.h>

static bool has_prefix(const char *text, size_t len, const char *prefix)
{
    size_t prefix_len = strlen(prefix);

    return len >= prefix_len && memcmp(text, prefix, prefix_len) == 0;
}

static bool is_equal(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

static size_t skip_blanks(const char *text, size_t len, size_t at)
{
    while (at < len && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at;
}

/* "dnsmon: alarm ..." as the text encoder writes it. */
static bool is_event_text(const char *msg, size_t len)
{
    static const char *const levels[] = {"alarm ", "notice ", "info "};
    size_t at = skip_blanks(msg, len, 0);

    if (!has_prefix(msg + at, len - at, "dnsmon: "))
        return false;
    at += strlen("dnsmon: ");
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (has_prefix(msg + at, len - at, levels[i]))
            return true;
    return false;
}

static bool has_element(const char *sd, size_t len)
{
    static const char id[] = "[dnsmon@32473";

    return len > 1 && memmem(sd, len, id, sizeof id - 1) != NULL;
}

/* The value after a key that ends at @at: is it the string "dnsmon.event"? */
static bool is_our_value(const char *json, size_t len, size_t at)
{
    at = skip_blanks(json, len, at);
    if (at >= len || json[at] != ':')
        return false;
    at = skip_blanks(json, len, at + 1);
    return has_prefix(json + at, len - at, "\"dnsmon.event\"");
}

bool dm_guard_is_event_json(const char *json, size_t len)
{
    static const char key[] = "\"dataset\"";
    size_t at = 0;

    while (at < len) {
        const char *hit = memmem(json + at, len - at, key, sizeof key - 1);

        if (!hit)
            return false;
        at = (size_t)(hit - json) + sizeof key - 1;
        if (is_our_value(json, len, at))
            return true;
    }
    return false;
}

static bool is_json_event(const char *text, size_t len)
{
    size_t at = skip_blanks(text, len, 0);

    if (has_prefix(text + at, len - at, "@cee:"))
        at = skip_blanks(text, len, at + strlen("@cee:"));
    if (at >= len || text[at] != '{')
        return false;
    return dm_guard_is_event_json(text + at, len - at);
}

/* Where the text after "<PRI>" begins; 0 without one. */
static size_t skip_pri(const char *raw, size_t len)
{
    size_t at = 1;

    if (len == 0 || raw[0] != '<')
        return 0;
    while (at < len && at < 5 && raw[at] >= '0' && raw[at] <= '9')
        at++;
    return at < len && raw[at] == '>' ? at + 1 : 0;
}

bool dm_guard_has_data(const char *raw, size_t len)
{
    size_t at = skip_pri(raw, len);

    return has_prefix(raw + at, len - at, "1 ");
}

bool dm_guard_is_event(const struct dm_seen *seen)
{
    size_t body = skip_pri(seen->raw, seen->raw_len);

    return is_equal(seen->input, seen->input_len, DM_GUARD_INPUT_NAME) ||
           is_equal(seen->program, seen->program_len, "dnsmon") ||
           is_event_text(seen->msg, seen->msg_len) || has_element(seen->sd, seen->sd_len) ||
           is_json_event(seen->msg, seen->msg_len) ||
           is_json_event(seen->raw + body, seen->raw_len - body);
}
