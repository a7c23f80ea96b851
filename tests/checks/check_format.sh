#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# .clang-format decides layout; nobody discusses it.
. "$(dirname "$0")/lib.sh"
need clang-format clang-format

for f in $(sources_in lib plugin tests examples); do
    head -3 "$f" | grep -qi 'generated' && continue
    line=$(clang-format --dry-run --style=file "$f" 2>&1 | sed -n "s,^$f:\([0-9]*\):.*,\1,p" | head -1)
    [ -z "$line" ] || found "$f:$line" "not laid out by .clang-format: clang-format -i $f"
done
finish
