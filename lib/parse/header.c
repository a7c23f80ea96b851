/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Headers: what stands in front of the message of a raw line.
 *
 * Method. A header is taken only where it is certain: a stamp, a host and a tag that ends in ':'
 * (or has "[pid]"). BIND writes lines of its own that begin with a stamp and look alike
 * ("Nov 21 06:25:52.597 client 192.0.2.7#57680: query: ..."), so a tag has no '#', and behind a
 * stamp with BIND's three digits of a second it must have a "[pid]" (the kernel has none, ever).
 *
 * LIMITS: a header without a tag (RFC 3164 5.3 example 4) is left in the message. RFC 5424 needs
 * its "<PRI>1 ".
 * Source: RFC 3164 4.1, RFC 5424 6, rsyslog's RSYSLOG_FileFormat.
 */
#include "parse/timestamp.h"

/* Longest host name or program name that is taken for one, bytes (RFC 5424 6: HOSTNAME 255). */
#define WORD_MAX 255

/* Bytes of a tag: letters, digits and a few marks; not '#', which BIND has behind an address. */
/* Letters, digits and "/-_.@+". A table, because every byte of every tag is asked. */
static const bool tag_bytes[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['/'] = true, ['-'] = true,
    ['_'] = true,         ['.'] = true,         ['@'] = true,         ['+'] = true,
};

static bool is_tag_byte(char c)
{
    return tag_bytes[(unsigned char)c];
}

/* A tag at the front of @s: "prog:", "prog[pid]:" or "prog[pid]".
 * Returns: bytes up to the message, 0 if there is no tag; *ret_pid: it has a "[...]". */
static size_t read_tag(struct dm_slice s, struct dm_slice *ret_program, bool *ret_pid)
{
    size_t i = 0;

    while (i < s.n && i < WORD_MAX && is_tag_byte(s.p[i])) {
        i++;
    }
    if (i == 0 || i == s.n || (s.p[i] != ':' && s.p[i] != '[')) {
        return 0;
    }
    struct dm_slice program = dm_slice_head(s, i);
    *ret_pid = s.p[i] == '[';
    if (*ret_pid) {
        i += dm_slice_find(dm_slice_skip(s, i), ']') + 1;
        if (i > s.n || dm_slice_find(dm_slice_head(s, i), ' ') < i) {
            return 0;
        }
    }
    bool colon = i < s.n && s.p[i] == ':';
    i += colon;
    if ((!colon && !*ret_pid) || (i < s.n && s.p[i] != ' ')) {
        return 0;
    }
    *ret_program = program;
    return i;
}

/* Message behind a tag: without the one blank that separates them. */
static struct dm_slice message_at(struct dm_slice s, size_t n)
{
    s = dm_slice_skip(s, n);
    dm_slice_drop(&s, DM_SLICE(" "));
    return s;
}

/* Programs that log without a pid. */
static bool logs_without_pid(struct dm_slice program)
{
    static const char *const names[] = {"kernel",  "dovecot",          "filterlog",    "iplog",
                                        "pop3d",   "pop3d-ssl",        "courierpop3d", "pop3login",
                                        "qpopper", "courierpop3login", "popper"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (dm_slice_eq(program, dm_slice_make(names[i], strlen(names[i])))) {
            return true;
        }
    }
    return false;
}

/* "HOST TAG MSG" or "TAG MSG" behind a stamp. @strict: the tag has a pid, unless it is of a program
 * that never prints one.  Returns: whether. */
static bool read_names(struct dm_slice s, bool strict, struct dm_header *ret)
{
    struct dm_slice program;
    bool pid = false;
    size_t host = dm_slice_find(s, ' ');

    if (host == 0 || host == s.n || host > WORD_MAX) {
        return false;
    }
    struct dm_slice rest = dm_slice_skip(s, host + 1);
    if (s.p[host - 1] != ':' && s.p[host - 1] != ']') {
        size_t n = read_tag(rest, &program, &pid);
        if (n && (pid || !strict || logs_without_pid(program))) {
            ret->host = dm_slice_head(s, host);
            ret->program = program;
            ret->msg = message_at(rest, n);
            return true;
        }
    }
    size_t n = read_tag(s, &program, &pid);
    if (n && pid) {
        ret->program = program;
        ret->msg = message_at(s, n);
        return true;
    }
    return false;
}

/* Skip one RFC 5424 STRUCTURED-DATA.  Returns: bytes, 0 if it is none. */
static size_t skip_structured(struct dm_slice s)
{
    bool quoted = false;
    size_t i = 0;

    if (s.n > 0 && s.p[0] == '-') {
        return 1;
    }
    while (i < s.n && s.p[i] == '[') {
        for (i++; i < s.n && (quoted || s.p[i] != ']'); i++) {
            if (s.p[i] == '"') {
                quoted = !quoted;
            } else if (s.p[i] == '\\' && quoted) {
                i++;
            }
        }
        i++;
    }
    return i <= s.n ? i : 0;
}

/* One blank-ended word off the front of @s, NILVALUE as empty.  Returns: whether there is one. */
static bool take_word(struct dm_slice *s, struct dm_slice *ret)
{
    size_t n = dm_slice_find(*s, ' ');

    if (n == 0 || n == s->n) {
        return false;
    }
    *ret = dm_slice_head(*s, n);
    if (dm_slice_eq(*ret, DM_SLICE("-"))) {
        ret->n = 0;
    }
    *s = dm_slice_skip(*s, n + 1);
    return true;
}

/* RFC 5424 behind "<PRI>1 ".  Returns: whether it is. */
static bool read_5424(struct dm_clock *clock, struct dm_slice s, struct dm_header *ret)
{
    struct dm_slice host, program, ignored;
    int64_t time_us = 0;

    size_t stamp = dm_stamp_parse(clock, s, &time_us);
    if (stamp == 0 && !dm_slice_starts(s, DM_SLICE("- "))) {
        return false;
    }
    s = dm_slice_skip(s, (stamp ? stamp : 1) + 1);
    if (!take_word(&s, &host) || !take_word(&s, &program) || !take_word(&s, &ignored) ||
        !take_word(&s, &ignored)) {
        return false;
    }
    size_t n = skip_structured(s);
    if (n == 0 || (n < s.n && s.p[n] != ' ')) {
        return false;
    }
    s = message_at(s, n);
    dm_slice_drop(&s, DM_SLICE("\xef\xbb\xbf"));
    *ret = (struct dm_header){time_us, host, program, s};
    return true;
}

/* "<PRI>": one to three digits.  Returns: bytes, 0 if there is none. */
static size_t read_pri(struct dm_slice s)
{
    size_t i = 1;

    if (s.n < 3 || s.p[0] != '<') {
        return 0;
    }
    while (i < s.n && i < 4 && s.p[i] >= '0' && s.p[i] <= '9') {
        i++;
    }
    return i > 1 && i < s.n && s.p[i] == '>' ? i + 1 : 0;
}

/* Three digits of a second: perhaps BIND's own stamp. */
static bool is_bind_fraction(struct dm_slice stamp)
{
    size_t dot = dm_slice_find(stamp, '.');
    size_t end = dot + 1;

    while (end < stamp.n && stamp.p[end] >= '0' && stamp.p[end] <= '9') {
        end++;
    }
    return dot < stamp.n && end - dot == 4;
}

/* Whether the line can begin with a stamp of a header; "21-Nov-2026" is BIND's alone. */
static bool may_be_stamp(struct dm_slice s)
{
    return s.n > 15 && ((s.p[3] == ' ' && s.p[6] == ' ') || (s.p[4] == '-' && s.p[7] == '-') ||
                        (s.p[4] == ' ' && s.p[8] == ' ') || s.p[8] == 'T');
}

/* "21-Nov-2026 " in front: no tag, which would cost a look at each of its bytes. */
static bool is_bind_stamp(struct dm_slice s)
{
    return s.n > 11 && s.p[2] == '-' && s.p[6] == '-' && s.p[11] == ' ' && s.p[10] >= '0' &&
           s.p[10] <= '9' && s.p[9] >= '0' && s.p[9] <= '9' && s.p[8] >= '0' && s.p[8] <= '9' &&
           s.p[7] >= '0' && s.p[7] <= '9';
}

void dm_header_parse(struct dm_clock *clock, struct dm_slice line, struct dm_header *ret)
{
    size_t pri = read_pri(line);
    struct dm_slice s = dm_slice_skip(line, pri);
    struct dm_slice none = {s.p, 0};

    *ret = (struct dm_header){0, none, none, s};
    if (pri && dm_slice_starts(s, DM_SLICE("1 ")) && read_5424(clock, dm_slice_skip(s, 2), ret)) {
        return;
    }
    if (may_be_stamp(s)) {
        int64_t time_us;
        size_t n = dm_stamp_parse(clock, s, &time_us);
        if (n > 0 && n < s.n) {
            bool strict = is_bind_fraction(dm_slice_head(s, n));
            ret->time_us = time_us;
            size_t colon = s.p[n] == ':';
            read_names(dm_slice_skip(s, n + colon + 1), strict, ret);
        }
        return;
    }
    if (is_bind_stamp(s)) {
        return;
    }
    bool pid = false;
    size_t n = read_tag(s, &none, &pid);
    if (n && pid) {
        ret->program = none;
        ret->msg = message_at(s, n);
    }
}
