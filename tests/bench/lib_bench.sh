# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lib_bench.sh - what the measurements of this folder share; to be sourced. It needs $work, a folder.

# A campus mix in the form of BIND 9.18: 40 % A, 30 % AAAA, 20 % HTTPS, 5 % PTR, 0.2 % MX, the rest
# SRV, TXT, SOA (doc/SCIENCE.md D.1), 40,000 clients of which a few ask most, 100 lines a second.
# campus LINES
campus() {
    awk -v lines="$1" 'BEGIN {
        srand(7); split("www api cdn img static login edge push", host, " ")
        for (i = 0; i < lines; i++) {
            s = 32400 + i / 100; r = rand(); u = rand(); c = int(40000 * u * u * u)
            type = r < .42 ? "A" : r < .72 ? "AAAA" : r < .92 ? "HTTPS" : r < .95 ? "PTR" : \
                r < .97 ? "SRV" : r < .98 ? "TXT" : r < .982 ? "MX" : "SOA"
            v = rand()
            name = type == "PTR" ? sprintf("%d.%d.168.192.in-addr.arpa", 255 * v, 255 * r) : \
                host[1 + int(8 * rand())] ".d" int(20000 * v * v * v) ".example"
            printf "20-Nov-2026 %02d:%02d:%02d.%03d queries: info: client @0x7fbad7a6e098 10.0.%d.%d#%d (%s): query: %s IN %s +E(0)K (10.0.0.53)\n", \
                s / 3600, s % 3600 / 60, s % 60, (i % 100) * 10, c / 250, 1 + c % 250, 1024 + 60000 * u, name, name, type
        }
    }'
}

# seconds COMMAND...: wall clock of one run
seconds() {
    local from=$EPOCHREALTIME
    "$@" >"$work/out" || { echo "$0: $1 failed" >&2; exit 1; }
    echo "$from $EPOCHREALTIME" | awk '{ printf "%.4f\n", $2 - $1 }'
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
