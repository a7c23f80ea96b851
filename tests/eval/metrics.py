#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""metrics.py LABELS EVENTS BASELINES >RUN.json - what one run of the evaluation found.

Compares the events of `dnsmon replay --json` and the findings of the baselines with the labels
of gen_campus.  Episodes are incidents of one rule and address, merged when less than 24 h apart
(doc/SCIENCE.md D.2).  An episode on an address that was infected, until 48 h after the end, is
not false, whatever its rule.  report.py adds runs up.

LIMITS: standard library only; everything in memory.
"""

import bisect
import json
import sys
from collections import defaultdict
from datetime import datetime

DAY_MS = 86400000
MERGE_MS = DAY_MS
# A finding may be that much later than the last malicious look-up and still be about it.
AFTER_MS = DAY_MS
# An incident is held for a day after its last query, and a score decays for two (det_mass_mailer.c).
BLAMELESS_MS = 2 * DAY_MS
START_MS = 20549 * DAY_MS

MAIL_SOURCE = ("mass-mailer", "keyword-scan", "bot-join")
# Which rules are an answer to which infection.
EXPECTED = {
    **{f"I{i}": MAIL_SOURCE for i in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 24)},
    "I6": MAIL_SOURCE + ("tcp-probe",),
    "I24f": MAIL_SOURCE,
    "I14": ("backscatter",),
    "I15": ("backscatter",),
    "I16a": ("smtp-dos",),
    "I16b": ("smtp-dos",),
    "I17": ("reject-surge",),
}
# Rules that report no suspect, and the original rule, which is a baseline itself (B-1).
NOT_FINDINGS = ("daily-summary", "feed-gap", "format-drift", "table-full", "campaign-sync")


def lines_of(path):
    """The JSON objects of a file."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def ms_of(stamp):
    """Milliseconds since 1970 of an event's time."""
    return round(datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() * 1000)


class Truth:
    """The labels of a run."""

    def __init__(self, path):
        self.run, self.role, self.unlisted = {}, {}, set()
        self.infections, self.servers = [], []
        for obj in lines_of(path):
            kind = obj.pop("kind")
            if kind == "run":
                self.run = obj
            elif kind == "client":
                self.role[obj["ip"]] = obj["role"]
                if not obj.get("listed", True):
                    self.unlisted.add(obj["ip"])
            elif kind == "server":
                self.servers.append(obj)
            else:
                self.infections.append(obj)
        self.infected = defaultdict(list)
        for inf in self.infections:
            for span in inf["spans"]:
                self.infected[span["ip"]].append((span["from"], span["to"]))

    def is_infected(self, ip, t_ms):
        """Whether something malicious came from @ip of late."""
        return any(a <= t_ms <= b + BLAMELESS_MS for a, b in self.infected.get(ip, ()))


def subject(event):
    """The address that an event is about: a mail server, or a client."""
    return event.get("host", {}).get("ip") or event.get("client", {}).get("ip")


def read_event(event, incidents, summaries):
    """Put one event into its incident."""
    own, t_ms, rule = event["dnsmon"], ms_of(event["@timestamp"]), event["rule"]["id"]
    if rule == "daily-summary":
        summaries.append({"t": t_ms, "ip": subject(event), **own})
        return
    if rule in NOT_FINDINGS:
        return
    rows = [(event.get("event", {}).get("id"), subject(event), own.get("level"))]
    if own.get("clients"):
        rows = [(f"{rule} {c['ip']} {t_ms}", c["ip"], c["level"]) for c in own["clients"]]
    for key, ip, level in rows:
        inc = incidents.setdefault(key, {"rule": rule, "ip": ip, "notice": None, "alarm": None,
                                         "open": t_ms, "peers": set(), "classes": []})
        inc["last"] = t_ms
        inc["classes"].append((t_ms, own.get("class")))
        if event.get("host") and event.get("client"):
            inc["peers"].add(event["client"]["ip"])
        if own["state"] != "close" or len(inc["classes"]) == 1:
            if level in ("notice", "alarm") and inc["notice"] is None:
                inc["notice"] = t_ms
            if level == "alarm" and inc["alarm"] is None:
                inc["alarm"] = t_ms


def read_incidents(path):
    """Incidents in order of opening, and the daily summaries."""
    incidents, summaries = {}, []
    for event in lines_of(path):
        read_event(event, incidents, summaries)
    return sorted(incidents.values(), key=lambda i: (i["open"], i["ip"] or "")), summaries


def merge(incidents):
    """Episodes: incidents of one rule and address that are less than a day apart."""
    last, episodes = {}, []
    for inc in incidents:
        before = last.get((inc["rule"], inc["ip"]))
        if before and inc["open"] - before["last"] < MERGE_MS:
            before["last"] = inc["last"]
            before["alarm"] = before["alarm"] or inc["alarm"]
            continue
        episode = dict(inc)
        last[(inc["rule"], inc["ip"])] = episode
        episodes.append(episode)
    return episodes


def first_finding(inf, incidents, level):
    """When and by which incident an infection was found at a level, or None."""
    best = None
    for inc in incidents:
        t_ms = inc[level]
        if t_ms is None or inc["rule"] not in EXPECTED.get(inf["id"], ()):
            continue
        if any(s["ip"] == inc["ip"] and s["from"] <= t_ms <= s["to"] + AFTER_MS
               for s in inf["spans"]) and (best is None or t_ms < best[0]):
            best = (t_ms, inc)
    return best


def delay(inf, t_ms):
    """Time to detection: seconds, look-ups, domains that were new to it."""
    return {"s": (t_ms - inf["start"]) / 1000, "lookups": bisect.bisect_right(inf["times"], t_ms),
            "novel": bisect.bisect_right(inf["novel_times"], t_ms)}


def class_said(inf, incidents):
    """What mass-mailer said of an infection when that was over: the last class of its first
    incident about it, or the first class of an incident that came later still."""
    for inc in incidents:
        if inc["rule"] == "mass-mailer" and any(
                s["ip"] == inc["ip"] and s["from"] <= inc["open"] <= s["to"] + AFTER_MS
                for s in inf["spans"]):
            said = [c for t, c in inc["classes"] if t <= inf["end"] + 600000]
            return said[-1] if said else inc["classes"][0][1]
    return None


def score_infection(inf, by_ip, baselines):
    """One row: what became of an infection."""
    mine = [i for s in inf["spans"] for i in by_ip.get(s["ip"], ())]
    mine.sort(key=lambda i: i["open"])
    row = {"id": inf["id"], "truth": inf["truth"], "lookups": inf["lookups"],
           "hours": (inf["end"] - inf["start"]) / 3.6e6, "class": class_said(inf, mine),
           "ptr_tool": inf["ptr_tool"]}
    for level in ("notice", "alarm"):
        found = first_finding(inf, mine, level)
        row[level] = delay(inf, found[0]) if found else None
        if found and inf.get("peer"):
            row["named"] = inf["peer"] in found[1]["peers"]
    if inf["id"] == "I17":
        row["called_dos"] = any(i["rule"] == "smtp-dos" and inf["start"] <= i["open"] <=
                                inf["end"] + AFTER_MS for i in mine)
    row["baseline"] = {}
    for name, rows in baselines.items():
        times = [t for s in inf["spans"] for t, _ in rows.get(s["ip"], ())
                 if s["from"] <= t <= s["to"] + AFTER_MS]
        row["baseline"][name] = (min(times) - inf["start"]) / 1000 if times else None
    return row


def false_rows(truth, episodes):
    """Episodes about addresses that nothing was wrong with."""
    rows = []
    for epi in episodes:
        when = epi["notice"] or epi["open"]
        if epi["ip"] is None or truth.is_infected(epi["ip"], when):
            continue
        rows.append({"rule": epi["rule"], "class": epi["classes"][0][1],
                     "level": "alarm" if epi["alarm"] else "notice", "ip": epi["ip"],
                     "role": truth.role.get(epi["ip"], "?"),
                     "listed": epi["ip"] not in truth.unlisted,
                     "day": (when - START_MS) // DAY_MS})
    return rows


def read_baselines(path):
    """Of each baseline: address to times."""
    found = defaultdict(lambda: defaultdict(list))
    for obj in lines_of(path):
        found[obj["baseline"]][obj["ip"]].append((obj["t"], obj["new"]))
    return found


def false_baselines(truth, baselines):
    """False episodes of each baseline by role."""
    out = {}
    for name, rows in baselines.items():
        count = defaultdict(int)
        for ip, times in rows.items():
            for t_ms, new in times:
                if new and not truth.is_infected(ip, t_ms):
                    count[truth.role.get(ip, "?")] += 1
        out[name] = dict(count)
    return out


def regressions(truth, summaries):
    """The last day's regression of each big server beside the truth, in a run of weekdays that
    nothing disturbs."""
    rows = []
    if truth.infections or truth.run["days"] > 5:
        return rows
    for server in truth.servers:
        mine = [s for s in summaries if s["ip"] == server["ip"] and s.get("regression", {}).get("m")]
        if server["big"] and mine:
            last = mine[-1]["regression"]
            rows.append({"true": {k: server[k] for k in "mnq"},
                         "got": {k: last.get(k) for k in ("m", "n", "q", "r2")}})
    return rows


def score(labels, events, baselines):
    """Everything about one run."""
    truth = Truth(labels)
    incidents, summaries = read_incidents(events)
    base = read_baselines(baselines)
    by_ip = defaultdict(list)
    for inc in incidents:
        by_ip[inc["ip"]].append(inc)
    episodes = merge(incidents)
    guilty = [e for e in episodes if e["ip"] and truth.is_infected(e["ip"], e["notice"] or e["open"])]
    roles = defaultdict(int)
    for role in truth.role.values():
        roles[role] += 1
    return {"run": truth.run, "roles": dict(roles), "big": sum(s["big"] for s in truth.servers),
            "rows": [score_infection(i, by_ip, base) for i in truth.infections],
            "true_episodes": [[e["rule"], bool(e["alarm"])] for e in guilty],
            "false": false_rows(truth, episodes), "false_baselines": false_baselines(truth, base),
            "regressions": regressions(truth, summaries)}


def main():
    """See the module's text."""
    if len(sys.argv) != 4:
        sys.exit(__doc__.splitlines()[0])
    json.dump(score(*sys.argv[1:]), sys.stdout)
    print()


if __name__ == "__main__":
    main()
