#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Includes go one way, left to right; the plugins know the public header only, and the log hosts'
# plugins know nothing of DNS.
. "$(dirname "$0")/lib.sh"
order=(util stats dns parse site stream client server detect event incident figures monitor)

rank() {
    local i
    for i in "${!order[@]}"; do
        [ "${order[$i]}" = "$1" ] && echo "$i" && return
    done
    echo -1
}

# includes FILE: "LINE HEADER" of each include with quotes
includes() {
    sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p;' "$1"
}

for f in $(sources_in lib); do
    own=$(echo "$f" | cut -d/ -f2)
    [ "$own" = include ] && continue
    mine=$(rank "$own")
    [ "$mine" -ge 0 ] || { found "$f" "folder lib/$own has no place in the order: ${order[*]}"; continue; }
    for h in $(includes "$f"); do
        case $h in
        dnsmon/dnsmon.h | config.h) continue ;;
        *plugin* | *..*) found "$f" "includes $h: nothing in lib/ knows what is outside"; continue ;;
        */*) ;;
        *) found "$f" "includes $h: write it from lib/, as \"$own/$h\""; continue ;;
        esac
        theirs=$(rank "${h%%/*}")
        [ "$theirs" -ge 0 ] || { found "$f" "includes $h: no such folder"; continue; }
        [ "$theirs" -le "$mine" ] || found "$f" "includes $h: $own may not know ${h%%/*}"
    done
done
for f in $(sources_in plugin examples); do
    for h in $(includes "$f"); do
        [ "$h" = dnsmon/dnsmon.h ] && continue
        case $h in *../lib/*) found "$f" "includes $h: only dnsmon/dnsmon.h is for plugins" ;; esac
        [ -f "lib/$h" ] && found "$f" "includes $h: only dnsmon/dnsmon.h is for plugins"
    done
done
for f in $(sources_in plugin/rsyslog plugin/syslog-ng); do
    words='MX|PTR|AAAA|NXDOMAIN|DNS query|query|queries|qname|qtype|rcode|resolver|registered domain'
    code "$f" | grep -nwE "$words" | while IFS= read -r hit; do
        found "$f:${hit%%:*}" "knows a DNS word:${hit#*:}"
    done
done
finish
