/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Clients to and from a state file, in their order of arrival, so that reading them in makes the
 * same order of eviction. What a site says of an address (its role) is not kept: it is looked
 * up anew in the configuration of then.
 *
 * LIMITS: places in the slab and lengths of hash chains are not kept; a table that was full before
 * may have a little room afterwards.
 */
#include "client/client_table.h"

#include "dnsmon/dnsmon.h"

void dm_client_pack(struct dm_buf *out, const struct dm_client *cli)
{
    DM_PACK(out, cli->addr);
    DM_PACK(out, cli->first_s);
    DM_PACK(out, cli->last_s);
    DM_PACK(out, cli->keep_until_s);
    DM_PACK(out, cli->day_first_s);
    DM_PACK(out, cli->day);
    DM_PACK(out, cli->today);
    DM_PACK(out, cli->seen);
    DM_PACK(out, cli->rd_off);
    DM_PACK(out, cli->infra);
    DM_PACK(out, cli->ptr_ext);
    DM_PACK(out, cli->other);
    uint8_t again = cli->again;
    DM_PACK(out, again);
}

static void unpack_fields(struct dm_unpacker *in, struct dm_client *ret)
{
    DM_UNPACK(in, ret->addr);
    DM_UNPACK(in, ret->first_s);
    DM_UNPACK(in, ret->last_s);
    DM_UNPACK(in, ret->keep_until_s);
    DM_UNPACK(in, ret->day_first_s);
    DM_UNPACK(in, ret->day);
    DM_UNPACK(in, ret->today);
    DM_UNPACK(in, ret->seen);
    DM_UNPACK(in, ret->rd_off);
    DM_UNPACK(in, ret->infra);
    DM_UNPACK(in, ret->ptr_ext);
    DM_UNPACK(in, ret->other);
    uint8_t again = 0;
    DM_UNPACK(in, again);
    ret->again = again != 0;
}

/* The fields of the file; the links and the role stay the table's. */
static void take_fields(struct dm_client *cli, const struct dm_client *from)
{
    cli->first_s = from->first_s;
    cli->last_s = from->last_s;
    cli->keep_until_s = from->keep_until_s;
    cli->day_first_s = from->day_first_s;
    cli->day = from->day;
    cli->today = from->today;
    cli->seen = from->seen;
    cli->rd_off = from->rd_off;
    cli->infra = from->infra;
    cli->ptr_ext = from->ptr_ext;
    cli->other = from->other;
    cli->again = from->again;
}

struct dm_client *dm_client_unpack(struct dm_unpacker *in, struct dm_client_table *t)
{
    struct dm_client from = {0};

    unpack_fields(in, &from);
    if (!dm_unpack_require(in, !in->bad && !dm_client_find(t, &from.addr),
                           "a client is there twice")) {
        return NULL;
    }
    struct dm_client *cli = dm_client_get(t, &from.addr, from.last_s);
    if (cli) {
        take_fields(cli, &from);
    }
    return cli;
}
