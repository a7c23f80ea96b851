#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_papers_summary.sh - what daily-summary says of the papers' days: the exact counts of F 1, and
# F 4: Figure 2 of S1, from the log of a bot whose names begin so.
# Source: doc/SCIENCE.md A.3, A.5, F.1, F.4.
#
# LIMITS: of Figure 2's first column only the head can be read; the letters behind it are the other
# columns' beginnings (tests/testlib/figure2.h).

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=lib_golden.sh
. "$(dirname "$0")/lib_golden.sh"
need_genlog
cd "$TEST_TMP" || exit 1

cat >site.conf <<'END'
[site]
networks = 192.0.2.0/24
timezone = Asia/Tokyo
[detectors]
enable = daily-summary
END

# summary SCENARIO YEAR: leaves SCENARIO.json, one summary a line, and SCENARIO.text
summary() {
    generate "$1" 9.18
    replay "$1" site.conf "$2" "$1.9.18.log"
}

# asked LOG "Mon DD" [CLIENT]: "a mx ptr", counted by awk
asked() {
    awk -v day="$2" -v client="$3" '
        index($0, day " ") == 1 && (client == "" || index($0, " " client "#")) {
            for (i = 1; i < NF; i++) if ($i == "IN") n[$(i + 1)]++ }
        END { print n["A"] + 0, n["MX"] + 0, n["PTR"] + 0 }' "$1"
}

# day_is SCENARIO DAY LOGDAY CLIENT MX TOTAL: the site's counts are the log's, the client leads
day_is() {
    local line a mx ptr
    line=$(grep "On $2 " "$1.json")
    read -r a mx ptr <<<"$(asked "$1.9.18.log" "$3")"
    case $line in
    *"\"count\":{\"a\":$a,\"aaaa\":0,\"mx\":$mx,\"ptr\":$ptr,\"other\":0},\"top\""*) ;;
    *) problem "$1 on $2: not $a A, $mx MX, $ptr PTR: $line" ;;
    esac
    case $line in
    *"\"total\":[{\"ip\":\"$4\",\"count\":$6}"*) ;;
    *) problem "$1 on $2: $4 does not lead with $6 questions: $line" ;;
    esac
    [ "$5" = 0 ] && return
    case $line in
    *"\"top\":{\"mx\":[{\"ip\":\"$4\",\"count\":$5}],"*) ;;
    *) problem "$1 on $2: $4 is not the one with $5 MX: $line" ;;
    esac
}

# F 1
summary sobig 2003
day_is sobig 2003-08-19 'Aug 19' 192.0.2.31 190 226
day_is sobig 2003-08-20 'Aug 20' 192.0.2.31 335 424
day_is sobig 2003-08-21 'Aug 21' 192.0.2.31 422 623
expect_equal 'sobig: a summary a day' "$(wc -l <sobig.json)" 4
summary mydoom 2004
day_is mydoom 2004-01-28 'Jan 28' 192.0.2.32 807 5630
summary relay 2004
day_is relay 2004-02-26 'Feb 26' 192.0.2.33 2922 9816
summary mytob 2005
day_is mytob 2005-02-25 'Feb 25' 192.0.2.34 0 32728

# column JSON K [SITE]: "prefix count ..." of the client's list, or of the site's
column() {
    local part='s/.*"prefix":{"client":"192.0.2.34",\(.*\),"site":{.*/\1/p'
    [ -n "${3-}" ] && part='s/.*"site":{\(.*\)}},"window".*/\1/p'
    sed -n "$part" "$1" | grep -o "\"$2\":\[[^]]*\]" | grep -o '"prefix":"[^"]*","count":[0-9]*' |
        sed 's/"prefix":"\(.*\)","count":/\1 /' | tr '\n' ' '
}

# F 4: the figure's columns by falling count, equal ones by bytes.
figure() {
    case $1 in
    1) echo 'm 9975 s 1569 i 566 p 542 r 490 n 462 c 403 b 395 w 363 g 341' ;;
    2) echo 'ma 7506 mx 1883 sm 888 in 265 re 237 po 231 ns 153 sp 143 co 132 ba 120' ;;
    3) echo 'mai 7404 smt 872 mx1 583 mx0 402 mx. 378 rel 196 mx2 171 inb 134 pop 118 spa 108' \
        'www 96 bar 85 mx3 82 ser 82 pos 75 mx- 70 ema 67 gat 67 cor 62 web 57 mta 55 ns. 55' ;;
    4) echo 'mail 7399 smtp 872 mx1. 451 rela 195 mx2. 167 inbo 134 spam 101 mx01 91 www. 91' \
        'mx3. 79 serv 79 pop. 76 barr 73 post 69 emai 67 gate 64 filt 51 mx0. 49 mx4. 47' ;;
    5) echo 'mail. 5894 smtp. 491 mail1 229 mailh 201 mail2 200 relay 190 mailg 162 inbou 133' \
        'mail- 129 mails 108 smtp1 96 mx01. 90 mail0 74 barra 73 smtp- 72 serve 70 email 67' \
        'mail3 65' ;;
    esac
}

for scenario in figure2 figure2-twice; do
    summary $scenario 2005
    expect_equal "$scenario: one day" "$(wc -l <$scenario.json)" 1
    expect_line "$scenario: nothing is missing" '"lossy":false' $scenario.json
    for k in 1 2 3 4 5; do
        # The column ends where the figure's does; behind it are what fills the log.
        case "$(column $scenario.json $k)" in
        "$(figure $k) "*) ;;
        *) problem "$scenario: first $k: $(column $scenario.json $k)" ;;
        esac
    done
    # The site has 200 www names of an innocent client beside.
    case "$(column $scenario.json 3 site)" in
    'mai 7404 smt 872 mx1 583 mx0 402 mx. 378 www 296 '*) ;;
    *) problem "$scenario: site: $(column $scenario.json 3 site)" ;;
    esac
done
[ "$(column figure2.json 5)" = "$(column figure2-twice.json 5)" ] ||
    problem 'asked twice, the names are not the same'

# The same whatever the threads, and in each form of line.
generate figure2-twice 9.2
for form in 9.18 9.2; do
    for threads in 1 4; do
        "$DNSMON_BUILD/dnsmon" replay --threads $threads --year 2005 -c site.conf --json \
            figure2-twice.$form.log >again.json || problem "replay, $threads threads, failed"
        cmp -s again.json figure2-twice.json || problem "form $form, $threads threads: other events"
    done
done
finish
