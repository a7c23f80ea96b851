/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mail servers to and from a state file. Which log host is whose is looked up anew.
 */
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "server/server_parts.h"

void dm_server_table_pack(struct dm_buf *out, const struct dm_server_table *t,
                          dm_server_pack_fn states, void *user)
{
    uint16_t n = t->n;

    DM_PACK(out, n);
    for (uint16_t i = 0; i < t->n; i++) {
        struct dm_server_row *row = t->row[i];
        DM_PACK(out, row->srv.name);
        DM_PACK(out, row->srv.has_addr);
        DM_PACK(out, row->srv.addr);
        DM_PACK(out, row->srv.minute);
        DM_PACK(out, row->srv.day);
        DM_PACK(out, row->srv.last_s);
        dm_recent_pack(out, &row->seen);
        dm_recent_pack(out, &row->accepted);
        uint8_t names_clients = row->names_clients;
        DM_PACK(out, names_clients);
        states(user, out, &row->srv);
    }
}

static bool is_name(const char name[DM_SERVER_NAME])
{
    return name[0] && memchr(name, 0, DM_SERVER_NAME) != NULL;
}

static bool is_known(const struct dm_server_table *t, const char *name)
{
    for (uint16_t i = 0; i < t->n; i++) {
        if (strcmp(t->row[i]->srv.name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int unpack_row(struct dm_unpacker *in, struct dm_server_table *t, dm_server_unpack_fn states,
                      void *user)
{
    char name[DM_SERVER_NAME];

    DM_UNPACK(in, name);
    if (!dm_unpack_require(in, is_name(name) && !is_known(t, name),
                           "a mail server's name cannot be")) {
        return 0;
    }
    uint16_t number = dm_server_make(t, name);
    if (!number) {
        return DNSMON_ENOMEM;
    }
    struct dm_server_row *row = t->row[number - 1];
    row->srv.has_addr = dm_unpack_bool(in);
    DM_UNPACK(in, row->srv.addr);
    DM_UNPACK(in, row->srv.minute);
    DM_UNPACK(in, row->srv.day);
    row->srv.last_s = dm_unpack_seconds(in);
    int rc = dm_recent_unpack(in, &row->seen);
    rc = rc < 0 ? rc : dm_recent_unpack(in, &row->accepted);
    t->id_bytes += dm_recent_bytes(&row->seen) + dm_recent_bytes(&row->accepted);
    row->names_clients = dm_unpack_bool(in);
    return rc < 0 ? rc : states(user, in, &row->srv);
}

int dm_server_table_unpack(struct dm_unpacker *in, struct dm_server_table *t,
                           dm_server_unpack_fn states, void *user)
{
    uint16_t n;
    int rc = 0;

    DM_UNPACK(in, n);
    dm_unpack_require(in, n <= DM_SERVER_MAX, "there are too many mail servers");
    for (uint16_t i = 0; i < n && rc == 0 && !in->bad; i++) {
        rc = unpack_row(in, t, states, user);
    }
    return rc;
}
