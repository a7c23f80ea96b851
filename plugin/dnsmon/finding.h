/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One event on its way to a destination, in a form that can be kept in a file.
 */
#ifndef DM_PLUGIN_DNSMON_FINDING_H
#define DM_PLUGIN_DNSMON_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsmon/dnsmon.h"

/** What stands around the event where it goes. */
enum finding_form {
    FINDING_LINE,    /**< the event and a newline */
    FINDING_SYSLOG,  /**< an RFC 5424 message, nothing behind it: a datagram */
    FINDING_NEWLINE, /**< an RFC 5424 message and a newline: a local stream */
    FINDING_COUNTED, /**< an RFC 5424 message behind its length: RFC 6587 3.4.1 */
};

/** A copy of all that the encoders say of an event. */
struct finding {
    struct finding *next;
    int64_t time_us;
    uint64_t hash; /**< of the JSON: the same event has the same one after a crash */
    int level;     /**< enum dnsmon_level */
    const char *rule, *sd, *text, *json;
    size_t n; /**< bytes of blob */
    char blob[];
};

/** finding_hash() - FNV-1a, 64 bit. @seed: 0, or what the bytes in front of these gave. */
uint64_t finding_hash(uint64_t seed, const void *bytes, size_t n);

/** finding_copy() - of an event.   Returns: to be released with free(); NULL without memory. */
struct finding *finding_copy(const dnsmon_event_t *ev);

/** finding_read() - of the blob of another one.   Returns: NULL without memory or if it is none. */
struct finding *finding_read(const char *blob, size_t n);

/**
 * finding_message() - the bytes that are sent.
 * @text:   the text form instead of JSON.
 * @host:   the host name of an RFC 5424 header.
 * Returns: to be released with free(); NULL without memory.
 */
char *finding_message(const struct finding *f, enum finding_form form, bool text, const char *host,
                      size_t *ret_n);

#endif
