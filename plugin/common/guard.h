/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Is a message one that a part of dnsmon made? See guard.c for the rules. */
#ifndef DM_COMMON_GUARD_H
#define DM_COMMON_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/** Input name of every message that the rsyslog module injects. */
#define DM_GUARD_INPUT_NAME "omdnsmon"

/** What the guard looks at. Nothing needs to be zero-terminated; all borrowed. */
struct dm_seen {
    const char *input;   /**< name of the input that the message came in by (rsyslog), or empty */
    size_t input_len;    /**< bytes */
    const char *program; /**< program name, without "[pid]:" */
    size_t program_len;  /**< bytes */
    const char *sd;      /**< RFC 5424 structured data, or "-" */
    size_t sd_len;       /**< bytes */
    const char *msg;     /**< text after the header */
    size_t msg_len;      /**< bytes */
    const char *raw;     /**< the message as received, with its <PRI> */
    size_t raw_len;      /**< bytes */
};

/**
 * dm_guard_is_event() - was this message made by us, here or on another host?
 * @seen:   the message.
 * Returns: true if it must not be read.
 * Thread:  any.
 * Cost:    a few comparisons; only structured data and JSON texts are searched through.
 */
bool dm_guard_is_event(const struct dm_seen *seen);

/**
 * dm_guard_has_data() - may this message have RFC 5424 structured data?
 * @raw:    the message as received, with its <PRI>.
 * Returns: false if it is of another form, and whoever parsed it found none.   Thread: any.
 */
bool dm_guard_has_data(const char *raw, size_t len);

/**
 * dm_guard_is_event_json() - is this JSON object one of our events?
 * @json:   a JSON text, with or without blanks between its tokens.
 * Returns: true if its "dataset" is "dnsmon.event".   Thread: any.
 */
bool dm_guard_is_event_json(const char *json, size_t len);

#endif
