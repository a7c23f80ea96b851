/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rsyslog's headers in the order that they need. Every file that calls rsyslog includes this one
 * first; none of them may include json-c, whose names libfastjson's headers rename.
 * OM_RSYSLOG_VERSION, the version of these headers, comes from configure.
 */
#ifndef OM_RSYSLOG_API_H
#define OM_RSYSLOG_API_H

#include "rsyslog_config/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <json.h>
#include "rsyslog.h"
#include "conf.h"
#include "syslogd-types.h"
#include "template.h"
#include "msg.h"
#include "module-template.h"
#include "errmsg.h"
#include "glbl.h"
#include "prop.h"
#include "datetime.h"
#include "statsobj.h"
#include "ruleset.h"
#include "queue.h"
#include "action.h"
#include "rsconf.h"
#include "unicode-helper.h"

#ifndef OM_RSYSLOG_VERSION
#error "OM_RSYSLOG_VERSION, the version of rsyslog's headers, is set by configure"
#endif

#endif
