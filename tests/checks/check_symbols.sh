#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The calls of dnsmon.h, the symbol map and what the built library exports are the same.
. "$(dirname "$0")/lib.sh"
header=lib/include/dnsmon/dnsmon.h map=lib/libdnsmon.map

declared=$(code "$header" | grep -oE '\bdnsmon_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u)
mapped=$(sed -n 's/^ *\(dnsmon_[a-z0-9_]*\);.*/\1/p' "$map" | sort -u)

# differ LEFT LEFTNAME RIGHT RIGHTNAME
differ() {
    local name
    for name in $(comm -23 <(echo "$1") <(echo "$3")); do
        found "$4" "$name is missing; $2 has it"
    done
}
differ "$declared" "$header" "$mapped" "$map"
differ "$mapped" "$map" "$declared" "$header"

library=
for f in "$DNSMON_BUILD/lib/.libs/libdnsmon.so" "$DNSMON_BUILD/.libs/libdnsmon.so"; do
    [ -e "$f" ] && library=$f
done
[ -s "$found_file" ] && finish
[ -n "$library" ] || skip "libdnsmon.so is not built in $DNSMON_BUILD"
need nm binutils
exported=$(nm -D --defined-only "$library" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' | sort -u)
differ "$declared" "$header" "$exported" libdnsmon.so
differ "$exported" libdnsmon.so "$declared" "$header"
finish
