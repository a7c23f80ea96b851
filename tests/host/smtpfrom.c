/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * smtpfrom - speaks SMTP with a server from many client addresses.
 *
 * Used by tests/host/test_postfix_flood.sh, since smtp-source cannot choose its own address.  Reads
 * lines "CLIENT SENDER RECIPIENT" from standard input; CLIENT is an IPv4 address of this machine.
 * For each it connects from that address, offers one short message, and disconnects; then it sleeps
 * PAUSE ms.  Prints how many messages were taken and refused; a connection that fails, or a server
 * that says nothing for ten seconds, counts as failed, and makes the exit status 1.
 *
 *     smtpfrom SERVER PORT PAUSE-MS <messages
 *
 * LIMITS: IPv4, one connection at a time, no pipelining, HELO only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_S = 10 }; /* a server that looks names up answers late; own choice */

/* A connection from the client's address; NULL with a message. */
static FILE *open_client(const char *client, const struct sockaddr_in *server)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct timeval patience = {.tv_sec = ANSWER_S};
    int fd = -1;
    FILE *f = NULL;

    if (inet_pton(AF_INET, client, &from.sin_addr) == 1) {
        fd = socket(AF_INET, SOCK_STREAM, 0);
    }
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
        connect(fd, (const struct sockaddr *)server, sizeof *server) == 0) {
        f = fdopen(fd, "r+");
    }
    if (!f) {
        fprintf(stderr, "smtpfrom: %s: %s\n", client, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
    }
    return f;
}

/* The first digit of the server's answer; 0: none. */
static char answer(FILE *f)
{
    char line[1024];

    do {
        if (!fgets(line, sizeof line, f)) {
            return 0;
        }
    } while (strlen(line) > 3 && line[3] == '-');
    return line[0];
}

/* The first digit of the answer to a command. */
static char say(FILE *f, const char *format, const char *argument)
{
    fseek(f, 0, SEEK_CUR); /* C: between reading and writing; a socket has no position */
    fprintf(f, format, argument);
    return fflush(f) == 0 ? answer(f) : 0;
}

/* 1 taken, 0 refused, -1 neither. */
static int offer(FILE *f, const char *sender, const char *recipient)
{
    char got;

    if (answer(f) != '2' || say(f, "HELO %s\r\n", "client.example") != '2' ||
        say(f, "MAIL FROM:<%s>\r\n", sender) != '2') {
        return -1;
    }
    got = say(f, "RCPT TO:<%s>\r\n", recipient);
    if (got == '2' && say(f, "DATA%s\r\n", "") == '3') {
        got = say(f, "Subject: %s\r\n\r\nhello\r\n.\r\n", "hello");
    }
    say(f, "QUIT%s\r\n", "");
    return got == '2' ? 1 : got == '4' || got == '5' ? 0 : -1;
}

static int offer_line(const char *line, const struct sockaddr_in *server)
{
    char client[64], sender[256], recipient[256];
    FILE *f;
    int result = -1;

    if (sscanf(line, "%63s %255s %255s", client, sender, recipient) != 3) {
        return -1;
    }
    f = open_client(client, server);
    if (f) {
        result = offer(f, sender, recipient);
        fclose(f);
    }
    return result;
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    struct timespec pause = {0};
    unsigned count[3] = {0}; /* failed, refused, taken */
    char line[700];

    if (argc != 4 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) {
        fprintf(stderr, "usage: smtpfrom SERVER PORT PAUSE-MS <messages\n");
        return 2;
    }
    server.sin_port = htons((uint16_t)atoi(argv[2]));
    pause.tv_sec = atoi(argv[3]) / 1000;
    pause.tv_nsec = (atoi(argv[3]) % 1000) * 1000000L;
    signal(SIGPIPE, SIG_IGN);
    while (fgets(line, sizeof line, stdin)) {
        count[1 + offer_line(line, &server)]++;
        nanosleep(&pause, NULL);
    }
    printf("%u taken, %u refused, %u failed\n", count[2], count[1], count[0]);
    return count[0] ? 1 : 0;
}
