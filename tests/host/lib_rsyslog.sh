# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For tests that run the stock rsyslogd with omdnsmon. Sourced by tests/host/test_rsyslog_*.sh.
#
#   DNSMON_BUILD  build folder (default: .)        RSYSLOGD  daemon (default: rsyslogd)
#   OMDNSMON      module (default: the one in the build folder)
#   DNSMON        the program, for replay (default: the one in the build folder)
#   KEEP=1        leave the work folder for a look
#   START_TRIES   how often a start is looked at, every 0.05 s (300)
#
# Every daemon runs in the foreground in a private folder, on loopback ports that were free, and is
# stopped by its own process id. Exit: 0 good, 1 failed, 77 something is not there (says what).

# Nothing of rsyslogd needs root, and a site's locale must not matter.
set -u
export LC_ALL=C TZ=UTC

DNSMON_BUILD=$(cd "${DNSMON_BUILD:-.}" && pwd)
RSYSLOGD=$(command -v "${RSYSLOGD:-rsyslogd}" || command -v /usr/sbin/rsyslogd || true)
OMDNSMON=${OMDNSMON:-$DNSMON_BUILD/plugin/rsyslog/.libs/omdnsmon.so}
DNSMON=${DNSMON:-$DNSMON_BUILD/dnsmon}
failures=0
daemons=
work=

skip() {
    echo "SKIP: $*"
    exit 77
}

pass() {
    echo "ok - $*"
}

fail() {
    echo "NOT OK - $*"
    failures=$((failures + 1))
}

# expect TEXT COMMAND...: the command must succeed.
expect() {
    local what=$1
    shift
    if "$@"; then pass "$what"; else fail "$what"; fi
}

# expect_equal TEXT WANTED GOT
expect_equal() {
    if [ "$2" = "$3" ]; then pass "$1 ($3)"; else fail "$1: wanted $2, got $3"; fi
}

# expect_has TEXT FILE STRING
expect_has() {
    if grep -qF -- "$3" "$2"; then
        pass "$1"
    else
        fail "$1: no \"$3\" in:"
        sed 's/^/    /' "$2" | head -20
    fi
}

is_running() {
    kill -0 "$1" 2>/dev/null
}

cleanup() {
    local pid
    for pid in $daemons; do
        is_running "$pid" && kill -KILL "$pid" 2>/dev/null
    done
    wait 2>/dev/null
    [ -n "${KEEP:-}" ] && echo "kept: $work" && return
    [ -n "$work" ] && rm -rf "$work"
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "FAILED: $failures"
        exit 1
    fi
    exit 0
}

# One line: where a stock rsyslogd has its own modules; one that is not installed brings them along.
find_moddir() {
    local dir
    for dir in "${DNSMON_PRIVATE:-}"/root/usr/lib/*/rsyslog /usr/lib/*/rsyslog /usr/lib64/rsyslog /usr/lib/rsyslog; do
        [ -f "$dir/lmnet.so" ] && echo "$dir" && return
    done
}

setup() {
    [ -n "$RSYSLOGD" ] || skip "rsyslogd is not there (package rsyslog)"
    [ -f "$OMDNSMON" ] || skip "omdnsmon is not built ($OMDNSMON)"
    moddir=$(find_moddir)
    [ -n "$moddir" ] || skip "rsyslogd's own modules are not there"
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-rsyslog.XXXXXX") || exit 1
    trap cleanup EXIT
    trap 'exit 1' INT TERM HUP
    site_config "$work/dnsmon.conf"
    check_loads
}

# A module that does not load at all: say so once, not in every check after it.
check_loads() {
    printf 'module(load="%s")\naction(type="omfile" file="%s/x")\n' "$OMDNSMON" "$work" >"$work/load.conf"
    "$RSYSLOGD" -N1 -f "$work/load.conf" >"$work/load.out" 2>&1 && return
    fail "rsyslogd does not load $OMDNSMON:"
    sed 's/^/    /' "$work/load.out"
    finish
}

# noon_zone: the zone in which it was about noon when this began. Counts are of the local day, and
# no test runs over midnight in it.
zone_hours=$((10#$(date -u +%H) - 12))
noon_zone() {
    printf 'Etc/GMT%+d' $zone_hours
}

# Clients 192.0.2.0/24 are ours; one far limit on events, so that none is rolled up; no summaries,
# which have no client.
site_config() {
    cat >"$1" <<CONF
[site]
networks=192.0.2.0/24
timezone=$(noon_zone)
[events]
rate=100000/h
[detectors]
disable=daily-summary
CONF
}

# free_port: a loopback TCP port nobody listens on; chosen by process id and time, below those that
# clients are given (32768 and up).
next_port=$((20000 + ($$ * 7 + $(date +%s)) % 12000))
free_port() {
    while (: <"/dev/tcp/127.0.0.1/$next_port") 2>/dev/null; do
        next_port=$((next_port + 1))
    done
    port=$next_port
    next_port=$((next_port + 1))
}

# conf_head NAME: what every configuration begins with. Timeouts: a slow test machine must not make
# rsyslogd throw lines away at its end.
conf_head() {
    cat <<CONF
global(workDirectory="$work/$1" shutdown.queue.doubleSize="on")
main_queue(queue.type="FixedArray" queue.size="200000" queue.timeoutShutdown="60000"
           queue.timeoutActionCompletion="60000" queue.workerThreads="${WORKERS:-1}"
           queue.workerThreadMinimumMessages="${WORKER_MIN:-2000}"
           queue.timeoutWorkerthreadShutdown="${WORKER_IDLE:-60000}")
module(load="$moddir/imptcp.so")
module(load="$moddir/impstats.so" interval="1" format="json" log.syslog="off" log.file="$work/$1/stats")
module(load="$OMDNSMON")
CONF
}

# start NAME: runs $work/NAME.conf; sets pid_NAME. The folder $work/NAME is its own.
start() {
    local name=$1 tries=0
    mkdir -p "$work/$name"
    # -C: do not change folder; the module's path may be relative to nothing then.
    "$RSYSLOGD" -f "$work/$name.conf" -i "$work/$name/pid" -n -C >"$work/$name/out" 2>&1 &
    eval "pid_$name=$!"
    daemons="$daemons $!"
    while [ ! -s "$work/$name/pid" ] || ! is_open "${2:-}"; do
        tries=$((tries + 1))
        if [ $tries -gt "${START_TRIES:-300}" ]; then
            fail "rsyslogd $name did not start:"
            cat "$work/$name/out"
            finish
        fi
        sleep 0.05
    done
}

is_open() {
    [ -z "$1" ] || (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# stop NAME: SIGTERM and wait for the end.
stop() {
    local pid
    eval "pid=\$pid_$1"
    kill -TERM "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    forget "$pid"
}

forget() {
    local pid rest=
    for pid in $daemons; do
        [ "$pid" = "$1" ] || rest="$rest $pid"
    done
    daemons=$rest
}

# send FILE PORT
send() {
    cat "$1" >"/dev/tcp/127.0.0.1/$2" 2>/dev/null
}

count_lines() {
    if [ -f "$1" ]; then wc -l <"$1" | tr -d ' '; else echo 0; fi
}

# count_matches STRING FILE
count_matches() {
    if [ -f "$2" ]; then grep -cF -- "$1" "$2" || true; else echo 0; fi
}

# wait_until SECONDS COMMAND...: polls; 1 if it never came true. SECONDS as in wait_for().
wait_until() {
    local tenths=$(($1 * 10 * ${DNSMON_PATIENCE:-4}))
    shift
    while ! "$@"; do
        tenths=$((tenths - 1))
        [ $tenths -le 0 ] && return 1
        sleep 0.1
    done
}

has_lines() {
    [ "$(count_lines "$1")" -ge "$2" ]
}

has_match() {
    grep -qF -- "$1" "$2" 2>/dev/null
}

# counter NAME COUNTER: its last value in impstats of daemon NAME; empty if there is none.
counter() {
    grep '"origin": "omdnsmon"' "$work/$1/stats" 2>/dev/null | tail -1 |
        sed -n "s/.*\"$2\": \\([0-9]*\\).*/\\1/p"
}

counter_is() {
    [ "$(counter "$1" "$2")" = "$3" ]
}

counter_reaches() {
    local value
    value=$(counter "$1" "$2")
    [ "${value:-0}" -ge "$3" ]
}

# make_queries CLIENTS MX_EACH START_EPOCH LINES_PER_SECOND: syslog lines as BIND writes them, the
# clients by turns: MX of as many registrable names, a host that mails by itself.
make_queries() {
    awk -v clients="$1" -v each="$2" -v start="$3" -v rate="$4" 'BEGIN {
        for (i = 0; i < clients * each; i++) {
            t = start + int(i / rate); us = int((i % rate) * 1000000 / rate);
            client = "192.0.2." (10 + i % clients); name = "d" int(i / clients) ".example";
            printf "<30>%s.%06dZ ns1 named[1]: client @0x7f0000000000 %s#4242 (%s): query: %s IN MX +E(0) (192.0.2.53)\n",
                   strftime("%Y-%m-%dT%H:%M:%S", t, 1), us, client, name, name;
        }
    }'
}

# mawk before 1.3.4-20200717 has no strftime with UTC; TZ=UTC above makes both the same.

# canonical FILE: events as JSON, one a line, in one spelling (no blanks between tokens, no \/) and
# one order; who observed and with which version is taken away.
canonical() {
    awk '{
        out = ""; inside = 0; n = length($0);
        for (i = 1; i <= n; i++) {
            c = substr($0, i, 1);
            if (inside && c == "\\") {
                d = substr($0, ++i, 1); out = out (d == "/" ? "/" : c d); continue;
            }
            if (c == "\"") inside = !inside;
            if (!inside && c == " ") continue;
            out = out c;
        }
        sub(/"observer":\{[^{}]*\},?/, "", out);
        print out;
    }' "$1" | sort
}
