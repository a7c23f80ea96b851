/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * askdns - asks a DNS server real questions from many client addresses.
 *
 * Used by examples/quickstart.sh and by the host tests.  Reads lines "CLIENT TYPE NAME" from
 * standard input; CLIENT is an IPv4 address of this machine (any of 127.0.0.0/8), TYPE a mnemonic
 * or TYPEn, NAME in presentation form (\. \DDD are understood); with HEX for TYPE, NAME is a whole
 * packet in hexadecimal digits, no question perhaps.  Asks SERVER for each over UDP, one
 * after the other, waits for the answer, and sleeps PAUSE ms.  A question without an answer within
 * one second is asked again, twice at most.
 * Prints how many questions were asked and answered; exit status 1 when one stayed unanswered.
 *
 *     askdns SERVER PORT PAUSE-MS <questions
 *
 * LIMITS: IPv4, class IN, no EDNS, the answer's content is not looked at.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_NAME = 255,   /* octets of a name on the wire, RFC 1035 2.3.4 */
    MAX_LABEL = 63,   /* octets of a label, the same */
    HEADER_LEN = 12,  /* RFC 1035 4.1.1 */
    MAX_PACKET = 512, /* octets of one given in digits, RFC 1035 2.3.4 */
    ANSWER_MS = 1000, /* wait for an answer; own choice, loopback answers in under 1 ms */
    ATTEMPTS = 3,
};

static const struct {
    const char *name;
    uint16_t type;
} types[] = {
    {"A", 1},    {"NS", 2},    {"SOA", 6},  {"PTR", 12},   {"MX", 15},
    {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"HTTPS", 65}, {"ANY", 255},
};

static int find_type(const char *text)
{
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcasecmp(text, types[i].name) == 0)
            return types[i].type;
    if (strncasecmp(text, "TYPE", 4) == 0)
        return atoi(text + 4);
    return -1;
}

/* One octet of a label at *text, escapes taken away; moves *text past it. */
static uint8_t read_octet(const char **text)
{
    const char *p = *text;
    unsigned value = (uint8_t)*p++;

    if (value == '\\' && p[0] >= '0' && p[0] <= '9' && p[1] && p[2]) {
        value = (unsigned)(p[0] - '0') * 100 + (unsigned)(p[1] - '0') * 10 + (unsigned)(p[2] - '0');
        p += 3;
    } else if (value == '\\' && *p) {
        value = (uint8_t)*p++;
    }
    *text = p;
    return (uint8_t)value;
}

/* The name in wire form; its length, or -1 when it is none. */
static int write_name(const char *text, uint8_t *ret_wire)
{
    int len = 0, label = 0, start = 0;

    if (strcmp(text, ".") == 0)
        text++;
    while (*text) {
        start = len++;
        for (label = 0; *text && *text != '.'; label++) {
            if (label == MAX_LABEL || len >= MAX_NAME - 1)
                return -1;
            ret_wire[len++] = read_octet(&text);
        }
        if (label == 0)
            return -1;
        ret_wire[start] = (uint8_t)label;
        if (*text == '.')
            text++;
    }
    ret_wire[len++] = 0;
    return len;
}

/* A query with recursion desired, as a stub resolver sends it; its length or -1. */
static int write_query(uint16_t id, int type, const char *name, uint8_t *ret_packet)
{
    static const uint8_t tail[] = {0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0};
    int len;

    ret_packet[0] = (uint8_t)(id >> 8);
    ret_packet[1] = (uint8_t)id;
    memcpy(ret_packet + 2, tail, sizeof(tail));
    len = write_name(name, ret_packet + HEADER_LEN);
    if (len < 0)
        return -1;
    len += HEADER_LEN;
    ret_packet[len++] = (uint8_t)(type >> 8);
    ret_packet[len++] = (uint8_t)type;
    ret_packet[len++] = 0;
    ret_packet[len++] = 1;
    return len;
}

/* Two hexadecimal digits an octet; their number, or -1 when they are none or too many. */
static int read_packet(const char *digits, uint8_t *ret_packet)
{
    int len = 0;

    for (; digits[0] && digits[1]; digits += 2) {
        char octet[3] = {digits[0], digits[1], '\0'}, *end;
        if (len == MAX_PACKET)
            return -1;
        ret_packet[len++] = (uint8_t)strtoul(octet, &end, 16);
        if (*end)
            return -1;
    }
    return digits[0] || len < 2 ? -1 : len;
}

/* A socket of the client's address, connected to the server; -1 with a message. */
static int open_client(const char *client, const struct sockaddr_in *server)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    int fd;

    if (inet_pton(AF_INET, client, &from.sin_addr) != 1) {
        fprintf(stderr, "askdns: not an IPv4 address: %s\n", client);
        return -1;
    }
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
        connect(fd, (const struct sockaddr *)server, sizeof(*server)) == 0)
        return fd;
    fprintf(stderr, "askdns: %s: %s\n", client, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* 1 when an answer with the query's id arrives in time, else 0. */
static int wait_answer(int fd, const uint8_t *query)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    uint8_t answer[4096];

    while (poll(&wait, 1, ANSWER_MS) > 0) {
        ssize_t len = recv(fd, answer, sizeof(answer), 0);
        if (len < 0 && errno != EINTR)
            return 0;
        if (len >= HEADER_LEN && memcmp(answer, query, 2) == 0)
            return 1;
    }
    return 0;
}

/* 1 answered, 0 not answered, -1 could not be asked. */
static int ask(const char *line, const struct sockaddr_in *server, uint16_t id)
{
    uint8_t packet[MAX_PACKET];
    char client[64], type[16], name[1100];
    int fd, len, attempt, answered = 0;

    if (sscanf(line, "%63s %15s %1099s", client, type, name) != 3)
        return -1;
    if (strcmp(type, "HEX") == 0)
        len = read_packet(name, packet);
    else
        len = find_type(type) < 0 ? -1 : write_query(id, find_type(type), name, packet);
    fd = len < 0 ? -1 : open_client(client, server);
    if (fd < 0)
        return -1;
    for (attempt = 0; attempt < ATTEMPTS && !answered; attempt++)
        if (send(fd, packet, (size_t)len, 0) == len)
            answered = wait_answer(fd, packet);
    close(fd);
    return answered;
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    struct timespec pause = {0};
    unsigned asked = 0, answered = 0;
    char line[1300];

    if (argc != 4 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
        fprintf(stderr, "usage: askdns SERVER PORT PAUSE-MS <questions\n");
        return 2;
    }
    server.sin_port = htons((uint16_t)atoi(argv[2]));
    pause.tv_sec = atoi(argv[3]) / 1000;
    pause.tv_nsec = (atoi(argv[3]) % 1000) * 1000000L;
    while (fgets(line, sizeof(line), stdin)) {
        int result = ask(line, &server, (uint16_t)(asked * 40503U + 1));
        if (result < 0)
            fprintf(stderr, "askdns: cannot ask: %s", line);
        asked++;
        answered += result > 0;
        nanosleep(&pause, NULL);
    }
    printf("%u questions, %u answered\n", asked, answered);
    return asked == answered ? 0 : 1;
}
