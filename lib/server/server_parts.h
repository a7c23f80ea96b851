/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Inside of the server table, for the files of lib/server only.
 */
#ifndef DM_SERVER_SERVER_PARTS_H
#define DM_SERVER_SERVER_PARTS_H

#include "server/server_table.h"
#include "util/hash.h"
#include "util/recent.h"

/** Memory of all servers' queue ids together (own choice: eight servers that fill their sets; a
 * busy one takes 8 MiB). Log hosts are named by their lines, so that 255 servers can be invented.
 */
#define DM_SERVER_ID_BYTES ((size_t)64 << 20)

/** One server with what only the table needs. */
struct dm_server_row {
    struct dm_server srv;      /* first: a pointer to it is one to the row */
    struct dm_recent seen;     /* queue ids that were counted as messages */
    struct dm_recent accepted; /* queue ids of which smtpd named a client that counts */
    bool names_clients;        /* smtpd has named one at all */
    uint64_t states[];
};

/** All of them. */
struct dm_server_table {
    struct dm_server_hooks hooks;
    const struct dm_site *site;
    const struct dm_intern *hosts;
    struct dm_server_row *row[DM_SERVER_MAX];
    uint16_t n;
    size_t id_bytes;                     /* that the queue ids of all servers take */
    uint64_t ids_forgotten;              /* sets of them that were emptied for want of it */
    uint16_t by_name[DM_SERVER_MAX];     /* numbers, sorted by name */
    uint16_t of_host[DM_INTERN_MAX + 1]; /* number + 1 of a log host's server; 0: not asked yet */
};

/** dm_server_make() - a server of a name that is not there yet.   Returns: its number; 0. */
uint16_t dm_server_make(struct dm_server_table *t, const char *name);

#endif
