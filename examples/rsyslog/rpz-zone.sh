#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rpz-zone.sh - makes BIND's response policy zone of the lines that rpz.conf writes, if they changed.
#
#     rpz-zone.sh FEED ZONEFILE ZONE [TARGET [DAYS]]
#
# FEED      lines "TIME STATE RULE ADDRESS"
# TARGET    what the clients get for every name: . (no such name, default), *. (no data), rpz-drop.
#           (no answer), or a host of yours whose page tells the user, such as infected.example.edu.
# DAYS      an alarm of which nothing more was heard is dropped, default 3: one that goes on has an
#           update each midnight
#
# An address is in the zone while one of its alarms is open.  named-checkzone looks at the new file
# before it takes the old one's place, then "rndc reload ZONE"; when either fails, the exit status
# is 1.  Leave a word on standard error to cron's mail.
#
# LIMITS: /32 and /128 only; GNU date.

[ $# -ge 3 ] || {
    echo "usage: rpz-zone.sh FEED ZONEFILE ZONE [TARGET [DAYS]]" >&2
    exit 2
}
feed=$1 file=$2 zone=$3 target=${4:-.} days=${5:-3}
since=$(date -u -d "$days days ago" +%Y-%m-%dT%H:%M:%S) || exit 1
[ -f "$feed" ] || exit 0

records() {
    LC_ALL=C awk -v since="$since" -v target="$target" '
        # 192.0.2.7: 32.7.2.0.192; 2001:db8::7: 128.7.zz.db8.2001 (zz stands for the longest row of 0).
        function trigger(ip,    part, n, i, name) {
            sub(/^::/, "zz:", ip); sub(/::$/, ":zz", ip); sub(/::/, ":zz:", ip)
            n = split(ip, part, /[.:]/)
            name = ip ~ /:/ ? "128" : "32"
            for (i = n; i > 0; i--) name = name "." part[i]
            return name ".rpz-client-ip"
        }
        NF == 4 && $4 ~ /^[0-9a-f.:]+$/ {
            key = $3 " " $4
            if ($2 == "close" || $1 < since) delete open[key]; else open[key] = $4
        }
        END {
            for (key in open) if (!done[open[key]]++) print trigger(open[key]), "CNAME", target
        }' "$feed" | sort
}

records >"$file.records" || exit 1
if [ -f "$file" ] && sed '1,/^; records/d' "$file" | cmp -s - "$file.records"; then
    rm -f "$file.records"
    exit 0
fi
{
    printf '; Made by rpz-zone.sh from %s: do not edit.\n$TTL 60\n' "$feed"
    printf '@ SOA localhost. hostmaster.localhost. %s 3600 600 86400 60\n@ NS localhost.\n' "$(date +%s)"
    printf '; records\n'
    cat "$file.records"
} >"$file.new" && rm -f "$file.records"
${CHECKZONE:-named-checkzone} -q "$zone" "$file.new" || {
    echo "rpz-zone.sh: $file.new is no good zone, the old one stays" >&2
    exit 1
}
mv "$file.new" "$file" && ${RNDC:-rndc} reload "$zone" >/dev/null
