#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Licence lines, calls that the library must not make, and what has no place in the tree.
. "$(dirname "$0")/lib.sh"

# licence FILE: what its folder wants
licence() {
    case $1 in
    plugin/rsyslog/*) echo GPL-3.0-or-later ;;
    plugin/syslog-ng/*) echo GPL-2.0-or-later ;;
    *) echo LGPL-2.1-or-later ;;
    esac
}

sources | while IFS= read -r f; do
    case $f in
    *.c | *.h | *.def | *.sh | *.py | *.l | *.y) want=$(licence "$f") ;;
    *.m4 | *.inc | *.map | configure.ac | Makefile.am) want='L?GPL-[23]\.[01]-or-later' ;;
    *.*) head -c 2 "$f" | grep -q '^#!' || continue; want=$(licence "$f") ;;
    *) head -c 2 "$f" | tr -d '\0' | grep -q '^#!' || continue; want=$(licence "$f") ;;
    esac
    head -3 "$f" | grep -qE "SPDX-License-Identifier: $want( \*/)?$" ||
        found "$f" "no line \"SPDX-License-Identifier: $want\" among the first three"
done

# The host owns the clock, the output, the locale and the process.
calls='time|clock_gettime|gettimeofday|printf|vprintf|fprintf|puts|perror|abort|exit|_exit|strtod|atof'
calls="$calls|sprintf|vsprintf|strcpy|strcat|g_log|g_warning|g_error|g_message|g_print|g_printerr"
calls="$calls|sleep|usleep|nanosleep|g_usleep|g_get_real_time|g_get_monotonic_time|g_strtod"
for f in $(sources_in lib); do
    code "$f" | grep -nE "(^|[^A-Za-z0-9_.>])($calls) *\(" | while IFS= read -r hit; do
        found "$f:${hit%%:*}" "a call that lib/ must not make:${hit#*:}"
    done
    # "%.0f" prints no point; g_ascii_formatd() prints one everywhere.
    code "$f" | sed 's/%\.0f//g; s/.*g_ascii_formatd.*//' | grep -nE '"[^"]*%[-+0-9.*]*l?[efg]' | while IFS= read -r hit; do
        found "$f:${hit%%:*}" "prints a double by the host's locale:${hit#*:}"
    done
done

# Texts only; the checks name these words themselves.
texts() {
    sources | grep -Ev '^(tests/checks/|LICENSES/)' | while IFS= read -r f; do
        grep -Iq . "$f" && echo "$f"
    done
}
texts | while IFS= read -r f; do
    case $f in
    *.md) ;;
    *) grep -nE '\b(TODO|FIXME)\b' "$f" | grep -vE 'TODO\(#?[0-9]+\)' | while IFS= read -r hit; do
        found "$f:${hit%%:*}" "a TODO has an issue's number, TODO(12):${hit#*:}"
    done ;;
    esac
    grep -nE '(^|[^A-Za-z0-9_.])/work/' "$f" | while IFS= read -r hit; do
        found "$f:${hit%%:*}" "a path of one machine:${hit#*:}"
    done
    grep -noE '(https?|ftp)://[A-Za-z0-9._-]+' "$f" | while IFS= read -r hit; do
        host=${hit#*://}
        grep -qxF "$host" tests/checks/hosts.txt && continue
        echo "$host" | grep -qE '(^|\.)(example(\.(com|org|net|edu))?|test|invalid|localhost)$|^[0-9.]+$' ||
            found "$f:${hit%%:*}" "a host that tests/checks/hosts.txt does not list: $host"
    done
done
finish
