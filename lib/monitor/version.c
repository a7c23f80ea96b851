/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Version, error texts and the manual's pages by name.
 */
#include <config.h>
#include <string.h>

#include "dnsmon/dnsmon.h"
#include "event/event.h"
#include "monitor/manual.h"

const char *dnsmon_version(void)
{
    return PACKAGE_VERSION;
}

const char *dnsmon_strerror(int code)
{
    switch (code) {
    case DNSMON_OK:
        return "no error";
    case DNSMON_ENOMEM:
        return "memory could not be had";
    case DNSMON_EINVAL:
        return "an argument is out of range";
    case DNSMON_ECONFIG:
        return "the configuration is wrong";
    case DNSMON_EIO:
        return "a file could not be read or written";
    case DNSMON_ESTATE:
        return "a state file is of another version, cut or damaged";
    case DNSMON_ERANGE:
        return "there is no such index";
    default:
        return "unknown error";
    }
}

char *dnsmon_manual(const char *page)
{
    if (strcmp(page, "configuration") == 0) {
        return dm_manual_configuration();
    }
    if (strcmp(page, "events") == 0) {
        return dm_manual_events();
    }
    return NULL;
}
