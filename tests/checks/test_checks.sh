#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Can the checks fail? Each is run on a copy of the tree with one thing broken, and has to name it.
# A check that cannot be made here (77) is left out; one that fails on the whole tree is reported
# by itself and does not hide whether it sees the broken thing.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
copy=$(mktemp -d) || exit 1
trap 'rm -rf "$copy" "$found_file"' EXIT
export DNSMON_BUILD

# fresh CHECK: a copy of the tree; of a part of it for those that look at every line of every file.
fresh() {
    local part=.
    case $1 in check_format | check_functions) part='^(lib/(util|dns)/|\.clang-format)' ;; esac
    rm -rf "$copy/tree" && mkdir "$copy/tree"
    sources | grep -E "$part" | tar -cf - -T - | tar -xf - -C "$copy/tree"
}

# breaks CHECK NEEDLE COMMAND...: run in a fresh copy, then CHECK has to say NEEDLE and exit 1. What it
# says of the whole tree is asked once.
breaks() {
    local check=$1 needle=$2 before after status
    shift 2
    fresh "$check"
    [ -e "$copy/$check" ] || DNSMON_SRC=$copy/tree "$here/$check.sh" >"$copy/$check" 2>&1
    before=$(grep -cF -- "$needle" "$copy/$check")
    (cd "$copy/tree" && "$@") || { found "$check" "the test could not break the tree: $*"; return; }
    after=$(DNSMON_SRC=$copy/tree "$here/$check.sh" 2>&1)
    status=$?
    if [ "$status" = 77 ]; then
        echo "$check: $after"
    elif [ "$status" != 1 ] || [ "$(grep -cF -- "$needle" <<<"$after")" -le "$before" ]; then
        found "$check" "does not see \"$needle\" (status $status)"
    else
        echo "$check: sees $needle"
    fi
}

add() {
    mkdir -p "$(dirname "$1")" && printf '%b' "$2" >>"$1"
}

long_function() {
    add lib/util/long.c 'int dm_long(int a)\n{\n'
    for _ in $(seq 90); do add lib/util/long.c '    a++;\n'; done
    add lib/util/long.c '    return a;\n}\n'
}

long_file() {
    for _ in $(seq 501); do echo; done >lib/util/tall.c
}

spdx='/* SPDX-License-Identifier: LGPL-2.1-or-later */\n'
gpl3='/* SPDX-License-Identifier: GPL-3.0-or-later */\n'

breaks check_rows det_nobody add lib/detect/det_nobody.c "$spdx"
breaks check_rows 'det_nobody.c: has no LIMITS' add lib/detect/det_nobody.c "$spdx"
breaks check_rows 'X(ghost) has no file' add lib/parse/parsers.def 'X(ghost)\n'
breaks check_rows 'doc/detectors/ghost-rule.md' add lib/detect/detectors.def 'X(ghost_rule)\n'
breaks check_rows test_nobody add tests/unit/test_nobody.c "$spdx"
breaks check_symbols dnsmon_event_json sed -i /dnsmon_event_json/d lib/libdnsmon.map
breaks check_symbols dnsmon_extra add lib/include/dnsmon/dnsmon.h 'int dnsmon_extra(void);\n'
breaks check_abi 'is no longer compatible' sed -i s/dnsmon_strerror/dnsmon_strerr/g tests/abi/libdnsmon.abi
breaks check_alloc 'g_strdup may' add lib/util/bad.c 'char *a(void) { return g_strdup("a"); }\n'
breaks check_alloc 'GString may' add lib/util/bad.c 'GString *a;\n'
breaks check_includes 'util may not know event' add lib/util/bad.c '#include "event/event.h"\n'
breaks check_includes 'only dnsmon/dnsmon.h' add plugin/rsyslog/bad.c '#include "event/event.h"\n'
breaks check_includes 'knows a DNS word' add plugin/rsyslog/bad.c 'static const char *a = "MX";\n'
breaks check_functions 'dm_long() has' long_function
breaks check_functions 'tall.c: 501 lines' long_file
breaks check_docs 'dm_bare()' add lib/util/bare.h '#ifndef A\n\nint dm_bare(void);\n\n#endif\n'
breaks check_docs nowhere.md add CONTRIBUTING.md '[x](nowhere.md)\n'
if [ -x "$DNSMON_BUILD/dnsmon" ] || [ -x "$DNSMON_BUILD/plugin/dnsmon/dnsmon" ]; then
    breaks check_docs 'EVENTS.md: is out of date' add doc/EVENTS.md 'another line\n'
else
    echo "check_docs: generated pages left out, dnsmon is not built in $DNSMON_BUILD"
fi
breaks check_manual 'libdnsmon.3: is out of date' add doc/libdnsmon.3 'another line\n'
breaks check_manual 'nothing is said of why' sed -i '/@why:/d' lib/include/dnsmon/dnsmon.h
breaks check_manual 'which thread' sed -i '/^ \* Thread:/d' lib/include/dnsmon/dnsmon.h
breaks check_manual 'row for parameter tag' sed -i '/^| `tag`/d' doc/omdnsmon.md
breaks check_manual 'does not explain --year' sed -i /year/d doc/dnsmon.1
breaks check_manual 'dnsmon.1: ' add doc/dnsmon.1 '.nosuchrequest x\n'
breaks check_spdx 'bad.c: no line' add lib/util/bad.c 'int a;\n'
breaks check_spdx 'bad.c: no line' add plugin/rsyslog/bad.c "$spdx"
breaks check_spdx 'must not make' add lib/util/bad.c "${spdx}long a(void)\n{\n    return time(0);\n}\n"
breaks check_spdx 'by the host' add lib/util/bad.c "${spdx}snprintf(a, 9, \"%%.2f\", b);\n"
breaks check_spdx 'bad.c:2: a TODO' add plugin/rsyslog/bad.c "$gpl3/* TODO later */\n"
breaks check_spdx 'a path of one machine' add README.md 'see /work/main\n'
breaks check_spdx registry.host.nowhere add README.md 'http://registry.host.nowhere/\n'
breaks check_format 'bad.c:' add lib/util/bad.c 'int   a ;\n'
finish
