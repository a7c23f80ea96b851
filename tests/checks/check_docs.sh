#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Declarations have comments, generated pages are what the program prints, links lead somewhere.
. "$(dirname "$0")/lib.sh"

# A declaration is explained by the /** comment of its paragraph (the lines around it without an
# empty one), so a group of calls may share one; a struct or enum by that or by its members' own.
for f in $(sources | grep -E '^lib/.*\.h$'); do
    awk -v file="$f" '
        function flush() { if (what != "" && !said) print what; what = ""; said = 0 }
        depth == 0 && /^$/ && !comment { flush(); next }
        /\/\*\*/ { said = 1 }
        /\/\*/ && !/\*\// { comment = 1 }
        /\*\// { comment = 0; next }
        comment { next }
        depth == 0 && /^#/ { next }
        depth == 0 && /^(static inline |extern )?[a-z][a-z0-9_ *]*[ *](dm|dnsmon)_[a-z0-9_]+\(/ && what == "" {
            what = $0; sub(/\(.*/, "", what); sub(/.*[ *]/, "", what); what = NR ": " what "()"
        }
        depth == 0 && /^extern .*[^{]$/ && !/"C"/ && what == "" { what = $0; what = NR ": " what }
        depth == 0 && /^(struct|enum) [a-z0-9_]+ \{/ && what == "" { what = NR ": " $1 " " $2 }
        /^extern "C"/ { next }
        { depth += gsub(/\{/, "{") - gsub(/\}/, "}"); if (depth < 0) depth = 0 }
        END { flush() }
    ' "$f" | while IFS= read -r hit; do
        found "$f:${hit%%: *}" "${hit#*: } has no /** comment in its paragraph"
    done
done

for f in $(sources | grep -E '\.md$'); do
    grep -oE '\]\([^)# ]+' "$f" | sed 's/^](//' | grep -vE '^[a-z]+:' | while IFS= read -r link; do
        [ -e "$(dirname "$f")/$link" ] || found "$f" "links to $link, which is not there"
    done
done

for page in configuration events; do
    file=doc/${page^^}.md
    [ -f "$file" ] || found "$file" "is missing: dnsmon manual $page >$file"
done
program=
for p in "$DNSMON_BUILD/dnsmon" "$DNSMON_BUILD/plugin/dnsmon/dnsmon"; do
    [ -f "$p" ] && [ -x "$p" ] && program=$p
done
if [ -z "$program" ]; then
    [ -s "$found_file" ] && finish
    skip "comments and links are fine, but dnsmon is not built in $DNSMON_BUILD"
fi
for page in configuration events; do
    "$program" manual "$page" | cmp -s - "doc/${page^^}.md" ||
        found "doc/${page^^}.md" "is out of date: dnsmon manual $page >doc/${page^^}.md"
done
finish
