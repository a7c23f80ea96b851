/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Key files, line by line: "[section]", "key=value", "# comment" or nothing. Same syntax as GLib's
 * GKeyFile (a test compares the two), but with line numbers, and stricter: a section or a key that
 * comes twice is a mistake here, where GKeyFile merges silently.
 *
 * A comment may also stand behind a value or a section, with a blank in front of its "#": people
 * write it there, and no value of ours has one.
 *
 * LIMITS: a value with " #" in it is written "\\s#"; no translations ("key[de]").
 * Source: GLib, g_key_file_load_from_data(); Desktop Entry Specification 3.
 */
#include "monitor/keyfile.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "dnsmon/dnsmon.h"
#include "monitor/complain.h"
#include "util/copy.h"
#include "util/hash.h"
#include "util/set.h"

struct scan {
    struct dm_place place; /* file and current line */
    struct dm_keyfile *kf; /* the entries so far */
    size_t room;           /* for so many */
    struct dm_set seen;    /* hashes of their sections and keys */
    const char *section;   /* the current one; belongs to its entry */
    char *why;
    size_t why_len;
};

static const struct dm_slice none = {NULL, 0};

/* A file of one's own is no attack on a hash table, and a collision only costs a look. */
static const struct dm_hashkey hash_key = {0, 0};

static bool is_blank(char c)
{
    return g_ascii_isspace(c);
}

static struct dm_slice trim(struct dm_slice s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s = dm_slice_skip(s, 1);
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

static bool is_entry(const struct dm_keyfile_entry *e, struct dm_slice section, struct dm_slice key)
{
    size_t n = e->key ? strlen(e->key) : 0;

    return dm_slice_eq(dm_slice_make(e->section, strlen(e->section)), section) && n == key.n &&
           (n == 0 || memcmp(e->key, key.p, n) == 0);
}

/* The line of an entry that was there before; a section's has an empty key.   Returns: 0 if none;
 * DNSMON_ENOMEM. */
static int line_before(struct scan *s, struct dm_slice section, struct dm_slice key)
{
    const struct dm_hashkey parts = {dm_hash(&hash_key, section.p, section.n), key.n};
    int added = dm_set_add(&s->seen, dm_hash(&parts, key.p, key.n));

    if (added != 0) {
        return added > 0 ? 0 : DNSMON_ENOMEM;
    }
    for (size_t i = 0; i < s->kf->n; i++) {
        if (is_entry(&s->kf->entry[i], section, key)) {
            return (int)s->kf->entry[i].line;
        }
    }
    return 0; /* only their hashes are equal */
}

/* @key, @value: .p NULL for a section. */
static int add_entry(struct scan *s, struct dm_slice section, struct dm_slice key,
                     struct dm_slice value)
{
    struct dm_keyfile_entry *v =
        dm_array_room(s->kf->entry, s->kf->n, &s->room, sizeof *s->kf->entry);

    if (!v) {
        return DNSMON_ENOMEM;
    }
    s->kf->entry = v;
    v += s->kf->n++;
    *v = (struct dm_keyfile_entry){.section = dm_copy_slice(section), .line = s->place.line};
    if (key.p) {
        v->key = dm_copy_slice(key);
        v->value = dm_copy_slice(value);
    }
    return v->section && (!key.p || (v->key && v->value)) ? 0 : DNSMON_ENOMEM;
}

/* A line without the comment behind it: a "#" with a blank in front of it. */
static struct dm_slice without_comment(struct dm_slice line)
{
    for (size_t i = 1; i < line.n; i++) {
        if (line.p[i] == '#' && (line.p[i - 1] == ' ' || line.p[i - 1] == '\t')) {
            return dm_slice_head(line, i);
        }
    }
    return line;
}

static int scan_section(struct scan *s, struct dm_slice line)
{
    struct dm_place place = s->place;
    char quoted[DM_QUOTE_LEN];
    struct dm_slice name = dm_slice_skip(trim(without_comment(line)), 1);

    if (!dm_slice_ends(name, DM_SLICE("]"))) {
        return dm_complain(s->why, s->why_len, &place,
                           "%s does not end with \"]\"; write a section as [site]",
                           dm_quote(line, quoted));
    }
    name.n--;
    if (name.n == 0 || dm_slice_find(name, '[') < name.n || dm_slice_find(name, ']') < name.n) {
        return dm_complain(s->why, s->why_len, &place,
                           "%s is not the name of a section; write for example [site]",
                           dm_quote(line, quoted));
    }
    int before = line_before(s, name, DM_SLICE(""));
    int rc = before < 0 ? before : add_entry(s, name, none, none);
    if (rc == 0) {
        s->section = place.section = s->kf->entry[s->kf->n - 1].section;
    }
    if (rc == 0 && before > 0) {
        return dm_complain(s->why, s->why_len, &place,
                           "begins already in line %d; put all its keys there", before);
    }
    return rc;
}

static int scan_key(struct scan *s, struct dm_slice line)
{
    struct dm_place place = s->place;
    char quoted[DM_QUOTE_LEN];
    size_t equals = dm_slice_find(line, '=');
    struct dm_slice key = trim(dm_slice_head(line, equals));

    if (equals == line.n || key.n == 0) {
        return dm_complain(s->why, s->why_len, &place,
                           "%s is neither [section] nor key=value; a comment begins with #",
                           dm_quote(line, quoted));
    }
    if (s->section == NULL) {
        return dm_complain(s->why, s->why_len, &place,
                           "%s stands before the first section; write for example [site] above it",
                           dm_quote(key, quoted));
    }
    struct dm_slice value = trim(without_comment(dm_slice_skip(line, equals + 1)));
    struct dm_slice section = dm_slice_make(s->section, strlen(s->section));
    int before = line_before(s, section, key);
    int rc = before < 0 ? before : add_entry(s, section, key, value);
    if (rc == 0 && before > 0) {
        place.section = s->section;
        place.key = s->kf->entry[s->kf->n - 1].key;
        return dm_complain(s->why, s->why_len, &place,
                           "is set already in line %d; write it once, a list with \";\" between "
                           "its values",
                           before);
    }
    return rc;
}

static int check_utf8(struct scan *s, struct dm_slice line)
{
    const char *bad;

    if (g_utf8_validate(line.p, (gssize)line.n, &bad)) {
        return 0;
    }
    return dm_complain(s->why, s->why_len, &s->place,
                       "byte 0x%02x in column %zu is not UTF-8 text; save the file as UTF-8",
                       (unsigned)(unsigned char)*bad, (size_t)(bad - line.p) + 1);
}

static int scan_line(struct scan *s, struct dm_slice line)
{
    int rc = line.n > 0 ? check_utf8(s, line) : 0;

    line = trim(line);
    if (rc < 0 || line.n == 0 || line.p[0] == '#') {
        return rc;
    }
    return line.p[0] == '[' ? scan_section(s, line) : scan_key(s, line);
}

int dm_keyfile_parse(const char *name, const char *text, size_t len, struct dm_keyfile **ret,
                     char *why, size_t why_len)
{
    struct dm_slice rest = dm_slice_make(text, len);
    struct scan s = {.place = {name, 0, NULL, NULL}, .why = why, .why_len = why_len};
    int rc = 0;

    s.kf = g_try_new0(struct dm_keyfile, 1);
    if (!s.kf) {
        return DNSMON_ENOMEM;
    }
    dm_set_init(&s.seen, DM_SET_MAX);
    dm_slice_drop(&rest, DM_SLICE("\xef\xbb\xbf")); /* the mark that some editors put in front */
    while (rc == 0 && rest.n > 0) {
        struct dm_slice line = dm_slice_head(rest, dm_slice_find(rest, '\n'));
        rest = dm_slice_skip(rest, line.n + 1);
        s.place.line++;
        rc = scan_line(&s, line);
    }
    dm_set_clear(&s.seen);
    if (rc < 0) {
        dm_keyfile_free(s.kf);
        return rc;
    }
    *ret = s.kf;
    return 0;
}

void dm_keyfile_free(struct dm_keyfile *kf)
{
    if (kf == NULL) {
        return;
    }
    for (size_t i = 0; i < kf->n; i++) {
        g_free(kf->entry[i].section);
        g_free(kf->entry[i].key);
        g_free(kf->entry[i].value);
    }
    g_free(kf->entry);
    g_free(kf);
}

/* The two halves of an escape: what is written behind the backslash, and what it means. */
static const char escape_letters[] = "sntr\\";
static const char escape_meanings[] = " \n\t\r\\";

int dm_keyfile_unescape(struct dm_slice value, char **ret)
{
    char *text = g_try_malloc(value.n + 1), *end = text;

    if (!text) {
        return DNSMON_ENOMEM;
    }
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\') {
            const char *at = ++i < value.n ? strchr(escape_letters, value.p[i]) : NULL;
            if (at == NULL || *at == '\0') {
                g_free(text);
                return DNSMON_EINVAL;
            }
            c = escape_meanings[at - escape_letters];
        }
        *end++ = c;
    }
    *end = '\0';
    *ret = text;
    return 0;
}

void dm_keyfile_escape(struct dm_buf *out, const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        const char *at = strchr(escape_meanings, text[i]);
        bool inner_blank = text[i] == ' ' && i > 0 && i + 1 < len && text[i + 1] != '#';
        if (at == NULL || inner_blank) {
            dm_buf_char(out, text[i]);
        } else {
            dm_buf_char(out, '\\');
            dm_buf_char(out, escape_letters[at - escape_meanings]);
        }
    }
}
