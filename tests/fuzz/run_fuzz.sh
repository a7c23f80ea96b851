#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run_fuzz.sh - builds the fuzz targets with clang's libFuzzer, runs them, prints what they found.
#
#     tests/fuzz/run_fuzz.sh [TARGET [SECONDS]]
#
# TARGET     a folder of tests/fuzz/corpus; default, or "all": all of them, one after the other
# SECONDS    for each target; default: 60
#
# For each target a line: executions, executions a second, findings. A finding is a file below
# build/fuzz/found/TARGET/; `tests/fuzz/test_corpus TARGET FILE` shows it again. A mended one is
# made small (build/fuzz/dnsmon-fuzz -minimize_crash=1) and goes into tests/fuzz/corpus/TARGET/,
# which every test run replays. What the fuzzer learns is kept in build/fuzz/learnt/TARGET/.
#
# Exit status: 0 nothing found, 1 found, 2 not built.
#
# With AFL++: CC=afl-clang-fast ./configure --disable-shared; make tests/fuzz/test_corpus;
# afl-fuzz -i tests/fuzz/corpus/TARGET -o out -x tests/fuzz/dict/TARGET.dict \
#     tests/fuzz/test_corpus TARGET          (standard input)
#
# FUZZ_DIR   instead of build/fuzz      FUZZ_MAX_LEN  longest input, bytes; default: 4096
# FUZZ_FLAGS more options of libFuzzer: -use_counters=0 makes half as many executions again
# LIMITS: root, if clang is missing. A target that finds something ends there. A finding is also an
# input that takes a minute.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export SETUP_PROGRAM=fuzz
# shellcheck source=../../examples/lib/setup.sh
. "$ROOT/examples/lib/setup.sh"

DIR=${FUZZ_DIR:-$ROOT/build/fuzz}
LOGS=$DIR/logs
PROGRAM=$DIR/dnsmon-fuzz
PACKAGES=(clang pkg-config libglib2.0-dev libjson-c-dev libpsl-dev)
MODULES=(glib-2.0 json-c libpsl)
SECONDS_EACH=${2:-60}
TOTAL=0

usage() {
    sed -n '/^#     tests/,/^# SECONDS/s/^# \{0,1\}//p' "$ROOT/tests/fuzz/run_fuzz.sh"
}

# compile SOURCE: into DIR/objects, if the object is older than any of our headers or its source.
compile() {
    local object=$DIR/objects/${1//\//_}.o
    if [ -e "$object" ] && [ "$object" -nt "$ROOT/$1" ] && [ "$object" -nt "$NEWEST_HEADER" ]; then
        return 0
    fi
    # Loops over numbers and bytes teach the fuzzer nothing, and its look at each compare of them
    # takes longer than all else.
    local coverage=fuzzer-no-link,
    case $1 in lib/stats/* | lib/util/hash.c | lib/util/pack.c | lib/util/buf.c | lib/util/set.c | lib/util/slab.c | lib/util/sort.c | lib/util/text.c | tests/fuzz/fuzz_valid.c) coverage= ;; esac
    # shellcheck disable=SC2046 # options
    clang -std=gnu11 -O2 -gline-tables-only -fno-omit-frame-pointer \
        -fsanitize="${coverage}address,undefined" -fno-sanitize-recover=all \
        -I"$DIR" -I"$ROOT/lib" -I"$ROOT/lib/include" -D_GNU_SOURCE \
        $(pkg-config --cflags "${MODULES[@]}") -c "$ROOT/$1" -o "$object"
}

# sources: the library's and the targets', but not the main() that stands in for libFuzzer's.
sources() {
    (cd "$ROOT" && printf '%s\n' lib/*/*.c tests/fuzz/fuzz_*.c)
}

# build: one program with every target, with its own objects and its own config.h.
build() {
    local version
    mkdir -p "$DIR/objects" "$LOGS"
    version=$(sed -n 's/^AC_INIT(\[[^]]*\], *\[\([^]]*\)\].*/\1/p' "$ROOT/configure.ac")
    printf '#define PACKAGE_VERSION "%s"\n' "$version" >"$DIR/config.h.new"
    cmp -s "$DIR/config.h.new" "$DIR/config.h" || cp "$DIR/config.h.new" "$DIR/config.h"
    NEWEST_HEADER=$(cd "$ROOT" && ls -t lib/*/*.h lib/*/*.def tests/fuzz/*.h | head -n 1)
    export DIR ROOT NEWEST_HEADER=$ROOT/$NEWEST_HEADER
    export -f compile
    sources | MODULES_TEXT="${MODULES[*]}" xargs -P "$(nproc)" -I{} bash -c \
        'read -ra MODULES <<<"$MODULES_TEXT"; compile {}' >"$LOGS/build.log" 2>&1 || return 1
    # Objects of files that are gone must not be linked.
    local objects=() source
    while IFS= read -r source; do objects+=("$DIR/objects/${source//\//_}.o"); done < <(sources)
    # shellcheck disable=SC2046 # options
    clang -fsanitize=fuzzer,address,undefined -o "$PROGRAM" "${objects[@]}" \
        $(pkg-config --libs "${MODULES[@]}") -lm >>"$LOGS/build.log" 2>&1
}

# stat NAME LOG: one of libFuzzer's final figures; 0 where it ended early.
stat_of() {
    awk -v name="stat::$1:" '$1 == name {n = $2} END {print n + 0}' "$2"
}

# fuzz TARGET: prints its line; 1 when it found something.
fuzz() {
    local target=$1 log=$LOGS/$1.log found=$DIR/found/$1 count flags=()
    read -ra flags <<<"${FUZZ_FLAGS-}"
    # Choosing inputs by how rare their features are takes a fifth of the time where there are many.
    case $target in feed | state) flags=(-entropic=0 "${flags[@]}") ;; esac
    mkdir -p "$found" "$DIR/learnt/$target"
    DNSMON_FUZZ=$target "$PROGRAM" -max_total_time="$SECONDS_EACH" -timeout=60 -rss_limit_mb=2048 \
        -report_slow_units=60 -max_len="${FUZZ_MAX_LEN:-4096}" -dict="$ROOT/tests/fuzz/dict/$target.dict" \
        -artifact_prefix="$found/" -print_final_stats=1 "${flags[@]}" "$DIR/learnt/$target" \
        "$ROOT/tests/fuzz/corpus/$target" >"$log" 2>&1
    count=$(find "$found" -type f | wc -l)
    TOTAL=$((TOTAL + $(stat_of number_of_executed_units "$log")))
    printf '%-18s %12d executions %8d/s %4d findings\n' "$target" \
        "$(stat_of number_of_executed_units "$log")" "$(stat_of average_exec_per_sec "$log")" \
        "$count"
    [ "$count" -eq 0 ] && return 0
    grep -m 3 -E 'BROKEN LAW|ERROR: |runtime error|SUMMARY' "$log" | sed 's/^/    /'
    printf '    %s\n' "$found"/*
    return 1
}

main() {
    local target targets=() status=0
    case ${1-} in -*) usage; exit 2 ;; esac
    mkdir -p "$LOGS"
    # A finding of an earlier run would be counted again.
    rm -rf "$DIR/found"
    install_packages "$LOGS" "${PACKAGES[@]}"
    step "building with clang ($DIR)"
    build || { show_tail "$LOGS/build.log" 25; fail "the fuzz targets do not build"; }
    # Fewer frames and a short quarantine: a third more executions.
    export ASAN_OPTIONS=detect_leaks=1:malloc_context_size=5:quarantine_size_mb=8
    export UBSAN_OPTIONS=print_stacktrace=1
    if [ "${1:-all}" != all ]; then
        targets=("$1")
    else
        mapfile -t targets < <(ls "$ROOT/tests/fuzz/corpus")
    fi
    for target in "${targets[@]}"; do
        [ -d "$ROOT/tests/fuzz/corpus/$target" ] || fail "no target $target (tests/fuzz/corpus)"
        fuzz "$target" || status=1
    done
    printf '%-18s %12d executions\n' "in all" "$TOTAL"
    exit $status
}

main "$@"
