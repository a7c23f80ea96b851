#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kill -9 of a real syslog-ng under load: lib_kill.sh says what must be true then.
. "$(dirname "$0")/lib_faults.sh"
. "$(dirname "$0")/../host/lib_syslogng.sh"
. "$(dirname "$0")/lib_kill.sh"
setup_syslogng
kill_seed 3
free_port
mx_config "$work/dnsmon.conf"
{
    ng_head "$port"
    ng_parser dnsmon "inject-mode(aggregate-only) statefile(\"$work/state\")"
    ng_events events one/events
    # shellcheck disable=SC2016 # syslog-ng's own names
    printf 'destination d_lines { file("%s" template("${S_ISODATE} ${MSG}\\n")); };\n' "$work/one/lines"
    echo "log { source(s_net); destination(d_lines); };"
    echo "log { source(s_net); parser(p_dnsmon); destination(d_events); };"
} >"$work/one.conf"
kill_under_load ng_start ng_stop
judge_kills
finish
