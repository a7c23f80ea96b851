#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Licence lines, calls that the library must not make, and what has no place in the tree.
. "$(dirname "$0")/lib.sh"
code_file=$(mktemp) || exit 1
trap 'rm -f "$found_file" "$code_file"' EXIT

# Each file's first three lines; what its folder wants.
sources | over awk '
function licence(f) {
    if (f ~ /^plugin\/rsyslog\//) return "GPL-3.0-or-later"
    if (f ~ /^plugin\/syslog-ng\//) return "GPL-2.0-or-later"
    return "LGPL-2.1-or-later"
}
function wanted(f,    name) {
    name = f
    sub(/.*\//, "", name)
    if (name ~ /\.(c|h|def|sh|py|l|y)$/) return licence(f)
    if (name ~ /\.(m4|inc|map)$/ || f == "configure.ac" || f == "Makefile.am") return "L?GPL-[23]\\.[01]-or-later"
    return ""
}
function tell() {
    if (want != "") print file "\t" want
    want = ""
}
FNR == 1 {
    tell()
    file = FILENAME
    seen[file] = 1
    want = wanted(file)
    if (want == "" && /^#!/) want = licence(file)
    if (want == "") nextfile
}
FNR <= 3 && want != "" && $0 ~ "SPDX-License-Identifier: " want "( \\*/)?$" { want = "" }
FNR >= 3 { nextfile }
END {
    tell()
    for (i = 1; i < ARGC; i++) { # empty ones
        file = ARGV[i]
        want = file in seen ? "" : wanted(file)
        tell()
    }
}' | while IFS=$'\t' read -r file want; do
    found "$file" "no line \"SPDX-License-Identifier: $want\" among the first three"
done

# The host owns the clock, the output, the locale and the process.
calls='time|clock_gettime|gettimeofday|printf|vprintf|fprintf|puts|perror|abort|exit|_exit|strtod|atof'
calls="$calls|sprintf|vsprintf|strcpy|strcat|g_log|g_warning|g_error|g_message|g_print|g_printerr"
calls="$calls|sleep|usleep|nanosleep|g_usleep|g_get_real_time|g_get_monotonic_time|g_strtod"
sources_in lib | code_in >"$code_file"
grep -E "[^A-Za-z0-9_.>]($calls) *\(" "$code_file" | each_found 'a call that lib/ must not make'
# "%.0f" prints no point; g_ascii_formatd() prints one everywhere.
sed 's/%\.0f//g; /g_ascii_formatd/d' "$code_file" | grep -E '"[^"]*%[-+0-9.*]*l?[efg]' |
    each_found "prints a double by the host's locale"

# Texts only; the checks name these words themselves.
texts() {
    sources | grep -Ev '^(tests/checks/|LICENSES/)'
}
texts | grep -v '\.md$' | over grep -HInE '\b(TODO|FIXME)\b' | grep -vE 'TODO\(#?[0-9]+\)' |
    each_found "a TODO has an issue's number, TODO(12)"
texts | over grep -HInE '(^|[^A-Za-z0-9_.])/work/' | each_found 'a path of one machine'
texts | over grep -HInoE '(https?|ftp)://[A-Za-z0-9._-]+' |
    grep -vE '://([^:]*\.)?(example(\.(com|org|net|edu))?|test|invalid|localhost)$|://[0-9.]+$' |
    while IFS=: read -r file line hit; do
        host=${hit#*://}
        grep -qxF "$host" tests/checks/hosts.txt ||
            found "$file:$line" "a host that tests/checks/hosts.txt does not list: $host"
    done
finish
