/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * An observation: what is left of a line once everything that detectors need has been taken from
 * it. Less than a cache line, no pointers, so that batches of them can be copied, sorted and kept.
 */
#ifndef DM_STREAM_OBS_H
#define DM_STREAM_OBS_H

#include <stdint.h>

#include "util/addr.h"

/** What happened; inside one moment, the order in which it can only have happened. */
enum dm_obs_kind {
    DM_OBS_QUERY,    /**< a client asked for a name */
    DM_OBS_RESPONSE, /**< it was answered */
    DM_OBS_CONNECT,  /**< a peer connected to a mail server */
    DM_OBS_ACCEPT,   /**< it handed a message in: "QID: client=" */
    DM_OBS_MESSAGE,  /**< a message is in the active queue: "QID: from=" */
    DM_OBS_REJECT,   /**< the mail server refused a recipient, sender or client */
    DM_OBS_POP3,     /**< somebody logged in to fetch mail */
    DM_OBS_TCP,      /**< a packet filter saw a connection attempt */
    DM_OBS_BAD,      /**< a parser's own line, but malformed; the text is its beginning */
    DM_OBS_ALIVE,    /**< a line that nobody reads; at most one a second of a log host and stream
                          but for samples (feed.c) */
    DM_OBS_KIND_COUNT
};

/** Why a detector would look at it. An observation without a mark is only counted. */
enum dm_obs_mark {
    DM_MARK_MX = 1 << 0,      /**< an MX query */
    DM_MARK_KEYWORD = 1 << 1, /**< A or AAAA of a name that begins with one of A.5's words */
    DM_MARK_PTR_EXT = 1 << 2, /**< PTR of a complete address that is neither the client's own, nor
                                   loopback, nor the site's (A.3 "qualified") */
    DM_MARK_MAILPOLICY = 1 << 3, /**< what only mail servers ask: DMARC, DKIM, MTA-STS, TLSA (C6) */
    DM_MARK_DNSBL = 1 << 4,      /**< a DNS block list */
    DM_MARK_SIGNATURE = 1 << 5,  /**< a step of a worm's signature may match it (A.4) */
    DM_MARK_SITE_NAME = 1 << 6,  /**< a name under the site's own domains, and the label above them
                                      is a public suffix (A.6): "example.com.campus.example" */
    DM_MARK_MAIL = 1 << 7,       /**< a line of a mail server */
    DM_MARK_TCP = 1 << 8,        /**< a TCP connection attempt from inside */
    DM_MARK_HINT = 1 << 9, /**< what careless programs ask (B N7): A of an address literal or of a
                                root server, PTR of the loopback address */
    DM_MARK_HEALTH = 1 << 15, /**< says something of the feed itself (C21) */
};

/** Wanted beside marks: the name of every A query for prefix statistics (A.5). */
#define DM_WANT_PREFIX (1u << 31)

/** More about it. */
enum dm_obs_bits {
    DM_OBS_RD_OFF = 1 << 0,   /**< recursion not desired: a resolver's way to ask */
    DM_OBS_INFRA = 1 << 1,    /**< NS, DS, DNSKEY: what resolvers ask */
    DM_OBS_NXDOMAIN = 1 << 2, /**< answered: no such name */
    DM_OBS_ANSWERED =
        1 << 3, /**< answered: NOERROR, and with records where their number is known */
    DM_OBS_SUBMITTED = 1 << 4, /**< ACCEPT: the peer is inside, or gave a password: outbound mail */
    DM_OBS_FOREIGN = 1 << 5, /**< SITE_NAME: what stands in front of the site's domain (or of one of
                                  [site] subdomains) is a complete name of somewhere else */
    DM_OBS_FOREIGN_BELOW = 1 << 6, /**< the same, if the label above the site's domain is real */
    DM_OBS_EDNS = 1 << 7,          /**< the query has EDNS, as BIND's flags say */
    DM_OBS_DO = 1 << 8,            /**< DNSSEC records wanted */
    DM_OBS_COOKIE = 1 << 9,        /**< it has a cookie, valid or not */
    DM_OBS_RD = 1 << 10,           /**< recursion desired, in a log that prints flags */
    DM_OBS_VERIFIED = 1 << 11,     /**< by TCP or with the server's own cookie: the address is the
                                        client's */
    DM_OBS_NO_CLOCK = 1 << 14, /**< ALIVE: a line of an unknown program: its time moves nothing */
    DM_OBS_LATE = 1 << 15,     /**< its time had been released: it is in a later second (C21) */
};

struct dm_obs {
    int64_t time_us; /**< µs since 1970 UTC */
    struct dm_addr
        client;         /**< who asked, the mail server's peer, the packet's source; zero: none */
    uint64_t reg;       /**< a keyed hash; 0: none, or not needed. Of the registered domain (marks
                             MX, KEYWORD, and SIGNATURE if a signature counts domains), of the whole name
                             (A queries without these marks), of the queue id (ACCEPT, MESSAGE), of the
                             recipient (REJECT), of the destination (TCP), of the line (BAD, samples) */
    uint32_t hash;      /**< keyed hash of the client, for its table; 0 for mail servers' peers */
    uint32_t text;      /**< offset of the name in the batch's text; only with a mark */
    uint16_t type;      /**< enum dm_rrtype; REJECT: enum dm_reject_reason; TCP: destination port;
                             BAD: enum dm_parser_id; ALIVE: enum dm_stream_kind */
    uint16_t marks;     /**< enum dm_obs_mark */
    uint16_t bits;      /**< enum dm_obs_bits */
    uint16_t port;      /**< of the client, where it was printed: two queries of one moment from one
                             port are one query whose line came twice */
    uint16_t host : 11; /**< number of the syslog host, up to DM_INTERN_MAX; 0: none */
    uint16_t kind : 5;  /**< enum dm_obs_kind */
    uint8_t text_len;   /**< bytes; 0: no name kept */
    uint8_t prefix[5];  /**< A queries: the name's first bytes, lower case, then zeros (A.5) */
};

/** What fits into host and kind. */
#define DM_OBS_HOST_MASK 0x7ffu
#define DM_OBS_KIND_MASK 0x1fu

/** Kinds of lines whose flow has a rate of its own. */
enum dm_stream_kind {
    DM_STREAM_DNS,   /**< queries and answers */
    DM_STREAM_MAIL,  /**< any line of a mail server */
    DM_STREAM_TCP,   /**< any line of a packet filter */
    DM_STREAM_OTHER, /**< lines of name servers, and of unknown programs, that say nothing */
    DM_STREAM_COUNT
};

/** dm_obs_stream() - which one an observation is a sign of life of. */
static inline enum dm_stream_kind dm_obs_stream(const struct dm_obs *obs)
{
    switch (obs->kind) {
    case DM_OBS_QUERY:
    case DM_OBS_RESPONSE:
        return DM_STREAM_DNS;
    case DM_OBS_TCP:
        return DM_STREAM_TCP;
    case DM_OBS_ALIVE:
        return (enum dm_stream_kind)obs->type;
    case DM_OBS_BAD:
        return DM_STREAM_OTHER;
    default:
        return DM_STREAM_MAIL;
    }
}

#endif
