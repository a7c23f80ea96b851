#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# .clang-format decides layout; nobody discusses it.
. "$(dirname "$0")/lib.sh"
need clang-format clang-format

# Of each file the first line that it would change.
sources_in lib plugin tests examples | written_ones | over clang-format --dry-run --style=file 2>&1 |
    sed -n 's/^\([^:]*\):\([0-9]*\):[0-9]*: .*/\1 \2/p' | awk '!seen[$1]++' |
    while read -r file line; do
        found "$file:$line" "not laid out by .clang-format: clang-format -i $file"
    done
finish
