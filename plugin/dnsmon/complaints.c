/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A destination that is away or stuck, events that were given up.
 *
 * LIMITS: one that takes an event in ten seconds is slow, not stuck.
 */
#include "complaints.h"

#include "clock.h"
#include "output.h"

/* Nothing was delivered for so long; own choice. */
#define STUCK_MS 10000

bool notice_due(struct notice *n)
{
    int64_t now = now_ms();

    if (now < n->next_ms) {
        return false;
    }
    n->next_ms = now + NOTICE_MS;
    return true;
}

void complaints_start(struct complaints *c, const char *output)
{
    c->output = output;
    c->stuck_ms = now_ms();
}

static const char *trouble(const struct outbox_state *out)
{
    return out->away ? out->why : "does not take what was sent";
}

static void say_lost(const struct complaints *c, uint64_t lost)
{
    output_error("%s: %llu events were given up", c->output, (unsigned long long)(lost - c->lost));
}

void complaints_make(struct complaints *c, struct outbox *out, uint64_t unkept)
{
    struct outbox_state now;

    outbox_look(out, &now);
    if (now.waiting == 0 || now.delivered != c->delivered) {
        c->stuck_ms = now_ms();
    }
    c->delivered = now.delivered;
    bool stuck = now.waiting > 0 && now_ms() - c->stuck_ms > STUCK_MS;
    if ((now.away || stuck) && notice_due(&c->away)) {
        output_error("%s: %s; %zu events wait", c->output, trouble(&now), now.waiting);
        c->was_away = true;
    } else if (c->was_away && !now.away && !stuck) {
        output_error("%s: is back", c->output);
        c->was_away = false;
    }
    if (now.lost + unkept > c->lost && notice_due(&c->dropped)) {
        say_lost(c, now.lost + unkept);
        c->lost = now.lost + unkept;
    }
}

bool complaints_end(const struct complaints *c, struct outbox *out, uint64_t unkept, bool kept)
{
    struct outbox_state now;

    outbox_look(out, &now);
    if (now.waiting > 0) {
        output_error("%s: %s; %zu events %s", c->output, trouble(&now), now.waiting,
                     kept ? "are kept for the next start" : "are lost");
    }
    if (now.lost + unkept > c->lost) {
        say_lost(c, now.lost + unkept);
    }
    return (now.waiting == 0 || kept) && now.lost + unkept <= c->lost;
}
