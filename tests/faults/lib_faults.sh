# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For the fault suite: what tests/host/lib_rsyslog.sh has, and the suite's own programs. Sourced by
# tests/faults/test_*.sh. Each prints the figure of its row of doc/RELIABILITY.md with `figure`.
. "$(dirname "${BASH_SOURCE[0]}")/../host/lib_rsyslog.sh"

LOAD=$DNSMON_BUILD/tests/faults/load
PEEK=$DNSMON_BUILD/tests/faults/peek

# figure TEXT: what tests/faults/run_faults.sh prints in its table.
figure() {
    echo "# figure: $*"
}

# fault_setup: the work folder and what is needed in it; without rsyslogd for tests that need none.
fault_setup() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-fault.XXXXXX") || exit 1
    trap cleanup EXIT
    trap 'exit 1' INT TERM HUP
}

# mx_config FILE: one simple rule, by whose count is seen what was lost; nothing is rolled up.
mx_config() {
    cat >"$1" <<CONF
[site]
networks=10.0.0.0/8
timezone=$(noon_zone)
[events]
rate=100000/h
storm-clients=1000
storm-window=1m
[detectors]
enable=mx-census
CONF
}

# fault_daemon NAME: its configuration, with a state file.
fault_daemon() {
    mkdir -p "$work/$1"
    {
        conf_head "$1"
        cat <<CONF
input(type="imptcp" address="127.0.0.1" port="$port")
if \$programname == "named" then {
    action(type="omdnsmon" config="$work/dnsmon.conf" ruleset="events" statefile="${STATEFILE:-$work/state}")
    action(type="omfile" file="$work/$1/lines")
}
ruleset(name="events" queue.type="LinkedList" queue.size="20000" queue.timeoutEnqueue="0") {
    action(type="omfile" file="$work/$1/events" template="dnsmon-json")
}
CONF
    } >"$work/$1.conf"
}

# opened FILE: for each event that opens an incident, its id and client.
opened() {
    [ -e "$1" ] && sed -n 's/.*"action": *"open", *"id": *"\([0-9a-f]*\)".*"client": *{ *"ip": *"\([^"]*\)".*/\1 \2/p' "$1"
}

# peak_kib PID: most resident memory so far.
peak_kib() {
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null
}

# replay_peak MODE NUMBER...: what load prints, through replay; events in $work/events, most resident
# memory in `peak`, KiB.
replay_peak() {
    local pid now
    mkfifo "$work/pipe"
    "$LOAD" "$@" >"$work/pipe" &
    "$DNSMON" replay -c "$work/dnsmon.conf" --json - <"$work/pipe" >"$work/events" 2>"$work/err" &
    pid=$!
    peak=0
    while is_running $pid; do
        now=$(peak_kib $pid)
        peak=${now:-$peak}
        sleep 0.05
    done
    wait $pid
    expect_equal "replay ends well" 0 $?
    rm "$work/pipe"
}
