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

#include "queue/kafka_client.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "tests/support/port.h"

enum { READY_WAIT_MS = 300000, READY_POLL_MS = 50 };

static char folder[320], log_path[352], arguments[360], address[32];
static unsigned port;
static pid_t broker, owner;

static void stop(void)
{
    if (getpid() == owner && broker > 0)
        support_kafka_kill();
}

const char *support_kafka_address(void)
{
    return address;
}

void support_kafka_kill(void)
{
    kill(broker, SIGKILL);
    waitpid(broker, NULL, 0);
    broker = 0;
}

void support_kafka_delete(const char *const *topics, unsigned count)
{
    struct error e = ERROR_NONE;
    const struct kafka_config config = { .brokers = address };
    rd_kafka_t *handle = kafka_client_blocking(&config, &e);
    if (!handle)
        child_fail("a Kafka client: %s", e.message);
    rd_kafka_queue_t *queue = kafka.queue_new(handle);
    rd_kafka_DeleteTopic_t *doomed[8];
    for (unsigned i = 0; i < count && i < 8; i++)
        doomed[i] = kafka.DeleteTopic_new(topics[i]);
    kafka.DeleteTopics(handle, doomed, count, NULL, queue);
    rd_kafka_event_t *event = kafka.queue_poll(queue, READY_WAIT_MS);
    if (!event || kafka.event_error(event))
        child_fail("delete topics: %s", event ? kafka.event_error_string(event) : "no answer");
    kafka.event_destroy(event);
    kafka.DeleteTopic_destroy_array(doomed, count);
    kafka.queue_destroy(queue);
    kafka.destroy(handle);
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
    char script[512], ports[2][16];
    const char *source = getenv("ARGOSY_SOURCE");
    owner = getpid();
    atexit(stop);
    port = port_keep();
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    snprintf(folder, sizeof folder, "%s/kafka", cleaner_folder());
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    snprintf(arguments, sizeof arguments, "@%s/java.args", folder);
    if (mkdir(folder, 0700) != 0)
        child_fail("mkdir %s", folder);
    snprintf(script, sizeof script, "%s/tests/support/kafka/prepare.py", source ? source : ".");
    snprintf(ports[0], sizeof ports[0], "%u", port);
    snprintf(ports[1], sizeof ports[1], "%u", port_keep());
    child_prepare((const char *const[]){ "/usr/bin/python3", "-B", script, folder, ports[0], ports[1], NULL }, "Kafka");
    child_give(folder);
    start();
    return address;
}
