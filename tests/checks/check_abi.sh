#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What programs that were built against the library rely on is still there: its calls, their
# versions, arguments and results are those of tests/abi/libdnsmon.abi. New calls are no finding.
#
#     tests/checks/check_abi.sh             compare
#     tests/checks/check_abi.sh --record    write the file anew, from the library in DNSMON_BUILD
#
# LIMITS: values of enumerators and macros are not in the binary. The library needs its debugging
# information (-g, which configure sets by itself).
. "$(dirname "$0")/lib.sh"
record=tests/abi/libdnsmon.abi
headers=lib/include

library=
for f in "$DNSMON_BUILD/lib/.libs/libdnsmon.so" "$DNSMON_BUILD/.libs/libdnsmon.so"; do
    [ -e "$f" ] && library=$f
done
[ -n "$library" ] || skip "libdnsmon.so is not built in $DNSMON_BUILD"
need abidiff abigail-tools

if [ "${1-}" = --record ]; then
    # Neither paths of this machine nor what is not exported; the same bytes from every build folder.
    abidw --exported-interfaces-only --drop-private-types --headers-dir "$headers" \
        --no-comp-dir-path --no-show-locs --no-corpus-path --no-elf-needed --no-architecture \
        --no-parameter-names --type-id-style hash "$library" |
        sed "s,path='[^']*/lib/,path='lib/," >"$record.new" || exit 1
    grep -q "elf-symbol-id='dnsmon_version" "$record.new" || {
        rm -f "$record.new"
        found "$library" "has no debugging information: build it with -g"
        finish
    }
    mv "$record.new" "$record"
    exit 0
fi

[ -f "$record" ] || { found "$record" "is missing: tests/checks/check_abi.sh --record"; finish; }
said=$(abidiff --no-added-syms --no-architecture --drop-private-types --exported-interfaces-only \
    --headers-dir2 "$headers" "$record" "$library" 2>&1)
status=$?
# A library without -g would seem to have functions of unknown type.
if [ $status -ne 0 ]; then
    echo "$said"
    found "$record" "the library is no longer compatible (abidiff: $status); see doc/HACKING.md"
fi
for name in $(sed -n 's/^ *\(dnsmon_[a-z0-9_]*\);.*/\1/p' lib/libdnsmon.map); do
    grep -q "elf-symbol-id='$name@@" "$record" ||
        echo "$name is new: tests/checks/check_abi.sh --record when it is released"
done
finish
