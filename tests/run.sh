#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh - installs what is missing, builds, runs every test.
#
#     tests/run.sh [--build] [--list] [WORD...]
#
# WORD       run the tests whose name contains it: parse_bind, host/, asan, unit/test_event.
#            Tests below asan/, tsan/ and valgrind/ are picked only by a word that says so.
#            A word that picks nothing is an error.
# --build    stop after the build, which is in the source tree: make install works then
# --list     print the names of the tests (those the words pick), build nothing
#
# A test is a program or script that ends with 0 (passed), 77 (skipped) or else (failed); its folder
# says what it is: unit (tests/unit/test_*.c), fuzz (corpora replayed), golden, eval, checks, bench
# (what a line costs, counted), host (real daemons; tests/*/*.sh), faults (short forms of the
# fault suite).
# unit, fuzz and golden run again in two sanitizer builds, some unit tests in valgrind.
# What a test printed is in build/results/.  tests/lib.sh says which variables it is given.
# With CI=true a skipped test counts as failed unless ALLOWED_SKIPS names it.
#
# LIMITS: Debian and its relatives; root, if packages are missing or host tests are to run.

ROOT=$(cd "$(dirname "$0")/.." && pwd)
SETUP_PROGRAM=tests
# shellcheck source=../examples/lib/setup.sh
. "$ROOT/examples/lib/setup.sh"
# shellcheck source=../examples/lib/private.sh
. "$ROOT/examples/lib/private.sh"
# shellcheck source=../examples/lib/servers.sh
. "$ROOT/examples/lib/servers.sh"

WORK=$ROOT/build            # everything that is not the plain build; git does not see it
RESULTS=$WORK/results
LOGS=$WORK/logs
JOBS=$(nproc)
# Seconds that a test may take, before it counts as hanging; own choice: ten times what the
# slowest takes on two cores.  A host test starts daemons and waits for them.
LIMIT_S=600
LIMIT_HOST_S=600
LIMIT_SLOW_S=900            # sanitizers and valgrind
# Unit tests that valgrind repeats: those that read attacker-chosen bytes or free much.
VALGRIND_WORDS='parse|timestamp|name|addr|client|incident|event|config|option|monitor'
# Tests that the thread sanitizer repeats: those that start threads, and the program's with them.
THREAD_WORDS='threads|feed|monitor|sequencer|state|health|program|papers\.sh|traps'
# PATTERN|REASON: tests that may be skipped where CI runs.
ALLOWED_SKIPS=()

WORDS=()
MODE=run

usage() {
    sed -n '/^#     tests/,/^# --list/s/^# \{0,1\}//p' "$ROOT/tests/run.sh"
}

read_arguments() {
    local argument
    for argument in "$@"; do
        case $argument in
        --build) MODE=build ;;
        --list) MODE=list ;;
        --help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) WORDS+=("$argument") ;;
        esac
    done
}

# all_tests: every name, in the order of running.
all_tests() {
    local path flavour
    (
        cd "$ROOT/tests" || exit 1
        shopt -s nullglob
        for path in checks/check_*.sh checks/test_*.sh golden/test_*.sh eval/test_*.sh bench/test_*.sh \
            unit/test_*.c fuzz/test_*.c host/test_*.sh faults/test_*.sh; do
            printf '%s\n' "${path%.*}"
        done
        for flavour in asan tsan; do
            for path in golden/test_*.sh unit/test_*.c fuzz/test_*.c; do
                if [ $flavour = asan ] || [[ $path =~ $THREAD_WORDS ]]; then
                    printf '%s/%s\n' $flavour "${path%.*}"
                fi
            done
        done
        for path in unit/test_*.c; do
            if [[ $path =~ $VALGRIND_WORDS ]]; then printf 'valgrind/%s\n' "${path%.*}"; fi
        done
    )
}

# picks WORD NAME
picks() {
    [[ $2 == *"$1"* ]] || return 1
    case $2 in
    asan/* | tsan/* | valgrind/*) [[ $1 == *asan* || $1 == *tsan* || $1 == *valgrind* ]] ;;
    esac
}

# pick_tests: fills TESTS; a word that picks nothing ends the run.
pick_tests() {
    local name word found all
    mapfile -t all < <(all_tests)
    TESTS=()
    if [ ${#WORDS[@]} -eq 0 ]; then
        TESTS=("${all[@]}")
        return
    fi
    for word in "${WORDS[@]}"; do
        found=no
        for name in "${all[@]}"; do
            picks "$word" "$name" || continue
            found=yes
            [[ " ${TESTS[*]} " == *" $name "* ]] || TESTS+=("$name")
        done
        if [ $found = no ]; then
            printf 'tests: no test has "%s" in its name (tests/run.sh --list)\n' "$word" >&2
            exit 2
        fi
    done
}

# wants FLAVOUR: some picked test is below it.
wants() {
    [[ " ${TESTS[*]}" == *" $1/"* ]]
}

build_plain() {
    local option
    option=$(rsyslog_source_option "$LOGS" "$ROOT" "$WORK/rsyslog-source")
    if syslog_ng_root "$DNSMON_PRIVATE/syslog-ng" "$LOGS"; then
        option="$option --with-syslog-ng-root=$DNSMON_PRIVATE/syslog-ng/root"
    else
        step "the syslog-ng parser is left out: could not unpack ${SERVERS_SYSLOG_NG_PACKAGES[*]} (logs: $LOGS)"
    fi
    # shellcheck disable=SC2086 # one word an option
    build_tree "$ROOT" "$ROOT" "$LOGS/plain" $option || fail "the build failed (logs: $LOGS/plain)"
    [ "$MODE" = build ] || build_unit "$ROOT" plain
}

# build_unit BUILD NAME: the unit tests' programs, running none.
build_unit() {
    step "building the unit tests ($2)"
    logged "$LOGS/$2/check.log" make -C "$1" -j"${SETUP_JOBS:-$JOBS}" check TESTS= ||
        fail "the unit tests do not build (log: $LOGS/$2/check.log)"
}

# build_flavour NAME SANITIZERS: out of tree, from a copy, since the source tree is configured.
build_flavour() {
    SETUP_PROGRAM="tests ($1)"
    build_tree "$WORK/source" "$WORK/$1" "$LOGS/$1" --with-sanitizer="$2" --disable-silent-rules \
        CFLAGS="-O1 -g" || fail "the $1 build failed (logs: $LOGS/$1)"
    build_unit "$WORK/$1" "$1"
}

build_sanitizers() {
    local pids=() pid
    wants asan || wants tsan || return 0
    copy_sources "$ROOT" "$WORK/source" || fail "could not copy the sources to $WORK/source"
    # Both at once: configure runs on one core.
    SETUP_JOBS=$(((JOBS + 1) / 2))
    if wants asan; then build_flavour asan address,undefined & pids+=($!); fi
    if wants tsan; then build_flavour tsan thread & pids+=($!); fi
    for pid in "${pids[@]}"; do wait "$pid" || exit 1; done
}

# Servers for the host tests, unpacked once.
prepare_hosts() {
    wants host || wants faults || return 0
    local packages=("${SERVERS_PACKAGES[@]}" "${SERVERS_TEST_PACKAGES[@]}")
    private_root "$DNSMON_PRIVATE" "$LOGS" "${packages[@]}" ||
        fail "could not unpack ${packages[*]} (logs: $LOGS)"
    export RSYSLOGD=$DNSMON_PRIVATE/rsyslogd
}

# test_command NAME: fills COMMAND, TEST_BUILD and LIMIT.
test_command() {
    local name=$1 stem=${1#*/}
    TEST_BUILD=$ROOT LIMIT=$LIMIT_S COMMAND=()
    case $name in
    asan/* | tsan/*) TEST_BUILD=$WORK/${name%%/*} LIMIT=$LIMIT_SLOW_S ;;
    valgrind/*) LIMIT=$LIMIT_SLOW_S ;;
    host/* | faults/*) LIMIT=$LIMIT_HOST_S stem=$name ;;
    *) stem=$name ;;
    esac
    case $name in
    valgrind/*) COMMAND=("$ROOT/libtool" --mode=execute valgrind -q --error-exitcode=99
        --leak-check=full --errors-for-leak-kinds=definite --child-silent-after-fork=yes) ;;
    # gcc 12's thread sanitizer cannot live with every kernel's address randomisation.
    tsan/*) if setarch -R true 2>/dev/null; then COMMAND=(setarch -R); fi ;;
    esac
    case $stem in
    unit/* | fuzz/*) COMMAND+=("$TEST_BUILD/tests/$stem") ;;
    *) COMMAND+=(bash "$ROOT/tests/$stem.sh") ;;
    esac
}

# run_test NAME: writes build/results/NAME.{log,status}, prints one line.
run_test() {
    local name=$1 status start=$EPOCHREALTIME pid log=$RESULTS/$1.log
    local TEST_BUILD LIMIT COMMAND
    test_command "$name"
    mkdir -p "$(dirname "$log")"
    TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/dnsmon-test.XXXXXX") || return 1
    chmod 711 "$TEST_TMP"
    (cd "$TEST_TMP" && exec env TEST_TMP="$TEST_TMP" TMPDIR="$TEST_TMP" DNSMON_BUILD="$TEST_BUILD" \
        timeout -k 10 "$LIMIT" "${COMMAND[@]}") >"$log" 2>&1 </dev/null &
    pid=$!
    trap 'kill -TERM $pid 2>/dev/null; wait $pid; rm -rf "$TEST_TMP"; exit 143' TERM INT
    wait $pid
    status=$?
    rm -rf "$TEST_TMP"
    echo $status >"$RESULTS/$name.status"
    report_test "$name" $status "$(seconds_since "$start")" "$log"
}

# seconds_since START: to a tenth.
seconds_since() {
    local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# report_test NAME STATUS SECONDS LOG
report_test() {
    case $2 in
    0) printf 'PASS %s (%s s)\n' "$1" "$3" ;;
    77) printf 'SKIP %s (%s)\n' "$1" "$(skip_reason "$4")" ;;
    124 | 137) printf 'FAIL %s (no end after %s s)\n%s\n' "$1" "$3" "$(log_end "$4")" ;;
    *) printf 'FAIL %s (exit status %s, %s s)\n%s\n' "$1" "$2" "$3" "$(log_end "$4")" ;;
    esac
}

skip_reason() {
    tail -n 1 "$1" | sed 's/^SKIP: //'
}

# log_end LOG: thirty lines, from a sanitizer's first word on, or the last.
log_end() {
    local from
    from=$(grep -m 1 -n -E 'ERROR: .*Sanitizer|WARNING: Thread|runtime error:' "$1" | cut -d : -f 1)
    if [ -n "$from" ]; then tail -n "+$from" "$1" | head -n 30; else tail -n 30 "$1"; fi |
        sed 's/^/    /'
}

# run_all: host tests one at a time, since they measure time; the others side by side.
run_all() {
    local name running=0
    trap 'kill $(jobs -p) 2>/dev/null; wait; exit 130' INT TERM
    for name in "${TESTS[@]}"; do
        [[ $name != host/* && $name != faults/* ]] || continue
        if [ $running -ge "$JOBS" ]; then wait -n; else running=$((running + 1)); fi
        run_test "$name" &
    done
    wait
    for name in "${TESTS[@]}"; do
        if [[ $name == host/* || $name == faults/* ]]; then
            run_test "$name" &
            wait $!
        fi
    done
    trap - INT TERM
}

# may_skip NAME
may_skip() {
    local row
    [ "${CI-}" = true ] || return 0
    for row in "${ALLOWED_SKIPS[@]}"; do
        # shellcheck disable=SC2053 # a pattern
        [[ $1 != ${row%%|*} ]] || return 0
    done
    return 1
}

# summary: what was skipped and what failed, the closing line; 1 when not all is well.
summary() {
    local name status passed=0 failed=() skipped=()
    for name in "${TESTS[@]}"; do
        status=$(cat "$RESULTS/$name.status" 2>/dev/null)
        case ${status:-none} in
        0) passed=$((passed + 1)) ;;
        77) if may_skip "$name"; then skipped+=("$name"); else failed+=("$name"); fi ;;
        *) failed+=("$name") ;;
        esac
    done
    for name in "${skipped[@]}"; do
        printf '*** SKIPPED %s: %s\n' "$name" "$(skip_reason "$RESULTS/$name.log")"
    done
    for name in "${failed[@]}"; do
        printf '*** FAILED %s (%s)\n' "$name" "build/results/$name.log"
        if [ "$(cat "$RESULTS/$name.status" 2>/dev/null)" = 77 ]; then
            printf '    skipped, which does not count here: %s\n' \
                "$(skip_reason "$RESULTS/$name.log")"
        fi
    done
    printf '%d tests, %d passed, %d failed, %d skipped\n' ${#TESTS[@]} $passed ${#failed[@]} \
        ${#skipped[@]}
    [ ${#failed[@]} -eq 0 ] && [ $passed -gt 0 ]
}

set_environment() {
    export DNSMON_SRC=$ROOT DNSMON_BUILD=$ROOT DNSMON_PRIVATE=$WORK/private
    # Unset, not empty, when it is not there: the unit tests then use their own copies.
    if [ -z "${DNSMON_SHARED-}" ] && [ -d "$ROOT/../shared/corpus" ]; then
        DNSMON_SHARED=$(cd "$ROOT/../shared" && pwd)
        export DNSMON_SHARED
    fi
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    if [ -f "$ROOT/tests/tsan.supp" ]; then TSAN_OPTIONS+=:suppressions=$ROOT/tests/tsan.supp; fi
    export G_SLICE=always-malloc LC_ALL=C.UTF-8
}

main() {
    read_arguments "$@"
    pick_tests
    if [ "$MODE" = list ]; then
        printf '%s\n' "${TESTS[@]}"
        return
    fi
    mkdir -p "$RESULTS" "$LOGS"
    echo '*' >"$WORK/.gitignore"
    rm -rf "$RESULTS"
    mkdir -p "$RESULTS"
    set_environment
    install_packages "$LOGS" "${SETUP_BUILD_PACKAGES[@]}" "${SETUP_TEST_PACKAGES[@]}"
    build_plain
    if [ "$MODE" = build ]; then
        step "built in $ROOT; 'make install' installs it"
        return
    fi
    build_sanitizers
    prepare_hosts
    step "running ${#TESTS[@]} tests, $JOBS at a time"
    run_all
    step "took $SECONDS s"
    summary
}

main "$@"
