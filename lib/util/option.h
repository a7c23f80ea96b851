/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One row for each configuration key. Setting, range checks, `dnsmon check`, the manual and the
 * tests all read these rows; each layer of the library brings the rows of its own section.
 */
#ifndef DM_UTIL_OPTION_H
#define DM_UTIL_OPTION_H

#include <stddef.h>

enum dm_option_type {
    DM_OPT_NUMBER,    /**< double; min..max */
    DM_OPT_COUNT,     /**< whole number, kept as double; min..max */
    DM_OPT_DURATION,  /**< seconds as double; written 90, 90s, 15m, 24h, 14d */
    DM_OPT_BYTES,     /**< bytes as double; written 1000, 64k, 256M, 2G (powers of 1024) */
    DM_OPT_RATE,      /**< events per hour as double; written 60/h, 5/s, 10/min, 100/d */
    DM_OPT_TEXT,      /**< free text */
    DM_OPT_ZONE,      /**< a time zone's name; empty: the system's */
    DM_OPT_DATES,     /**< list of YYYY-MM-DD */
    DM_OPT_FILE,      /**< a path; relative ones are beside the configuration file */
    DM_OPT_PREFIXES,  /**< list of addresses and prefixes */
    DM_OPT_ADDRESSES, /**< list of addresses */
    DM_OPT_NAMES,     /**< list of domain names */
    DM_OPT_RULES,     /**< list of rule ids, or "all" */
    DM_OPT_PORTS,     /**< list of TCP ports, at most DM_PORTS_MAX */
    DM_OPT_STEPS,     /**< a signature: steps, see stream/signature.h */
};

/** Most ports of a DM_OPT_PORTS value. */
#define DM_PORTS_MAX 8

/** A row. Everything a user may ask about a key is here, and only here. */
struct dm_option {
    const char *key;
    enum dm_option_type type;
    const char *deflt; /**< as a user would write it */
    double min, max;   /**< in the type's base unit; both 0: not a number */
    const char *unit;  /**< "1/h", "nats", "registered domains", "-" */
    const char *doc;   /**< one or two sentences: what it does and when to change it */
    const char
        *source; /**< where the default comes from: paper and section, RFC, "measured on ..." */
};

#endif
