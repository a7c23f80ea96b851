/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dnsmon() for syslog-ng: a parser that hands every message to libdnsmon, and sends what that finds
 * down the log path as new messages.
 *
 *     parser p_dnsmon { dnsmon(config("/etc/dnsmon/dnsmon.conf")); };
 *     log { source(s_net); parser(p_dnsmon); destination(d_all); };
 *
 * This file is what syslog-ng loads; grammar.ym and keywords.c are the options' words, options.c
 * what they mean, parser.c the pipe, state.c the monitor and its threads, slot.c a message in,
 * emit.c and values.c an event out, keep.c the state file, stats.c the counters. There is no DNS
 * knowledge in any of them.
 *
 * The module stays loaded over reloads (syslog-ng makes every module resident); its function is
 * called at each of them.
 */
#include "keywords.h"

#include <plugin-types.h>

#include "slot.h"
#include "state.h"

static Plugin plugins[] = {
    {.type = LL_CONTEXT_PARSER, .name = "dnsmon", .parser = &ng_keywords},
};

gboolean dnsmon_parser_module_init(PluginContext *context, CfgArgs *args);

gboolean dnsmon_parser_module_init(PluginContext *context, CfgArgs *args)
{
    static bool done;

    if (!done) {
        ng_slot_setup();
        ng_state_setup();
    }
    done = true;
    plugin_register(context, plugins, G_N_ELEMENTS(plugins));
    (void)args;
    return TRUE;
}

extern const ModuleInfo module_info;

const ModuleInfo module_info = {
    .canonical_name = "dnsmon_parser",
    .version = SYSLOG_NG_VERSION,
    .description = "The dnsmon() parser finds infected machines in name server and mail logs.",
    .core_revision = SYSLOG_NG_SOURCE_REVISION,
    .plugins = plugins,
    .plugins_len = G_N_ELEMENTS(plugins),
};
