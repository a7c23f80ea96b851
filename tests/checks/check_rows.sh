#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files against rows: a detector, a parser or a test that nobody calls, or a row without its file.
. "$(dirname "$0")/lib.sh"

# rows DEF: the names inside X(...)
rows() {
    sed -n 's/^X(\([a-z0-9_]*\)).*/\1/p' "$1"
}

# is_row NAME DEF: a row, or the further file of one (parse_bind_response.c belongs to X(bind)).
is_row() {
    local row
    for row in $(rows "$2"); do
        case $1 in "$row" | "$row"_*) return 0 ;; esac
    done
    return 1
}

# files_and_rows FOLDER PREFIX DEF
files_and_rows() {
    local f name
    for f in $(sources | grep -E "^$1/$2[a-z0-9_]+\.c$"); do
        name=$(basename "$f" .c)
        is_row "${name#"$2"}" "$3" || found "$f" "has no row X(${name#"$2"}) in $3"
        grep -qF "$f" Makefile.am "$1/Makefile.inc" || found "$f" "is not compiled: $1/Makefile.inc"
    done
    for name in $(rows "$3"); do
        [ -f "$1/$2$name.c" ] || found "$3" "X($name) has no file $1/$2$name.c"
    done
}

files_and_rows lib/detect det_ lib/detect/detectors.def
files_and_rows lib/parse parse_ lib/parse/parsers.def

for name in $(rows lib/detect/detectors.def); do
    id=${name//_/-}
    [ -f "doc/detectors/$id.md" ] || found "doc/detectors/$id.md" "is missing: each detector has a page"
    [ -f "lib/detect/det_$name.c" ] || continue
    grep -q "\"$id\"" "lib/detect/det_$name.c" || found "lib/detect/det_$name.c" "its id is not \"$id\""
done
for f in $(sources | grep -E '^lib/detect/det_.*\.c$'); do
    head -60 "$f" | grep -q 'LIMITS' || found "$f" "has no LIMITS in its head comment"
done
for f in $(sources | grep -E '^doc/detectors/.*\.md$'); do
    name=$(basename "$f" .md)
    [ "$name" = README ] || is_row "${name//-/_}" lib/detect/detectors.def ||
        found "$f" "is the page of no detector"
done
for f in $(sources | grep -E '^tests/unit/test_.*\.c$'); do
    grep -qE "${f%.c}([^a-z0-9_]|$)" tests/Makefile.inc || found "$f" "is not in tests/Makefile.inc"
done
for name in $(grep -oE 'tests/unit/test_[a-z0-9_]+' tests/Makefile.inc | sort -u); do
    [ -f "$name.c" ] || found tests/Makefile.inc "$name has no file"
done
finish
