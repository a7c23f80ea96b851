#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_report_browser.sh - the report in a browser, from a file: its own numbers as the page's
# document has them, no script and nothing fetched, no sideways scrolling and readable figures on a
# phone, colours in light and dark; and what a hostile log makes of it. Pictures are kept in
# build/report/: light.png, dark.png, phone.png, print.pdf.
#
# The browser (package chromium) is unpacked into the private root, never installed.
# LIMITS: one browser.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../golden/lib_report.sh
. "$DNSMON_SRC/tests/golden/lib_report.sh"
# shellcheck source=../../examples/lib/setup.sh
. "$DNSMON_SRC/examples/lib/setup.sh"
# shellcheck source=../../examples/lib/private.sh
. "$DNSMON_SRC/examples/lib/private.sh"
need_program
need_gnuplot
CAMPUS=$DNSMON_BUILD/tests/eval/gen/gen_campus
[ -x "$CAMPUS" ] || { printf 'FAILED: there is no %s: make check TESTS=\n' "$CAMPUS"; exit 1; }
PICTURES=$DNSMON_SRC/build/report
mkdir -p "$DNSMON_PRIVATE" "$PICTURES"
rm -f "$PICTURES"/*
[ -e "$DNSMON_SRC/build/.gitignore" ] || echo "*" >"$DNSMON_SRC/build/.gitignore"
private_root "$DNSMON_PRIVATE" "$TEST_TMP" chromium chromium-common || skip 'could not unpack chromium'
cd "$TEST_TMP" || exit 1

# The private root's fonts, and the system's.
cat >fonts.conf <<END
<?xml version="1.0"?>
<fontconfig><dir>$PRIVATE_ROOT/usr/share/fonts</dir><dir>/usr/share/fonts</dir>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
<cachedir>$TEST_TMP/fonts</cachedir></fontconfig>
END

# libpulse has a library of its own in a folder of its own.
LIBRARIES=$(private_library_path)$(printf ':%s' "$PRIVATE_ROOT"/usr/lib/*/pulseaudio)

# browser OPTION...: one run, all files below TEST_TMP.
browser() {
    HOME=$TEST_TMP FONTCONFIG_FILE=$TEST_TMP/fonts.conf \
        LD_LIBRARY_PATH=$LIBRARIES \
        timeout -k 5 50 "$PRIVATE_ROOT/usr/lib/chromium/chromium" --headless --no-sandbox \
        --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run \
        --user-data-dir="$TEST_TMP/profile" "$@" 2>browser.log
}

# The page looks at itself: what it measures stands in an element of its own.
PROBE='<script>addEventListener("load", function () {
    var d = document, all = d.querySelectorAll("body *"), r = {}, m, dots, text, out;
    d.querySelectorAll("details").forEach(function (e) { e.open = true; });
    r.width = innerWidth;
    r.scroll = d.documentElement.scrollWidth;
    r.widest = Array.from(all).filter(function (e) {
        return e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll"); }).map(
        function (e) { return e.tagName + "." + e.className + " in " + e.parentNode.tagName; })[0] || "";
    r.scripts = d.scripts.length - 1;
    r.handlers = Array.from(all).filter(function (e) {
        return e.getAttributeNames().some(function (n) { return n.indexOf("on") == 0; }); }).length;
    r.foreign = d.querySelectorAll("img,iframe,object,embed,link,form,input").length;
    r.fetched = performance.getEntriesByType("resource").length;
    r.svg = d.querySelectorAll("svg").length;
    r.empty = Array.from(d.querySelectorAll("svg")).filter(function (e) {
        return e.querySelectorAll("path,polygon,rect").length < 4; }).length;
    m = d.querySelector("figure[data-kind=regression]");
    r.m = m ? m.dataset.m : "";
    r.shown = m ? m.querySelector("dl dd").textContent : "";
    dots = d.querySelector("path.dots");
    r.dots = dots ? getComputedStyle(dots).stroke : "";
    r.paper = getComputedStyle(d.body).backgroundColor;
    text = d.querySelector("svg text");
    r.px = text ? text.getBoundingClientRect().height : 0;
    r.title = d.title;
    r.alarms = d.querySelectorAll("article.alarm").length;
    r.height = d.documentElement.scrollHeight;
    parent.postMessage(JSON.stringify(r), "*"); });</script>'

# framed PAGE WIDTH HEIGHT: writes frame.html, where the page is as wide as on a phone (a browser's
# window is 500 pixels wide at least)
framed() {
    printf '<!DOCTYPE html><title>frame</title><style>body{margin:0}</style>
<script>addEventListener("message", function (e) {
    var out = document.createElement("pre"); out.id = "result"; out.textContent = e.data;
    document.body.prepend(out); });</script>
<iframe src="%s" width="%s" height="%s" style="border:0"></iframe>\n' "$1" "$2" "$3" >frame.html
}

# probe PAGE WIDTH OPTION...: prints what the page measured, one JSON object
probe() {
    local page=$1 width=$2
    shift 2
    { grep -v 'http-equiv="Content-Security-Policy"' "$page" && printf '%s\n' "$PROBE"; } >probed.html
    framed probed.html "$width" 900
    browser --window-size=1200,900 "$@" --dump-dom "file://$PWD/frame.html" |
        grep -o '<pre id="result">.*</pre>' | sed 's/<[^>]*>//g; s/&amp;/\&/g'
}

# value JSON KEY
value() {
    sed -n "s/.*\"$2\":\"\{0,1\}\([^,}\"]*\).*/\1/p" <<<"$1"
}

# is WHAT JSON KEY WANT
is() {
    expect_equal "$1: $3" "$(value "$2" "$3")" "$4"
}

# at_least WHAT JSON KEY LEAST
at_least() {
    awk -v v="$(value "$2" "$3")" -v n="$4" 'BEGIN { exit !(v != "" && v + 0 >= n) }' ||
        problem "$1: $3 is '$(value "$2" "$3")', want at least $4"
}

# inert WHAT JSON: nothing that acts, nothing from elsewhere
inert() {
    local key
    for key in scripts handlers foreign fetched; do is "$1" "$2" $key 0; done
}

campus() {
    local light dark phone
    "$CAMPUS" --seed 2 --clients 150 --days 4 --thin --mail-scale 0.2 --mta classic --infect I1-I24 \
        --starts 1 --conf campus.conf >campus.log || problem 'gen_campus failed'
    report campus -c campus.conf campus.log
    light=$(probe campus.html 1100)
    inert light "$light"
    is light "$light" width 1100
    is light "$light" widest ''
    is light "$light" empty 0
    is light "$light" svg "$(grep -c '<svg ' campus.html)"
    is light "$light" m "$(attribute campus.html 'data-kind="regression"' m)"
    near 'light: m as shown' "$(value "$light" shown)" "$(value "$light" m)" 0.005
    is light "$light" alarms "$(grep -c '<article class="alarm"' campus.html)"
    at_least light "$light" svg 12
    at_least light "$light" alarms 3
    is light "$light" dots 'rgb(43'
    dark=$(probe campus.html 1100 --force-dark-mode)
    is dark "$dark" dots 'rgb(122'
    is dark "$dark" paper 'rgb(20'
    phone=$(probe campus.html 360)
    is phone "$phone" width 360
    is phone "$phone" scroll 360
    is phone "$phone" widest ''
    at_least phone "$phone" px 8 # a figure's letters, CSS pixels
    pictures "$(value "$light" height)" "$(value "$phone" height)"
}

# pictures HEIGHT PHONE-HEIGHT: for people to look at
pictures() {
    local page=file://$PWD/campus.html
    browser --window-size="1100,$1" --screenshot="$PICTURES/light.png" "$page"
    browser --window-size="1100,$1" --force-dark-mode --screenshot="$PICTURES/dark.png" "$page"
    framed campus.html 360 "$2"
    browser --window-size="500,$2" --screenshot="$PICTURES/phone.png" "file://$PWD/frame.html"
    browser --no-pdf-header-footer --print-to-pdf="$PICTURES/print.pdf" "$page"
    local file
    for file in light.png dark.png phone.png print.pdf; do
        [ -s "$PICTURES/$file" ] || problem "no $file: $(tail -n 2 browser.log)"
    done
}

hostile() {
    local seen
    hostile_events >hostile.json
    report hostile hostile.json
    seen=$(probe hostile.html 360)
    inert hostile "$seen"
    is hostile "$seen" scroll 360
    is hostile "$seen" title 'dnsmon report: 2026-05-12 09:00 – 2026-05-13 00:00 UTC'
    # the policy: a script that stands in the page all the same does not run
    { cat hostile.html && printf '%s\n' "$PROBE"; } >scripted.html
    framed scripted.html 360 900
    browser --dump-dom "file://$PWD/frame.html" >dom.html
    expect_line 'policy: the page is there' '<iframe src="scripted.html"' dom.html
    expect_no_line 'policy: no script runs' '<pre id="result"' dom.html
}

campus
hostile
finish
