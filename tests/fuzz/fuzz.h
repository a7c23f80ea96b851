/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fuzz targets: one for each parser's lines, JSON objects, the whole chain, the configuration, the
 * state file, the encoders. A target is a function of bytes; it ends the process when a law is
 * broken, as a sanitizer does when memory is.
 */
#ifndef DM_FUZZ_FUZZ_H
#define DM_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsmon/dnsmon.h"
#include "util/slice.h"

/** A target; @input is in a heap block of exactly its size. */
struct fuzz_target {
    const char *name;
    void (*run)(struct dm_slice input);
};

/** fuzz_targets[] - all of them; the last has no name. */
extern const struct fuzz_target fuzz_targets[];

/** Every law on every line, as in tests; libFuzzer's many lines are sampled for the dear ones. */
extern bool fuzz_thorough;

/** fuzz_find() - a target by its name.   Returns: NULL if there is none. */
const struct fuzz_target *fuzz_find(const char *name);

/* The targets; X(name): parse_name. */
#define X(name) void fuzz_parse_##name(struct dm_slice input);
#include "parse/parsers.def"
#undef X
void fuzz_feed(struct dm_slice input);
void fuzz_config(struct dm_slice input);
void fuzz_state(struct dm_slice input);
void fuzz_event(struct dm_slice input);

/* ---- what they share -------------------------------------------------------------------- */

/** fuzz_fail() - a law is broken: print it and what breaks it, and end the process. */
void fuzz_fail(const char *law, const char *text) __attribute__((noreturn));

/** fuzz_next_line() - cut the next line off the front of @rest, without its newline, into a heap
 * block of exactly its size.   Returns: owned by the caller, free() of .p; .p NULL: no more. */
struct dm_slice fuzz_next_line(struct dm_slice *rest);

/** fuzz_number() - @bytes bytes (at most 8) off the front of @rest, least first; 0 behind its end.
 */
uint64_t fuzz_number(struct dm_slice *rest, size_t bytes);

/** fuzz_check_json() - valid UTF-8, no control character, an object that json-c reads strictly and
 * that is the same when it is written and read again. */
void fuzz_check_json(const char *json);

/** fuzz_check_script() - the JSON may stand in an HTML script: nothing in it ends one. */
void fuzz_check_script(const char *json);

/** fuzz_check_text() - one line of valid UTF-8 without a control character. */
void fuzz_check_text(const char *text);

/** fuzz_check_sd() - one element by the rules of RFC 5424 6.3, every name once. */
void fuzz_check_sd(const char *sd);

/** fuzz_check_state() - what a monitor writes can be read, and what was read writes the same. */
void fuzz_check_state(dnsmon_monitor_t *mon);

/** fuzz_one_in() - whether a dear law is tried on this input: on all with fuzz_thorough, else on
 * one in @n. */
bool fuzz_one_in(struct dm_slice input, unsigned n);

/** fuzz_check_events() - take and check events that wait: all with fuzz_thorough. */
void fuzz_check_events(dnsmon_monitor_t *mon);

/** fuzz_config_of() - a configuration from text.   Returns: NULL if it is refused. */
dnsmon_config_t *fuzz_config_of(struct dm_slice text);

/** fuzz_sensitive() - a site in which few lines make many findings; made once, shared. */
dnsmon_config_t *fuzz_sensitive(void);

/** fuzz_feed_lines() - lines, and orders in between (fuzz_feed.c), into a monitor of that
 * configuration; @live: orders may tell it the time. */
void fuzz_feed_lines(dnsmon_monitor_t *mon, struct dm_slice lines, bool live);

#endif
