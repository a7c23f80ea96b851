#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_health.sh - a steady query log, of which parts are taken away or said otherwise.

# lines FROM UNTIL [FORM [HOST]]: two queries a second, and the MX of a new domain every minute by
# 192.0.2.7, from FROM to UNTIL s of 2026-05-12. FORM: new (BIND 9.18), old (9.2), bad, words.
lines() {
    awk -v from="$1" -v until="$2" -v form="${3:-new}" -v host="${4:-ns1}" '
    function say(t, client, port, type, name,    head) {
        head = sprintf("2026-05-12T%02d:%02d:%06.3fZ %s named[7]: ", t / 3600, t % 3600 / 60, t % 60, host)
        if (form == "old") print head "client " client "#" port ": query: " name " IN " type
        else if (form == "bad") print head "client @0x7f " client "#" port " (" name "): query: " name " of type " type
        else if (form == "words") print head client "#" port " asked for " name "/" type
        else print head "client @0x7f " client "#" port " (" name "): query: " name " IN " type " +E(0)K (192.0.2.53)"
    }
    BEGIN {
        for (t = from; t < until; t++) {
            say(t + .25, "192.0.2." 20 + t % 50, 1024 + t % 60000, "A", "www" t % 97 ".example")
            if (t % 60 == 7) say(t + .253, "192.0.2.7", 1024 + t % 60000, "MX", "d" t ".example")
            say(t + .75, "192.0.2." 90 + t % 50, 1024 + t % 60000, "AAAA", "www" t % 97 ".example")
        }
    }'
}
