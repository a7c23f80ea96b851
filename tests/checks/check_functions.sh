#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions over 60 lines are a warning, over 80 a finding; so are files over 500 lines.
# Left out: tables (*.def), the rows of a table inside a function, and files that say "generated" in their first three lines.
. "$(dirname "$0")/lib.sh"
need ctags universal-ctags
ctags --version | grep -q Universal || skip "ctags is not Universal Ctags (package universal-ctags)"

files=$(sources_in lib plugin tests examples | written_ones)
over wc -l <<<"$files" | while read -r n f; do
    [ "$f" = total ] || [ "$n" -le 500 ] || found "$f" "$n lines: split it at 500"
done
over ctags -x --sort=no --language-force=C --kinds-C=f --_xformat='%F %N %n %{end}' <<<"$files" 2>/dev/null |
    while read -r f name first last; do
        case $last in '' | *[!0-9]*) continue ;; esac
        [ $((last - first)) -ge 60 ] || continue
        n=$(sed -n "${first},${last}p" "$f" | grep -cvE '^ +[{].*(,|\},?)( */[*].*)?$|^ +[^;{]*\},$')
        if [ "$n" -gt 80 ]; then
            found "$f:$first" "$name() has $n lines: at most 80, aim at 15"
        elif [ "$n" -gt 60 ]; then
            echo "$f:$first: warning: $name() has $n lines"
        fi
    done
finish
