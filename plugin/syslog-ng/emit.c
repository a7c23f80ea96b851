/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One event out: a new message with the log's own time, the host whose log it was, the rule as
 * MSGID, structured data, the text form as MESSAGE, and the whole object as name-values.
 *
 * Flow control is requested, so that a queue behind us keeps events that it has no room for in its
 * share for flow-controlled messages. Without it, a burst of 34,858 events lost 24,858 of them in a
 * file's queue. No source is slowed down by it.
 *
 * Acknowledgement is requested where somebody wants to know of an event's arrival: every
 * destination has written it, or has it in a disk buffer. It comes in the thread of the last of
 * them, and may come after nobody asks any more, so what it is noted in has two owners.
 *
 * Severity: info 6, notice 5, alarm 1 (alert: somebody has to act at once, a machine is infected).
 */
#include "emit.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "values.h"

static gint get_severity(const struct ng_options *options, const dnsmon_event_t *ev)
{
    if (options->severity >= 0)
        return options->severity;
    switch (dnsmon_event_level(ev)) {
    case DNSMON_ALARM:
        return LOG_ALERT;
    case DNSMON_NOTICE:
        return LOG_NOTICE;
    default:
        return LOG_INFO;
    }
}

static void set_time(LogMessage *msg, const dnsmon_event_t *ev)
{
    gint64 us = dnsmon_event_time_us(ev);
    time_t second = (time_t)(us / 1000000);
    UnixTime *stamp = &msg->timestamps[LM_TS_STAMP];
    struct tm local;

    stamp->ut_sec = second;
    stamp->ut_usec = (guint32)(us % 1000000);
    stamp->ut_gmtoff = localtime_r(&second, &local) ? (gint)local.tm_gmtoff : 0;
}

static void set_value(LogMessage *msg, NVHandle handle, const gchar *text)
{
    log_msg_set_value(msg, handle, text, -1);
}

static void set_header(LogMessage *msg, const struct ng_options *options, const dnsmon_event_t *ev)
{
    msg->pri = (guint16)(options->facility | get_severity(options, ev));
    set_time(msg, ev);
    set_value(msg, LM_V_HOST, get_local_hostname_short());
    set_value(msg, LM_V_PROGRAM, options->program);
    set_value(msg, LM_V_MSGID, dnsmon_event_rule(ev));
    for (guint i = 0; i < options->tags->len; i++)
        log_msg_set_tag_by_name(msg, g_ptr_array_index(options->tags, i));
}

/* ---- arrival ----------------------------------------------------------------------------- */

struct ng_flight {
    gint owners; /* the message and whoever asks; atomic */
    gint done;   /* acknowledged; atomic */
};

bool ng_emit_is_done(const struct ng_flight *flight)
{
    return g_atomic_int_get(&flight->done);
}

void ng_emit_release(struct ng_flight *flight)
{
    if (g_atomic_int_dec_and_test(&flight->owners))
        free(flight);
}

/* As LMAckFunc. Also for a message that a full queue dropped: it will not come any more. */
static void note_arrival(LogMessage *msg, AckType type)
{
    struct ng_flight *flight = (struct ng_flight *)msg->ack_record;

    g_atomic_int_set(&flight->done, 1);
    ng_emit_release(flight);
    (void)type;
}

/* Asks for an acknowledgement.   Returns: NULL without memory: none will come. */
static struct ng_flight *ask(LogMessage *msg, LogPathOptions *path)
{
    struct ng_flight *flight = calloc(1, sizeof *flight);

    if (!flight)
        return NULL;
    flight->owners = 2;
    path->ack_needed = TRUE;
    msg->ack_record = (AckRecord *)flight; /* a source's in its own messages; only its function,
                                              which is ours here, looks into it */
    msg->ack_func = note_arrival;
    log_msg_add_ack(msg, path);
    return flight;
}

/* ---- out --------------------------------------------------------------------------------- */

bool ng_emit_event(const struct ng_options *options, LogPipe *outlet, const dnsmon_event_t *ev,
                   struct ng_flight **ret_flight)
{
    const char *text = dnsmon_event_text(ev), *sd = dnsmon_event_sd(ev);
    const char *json = dnsmon_event_json(ev);
    LogPathOptions path = LOG_PATH_OPTIONS_INIT_NOACK;
    LogMessage *msg;

    if (!text || !sd || !json)
        return false;
    msg = log_msg_new_local();
    set_header(msg, options, ev);
    set_value(msg, LM_V_MESSAGE, text);
    ng_values_from_sd(msg, sd);
    ng_values_from_json(msg, json);
    path.flow_control_requested = TRUE;
    if (ret_flight)
        *ret_flight = ask(msg, &path);
    log_pipe_forward_msg(outlet, msg, &path);
    return true;
}
