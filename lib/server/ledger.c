/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is counted of a mail server, line by line (doc/SCIENCE.md A.8).
 *
 * A connection counts unless the peer is the machine itself, by loopback or any of its addresses,
 * or a monitor. A message counts when the queue manager first takes it up, once a queue id (it logs
 * the same message again at each new try), and only if a connection that counts brought it: smtpd
 * named a client for its queue id. So what a content filter hands back (client=localhost, counted
 * before), what local programs submit (pickup: uid=0 from=<root>) and what the server itself writes
 * (bounces, forwarded mail) count as none, and no parser has to tell them apart.
 *
 * LIMITS: when the servers' queue ids together have used their memory (server_parts.h), one whose
 * set should grow forgets those that it has, and may count a message that is tried again a second
 * time. A log without smtpd's "client=" lines, which Postfix cannot be told to leave out, would
 * have no messages; as long as a server has not logged one, every message counts. A queue id that
 * Postfix uses again within 15 days (short ids: 10^6 a file number) is not counted the second time.
 * A content filter on another host is a peer: give it role monitor, or its address to this server's
 * [hosts] entry.
 */
#include "server/server_table.h"

#include <glib.h>

#include "dns/rrtype.h"
#include "server/server_parts.h"

uint32_t dm_mail_rejects(const struct dm_mail_counts *c)
{
    uint32_t n = 0;

    for (int i = 0; i < DM_REJ_COUNT; i++) {
        n += c->rejects[i];
    }
    return n;
}

void dm_mail_add(struct dm_mail_counts *to, const struct dm_mail_counts *more)
{
    /* The struct is nothing but uint32_t; the compiler makes one loop of it. */
    uint32_t *t = (uint32_t *)(void *)to;
    const uint32_t *m = (const uint32_t *)(const void *)more;

    for (size_t i = 0; i < sizeof *to / sizeof *t; i++) {
        t[i] += m[i];
    }
}

/* Whether an address is one of those that [hosts] gives the server. */
static bool is_of_entry(const struct dm_server_table *t, const struct dm_server *srv,
                        const struct dm_addr *a)
{
    unsigned entry = dm_site_host_of(t->site, a);

    return entry && g_ascii_strcasecmp(dm_site_host_name(t->site, entry), srv->name) == 0;
}

/* Whether a peer is the machine itself or looks whether it is well. */
static bool is_own(const struct dm_server_table *t, const struct dm_server *srv,
                   const struct dm_addr *peer)
{
    return dm_addr_is_loopback(peer) || (srv->has_addr && dm_addr_eq(peer, &srv->addr)) ||
           is_of_entry(t, srv, peer) || dm_site_role(t->site, peer) == DM_ROLE_MONITOR;
}

/* As dm_recent_add(), within the memory that all servers have together. */
static int remember(struct dm_server_table *t, struct dm_recent *ids, const struct dm_obs *obs)
{
    size_t needs = dm_recent_needs(ids);

    t->id_bytes -= dm_recent_bytes(ids);
    if (needs && t->id_bytes + dm_recent_bytes(ids) + needs > DM_SERVER_ID_BYTES) {
        dm_recent_clear(ids);
        t->ids_forgotten++;
    }
    int rc = dm_recent_add(ids, obs->reg, obs->time_us / 1000000);
    t->id_bytes += dm_recent_bytes(ids);
    return rc;
}

static bool see_accept(struct dm_server_table *t, struct dm_server_row *row,
                       const struct dm_obs *obs)
{
    row->names_clients = true;
    if (is_own(t, &row->srv, &obs->client)) {
        return false;
    }
    remember(t, &row->accepted, obs);
    ++*(obs->bits & DM_OBS_SUBMITTED ? &row->srv.minute.outbound : &row->srv.minute.inbound);
    return true;
}

static bool see_message(struct dm_server_table *t, struct dm_server_row *row,
                        const struct dm_obs *obs)
{
    if ((row->names_clients && !dm_recent_has(&row->accepted, obs->reg, obs->time_us / 1000000)) ||
        remember(t, &row->seen, obs) == 0) {
        return false;
    }
    row->srv.minute.messages++;
    return true;
}

static bool see_dns(struct dm_server *srv, const struct dm_obs *obs, bool question)
{
    struct dm_mail_counts *m = &srv->minute;

    m->nxdomain += (obs->bits & DM_OBS_NXDOMAIN) != 0;
    m->answered += (obs->bits & DM_OBS_ANSWERED) != 0;
    if (question) {
        ++*dm_type_column(&m->dns, obs->type);
    }
    return true;
}

bool dm_server_see(struct dm_server_table *t, struct dm_server *srv, const struct dm_obs *obs,
                   bool question)
{
    struct dm_server_row *row = (struct dm_server_row *)(void *)srv;
    struct dm_mail_counts *m = &srv->minute;

    srv->last_s = MAX(srv->last_s, obs->time_us / 1000000);
    switch ((enum dm_obs_kind)obs->kind) {
    case DM_OBS_QUERY:
    case DM_OBS_RESPONSE:
        return see_dns(srv, obs, question);
    case DM_OBS_ACCEPT:
        return see_accept(t, row, obs);
    case DM_OBS_MESSAGE:
        return see_message(t, row, obs);
    case DM_OBS_CONNECT:
        if (is_own(t, srv, &obs->client)) {
            return false;
        }
        m->connections++;
        return true;
    case DM_OBS_REJECT:
        m->rejects[MIN(obs->type, DM_REJ_COUNT - 1)]++;
        return true;
    case DM_OBS_POP3:
        m->pop3++;
        return true;
    default:
        return false;
    }
}
