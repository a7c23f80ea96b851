#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_examples_elastic.sh - elastic.conf: the distribution's rsyslogd and omelasticsearch give events to
# bulk.py, which checks the bulk format. Every event is stored once, with the name of its data stream,
# though the server is away at first, and later again. What it refuses because it is busy is in the
# error file, so that it is not lost without a word.
#
# LIMITS: HTTP instead of HTTPS, and no Elasticsearch: what it would say of the fields is not known.
# index-template.json is held against the events instead: each field that it names is one of
# doc/EVENTS.md with a type that fits.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
host_servers rsyslog-elasticsearch
# shellcheck source=lib_examples.sh
. "$DNSMON_SRC/tests/host/lib_examples.sh"
need_module
command -v python3 >/dev/null || skip "no python3"
enter_private_network bash "$0"

start_bulk() {
    start_process bulk "$TEST_TMP/bulk.err" python3 "$DNSMON_SRC/tests/host/bulk.py" 9200 "$TEST_TMP"
    wait_for 10 tcp_open 127.0.0.1 9200 || problem "bulk.py does not listen: $(cat "$TEST_TMP/bulk.err")"
}

# stored: the documents in the spelling of rsyslogd's own file.
stored() {
    touch "$TEST_TMP/stored"
    cut -d ' ' -f 3- "$TEST_TMP/stored"
}

all_stored() {
    [ -z "$(comm -3 <(stored | sort) <(sort "$TEST_TMP/elastic/dnsmon.json"))" ]
}

has_events() {
    [ -f "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# infect FIRST LAST
infect() {
    infected_log "$1" "$2" >"$TEST_TMP/queries"
    EVENTS=$((EVENTS + $2 - $1 + 1))
    wait_for 10 send "$TEST_TMP/queries" 5141
    wait_for 15 has_events $EVENTS "$TEST_TMP/elastic/dnsmon.json" || problem "too little was found"
}

# expect_stored WHAT: all, once.
expect_stored() {
    wait_for 20 all_stored || problem "$1: $(stored | wc -l) of $(wc -l <"$TEST_TMP/elastic/dnsmon.json") events stored"
}

# Each field of the template is one that the events have, of that type.
check_template() {
    python3 - "$EXAMPLES/elastic/index-template.json" "$DNSMON_SRC/doc/EVENTS.md" <<'PYTHON'
import json, re, sys

KINDS = {"time": {"date"}, "ip": {"ip"}, "figure": {"double"}, "number": {"double", "float"},
         "integer": {"long"}, "text": {"text", "keyword"}, "word": {"keyword"}}
known = dict(re.findall(r"^\| `([^`]+)` \| (\w+) \|", open(sys.argv[2]).read(), re.M))
known = {path.replace("[]", ""): kind for path, kind in known.items()}


def leaves(properties, path):
    for name, field in properties.items():
        if "properties" in field:
            yield from leaves(field["properties"], path + [name])
        else:
            yield ".".join(path + [name]), field["type"]


named = dict(leaves(json.load(open(sys.argv[1]))["template"]["mappings"]["properties"], []))
for path, kind in named.items():
    if kind not in KINDS.get(known.get(path), ()):
        print(path, "is", known.get(path), "in EVENTS.md and", kind, "in the template")
for path, kind in known.items():
    if kind in ("time", "ip", "figure") and path not in named:
        print(path, "is not in the template")
PYTHON
}

# check_refused: the events of the last three clients are either stored or in the error file, and those
# of the others are stored.
check_refused() {
    local errors=$TEST_TMP/elastic/dnsmon-elastic-errors.json client
    expect_line "the answer in the error file" '"status": ?429' "$errors"
    for client in 20 21 22; do
        grep -q -F "192.0.2.$client" "$errors" || problem "the error file does not have 192.0.2.$client"
    done
    expect_equal "events that are nowhere" "$(head -n "$before" "$TEST_TMP/elastic/dnsmon.json" | sort |
        comm -13 <(stored | sort) - | wc -l)" 0
}

EVENTS=0
write_example elastic elastic.conf 5141 -e 's|https://search.example.edu:9200|http://127.0.0.1:9200|' \
    -e 's| tls.caCert="[^"]*"||' -e 's/resumeInterval="10"/resumeInterval="1"/'
start_example elastic
infect 10 15
[ ! -e "$TEST_TMP/stored" ] || problem "stored without a server"
start_bulk
expect_stored "the server was away"
stop_process bulk
infect 30 30
start_bulk
expect_stored "the server was away again"
touch "$TEST_TMP/busy"
before=$(wc -l <"$TEST_TMP/elastic/dnsmon.json")
infect 20 22
wait_for 10 test -s "$TEST_TMP/elastic/dnsmon-elastic-errors.json" || problem "nothing is in the error file"
rm "$TEST_TMP/busy"
stop_process elastic || problem "rsyslogd had to be killed"
check_refused
expect_equal "faults of the requests" "$(sort "$TEST_TMP/faults" 2>/dev/null | uniq -c)" ""
expect_equal "data streams" "$(cut -d ' ' -f 1 "$TEST_TMP/stored" | sort -u)" logs-dnsmon.event-default
expect_equal "ids that came twice" "$(cut -d ' ' -f 2 "$TEST_TMP/stored" | sort | uniq -d)" ""
expect_equal "index-template.json" "$(check_template)" ""
stop_processes
[ "$TEST_FAILURES" -eq 0 ] || head -c 2500 "$TEST_TMP"/*.err
finish
