#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
The man pages that have their source elsewhere in the tree:

    doc/man.py page NAME SECTION 'WHAT IT IS' <PAGE.md     a page in Markdown
    doc/man.py header <lib/include/dnsmon/dnsmon.h         libdnsmon(3)
    doc/man.py all                                         write all of them (list below)

Method. Of Markdown what our pages use is known: headings, paragraphs, lists, tables, code. A table
becomes a list of its first column; a heading of the third level is a key with what follows it.
Of the header every comment that begins with two stars, and the declaration behind it. A call whose
comment leaves out a parameter (the object it is a call of excepted), its result or its thread is an
error, so the page cannot be made from a header that says too little.

tests/checks/check_manual.sh makes the pages again and compares them.
LIMITS: not Markdown in general, not C in general.
"""
import os
import re
import sys

GENERATED = '.\\" Generated from %s by doc/man.py; do not edit.\n'
PAGES = [
    ("doc/CONFIGURATION.md", "dnsmon.conf", "5", "configuration of the programs of libdnsmon"),
    ("doc/omdnsmon.md", "omdnsmon", "5", "rsyslog module that finds infected machines"),
]
HEADER = "lib/include/dnsmon/dnsmon.h"
SEE_ALSO = {
    "dnsmon.conf": ["dnsmon (1)", "omdnsmon (5)"],
    "omdnsmon": ["dnsmon (1)", "dnsmon.conf (5)", "rsyslog.conf (5)", "rsyslogd (8)"],
    "libdnsmon": ["dnsmon (1)", "dnsmon.conf (5)"],
}


class Failure(Exception):
    """What is wrong with a source."""


# ---- roff ---------------------------------------------------------------------------------------

def escape(text, code=False):
    """A text as roff input, without line breaks."""
    text = text.replace("\\", "\\e").replace("\u2026", "...")
    # A minus that is typed must be one when it is copied from the page.
    text = re.sub(r"-", r"\\-", text) if code else text
    if not code:
        return text
    # A long list may be broken behind its separators.
    text = text.replace("^", r"\(ha").replace("~", r"\(ti").replace("`", r"\(ga")
    return text.replace(";", ";\\:") if len(text) > 60 else text


def guard(line):
    """A line that roff does not take for a request."""
    return "\\&" + line if line[:1] in (".", "'") else line


def inline(text):
    """`code`, **strong**, *emphasis* and links in a paragraph."""
    out = []
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text)
    for i, part in enumerate(re.split(r"`([^`]+)`", text)):
        if i % 2:
            out.append("\\fB" + escape(part, True) + "\\fP")
        else:
            part = re.sub(r"\*\*([^*]+)\*\*", r"\\fB\1\\fP", escape(part))
            out.append(re.sub(r"(?<!\w)\*([\w ]+)\*", r"\\fI\1\\fP", part))
    return "".join(out)


def fill(text, width=100):
    """Lines of a paragraph; none of them is a request."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line = line + " " + word if line else word
    return "".join(guard(x) + "\n" for x in lines + [line] if x)


def code_block(lines):
    return ".PP\n.in +4n\n.nf\n" + "".join(guard(escape(x, True)) + "\n" for x in lines) + ".fi\n.in\n"


def quoted(text):
    return '"' + text.replace('"', "\\(dq") + '"'


def head(source, name, section, what):
    return ('.\\" SPDX-License-Identifier: LGPL-2.1-or-later\n' + GENERATED % source +
            '.TH %s %s "" "libdnsmon" ""\n' % (name.upper(), section) +
            ".SH NAME\n%s \\- %s\n" % (name, what))


def see_also(name):
    rows = [".BR " + x.replace("-", "\\-") for x in SEE_ALSO[name]]
    return ".SH SEE ALSO\n" + ",\n".join(rows) + "\n"


# ---- Markdown -----------------------------------------------------------------------------------

class Page:
    """One page on its way from Markdown to roff."""

    def __init__(self):
        self.out = []
        self.in_key = False  # below a heading of the third level: all of it is indented
        self.fresh = False   # its first paragraph is still to come

    def paragraph(self, lines):
        self.out.append("" if self.fresh else ".IP\n" if self.in_key else ".PP\n")
        self.out.append(fill(inline(" ".join(lines))))
        self.fresh = False

    def item(self, lines):
        self.fresh = False
        self.out.append(".br\n" if self.in_key else ".IP \\(bu 2\n")
        self.out.append(fill(inline(" ".join(lines))))

    def heading(self, level, text):
        self.in_key = level == 3
        self.fresh = True
        if level == 3:
            self.out.append(".TP\n" + fill(inline(text)))
        else:
            text = text.replace("`", "") if "`" in text else text.upper()
            self.out.append(".SH " + quoted(escape(text, True)) + "\n")

    def table(self, rows):
        """Columns between the first and the last get their heading in front."""
        names = rows[0]
        for row in rows[2:]:
            self.out.append(".TP\n" + fill(inline(row[0])) + fill(inline(row[-1])))
            for name, cell in list(zip(names, row))[1:-1]:
                self.out.append(".br\n" + fill(inline(name.capitalize() + ": " + cell)))
        self.in_key = self.fresh = False

    def block(self, lines):
        first = lines[0]
        heading = re.match(r"(#+) (.*)", first)
        if heading:
            self.heading(len(heading.group(1)), heading.group(2))
            if lines[1:]:
                self.block(lines[1:])
        elif first.startswith("|"):
            self.table([[c.strip() for c in re.split(r"(?<!\\)\|", x)[1:-1]] for x in lines])
        elif first.startswith("* "):
            for text in re.split(r"\n\* ", "\n".join(lines)[2:]):
                self.item(text.split("\n"))
        elif first.startswith("    "):
            self.out.append(code_block([x[4:] for x in lines]))
        else:
            listed = [i for i, x in enumerate(lines) if x.startswith("* ")]
            if listed:
                self.block(lines[:listed[0]])
                self.block(lines[listed[0]:])
            else:
                self.paragraph(lines)


def markdown_blocks(text):
    """("code" or "text", lines) of each block; comments and the title are left out."""
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.S)
    text = re.sub(r"\b(doc/)?CONFIGURATION\.md", "dnsmon.conf(5)", text)
    parts = re.split(r"^```[^\n]*\n(.*?)^```\n", text, flags=re.S | re.M)
    for i, part in enumerate(parts):
        if i % 2:
            yield "code", part.rstrip("\n").split("\n")
            continue
        for block in re.split(r"\n\s*\n", part):
            lines = block.strip("\n").split("\n")
            if lines != [""] and not lines[0].startswith("# "):
                yield "text", lines


def make_page(source, text, name, section, what):
    page = Page()
    page.out.append(head(source, name, section, what) + ".SH DESCRIPTION\n")
    page.fresh = True
    for kind, lines in markdown_blocks(text):
        if kind == "code":
            page.out.append(code_block(lines))
            page.fresh = False
        else:
            page.block(lines)
    return "".join(page.out) + see_also(name)


# ---- the header ---------------------------------------------------------------------------------

def comment_lines(comment):
    """Without stars and the blank behind them."""
    lines = [re.sub(r"^\s*\*? ?", "", x) for x in comment.strip("\n").split("\n")]
    return [x.rstrip() for x in lines]


def fields(lines):
    """[(word, text)] of "@name: ...", "Returns: ..." and the like; the word is "" in front."""
    found = [["", []]]
    for line in lines:
        # several on one line stand behind three blanks
        for part in re.split(r"   (?=@\w+:|[A-Z][a-z]+: )", line) if "   " in line else [line]:
            match = re.match(r"\s*(@\w+|Returns|Thread|Cost|Owner):\s+(.*)", part)
            if match:
                found.append([match.group(1), [match.group(2)]])
            elif part.strip():
                found[-1][1].append(part.strip())
    return [(word, " ".join(text)) for word, text in found]


def check_call(name, prototype, found):
    words = [w for w, _ in found]
    arguments = re.search(r"\((.*)\)", prototype).group(1).split(",")
    for i, argument in enumerate(arguments):
        argument = argument.strip().split()[-1].lstrip("*")
        handle = i == 0 and re.match(r"(const )?dnsmon_\w+_t \*", arguments[0].strip())
        if argument != "void" and not handle and "@" + argument not in words:
            raise Failure("%s(): nothing is said of %s" % (name, argument))
    if not re.match(r"void\b(?! *\*)", prototype) and "Returns" not in words:
        raise Failure("%s(): its result is not explained" % name)
    if "Thread" not in words:
        raise Failure("%s(): which thread may call it?" % name)


def call(comment, declaration):
    lines = comment_lines(comment)
    name = re.match(r"(\w+)\(\)", lines[0])
    if not name:
        raise Failure("a comment does not begin with a call: " + lines[0])
    prototype = " ".join(declaration.split())
    if not re.search(r"\b%s ?\(" % name.group(1), prototype):
        raise Failure("the comment of %s() is of another call: %s" % (name.group(1), prototype))
    lines[0] = re.sub(r"^\w+\(\) - ", "", lines[0])
    found = fields(lines)
    check_call(name.group(1), prototype, found)
    out = [".SS %s()\n" % name.group(1), code_block(declaration.strip().split("\n"))[4:]]
    text = found[0][1]
    out.append(".PP\n" + fill(inline(text[:1].upper() + text[1:])))
    for word, text in found[1:]:
        tag = "\\fI" + word[1:] + "\\fP" if word.startswith("@") else word
        out.append(".TP\n" + tag + "\n" + fill(inline(text)))
    return "".join(out)


def overview(comment):
    """The comment of the file: paragraphs, an example, and words with a full stop that lead."""
    out, code, text = [], [], []
    lead = ""

    def flush():
        if code:
            while code[-1] == "":
                code.pop()
            out.append(code_block(code))
        if text:
            out.append((".TP\n%s\n" % lead if lead else ".PP\n") + fill(inline(" ".join(text))))
        code.clear()
        text.clear()

    for line in comment_lines(comment):
        match = re.match(r"([A-Z][A-Za-z]+)\.\s+(?=[A-Z])(.*)", line)
        if line.startswith("@file"):
            continue
        if line.startswith("    ") and not text or line == "" and code:
            code.append(line[4:])
        elif line == "":
            flush()
            lead = ""
        elif match and (lead or not text):
            flush()
            lead = match.group(1)
            text.append(match.group(2))
        else:
            if code:
                flush()
            text.append(line.strip())
    flush()
    return "".join(out)


def constant(comment, declaration):
    """An enum or a structure with the comments of its members, or a typedef or macro."""
    what = " ".join(" ".join(comment_lines(comment)).split())
    if declaration.startswith("enum"):
        out = [".SS " + declaration.split("{")[0].strip() + "\n" + fill(inline(what))]
        body = declaration.split("{", 1)[1]
        for match in re.finditer(r"(?:/\*\*\s*(.*?)\*/\s*)?(DNSMON_\w+) = (-?\d+),?\s*"
                                 r"(?:/\*\*<\s*(.*?)\*/)?", body, re.S):
            text = " ".join((match.group(1) or match.group(4) or "").split())
            out.append(".TP\n\\fB%s\\fP (%s)\n%s" % (
                match.group(2), match.group(3).replace("-", "\\-"), fill(inline(text)) or "\\&\n"))
        return "".join(out)
    if declaration.startswith("struct"):
        out = [".SS " + declaration.split("{")[0].strip() + "\n" + fill(inline(what))]
        for match in re.finditer(r"(\w[^;{]*?[\w\]]);\s*/\*\*<\s*(.*?)\*/", declaration.split("{", 1)[1],
                                 re.S):
            text = " ".join(match.group(2).split())
            out.append(".TP\n\\fB%s\\fP\n%s" % (match.group(1), fill(inline(text))))
        return "".join(out)
    name = re.search(r"(DNSMON_\w+ \d+|dnsmon_\w+_t)", declaration).group(1)
    return ".TP\n\\fB%s\\fP\n%s" % (name, fill(inline(what)))


SYNOPSIS = """.SH SYNOPSIS
.nf
.B #include <dnsmon/dnsmon.h>
.PP
.B cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs libdnsmon)
.fi
"""


def make_header_page(text):
    out = [head(HEADER, "libdnsmon", "3", "finds infected machines in DNS query logs and mail logs")]
    out.append(SYNOPSIS)
    items = re.compile(r"/\* -{4} (\w+) -+ \*/|/\*\*(.*?)\*/\s*((?:#define [^\n]*|"
                       r"(?:enum|struct) \w+ \{.*?\};|"
                       r"[^;{}#]*?;))", re.S)
    first = re.search(r"/\*\*(\s*\n \* @file.*?)\*/", text, re.S)
    out.append(".SH DESCRIPTION\n" + overview(first.group(1)).replace(".PP\n", "", 1))
    out.append(".SH TYPES AND CONSTANTS\n")
    calls = 0
    for match in items.finditer(text, first.end()):
        section, comment, declaration = match.groups()
        if section:
            out.append(".SH %s\n" % section.upper())
        elif re.search(r"\bdnsmon_\w+ ?\(", declaration) and not re.match("enum|struct", declaration):
            out.append((".SH VERSION AND ERRORS\n" if calls == 0 else "") + call(comment, declaration))
            calls += 1
        else:
            out.append(constant(comment, declaration))
    declared = len(re.findall(r"^[a-z][\w \*]*\bdnsmon_\w+\(", text, re.M))
    if calls != declared:
        raise Failure("%d calls are declared, %d have a comment" % (declared, calls))
    return "".join(out) + see_also("libdnsmon")


# ---- all ----------------------------------------------------------------------------------------

def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def make_all(into):
    for source, name, section, what in PAGES:
        with open("%s/%s.%s" % (into, name, section), "w", encoding="utf-8") as file:
            file.write(make_page(source, read(source), name, section, what))
    with open(into + "/libdnsmon.3", "w", encoding="utf-8") as file:
        file.write(make_header_page(read(HEADER)))


def main():
    words = sys.argv[1:]
    try:
        if words[:1] == ["page"] and len(words) == 4:
            sys.stdout.write(make_page("standard input", sys.stdin.read(), *words[1:]))
        elif words == ["header"]:
            sys.stdout.write(make_header_page(sys.stdin.read()))
        elif words[:1] == ["all"] and len(words) < 3:
            os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")
            make_all(words[1] if len(words) == 2 else "doc")
        else:
            sys.exit(__doc__)
    except Failure as failure:
        sys.exit("man.py: %s" % failure)


main()
