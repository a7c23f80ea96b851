/* SPDX-License-Identifier: GPL-2.0-or-later */
/** What the plugin uses of syslog-ng, 3.38 and 4.x: NG_VERSION is 3038 for 3.38, 4002 for 4.2. */
#ifndef NG_SYSLOGNG_API_H
#define NG_SYSLOGNG_API_H

#include <syslog-ng.h>

#include <apphook.h>
#include <cfg.h>
#include <cfg-parser.h>
#include <hostname.h>
#include <iv.h>
#include <logmsg/logmsg.h>
#include <logpipe.h>
#include <mainloop-worker.h>
#include <messages.h>
#include <parser/parser-expr.h>
#include <plugin.h>
#include <stats/stats-cluster-single.h>
#include <stats/stats-registry.h>
#include <syslog-names.h>

#ifndef NG_VERSION
#error "NG_VERSION comes from configure"
#endif

/* 4.0 renamed the type of whole numbers. */
#if NG_VERSION >= 4000
#define NG_VT_INTEGER LM_VT_INTEGER
#else
#define NG_VT_INTEGER LM_VT_INT64
#endif

/** ng_thread_index() - a number of the calling worker thread, unique among the running ones; -1 for
 * the main thread and, before 4.1, for the threads of threaded sources. */
static inline gint ng_thread_index(void)
{
#if NG_VERSION >= 4001
    return main_loop_worker_get_thread_index();
#else
    return main_loop_worker_get_thread_id();
#endif
}

/** ng_clone_settings() - what every parser has, into its clone. */
static inline void ng_clone_settings(LogParser *from, LogParser *to)
{
#if NG_VERSION >= 4002
    log_parser_clone_settings(from, to);
#else
    log_parser_set_template(to, log_template_ref(from->template));
#endif
}

#endif
