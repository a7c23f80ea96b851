/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sixteen and thirty-two bytes at once: which of them are a given byte, can be in a word, or are
 * the same as others. The answer is a mask, the first byte the lowest bit, so that a field is found
 * by counting zeros and no byte is looked at twice (Langdale, Lemire, Parsing gigabytes of JSON per
 * second, 2019, section 3).
 *
 * With SSE2, which every x86-64 has; elsewhere, and with DM_BYTES_PLAIN, eight bytes in an integer
 * (Warren, Hacker's Delight, 6-1). Nobody is asked what the processor can do, so there is one way
 * on one machine. tests/unit/test_bytes.c holds both to a loop.
 *
 * LIMITS: all of the bytes have to be readable: it is the caller's to see that there are so many.
 */
#ifndef DM_UTIL_BYTES_H
#define DM_UTIL_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#if defined __SSE2__ && !defined DM_BYTES_PLAIN
#define DM_BYTES_SSE2 1
#include <emmintrin.h>
#endif

/** Bytes that the calls whose names end in 16 and 32 read. */
#define DM_BYTES_16 16
#define DM_BYTES_32 32

/** For what is a handful of instructions wherever it is used. */
#define DM_INLINE inline __attribute__((always_inline))

#define DM_BYTES_ONES 0x0101010101010101ULL
#define DM_BYTES_TOPS 0x8080808080808080ULL

/** dm_load64() - eight bytes, the first one the lowest.   dm_load32() - four. */
static DM_INLINE uint64_t dm_load64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return GUINT64_FROM_LE(v);
}

static DM_INLINE uint32_t dm_load32(const char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return GUINT32_FROM_LE(v);
}

/** dm_plain_tops() - the top bits of eight bytes, together. */
static inline uint32_t dm_plain_tops(uint64_t v)
{
    return (uint32_t)(((v & DM_BYTES_TOPS) >> 7) * 0x0102040810204080ULL >> 56);
}

/** dm_plain_zero8() - the bytes of @v that are 0: all others have their top bit, or get it from
 * what is added. */
static inline uint32_t dm_plain_zero8(uint64_t v)
{
    return dm_plain_tops(~(((v & ~DM_BYTES_TOPS) + ~DM_BYTES_TOPS) | v));
}

/** dm_plain_word8() - those that dm_bytes_word16() asks for. */
static inline uint32_t dm_plain_word8(uint64_t v)
{
    return dm_plain_tops(((v & ~DM_BYTES_TOPS) + DM_BYTES_ONES * (0x7f - ' ')) & ~v);
}

/** dm_plain_word16() - as dm_bytes_word16(). */
static inline uint32_t dm_plain_word16(const char *p)
{
    return dm_plain_word8(dm_load64(p)) | dm_plain_word8(dm_load64(p + 8)) << 8;
}

/** dm_plain_find16() - as dm_bytes_find16(). */
static inline uint32_t dm_plain_find16(const char *p, char c)
{
    uint64_t all = DM_BYTES_ONES * (unsigned char)c;

    return dm_plain_zero8(dm_load64(p) ^ all) | dm_plain_zero8(dm_load64(p + 8) ^ all) << 8;
}

/** dm_plain_same16() - as dm_bytes_same16(). */
static inline uint32_t dm_plain_same16(const char *a, const char *b)
{
    return dm_plain_zero8(dm_load64(a) ^ dm_load64(b)) |
           dm_plain_zero8(dm_load64(a + 8) ^ dm_load64(b + 8)) << 8;
}

#ifdef DM_BYTES_SSE2

static DM_INLINE __m128i dm_load128(const char *p)
{
    return _mm_loadu_si128((const void *)p);
}

/** dm_bytes_word16() - which of 16 bytes are neither blanks nor control characters nor above 0x7f.
 */
static DM_INLINE uint32_t dm_bytes_word16(const char *p)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(dm_load128(p), _mm_set1_epi8(' ')));
}

/** dm_bytes_find16() - which of 16 bytes are @c. */
static DM_INLINE uint32_t dm_bytes_find16(const char *p, char c)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(dm_load128(p), _mm_set1_epi8(c)));
}

/** dm_bytes_same16() - which of 16 bytes are the same at @a and at @b. */
static DM_INLINE uint32_t dm_bytes_same16(const char *a, const char *b)
{
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(dm_load128(a), dm_load128(b)));
}

#else

static DM_INLINE uint32_t dm_bytes_word16(const char *p)
{
    return dm_plain_word16(p);
}

static DM_INLINE uint32_t dm_bytes_find16(const char *p, char c)
{
    return dm_plain_find16(p, c);
}

static DM_INLINE uint32_t dm_bytes_same16(const char *a, const char *b)
{
    return dm_plain_same16(a, b);
}

#endif

/** The same for 32 bytes. */
static DM_INLINE uint32_t dm_bytes_word32(const char *p)
{
    return dm_bytes_word16(p) | dm_bytes_word16(p + 16) << 16;
}

static DM_INLINE uint32_t dm_bytes_find32(const char *p, char c)
{
    return dm_bytes_find16(p, c) | dm_bytes_find16(p + 16, c) << 16;
}

static DM_INLINE uint32_t dm_bytes_same32(const char *a, const char *b)
{
    return dm_bytes_same16(a, b) | dm_bytes_same16(a + 16, b + 16) << 16;
}

/** dm_first() - the lowest bit of a mask that is not 0. */
static DM_INLINE unsigned dm_first(uint32_t mask)
{
    return (unsigned)__builtin_ctz(mask);
}

/** dm_bytes_equal() - whether @n >= 8 bytes are the same: no call for so few. */
static DM_INLINE bool dm_bytes_equal(const char *a, const char *b, size_t n)
{
    if (n < 16) {
        return ((dm_load64(a) ^ dm_load64(b)) | (dm_load64(a + n - 8) ^ dm_load64(b + n - 8))) == 0;
    }
    size_t i = 0;
    while (i + 32 < n && dm_bytes_same16(a + i, b + i) == 0xffff) {
        i += 16;
    }
    return (dm_bytes_same16(a + i, b + i) & dm_bytes_same16(a + n - 16, b + n - 16)) == 0xffff;
}

/** dm_bytes_equal_any() - the same of any number of bytes, most often more than three. */
static inline bool dm_bytes_equal_any(const char *a, const char *b, size_t n)
{
    if (n >= 8) {
        return dm_bytes_equal(a, b, n);
    }
    if (n >= 4) {
        return ((dm_load32(a) ^ dm_load32(b)) | (dm_load32(a + n - 4) ^ dm_load32(b + n - 4))) == 0;
    }
    return (n < 1 || a[0] == b[0]) && (n < 2 || a[1] == b[1]) && (n < 3 || a[2] == b[2]);
}

#endif
