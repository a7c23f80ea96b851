/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Clients to and from a state file, in their order of arrival, so that reading them in makes the
 * same order of eviction. What a site says of an address (its role) is not kept: it is looked
 * up anew in the configuration of then.
 *
 * LIMITS: places in the slab and in the hash are not kept; a table that was full before
 * may have a little room afterwards.
 */
#include "client/client_table.h"

#include "dnsmon/dnsmon.h"

void dm_client_pack(struct dm_buf *out, struct dm_client_table *t, dm_index at)
{
    const struct dm_client *cli = dm_client_at(t, at);
    const struct dm_client_rest *rest = dm_client_rest_at(t, at);

    DM_PACK(out, cli->addr);
    DM_PACK(out, rest->first_s);
    DM_PACK(out, cli->last_s);
    DM_PACK(out, rest->keep_until_s);
    DM_PACK(out, rest->day_first_s);
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

static void unpack_fields(struct dm_unpacker *in, struct dm_client *ret,
                          struct dm_client_rest *ret_rest)
{
    DM_UNPACK(in, ret->addr);
    DM_UNPACK(in, ret_rest->first_s);
    DM_UNPACK(in, ret->last_s);
    DM_UNPACK(in, ret_rest->keep_until_s);
    DM_UNPACK(in, ret_rest->day_first_s);
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
    if (ret_rest->day_first_s == 0) {
        ret->day = DM_CLIENT_NO_DAY;
    }
}

struct dm_client *dm_client_unpack(struct dm_unpacker *in, struct dm_client_table *t)
{
    struct dm_client from = {0};
    struct dm_client_rest rest = {0};

    unpack_fields(in, &from, &rest);
    if (!dm_unpack_require(in, !in->bad && !dm_client_find(t, &from.addr),
                           "a client is there twice")) {
        return NULL;
    }
    struct dm_client *cli = dm_client_get(t, &from.addr, from.last_s);
    if (cli) {
        struct dm_client_rest *own = dm_client_rest(t, cli);
        rest.newer = own->newer; /* the links stay the table's */
        rest.older = own->older;
        *own = rest;
        *cli = from;
    }
    return cli;
}
