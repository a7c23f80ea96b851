#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What every check shares. Sourced, not run.
#
# DNSMON_SRC    the source tree (default: two folders above this file)
# DNSMON_BUILD  the build tree  (default: DNSMON_SRC)
#
# Exit status of a check: 0 nothing found, 1 found (named on standard output, file first), 77 the
# check cannot be made here (a tool or the build is missing; the reason is printed).
set -u
export LC_ALL=C
: "${DNSMON_SRC:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${DNSMON_BUILD:=$DNSMON_SRC}"
DNSMON_SRC=$(cd "$DNSMON_SRC" && pwd) && DNSMON_BUILD=$(cd "$DNSMON_BUILD" && pwd) || exit 1
cd "$DNSMON_SRC" || exit 1

found_file=$(mktemp) || exit 1
trap 'rm -f "$found_file"' EXIT

# found WHERE WHAT: one finding. Works from a pipeline's subshell too.
found() {
    echo "$1: $2" | tee -a "$found_file"
}

# finish: the check's last command.
finish() {
    [ -s "$found_file" ] && exit 1
    exit 0
}

# skip REASON
skip() {
    echo "skipped: $1"
    exit 77
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed (package $2)"
}

# sources: the files that are ours, one a line. In a tarball, where git knows nothing, all files
# except those that the autotools make.
sources() {
    if [ -e .git ] && command -v git >/dev/null; then
        git ls-files --cached --others --exclude-standard | while IFS= read -r f; do
            [ -f "$f" ] && echo "$f"
        done
        return
    fi
    # Without git: what a build leaves is told by its name, its programs by being executable.
    find . -type f ! \( -perm -u+x ! -name '*.sh' ! -name '*.py' ! -path './.ci/run' \) | sed 's,^\./,,' | grep -Ev \
        -e '^(build|_build|_inst|build-aux|autom4te\.cache|\.git)/' -e '(^|/)(\.deps|\.libs)/' \
        -e '^(aclocal\.m4|configure~?|config\.(h\.in~?|h|log|status)|libtool|stamp-h1)$' \
        -e '^plugin/(syslog-ng/grammar\.[chy]|dnsmon/report_css\.h)$' -e '^m4/(libtool|lt.*)\.m4$' -e '(^|/)Makefile(\.in)?$' -e '\.(o|lo|la|so|log|trs)$'
}

# sources_in DIR... : C files and headers below folders.
sources_in() {
    local dirs
    dirs=$(printf '%s|' "$@")
    sources | grep -E "^(${dirs%|})/.*\.[ch]$"
}

# each_found WHAT: a finding of each "FILE:LINE:TEXT" on standard input.
each_found() {
    local file line text
    while IFS=: read -r file line text; do
        found "$file:$line" "$1:$text"
    done
}

# over COMMAND...: with the files that standard input names as its last arguments.
over() {
    tr '\n' '\0' | xargs -0 -r "$@"
}

# written_ones: of the files that standard input names those that do not say "generated" in their
# first three lines.
written_ones() {
    over awk 'function tell() { if (file != "") print file; file = "" }
        FNR == 1 { tell(); file = FILENAME }
        tolower($0) ~ /generated/ { file = "" }
        FNR >= 3 { nextfile }
        END { tell() }'
}

# code FILE: without its comments, line numbers kept.
# code_in: the same of many, named on standard input, as "FILE:LINE:TEXT".
code() {
    awk "$code_program" "$1"
}

code_in() {
    over awk "FNR == 1 { inside = 0 } { printf \"%s:%d:\", FILENAME, FNR } $code_program"
}

code_program='{
        out = ""; line = $0
        while (line != "") {
            if (inside) {
                at = index(line, "*/")
                if (!at) { line = ""; break }
                line = substr(line, at + 2); inside = 0
            } else {
                at = index(line, "/*")
                slashes = index(line, "//")
                if (slashes && (!at || slashes < at) && substr(line, slashes - 1, 1) != ":") {
                    out = out substr(line, 1, slashes - 1); line = ""; break
                }
                if (!at) { out = out line; line = ""; break }
                out = out substr(line, 1, at - 1); line = substr(line, at + 2); inside = 1
            }
        }
        print out
    }'
