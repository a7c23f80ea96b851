#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# performance.sh - every measurement, one table after the other, as Markdown on standard output.
#
#     tests/bench/performance.sh [--short] [--write] [SECTION...]
#
# --short    fewer lines and runs: a quarter of an hour instead of more than one; the figures are the coarser for it
# --write    puts it into doc/PERFORMANCE.md, between the two marks; the prose around it stays
# SECTION    replay, lines, events, scale, state, rsyslog, formats, rules; all by default. Not with --write
#
# Needs a build with -O2 (DNSMON_BUILD, default: the source tree, which tests/run.sh --build builds),
# with the rsyslog module; valgrind; for rsyslog and formats: Debian, root, and the network, once, to
# unpack servers into DNSMON_PRIVATE (build/private). Nothing is installed. On an idle machine.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
export LC_ALL=C
here=$DNSMON_SRC/tests/bench
page=$DNSMON_SRC/doc/PERFORMANCE.md
out=$TEST_TMP/page
trap 'rm -rf "$TEST_TMP"' EXIT
short=no write=no sections=()
for argument; do
    case $argument in
    --short) short=yes ;;
    --write) write=yes ;;
    replay | lines | events | scale | state | rsyslog | formats | rules) sections+=("$argument") ;;
    *) sed -n '/^#     tests/,/^# SECTION/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
[ $write = no ] || [ ${#sections[@]} -eq 0 ] || { echo "performance.sh: --write writes all sections" >&2; exit 2; }
[ ${#sections[@]} -gt 0 ] || sections=(replay lines events scale state rsyslog formats rules)

# section NAME TITLE ARGUMENTS-SHORT ARGUMENTS: a program's tables, and how to print them again
section() {
    local name=$1 arguments=$4 status=0
    [[ " ${sections[*]} " == *" $name "* ]] || return 0
    [ $short = no ] || arguments=$3
    echo "performance.sh: $name, $(date +%H:%M:%S)" >&2
    printf '\n### %s\n\n`tests/bench/bench_%s.sh%s`\n\n' "$2" "$name" "${arguments:+ $arguments}"
    # Each has, and removes, a folder of its own.
    # shellcheck disable=SC2086 # words
    env -u TEST_TMP bash "$here/bench_$name.sh" $arguments || status=$?
    [ $status -eq 0 ] || { printf '\n**Not measured to its end** (exit status %d).\n' $status; failed=yes; }
}

# machine: its kind, not its name
machine() {
    lscpu | awk -F ': *' '
        $1 ~ /^ *Architecture$/ { arch = $2 }
        $1 ~ /^ *CPU\(s\)$/ { cores = $2 }
        $1 ~ /^ *Model name$/ { model = $2; gsub(/\([A-Z]+\)|CPU|@.*/, "", model); gsub(/ +/, " ", model) }
        $1 ~ /^ *CPU family$/ { family = $2 }
        $1 ~ /^ *L3( cache)?$/ { l3 = $2; sub(/ *\(.*/, "", l3) }
        $1 ~ /^ *Virtualization type$/ { virtual = ", virtual machine" }
        END { printf "%s, %s%s, %s cores%s%s", arch, model, family ? " (family " family ")" : "", cores,
                     l3 ? ", " l3 " level 3 cache" : "", virtual }'
}

table() {
    local commit
    commit=$(git -C "$DNSMON_SRC" describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
    printf '%s; %s. %s; compiled with `%s`; commit %s; load at the beginning %s%s.\n' \
        "$(date +%Y-%m-%d)" "$(machine)" "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" \
        "$(sed -n 's/^CFLAGS = //p' "$DNSMON_BUILD/Makefile")" "$commit" "$(cut -d ' ' -f 1 /proc/loadavg)" \
        "$([ $short = no ] || echo ', short form')"
    section replay 'Replay of a file' '' ''
    section lines 'A line, counted' '' ''
    section events 'An event, counted' '' ''
    section scale 'From 100 clients to a million' '100000 3 1000000 100' ''
    section state 'A million clients' '1000000 3' ''
    section rsyslog 'Inside rsyslogd' '200000 3' ''
    section formats 'Each parser' '50000 3' ''
    section rules 'Each rule' '30000 1 100000' ''
}

# write_page: what is between the marks goes, $out comes
write_page() {
    awk -v file="$out" '
        /^<!-- performance.sh: end -->/ { inside = 0 }
        !inside { print }
        /^<!-- performance.sh: begin -->/ { inside = 1; while ((getline line <file) > 0) print line }
    ' "$page" >"$TEST_TMP/new" && cat "$TEST_TMP/new" >"$page"
}

need_program
grep -q '^CFLAGS = .*-O[23]' "$DNSMON_BUILD/Makefile" ||
    { echo "performance.sh: $DNSMON_BUILD is not built with -O2 (CFLAGS=\"-O2 -g\")" >&2; exit 1; }
failed=no
if [ $write = yes ]; then
    for mark in begin end; do
        grep -q "^<!-- performance.sh: $mark -->" "$page" || { echo "performance.sh: $page has no mark '$mark'" >&2; exit 1; }
    done
    table >"$out" && write_page
else
    table
fi
[ $failed = no ]
