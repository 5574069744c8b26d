/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka.c - see kafka.h.
 *
 * Ready is a broker that answers ApiVersions, the first request of every client.
 */
#include "tests/support/kafka.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/child.h"
#include "tests/support/cleaner.h"

enum { READY_WAIT_MS = 90000, READY_POLL_MS = 50 };

static char folder[320], log_path[352], arguments[360], address[32];
static unsigned port;
static pid_t broker, owner;

static void stop(void)
{
    if (getpid() == owner && broker > 0)
        support_kafka_kill();
}

void support_kafka_kill(void)
{
    kill(broker, SIGKILL);
    waitpid(broker, NULL, 0);
    broker = 0;
}

static unsigned free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0 || getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        child_fail("a free port");
    close(fd);
    return ntohs(at.sin_port);
}

static bool answers(void)
{
    /* size 10, api key 18, version 0, correlation 1, no client id */
    static const unsigned char request[] = { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff };
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    unsigned char answer[8];
    struct timeval patience = { .tv_sec = 1 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool ready = connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
                 send(fd, request, sizeof request, MSG_NOSIGNAL) == (ssize_t)sizeof request &&
                 recv(fd, answer, sizeof answer, MSG_WAITALL) == (ssize_t)sizeof answer;
    close(fd);
    return ready;
}

static void start(void)
{
    const char *const argv[] = { "java", arguments, NULL };
    broker = child_start(argv, log_path, SIGKILL);
    cleaner_watch(broker);
    for (unsigned waited_ms = 0; !answers(); waited_ms += READY_POLL_MS) {
        if (waited_ms >= READY_WAIT_MS || waitpid(broker, NULL, WNOHANG) != 0) {
            child_show(log_path);
            errno = ETIMEDOUT;
            child_fail("Kafka did not come up");
        }
        nanosleep(&(struct timespec){ .tv_nsec = READY_POLL_MS * 1000000L }, NULL);
    }
}

void support_kafka_restart(void)
{
    if (broker > 0)
        support_kafka_kill();
    start();
}

const char *support_kafka_start(void)
{
    char command[1024];
    const char *source = getenv("ARGOSY_SOURCE");
    owner = getpid();
    atexit(stop);
    port = free_port();
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    snprintf(folder, sizeof folder, "%s/kafka", cleaner_folder());
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    snprintf(arguments, sizeof arguments, "@%s/java.args", folder);
    if (mkdir(folder, 0700) != 0)
        child_fail("mkdir %s", folder);
    snprintf(command, sizeof command, "exec /usr/bin/python3 -B '%s/tests/support/kafka/prepare.py' '%s' %u %u",
             source ? source : ".", folder, port, free_port());
    if (system(command) != 0) {
        errno = ENOENT;
        child_fail("Kafka can't be prepared");
    }
    child_give(folder);
    start();
    return address;
}
