/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Pieces of a log line that several DNS servers' parsers read.
 */
#ifndef DM_PARSE_DNSLINE_H
#define DM_PARSE_DNSLINE_H

#include "parse/record.h"
#include "parse/timestamp.h"

/** dm_line_number() - a number of 1 to @digits digits (9 at most) off the front of @s.
 * Returns: whether there is one. */
bool dm_line_number(struct dm_slice *s, size_t digits, uint32_t *ret);

/** dm_line_all_number() - the whole of @s is a number of 1 to 9 digits.   Returns: whether. */
bool dm_line_all_number(struct dm_slice s, uint32_t *ret);

/** dm_line_stamp() - step over a time stamp and the blank behind it, if @s begins with one.
 * rec->time_us is set. A stamp that the header's reader has seen already does not count twice for
 * the clock, which believes a stamp far off only when a second line has it. */
void dm_line_stamp(struct dm_slice *s, struct dm_clock *clock, struct dm_record *rec);

/**
 * dm_line_frame() - what Unbound and NSD write in front of a line of a file of their own:
 * "[EPOCH] IDENT" or "[STAMP] IDENT", then "[...]:? ". rec->time_us and rec->program are set.
 * Returns: whether it is there; else nothing has changed.
 */
bool dm_line_frame(struct dm_slice *s, struct dm_clock *clock, struct dm_record *rec);

/** dm_program_is() - @program is @name, or that and "-", "_", "@" or "." with something behind. */
static inline bool dm_program_is(struct dm_slice program, struct dm_slice name)
{
    if (!dm_slice_drop(&program, name)) {
        return false;
    }
    return program.n == 0 || program.p[0] == '-' || program.p[0] == '_' || program.p[0] == '@' ||
           program.p[0] == '.';
}

/** dm_question_clear() - all DNS fields of a record: not printed. */
void dm_question_clear(struct dm_record *rec);

/** dm_question_client() - rec->client from a whole slice.   Returns: whether it is an address. */
bool dm_question_client(struct dm_record *rec, struct dm_slice text);

/** dm_question_endpoint() - rec->client and port from a whole "IP", "IP:PORT" or "[IP]:PORT"; an
 * IPv6 address without brackets has no port.   Returns: whether it is that. */
bool dm_question_endpoint(struct dm_record *rec, struct dm_slice text);

/** dm_question_port() - rec->client_port from a whole slice.   Returns: whether it is 0..65535. */
bool dm_question_port(struct dm_record *rec, struct dm_slice text);

/** dm_question_type() - rec->qtype as printed and its number.
 * Returns: whether it looks like a type: a letter, then letters, digits, '-' and '_'. */
bool dm_question_type(struct dm_record *rec, struct dm_slice word);

/** dm_question_type_number() - a type that is printed as a number: qtype gets its mnemonic. */
void dm_question_type_number(struct dm_record *rec, uint16_t type);

/** dm_question_class() - rec->qclass and its number.   Returns: whether it is a class. */
bool dm_question_class(struct dm_record *rec, struct dm_slice word);

/** dm_question_class_in() - the server does not print the class: it is taken for IN. */
void dm_question_class_in(struct dm_record *rec);

/** dm_question_rcode() - rec->rcode and its number. */
void dm_question_rcode(struct dm_record *rec, struct dm_slice word);

#endif
