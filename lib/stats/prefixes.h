/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How names begin: counts of their first one to five bytes (Figure 2 of S1), in bounded memory.
 */
#ifndef DM_STATS_PREFIXES_H
#define DM_STATS_PREFIXES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/pack.h"
#include "util/slice.h"

/** Longest prefix, bytes. */
#define DM_PREFIXES_LEN 5
/** Fewest nodes that dm_prefixes_init() takes; own choice: several names' worth. */
#define DM_PREFIXES_LEAST 64

/** A prefix and how often it was seen. */
struct dm_prefix_row {
    char text[DM_PREFIXES_LEN + 1]; /**< any bytes, NUL behind them */
    uint8_t len;                    /**< 1..5 */
    uint32_t count;                 /**< names that certainly began so; saturates */
    uint32_t error;                 /**< at most so many more, before there was room; 0: exact */
};

struct dm_prefix_node;
struct dm_prefix_rank;

/** A trie in one array. The fields are the module's. */
struct dm_prefixes {
    struct dm_prefix_node *node; /**< owned; [0] is the root, NULL before the first name */
    struct dm_prefix_rank *rank; /**< owned; room to sort in */
    uint32_t cap;                /**< nodes, the root among them */
    uint32_t used;               /**< nodes that were ever taken */
    uint32_t free;               /**< first of the list of those given back; 0: none */
    uint32_t live;               /**< prefixes that are held */
    uint32_t floor; /**< largest count that made room: what is not held has at most it */
    uint64_t total; /**< names */
};

/**
 * dm_prefixes_key() - the first five bytes of a name, packed for a queue.
 * @name:    any bytes; as they should be counted (lower case).
 * Returns:  bytes in bits 39..0, first one on top, zeros behind; the number of bytes, 0..5, in bits
 *           42..40. Keys order as bytes do within a length.
 */
uint64_t dm_prefixes_key(struct dm_slice name);

/**
 * dm_prefixes_init() - empty.
 * @cap:     most prefixes held, at least DM_PREFIXES_LEAST. 48 bytes each, taken with the first
 *           name; the test's 15,224 names that fit Figure 2 have 634.
 */
void dm_prefixes_init(struct dm_prefixes *p, uint32_t cap);

/** dm_prefixes_clear() - forget everything and give the memory back; the cap stays. */
void dm_prefixes_clear(struct dm_prefixes *p);

/** dm_prefixes_reset() - forget everything, keep the memory: a new day. */
void dm_prefixes_reset(struct dm_prefixes *p);

/**
 * dm_prefixes_add() - a name began so.
 * @key:     of dm_prefixes_key(); length 0 counts in total only.
 * Returns:  0; DNSMON_ENOMEM (nothing changed); DNSMON_EINVAL for what is no key.
 * Error:    none until the cap is reached. Then the least frequent leaves make room, an eighth of
 *           them at once; a prefix that enters later has been missed at most p->floor times:
 *           count <= true <= count + error.
 * Cost:     at most 5·256 steps along siblings, about 100 for host names; making room sorts, which
 *           is O(log cap) spread over the names in between. Allocates with the first name.
 * Source:   doc/SCIENCE.md A.5; making room as Space-Saving (Metwally et al. 2005) does, in
 * batches.
 */
int dm_prefixes_add(struct dm_prefixes *p, uint64_t key);

/** dm_prefixes_add_run() - @n names in a row, at least one, began so: as so many dm_prefixes_add(),
 * at the cost of one or two. */
int dm_prefixes_add_run(struct dm_prefixes *p, uint64_t key, uint32_t n);

/** dm_prefixes_exact() - whether every count is exact: nothing ever had to make room. */
bool dm_prefixes_exact(const struct dm_prefixes *p);

/**
 * dm_prefixes_top() - the most frequent prefixes of one length.
 * @len:     1..5.
 * @n:       rows at @ret.
 * Returns:  rows written: by falling count, then rising bytes.
 * Cost:     sorts all prefixes of that length, in memory that was taken before.
 */
uint32_t dm_prefixes_top(struct dm_prefixes *p, unsigned len, uint32_t n,
                         struct dm_prefix_row *ret);

/** dm_prefixes_bytes() - heap bytes held. */
size_t dm_prefixes_bytes(const struct dm_prefixes *p);

/** dm_prefixes_pack() - append it to a state file. */
void dm_prefixes_pack(struct dm_buf *out, const struct dm_prefixes *p);

/**
 * dm_prefixes_unpack() - into one just initialised with its cap.
 * Returns: 0, also if the content was refused (more than the cap, a prefix twice, without its
 *          beginning, or more frequent than that): it is then empty; DNSMON_ENOMEM.
 */
int dm_prefixes_unpack(struct dm_unpacker *in, struct dm_prefixes *ret);

#endif
