#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib.sh - for the test scripts: where things are, and how a test says what happened.  To be
# sourced by bash.  tests/run.sh sets these; a test that is run by hand gets the defaults.
#
#   DNSMON_SRC      the source tree           DNSMON_BUILD    the build (dnsmon, plugin/rsyslog/…)
#   DNSMON_SHARED   the shared corpus, unset when it is not there
#   DNSMON_PRIVATE  where the host tests unpack the servers
#   RSYSLOGD        a command that runs the private rsyslogd (host tests only)
#   TEST_TMP        a folder of the test's own, removed by the runner (left when run by hand)
#
# A test ends with 0 (passed), 77 (skipped, the last line says why) or anything else (failed).

DNSMON_SRC=${DNSMON_SRC:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
DNSMON_BUILD=${DNSMON_BUILD:-$DNSMON_SRC}
if [ -z "${DNSMON_SHARED+set}" ] && [ -d "$DNSMON_SRC/../shared/corpus" ]; then
    export DNSMON_SHARED
    DNSMON_SHARED=$(cd "$DNSMON_SRC/../shared" && pwd)
fi
DNSMON_PRIVATE=${DNSMON_PRIVATE:-$DNSMON_SRC/build/private}
export DNSMON_SRC DNSMON_BUILD DNSMON_PRIVATE
if [ -z "${TEST_TMP-}" ]; then
    TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-test.XXXXXX") || exit 1
    chmod 711 "$TEST_TMP"
    export TEST_TMP
fi
TEST_FAILURES=0

# skip REASON: this machine cannot run the test.
skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}

# problem TEXT: count a failed expectation and go on.
problem() {
    printf 'FAILED: %s\n' "$*"
    TEST_FAILURES=$((TEST_FAILURES + 1))
}

# finish: the test's exit status from the problems seen.
finish() {
    [ "$TEST_FAILURES" -eq 0 ] || {
        printf '%d expectations failed\n' "$TEST_FAILURES"
        exit 1
    }
    exit 0
}

# expect_equal WHAT GOT WANT
expect_equal() {
    [ "$2" = "$3" ] || problem "$1: got '$2', want '$3'"
}

# expect_line WHAT PATTERN FILE: an extended regular expression matches some line.
expect_line() {
    grep -q -E -- "$2" "$3" || problem "$1: no line matches $2"
}

# expect_no_line WHAT PATTERN FILE
expect_no_line() {
    local line
    if line=$(grep -m 1 -E -- "$2" "$3"); then problem "$1: unwanted line: $line"; fi
}

# need_program: the program of this build.
need_program() {
    [ -x "$DNSMON_BUILD/dnsmon" ] || {
        printf 'FAILED: there is no %s\n' "$DNSMON_BUILD/dnsmon"
        exit 1
    }
}

# json_text KEY: for each JSON object on a line of standard input, the string that belongs to the
# first such key, unescaped as far as \\ and \" go; an empty line when there is none.
json_text() {
    sed -E -e "/\"$1\": ?\"/!{s/.*//;b}" -e "s/^.*[{,] ?\"$1\": ?\"(([^\"\\\\]|\\\\.)*)\".*\$/\\1/" \
        -e 's/\\(["\\/])/\1/g'
}

# host_servers [PACKAGE...]: what a host test needs to run daemons, those of SERVERS_PACKAGES and
# the named ones of SERVERS_TEST_PACKAGES; sets PRIVATE_ROOT.
host_servers() {
    SETUP_PROGRAM=${SETUP_PROGRAM:-$(basename "$0" .sh)}
    # shellcheck source=../examples/lib/setup.sh
    . "$DNSMON_SRC/examples/lib/setup.sh"
    # shellcheck source=../examples/lib/private.sh
    . "$DNSMON_SRC/examples/lib/private.sh"
    # shellcheck source=../examples/lib/servers.sh
    . "$DNSMON_SRC/examples/lib/servers.sh"
    [ "$(id -u)" = 0 ] || skip "daemons on ports below 1024 need root"
    mkdir -p "$DNSMON_PRIVATE"
    private_root "$DNSMON_PRIVATE" "$TEST_TMP" "${SERVERS_PACKAGES[@]}" "$@" ||
        skip "could not unpack ${SERVERS_PACKAGES[*]} $*"
    export RSYSLOGD=${RSYSLOGD:-$DNSMON_PRIVATE/rsyslogd}
    trap stop_processes EXIT
    trap 'exit 143' INT TERM
}
