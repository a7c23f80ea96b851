/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Log files, plain or compressed, and standard input.
 */
#ifndef DM_PLUGIN_DNSMON_INPUT_H
#define DM_PLUGIN_DNSMON_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/**
 * input_open() - open a file; "-" is standard input.
 * Returns: NULL if it cannot be read, which has been said.
 */
struct input *input_open(const char *path);
void input_close(struct input *in);

/**
 * input_read() - the next bytes, decompressed.
 * Returns: @n unless the input ends before; 0 at the end. After an error, which has been said, it
 *          is at its end.
 */
size_t input_read(struct input *in, char *buf, size_t n);

/** input_position() - bytes of the file that have been read; of a compressed one, compressed. */
uint64_t input_position(const struct input *in);

/** input_failed() - whether it could not be read to its end. */
bool input_failed(const struct input *in);

/** input_can_reopen() - it is a file that is the same when it is opened again. */
bool input_can_reopen(const struct input *in);

#endif
