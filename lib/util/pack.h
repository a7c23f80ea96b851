/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Values to and from a state file's bytes. Writing appends to a struct dm_buf, whose failure is
 * sticky. Reading checks every bound, and its first complaint is sticky too: read everything, then
 * ask once. Values are in the machine's own byte order and size: the file's header says which.
 */
#ifndef DM_UTIL_PACK_H
#define DM_UTIL_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/set.h"

/** Append a value, field by field: a struct's padding must not get into a file. */
#define DM_PACK(out, value) dm_pack((out), &(value), sizeof(value))

/** Read a value; zero if that is not possible. Not for bool, pointers and what must be checked. */
#define DM_UNPACK(in, value) dm_unpack((in), &(value), sizeof(value))

/** Somebody else's bytes that are being read. */
struct dm_unpacker {
    const char *p;
    size_t n;
    const char *bad; /**< what was wrong first, a constant; NULL: nothing so far */
};

/** dm_pack() - append @len bytes. */
void dm_pack(struct dm_buf *out, const void *value, size_t len);

/** dm_pack_count() - append a number of things, to be read with dm_unpack_count(). */
void dm_pack_count(struct dm_buf *out, uint64_t n);

/** dm_unpack() - read @len bytes; zeroes once anything was wrong.   Returns: whether all is well.
 */
bool dm_unpack(struct dm_unpacker *in, void *ret, size_t len);

/** dm_unpack_refuse() - the content cannot be: remember @bad unless there is an earlier complaint.
 */
void dm_unpack_refuse(struct dm_unpacker *in, const char *bad);

/** dm_unpack_require() - dm_unpack_refuse() unless @ok.   Returns: whether all is well. */
bool dm_unpack_require(struct dm_unpacker *in, bool ok, const char *bad);

/** dm_unpack_bool() - one byte, 0 or 1. */
bool dm_unpack_bool(struct dm_unpacker *in);

/**
 * dm_unpack_count() - how many things follow.
 * @least:   bytes that each of them takes at the least, so that a hostile number is refused before
 *           anything is done @n times.
 * Returns:  at most what is there; 0 once anything was wrong.
 */
uint64_t dm_unpack_count(struct dm_unpacker *in, size_t least);

/** dm_unpack_slice() - the next @len bytes, borrowed.   Returns: empty if there are fewer. */
struct dm_slice dm_unpack_slice(struct dm_unpacker *in, size_t len);

/** dm_unpack_double() - a finite number; refused otherwise. */
double dm_unpack_double(struct dm_unpacker *in);

/** dm_unpack_seconds() - a time in s, or µs, since 1970 that arithmetic cannot overflow with. */
int64_t dm_unpack_seconds(struct dm_unpacker *in);
int64_t dm_unpack_us(struct dm_unpacker *in);

/** Latest time that is believed of a file, s since 1970: the year 5138, and as far back. */
#define DM_PACK_MAX_S 100000000000LL

/** dm_pack_set() - the entries of a set. */
void dm_pack_set(struct dm_buf *out, const struct dm_set *set);

/**
 * dm_unpack_set() - add what dm_pack_set() wrote to an empty set with its limit set.
 * Returns: 0, also if the content was refused; DNSMON_ENOMEM.
 */
int dm_unpack_set(struct dm_unpacker *in, struct dm_set *set);

#endif
