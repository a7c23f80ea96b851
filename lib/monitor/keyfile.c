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

struct scan {
    struct dm_place place; /* file and current line */
    GArray *entries;       /* of struct dm_keyfile_entry */
    GHashTable *seen;      /* "section" or "section\nkey" -> its line */
    const char *section;   /* the current one; belongs to its entry */
    char *why;
    size_t why_len;
};

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

/* Remember that @name stands in this line.  Returns: the line it stood in before, 0 if none. */
static unsigned note_line(struct scan *s, char *name)
{
    unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(s->seen, name));

    if (before > 0) {
        g_free(name);
    } else {
        g_hash_table_insert(s->seen, name, GUINT_TO_POINTER(s->place.line));
    }
    return before;
}

static void add_entry(struct scan *s, char *section, char *key, char *value)
{
    struct dm_keyfile_entry e = {section, key, value, s->place.line};

    g_array_append_val(s->entries, e);
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
    char *section = g_strndup(name.p, name.n);
    add_entry(s, section, NULL, NULL);
    s->section = section;
    unsigned before = note_line(s, g_strdup(section));
    if (before > 0) {
        place.section = section;
        return dm_complain(s->why, s->why_len, &place,
                           "begins already in line %u; put all its keys there", before);
    }
    return 0;
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
    char *name = g_strndup(key.p, key.n);
    add_entry(s, g_strdup(s->section), name, g_strndup(value.p, value.n));
    unsigned before = note_line(s, g_strdup_printf("%s\n%s", s->section, name));
    if (before > 0) {
        place.section = s->section;
        place.key = name;
        return dm_complain(s->why, s->why_len, &place,
                           "is set already in line %u; write it once, a list with \";\" between "
                           "its values",
                           before);
    }
    return 0;
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

static void clear_entry(gpointer data)
{
    struct dm_keyfile_entry *e = data;

    g_free(e->section);
    g_free(e->key);
    g_free(e->value);
}

int dm_keyfile_parse(const char *name, const char *text, size_t len, struct dm_keyfile **ret,
                     char *why, size_t why_len)
{
    struct dm_slice rest = dm_slice_make(text, len);
    struct scan s = {.place = {name, 0, NULL, NULL}, .why = why, .why_len = why_len};
    int rc = 0;

    s.entries = g_array_new(FALSE, FALSE, sizeof(struct dm_keyfile_entry));
    s.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    dm_slice_drop(&rest, DM_SLICE("\xef\xbb\xbf")); /* the mark that some editors put in front */
    while (rc == 0 && rest.n > 0) {
        struct dm_slice line = dm_slice_head(rest, dm_slice_find(rest, '\n'));
        rest = dm_slice_skip(rest, line.n + 1);
        s.place.line++;
        rc = scan_line(&s, line);
    }
    g_hash_table_unref(s.seen);
    if (rc < 0) {
        g_array_set_clear_func(s.entries, clear_entry);
        g_array_unref(s.entries);
        return rc;
    }
    struct dm_keyfile *kf = g_new0(struct dm_keyfile, 1);
    kf->n = s.entries->len;
    kf->entry = (struct dm_keyfile_entry *)(void *)g_array_free(s.entries, FALSE);
    *ret = kf;
    return 0;
}

void dm_keyfile_free(struct dm_keyfile *kf)
{
    if (kf == NULL) {
        return;
    }
    for (size_t i = 0; i < kf->n; i++) {
        clear_entry(&kf->entry[i]);
    }
    g_free(kf->entry);
    g_free(kf);
}

/* The two halves of an escape: what is written behind the backslash, and what it means. */
static const char escape_letters[] = "sntr\\";
static const char escape_meanings[] = " \n\t\r\\";

char *dm_keyfile_unescape(struct dm_slice value)
{
    GString *out = g_string_sized_new(value.n);

    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\') {
            const char *at = ++i < value.n ? strchr(escape_letters, value.p[i]) : NULL;
            if (at == NULL || *at == '\0') {
                g_string_free(out, TRUE);
                return NULL;
            }
            c = escape_meanings[at - escape_letters];
        }
        g_string_append_c(out, c);
    }
    return g_string_free(out, FALSE);
}

char *dm_keyfile_escape(const char *text)
{
    GString *out = g_string_new(NULL);
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        const char *at = strchr(escape_meanings, text[i]);
        bool inner_blank = text[i] == ' ' && i > 0 && i + 1 < len && text[i + 1] != '#';
        if (at == NULL || inner_blank) {
            g_string_append_c(out, text[i]);
        } else {
            g_string_append_c(out, '\\');
            g_string_append_c(out, escape_letters[at - escape_meanings]);
        }
    }
    return g_string_free(out, FALSE);
}
