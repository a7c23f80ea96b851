# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lib_notify.sh - who gets mail: networks and their managers, the questions of infected machines in
# them, and the mails that smtp-sink has taken behind a real Postfix. To be sourced by bash after
# tests/lib.sh and host_servers.

JAIL=$TEST_TMP/jail
DEPARTMENTS=17          # and three more networks: twenty machines, as [events] storm-clients allows
OUTBREAK=60
# More than [detector mass-mailer] alarm-domains (16), fewer than [detector mx-census] over (50): one
# rule, so that a machine can be in one list only.
DOMAINS=36

write_dnsmon_conf() {
    local i
    printf '%s\n' '[site]' 'networks=127.20.0.0/16;127.0.0.1' 'domains=site.test' 'timezone=UTC' \
        '[roles]' 'mail-servers=127.20.2.25;127.20.128.25' '[events]' "$1"
    # named, Postfix and rsyslogd share this host and this address.
    printf '%s\n' '[managers]' '127.0.0.1=postmaster@notifier.example' \
        '127.20.0.0/16=site@campus.example' '127.20.128.0/24=lab@within.example' \
        '127.20.200.0/24=outbreak@dept200.example' '127.20.90.0/24=Room 12 (ask "Jo")'
    for ((i = 1; i <= DEPARTMENTS; i++)); do
        printf '127.20.%d.0/24=it@dept%d.example\n' "$i" "$i"
    done
}

# mass_mailer CLIENT NUMBER: the questions of a worm: for each domain its mail server and that
# one's address, under no name that rule keyword-scan looks for.
mass_mailer() {
    local i
    for ((i = 1; i <= DOMAINS; i++)); do
        printf '%s MX c%dd%d.example\n%s A in1.c%dd%d.example\n' "$1" "$2" "$i" "$1" "$2" "$i"
    done
}

live_questions() {
    local i
    for ((i = 1; i <= DEPARTMENTS; i++)); do mass_mailer "127.20.$i.66" "$i"; done
    mass_mailer 127.20.127.66 127       # no department's: the site's manager
    mass_mailer 127.20.128.66 128       # within: not the site's manager
    mass_mailer 127.20.90.66 90         # a manager without an address
    mass_mailer 127.20.2.25 225         # authorised
    mass_mailer 127.20.128.25 228
    mass_mailer 127.99.1.66 199         # outside
    mass_mailer 127.99.2.66 299
}

outbreak_questions() {
    local i
    for ((i = 1; i <= OUTBREAK; i++)); do mass_mailer "127.20.200.$i" "200$i"; done
}

# retime QUERY-LOG: the same lines in their order, two thirds of them within eight minutes, the rest
# within a hundred, and then a question a minute of somebody else for an hour, so that time goes on
# and lists become due.  All of it is in the past: the last line is of now.
retime() {
    awk -v end="$(date +%s)" '
        function put(t) {
            printf "%s.%03d", strftime("%d-%b-%Y %H:%M:%S", int(t)), (t - int(t)) * 1000
            for (i = 3; i <= NF; i++) printf " %s", $i
            printf "\n"
        }
        { line[NR] = $0 }
        END {
            begin = end - (8 + 100 + 60) * 60; storm = int(NR * 2 / 3)
            for (n = 1; n <= NR; n++) {
                $0 = line[n]
                put(n <= storm ? begin + 480 * n / storm : begin + 480 + 6000 * (n - storm) / (NR - storm))
            }
            gsub(/127\.20\.200\.[0-9]+/, "127.20.1.1"); gsub(/IN (MX|A) /, "IN A ")
            for (n = 1; n <= 60; n++) put(begin + 6480 + 60 * n)
        }' "$1"
}

# The mails that smtp-sink has taken, one file each: "RECIPIENT FILE".
mails() {
    grep -H -i '^X-Rcpt-Args:' "$JAIL"/var/dump/* 2>/dev/null |
        sed -E 's/^([^:]*):[^<]*<([^>]*)>.*/\2 \1/'
}

mails_are() {
    [ "$(mails | wc -l)" -ge "$1" ]
}

mails_to() {
    mails | awk -v who="$1" '$1 == who { print $2 }'
}

# expect_only MANAGER MACHINE: exactly one mail, and no other machine of the site's in it.
expect_only() {
    local files
    mapfile -t files < <(mails_to "$1")
    expect_equal "mails to $1" ${#files[@]} 1
    [ ${#files[@]} -gt 0 ] || return 0
    expect_equal "machines in the mail to $1" \
        "$(sed '1,/^$/d' "${files[@]}" | grep -o -E '127\.[29][0-9.]+[0-9]' | sort -u)" "$2"
    expect_line "the subject for $1" "^Subject: \[dnsmon\] alarm: [a-z-]+ $2\$" "${files[0]}"
}

# told FILE...: of each mail its time in the log, s since 1970, and "list" or "one".
told() {
    local file
    for file in "$@"; do
        printf '%s %s\n' "$(date -d "$(sed -n 's/\r$//; s/^Found: *//p' "$file")" +%s)" \
            "$(is_list "$file" && echo list || echo one)"
    done | sort -n
}

is_list() {
    grep -q '^Subject: .*in your network' "$1"
}

# machines_in FILE...: each once a mail.
machines_in() {
    local file
    for file in "$@"; do
        sed '1,/^\r*$/d' "$file" | grep -o -E '127\.20\.200\.[0-9]+' | sort -u
    done
}

# busiest SECONDS FILE: most mails within any such time, of what told() printed.
busiest() {
    awk -v span="$1" '{ t[NR] = $1 }
        END { for (i = 1; i <= NR; i++) { for (n = 0; i + n <= NR && t[i + n] - t[i] < span; n++);
                if (n > most) most = n }
            print most + 0 }' "$2"
}

all_told() {
    local files
    mapfile -t files < <(mails_to outbreak@dept200.example)
    [ ${#files[@]} -gt 0 ] && [ "$(machines_in "${files[@]}" | sort -u | wc -l)" = $OUTBREAK ]
}

check_outbreak() {
    local files lists=0 file hour
    mapfile -t files < <(mails_to outbreak@dept200.example)
    for file in "${files[@]}"; do
        if is_list "$file"; then lists=$((lists + 1)); fi
    done
    told "${files[@]}" >"$TEST_TMP/told"
    [ $lists -gt 0 ] || problem "no list came"
    expect_equal "mails to others" "$(mails | grep -c -v '^outbreak@')" 0
    expect_equal "machines that the manager was told of" \
        "$(machines_in "${files[@]}" | sort -u | wc -l)" $OUTBREAK
    expect_equal "machines that he was told of twice" "$(machines_in "${files[@]}" | sort | uniq -d)" ""
    hour=$(busiest 3600 "$TEST_TMP/told")
    [ "$hour" -le 4 ] || problem "$hour mails within an hour"
    [ "$TEST_FAILURES" -eq 0 ] || cat "$TEST_TMP/told"
}

# check_live DIR: of live_questions(); events that nobody was mailed are in DIR.
check_live() {
    local i
    for ((i = 1; i <= DEPARTMENTS; i++)); do expect_only "it@dept$i.example" "127.20.$i.66"; done
    expect_only site@campus.example 127.20.127.66
    expect_only lab@within.example 127.20.128.66
    expect_equal "mails in all" "$(mails | wc -l)" $((DEPARTMENTS + 2))
    cat "$JAIL"/var/dump/* >"$TEST_TMP/all-mails"
    expect_no_line "a mail about a server or an outsider" '127\.20\.2\.25|127\.20\.128\.25|127\.99\.' \
        "$TEST_TMP/all-mails"
    expect_equal "events that nobody was mailed" "$(wc -l <"$1/dnsmon-not-mailed.json")" 1
    expect_line "of whom nobody was mailed" '"client": ?\{ ?"ip": ?"127\.20\.90\.66"' \
        "$1/dnsmon-not-mailed.json"
}
