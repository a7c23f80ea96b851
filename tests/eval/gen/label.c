/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What is true of the log: one JSON object a line, for metrics.py; and the configuration that a
 * careful administrator of this site would write.
 *
 * kind "run": seed, days, population. "client": an address and its role. "server": a mail server,
 * and over all weekdays m (DNS queries a connection), n (destinations a transmission), q (share of
 * receptions). "infection": id, truth (dnsmon.class that is right), spans (which address it had
 * when), times of its look-ups and of those for a domain that is new to it, ms since 1970.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gen.h"

static struct label **labels;
static size_t count;

struct label *label_new(const char *id, const char *truth, uint32_t no, int64_t start, int64_t end)
{
    struct label *l = calloc(1, sizeof *l);

    labels = realloc(labels, (count + 1) * sizeof *labels);
    if (!l || !labels) {
        abort();
    }
    *l = (struct label){.id = id, .truth = truth, .no = no, .start = start, .end = end};
    l->times = calloc(LABEL_TIMES, sizeof *l->times);
    l->novel_times = calloc(LABEL_TIMES, sizeof *l->novel_times);
    if (!l->times || !l->novel_times) {
        abort();
    }
    labels[count++] = l;
    return l;
}

static void note_address(struct label *l, int64_t t, uint32_t ip)
{
    uint32_t n = l->spans_count;

    if ((n == 0 || l->spans[n - 1].ip != ip) && n < LABEL_SPANS) {
        l->spans[n].ip = ip;
        /* Its first look-up there; what else it does may come before: from when it left the other.
         */
        l->spans[n].from = n > 0 ? l->spans[n - 1].to : t;
        l->spans_count = ++n;
    }
    l->spans[n - 1].to = t;
}

void label_lookup(struct label *l, int64_t t, uint32_t ip, bool novel)
{
    if (t >= run_end()) {
        return;
    }
    if (l->lookups == 0) {
        l->first = t;
    }
    l->last = t;
    note_address(l, t, ip);
    if (l->lookups < LABEL_TIMES) {
        l->times[l->lookups] = t;
    }
    l->lookups++;
    if (novel) {
        if (l->novel < LABEL_TIMES) {
            l->novel_times[l->novel] = t;
        }
        l->novel++;
    }
}

static void write_ip(FILE *f, const char *key, uint32_t ip)
{
    fprintf(f, "\"%s\":\"%u.%u.%u.%u\"", key, ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static void write_times(FILE *f, const char *key, const int64_t *times, uint32_t n)
{
    fprintf(f, ",\"%s\":[", key);
    for (uint32_t i = 0; i < n && i < LABEL_TIMES; i++) {
        fprintf(f, "%s%lld", i ? "," : "", (long long)times[i]);
    }
    fputs("]", f);
}

static void write_label(FILE *f, const struct label *l)
{
    fprintf(f, "{\"kind\":\"infection\",\"id\":\"%s\",\"truth\":\"%s\",\"no\":%u", l->id, l->truth,
            l->no & 0xffff);
    if (l->server) {
        fprintf(f, ",\"server\":\"mx%u\"", l->server);
    }
    if (l->peer) {
        fputc(',', f);
        write_ip(f, "peer", l->peer);
    }
    fprintf(f, ",\"ptr_tool\":%s", l->ptr_tool ? "true" : "false");
    fprintf(f, ",\"start\":%lld,\"end\":%lld,\"lookups\":%u,\"novel\":%u,\"spans\":[",
            (long long)l->first, (long long)l->last, l->lookups, l->novel);
    for (uint32_t i = 0; i < l->spans_count; i++) {
        fputs(i ? ",{" : "{", f);
        write_ip(f, "ip", l->spans[i].ip);
        fprintf(f, ",\"from\":%lld,\"to\":%lld}", (long long)l->spans[i].from,
                (long long)l->spans[i].to);
    }
    fputs("]", f);
    write_times(f, "times", l->times, l->lookups);
    write_times(f, "novel_times", l->novel_times, l->novel);
    fputs("}\n", f);
}

static void write_server(FILE *f, uint32_t i)
{
    const struct mta *m = &mtas[i];
    double connections = (double)m->connections + (m->connections == 0);
    double transmitted = (double)(m->connections - m->received);

    fprintf(f, "{\"kind\":\"server\",\"name\":\"mx%u\",", i + 1);
    write_ip(f, "ip", m->ip);
    fprintf(
        f, ",\"big\":%s,\"connections\":%llu,\"messages\":%llu,\"m\":%.4f,\"n\":%.4f,\"q\":%.4f}\n",
        i < opt.big ? "true" : "false", (unsigned long long)m->connections,
        (unsigned long long)m->messages, (double)m->dns / connections,
        transmitted > 0 ? (double)m->destinations / transmitted : 0,
        (double)m->received / connections);
}

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void finish(FILE *f, const char *path)
{
    if (fclose(f) != 0) {
        perror(path);
        exit(1);
    }
}

void labels_write(const char *path)
{
    FILE *f = create(path);

    fprintf(f, "{\"kind\":\"run\",\"seed\":%llu,\"days\":%u,\"clients\":%u,\"scale\":%g}\n",
            (unsigned long long)opt.seed, opt.days, clients_count, opt.scale);
    for (uint32_t i = 0; i < clients_count; i++) {
        fputs("{\"kind\":\"client\",", f);
        write_ip(f, "ip", clients[i].ip);
        fprintf(f, ",\"role\":\"%s\"%s}\n", role_names[clients[i].role],
                clients[i].listed ? "" : ",\"listed\":false");
    }
    for (uint32_t i = 0; i < mtas_count; i++) {
        write_server(f, i);
    }
    for (size_t i = 0; i < count; i++) {
        if (labels[i]->lookups) {
            write_label(f, labels[i]);
        }
    }
    finish(f, path);
}

/* Every address of a role, for [roles]. */
static void conf_role(FILE *f, const char *key, enum role role)
{
    fprintf(f, "%s =", key);
    for (uint32_t i = role_first[role]; i < role_first[role + 1]; i++) {
        if (clients[i].listed) {
            uint32_t ip = clients[i].ip;
            fprintf(f, "%s%u.%u.%u.%u", i == role_first[role] ? " " : ";", ip >> 24, ip >> 16 & 255,
                    ip >> 8 & 255, ip & 255);
        }
    }
    fputc('\n', f);
}

void conf_write(const char *path)
{
    FILE *f = create(path);

    fputs("[site]\nnetworks = 10.0.0.0/8;192.0.2.0/24\ndomains = campus.example\ntimezone = UTC\n",
          f);
    fprintf(f, "holidays = %s\n[roles]\n", calendar_holidays());
    conf_role(f, "mail-servers", ROLE_MTA);
    if (!opt.few_roles) {
        conf_role(f, "list-hosts", ROLE_LIST);
        conf_role(f, "resolvers", ROLE_RESOLVER);
        conf_role(f, "forwarders", ROLE_FORWARDER);
        conf_role(f, "monitors", ROLE_MONITOR);
        conf_role(f, "app-servers", ROLE_SERVER);
    }
    fputs("[hosts]\n", f);
    for (uint32_t i = 0; i < mtas_count; i++) {
        fprintf(f, "mx%u = 192.0.2.%u\n", i + 1, mtas[i].ip & 255);
    }
    /* The detectors are measured, not the limit on events: no roll-up. */
    fputs("[events]\nrate = 100000/h\n", f);
    finish(f, path);
}
