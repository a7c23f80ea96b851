/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rsyslog has no stable interface for modules: its structures change between versions and with the
 * macros of its build, and it loads a module that does not fit without a word. So the module looks
 * for itself, before anything else:
 *   - version: rsyslogd exports none, but its start message has it as a constant text,
 *     [origin software="rsyslogd" swVersion="8.2302.0", which is looked for in the read-only part
 *     of the program;
 *   - layout: a message made by the daemon's own calls is read back through the fields of the
 *     headers, from the first of them to the last.
 * Of struct msg one more field is read, the count of references, at its front (inject.c). The
 * fields of queues, rulesets and actions that layout.c and inject.c read stand behind the same
 * object header, which is what the macro shifts.
 *
 * LIMITS: a daemon of the same version whose distribution inserted fields at the end of struct
 * queue or struct action is not noticed.
 */
#include "selfcheck.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>

#define REMEDY                                                                                     \
    "rebuild libdnsmon with ./configure --with-rsyslog-source= and the source of this rsyslogd"

struct search {
    char version[32]; /* what was found; empty: nothing */
};

static bool find_version(struct search *search, const char *text, size_t len)
{
    static const char mark[] = "[origin software=\"rsyslogd\" swVersion=\"";
    const char *hit = memmem(text, len, mark, sizeof mark - 1);
    const char *end;

    if (!hit)
        return false;
    hit += sizeof mark - 1;
    end = memchr(hit, '"', len - (size_t)(hit - text));
    if (!end || (size_t)(end - hit) >= sizeof search->version)
        return false;
    memcpy(search->version, hit, (size_t)(end - hit));
    search->version[end - hit] = '\0';
    return true;
}

/* dl_iterate_phdr() callback; the first object is the program itself, the only one of interest. */
static int search_program(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_R) && !(part->p_flags & PF_W) &&
            find_version(user, (const char *)info->dlpi_addr + part->p_vaddr, part->p_filesz))
            break;
    }
    return 1;
}

static rsRetVal check_version(void)
{
    struct search search = {""};

    dl_iterate_phdr(search_program, &search);
    if (strcmp(search.version, OM_RSYSLOG_VERSION) == 0)
        return RS_RET_OK;
    LogError(0, RS_RET_ERR,
             "omdnsmon: built with the headers of rsyslog " OM_RSYSLOG_VERSION
             ", but this rsyslogd is %s; not loaded; " REMEDY,
             search.version[0] ? search.version : "of an unknown version");
    return RS_RET_ERR;
}

/* Facility 20, severity 5: numbers that zeroed or shifted memory does not have by chance. */
enum { PROBE_PRI = 165, PROBE_FACILITY = 20, PROBE_SEVERITY = 5, PROBE_OFFSET = 5 };

static bool has_our_layout(smsg_t *msg, const void *ruleset)
{
    uchar *raw;
    int raw_len;

    getRawMsg(msg, &raw, &raw_len);
    return msg->iRefCount == 1 && msg->iFacility == PROBE_FACILITY &&
           msg->iSeverity == PROBE_SEVERITY && msg->offMSG == PROBE_OFFSET &&
           msg->iProtocolVersion == 1 && msg->iLenRawMsg == raw_len && msg->pszRawMsg == raw &&
           (const void *)msg->pRuleset == ruleset && msg->json == NULL &&
           msg->tTIMESTAMP.year == 2004 && msg->tTIMESTAMP.month == 1 && msg->szRawMsg == raw &&
           strcmp(msg->dfltTZ, "+01:23") == 0 && msg->pszUUID == NULL;
}

static rsRetVal check_layout(void)
{
    struct syslogTime time = {
        .timeType = 1, .month = 1, .day = 28, .OffsetMode = 'Z', .year = 2004};
    char zone[] = "+01:23";
    static const char raw[] = "<165>omdnsmon layout probe";
    smsg_t *msg;
    bool good;
    DEFiRet;

    CHKiRet(msgConstructWithTime(&msg, &time, 1075248000));
    msgSetPRI(msg, PROBE_PRI);
    MsgSetRawMsg(msg, raw, sizeof raw - 1);
    MsgSetMSGoffs(msg, PROBE_OFFSET);
    setProtocolVersion(msg, 1);
    MsgSetDfltTZ(msg, zone);
    MsgSetRuleset(msg, (ruleset_t *)(void *)&good);
    good = has_our_layout(msg, &good);
    MsgSetRuleset(msg, NULL);
    msgDestruct(&msg);
    if (!good) {
        LogError(0, RS_RET_ERR,
                 "omdnsmon: the structures of this rsyslogd are laid out differently from the "
                 "headers of rsyslog " OM_RSYSLOG_VERSION
                 " (another build, such as a debug build); not loaded; " REMEDY);
        iRet = RS_RET_ERR;
    }
finalize_it:
    RETiRet;
}

rsRetVal om_selfcheck_run(void)
{
    DEFiRet;

    CHKiRet(check_version());
    CHKiRet(check_layout());
finalize_it:
    RETiRet;
}
