#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kill -9 of a real rsyslogd under load: lib_kill.sh says what must be true then.
. "$(dirname "$0")/lib_faults.sh"
. "$(dirname "$0")/lib_kill.sh"
setup
kill_seed 4
free_port
mx_config "$work/dnsmon.conf"
fault_daemon one
sed 's|\(file="[^"]*/lines"\)|\1 template="stamped"|; 1i template(name="stamped" type="string" string="%timereported:::date-rfc3339% %msg%\\n")' \
    "$work/one.conf" >"$work/x" && mv "$work/x" "$work/one.conf"
kill_under_load start stop
judge_kills
finish
