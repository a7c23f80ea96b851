/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Where events go: a file, a local socket, a syslog receiver over TCP.
 */
#ifndef DM_PLUGIN_DNSMON_SINK_H
#define DM_PLUGIN_DNSMON_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "finding.h"

/** Bytes that hold any reason. */
#define SINK_WHY 512

struct sink;

/**
 * sink_new() - a destination, not opened yet.
 * @dest:   a file, unix:PATH or tcp:HOST:PORT.
 * @text:   send the text form.   @sync: a file is synced before it counts as written.
 * @why:    on failure what is wrong with @dest; SINK_WHY bytes.
 * Returns: NULL on failure.
 */
struct sink *sink_new(const char *dest, bool text, bool sync, char *why);
void sink_free(struct sink *s);

/**
 * sink_send() - deliver findings in their order; opens the destination if need be, and waits.
 * @list:   @n of them, by their next.
 * @why:    on failure the reason; SINK_WHY bytes.
 * Returns: how many have been delivered, the first ones; fewer than @n: the rest is to be sent
 *          again, the destination has been closed.
 */
size_t sink_send(struct sink *s, const struct finding *list, size_t n, char *why);

/** sink_close() - open it anew next time. */
void sink_close(struct sink *s);

#endif
