/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * collector - a syslog receiver for tests: one message a line on standard output.
 *
 *     collector KIND WHERE [COUNT]
 *
 * KIND dgram or stream: WHERE is the path of a local socket; a message is a datagram, or a line.
 * KIND tcp: WHERE is a port on 127.0.0.1, messages come with octet counting (RFC 6587 3.4.1).
 * Ends after COUNT messages, in the middle of whatever is going on; without, when it is killed. Its
 * sender may break the connection and come again.
 *
 * LIMITS: one connection at a time. A frame that is none ends it with status 1.
 * Source: RFC 6587.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char buf[1 << 20];
static long left = -1;

static void die(const char *why)
{
    perror(why);
    exit(1);
}

static void print_message(const char *p, size_t n)
{
    printf("%.*s\n", (int)n, p);
    fflush(stdout);
    if (left > 0 && --left == 0) {
        exit(0);
    }
}

static int listen_local(const char *path, int type)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type, 0);

    unlink(path);
    snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof un) < 0) {
        die(path);
    }
    return fd;
}

static int listen_tcp(int port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof in) < 0) {
        die("tcp");
    }
    return fd;
}

/* The frame at the beginning of buf.  Returns: its bytes; 0: it is not whole. */
static size_t next_frame(bool counted, size_t n)
{
    char *end = memchr(buf, counted ? ' ' : '\n', n);
    size_t size, skip;

    if (!end) {
        if (counted && n > 10) {
            die("no length");
        }
        return 0;
    }
    skip = counted ? (size_t)(end + 1 - buf) : 0;
    size = counted ? strtoul(buf, NULL, 10) : (size_t)(end - buf);
    if (counted && (size == 0 || size > sizeof buf - 16)) {
        die("bad length");
    }
    if (n < skip + size + !counted) {
        return 0;
    }
    print_message(buf + skip, size);
    return skip + size + !counted;
}

static void read_stream(int fd, bool counted)
{
    size_t n = 0, frame;
    ssize_t got;

    /* One that will end takes no byte behind its last message: what was read counts as delivered.
     */
    while ((got = read(fd, buf + n, left > 0 ? 1 : sizeof buf - n)) > 0) {
        n += (size_t)got;
        while (n > 0 && (frame = next_frame(counted, n)) > 0) {
            memmove(buf, buf + frame, n - frame);
            n -= frame;
        }
    }
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        return 2;
    }
    bool tcp = strcmp(argv[1], "tcp") == 0, dgram = strcmp(argv[1], "dgram") == 0;
    int fd =
        tcp ? listen_tcp(atoi(argv[2])) : listen_local(argv[2], dgram ? SOCK_DGRAM : SOCK_STREAM);
    ssize_t got;

    left = argc > 3 ? atol(argv[3]) : -1;
    while (dgram && (got = recv(fd, buf, sizeof buf, 0)) >= 0) {
        print_message(buf, (size_t)got);
    }
    if (listen(fd, 8) < 0) {
        die("listen");
    }
    for (;;) {
        int peer = accept(fd, NULL, NULL);
        if (peer < 0) {
            die("accept");
        }
        read_stream(peer, tcp);
    }
}
