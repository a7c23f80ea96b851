/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * gen_campus - the labelled log of a campus that is not there: what 10,000 clients, their mail
 * servers and the infections of doc/SCIENCE.md D.1 write into BIND's and Postfix's logs.
 *
 * Method: slices of ten minutes; each stream acts, everybody browses, the slice is sorted and
 * printed. The same options and seed give the same bytes, whatever the machine.
 * LIMITS: rates are design assumptions unless a paper is named; addresses and names are those
 * reserved for documentation, benchmarks and private networks.
 */
#include "gen.h"

int main(int argc, char **argv)
{
    options_read(argc, argv);
    population_make();
    mta_make();
    benign_make();
    infections_make();
    mail_attacks_make();
    /* The log ends at the same instant whatever is thinned: events carry its last time. */
    query(run_end() - 1, 0xc0000202, Q_SOA, L_NONE, BASE_SITE, 0);
    for (int64_t t = START; t < run_end() && !opt.only_conf; t += SLICE) {
        if (t % (8 * HOUR) == 0) {
            population_lease(t);
        }
        population_bulk(t);
        streams_run(t + SLICE);
        queue_print(t + SLICE);
    }
    if (opt.labels && !opt.only_conf) {
        labels_write(opt.labels);
    }
    if (opt.conf) {
        conf_write(opt.conf);
    }
    return out_flush();
}
