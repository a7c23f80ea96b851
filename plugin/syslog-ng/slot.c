/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message in. Nothing of it is copied or changed: program, host and text are slices of its
 * payload, its time is the one that syslog-ng read (keep-timestamp()).
 *
 * An event that comes back is not read again. One that this daemon made has its name-values; after
 * a hop the rules of common/guard.c tell it by program, text, structured data or JSON.
 */
#include "slot.h"

#include <string.h>

#include "../common/guard.h"

/* Names of values, as numbers; set once. */
static NVHandle event_handle, element_handle;

void ng_slot_setup(void)
{
    event_handle = log_msg_get_value_handle(".dnsmon.json");
    element_handle = log_msg_get_value_handle(".SDATA.dnsmon@32473.level");
}

void ng_slot_init(struct ng_slot *slot, dnsmon_monitor_t *mon)
{
    memset(slot, 0, sizeof *slot);
    worker_batch_callback_init(&slot->batch);
    if (dnsmon_feed_new(mon, &slot->feed) >= 0)
        return;
    slot->feed = NULL;
    msg_error("dnsmon: no memory for a worker's feed, its lines are not read");
}

void ng_slot_clear(struct ng_slot *slot)
{
    ng_slot_flush(slot);
    dnsmon_feed_free(slot->feed);
    slot->feed = NULL;
}

gint64 ng_slot_now(void)
{
    return g_get_real_time();
}

/* ---- is it an event? --------------------------------------------------------------------- */

static const gchar *get_value(LogMessage *msg, NVHandle handle, size_t *ret_len)
{
    gssize len = 0;
    const gchar *value = log_msg_get_value(msg, handle, &len);

    *ret_len = (size_t)len;
    return value;
}

static bool has_value(LogMessage *msg, NVHandle handle)
{
    size_t len;

    get_value(msg, handle, &len);
    return len > 0;
}

static bool is_event(LogMessage *msg, const struct dm_seen *seen)
{
    return dm_guard_is_event(seen) || has_value(msg, event_handle) ||
           (msg->num_sdata > 0 && has_value(msg, element_handle));
}

/* ---- reading ----------------------------------------------------------------------------- */

static gint64 get_time(const LogMessage *msg)
{
    const UnixTime *stamp = &msg->timestamps[LM_TS_STAMP];

    return (gint64)stamp->ut_sec * 1000000 + stamp->ut_usec;
}

static void feed(struct ng_slot *slot, enum ng_input input, LogMessage *msg,
                 const struct dm_seen *seen)
{
    size_t host_len, blank = seen->msg_len > 0 && seen->msg[0] == ' ' ? 1 : 0;
    const gchar *host = get_value(msg, LM_V_HOST, &host_len);

    if (input == NG_INPUT_JSON)
        dnsmon_feed_json(slot->feed, get_time(msg), host, host_len, seen->msg, seen->msg_len);
    else
        dnsmon_feed_message(slot->feed, get_time(msg), host, host_len, seen->program,
                            seen->program_len, seen->msg + blank, seen->msg_len - blank);
}

/* One writer: a plain load is enough, the store must not be torn. */
static void count(guint64 *counter)
{
    __atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

bool ng_slot_read(struct ng_slot *slot, enum ng_input input, LogMessage *msg, const gchar *text,
                  gsize len)
{
    struct dm_seen seen = {.input = "", .sd = "", .raw = "", .msg = text, .msg_len = len};

    seen.program = get_value(msg, LM_V_PROGRAM, &seen.program_len);
    count(&slot->messages);
    if (is_event(msg, &seen)) {
        count(&slot->looped);
        return true;
    }
    slot->dirty = true;
    if (slot->feed)
        feed(slot, input, msg, &seen);
    return false;
}

void ng_slot_flush(struct ng_slot *slot)
{
    if (slot->feed && slot->dirty)
        dnsmon_feed_flush(slot->feed, ng_slot_now());
    slot->dirty = false;
}
