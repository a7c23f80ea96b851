#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_program.sh - for the tests of the program: a log to work on, runs and what they must say.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_program
cd "$TEST_TMP" || exit 1

dnsmon() {
    "$DNSMON_BUILD/dnsmon" "$@"
}

# make_log LINES FROM [STEP]: a mass mailer among PCs, RFC 3164, one line every STEP seconds (60)
# from FROM seconds after 2004-12-31 00:00:00 on; over New Year and without a year.
make_log() {
    awk -v lines="$1" -v from="$2" -v step="${3:-60}" '
    BEGIN {
        for (i = 0; i < lines; i++) {
            t = from + i * step
            day = int(t / 86400)
            date = day == 0 ? "Dec 31" : sprintf("Jan %2d", day)
            n = from / step + i
            client = n % 5 < 2 ? "192.0.2.7" : "192.0.2." 20 + n % 50
            name = n % 5 == 0 ? "d" n ".example" : n % 5 == 1 ? "mx.d" n ".example" : "www.example"
            type = n % 5 == 0 ? "MX" : n % 2 ? "A" : "AAAA"
            printf "%s %02d:%02d:%02d ns%d named[7]: client %s#%d: query: %s IN %s +\n", date,
                t % 86400 / 3600, t % 3600 / 60, t % 60, n % 3, client, 1024 + n, name, type
        }
    }'
}

# make_site: site.conf, where 192.0.2.0/24 is inside.
make_site() {
    printf '[site]\nnetworks=192.0.2.0/24\ntimezone=UTC\n' >site.conf
}

# expect_status WHAT STATUS COMMAND...: also, what is said on standard error is one line (said.txt).
expect_status() {
    local what=$1 want=$2 got lines
    shift 2
    "$@" >out.txt 2>said.txt </dev/null
    got=$?
    expect_equal "$what: exit status" "$got" "$want"
    lines=$(wc -l <said.txt)
    if [ "$want" = 0 ]; then
        expect_equal "$what: lines on standard error" "$lines" 0
    else
        expect_equal "$what: lines on standard error" "$lines" 1
    fi
}

# expect_same WHAT FILE WANT
expect_same() {
    cmp -s "$2" "$3" || problem "$1: $2 is not the same as $3"
}
