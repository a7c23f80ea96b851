/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The least that rsyslog's omprog can be asked for with confirmMessages="on": says OK once, and
 * again for every line. bench_rsyslog.sh runs it. LIMITS: a line of more than 64 KiB is confirmed
 * more than once. Source: rsyslog's doc/source/configuration/modules/omprog.rst
 */
#include <stdio.h>

int main(void)
{
    static char line[65536];

    do {
        fputs("OK\n", stdout);
        fflush(stdout);
    } while (fgets(line, sizeof line, stdin));
    return 0;
}
