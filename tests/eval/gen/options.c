/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

struct options opt = {.seed = 1,
                      .days = 7,
                      .clients = 10000,
                      .starts = 10,
                      .big = 1,
                      .scale = 1,
                      .mail_scale = 1,
                      .bind = BIND_9_18,
                      .postfix = POSTFIX_3};

int64_t run_end(void)
{
    return START + opt.days * DAY;
}

static void usage(void)
{
    fputs(
        "usage: gen_campus [OPTION...] >LOG\n"
        "  --seed N            the same seed gives the same bytes (1)\n"
        "  --days N            days from Monday, 2026-04-06 on (7)\n"
        "  --clients N         size of the population (10000)\n"
        "  --scale-benign X    every benign rate times X (1)\n"
        "  --infect LIST       I1,I2-I5,all,none: what is superimposed (none)\n"
        "  --starts N          of each infection (10)\n"
        "  --bind FORM         9.2, 9.11, 9.18, 9.20 (9.18)\n"
        "  --postfix FORM      2.0, 3.x (3.x)\n"
        "  --mta KIND          classic: k = 2 queries a destination; modern: SPF, DNSBL, TLSA too\n"
        "  --big N             mail servers of the paper's size (1)\n"
        "  --mail-scale X      connections of all mail servers times X (1)\n"
        "  --thin              without the bulk look-ups that no detector can turn into an event\n"
        "  --labels FILE       what is true, one JSON object a line\n"
        "  --conf FILE         dnsmon's configuration for this site\n"
        "  --few-roles         only the mail servers are in [roles] there\n"
        "  --only-conf         no log, no labels\n",
        stderr);
    exit(2);
}

/* "I3" or "I3-I7" */
static void add_infections(const char *word)
{
    unsigned from, to;
    int n = 0;

    if (sscanf(word, "I%u-I%u%n", &from, &to, &n) < 2 || word[n]) {
        n = 0;
        if (sscanf(word, "I%u%n", &from, &n) < 1 || word[n]) {
            usage();
        }
        to = from;
    }
    if (from < 1 || to >= INFECTIONS) {
        usage();
    }
    for (unsigned i = from; i <= to; i++) {
        opt.infect[i] = true;
    }
}

static void read_infections(char *list)
{
    if (strcmp(list, "none") == 0) {
        return;
    }
    if (strcmp(list, "all") == 0) {
        add_infections("I1-I24");
        return;
    }
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
        add_infections(word);
    }
}

static int word_of(const char *value, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) == 0) {
            return i;
        }
    }
    usage();
    return 0;
}

static uint32_t number(const char *value)
{
    char *end;
    unsigned long n = strtoul(value, &end, 10);

    if (*end || end == value || n > UINT32_MAX) {
        usage();
    }
    return (uint32_t)n;
}

static double factor(const char *value)
{
    char *end;
    double x = strtod(value, &end);

    if (*end || end == value || !(x > 0)) {
        usage();
    }
    return x;
}

static void set(const char *name, char *value)
{
    static const char *const binds[] = {"9.2", "9.11", "9.18", "9.20", NULL};
    static const char *const postfixes[] = {"2.0", "3.x", NULL};
    static const char *const kinds[] = {"classic", "modern", NULL};
    static const char *const names[] = {
        "--seed",    "--days", "--clients", "--scale-benign", "--infect", "--starts", "--bind",
        "--postfix", "--mta",  "--big",     "--mail-scale",   "--labels", "--conf",   NULL};

    switch (word_of(name, names)) {
    case 0:
        opt.seed = number(value);
        break;
    case 1:
        opt.days = number(value);
        break;
    case 2:
        opt.clients = number(value);
        break;
    case 3:
        opt.scale = factor(value);
        break;
    case 4:
        read_infections(value);
        break;
    case 5:
        opt.starts = number(value);
        break;
    case 6:
        opt.bind = (enum bind_form)word_of(value, binds);
        break;
    case 7:
        opt.postfix = (enum postfix_form)word_of(value, postfixes);
        break;
    case 8:
        opt.modern_mta = word_of(value, kinds) == 1;
        break;
    case 9:
        opt.big = number(value);
        break;
    case 10:
        opt.mail_scale = factor(value);
        break;
    case 11:
        opt.labels = value;
        break;
    default:
        opt.conf = value;
        break;
    }
}

void options_read(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--thin") == 0) {
            opt.thin = true;
        } else if (strcmp(argv[i], "--only-conf") == 0) {
            opt.only_conf = true;
        } else if (strcmp(argv[i], "--few-roles") == 0) {
            opt.few_roles = true;
        } else if (i + 1 < argc) {
            set(argv[i], argv[i + 1]);
            i++;
        } else {
            usage();
        }
    }
    if (opt.days < 1 || opt.days > 365 || opt.clients < 50 || opt.clients > 60000) {
        usage();
    }
}
