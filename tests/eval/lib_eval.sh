#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_eval.sh - for the evaluation's scripts: one run of generator, program and baselines.  Sourced
# after tests/lib.sh.

GEN_CAMPUS=$DNSMON_BUILD/tests/eval/gen/gen_campus
BASELINES=$DNSMON_BUILD/tests/eval/baselines
EVAL=$DNSMON_SRC/tests/eval

need_eval() {
    local program
    need_program
    for program in "$GEN_CAMPUS" "$BASELINES"; do
        [ -x "$program" ] || {
            printf 'FAILED: there is no %s: make check TESTS=\n' "$program"
            exit 1
        }
    done
    command -v python3 >/dev/null || skip "python3 is not installed (package python3)"
}

# forms SEED: odd seeds write today's lines, even seeds the papers'.
forms() {
    if [ $(($1 % 2)) = 0 ]; then
        echo --bind 9.2 --postfix 2.0
    else
        echo --bind 9.18 --postfix 3.x
    fi
}

# transport: standard input without the share LOST of its lines.
transport() {
    if [ "${LOST:-0}" = 0 ]; then
        cat
    else
        awk -v lost="$LOST" 'BEGIN { srand(1) } rand() >= lost'
    fi
}

# run_seed NAME SEED OPTION...: leaves NAME.run.json; the log itself is never kept.
run_seed() {
    local name=$1 seed=$2
    shift 2
    "$GEN_CAMPUS" --seed "$seed" "$@" --conf "$name.conf" --only-conf || return 1
    mkfifo "$name.pipe" || return 1
    "$BASELINES" "$name.conf" <"$name.pipe" >"$name.base" &
    # shellcheck disable=SC2046
    "$GEN_CAMPUS" --seed "$seed" "$@" $(forms "$seed") --labels "$name.labels" | transport |
        tee "$name.pipe" |
        "$DNSMON_BUILD/dnsmon" replay -c "$name.conf" --json - >"$name.events" 2>"$name.err"
    local status=("${PIPESTATUS[@]}")
    wait $!
    rm -f "$name.pipe"
    if [ "${status[*]}" != '0 0 0 0' ]; then
        printf 'run %s: gen_campus, transport, tee, dnsmon ended with %s\n' "$name" "${status[*]}" >&2
        head -n 5 "$name.err" >&2
        return 1
    fi
    python3 "$EVAL/metrics.py" "$name.labels" "$name.events" "$name.base" >"$name.run.json"
}

# known_rules: the rule ids of this build, in one line.
known_rules() {
    "$DNSMON_BUILD/dnsmon" manual configuration |
        sed -n 's/^## `\[detector \(.*\)\]`$/\1/p' | tr '\n' ' '
}
