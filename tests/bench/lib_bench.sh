# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lib_bench.sh - what the measurements of this folder share; to be sourced. It needs $work, a folder,
# and, where the program runs, DNSMON_BUILD.

# campus LINES [CLIENTS [skewed|uniform [FIRST]]]
# A campus mix in the form of BIND 9.18: 40 % A, 30 % AAAA, 20 % HTTPS, 5 % PTR, 0.2 % MX, the rest
# SRV, TXT, SOA (doc/SCIENCE.md D.1), 100 lines a second, of 40,000 clients of which a few ask most,
# or of any number, all alike. FIRST: so many lines more in front, of one client after the other.
campus() {
    awk -v lines="$1" -v clients="${2:-40000}" -v draw="${3:-skewed}" -v first="${4:-0}" 'BEGIN {
        srand(7); split("www api cdn img static login edge push", host, " ")
        for (i = 0; i < first + lines; i++) {
            s = 32400 + i / 100; r = rand(); u = rand()
            c = i < first ? i % clients : int(clients * (draw == "skewed" ? u * u * u : u))
            type = r < .42 ? "A" : r < .72 ? "AAAA" : r < .92 ? "HTTPS" : r < .95 ? "PTR" : \
                r < .97 ? "SRV" : r < .98 ? "TXT" : r < .982 ? "MX" : "SOA"
            v = rand()
            name = type == "PTR" ? sprintf("%d.%d.168.192.in-addr.arpa", 255 * v, 255 * r) : \
                host[1 + int(8 * rand())] ".d" int(20000 * v * v * v) ".example"
            printf "20-Nov-2026 %02d:%02d:%02d.%03d queries: info: client @0x7fbad7a6e098 10.%d.%d.%d#%d (%s): query: %s IN %s +E(0)K (10.0.0.53)\n", \
                s / 3600, s % 3600 / 60, s % 60, (i % 100) * 10, c / 62500, c % 62500 / 250, 1 + c % 250, \
                1024 + 60000 * u, name, name, type
        }
    }'
}

# with_events ONE_IN: of the campus lines on standard input, one in so many asks for a name that a
# signature may know (events_config), each from a client of its own; 0: none
with_events() {
    awk -v each="$1" '{
        if (each && NR % each == 0) {
            n++
            sub(/ 10\.[0-9.]*#/, " 10.2" int(n / 62500) "." int(n % 62500 / 250) "." 1 + n % 250 "#")
            sub(/\([^ ]*\): query: [^ ]* IN [A-Z]* /, "(event.bench.example): query: event.bench.example IN A ")
        }
        print
    }'
}

# events_config [yes]: every rule, no event is held back; yes: with the signature
events_config() {
    printf '%s\n' '[detectors]' 'enable=all' '[events]' 'rate=3600000/h' 'storm-clients=1000' 'storm-window=1s'
    [ -z "${1-}" ] || printf '%s\n' '[signatures]' 'bench=A name=event.bench.example'
}

# seconds COMMAND...: wall clock of one run
seconds() {
    local from=$EPOCHREALTIME
    "$@" >"$work/out" || { echo "$0: $1 failed" >&2; exit 1; }
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.4f\n", $2 - $1 }'
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# difference LONG SHORT LINES: what a line costs of LINES more lines
difference() {
    awk -v long="$1" -v short="$2" -v lines="$3" 'BEGIN { printf "%.0f\n", (long - short) / lines }'
}

# callgrind PROGRAM ARGUMENT...: instructions of one run, the same at every run, unlike time.
# CALLGRIND_OPTIONS=...: more options of valgrind. The program of a build folder is libtool's script.
callgrind() {
    # shellcheck disable=SC2086 # several words
    "$DNSMON_BUILD/libtool" --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        ${CALLGRIND_OPTIONS-} "$@" 2>"$work/valgrind" >"$work/out" || { cat "$work/valgrind" >&2; return 1; }
    sed -n 's/.*Collected *: *//p' "$work/valgrind" | tail -n 1
}

# instructions_a_line LESS MORE [CONFIG]: of dnsmon replay on one thread over the campus mix; the
# start of the program is taken off by the difference of two lengths of the same lines.
instructions_a_line() {
    local less more config=(${3:+-c "$3"})
    campus "$2" >"$work/more" && head -n "$1" "$work/more" >"$work/less"
    more=$(callgrind "$DNSMON_BUILD/dnsmon" replay "${config[@]}" --threads 1 "$work/more") &&
        less=$(callgrind "$DNSMON_BUILD/dnsmon" replay "${config[@]}" --threads 1 "$work/less") ||
        return 1
    difference "$more" "$less" $(($2 - $1))
}

# instructions_an_event LESS MORE [OPTION]: of dnsmon replay on one thread, making and printing an
# event of 1 KB; what the same lines take without an event is taken off, and what the program takes
# at its start and end. OPTION: --text; JSON by default.
instructions_an_event() {
    local name lines sum=0 events=0 cost
    campus "$2" | with_events 20 >"$work/event-lines" || return 1
    events_config >"$work/event-none.conf"
    events_config yes >"$work/event-known.conf"
    for name in known:1 none:-1; do
        for lines in "$2:1" "$1:-1"; do
            head -n "${lines%:*}" "$work/event-lines" >"$work/event-part"
            cost=$(callgrind "$DNSMON_BUILD/dnsmon" replay -c "$work/event-${name%:*}.conf" --threads 1 \
                ${3+"$3"} "$work/event-part") || return 1
            sum=$((sum + cost * ${name#*:} * ${lines#*:}))
            events=$((events + $(wc -l <"$work/out") * ${name#*:} * ${lines#*:}))
        done
    done
    echo $((sum / events))
}

# row TEXT...: one of a Markdown table
row() {
    printf '|'
    printf ' %s |' "$@"
    printf '\n'
}

# header TEXT...: the first two rows
header() {
    row "$@"
    printf '|'
    printf ' --- |%.0s' "$@"
    printf '\n'
}

# verdict VALUE '>='|'<=' TARGET [UNIT]: the target, and whether it is reached
verdict() {
    awk -v value="$1" -v how="$2" -v target="$3" -v unit="${4:+ $4}" 'BEGIN {
        ok = how == ">=" ? value + 0 >= target + 0 : value + 0 <= target + 0
        printf "%s %s%s: %s\n", how == ">=" ? "≥" : "≤", target, unit, ok ? "reached" : "**not reached**" }'
}

# need COMMAND...: what a measurement cannot do without
need() {
    local command
    for command; do
        command -v "$command" >/dev/null || { echo "${0##*/}: there is no $command" >&2; exit 77; }
    done
}

# bench_folder: sets $work, which goes at the end, and DNSMON_BUILD; the program is there
bench_folder() {
    DNSMON_BUILD=$(cd "${DNSMON_BUILD:-$(dirname "$0")/../..}" && pwd)
    [ -x "$DNSMON_BUILD/dnsmon" ] ||
        { echo "${0##*/}: there is no $DNSMON_BUILD/dnsmon (DNSMON_BUILD names the build folder)" >&2; exit 1; }
    work=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-bench.XXXXXX") || exit 1
    trap 'rm -rf "$work"' EXIT
}

# bench_programs NAME...: makes those of this folder that are written in C
bench_programs() {
    make -s -C "$DNSMON_BUILD" "${@/#/tests/bench/}" >"$work/make" 2>&1 || { cat "$work/make" >&2; exit 1; }
}

# feed_figure NAME FILE WARM_LINES: lines, clients, ns, allocations or bytes of bench_feed
feed_figure() {
    G_SLICE=always-malloc "$DNSMON_BUILD/tests/bench/bench_feed" "$2" "$3" >"$work/out" || return 1
    awk -v name="$1" '{ for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }' "$work/out"
}

# steady_allocations LINES: how often the library allocates in the steady state, that is over lines
# of clients and names that it knows: the same lines for the third time, an hour later each time.
# At most 360,000, an hour.
steady_allocations() {
    local hour
    campus "$1" 10000 >"$work/hour" || return 1
    for hour in 09 10 11; do
        sed "s/^20-Nov-2026 09:/20-Nov-2026 $hour:/" "$work/hour"
    done >"$work/steady"
    feed_figure allocations "$work/steady" $((2 * $1))
}

# new_allocations LINES: the same over lines that have ever new names and clients
new_allocations() {
    campus "$1" 10000 skewed 20000 >"$work/new" && feed_figure allocations "$work/new" 20000
}
