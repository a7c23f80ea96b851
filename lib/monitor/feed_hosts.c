/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The numbers of a feed's log hosts: a line's host name is looked up in a small cache; the first
 * line of a host asks the monitor, or, in a held feed, the feed's own list, whose numbers become
 * the monitor's at the flush, in the order in which its lines named them.
 *
 * LIMITS: names are told apart by HOST_TEXT_MAX bytes; beyond DM_INTERN_MAX hosts they have number
 * 0.
 */
#include "monitor/feed_parts.h"

#include "monitor/monitor.h"
#include "util/bytes.h"

/* Longest host name that is kept, bytes (RFC 5424 6: HOSTNAME 255); the rest of it is cut off. */
#define HOST_TEXT_MAX 255

void dm_feed_forget_hosts(struct dnsmon_feed *feed)
{
    memset(feed->hosts, 0, sizeof feed->hosts);
    memset(&feed->other_host, 0, sizeof feed->other_host);
}

/* Log hosts that only unknown programs' lines have named must not take the room of name servers:
 * they get numbers while half of the room is free. */
#define WEAK_HOSTS_MAX (DM_INTERN_MAX / 2)

/* Which of a held feed's log hosts have more than such lines. */
static void find_strong(const struct dm_batch *batch, bool ret_strong[DM_INTERN_MAX + 1])
{
    for (size_t i = 0; i < batch->n; i++) {
        if (!(batch->obs[i].bits & DM_OBS_NO_CLOCK)) {
            ret_strong[batch->obs[i].host] = true;
        }
    }
}

/* A held feed's host numbers become the monitor's, in the order in which its lines named them. */
void dm_feed_share_hosts(struct dnsmon_feed *feed)
{
    uint16_t shared[DM_INTERN_MAX + 1] = {0};
    bool strong[DM_INTERN_MAX + 1] = {false};
    uint16_t n = dm_intern_count(feed->own_hosts);

    g_mutex_lock(&feed->mon->lock);
    feed->numbers = feed->mon->hosts;
    if (dm_intern_count(feed->mon->hosts) + n >= WEAK_HOSTS_MAX) {
        find_strong(&feed->batch, strong);
    }
    for (uint16_t i = 1; i <= n; i++) {
        const char *text = dm_intern_text(feed->own_hosts, i);
        if (strong[i] || dm_intern_count(feed->mon->hosts) < WEAK_HOSTS_MAX) {
            shared[i] = dm_intern_add(feed->mon->hosts, dm_slice_make(text, strlen(text)));
        }
    }
    g_mutex_unlock(&feed->mon->lock);
    for (size_t i = 0; n > 0 && i < feed->batch.n; i++) { /* most files have no headers */
        feed->batch.obs[i].host = shared[feed->batch.obs[i].host];
    }
    dm_intern_reset(feed->own_hosts);
    dm_feed_forget_hosts(feed);
}

static uint16_t add_host(struct dm_intern *hosts, struct dm_slice name, bool weak)
{
    return weak && dm_intern_count(hosts) >= WEAK_HOSTS_MAX ? 0 : dm_intern_add(hosts, name);
}

static uint16_t new_number(struct dnsmon_feed *feed, struct dm_slice name, bool weak)
{
    uint16_t number = 0;

    name = dm_slice_head(name, HOST_TEXT_MAX);
    if (feed->own_hosts) {
        return add_host(feed->own_hosts, name, weak);
    }
    g_mutex_lock(&feed->mon->lock);
    if (feed->numbers == feed->mon->hosts) {
        number = add_host(feed->mon->hosts, name, weak);
    }
    g_mutex_unlock(&feed->mon->lock);
    return number;
}

static struct dm_feed_host *new_host(struct dnsmon_feed *feed, struct dm_feed_host *h,
                                     struct dm_slice name, bool weak)
{
    uint16_t number = new_number(feed, name, weak);

    if (weak && number == 0) {
        return NULL;
    }
    if (name.n > DM_FEED_HOST_LEN) {
        h = &feed->other_host;
    }
    memset(h, 0, sizeof *h);
    if (name.n <= DM_FEED_HOST_LEN) {
        memcpy(h->text, name.p, name.n);
        h->len = (uint8_t)name.n;
    }
    h->number = number;
    return h;
}

struct dm_feed_host *dm_feed_host(struct dnsmon_feed *feed, struct dm_slice name, bool weak)
{
    if (name.n == 0) {
        if (feed->other_host.number) {
            memset(&feed->other_host, 0, sizeof feed->other_host);
        }
        return &feed->other_host;
    }
    unsigned slot =
        ((unsigned)name.n + (unsigned char)name.p[0] + (unsigned char)name.p[name.n - 1] * 7U) %
        DM_FEED_HOSTS;
    struct dm_feed_host *h = &feed->hosts[slot];
    if (h->number && h->len == name.n && dm_bytes_equal_any(h->text, name.p, name.n)) {
        return h;
    }
    return new_host(feed, h, name, weak);
}
