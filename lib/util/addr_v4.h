/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An IPv4 address read from 16 bytes at once, without a branch for each digit: how long the four
 * numbers are is different on every line, so a processor would guess wrong three times in each.
 *
 * Method. Masks say where digits, dots and the end are; of the 81 ways in which they may stand, a
 * table says where the numbers are (Mula, Lemire, Parsing IP addresses in a few instructions,
 * 2023). At each byte the number that ends there is computed, from itself and the two bytes in
 * front of it; the four that are ends are taken.
 *
 * LIMITS: SSE2; elsewhere it is read digit by digit.
 */
#ifndef DM_UTIL_ADDR_V4_H
#define DM_UTIL_ADDR_V4_H

#include "util/addr.h"
#include "util/bytes.h"

#ifdef DM_BYTES_SSE2

/* Of each byte the number of at most three digits that ends there, modulo 256.
 * @digits: their values, where @is_digit, which is all ones or none for each byte.
 * @ret_fits: bits where it is at most 255. */
static DM_INLINE __m128i dm_v4_numbers(__m128i digits, __m128i is_digit, uint32_t *ret_fits)
{
    __m128i ones = _mm_and_si128(digits, is_digit);
    __m128i behind_two = _mm_and_si128(_mm_slli_si128(is_digit, 1), is_digit);
    __m128i hundreds = _mm_and_si128(_mm_slli_si128(ones, 2), behind_two);

    /* Two bytes are multiplied at once: no product is more than 255 but of a first digit above 2,
     * and then there is no address. */
    __m128i low = _mm_add_epi8(ones, _mm_mullo_epi16(_mm_slli_si128(ones, 1), _mm_set1_epi16(10)));
    __m128i high = _mm_mullo_epi16(hundreds, _mm_set1_epi16(100)), sum = _mm_add_epi8(low, high);
    __m128i fits = _mm_andnot_si128(_mm_cmpgt_epi8(hundreds, _mm_set1_epi8(2)),
                                    _mm_cmpeq_epi8(sum, _mm_adds_epu8(low, high)));
    *ret_fits = (uint32_t)_mm_movemask_epi8(fits);
    return sum;
}

/** Where the four numbers of an address of one shape are: 81 shapes, how long each number is. */
struct dm_v4_shape {
    uint32_t ends;   /**< bits of the bytes behind the numbers: three dots and what follows */
    uint16_t lasts;  /**< of their last digits */
    uint16_t firsts; /**< of their first digits where they have more than one */
    uint8_t last[4]; /**< which bytes these are */
    uint32_t room;   /* a row has a size that is quickly multiplied by */
};

/** A multiplier that sends the ends of all 81 shapes to different places of 256; found by trying.
 */
#define DM_V4_PLACE(ends) ((uint32_t)((ends)*0xd6af10d1U) >> 24)

/** The shapes, each in its place; the other rows are 0. */
extern const struct dm_v4_shape dm_v4_shapes[256];

/**
 * dm_v4_read16() - read "192.0.2.7" from the front of 16 readable bytes, of which one behind it is
 * neither digit nor dot.
 * @ret_behind: what follows it.
 * Returns: whether that is there; if not, nothing has been set.
 */
static DM_INLINE bool dm_v4_read16(const char *p, struct dm_addr *ret, const char **ret_behind)
{
    __m128i text = dm_load128(p), values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    uint32_t digits = (uint32_t)_mm_movemask_epi8(is_digit), fits;
    uint32_t dots = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    uint32_t upto = (digits | dots) ^ ((digits | dots) + 1); /* all up to the first other byte */
    uint32_t ends = upto & ~digits;
    const struct dm_v4_shape *shape = &dm_v4_shapes[DM_V4_PLACE(ends)];
    uint8_t number[DM_BYTES_16];

    _mm_storeu_si128((void *)number, dm_v4_numbers(values, is_digit, &fits));
    uint32_t zeros = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(values, _mm_setzero_si128()));
    if (shape->ends != ends || (zeros & shape->firsts) || (shape->lasts & ~fits)) {
        return false;
    }
    uint32_t v4 = number[shape->last[0]] | (uint32_t)number[shape->last[1]] << 8 |
                  (uint32_t)number[shape->last[2]] << 16 | (uint32_t)number[shape->last[3]] << 24;
    _mm_storeu_si128((void *)ret->b, _mm_set_epi32((int)v4, -0x10000, 0, 0));
    *ret_behind = p + shape->last[3] + 1;
    return true;
}

#else

/** dm_v4_read16() - the same where there is no SSE2. */
static inline bool dm_v4_read16(const char *p, struct dm_addr *ret, const char **ret_behind)
{
    const char *behind = dm_addr_read_v4(p, p + DM_BYTES_16, ret);

    *ret_behind = behind ? behind : *ret_behind;
    return behind != NULL;
}

#endif

#endif
