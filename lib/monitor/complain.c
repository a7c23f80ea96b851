/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages about a configuration. The quoted bytes may be anything, and the message goes to a
 * terminal or a log: control characters become '?', long texts are cut, and what is not UTF-8 is
 * replaced, so that a message is always one clean line.
 *
 * LIMITS: the path is cut in front after FILE_MAX bytes: the file's own name stays.
 */
#include "monitor/complain.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dnsmon/dnsmon.h"

#define FILE_MAX 160

/* Every control character, and every byte that is not UTF-8, becomes '?'. */
static void clean(char *s)
{
    const char *bad;

    while (!g_utf8_validate(s, -1, &bad)) {
        s[bad - s] = '?';
    }
    for (unsigned char *c = (unsigned char *)s; *c; c++) {
        bool c1 = c[0] == 0xc2 && c[1] < 0xa0; /* U+0080..U+009F: control characters too */
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        } else if (c1) {
            c[0] = c[1] = '?';
        }
    }
}

const char *dm_quote(struct dm_slice s, char buf[DM_QUOTE_LEN])
{
    size_t n = s.n;

    if (n > DM_QUOTE_MAX) {
        n = DM_QUOTE_MAX;
        while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80) {
            n--; /* not in the middle of a character */
        }
    }
    buf[0] = '"';
    for (size_t i = 0; i < n; i++) {
        buf[1 + i] = s.p[i] ? s.p[i] : '?';
    }
    buf[1 + n] = '\0';
    clean(buf);
    g_strlcat(buf, n < s.n ? "...\"" : "\"", DM_QUOTE_LEN);
    return buf;
}

/* The message so far; what does not fit is cut. No allocation: it may say that there is no memory.
 */
struct message {
    char text[DNSMON_ERRLEN];
    size_t n;
};

static void append(struct message *m, const char *text, size_t n)
{
    n = MIN(n, sizeof m->text - 1 - m->n);
    memcpy(m->text + m->n, text, n);
    m->n += n;
    m->text[m->n] = '\0';
}

static void append_text(struct message *m, const char *text)
{
    append(m, text, strlen(text));
}

static void append_file(struct message *m, const char *file)
{
    size_t len = strlen(file);

    append_text(m, len > FILE_MAX ? "..." : "");
    append_text(m, len > FILE_MAX ? file + len - FILE_MAX : file);
}

static void append_name(struct message *m, const char *name)
{
    char quoted[DM_QUOTE_LEN];

    dm_quote(dm_slice_make(name, strlen(name)), quoted);
    append(m, quoted + 1, strlen(quoted) - 2);
}

static void append_place(struct message *m, const struct dm_place *place)
{
    char line[16];

    append_file(m, place->file);
    if (place->line > 0) {
        g_snprintf(line, sizeof line, ":%u", place->line);
        append_text(m, line);
    }
    append_text(m, ": ");
    if (place->section) {
        append_text(m, "[");
        append_name(m, place->section);
        append_text(m, place->key ? "] " : "]: ");
    }
    if (place->key) {
        append_name(m, place->key);
        append_text(m, ": ");
    }
}

int dm_complain(char *why, size_t why_len, const struct dm_place *place, const char *fmt, ...)
{
    struct message m = {.n = 0};
    va_list args;

    append_place(&m, place);
    va_start(args, fmt);
    vsnprintf(m.text + m.n, sizeof m.text - m.n, fmt, args);
    va_end(args);
    clean(m.text);
    if (why_len > 0) {
        g_strlcpy(why, m.text, why_len);
    }
    return DNSMON_ECONFIG;
}
