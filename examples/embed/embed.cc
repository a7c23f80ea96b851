/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As embed.c, in C++11: c++ -o embed embed.cc $(pkg-config --cflags --libs libdnsmon) */
#include "dnsmon.hpp"

#include <iostream>

static void print_events(dnsmon::Monitor &mon)
{
    while (dnsmon::Event ev = mon.next()) {
        std::cout << ev.json() << '\n';
    }
}

int main(int argc, char **argv)
try {
    dnsmon::Config cfg(argc > 1 ? argv[1] : nullptr);
    dnsmon::Monitor mon(cfg, DNSMON_REPLAY);
    dnsmon::Feed feed(mon);

    for (std::string line; std::getline(std::cin, line);) {
        feed.line(line);
        print_events(mon);
    }
    feed.flush();
    mon.finish();
    print_events(mon);
    return 0;
} catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    return 2;
}
