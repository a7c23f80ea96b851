#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_golden.sh - for the golden tests: generate a scenario, replay it, read the events.  Sourced
# after tests/lib.sh.  Events are kept in both forms: NAME.json and NAME.text.

GENLOG=$DNSMON_BUILD/tests/golden/gen/genlog

need_genlog() {
    need_program
    [ -x "$GENLOG" ] || {
        printf 'FAILED: there is no %s: make check TESTS=\n' "$GENLOG"
        exit 1
    }
}

# generate SCENARIO FORM: writes SCENARIO.FORM.log
generate() {
    "$GENLOG" "$1" "$2" >"$1.$2.log" || problem "genlog $1 $2 failed"
}

# replay NAME CONFIG YEAR LOG: writes NAME.json and NAME.text; YEAR 0: the stamps have one
replay() {
    local year=(--year "$3")
    [ "$3" = 0 ] && year=()
    "$DNSMON_BUILD/dnsmon" replay "${year[@]}" -c "$2" --json "$4" >"$1.json" ||
        problem "replay of $4 failed"
    "$DNSMON_BUILD/dnsmon" replay "${year[@]}" -c "$2" --text "$4" >"$1.text" ||
        problem "replay --text of $4 failed"
}

# event FILE WORD...: the first text event that has every word.
event() {
    local file=$1
    shift
    awk -v words="$*" 'BEGIN { n = split(words, want, " ") }
        { for (i = 1; i <= n; i++) if (!index($0 " ", " " want[i] " ")) next; print; exit }' "$file"
}

# fields KEY...: of the text event on standard input, "value value ..."
fields() {
    awk -v keys="$*" '{ n = split(keys, k, " "); out = ""
        for (i = 1; i <= n; i++) { v = "?"
            for (f = 1; f <= NF; f++) if (index($f, k[i] "=") == 1) v = substr($f, length(k[i]) + 2)
            out = out (i > 1 ? " " : "") v }
        print out }'
}

# alarmed FILE: the clients with an alarm, sorted, in one line.
alarmed() {
    sed -n 's/^dnsmon: alarm .* client=\([^ ]*\) .*/\1/p' "$1" | sort -u | tr '\n' ' '
}

# noticed FILE: "client/class" of every notice, sorted, in one line.
noticed() {
    sed -n 's/^dnsmon: notice \([^ ]*\) client=\([^ ]*\) .*/\2\/\1/p' "$1" | sort -u | tr '\n' ' '
}

# same_events A B: both files have the same events, but for dnsmon.verified: flags say that, and not
# every form has them.
same_events() {
    cmp -s <(sed 's/,"verified":[a-z]*//' "$1") <(sed 's/,"verified":[a-z]*//' "$2")
}
