/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * TCP attempts as iplog and the Linux kernel's packet filter write them. An item's n is the target
 * address, label the destination port.
 *
 * Source: doc/FORMATS.md (iplog, netfilter).
 */
#include "gen.h"

static void print_iplog(const struct item *it)
{
    out_text("gw1 iplog[88]: TCP: ");
    out_text(it->label == 135   ? "epmap"
             : it->label == 139 ? "netbios-ssn"
             : it->label == 445 ? "microsoft-ds"
                                : "http");
    out_text(" connection attempt to ");
    out_ip(it->n);
    out_text(" from ");
    out_ip(it->ip);
    out_char(':');
    out_uint(1024 + it->seq % 60000);
}

static void print_netfilter(const struct item *it)
{
    out_text("gw1 kernel: DROP IN=eth1 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=");
    out_ip(it->ip);
    out_text(" DST=");
    out_ip(it->n);
    out_text(" LEN=48 TOS=0x00 PREC=0x00 TTL=127 ID=");
    out_uint(it->seq % 65536);
    out_text(" DF PROTO=TCP SPT=");
    out_uint(1024 + it->seq % 60000);
    out_text(" DPT=");
    out_uint(it->label);
    out_text(" WINDOW=65535 RES=0x00 SYN URGP=0");
}

void emit_tcp(const struct item *it)
{
    out_stamp(it->t);
    if (it->kind == ITEM_IPLOG) {
        print_iplog(it);
    } else {
        print_netfilter(it);
    }
    out_char('\n');
}
