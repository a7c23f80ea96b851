/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * omdnsmon: rsyslog's way into libdnsmon. An output module in message-passing form: each message
 * that its action gets is handed to the library with all its properties, and what the library finds
 * comes back as new messages in a ruleset of the site's choice.
 *
 *     module(load="omdnsmon")
 *     action(type="omdnsmon" config="/etc/dnsmon/dnsmon.conf" ruleset="detections")
 *
 * This file is the table of entry points that rsyslog's macros make; what they do is in instance.c
 * (life of an action), read.c (message in), inject.c (event out), guard.c (no loops), layout.c
 * (queue layouts that lose events), stats.c (impstats), selfcheck.c (is this the right rsyslogd?).
 * There is no DNS knowledge in any of them.
 *
 * Order of calls: modInit, newActInst per action, checkCnf, [fork, privilege drop], activateCnf,
 * createWrkrInstance / doAction / freeWrkrInstance by the queue workers, doHUP by the main thread
 * beside them, freeInstance when all workers are gone.
 *
 * LIMITS: the legacy configuration syntax ($Action...) is not supported.
 */
#include "rsyslog_api.h"

#include <syslog.h>
#include <unistd.h>

#include "inject.h"
#include "instance.h"
#include "json_template.h"
#include "layout.h"
#include "read.h"
#include "selfcheck.h"
#include "stats.h"

MODULE_TYPE_OUTPUT
MODULE_TYPE_NOKEEP
MODULE_CNFNAME("omdnsmon")

DEF_OMOD_STATIC_DATA

typedef struct om_instance instanceData;
typedef struct om_worker wrkrInstanceData_t;
struct modConfData_s {
    rsconf_t *pConf; /* rsyslog's configuration that is being read */
};

/* All actions in the order of the configuration; changed by the main thread only. */
static struct om_instance *instances;

static struct cnfparamdescr action_params[] = {
    {"config", eCmdHdlrString, 0},     {"ruleset", eCmdHdlrString, 0},
    {"input", eCmdHdlrString, 0},      {"statefile", eCmdHdlrString, 0},
    {"facility", eCmdHdlrFacility, 0}, {"severity", eCmdHdlrSeverity, 0},
    {"tag", eCmdHdlrString, 0},
};
static struct cnfparamblk action_block = {
    CNFPARAMBLK_VERSION, sizeof action_params / sizeof action_params[0], action_params};

/* ---- parameters -------------------------------------------------------------------------- */

static void link_instance(struct om_instance *inst)
{
    struct om_instance **at = &instances;

    while (*at)
        at = &(*at)->next;
    *at = inst;
}

static void unlink_instance(const struct om_instance *inst)
{
    struct om_instance **at = &instances;

    while (*at && *at != inst)
        at = &(*at)->next;
    if (*at)
        *at = inst->next;
}

static rsRetVal set_text(char **at, const struct cnfparamvals *val)
{
    DEFiRet;

    free(*at);
    CHKmalloc(*at = es_str2cstr(val->val.d.estr, NULL));
finalize_it:
    RETiRet;
}

static rsRetVal set_input(struct om_instance *inst, const struct cnfparamvals *val)
{
    char *text = NULL;
    DEFiRet;

    CHKiRet(set_text(&text, val));
    if (strcmp(text, "message") == 0) {
        inst->input = OM_INPUT_MESSAGE;
    } else if (strcmp(text, "json") == 0) {
        inst->input = OM_INPUT_JSON;
    } else {
        LogError(0, RS_RET_PARAM_ERROR,
                 "omdnsmon: input=\"%s\" is wrong: it is \"message\" or \"json\"", text);
        iRet = RS_RET_PARAM_ERROR;
    }
finalize_it:
    free(text);
    RETiRet;
}

/* The two parts of a PRI (RFC 5424 6.2.1). */
enum { PRI_SEVERITY = 0x07, PRI_FACILITY = 0xf8 };

/* rsyslog turns a name into its part of the PRI and passes a number as it is: severity="9" or
 * facility="23" (not shifted) would change the other part. */
static rsRetVal set_pri_part(int *at, const char *name, int mask, const struct cnfparamvals *val)
{
    if (val->val.d.n < 0 || val->val.d.n > LOG_LOCAL7 || (val->val.d.n & ~mask)) {
        LogError(0, RS_RET_PARAM_ERROR, "omdnsmon: %s is not a syslog %s name, such as \"%s\"",
                 name, name, mask == PRI_SEVERITY ? "notice" : "local0");
        return RS_RET_PARAM_ERROR;
    }
    *at = (int)val->val.d.n;
    return RS_RET_OK;
}

static rsRetVal set_param(struct om_instance *inst, const char *name,
                          const struct cnfparamvals *val)
{
    if (strcmp(name, "config") == 0)
        return set_text(&inst->config, val);
    if (strcmp(name, "ruleset") == 0)
        return set_text(&inst->ruleset_name, val);
    if (strcmp(name, "statefile") == 0)
        return set_text(&inst->statefile, val);
    if (strcmp(name, "tag") == 0)
        return set_text(&inst->tag, val);
    if (strcmp(name, "input") == 0)
        return set_input(inst, val);
    if (strcmp(name, "facility") == 0)
        return set_pri_part(&inst->facility, name, PRI_FACILITY, val);
    return set_pri_part(&inst->severity, name, PRI_SEVERITY, val);
}

static rsRetVal check_params(struct om_instance *inst)
{
    if (!inst->ruleset_name) {
        LogError(0, RS_RET_PARAM_ERROR,
                 "omdnsmon: parameter ruleset is missing: name the ruleset "
                 "that gets the events, such as ruleset=\"detections\"");
        return RS_RET_PARAM_ERROR;
    }
    if (inst->tag[0] == '\0') {
        LogError(0, RS_RET_PARAM_ERROR,
                 "omdnsmon: tag=\"\" is wrong: a tag has at least one "
                 "character, such as tag=\"dnsmon:\"");
        return RS_RET_PARAM_ERROR;
    }
    if (!inst->config && access(OM_DEFAULT_CONFIG, F_OK) == 0)
        inst->config = strdup(OM_DEFAULT_CONFIG);
    return RS_RET_OK;
}

/* rsyslog's entry points are macros without semicolons, which clang-format cannot read. */
/* clang-format off */
BEGINcreateInstance
CODESTARTcreateInstance
    iRet = om_instance_init(pData);
    link_instance(pData);
ENDcreateInstance

BEGINfreeInstance
CODESTARTfreeInstance
    unlink_instance(pData);
    om_instance_clear(pData);
ENDfreeInstance

BEGINnewActInst
    struct cnfparamvals *vals = NULL;
CODESTARTnewActInst
    if ((vals = nvlstGetParams(lst, &action_block, NULL)) == NULL) {
        LogError(0, RS_RET_PARAM_ERROR, "omdnsmon: the action has a wrong parameter, see above");
        ABORT_FINALIZE(RS_RET_MISSING_CNFPARAMS);
    }
    CODE_STD_STRING_REQUESTnewActInst(1);
    CHKiRet(OMSRsetEntry(*ppOMSR, 0, NULL, OMSR_TPL_AS_MSG));
    CHKiRet(createInstance(&pData));
    for (int i = 0; i < action_block.nParams; i++)
        if (vals[i].bUsed)
            CHKiRet(set_param(pData, action_block.descr[i].name, &vals[i]));
    CHKiRet(check_params(pData));
    CHKiRet(om_instance_configure(pData, &pData->cfg));
CODE_STD_FINALIZERnewActInst
    if (vals)
        cnfparamvalsDestruct(vals, &action_block);
ENDnewActInst

/* ---- configuration as a whole ------------------------------------------------------------ */

BEGINbeginCnfLoad
CODESTARTbeginCnfLoad
    pModConf->pConf = pConf;
    CHKiRet(om_json_template_add(pConf));
finalize_it:
ENDbeginCnfLoad

BEGINendCnfLoad
CODESTARTendCnfLoad
ENDendCnfLoad

/* Here all rulesets are known, so that they may be defined in any order. */
BEGINcheckCnf
CODESTARTcheckCnf
    for (struct om_instance *inst = instances; inst; inst = inst->next) {
        if (rulesetGetRuleset(pModConf->pConf, &inst->ruleset, (uchar *)inst->ruleset_name) !=
            RS_RET_OK) {
            inst->ruleset = NULL;
            LogError(0, RS_RET_RULESET_NOT_FOUND,
                     "omdnsmon: ruleset=\"%s\" does not exist; the action is not active",
                     inst->ruleset_name);
        } else {
            om_layout_check(pModConf->pConf, inst);
        }
    }
ENDcheckCnf

BEGINactivateCnf
    unsigned number = 0;
CODESTARTactivateCnf
    for (struct om_instance *inst = instances; inst; inst = inst->next) {
        number++;
        if (inst->ruleset)
            om_instance_start(inst, number);
    }
ENDactivateCnf

BEGINfreeCnf
CODESTARTfreeCnf
ENDfreeCnf

/* ---- messages ---------------------------------------------------------------------------- */

BEGINcreateWrkrInstance
CODESTARTcreateWrkrInstance
    iRet = om_worker_open(pWrkrData);
ENDcreateWrkrInstance

BEGINfreeWrkrInstance
CODESTARTfreeWrkrInstance
    om_worker_close(pWrkrData);
ENDfreeWrkrInstance

BEGINdoAction_NoStrings
    smsg_t **messages = (smsg_t **)pMsgData;
CODESTARTdoAction
    /* Nothing may fail from here on: after an error the core would send the message again. */
    if (pWrkrData->pData->mon)
        om_read_message(pWrkrData, messages[0]);
    else
        iRet = RS_RET_DISABLE_ACTION;
ENDdoAction

BEGINdoHUP
CODESTARTdoHUP
    om_instance_reload(pData);
ENDdoHUP

BEGINtryResume
CODESTARTtryResume
ENDtryResume

BEGINisCompatibleWithFeature
CODESTARTisCompatibleWithFeature
ENDisCompatibleWithFeature

BEGINdbgPrintInstInfo
CODESTARTdbgPrintInstInfo
    dbgprintf("omdnsmon: config %s, ruleset %s\n", pData->config ? pData->config : "(defaults)",
              pData->ruleset_name);
ENDdbgPrintInstInfo

NO_LEGACY_CONF_parseSelectorAct

/* ---- module ------------------------------------------------------------------------------ */

BEGINmodExit
CODESTARTmodExit
    om_stats_module_exit();
    om_inject_module_exit();
    om_instance_module_exit();
ENDmodExit

BEGINqueryEtryPt
CODESTARTqueryEtryPt
CODEqueryEtryPt_STD_OMOD_QUERIES
CODEqueryEtryPt_STD_OMOD8_QUERIES
CODEqueryEtryPt_STD_CONF2_OMOD_QUERIES
CODEqueryEtryPt_STD_CONF2_QUERIES
CODEqueryEtryPt_doHUP
ENDqueryEtryPt

BEGINmodInit()
CODESTARTmodInit
    *ipIFVersProvided = CURR_MOD_IF_VERSION;
    CHKiRet(om_selfcheck_run());
    CHKiRet(om_instance_module_init());
    CHKiRet(om_inject_module_init());
    CHKiRet(om_stats_module_init());
    instances = NULL;
ENDmodInit
