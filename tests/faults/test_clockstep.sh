#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The clock of the log host steps while a stock rsyslogd runs: an hour and ten years, forwards and
# back (clockstep.c, preloaded), and the stamps of the lines with it. What a client asks behind each step
# is found, a line from the future moves nothing, no count is lost, the state is saved and read.
# What the stamps alone do, DST, two clocks: tests/unit/test_clocks.c, test_clock.sh.
. "$(dirname "$0")/lib_faults.sh"
setup
so=$DNSMON_BUILD/tests/faults/.libs/clockstep.so
[ -f "$so" ] || skip "clockstep.so is not built (make check TESTS=)"
free_port
mx_config "$work/dnsmon.conf"
fault_daemon one
stock=$RSYSLOGD
printf '#!/bin/sh\nexport LD_PRELOAD=%q SHIFT_FILE=%q\nexec %q "$@"\n' "$so" "$work/shift" "$stock" >"$work/shifted"
chmod +x "$work/shifted"
RSYSLOGD=$work/shifted

# set_clock SECONDS: from the true time; eight bytes, the lowest first, in place.
set_clock() {
    local i v=$1 bytes=
    off=$1
    for i in 1 2 3 4 5 6 7 8; do
        bytes=$bytes$(printf '\\%03o' $((v & 255)))
        v=$((v >> 8))
    done
    printf '%b' "${bytes//\\/\\0}" | dd of="$work/shift" conv=notrunc 2>/dev/null
}

# infect CLIENT: 60 MX, by the stepped clock.
infect() {
    make_queries 1 60 "$(($(date +%s) + off - 2))" 60 | sed "s/192\\.0\\.2\\.10#/10.1.0.$1#/" >"$work/lines"
    send "$work/lines" "$port"
}

is_found() {
    has_match "10.1.0.$1\"" "$work/one/events"
}

# step NAME SECONDS CLIENT: how long it takes until the client is told of, ms.
step() {
    local begin
    set_clock "$2"
    begin=${EPOCHREALTIME/[.,]/}
    infect "$3"
    expect "$1: an infected client is found" wait_until 30 is_found "$3"
    all="$all $1 $(((${EPOCHREALTIME/[.,]/} - begin) / 1000)) ms;"
}

all=
set_clock 0
start one "$port"
step "an hour ahead" 3600 2
step "an hour back" 0 3
make_queries 1 1 $(($(date +%s) + 315532800)) 1 | sed 's/192\.0\.2\.10#/10.1.0.99#/' >"$work/future"
send "$work/future" "$port"
step "a line from the future" 0 4
step "ten years ahead" 315532800 5
step "ten years back" 0 6
step "ten years more" -315532800 7
year=$(($(date +%Y) + 10))
lines=$(count_lines "$work/one/lines")
expect "the daemon's clock has stepped" grep -q " $year: " "$work/one/stats"
expect "every line was read" wait_until 10 counter_is one messages "$lines"
stop one
expect_equal "no client is told of twice" "" "$(opened "$work/one/events" | sed 's/.* //' | sort | uniq -d)"
start one "$port"
step "after a restart" 0 9
stop one
expect "the state can be read" "$PEEK" "$work/dnsmon.conf" "$work/state" 10.1.0.9
figure "the host's clock steps; until the client is told of:${all%;}"
finish
