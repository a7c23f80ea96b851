/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a state file knows: peek CONFIG STATE CLIENT. Prints the MX queries of the client's day, and
 * of the incidents that are open their number.   Exit: 1 if the file is refused (it says why).
 */
#include <stdio.h>

#include "monitor/config.h"
#include "monitor/monitor.h"

int main(int argc, char **argv)
{
    dnsmon_config_t *cfg;
    dnsmon_monitor_t *mon;
    char why[DNSMON_ERRLEN] = "";
    struct dm_addr who;

    if (argc != 4 || dnsmon_config_load(argv[1], &cfg, why, sizeof why) < 0 ||
        dnsmon_monitor_new(cfg, DNSMON_LIVE, &mon) < 0 ||
        dm_addr_parse(dm_slice_make(argv[3], strlen(argv[3])), &who) < 0) {
        fprintf(stderr, "usage: peek CONFIG STATE CLIENT %s\n", why);
        return 2;
    }
    int rc = dnsmon_monitor_load(mon, argv[2], why, sizeof why);
    if (rc < 0) {
        fprintf(stderr, "%s\n", why);
    } else {
        dnsmon_monitor_finish(mon, 0);
        struct dm_client *cli = dm_client_find(dm_engine_clients(mon->engine), &who);
        printf("%u %zu\n", cli ? cli->today.mx : 0,
               dm_incidents_open(dm_engine_incidents(mon->engine)));
    }
    dnsmon_monitor_free(mon);
    dnsmon_config_free(cfg);
    return rc < 0;
}
