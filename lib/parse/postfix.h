/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pieces of Postfix's lines that several of its parser's files read.
 */
#ifndef DM_PARSE_POSTFIX_H
#define DM_PARSE_POSTFIX_H

#include "parse/record.h"
#include "parse/scan.h"

/** Places in one line that are tried as the beginning of its attributes; a line with more of them
 * was made to be slow and has no certain reading. Own choice. */
#define DM_POSTFIX_TRIES 64

/**
 * dm_postfix_peer() - "host[ip]" or "host[ip]:port" off the front of @s; postscreen has no host.
 * "unknown[unknown]" is a peer without an address: rec->has_client stays false.
 * @rec:    peer_name, client, client_text, client_port, has_client are set.
 * Returns: whether it is there; @s is then behind it.
 */
bool dm_postfix_peer(struct dm_slice *s, struct dm_record *rec);

/** The attributes behind a reject's text: "; from=<> to=<> proto= helo=<> sasl_username=". */
struct dm_trailer {
    struct dm_slice sender, recipient, proto, helo, sasl_user;
    struct dm_slice text; /**< cleanup only: what the operator says behind ": " */
    bool doubtful;        /**< cleanup only: that text seems to hold attributes */
};

/**
 * dm_trailer_read() - attributes from here to the end of the line, addresses quoted as Postfix 3.5
 * and later do (RFC 5322 quoted strings), which has one reading only.
 * @s:       behind the ';'.
 * @cleanup: the line ends in "[: TEXT]".
 * Returns:  whether @s is that and nothing else.
 */
bool dm_trailer_read(struct dm_slice s, bool cleanup, struct dm_trailer *ret);

/**
 * dm_trailer_find() - where the free text of a reject ends and its attributes begin.
 * @s:       CODE, DSN and everything behind, up to the end of the line.
 * @ret_n:   bytes of @s in front of the ';'.
 * @ret:     the attributes; all empty if they are ambiguous.
 * Returns:  false if more than one reading is possible.
 */
bool dm_trailer_find(struct dm_slice s, size_t *ret_n, struct dm_trailer *ret);

/**
 * dm_postfix_begins_with() - "PLAIN>: " at the front of @s, where PLAIN is @quoted without the
 * quotes of its local part.
 * Returns: bytes of PLAIN; s.n if it is not there.   Cost: O(quoted.n), for any @s.
 */
size_t dm_postfix_begins_with(struct dm_slice s, struct dm_slice quoted);

/**
 * dm_postfix_reject() - what follows "QID|NOQUEUE: ".
 * @rec:    its mail fields have been cleared; on success kind, client and mail fields are set.
 * Returns: whether it is a reject line that can be read for certain as far as the client goes.
 */
bool dm_postfix_reject(struct dm_slice s, struct dm_record *rec);

/**
 * dm_postfix_other() - lines that no detector reads.
 * @queued: what stands behind "QID|NOQUEUE: ".
 * @rec:    its mail fields have been cleared; kind, note and mail fields are set on success.
 * Returns: whether it is one that is known.
 */
bool dm_postfix_other(struct dm_slice s, bool queued, struct dm_record *rec);

/** dm_postfix_delivery() - what follows "QID: to=<" in a delivery agent's line.   As above. */
bool dm_postfix_delivery(struct dm_slice s, struct dm_record *rec);

#endif
