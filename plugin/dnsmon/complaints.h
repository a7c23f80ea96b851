/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What an administrator should know of a destination, said on standard error and not too often.
 */
#ifndef DM_PLUGIN_DNSMON_COMPLAINTS_H
#define DM_PLUGIN_DNSMON_COMPLAINTS_H

#include "outbox.h"

/** What goes wrong is said once in so many ms. Own choice. */
#define NOTICE_MS 60000

/** Something that is said at most once in NOTICE_MS; zeroed at first. */
struct notice {
    int64_t next_ms;
};

/** notice_due() - whether it may be said; it counts as said then. */
bool notice_due(struct notice *n);

/** What has been said of a destination. */
struct complaints {
    const char *output;       /**< its name; borrowed */
    int64_t stuck_ms;         /**< since when nothing was delivered, though something waits */
    uint64_t delivered, lost; /**< as was seen, and as was said */
    bool was_away;            /**< that was said, and not yet that it is back */
    struct notice away, dropped;
};

/** complaints_start() - @c: zeroed.   @output: borrowed. */
void complaints_start(struct complaints *c, const char *output);

/** complaints_make() - what has changed, at most once a minute each.
 * @unkept: events that were given up besides those of the outbox. */
void complaints_make(struct complaints *c, struct outbox *out, uint64_t unkept);

/** complaints_end() - what is to be said last.   @kept: what waits is there at the next start.
 * Returns: false if events are lost. */
bool complaints_end(const struct complaints *c, struct outbox *out, uint64_t unkept, bool kept);

#endif
