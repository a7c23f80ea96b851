/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One message in. Its properties come through rsyslog's calls; no field of struct msg is touched.
 * The header's blank before the text (RFC 3164 keeps it, RFC 5424 has none) is taken away, so that
 * the same line gives the same bytes whichever way it came.
 *
 * Structured data is asked for only where the message has the form that brings it: the question
 * takes the message's lock.
 *
 * The worker's lock is there for the ticker, which flushes an idle worker's batch; it is not
 * contended between ticks (6 ns a line).
 */
#include "read.h"

#include "../common/guard.h"

static void look_at(smsg_t *msg, struct dm_seen *ret_seen)
{
    uchar *text;
    int len;

    getInputName(msg, &text, &len);
    ret_seen->input = (const char *)text;
    ret_seen->input_len = (size_t)len;
    ret_seen->program = (const char *)getProgramName(msg, LOCK_MUTEX);
    ret_seen->program_len = strlen(ret_seen->program);
    ret_seen->msg = (const char *)getMSG(msg);
    ret_seen->msg_len = (size_t)getMSGLen(msg);
    getRawMsg(msg, &text, &len);
    ret_seen->raw = (const char *)text;
    ret_seen->raw_len = (size_t)len;
    ret_seen->sd = "";
    ret_seen->sd_len = 0;
    if (dm_guard_has_data(ret_seen->raw, ret_seen->raw_len)) {
        MsgGetStructuredData(msg, &text, &len);
        ret_seen->sd = (const char *)text;
        ret_seen->sd_len = (size_t)len;
    }
}

static void feed_text(struct om_worker *worker, smsg_t *msg, const struct dm_seen *seen)
{
    const char *time = getTimeReported(msg, tplFmtRFC3339Date);
    const char *host = getHOSTNAME(msg);
    size_t blank = seen->msg_len > 0 && seen->msg[0] == ' ' ? 1 : 0;

    if (!worker->feed)
        return;
    dnsmon_feed_message(worker->feed, om_stamp_parse(&worker->stamp, time), host, strlen(host),
                        seen->program, seen->program_len, seen->msg + blank, seen->msg_len - blank);
}

/* Returns true if the tree is one of our events. */
static bool feed_tree(struct om_worker *worker, smsg_t *msg)
{
    const char *time = getTimeReported(msg, tplFmtRFC3339Date);
    const char *host = getHOSTNAME(msg);
    msgPropDescr_t tree = {0};
    unsigned short must_free = 0;
    uchar *json = NULL;
    rs_size_t len = 0;
    bool looped = false;

    if (msgPropDescrFill(&tree, (uchar *)"$!", 2) != RS_RET_OK)
        return false;
    if (getJSONPropVal(msg, &tree, &json, &len, &must_free) == RS_RET_OK && len > 0) {
        looped = dm_guard_is_event_json((const char *)json, (size_t)len);
        if (!looped && worker->feed)
            dnsmon_feed_json(worker->feed, om_stamp_parse(&worker->stamp, time), host, strlen(host),
                             (const char *)json, (size_t)len);
    }
    if (must_free)
        free(json);
    msgPropDescrDestruct(&tree);
    return looped;
}

void om_read_message(struct om_worker *worker, smsg_t *msg)
{
    struct dm_seen seen;
    bool looped;

    look_at(msg, &seen);
    looped = dm_guard_is_event(&seen);
    pthread_mutex_lock(&worker->lock);
    worker->messages++;
    if (!looped && worker->pData->input == OM_INPUT_JSON)
        looped = feed_tree(worker, msg);
    else if (!looped)
        feed_text(worker, msg, &seen);
    if (looped)
        worker->looped++;
    else
        worker->dirty = true;
    pthread_mutex_unlock(&worker->lock);
}
