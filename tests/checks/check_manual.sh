#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The man pages that have their source elsewhere are what doc/man.py makes of it (which also refuses
# a call of dnsmon.h that leaves out a parameter, its result or its thread); roff has nothing to say
# against any page; the module's parameters are those of its page, and the program's options too.
. "$(dirname "$0")/lib.sh"

for name in $(sed -n '/action_params\[\]/,/^};/s/[^"]*"\([a-z]*\)"[^"]*/\1 /gp' plugin/rsyslog/omdnsmon.c); do
    grep -q "^| \`$name\` |" doc/omdnsmon.md || found doc/omdnsmon.md "has no row for parameter $name"
done
for name in $(sed -n '/struct option table/,/};/p' plugin/dnsmon/options.c | grep -o '{"[a-z-]*"' | tr -d '{"'); do
    sed 's/\\-/-/g' doc/dnsmon.1 | grep -q -e "--$name" || found doc/dnsmon.1 "does not explain --$name"
done

need python3 python3
made=$(mktemp -d) || exit 1
trap 'rm -rf "$made" "$found_file"' EXIT
if python3 doc/man.py all "$made" 2>"$made/said"; then
    for page in "$made"/*.[1-9]; do
        cmp -s "$page" "doc/${page##*/}" || found "doc/${page##*/}" "is out of date: doc/man.py all"
    done
else
    found lib/include/dnsmon/dnsmon.h "$(tail -n 1 "$made/said")"
fi

need groff groff-base
need man man-db
for page in doc/*.[1-9]; do
    groff -man -Tutf8 -ww "$page" 2>&1 >/dev/null | while IFS= read -r line; do
        found "$page" "$line"
    done
    for width in 80 120; do
        LC_ALL=C.UTF-8 MANWIDTH=$width man --warnings -l - <"$page" 2>&1 >/dev/null | while IFS= read -r line; do
            found "$page" "$width columns: $line"
        done
    done
done
finish
