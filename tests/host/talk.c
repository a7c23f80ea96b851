/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A dialogue by lines (SMTP, POP3) from a client address of ours: talk CLIENT SERVER PORT <LINES.
 *
 * Waits for the server's greeting; then sends each line of standard input with CR LF and waits for
 * the reply, unless the line begins with '+', which is taken away: no reply is due. "\DDD" is the
 * octet of that decimal number. A reply of SMTP goes on while "-" follows its code.
 * Prints the replies. Exit status 1 when the server did not answer, or ended, before the last line.
 * LIMITS: IPv4; 5 s for a reply; a reply's line of more than 4,000 octets.
 * Source: RFC 5321 4.2, RFC 1939 3.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define REPLY_S 5
#define LINE_MAX_BYTES 4096

/* A connection from @client to @server; NULL with a message. */
static FILE *open_connection(const char *client, const char *server, int port)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    struct timeval limit = {REPLY_S, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_port = htons((uint16_t)port);
    if (fd < 0 || inet_pton(AF_INET, client, &from.sin_addr) != 1 ||
        inet_pton(AF_INET, server, &to.sin_addr) != 1 ||
        bind(fd, (struct sockaddr *)&from, sizeof from) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("talk");
        return NULL;
    }
    return fdopen(fd, "r+");
}

/* The lines of one reply.  Returns: whether it came whole. */
static int read_reply(FILE *server)
{
    char line[LINE_MAX_BYTES];

    do {
        if (!fgets(line, sizeof line, server)) {
            return 0;
        }
        fputs(line, stdout);
    } while (line[0] >= '0' && line[0] <= '9' && strlen(line) > 3 && line[3] == '-');
    return 1;
}

static void send_line(FILE *server, const char *line)
{
    for (const char *p = line; *p && *p != '\n'; p++) {
        int octet = (unsigned char)*p, used = 0;
        if (*p == '\\' && sscanf(p, "\\%3d%n", &octet, &used) == 1 && used == 4) {
            p += 3;
        }
        putc(octet, server);
    }
    fputs("\r\n", server);
    fflush(server);
    fseek(server, 0, SEEK_CUR); /* from writing to reading */
}

int main(int argc, char **argv)
{
    char line[LINE_MAX_BYTES];
    FILE *server;

    if (argc != 4) {
        fprintf(stderr, "usage: talk CLIENT SERVER PORT <LINES\n");
        return 2;
    }
    server = open_connection(argv[1], argv[2], atoi(argv[3]));
    if (!server || !read_reply(server)) {
        return 1;
    }
    while (fgets(line, sizeof line, stdin)) {
        int wait = line[0] != '+';
        send_line(server, line + !wait);
        if (wait && !read_reply(server)) {
            return 1;
        }
    }
    fclose(server);
    return 0;
}
