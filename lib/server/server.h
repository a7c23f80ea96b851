/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A mail server of the site: where its log (by syslog host name) and its DNS queries (by address)
 * meet, and what it did in this minute and this day.
 */
#ifndef DM_SERVER_SERVER_H
#define DM_SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/record.h"
#include "util/addr.h"
#include "util/counts.h"

/** What a mail server did in a span of time. */
struct dm_mail_counts {
    struct dm_type_counts dns; /**< its DNS queries by type */
    uint32_t unresolved;       /**< of them: a stranger's domain with the site's behind it (A.6) */
    uint32_t novel;            /**< MX of registered domains that no mail server asked for lately */
    uint32_t nxdomain;         /**< answers: no such name */
    uint32_t answered;         /**< answers with records */
    uint32_t connections;      /**< from peers that are neither itself nor monitors */
    uint32_t messages; /**< accepted, counted once a queue id; not handed back by a filter */
    uint32_t inbound;  /**< accepted from outside */
    uint32_t outbound; /**< accepted from inside, or from who gave a password */
    uint32_t pop3;     /**< log-ins */
    uint32_t rejects[DM_REJ_COUNT]; /**< by enum dm_reject_reason */
};

/** dm_mail_queries() - all its DNS queries. */
static inline uint32_t dm_mail_queries(const struct dm_mail_counts *c)
{
    return c->dns.a + c->dns.aaaa + c->dns.mx + c->dns.ptr + c->dns.other;
}

/** dm_mail_rejects() - all its rejects. */
uint32_t dm_mail_rejects(const struct dm_mail_counts *c);

/** dm_mail_add() - counts of one more span. */
void dm_mail_add(struct dm_mail_counts *to, const struct dm_mail_counts *more);

/** Longest name of a server, bytes with NUL: a host name's first label mostly, or an address. */
#define DM_SERVER_NAME 64

struct dm_server {
    char name[DM_SERVER_NAME]; /**< who it is: its [hosts] entry, else its address, else the log
                                    host's name; lower case */
    bool has_addr;
    struct dm_addr addr;          /**< its first address, for host.ip */
    uint16_t host;                /**< number of the log host whose lines are its; 0: none yet */
    struct dm_mail_counts minute; /**< since the minute began */
    struct dm_mail_counts day;    /**< since the local day began, without this minute */
    int64_t last_s;               /**< last thing that it did */
    /* detectors' states follow */
};

#endif
