#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example event of a detector's page.

    pages.py command PAGE            what its section "Example" says to run
    pages.py compare PAGE RULE OUT   is its event a line of OUT?  Says which line was nearest.
    pages.py write PAGE RULE OUT     put the nearest line there, folded

White space does not count: the page folds the line where it likes. An element ... of a list or an
object stands for any others. The nearest line is of the rule, and has as many words of the page's as any other has.
"""
import re
import sys

WIDTH = 104  # as the pages are folded


def parts(page):
    """Text up to the event's lines, these, text behind."""
    with open(page, encoding="utf-8") as f:
        text = f.read()
    found = re.search(r"(?s)(.*\n## Example\n.*?\n```[a-z]*\n)(.*?)(\n```\n.*)", text)
    if not found:
        sys.exit(f"{page}: no event in a section Example")
    return found.groups()


def bare(text):
    return re.sub(r"\s", "", text)


def cut(shown):
    return re.split(r",\.\.\.(?=[],}])", bare(shown))


def is_shown(shown, line):
    at = 0
    line = bare(line)
    for piece in cut(shown):
        at = line.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def nearest(shown, rule, out):
    words = set(re.findall(r"[\w.:-]+", shown))
    with open(out, encoding="utf-8") as f:
        lines = [l for l in f if f'"rule":{{"id":"{rule}"' in l or f" rule={rule} " in l]
    if not lines:
        sys.exit(f"{out}: no event of {rule}")
    return max(lines, key=lambda l: len(words & set(re.findall(r"[\w.:-]+", l)))).rstrip("\n")


def fold(line):
    """At a blank, or in JSON behind a comma or a colon between values."""
    rows = []
    while len(line) > WIDTH:
        cut = max(line.rfind(" ", 0, WIDTH), line.rfind(',"', 0, WIDTH), line.rfind(":{", 0, WIDTH))
        rows.append(line[:cut + 1].rstrip())
        line = line[cut + 1:]
    return "\n".join(rows + [line])


def main():
    what, page = sys.argv[1:3]
    before, shown, behind = parts(page)
    if what == "command":
        said = before[before.rindex("\n## Example\n"):]
        print(re.search(r"`([^`]*dnsmon replay [^`]*)`", said).group(1))
        return
    rule, out = sys.argv[3:5]
    line = nearest(shown, rule, out)
    if is_shown(shown, line):
        return
    if what == "compare":
        print(f"{page}: the event is no line of `{rule}`'s output now; the nearest is\n{line}")
        sys.exit(1)
    if len(cut(shown)) > 1:  # of what is cut by hand, the incident's id alone
        theirs = re.search(r'"id":"([0-9a-f]{32})"', line).group(0)
        text = re.sub(r'"id":"[0-9a-f]{32}"', theirs, shown)
        if not is_shown(text, line):
            sys.exit(f"{page}: cut by hand, and to be cut by hand again:\n{line}")
    else:
        text = fold(line)
    with open(page, "w", encoding="utf-8") as f:
        f.write(before + text + behind)


main()
