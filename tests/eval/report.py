#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""report.py [--check [--slack]] [--rules LIST] [--commit WORD] [--page TEMPLATE] NAME=RUN.json...
- the evaluation's page on standard output.

NAME is the column that a run belongs to: training, nominal, half, double, bare, loss (all but the
first on held-out seeds).  Runs of one column are added up.  --check prints the targets only and ends with
1 if one is missed that the runs can show and whose rule is in LIST; with --slack a share may miss
by one case.

Targets: doc/SCIENCE.md D.5.
LIMITS: standard library only; the intervals are bootstraps over (run, day) with a fixed seed.
"""

import json
import random
import statistics
import sys
from collections import Counter, defaultdict

COLUMNS = ("training", "nominal", "half", "double", "bare", "loss")
TITLES = {"training": "training", "nominal": "held-out", "half": "held-out ×½",
          "double": "held-out ×2", "bare": "few roles", "loss": "5 % lost"}
MAIL_RULES = ("backscatter", "smtp-dos", "reject-surge", "mail-efficiency", "mail-regression",
              "cache-efficiency")
END_USERS = ("pc", "phone", "iot", "llmnr")
PAPERS = ("I1", "I2", "I3", "I4", "I5", "I6")
BOTS = ("I7", "I8", "I9")
WHAT = {
    "I1": "Sobig.F, 54 MX/h (S0 cA)", "I2": "Mydoom.A, 807 MX and 4,823 A a day (S0 cB)",
    "I3": "Netsky.C, MX and one loopback PTR (S0 cC)", "I4": "spam relay (S0 cD)",
    "I5": "Mytob, name scan at 1.65/s (S1)", "I6": "Zotob, TCP 135/139/445 and 20 MX/h (S1)",
    "I7": "bot, 20 MX/h, 40 % freemail", "I8": "bot, 6 MX/h", "I9": "bot, 2 MX/h",
    "I10": "bot, 0.5 MX/h", "I11": "I7 behind a forwarder of 100 hosts",
    "I12": "bot that sends through HTTPS proxies", "I13": "rogue modern mail server",
    "I14": "backscatter with search list (S3)", "I15": "backscatter today",
    "I16a": "SMTP-DoS, 13,505 by one client (S2)", "I16b": "SMTP-DoS, 32,028 by one client (S2)",
    "I17": "deleted accounts: I16a's innocent twin", "I18": "DGA", "I19": "water torture",
    "I20": "exfiltration at 0.7, 5, 50 B/s", "I21": "PTR sweep", "I22": "SSH dictionary",
    "I23": "ANY flood", "I24": "bot, 5 MX a day", "I24f": "bot, 20 MX/h, freemail only",
}
# No rule of this release looks for these: they are here so that nobody thinks it does.
UNCLAIMED = ("I12", "I18", "I19", "I20", "I21", "I22", "I23", "I24", "I24f")
NEEDS = {**{i: "mass-mailer" for i in ("I1", "I2", "I3", "I4", "I6", "I7", "I8", "I9", "I10", "I11",
                                       "I13")},
         "I5": "keyword-scan", "I14": "backscatter", "I15": "backscatter", "I16a": "smtp-dos",
         "I16b": "smtp-dos", "I17": "reject-surge"}


def quantile(values, share):
    """The value below which a share of the values lies (nearest rank); None without values."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def median(values):
    """Median or None."""
    return statistics.median(values) if values else None


def seconds(value):
    """A duration for people."""
    if value is None or value == float("inf"):
        return "-" if value is None else "never"
    if value < 120:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def number(value, digits=2):
    """A number or a dash."""
    return "-" if value is None else f"{value:.{digits}f}"


class Column:
    """The runs of one column, added up."""

    def __init__(self, runs):
        self.runs = runs
        self.rows = defaultdict(list)
        for run in runs:
            for row in run["rows"]:
                self.rows[row["id"]].append(row)
        # Only whole campuses say how many false alarms there are on one.
        self.campus = [r for r in runs if r["run"]["clients"] >= 500]

    def recall(self, ids, level="notice"):
        """Share of these infections that were found at a level; None if there were none."""
        rows = [r for i in ids for r in self.rows[i]]
        return sum(r[level] is not None for r in rows) / len(rows) if rows else None

    def delays(self, ident, level, unit="s"):
        """How long the found ones took."""
        return [r[level][unit] for r in self.rows[ident] if r[level]]

    def usual_delay(self, ident, level, unit="s"):
        """Median delay; infinite if none was found, None if there was none to find."""
        found = median(self.delays(ident, level, unit))
        return float("inf") if found is None and self.rows[ident] else found

    def exposure(self, roles=None):
        """Client-days over 10,000 of these roles."""
        return sum(sum(n for role, n in r["roles"].items() if roles is None or role in roles) *
                   r["run"]["days"] for r in self.campus) / 1e4

    def false(self, match):
        """False episodes that match, as (run number, day)."""
        return [(k, f["day"]) for k, r in enumerate(self.campus) for f in r["false"] if match(f)]

    def rate(self, match, roles=None):
        """False episodes per 10,000 clients and day with a 95 % interval."""
        blocks = [(k, d) for k, r in enumerate(self.campus) for d in range(r["run"]["days"])]
        if not blocks:
            return None
        found = self.false(match)
        if not found: # the rule of three
            return 0.0, 0.0, 3 / self.exposure(roles)
        count, rng = Counter(found), random.Random(1)
        size = self.exposure(roles) / len(blocks)
        means = sorted(sum(count[rng.choice(blocks)] for _ in blocks) / len(blocks) / size
                       for _ in range(1000))
        return len(found) / len(blocks) / size, means[25], means[974]

    def server_rate(self, rule):
        """False episodes of a rule per mail server and month, over all runs; None without any."""
        months = sum(r["roles"].get("mta", 0) * r["run"]["days"] / 30 for r in self.runs)
        return sum(f["rule"] == rule for r in self.runs for f in r["false"]) / months

    def classification(self):
        """(accuracy of what was decided, share undecided, number) for mass-mailer's verdicts."""
        rows = [r for i in ("I1", "I2", "I3", "I4", "I6", "I7", "I8", "I9", "I10", "I13")
                for r in self.rows[i] if r["class"]]
        decided = [r for r in rows if r["class"] != "unregistered-mail-host"]
        if not decided:
            return None
        right = sum(r["class"] == r["truth"] for r in decided)
        return right / len(decided), 1 - len(decided) / len(rows), len(rows)

    def precision(self):
        """(share, number) of the alarm episodes (without the census) that were about infected addresses."""
        true = sum(alarm and rule != "mx-census" for r in self.campus
                   for rule, alarm in r["true_episodes"])
        false = len(self.false(lambda f: f["level"] == "alarm"))
        return (true / (true + false), true + false) if true else None

    def regression_errors(self):
        """Relative errors of m and of n over all big servers."""
        rows = [g for r in self.runs for g in r["regressions"]]
        return {k: [abs(g["got"][k] / g["true"][k] - 1) for g in rows if g["got"][k]]
                for k in ("m", "n")}


def end_user_alarm(row):
    """A false alarm about somebody's own machine."""
    return row["level"] == "alarm" and row["role"] in END_USERS


def targets(col, slack=False):
    """(number, rule that it needs, text, figure as text, met or None if the runs cannot say)."""
    out = []

    def add(no, rule, text, value, limit, shown, at_most=True, cases=0):
        if slack and cases:
            limit += 1 / cases if at_most else -1 / cases
        met = None if value is None else value <= limit if at_most else value >= limit
        out.append((no, rule, text, "-" if value is None else shown(value), met))

    def share(value):
        return f"{value:.3f}"

    for ids, want, no, level in ((PAPERS, 1.0, 1, "notice"), (PAPERS, 1.0, 1, "alarm"),
                                 (BOTS, 0.99, 2, "notice")):
        add(no, "mass-mailer", f"recall of {ids[0]} to {ids[-1]} ({level}) ≥ {want:.2f}",
            col.recall(ids, level), want, share, False)
    precision = col.precision()
    add(1, "mass-mailer", "precision of alarm episodes ≥ 0.99", precision and precision[0], 0.99,
        share, False, precision and precision[1])
    for ident, limit, no in (("I1", 780, 1), ("I2", 1200, 1), ("I4", 360, 1), ("I5", 180, 1),
                             ("I7", 3600, 2), ("I8", 9000, 2), ("I9", 28800, 2), ("I14", 300, 5),
                             ("I15", 300, 5), ("I16a", 300, 5), ("I16b", 300, 5)):
        add(no, NEEDS[ident], f"{ident}: median delay of the notice ≤ {seconds(limit)}",
            col.usual_delay(ident, "notice"), limit, seconds)
    for ident in ("I1", "I2", "I3", "I4"):
        add(1, "mass-mailer", f"{ident}: median new domains until the notice ≤ 8",
            col.usual_delay(ident, "notice", "novel"), 8, lambda v: f"{v:g}")
    for ident, limit in (("I1", 1560), ("I2", 2400), ("I4", 720)):
        add(1, "mass-mailer", f"{ident}: median delay of the alarm ≤ {seconds(limit)}",
            col.usual_delay(ident, "alarm"), limit, seconds)
    add(2, "mass-mailer", "recall of I10 ≥ 0.90", col.recall(("I10",)), 0.90, share, False)
    more_targets(col, add, share)
    return out


def more_targets(col, add, share):
    """Targets 3 to 6."""
    rates = (("false alarms, end users, ≤ 0.05", end_user_alarm, END_USERS, 0.05),
             ("false alarms, all roles, after day 14 ≤ 0.2",
              lambda f: f["level"] == "alarm" and f["day"] >= 14, None, 0.2),
             ("false notices, all roles, without mx-census ≤ 1",
              lambda f: f["level"] == "notice" and f["rule"] != "mx-census", None, 1))
    for text, match, roles, limit in rates:
        if "after day 14" in text and all(r["run"]["days"] <= 14 for r in col.campus):
            continue
        got = col.rate(match, roles)
        add(3, "mass-mailer", text + " per 10,000 clients and day", got and got[0], limit, share)
    whole = [sum(f["rule"] != "mx-census" and f["day"] < 14 for f in r["false"])
             for r in col.campus if r["run"]["days"] >= 14 and r["run"]["clients"] > 5000]
    add(3, "mass-mailer", "onboarding: episodes of 10,000 clients in 14 days ≤ 5",
        statistics.mean(whole) if whole else None, 5, lambda v: f"{v:.1f}")
    verdict = col.classification()
    add(4, "mass-mailer", "worm or relay: right when decided ≥ 0.98", verdict and verdict[0], 0.98,
        share, False, verdict and verdict[2])
    add(4, "mass-mailer", "worm or relay: undecided ≤ 0.10", verdict and verdict[1], 0.10, share,
        cases=verdict and verdict[2])
    named = [r["named"] for i in ("I16a", "I16b") for r in col.rows[i] if "named" in r]
    add(5, "smtp-dos", "SMTP-DoS: the client is named, share = 1",
        sum(named) / len(named) if named else None, 1, share, False)
    for rule in ("backscatter", "smtp-dos"):
        add(5, rule, f"false episodes of {rule} a mail server and month ≤ 1",
            col.server_rate(rule), 1, lambda v: f"{v:.2f}")
    twins = [r["notice"] is not None and not r["called_dos"] for r in col.rows["I17"]]
    add(5, "reject-surge", "deleted accounts found and not called DoS ≥ 0.95",
        sum(twins) / len(twins) if twins else None, 0.95, share, False)
    for key, limit in (("m", 0.02), ("n", 0.05)):
        add(6, "mail-regression", f"regression: median error of {key} ≤ {limit}",
            median(col.regression_errors()[key]), limit, share)


def table(head, rows):
    """Markdown."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(c) for c in row) + " |")
    print()


def print_targets(columns, rules):
    """One row a target, one column a set of runs."""
    by_key, order = defaultdict(dict), []
    for name, col in columns.items():
        for no, rule, text, shown, met in targets(col):
            if (no, rule, text) not in by_key:
                order.append((no, rule, text))
            mark = "" if met is None else " ✓" if met else " **missed**"
            by_key[no, rule, text][name] = shown + mark
    rows = [(no, text + ("" if rules is None or rule in rules else f" (no `{rule}` yet)"),
             *(by_key[no, rule, text].get(n, "-") for n in columns)) for no, rule, text in order]
    table(("D.5", "target", *(TITLES[n] for n in columns)), rows)


def print_infections(col):
    """One row an infection, beside the baselines."""
    rows = []
    for ident in WHAT:
        mine = col.rows[ident]
        if not mine:
            continue
        base = []
        for name in ("B-0", "B-1", "B-2", "B-3", "B-4"):
            got = [r["baseline"][name] for r in mine if r["baseline"].get(name) is not None]
            base.append(f"{len(got) / len(mine):.2f} {seconds(median(got))}" if got else "never")
        delays = col.delays(ident, "notice")
        rows.append((ident, WHAT[ident] + (" (unclaimed)" if ident in UNCLAIMED else ""), len(mine),
                     number(col.recall((ident,))), number(col.recall((ident,), "alarm")),
                     seconds(median(delays)), seconds(quantile(delays, 0.95)),
                     number(median(col.delays(ident, "notice", "lookups")), 0),
                     number(median(col.delays(ident, "notice", "novel")), 0),
                     seconds(median(col.delays(ident, "alarm"))), *base))
    table(("id", "what", "n", "recall", "alarm", "delay", "p95", "look-ups", "new domains",
           "alarm delay", "B-0", "B-1", "B-2", "B-3", "B-4"), rows)


def interval(got):
    """A rate with its interval."""
    return "-" if got is None else f"{got[0]:.3f} ({got[1]:.3f} .. {got[2]:.3f})"


def print_false(columns):
    """False episodes by rule, level and role, then the baselines'."""
    kinds = sorted({(f["rule"], f["level"], f["role"], f["listed"]) for c in columns.values()
                    for r in c.campus for f in r["false"]})
    rows = []
    for kind in kinds:
        def match(f, kind=kind):
            return (f["rule"], f["level"], f["role"], f["listed"]) == kind
        role = kind[2] + ("" if kind[3] else ", not in [roles]")
        rows.append((f"`{kind[0]}`", kind[1], role, *(interval(c.rate(match))
                                                      for c in columns.values())))
    rows.append(("all but `mx-census`", "alarm", "end users",
                 *(interval(c.rate(end_user_alarm, END_USERS)) for c in columns.values())))
    for name in ("B-0", "B-1", "B-2", "B-3", "B-4"):
        cells = []
        for col in columns.values():
            count = sum(sum(r["false_baselines"].get(name, {}).values()) for r in col.campus)
            cells.append(number(count / col.exposure(), 3) if col.campus else "-")
        rows.append((name, "-", "all", *cells))
    table(("rule", "level", "role", *(TITLES[n] for n in columns)), rows)


def print_server_false(columns, rules):
    """False episodes at mail servers."""
    shown = [r for r in MAIL_RULES if rules is None or r in rules]
    if not shown:
        print("No rule about mail servers is in this build.\n")
        return
    table(("rule", *(TITLES[n] for n in columns)),
          [(f"`{r}`", *(number(c.server_rate(r)) for c in columns.values())) for r in shown])


def print_classes(col):
    """Confusion matrix of mass-mailer's verdicts."""
    names = ("mass-mailing-worm", "spam-relay", "unregistered-mail-host", "none")
    rows = []
    for ident in ("I1", "I2", "I3", "I4", "I6", "I7", "I8", "I9", "I10", "I11", "I13"):
        count = Counter(r["class"] or "none" for r in col.rows[ident])
        if count:
            rows.append((ident, col.rows[ident][0]["truth"], *(count[n] for n in names)))
    table(("id", "truth", "worm", "relay", "undecided", "no incident"), rows)
    wrong = [r for i in NEEDS for r in col.rows[i] if (r["truth"], r["class"]) ==
             ("mass-mailing-worm", "spam-relay")]
    if wrong:
        tool = sum(r["ptr_tool"] for r in wrong)
        print(f"Worms called relays: {len(wrong)}, {tool} of them on machines with a tool that asks "
              "for strangers' PTR.\n")


def print_page(columns, rules, commit, page):
    """Replace the @WORD@ lines of the page's template."""
    shown = columns.get("nominal") or next(iter(columns.values()))
    parts = {"@TARGETS@": lambda: print_targets(columns, rules),
             "@INFECTIONS@": lambda: print_infections(shown),
             "@FALSE@": lambda: print_false(columns),
             "@SERVERS@": lambda: print_server_false(columns, rules),
             "@CLASSES@": lambda: print_classes(shown),
             "@RUNS@": lambda: print_runs(columns, commit)}
    with open(page, encoding="utf-8") as file:
        for line in file:
            part = parts.get(line.strip())
            if part:
                part()
            else:
                print(line, end="")


def print_runs(columns, commit):
    """What was run."""
    rows = []
    for name, col in columns.items():
        by_size = defaultdict(list)
        for run in col.runs:
            by_size[run["run"]["clients"], run["run"]["days"], run["run"]["scale"]].append(run)
        for (clients, days, scale), runs in sorted(by_size.items(), reverse=True):
            rows.append((TITLES[name], " ".join(str(r["run"]["seed"]) for r in runs), clients, days,
                         f"×{scale:g}", sum(len(r["rows"]) for r in runs)))
    table(("set", "seeds", "clients", "days", "benign rates", "infections"), rows)
    if commit:
        print(f"Measured at commit {commit}.\n")


def check(columns, rules, slack):
    """Print each target that the runs can show; 1 if one is missed."""
    missed = 0
    for name, col in columns.items():
        for no, rule, text, shown, met in targets(col, slack):
            if met is None and rule in rules:
                continue
            verdict = f"no {rule} yet" if rule not in rules else "ok" if met else "MISSED"
            missed += verdict == "MISSED"
            print(f"{verdict}: {name} D.5.{no} {text}: {shown}")
    return 1 if missed else 0


def main():
    """See the module's text."""
    options, runs = {}, defaultdict(list)
    words = iter(sys.argv[1:])
    for word in words:
        if word in ("--check", "--slack"):
            options[word] = True
        elif word in ("--rules", "--commit", "--page"):
            options[word] = next(words)
        else:
            name, path = word.split("=", 1)
            with open(path, encoding="utf-8") as file:
                runs[name].append(json.load(file))
    columns = {name: Column(runs[name]) for name in COLUMNS if runs[name]}
    rules = options["--rules"].split() if "--rules" in options else None
    if "--check" in options:
        sys.exit(check(columns, rules, "--slack" in options))
    print_page(columns, rules, options.get("--commit"), options["--page"])


if __name__ == "__main__":
    main()
