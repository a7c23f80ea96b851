#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test_embed.sh - the library as other programs find it: installed into a scratch folder, the
# examples built through pkg-config against it and run; the header alone in C and C++; what
# make install brings. The examples give the events of dnsmon replay.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../golden/lib_program.sh
. "$(dirname "$0")/../golden/lib_program.sh"

dest=$TEST_TMP/dest
make -C "$DNSMON_BUILD" install DESTDIR="$dest" >install.txt 2>&1 ||
    { cat install.txt; problem 'make install failed'; finish; }
pc=$(find "$dest" -name libdnsmon.pc)
libdir=$(dirname "$(find "$dest" -name libdnsmon.so)")
[ -n "$pc" ] || { problem 'there is no libdnsmon.pc'; finish; }
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$dest
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
read -ra flags < <(pkg-config --cflags --libs libdnsmon)
expect_line 'pkg-config' "^-I$dest[^ ]*include -L$dest[^ ]* -ldnsmon *\$" <(pkg-config --cflags --libs libdnsmon)
expect_equal 'the version' "$(pkg-config --modversion libdnsmon)" \
    "$(dnsmon --version | sed 's/^dnsmon //')"
for page in man1/dnsmon.1 man3/libdnsmon.3 man5/dnsmon.conf.5; do
    [ -n "$(find "$dest" -path "*/$page")" ] || problem "make install brings no $page"
done
[ -z "$(find "$dest" -name omdnsmon.so)" ] || [ -n "$(find "$dest" -path '*/man5/omdnsmon.5')" ] ||
    problem 'make install brings no man5/omdnsmon.5'
expect_equal 'headers' "$(find "$dest" -name '*.h' | wc -l)" 1

strict=(-Wall -Wextra -Wpedantic -Werror)
printf '#include <dnsmon/dnsmon.h>\n#include <dnsmon/dnsmon.h>\nint main(void) { return 0; }\n' >only.c
sed 's/(void)/()/' only.c >only.cc
for std in c99 c11 c17; do
    gcc -std=$std "${strict[@]}" -Wstrict-prototypes -fsyntax-only only.c "${flags[@]}" ||
        problem "dnsmon.h in $std"
done
for std in c++11 c++17 c++20; do
    g++ -std=$std "${strict[@]}" -fsyntax-only only.cc "${flags[@]}" || problem "dnsmon.h in $std"
done

src=$DNSMON_SRC/examples/embed
gcc "${strict[@]}" -o embed_c "$src/embed.c" "${flags[@]}" || problem 'embed.c does not build'
g++ -std=c++11 "${strict[@]}" -o embed_cc "$src/embed.cc" "${flags[@]}" ||
    problem 'embed.cc does not build'

make_site
make_log 12000 43200 10 >plain.log
{ head -n 5000 plain.log; head -c 100000 /dev/zero; echo; tail -n +5001 plain.log; } >all.log
printf '[site]\nnetworks=nonsense\n' >wrong.conf
dnsmon replay -c site.conf --threads 1 all.log >want.txt
[ -s want.txt ] || problem 'replay finds nothing'
export LD_LIBRARY_PATH=$libdir
for program in ./embed_c ./embed_cc "python3 $src/embed.py"; do
    # shellcheck disable=SC2086 # words
    $program site.conf <all.log >got.txt 2>said.txt
    expect_equal "$program: exit status" $? 0
    expect_equal "$program: standard error" "$(cat said.txt)" ''
    expect_same "$program" got.txt want.txt
    # shellcheck disable=SC2086 # words
    $program wrong.conf </dev/null >got.txt 2>said.txt && problem "$program: a wrong configuration"
    expect_line "$program: a wrong configuration" 'wrong.conf:2: .*networks' said.txt
    # shellcheck disable=SC2086 # words
    $program </dev/null || problem "$program: no configuration"
done
finish
