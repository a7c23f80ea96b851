/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What every parser fills: one log line, understood. All slices point into the line, but for a name
 * or type that had to be rewritten, which is in the record itself: a record is never copied.
 *
 * A parser writes the header, the client and the group of fields that belongs to the record's kind,
 * and leaves the others as they are, because clearing them on every line would cost as much as
 * reading it: DNS with QUERY and RESPONSE, mail with SMTP_*, packet filters with TCP_ATTEMPT. With
 * kind NONE only the header and has_client (false) are set. An empty slice: not printed; one that
 * is printed but empty ("from=<>") is empty with a pointer into the line.
 */
#ifndef DM_PARSE_RECORD_H
#define DM_PARSE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "util/addr.h"
#include "util/slice.h"

/** What happened; the names that `dnsmon parse` prints are in record.c. */
enum dm_record_kind {
    DM_REC_NONE,            /**< the parser's own line, but nothing that anybody reads */
    DM_REC_QUERY,           /**< a client asked */
    DM_REC_RESPONSE,        /**< a server answered; rcode and counts are set */
    DM_REC_SMTP_CONNECT,    /**< smtpd: connect from */
    DM_REC_SMTP_DISCONNECT, /**< smtpd: disconnect from, with counts where printed */
    DM_REC_SMTP_CLIENT,     /**< smtpd: QID: client= */
    DM_REC_SMTP_REJECT, /**< smtpd, postscreen, cleanup: reject, warn, hold, discard, redirect */
    DM_REC_SMTP_FROM,   /**< qmgr: QID: from=, the message is in the active queue */
    DM_REC_SMTP_TO,     /**< a delivery agent: QID: to= ... status= */
    DM_REC_POP3_LOGIN,  /**< a POP3 log-in */
    DM_REC_TCP_ATTEMPT, /**< a packet filter saw a TCP connection attempt */
    /* Lines of no use to detectors, which `dnsmon parse` shows; their fields are in note, too. */
    DM_REC_BIND_DENIED,     /**< query, transfer or update denied */
    DM_REC_BIND_FAILED,     /**< query failed */
    DM_REC_BIND_RRL,        /**< rate limit */
    DM_REC_BIND_RPZ,        /**< an answer rewritten by a response policy zone */
    DM_REC_BIND_RESOLVING,  /**< lame server, format error, refused or unreachable */
    DM_REC_SMTP_WARNING,    /**< smtpd: warning: non-SMTP command from */
    DM_REC_SMTP_PIPELINING, /**< smtpd, postscreen: improper command pipelining after */
    DM_REC_SMTP_LOST,       /**< lost connection, timeout, too many errors after */
    DM_REC_SMTP_MESSAGE_ID, /**< cleanup: QID: message-id= */
    DM_REC_SMTP_REMOVED,    /**< qmgr: QID: removed */
    DM_REC_SMTP_BOUNCE,     /**< bounce: QID: sender non-delivery notification: QID */
    DM_REC_SMTP_SCREEN,     /**< postscreen: CONNECT, PASS, PREGREET, DNSBL rank, ... */
    DM_REC_SMTP_RATE,       /**< anvil: statistics of one client */
    DM_REC_COUNT
};

/** Flags of a query as BIND prints them; others print TCP only. */
enum dm_query_flags {
    DM_QF_PRINTED = 1 << 0, /**< the line had a flag field at all (BIND 9.3 and later) */
    DM_QF_RD = 1 << 1,      /**< +: recursion desired; - leaves it clear */
    DM_QF_SIGNED = 1 << 2,  /**< S */
    DM_QF_EDNS = 1 << 3,    /**< E, E(n) */
    DM_QF_TCP = 1 << 4,     /**< T; other servers: TCP, or what runs over it */
    DM_QF_DO = 1 << 5,      /**< D */
    DM_QF_CD = 1 << 6,      /**< C */
    DM_QF_COOKIE = 1 << 7,  /**< V: valid server cookie */
    DM_QF_NOCOOKIE = 1 << 8 /**< K: cookie without a valid server part */
};

/** Why a recipient, sender or client was refused; tested in this order (doc/FORMATS.md). */
enum dm_reject_reason {
    DM_REJ_NONE,
    DM_REJ_USER_UNKNOWN,
    DM_REJ_RELAY_DENIED,
    DM_REJ_RECIPIENT,
    DM_REJ_SENDER,
    DM_REJ_HELO,
    DM_REJ_CLIENT,
    DM_REJ_ACCESS,
    DM_REJ_DNSBL,
    DM_REJ_DISCARD,
    DM_REJ_OTHER,
    DM_REJ_COUNT
};

/** Fields that only some DNS servers print; in each record only those whose bit is set are. */
enum dm_record_more {
    DM_MORE_ZONE = 1 << 0, /**< zone, zone_action: Unbound's log-local-actions */
    DM_MORE_REPLY = 1 << 1 /**< took, cached, reply_bytes: Unbound's log-replies */
};

/** Room for a name in presentation form, bytes (RFC 1035 3.1: 250 escaped bytes and 3 dots). */
#define DM_QNAME_TEXT 1024
/** Room for a type's word: "TYPE65535" and the longest mnemonic, "NSEC3PARAM". */
#define DM_QTYPE_TEXT 16

/** What the lines of no use to detectors print besides; not printed where a line has none. */
struct dm_note {
    struct dm_slice op, name, result, reason, at; /**< BIND; Postfix: what happened, where */
    struct dm_slice net, hash;                    /**< rate limits */
    struct dm_slice trigger, policy, via, target; /**< response policy zones */
    bool cache;                                   /**< "(cache)" */
    uint32_t count, per_s; /**< anvil: how many in how many seconds; per_s 0: at a time */
};

/** Commands that smtpd counts in its disconnect line (Postfix 3.0 and later): done and tried. */
struct dm_smtp_counts {
    bool printed;
    uint32_t mail_ok, mail_all, rcpt_ok, rcpt_all, data_ok, data_all, commands_ok, commands_all;
};

struct dm_record {
    enum dm_record_kind kind;
    int64_t time_us;      /**< µs since 1970 UTC; of the line before if it has none; 0: unknown */
    struct dm_slice host; /**< syslog host name; empty: none */
    struct dm_slice program; /**< program name without [pid] */
    const char *parser;      /**< name of the parser that filled this */

    bool has_client;
    struct dm_addr client;       /**< who asked, who connected */
    struct dm_slice client_text; /**< as printed, scope and all */
    uint16_t client_port;        /**< 0: not printed */

    /* DNS (as printed; names in BIND's presentation form, which dm_name_normalise() reads: a parser
     * of a server that has another form changes it into qname_text, see parse/qname.h) */
    struct dm_slice client_ptr, signer, view, qname, qclass, qtype, flags, server, ecs, rcode;
    uint16_t qtype_code;  /**< RFC 1035 number; 0: unknown word */
    uint16_t qclass_code; /**< 1 IN, 3 CH, 4 HS, 255 ANY; 0: RESERVED0 or CLASS0 */
    uint16_t flag_bits;   /**< enum dm_query_flags */
    uint16_t server_port; /**< 0: not printed */
    int32_t counts[3];    /**< answer, authority, additional; -1: not printed */
    int32_t rcode_num;    /**< RFC 6895 number; -1: unknown */

    /* DNS servers other than BIND; cleared by the dispatcher */
    uint8_t more;                      /**< enum dm_record_more */
    bool cached;                       /**< answered from the cache */
    uint32_t reply_bytes;              /**< size of the answer */
    struct dm_slice zone, zone_action; /**< the local zone that answered, and how */
    struct dm_slice took;              /**< seconds from query to answer, as printed */
    char qname_text[DM_QNAME_TEXT];    /**< qname, where it is not in the line as it should be */
    char qtype_text[DM_QTYPE_TEXT];    /**< the same for qtype */

    /* mail */
    struct dm_slice queue_id, peer_name, sender, recipient, action, state, dsn, what, text, proto,
        helo, relay, status, sasl_user;
    int32_t code;       /**< SMTP reply code; 0: none */
    int64_t size_bytes; /**< -1: not printed */
    int32_t nrcpt;      /**< -1: not printed */
    enum dm_reject_reason reason;
    bool ambiguous; /**< more than one reading is possible; the client is certain */
    struct dm_smtp_counts smtp;

    /* packet filters; peer_name and action too, where one is printed */
    struct dm_addr dst;
    bool has_dst;
    uint16_t dst_port;       /**< 0: a service whose port is not known */
    struct dm_slice service; /**< port or service name as printed */
    bool passed; /**< the filter let it through, as `action` says; false: it did not, or no word */

    struct dm_note note; /**< only with the kinds behind DM_REC_TCP_ATTEMPT */
};

/** Whether detectors may read the record: not NONE, and not only for `dnsmon parse`. */
static inline bool dm_record_is_used(enum dm_record_kind kind)
{
    return kind > DM_REC_NONE && kind <= DM_REC_TCP_ATTEMPT;
}

/** Whether a field was printed at all; sender and recipient may be printed and empty. */
static inline bool dm_field_printed(struct dm_slice s)
{
    return s.p != NULL;
}

/** dm_record_clear_mail() - no mail field is printed; no client text and port. POP3 needs it too.
 */
void dm_record_clear_mail(struct dm_record *rec);

/** dm_record_clear_packet() - the same for the fields of packet filters. */
void dm_record_clear_packet(struct dm_record *rec);

/** dm_record_kind_name() - such as "smtp-reject"; NULL for DM_REC_NONE.   Returns: a constant. */
const char *dm_record_kind_name(enum dm_record_kind kind);

/** dm_reject_reason_name() - such as "user_unknown"; NULL for DM_REJ_NONE.  Returns: a constant. */
const char *dm_reject_reason_name(enum dm_reject_reason reason);

#endif
