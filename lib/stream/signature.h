/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Signatures: what a known worm asks for, step by step (doc/SCIENCE.md A.4). Written in the
 * configuration, one a line, and kept here in a form that is quick to compare with:
 *
 *     NAME=TYPE[|TYPE] [TEST] [COUNT] [repeats=N] [within=TIME | around=TIME] [first]; STEP; ...
 *
 *     TEST   name=X|Y    the whole name ("?" stands for any one character but a dot)
 *            prefix=X|Y  the name begins so
 *            suffix=X|Y  the name, or one below it
 *            keyword=X|Y the first label: the word, and then nothing, a digit or "-"
 *     COUNT  distinct=N  so many different names;  domains=N  different registered domains
 */
#ifndef DM_STREAM_SIGNATURE_H
#define DM_STREAM_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"
#include "stream/look.h"
#include "util/option.h"
#include "util/slice.h"

/** Most signatures of a site, steps of one, words and types of a step; largest count. */
#define DM_SIG_MAX 32
#define DM_SIG_STEPS_MAX 16
#define DM_SIG_WORDS_MAX 16
#define DM_SIG_TYPES_MAX 4
#define DM_SIG_COUNT_MAX 16
/** Longest name of a signature, bytes. */
#define DM_SIG_NAME_MAX 32

/** How a step tests the name. */
enum dm_sig_test { DM_SIG_ANY, DM_SIG_NAME, DM_SIG_PREFIX, DM_SIG_SUFFIX, DM_SIG_KEYWORD };

struct dm_sig_step {
    uint16_t type[DM_SIG_TYPES_MAX]; /**< enum dm_rrtype; 0 ends them */
    enum dm_sig_test test;
    char *word[DM_SIG_WORDS_MAX]; /**< lower case, without final dot; owned */
    unsigned n_words;
    uint8_t need;      /**< different names or domains, at least 1 */
    bool domains;      /**< @need counts registered domains */
    uint8_t repeats;   /**< median of how often each; 0: does not matter */
    bool first;        /**< the client's first query of the type on its local day */
    bool around;       /**< may also come before the step in front of it */
    int64_t within_us; /**< first step: for its counts; others: after the step in front */
};

struct dm_signature {
    char name[DM_SIG_NAME_MAX + 1]; /**< "" behind its end */
    uint64_t id; /**< of name and text: a state of another text is not continued */
    unsigned n_steps;
    struct dm_sig_step step[DM_SIG_STEPS_MAX];
};

/** Immutable once filled; shared between threads. */
struct dm_signatures;
/** dm_signatures_new() - an empty set.   Returns: NULL without memory. */
struct dm_signatures *dm_signatures_new(void);
void dm_signatures_free(struct dm_signatures *set); /**< @set: or NULL */

/** dm_signature_name_check() - lower-case letters, digits, "-".   Returns: 0; DNSMON_ECONFIG. */
int dm_signature_name_check(struct dm_slice name, char *reason, size_t len);

/**
 * dm_signature_check() - whether a text is a signature.
 * @reason:  on failure what is wrong and what would be right.
 * Returns:  0; DNSMON_ECONFIG; DNSMON_ENOMEM.
 */
int dm_signature_check(struct dm_slice text, char *reason, size_t len);

/** dm_signatures_add() - one more, behind the others.
 * Returns: 0; DNSMON_ECONFIG: not checked before, or there are DM_SIG_MAX already; DNSMON_ENOMEM:
 * the set can then only be freed. */
int dm_signatures_add(struct dm_signatures *set, const char *name, struct dm_slice text);

/** dm_signatures_count(), dm_signatures_at() - all, in the order of the configuration. */
unsigned dm_signatures_count(const struct dm_signatures *set);
const struct dm_signature *dm_signatures_at(const struct dm_signatures *set, unsigned i);

/**
 * dm_signatures_may() - whether a query may be a step, by its type and the name as printed.
 * Cost: nothing is looked at when no signature wants the type; else the first and last bytes.
 */
bool dm_signatures_may(const struct dm_signatures *set, uint16_t type, struct dm_slice raw);

/** dm_signatures_wants() - whether a step wants the type. */
bool dm_signatures_wants(const struct dm_signatures *set, uint16_t type);

/** dm_signatures_look() - ask for all names for which dm_signatures_may() is true. */
void dm_signatures_look(const struct dm_signatures *set, uint16_t type, struct dm_look *look);

/** What dm_signatures_match() found. */
enum dm_sig_match { DM_SIG_STEP = 1, DM_SIG_DOMAINS = 2 };

/** dm_signatures_match() - whether a query is a step of one.   @name: in normal form.
 * Returns: DM_SIG_STEP, and DM_SIG_DOMAINS if a step counts registered domains; 0. */
unsigned dm_signatures_match(const struct dm_signatures *set, uint16_t type, struct dm_slice name);

/** dm_sig_step_is() - whether a query passes a step's tests of type and name. */
bool dm_sig_step_is(const struct dm_sig_step *step, uint16_t type, struct dm_slice name);

/** The rows of [signatures]: the first stands for a site's own, then the shipped ones. */
#define DM_SIG_ROWS 5
extern const struct dm_option dm_signature_rows[DM_SIG_ROWS];

#endif
