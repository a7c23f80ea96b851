/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The table of all keys. The site's rows are in site/, a detector's with the detector; the few of
 * [detectors], [limits] and [events] are here. Setting, checking, `dnsmon check`, the manual and
 * the tests all walk this table, so a key that is not in it does not exist.
 *
 * LIMITS: names are compared as bytes; "did you mean" counts single slips (Levenshtein).
 * Source: doc/CONFIGURATION.md.
 */
#include "monitor/options.h"

#include <string.h>

#include <glib.h>

#include "incident/rollup.h"
#include "monitor/complain.h"
#include "site/site_options.h"
#include "stream/signature.h"

static const struct dm_option detectors_rows[] = {
    [DM_DETECTORS_ENABLE] = {"enable", DM_OPT_RULES, "all", 0, 0, "-",
                             "Which rules run: \"all\" or a list of rule ids.",
                             "own choice: every rule is quiet on a healthy site"},
    [DM_DETECTORS_DISABLE] = {"disable", DM_OPT_RULES, "", 0, 0, "-",
                              "Rules that are taken away from enable.", "own choice"},
    [DM_DETECTORS_BUDGET] = {"budget", DM_OPT_NUMBER, "0.1", 0.0001, 1000,
                             "false alarms per 10,000 clients and day",
                             "How many false alarms are acceptable over all rules together; the "
                             "thresholds that are \"auto\" derive from it. Lower it on a large "
                             "site that drowns, raise it to find more at the price of checking.",
                             "own choice: one false alarm in ten days at 10,000 clients"},
};

static const struct dm_option limits_rows[] = {
    [DM_LIMITS_MEMORY] =
        {"memory", DM_OPT_BYTES, "256M", 0x1p20, 0x1p40, "bytes",
         "Hard cap of all per-client state. When it is reached, clients that have "
         "been quiet longest are forgotten, those under suspicion last. Beside it stand at most "
         "4 MB of names that mail servers asked for, with daily-summary 25 MB of names of the day, "
         "and the lines of the last seconds: 56 bytes each, at most 524,288 of them.",
         "own choice: small beside the log daemon's own needs on a server of today"},
};

static const struct dm_option events_rows[] = {
    [DM_EVENTS_HOLD] = {"hold", DM_OPT_DURATION, "24h", 60, 366 * 86400.0, "s",
                        "One incident per client and class for so long: repeats are counted into "
                        "it instead of being reported again.",
                        "own choice: one report a day is what a manager can act on"},
    [DM_EVENTS_RATE] = {"rate", DM_OPT_RATE, "60/h", 1.0 / 24, 3600000, "1/h",
                        "Events over all clients; what is above it is rolled up into one event "
                        "that lists the clients.",
                        "own choice: what one person can read"},
    [DM_EVENTS_STORM_CLIENTS] = {"storm-clients", DM_OPT_COUNT, "20", 1, DM_STORM_MAX, "clients",
                                 "Clients that one rule may report one by one within "
                                 "storm-window; more are an outbreak, and one event names them.",
                                 "doc/SCIENCE.md A.13: more than 20 clients in 10 minutes"},
    [DM_EVENTS_STORM_WINDOW] = {"storm-window", DM_OPT_DURATION, "10m", 1, 86400, "s",
                                "How long an outbreak is collected before it is told; a manager's "
                                "list too.",
                                "doc/SCIENCE.md A.13"},
    [DM_EVENTS_MANAGER_RATE] = {"manager-rate", DM_OPT_RATE, "4/h", 1.0 / 24, 3600, "1/h",
                                "Of how many events one manager is told in any hour "
                                "(dnsmon.notify in the event); the last of them is a list of what "
                                "there was more, collected for storm-window.",
                                "doc/SCIENCE.md A.13: 4/h"},
    [DM_EVENTS_MANAGER_DAY] = {"manager-per-day", DM_OPT_COUNT, "20", 1, 1e6, "events",
                               "The same in 24 hours, lists counted as one each.",
                               "doc/SCIENCE.md A.13: 20/day"},
    [DM_EVENTS_NOTIFIERS] = {"notifiers", DM_OPT_PREFIXES, "", 0, 0, "-",
                             "The hosts that mail the managers: their own look-ups of mail servers "
                             "are never reported, or one report would make the next.",
                             "doc/SCIENCE.md A.13: loop guard"},
};

/* The sections around the detectors' own; the two detectors' lines here are not used. */
static const struct dm_section fixed_sections[] = {
    {"site", "What the library cannot know about the site.", dm_site_rows,
     G_N_ELEMENTS(dm_site_rows), false},
    {"roles",
     "Which clients are not ordinary ones: lists of addresses or prefixes, the longest prefix "
     "wins. The same prefix in two roles is a mistake.",
     dm_role_rows, G_N_ELEMENTS(dm_role_rows), false},
    {"hosts", "Which addresses a log host has.", dm_host_row, 1, true},
    {"managers", "Who is responsible for which addresses.", dm_manager_row, 1, true},
    {"signatures",
     "What known worms ask for, step by step, for rule worm-signature. A site can add its own, "
     "write a shipped one anew, or switch it off with an empty value. When a client matches "
     "several, the last one is told.",
     dm_signature_rows, DM_SIG_ROWS, true},
    {"detectors", "Which rules run, and how careful they are.", detectors_rows,
     G_N_ELEMENTS(detectors_rows), false},
    {"limits", "What the library may use.", limits_rows, G_N_ELEMENTS(limits_rows), false},
    {"events", "How findings become events.", events_rows, G_N_ELEMENTS(events_rows), false},
};

static struct dm_section detector_section(const struct dm_detector *det)
{
    struct dm_section sec = {.doc = det->summary, .rows = det->options};

    g_snprintf(sec.name, sizeof sec.name, "detector %s", det->id);
    while (sec.rows && sec.n_rows < det->n_options && sec.rows[sec.n_rows].key) {
        sec.n_rows++;
    }
    return sec;
}

struct dm_section dm_section_get(size_t id)
{
    if (id >= DM_SEC_DETECTOR && id < DM_SEC_LIMITS) {
        return detector_section(dm_detectors[id - DM_SEC_DETECTOR]);
    }
    return fixed_sections[id < DM_SEC_DETECTOR ? id : id - DM_DET_COUNT];
}

int dm_section_find(const char *name)
{
    for (int i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get((size_t)i);
        if (strcmp(sec.name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int dm_section_row(const struct dm_section *sec, const char *key)
{
    for (size_t i = 0; i < sec->n_rows; i++) {
        if (strcmp(sec->rows[i].key, key) == 0) {
            return (int)i;
        }
    }
    return sec->free_keys ? 0 : -1;
}

int dm_rule_find(const char *id, size_t len)
{
    for (int i = 0; i < DM_DET_COUNT; i++) {
        if (strlen(dm_detectors[i]->id) == len && memcmp(dm_detectors[i]->id, id, len) == 0) {
            return i;
        }
    }
    return -1;
}

#define WORD_MAX 64 /* longer words are near to nothing, bytes */

/* How many single slips (one character more, less or other) are between two words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], n = strlen(b);

    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            best = MIN(best, corner + 1);
            row[j] = MIN(best, row[j - 1] + 1);
        }
    }
    return row[n];
}

const char *dm_nearest(const char *word, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 3 + 1;

    for (size_t i = 0; i < n && strlen(word) <= WORD_MAX; i++) {
        size_t d = strlen(names[i]) <= WORD_MAX ? distance(word, names[i]) : least;
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}

/* "a, b, c" of what exists; cut where the reason is full. */
static void append_names(char *reason, size_t len, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && strlen(reason) + strlen(names[i]) + 8 < len; i++) {
        g_strlcat(reason, i > 0 ? ", " : "", len);
        g_strlcat(reason, names[i], len);
    }
}

static void suggest(const char *what, const char *word, const char *const *names, size_t n,
                    char *reason, size_t len)
{
    const char *near = dm_nearest(word, names, n);

    if (near) {
        g_snprintf(reason, len, "there is no such %s; did you mean \"%s\"?", what, near);
    } else if (n == 0) {
        g_snprintf(reason, len, "there is no such %s; the section has none", what);
    } else {
        g_snprintf(reason, len, "there is no such %s; known: ", what);
        append_names(reason, len, names, n);
    }
}

void dm_reason_rule(const char *id, char *reason, size_t len)
{
    const char *names[DM_DET_COUNT];
    char quoted[DM_QUOTE_LEN], tail[DM_REASON_LEN];

    for (size_t i = 0; i < DM_DET_COUNT; i++) {
        names[i] = dm_detectors[i]->id;
    }
    suggest("rule", id, names, DM_DET_COUNT, tail, sizeof tail);
    g_snprintf(reason, len, "%s: %s", dm_quote(dm_slice_make(id, strlen(id)), quoted), tail);
}

void dm_reason_section(const char *name, char *reason, size_t len)
{
    struct dm_section sec[DM_SEC_COUNT];
    const char *names[DM_SEC_COUNT];

    if (g_str_has_prefix(name, "detector ")) {
        dm_reason_rule(name + strlen("detector "), reason, len);
        return;
    }
    for (size_t i = 0; i < DM_SEC_COUNT; i++) {
        sec[i] = dm_section_get(i);
        names[i] = sec[i].name;
    }
    suggest("section", name, names, DM_SEC_COUNT, reason, len);
}

/* Which section outside the detectors' own (they share words) has @key.  Returns: its id; -1. */
static int other_section(const char *key)
{
    for (int i = 0; i < DM_SEC_COUNT; i++) {
        struct dm_section sec = dm_section_get((size_t)i);
        bool detector = i >= DM_SEC_DETECTOR && i < DM_SEC_LIMITS;
        if (!sec.free_keys && !detector && dm_section_row(&sec, key) >= 0) {
            return i;
        }
    }
    return -1;
}

void dm_reason_key(const struct dm_section *sec, const char *key, char *reason, size_t len)
{
    const char *names[DM_SECTION_ROWS_MAX];
    size_t n = MIN(sec->n_rows, DM_SECTION_ROWS_MAX);
    int other = other_section(key);

    if (other >= 0) {
        struct dm_section right = dm_section_get((size_t)other);
        g_snprintf(reason, len, "there is no such key here; it belongs into [%s]", right.name);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = sec->rows[i].key;
    }
    suggest("key", key, names, n, reason, len);
}
