#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bench_rsyslog.sh - what omdnsmon costs inside rsyslogd, beside what rsyslogd has for the same end:
# the same lines over TCP (imptcp) into a daemon that discards them, one that gives them to omdnsmon
# with every rule, one that takes them apart with mmnormalize and examples/rsyslog/bind.rb, one that
# gives them to a program that confirms each (omprog, bench_confirm), and one that gives them to SEC
# with one rule. Discard and omdnsmon also with two workers. And the same lines with one event in
# 1,000, and in 20, against none; and, for comparison, messages that bring the same objects as JSON,
# which mmjsonparse reads and the same ruleset prints, against such messages thrown away.
#
#     tests/bench/bench_rsyslog.sh [LINES [RUNS]]     1,000,000 and 5
#
# ONLY="NAME...": of discard, module, discard2, module2, normalise, confirm, sec, none20, event20,
# none1000, event1000, object, received; only what these have is printed ("object" needs "event20").
#
# Seconds are from the first byte sent until the line behind the last one has gone through the same
# queue (its priority sends it to a pipe instead). Machines are noisy: the runs alternate, the medians
# count, and only the ratios mean anything. "CPU" is processor time of rsyslogd and of the program it
# started, all threads, from start to that line; "worker" that of the main queue's worker threads.
# With two cores or fewer the sender, the input thread and the worker share them: what the module adds
# to the worker is then seen in the seconds.
#
# rsyslogd, liblognorm and SEC come from the private root, unpacked, not installed; RSYSLOGD names
# another daemon. Debian.
#
# LIMITS: up to a pipe's 64 KiB wait in front of SEC when the time is taken.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
trap 'rm -rf "$TEST_TMP"' EXIT
lines=${1:-1000000} runs=${2:-5}
SETUP_PROGRAM=bench_rsyslog
# shellcheck source=../../examples/lib/setup.sh
. "$DNSMON_SRC/examples/lib/setup.sh"
# shellcheck source=../../examples/lib/private.sh
. "$DNSMON_SRC/examples/lib/private.sh"
mkdir -p "$DNSMON_PRIVATE"
private_root "$DNSMON_PRIVATE" "$TEST_TMP" rsyslog sec >&2 || exit 1
export RSYSLOGD=${RSYSLOGD:-$DNSMON_PRIVATE/rsyslogd} TMPDIR=$TEST_TMP
# shellcheck source=../host/lib_rsyslog.sh
. "$DNSMON_SRC/tests/host/lib_rsyslog.sh"
# shellcheck source=lib_bench.sh
. "$DNSMON_SRC/tests/bench/lib_bench.sh"
setup
trap 'cleanup; rm -rf "$TEST_TMP"' EXIT
bench_programs bench_confirm

# with_header ONE_IN: the campus lines as syslog messages, see with_events
with_header() {
    with_events "$1" | sed 's/^\(..\)-Nov-2026 \([0-9:.]*\) queries: info: /<30>2026-11-\1T\2Z ns1 named[1]: /'
}

# module_config NAME [yes]: every rule, and the signature
module_config() {
    events_config "${2-}" >"$work/$1.conf"
    echo "action(type=\"omdnsmon\" config=\"$work/$1.conf\" ruleset=\"events\")"
}

# write_sec: the command that omprog starts, and its rule: more than 50 MX queries of a client in a day
write_sec() {
    local perl=perl lib
    if [ -x "$PRIVATE_ROOT/usr/bin/perl" ]; then
        perl=$PRIVATE_ROOT/usr/bin/perl
        for lib in "$PRIVATE_ROOT"/usr/share/perl/*/ "$PRIVATE_ROOT"/usr/lib/*/perl/*/; do
            PERL5LIB=${PERL5LIB:+$PERL5LIB:}${lib%/}
        done
    fi
    cat >"$work/sec.rule" <<'RULE'
type=SingleWithThreshold
ptype=RegExp
pattern=client (?:@\S+ )?([0-9A-Fa-f.:]+)#\d+ \(\S+\): query: \S+ IN MX 
desc=MX queries of $1
action=write - %t $1 asked for more than 50 mail servers
window=86400
thresh=51
RULE
    cat >"$work/run-sec" <<PROGRAM
#!/bin/sh
LD_LIBRARY_PATH=$(private_library_path) PERL5LIB=${PERL5LIB-} \\
    exec $perl $PRIVATE_ROOT/usr/bin/sec --conf=$work/sec.rule --input=- --notail --poll-timeout=0.001 --blocksize=65536 --log=$work/sec.log
PROGRAM
    chmod +x "$work/run-sec"
}

# write_conf NAME ACTION
write_conf() {
    {
        conf_head "$1"
        cat <<CONF
module(load="$moddir/omprog.so")
module(load="$moddir/mmnormalize.so")
module(load="$moddir/mmjsonparse.so")
input(type="imptcp" address="127.0.0.1" port="$port")
if prifilt("local7.debug") then {
    action(type="ompipe" pipe="$work/$1/end")
    stop
}
$2
ruleset(name="events" queue.type="LinkedList" queue.timeoutEnqueue="0" queue.size="200000") {
    action(type="omfile" file="$work/$1/events" template="dnsmon-json")
}
CONF
    } >"$work/$1.conf.rsyslog"
    mv "$work/$1.conf.rsyslog" "$work/$1.conf"
}

# processor PID: ns of rsyslogd and its program, ns of the main queue's workers
processor() {
    local stat task
    {
        for task in /proc/"$1"/task/*; do
            echo "$(cat "$task/schedstat") $(cat "$task/comm")"
        done
        for stat in /proc/[0-9]*/stat; do
            [ "$(sed 's/.*) //' "$stat" 2>/dev/null | cut -d ' ' -f 2)" != "$1" ] ||
                echo "$(cat "${stat%stat}schedstat") program"
        done
    } 2>/dev/null | awk '{ all += $1 } /main Q:Reg/ { worker += $1 } END { printf "%.0f %.0f\n", all, worker }'
}

# settle PID: until the daemon does nothing more (the newest second of the log waits for a second of
# time, and is classified then), half a minute at most
settle() {
    local before=-1 after=0 tries=0
    until [ $((after - before)) -lt 5000000 ] && [ $before -ge 0 ] || [ $tries -ge 40 ]; do
        before=$after tries=$((tries + 1))
        sleep 0.75
        after=$(processor "$1" | cut -d ' ' -f 1)
    done
}

# one NAME FILE ACTION [EVENTS]: a run; appends seconds, ns of all and of the worker to
# $work/NAME.figures. With EVENTS, 0 too, the processor's time is read when nearly all of them are
# written (the last ones wait for five seconds of the log) and the daemon has come to rest.
one() {
    local name=$1 from to pid before
    rm -rf "${work:?}/$name"
    mkdir -p "$work/$name" && mkfifo "$work/$name/end" && exec 8<>"$work/$name/end"
    free_port
    write_conf "$name" "$3"
    start "$name" "$port"
    eval "pid=\$pid_$name"
    before=$(processor "$pid")
    from=$EPOCHREALTIME
    send "$2" "$port"
    read -r -t 600 -u 8 _ || { echo "bench_rsyslog: $name did not come to its end" >&2; exit 1; }
    to=$EPOCHREALTIME
    [ "${4-0}" -lt 50 ] || wait_until 30 has_lines "$work/$name/events" $(($4 - 50)) ||
        { echo "bench_rsyslog: $name: $4 events did not come" >&2; exit 1; }
    [ $# -lt 4 ] || settle "$pid"
    echo "$from $to $before $(processor "$pid")" |
        awk '{ printf "%.4f %.0f %.0f\n", $2 - $1, $5 - $3, $6 - $4 }' >>"$work/$name.figures"
    stop "$name"
}

# figure NAME COLUMN: its median
figure() {
    cut -d ' ' -f "$2" "$work/$1.figures" >"$work/column"
    median "$work/column"
}

# table_row NAME LABEL BASE [TARGET]
table_row() {
    local s ratio
    measured "$1" "$3" || return 0
    s=$(figure "$1" 1)
    ratio=$(echo "$(figure "$3" 1) $s" | awk '{ printf "%.3f\n", $1 / $2 }')
    row "$2" "$(echo "$s" | awk -v n="$lines" '{ printf "%.3f", n / $1 / 1e6 }')" "$ratio" \
        "$(figure "$1" 2 | awk -v n="$lines" '{ printf "%.0f", $1 / n }')" \
        "$(figure "$1" 3 | awk -v n="$lines" '{ printf "%.0f", $1 / n }')" \
        "$(if [ -n "${4-}" ]; then verdict "$ratio" '>=' "$4"; else echo -; fi)"
}

# event_row LABEL NAME BASE EVERY [TARGET]: what the worker's thread, and the whole daemon, pay for an
# event
event_row() {
    local events=$((lines / $4)) column costs=()
    measured "$2" "$3" || return 0
    for column in 1 3 2; do
        costs+=("$(echo "$(figure "$2" $column) $(figure "$3" $column)" | awk -v n="$events" -v column=$column \
            '{ printf "%.1f", ($1 - $2) / n * (column == 1 ? 1e6 : 1e-3) }')")
    done
    row "$1" "$events" "${costs[@]}" "$([ -z "${5-}" ] && echo - ||
        echo "worker $(verdict "${costs[1]}" '<=' "$5" µs), daemon $(verdict "${costs[2]}" '<=' "$5" µs)")"
}

# seldom_row LABEL NAME BASE EVERY: so few events that the noise of the lines is more than they cost
seldom_row() {
    measured "$2" "$3" || return 0
    row "$1" "$((lines / $4))" "$(echo "$(figure "$3" 1) $(figure "$2" 1)" |
        awk '{ printf "%.2f of the speed without", $1 / $2 }')" - - -
}

END='<191>2026-11-20T23:59:59.000Z ns1 bench: end'
campus "$lines" >"$work/campus"
for each in 0 1000 20; do
    { with_header $each <"$work/campus"; echo "$END"; } >"$work/lines.$each"
done
rm "$work/campus"
write_sec
module=$(module_config module-rules)
known=$(module_config signature-rules yes)
normalise="action(type=\"mmnormalize\" ruleBase=\"$DNSMON_SRC/examples/rsyslog/bind.rb\")
if \$parsesuccess != \"OK\" and \$programname == \"named\" then action(type=\"omfile\" file=\"$work/unparsed\")"
confirm="action(type=\"omprog\" binary=\"$DNSMON_BUILD/tests/bench/bench_confirm\" confirmMessages=\"on\" template=\"RSYSLOG_TraditionalFileFormat\")"
sec="action(type=\"omprog\" binary=\"$work/run-sec\" template=\"RSYSLOG_TraditionalFileFormat\")"

run() {
    [[ " ${ONLY-$1} " != *" $1 "* ]] || one "$@"
}

for _ in $(seq "$runs"); do
    run discard "$work/lines.0" stop
    run module "$work/lines.0" "$module"
    WORKERS=2 WORKER_MIN=500 run discard2 "$work/lines.0" stop
    WORKERS=2 WORKER_MIN=500 run module2 "$work/lines.0" "$module"
    run normalise "$work/lines.0" "$normalise"
    run confirm "$work/lines.0" "$confirm"
    run sec "$work/lines.0" "$sec"
    run none20 "$work/lines.20" "$module" 0
    run event20 "$work/lines.20" "$known" $((lines / 20))
    if [ -s "$work/event20/events" ]; then
        { sed 's/^/<29>2026-11-20T09:00:00.000Z ns1 dnsmon: @cee:/' "$work/event20/events" | head -n $((lines / 20))
          echo "$END"; } >"$work/lines.object"
        run received "$work/lines.object" stop 0
        run object "$work/lines.object" 'action(type="mmjsonparse") call events' $((lines / 20))
    fi
    run none1000 "$work/lines.1000" "$module"
    run event1000 "$work/lines.1000" "$known" $((lines / 1000))
done
[ ! -s "$work/unparsed" ] || echo "bench_rsyslog: mmnormalize did not understand: $(head -n 1 "$work/unparsed")" >&2

# measured NAME...
measured() {
    local name
    for name; do [ -s "$work/$name.figures" ] || return 1; done
}

header 'rsyslogd, one worker' 'M lines/s' 'of discard' 'CPU, ns a line' 'worker, ns a line' target
table_row discard 'discard' discard
table_row module 'omdnsmon, all rules' discard 0.97
table_row normalise 'mmnormalize, bind.rb' discard
table_row confirm 'omprog, confirmMessages, a program that only says OK' discard
table_row sec 'omprog, SEC with one rule' discard
table_row discard2 'two workers: discard' discard2
table_row module2 'two workers: omdnsmon, all rules' discard2 0.97
echo
header 'an event' events 'wall clock, µs' 'worker, µs' 'whole daemon, µs' target
seldom_row 'one in 1,000 lines' event1000 none1000 1000
event_row 'one in 20 lines' event20 none20 20 5
event_row 'for comparison: mmjsonparse and the same ruleset, a message' object received 20
