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

static void append_file(GString *out, const char *file)
{
    size_t len = strlen(file);

    g_string_append(out, len > FILE_MAX ? "..." : "");
    g_string_append(out, len > FILE_MAX ? file + len - FILE_MAX : file);
}

static void append_name(GString *out, const char *name)
{
    char quoted[DM_QUOTE_LEN];

    dm_quote(dm_slice_make(name, strlen(name)), quoted);
    g_string_append_len(out, quoted + 1, (gssize)strlen(quoted) - 2);
}

int dm_complain(char *why, size_t why_len, const struct dm_place *place, const char *fmt, ...)
{
    GString *out = g_string_new(NULL);
    va_list args;

    append_file(out, place->file);
    if (place->line > 0) {
        g_string_append_printf(out, ":%u", place->line);
    }
    g_string_append(out, ": ");
    if (place->section) {
        g_string_append_c(out, '[');
        append_name(out, place->section);
        g_string_append(out, place->key ? "] " : "]: ");
    }
    if (place->key) {
        append_name(out, place->key);
        g_string_append(out, ": ");
    }
    va_start(args, fmt);
    g_string_append_vprintf(out, fmt, args);
    va_end(args);
    clean(out->str);
    if (why_len > 0) {
        g_strlcpy(why, out->str, why_len);
    }
    g_string_free(out, TRUE);
    return DNSMON_ECONFIG;
}
