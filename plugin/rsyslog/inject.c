/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One event out: a new message with the log's own time, the tag, APP-NAME dnsmon, MSGID the rule,
 * structured data, the text form as its text and the whole object as its $! tree. It goes into the
 * events ruleset's own queue by qqueueEnqMsg(), not by submitMsg2(), which says OK and drops.
 *
 * A queue without room would be waited for, two seconds an event by default. So its fill is looked
 * at first; the look is not exact (others put messages in meanwhile), and then
 * queue.timeoutEnqueue="0" makes the rest of the difference.
 *
 * Severity: info 6, notice 5, alarm 1 (alert: somebody has to act at once, a machine is infected).
 * LIMITS: a disk queue's room is not looked at; only its own time-out counts there.
 */
#include "inject.h"

#include <syslog.h>

#include "../common/guard.h"
#include "tree.h"

DEFobjStaticHelpers DEFobjCurrIf(glbl) DEFobjCurrIf(prop) DEFobjCurrIf(datetime)
    DEFobjCurrIf(ruleset) static prop_t *input_name;

static int get_severity(const struct om_instance *inst, const dnsmon_event_t *ev)
{
    if (inst->severity >= 0)
        return inst->severity;
    switch (dnsmon_event_level(ev)) {
    case DNSMON_ALARM:
        return LOG_ALERT;
    case DNSMON_NOTICE:
        return LOG_NOTICE;
    default:
        return LOG_INFO;
    }
}

static void set_header(const struct om_instance *inst, smsg_t *msg, const dnsmon_event_t *ev)
{
    const uchar *host = glbl.GetLocalHostName();

    MsgSetFlowControlType(msg, eFLOWCTL_NO_DELAY);
    MsgSetInputName(msg, input_name);
    MsgSetRcvFrom(msg, glbl.GetLocalHostNameProp());
    MsgSetRcvFromIP(msg, glbl.GetLocalHostIP());
    MsgSetHOSTNAME(msg, host, (int)strlen((const char *)host));
    msgSetPRI(msg, (syslog_pri_t)(inst->facility | get_severity(inst, ev)));
    MsgSetTAG(msg, (const uchar *)inst->tag, strlen(inst->tag));
    setProtocolVersion(msg, MSG_RFC5424_PROTOCOL);
    MsgSetRuleset(msg, inst->ruleset);
}

static rsRetVal set_rfc5424(smsg_t *msg, const dnsmon_event_t *ev)
{
    const char *sd = dnsmon_event_sd(ev);
    DEFiRet;

    CHKmalloc(sd);
    CHKiRet(MsgSetAPPNAME(msg, "dnsmon"));
    CHKiRet(MsgSetMSGID(msg, dnsmon_event_rule(ev)));
    CHKiRet(MsgAddToStructuredData(msg, (uchar *)(uintptr_t)sd, (rs_size_t)strlen(sd)));
finalize_it:
    RETiRet;
}

static rsRetVal set_tree(smsg_t *msg, const dnsmon_event_t *ev)
{
    struct json_object *tree;
    DEFiRet;

    CHKmalloc(tree = om_tree_new(ev));
    CHKiRet(msgAddJSON(msg, (uchar *)"!", tree, 0, 0));
finalize_it:
    RETiRet;
}

static rsRetVal make_message(const struct om_instance *inst, const dnsmon_event_t *ev,
                             smsg_t **ret_msg)
{
    int64_t us = dnsmon_event_time_us(ev);
    struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    const char *text = dnsmon_event_text(ev);
    struct syslogTime time;
    smsg_t *msg = NULL;
    DEFiRet;

    CHKmalloc(text);
    datetime.timeval2syslogTime(&tv, &time, TIME_IN_LOCALTIME);
    CHKiRet(msgConstructWithTime(&msg, &time, tv.tv_sec));
    MsgSetRawMsg(msg, text, strlen(text));
    MsgSetMSGoffs(msg, 0);
    set_header(inst, msg, ev);
    CHKiRet(set_rfc5424(msg, ev));
    CHKiRet(set_tree(msg, ev));
    *ret_msg = msg;
finalize_it:
    if (iRet != RS_RET_OK && msg)
        msgDestruct(&msg);
    RETiRet;
}

/* Its workers change the size meanwhile, atomically. */
static bool has_room(const qqueue_t *queue)
{
    return queue->qType == QUEUETYPE_DIRECT || queue->qType == QUEUETYPE_DISK || queue->bIsDA ||
           queue->iMaxQueueSize <= 0 ||
           __atomic_load_n(&queue->iQueueSize, __ATOMIC_RELAXED) < queue->iMaxQueueSize;
}

rsRetVal om_inject_event(struct om_instance *inst, const dnsmon_event_t *ev, smsg_t **ret_msg)
{
    qqueue_t *queue = ruleset.GetRulesetQueue(inst->ruleset);
    smsg_t *msg, *ours;
    DEFiRet;

    if (!queue || !has_room(queue))
        ABORT_FINALIZE(RS_RET_QUEUE_FULL);
    CHKiRet(make_message(inst, ev, &msg));
    ours = ret_msg ? MsgAddRef(msg) : NULL;
    iRet = qqueueEnqMsg(queue, eFLOWCTL_NO_DELAY, msg);
    if (iRet == RS_RET_FORCE_TERM)
        msgDestruct(&msg); /* the one failure after which the queue leaves it to the caller */
    if (iRet == RS_RET_OK && ret_msg)
        *ret_msg = ours;
    else if (ours)
        msgDestruct(&ours);
finalize_it:
    RETiRet;
}

bool om_inject_is_done(const smsg_t *msg)
{
    return !msg || __atomic_load_n(&msg->iRefCount, __ATOMIC_ACQUIRE) == 1;
}

void om_inject_release(smsg_t *msg)
{
    if (msg)
        msgDestruct(&msg);
}

rsRetVal om_inject_module_init(void)
{
    DEFiRet;

    CHKiRet(objGetObjInterface(&obj));
    CHKiRet(objUse(glbl, CORE_COMPONENT));
    CHKiRet(objUse(prop, CORE_COMPONENT));
    CHKiRet(objUse(datetime, CORE_COMPONENT));
    CHKiRet(objUse(ruleset, CORE_COMPONENT));
    CHKiRet(prop.CreateStringProp(&input_name, (const uchar *)DM_GUARD_INPUT_NAME,
                                  (int)strlen(DM_GUARD_INPUT_NAME)));
finalize_it:
    RETiRet;
}

void om_inject_module_exit(void)
{
    if (input_name)
        prop.Destruct(&input_name);
    objRelease(ruleset, CORE_COMPONENT);
    objRelease(datetime, CORE_COMPONENT);
    objRelease(prop, CORE_COMPONENT);
    objRelease(glbl, CORE_COMPONENT);
}
