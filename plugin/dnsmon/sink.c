/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Destinations. All calls wait for the destination and belong to one thread, which may.
 *
 * file:  opened for appending; a line that a crash or a full disk has cut is closed with a newline
 *        first, so that it spoils no other one.
 * unix:  the socket at PATH says whether it takes datagrams (one RFC 5424 message each; an event
 *        that is too big for one is sent in its text form) or a stream (one a line).
 * tcp:   RFC 5424 with octet counting.
 *
 * Delivered means for a socket: nothing is left of it in our kernel (SIOCOUTQ) and the connection
 * still stands; over TCP the other kernel has acknowledged it. What was on its way when a
 * connection broke is sent again on the next one.
 *
 * LIMITS: what a receiver's kernel has taken and its program never read is lost with that program.
 * Source: RFC 5424, RFC 6587 3.4.1, unix(7), tcp(7).
 */
#define _GNU_SOURCE
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A receiver that does not answer for so long is away, ms. Own choice: below it a busy one over a
 * bad line still gets through, and events do not age by it. */
#define CONNECT_MS 5000
#define SILENT_MS 30000

enum kind { KIND_FILE, KIND_UNIX, KIND_TCP };

struct sink {
    enum kind kind;
    char *path; /* file, socket, or host */
    char *port; /* tcp */
    bool text, sync;
    char host[256]; /* ours */
    int fd;         /* -1: closed */
    enum finding_form form;
};

static int say(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int say(char *why, const char *format, ...)
{
    int error = errno;
    va_list args;

    va_start(args, format);
    vsnprintf(why, SINK_WHY, format, args);
    va_end(args);
    errno = error;
    return -1;
}

/* ---- which one ---- */

/* HOST:PORT or [ADDRESS]:PORT into path and port.  Returns: 0; -1: it is none. */
static int split_address(struct sink *s, const char *address)
{
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;

    if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
        address++;
        n -= 2;
    } else if (n > 0 && memchr(address, ':', n)) {
        return -1; /* an IPv6 address without its brackets */
    }
    if (n == 0 || colon[1] == '\0') {
        return -1;
    }
    s->path = strndup(address, n);
    s->port = strdup(colon + 1);
    return 0;
}

static int read_dest(struct sink *s, const char *dest, char *why)
{
    struct sockaddr_un un;

    if (strcmp(dest, "-") == 0) {
        return say(why, "standard output belongs to the protocol: name a file, unix:PATH or "
                        "tcp:HOST:PORT");
    }
    if (strncmp(dest, "tcp:", 4) == 0) {
        s->kind = KIND_TCP;
        s->form = FINDING_COUNTED;
        return split_address(s, dest + 4) == 0
                   ? 0
                   : say(why, "%s: no tcp:HOST:PORT (an IPv6 address stands in brackets)", dest);
    }
    s->kind = strncmp(dest, "unix:", 5) == 0 ? KIND_UNIX : KIND_FILE;
    s->form = FINDING_LINE;
    dest += s->kind == KIND_UNIX ? 5 : 0;
    if (dest[0] == '\0' || (s->kind == KIND_UNIX && strlen(dest) >= sizeof un.sun_path)) {
        return say(why, "\"%s\": an empty path, or one too long for a socket", dest);
    }
    s->path = strdup(dest);
    return 0;
}

/* Our name as RFC 5424 wants it: printable, no blank. */
static void read_host(struct sink *s)
{
    if (gethostname(s->host, sizeof s->host - 1) < 0) {
        s->host[0] = '\0';
    }
    s->host[sizeof s->host - 1] = '\0';
    for (char *p = s->host; *p; p++) {
        *p = *p > ' ' && *p < 0x7f ? *p : '_';
    }
    if (s->host[0] == '\0') {
        strcpy(s->host, "-");
    }
}

struct sink *sink_new(const char *dest, bool text, bool sync, char *why)
{
    struct sink *s = calloc(1, sizeof *s);

    if (!s) {
        say(why, "out of memory");
        return NULL;
    }
    s->fd = -1;
    s->text = text;
    s->sync = sync;
    read_host(s);
    if (read_dest(s, dest, why) < 0) {
        sink_free(s);
        return NULL;
    }
    if (!s->path || (s->kind == KIND_TCP && !s->port)) {
        say(why, "out of memory");
        sink_free(s);
        return NULL;
    }
    return s;
}

void sink_free(struct sink *s)
{
    if (s) {
        sink_close(s);
        free(s->path);
        free(s->port);
        free(s);
    }
}

void sink_close(struct sink *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
}

/* ---- opening ---- */

/* A line that was cut ends here. */
static void end_cut_line(const struct sink *s)
{
    struct stat st;
    char last;

    if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        pread(s->fd, &last, 1, st.st_size - 1) == 1 && last != '\n' && write(s->fd, "\n", 1) < 0) {
        return; /* a full disk: the next write says so */
    }
}

static int open_file(struct sink *s, char *why)
{
    /* A pipe without a reader would be waited for without O_NONBLOCK. Reading is for the last byte
     * only; a file that may be written alone is good enough. */
    int flags = O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    struct stat st;
    bool plain = stat(s->path, &st) < 0 || S_ISREG(st.st_mode);

    s->fd = open(s->path, flags | (plain ? O_RDWR : O_WRONLY), 0640);
    if (s->fd < 0 && errno == EACCES) {
        s->fd = open(s->path, flags | O_WRONLY, 0640);
    }
    if (s->fd < 0) {
        return say(why, "%s", strerror(errno));
    }
    end_cut_line(s);
    return 0;
}

static int open_unix(struct sink *s, char *why)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    static const int types[] = {SOCK_DGRAM, SOCK_STREAM};

    strcpy(un.sun_path, s->path);
    for (int i = 0; i < 2; i++) {
        s->form = types[i] == SOCK_DGRAM ? FINDING_SYSLOG : FINDING_NEWLINE;
        s->fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s->fd >= 0 && connect(s->fd, (struct sockaddr *)&un, sizeof un) == 0) {
            return 0;
        }
        int error = errno;
        sink_close(s);
        if (error != EPROTOTYPE) {
            return say(why, "%s", strerror(error));
        }
    }
    return say(why, "neither a datagram nor a stream socket");
}

static bool connect_within(int fd, const struct addrinfo *to)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t n = sizeof error;

    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) {
        return true;
    }
    if (errno != EINPROGRESS) {
        return false;
    }
    if (poll(&p, 1, CONNECT_MS) <= 0) {
        errno = ETIMEDOUT;
        return false;
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n);
    errno = error;
    return error == 0;
}

static int open_tcp(struct sink *s, char *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    int silent = SILENT_MS, on = 1;
    int error = getaddrinfo(s->path, s->port, &hints, &list);

    if (error) {
        return say(why, "%s", error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
    }
    for (const struct addrinfo *to = list; to && s->fd < 0; to = to->ai_next) {
        s->fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s->fd < 0 || !connect_within(s->fd, to)) {
            say(why, "%s", strerror(errno));
            sink_close(s);
        }
    }
    freeaddrinfo(list);
    if (s->fd < 0) {
        return -1;
    }
    setsockopt(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof silent);
    setsockopt(s->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return 0;
}

static int open_sink(struct sink *s, char *why)
{
    if (s->fd >= 0) {
        return 0;
    }
    return s->kind == KIND_FILE   ? open_file(s, why)
           : s->kind == KIND_UNIX ? open_unix(s, why)
                                  : open_tcp(s, why);
}

/* ---- sending ---- */

/* Whether a connection still stands. What a receiver says is read and thrown away. */
static bool is_connected(const struct sink *s)
{
    char junk[256];
    ssize_t got;

    if (s->kind == KIND_FILE) {
        return true;
    }
    do {
        got = recv(s->fd, junk, sizeof junk, MSG_DONTWAIT);
    } while (got > 0);
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/* All bytes, however long that takes while the connection stands. */
static int write_all(const struct sink *s, const char *p, size_t n, char *why)
{
    struct pollfd ready = {.fd = s->fd, .events = POLLOUT};

    while (n > 0) {
        ssize_t done = write(s->fd, p, n);
        if (done >= 0) {
            p += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            poll(&ready, 1, 1000);
        } else if (errno != EINTR) {
            return say(why, "%s", strerror(errno));
        }
    }
    return 0;
}

/* Until our kernel holds nothing of it any more. */
static int settle(const struct sink *s, char *why)
{
    int left, ms = 1;

    if (s->kind == KIND_FILE) {
        return s->sync && fdatasync(s->fd) < 0 && errno != EINVAL ? say(why, "%s", strerror(errno))
                                                                  : 0;
    }
    for (;;) {
        if (!is_connected(s)) {
            return say(why, "the connection was closed");
        }
        if (ioctl(s->fd, SIOCOUTQ, &left) < 0 || left == 0) {
            return 0;
        }
        poll(NULL, 0, ms);
        ms = ms < 50 ? ms * 2 : 50;
    }
}

static int send_one(const struct sink *s, const struct finding *f, bool text, char *why)
{
    size_t n = 0;
    char *message = finding_message(f, s->form, text, s->host, &n);
    int result = message ? write_all(s, message, n, why) : say(why, "out of memory");
    bool too_big = result < 0 && errno == EMSGSIZE && s->form == FINDING_SYSLOG;

    free(message);
    /* A datagram has a limit; the text form is far below any. */
    return too_big && !text ? send_one(s, f, true, why) : result;
}

size_t sink_send(struct sink *s, const struct finding *list, size_t n, char *why)
{
    if (s->fd >= 0 && !is_connected(s)) {
        sink_close(s);
    }
    if (open_sink(s, why) < 0) {
        return 0;
    }
    size_t sent = 0;
    int result = 0;
    for (const struct finding *f = list; sent < n && result == 0; f = f->next) {
        result = send_one(s, f, s->text, why);
        sent += result == 0;
    }
    bool settled = settle(s, why) == 0;
    if (result < 0 || !settled) {
        sink_close(s);
    }
    /* Each line of a file stands for itself; of a connection that broke nothing is known. */
    return settled && (result == 0 || s->kind == KIND_FILE) ? sent : 0;
}
