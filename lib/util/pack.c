/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Packing for state files. The reader trusts nothing: not lengths, not that a byte is a bool, not
 * that a double is a number. The checksum in front of it only finds accidents.
 *
 * LIMITS: not portable between byte orders; whoever reads checks the mark in the header first.
 */
#include "util/pack.h"

#include <math.h>

#include "dnsmon/dnsmon.h"

static const char too_short[] = "it ends in the middle of a value";

void dm_pack(struct dm_buf *out, const void *value, size_t len)
{
    dm_buf_add(out, dm_slice_make(value, len));
}

void dm_pack_count(struct dm_buf *out, uint64_t n)
{
    DM_PACK(out, n);
}

bool dm_unpack(struct dm_unpacker *in, void *ret, size_t len)
{
    if (!in->bad && len > in->n) {
        in->bad = too_short;
    }
    if (in->bad) {
        memset(ret, 0, len);
        return false;
    }
    memcpy(ret, in->p, len);
    in->p += len;
    in->n -= len;
    return true;
}

void dm_unpack_refuse(struct dm_unpacker *in, const char *bad)
{
    if (!in->bad) {
        in->bad = bad;
    }
}

bool dm_unpack_require(struct dm_unpacker *in, bool ok, const char *bad)
{
    if (!ok) {
        dm_unpack_refuse(in, bad);
    }
    return in->bad == NULL;
}

bool dm_unpack_bool(struct dm_unpacker *in)
{
    uint8_t byte;

    DM_UNPACK(in, byte);
    dm_unpack_require(in, byte <= 1, "a yes or no is neither");
    return byte == 1;
}

uint64_t dm_unpack_count(struct dm_unpacker *in, size_t least)
{
    uint64_t n;

    DM_UNPACK(in, n);
    return dm_unpack_require(in, n <= in->n / least, too_short) ? n : 0;
}

struct dm_slice dm_unpack_slice(struct dm_unpacker *in, size_t len)
{
    struct dm_slice s = dm_slice_make(in->p, len);

    if (!dm_unpack_require(in, len <= in->n, too_short)) {
        return DM_SLICE("");
    }
    in->p += len;
    in->n -= len;
    return s;
}

double dm_unpack_double(struct dm_unpacker *in)
{
    double v;

    DM_UNPACK(in, v);
    return dm_unpack_require(in, isfinite(v), "a number is none") ? v : 0;
}

static int64_t unpack_time(struct dm_unpacker *in, int64_t most)
{
    int64_t t;

    DM_UNPACK(in, t);
    return dm_unpack_require(in, t >= -most && t <= most, "a time is out of range") ? t : 0;
}

int64_t dm_unpack_seconds(struct dm_unpacker *in)
{
    return unpack_time(in, DM_PACK_MAX_S);
}

int64_t dm_unpack_us(struct dm_unpacker *in)
{
    return unpack_time(in, DM_PACK_MAX_S * 1000000);
}

void dm_pack_set(struct dm_buf *out, const struct dm_set *set)
{
    uint64_t h;

    dm_pack_count(out, dm_set_count(set));
    for (uint32_t at = 0; dm_set_next(set, &at, &h);) {
        DM_PACK(out, h);
    }
}

int dm_unpack_set(struct dm_unpacker *in, struct dm_set *set)
{
    uint64_t n = dm_unpack_count(in, sizeof n), h;

    for (uint64_t i = 0; i < n; i++) {
        DM_UNPACK(in, h);
        int rc = dm_set_add(set, h);
        if (rc == DNSMON_ENOMEM) {
            return rc;
        }
        if (!dm_unpack_require(in, rc == 1, "a set is larger than its limit or names one twice")) {
            break;
        }
    }
    return 0;
}
