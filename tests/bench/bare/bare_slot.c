/* SPDX-License-Identifier: Apache-2.0 */
/* bare_slot.c - the child that runs jobs: reads a message of lines, runs each (it does nothing), answers in one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "tests/bench/bare/bare.h"

enum { FIELDS = 5 };

/* The no-op: says when it began, as Argosy's does. */
static void run(char *line, struct buffer *answer)
{
    int64_t started_us = clock_wall_us();
    long long numbers[FIELDS]; /* id, epoch, and when it was notified, dispatched, read */
    char *at = line;
    for (unsigned i = 0; i < FIELDS; i++)
        numbers[i] = strtoll(at, &at, 10);
    if (*at != ' ')
        bare_die("a slot was sent \"%.40s\"", line);
    (void)buffer_format(answer, "%lld %lld {\"started_us\":%lld", numbers[0], numbers[1], (long long)started_us);
    if (numbers[3] != 0)
        (void)buffer_format(answer, ",\"hops\":[%lld,%lld,%lld]", numbers[2], numbers[3], numbers[4]);
    (void)buffer_text(answer, "}\n");
}

void bare_slot(int fd)
{
    static char message[BARE_MESSAGE_MAX + 1];
    static struct buffer answer = { .max = BARE_MESSAGE_MAX };
    for (ssize_t size; (size = recv(fd, message, BARE_MESSAGE_MAX, 0)) > 0;) {
        message[size] = '\0';
        buffer_clear(&answer);
        for (char *line = message, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            run(line, &answer);
        }
        if (answer.overflow || send(fd, answer.data, answer.size, MSG_NOSIGNAL) != (ssize_t)answer.size)
            break;
    }
    exit(0); /* its worker is gone */
}
