/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which queue layouts lose events, and how that is found. rsyslogd ends the main queue first, then
 * the queues of the rulesets in the order of their definition, then actions with their queues. A
 * queue whose workers have ended takes messages and never gives them out again. So the last events,
 * which come from the last worker of the queue that omdnsmon runs on (the producer), arrive only
 * where the events ruleset ends later than the producer:
 *   - it has a queue of its own, and that is not the producer;
 *   - it is defined after the producer, or the producer is the main queue;
 *   - omdnsmon has no queue of its own (that one ends last of all).
 * Direct queues have no workers: an events ruleset on one is always good. And an events queue that
 * waits for room (queue.timeoutEnqueue not 0) can hold up the module.
 *
 * The producer is found by walking the scripts of all rulesets, through filters and calls, to the
 * action whose data is ours. LIMITS: call_indirect is not followed.
 */
#include "layout.h"

#include <stdio.h>
#include "dirty.h"

/* Calls nested deeper than this are not followed: rulesets that call each other in a circle. */
enum { MAX_DEPTH = 16 };

struct walk {
    rsconf_t *conf;
    const struct om_instance *inst;
    const ruleset_t *events; /* the events ruleset */
    const action_t *action;  /* our action, once found */
    bool events_passed;      /* the walk over all rulesets has passed the events ruleset */
    const char *fault;       /* the first thing to warn about */
    char producer[64];       /* name of the ruleset that the fault is about */
};

static bool reaches_action(struct walk *walk, const struct cnfstmt *stmt, int depth);

static bool reaches_by_call(struct walk *walk, const struct cnfstmt *stmt, int depth)
{
    char *name = es_str2cstr(stmt->d.s_call.name, NULL);
    ruleset_t *called = NULL;
    bool found = false;

    /* A called ruleset with a queue is a producer of its own. */
    if (name && rulesetGetRuleset(walk->conf, &called, (uchar *)name) == RS_RET_OK &&
        !called->pQueue)
        found = reaches_action(walk, called->root, depth + 1);
    free(name);
    return found;
}

static bool reaches_by_statement(struct walk *walk, const struct cnfstmt *stmt, int depth)
{
    switch (stmt->nodetype) {
    case S_ACT:
        if (stmt->d.act->pModData != walk->inst)
            return false;
        walk->action = stmt->d.act;
        return true;
    case S_IF:
        return reaches_action(walk, stmt->d.s_if.t_then, depth + 1) ||
               reaches_action(walk, stmt->d.s_if.t_else, depth + 1);
    case S_PRIFILT:
        return reaches_action(walk, stmt->d.s_prifilt.t_then, depth + 1) ||
               reaches_action(walk, stmt->d.s_prifilt.t_else, depth + 1);
    case S_PROPFILT:
        return reaches_action(walk, stmt->d.s_propfilt.t_then, depth + 1);
    case S_FOREACH:
        return reaches_action(walk, stmt->d.s_foreach.body, depth + 1);
    case S_CALL:
        return reaches_by_call(walk, stmt, depth);
    default:
        return false;
    }
}

static bool reaches_action(struct walk *walk, const struct cnfstmt *stmt, int depth)
{
    if (depth > MAX_DEPTH)
        return false;
    for (; stmt; stmt = stmt->next)
        if (reaches_by_statement(walk, stmt, depth))
            return true;
    return false;
}

static void set_fault(struct walk *walk, const ruleset_t *producer, const char *fault)
{
    if (walk->fault)
        return;
    walk->fault = fault;
    snprintf(walk->producer, sizeof walk->producer, "%s", (const char *)producer->pszName);
}

static void check_producer(struct walk *walk, const ruleset_t *producer)
{
    if (producer == walk->events)
        set_fault(walk, producer, "omdnsmon runs in the events ruleset itself");
    else if (producer->pQueue && producer->pQueue->qType == QUEUETYPE_DIRECT)
        set_fault(walk, producer, "omdnsmon runs on a Direct queue, which has no end to see");
    else if (producer->pQueue && walk->events_passed)
        set_fault(walk, producer,
                  "the events ruleset is defined before the ruleset with omdnsmon; "
                  "define it after");
    else if (walk->action->pQueue && walk->action->pQueue->qType != QUEUETYPE_DIRECT)
        set_fault(walk, producer,
                  "the omdnsmon action has a queue of its own; give the queue to "
                  "its ruleset");
}

DEFFUNC_llExecFunc(visit_ruleset)
{
    struct walk *walk = pParam;
    const ruleset_t *ruleset = pData;

    if (reaches_action(walk, ruleset->root, 0))
        check_producer(walk, ruleset);
    if (ruleset == walk->events)
        walk->events_passed = true;
    return RS_RET_OK;
}

static void check_events_queue(struct walk *walk)
{
    const qqueue_t *queue = walk->events->pQueue;

    if (!queue)
        set_fault(walk, walk->events,
                  "it has no queue of its own; give it queue.type=\"LinkedList\" "
                  "queue.timeoutEnqueue=\"0\"");
    else if (queue->qType != QUEUETYPE_DIRECT && queue->toEnq != 0)
        set_fault(walk, walk->events,
                  "a full queue would hold up the module; set "
                  "queue.timeoutEnqueue=\"0\"");
}

/* rsyslogd -N1 shows errors only, but there a warning is what the administrator asks for. */
static void warn(const char *text)
{
    if (iConfigVerify)
        fprintf(stderr, "rsyslogd: warning: %s\n", text);
    else
        LogMsg(0, RS_RET_CONF_PARSE_WARNING, LOG_WARNING, "%s", text);
}

void om_layout_check(rsconf_t *conf, struct om_instance *inst)
{
    struct walk walk = {.conf = conf, .inst = inst, .events = inst->ruleset};
    char text[512];

    check_events_queue(&walk);
    if (!walk.events->pQueue || walk.events->pQueue->qType != QUEUETYPE_DIRECT)
        llExecFunc(&conf->rulesets.llRulesets, visit_ruleset, &walk);
    if (!walk.fault)
        return;
    snprintf(text, sizeof text,
             "omdnsmon: events for ruleset \"%s\" can be lost when rsyslogd ends or is busy: "
             "%s (ruleset \"%s\")",
             inst->ruleset_name, walk.fault, walk.producer);
    warn(text);
}
