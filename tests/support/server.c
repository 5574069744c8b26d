/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.c - starts private servers for a test, and ends them with it.
 *
 * Ready is asked for (PQping, PING), not guessed; a server that ends or stays mute for two minutes fails the test with
 * its log. exit() kills the servers here; after any other end of the test their death signal and the cleaner do.
 */
#include "tests/support/server.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "tests/support/cluster.h"

enum { SERVERS_MAX = 8, ARGS_MAX = 48, READY_WAIT_MS = 120000, READY_POLL_MS = 10 };

struct server {
    pid_t pid;
    int death; /* the signal that ends it at once */
    char folder[320];
    char data[352];
    char log[352];
    char sockets[384]; /* a setting of PostgreSQL */
    char address[400]; /* conninfo or path of the socket */
    const char *argv[ARGS_MAX];
    bool (*ready)(const struct server *server);
};

static struct server servers[SERVERS_MAX];
static unsigned servers_count;
static struct server *postgres; /* the one started last */
static struct server *redis;
static pid_t owner;

/* atexit: for the test's own process only, not for a child that it forked and that calls exit(). */
static void stop_all(void)
{
    for (unsigned i = 0; i < servers_count && getpid() == owner; i++) {
        if (servers[i].pid <= 0)
            continue;
        kill(servers[i].pid, servers[i].death);
        kill(servers[i].pid, SIGCONT); /* a test may have stopped it */
        waitpid(servers[i].pid, NULL, 0);
    }
}

static struct server *create(const char *name)
{
    if (servers_count == SERVERS_MAX) {
        errno = ENOSPC;
        child_fail("more than %d servers", SERVERS_MAX);
    }
    if (!owner) {
        owner = getpid();
        atexit(stop_all);
    }
    struct server *server = &servers[servers_count++];
    const char *base = cleaner_folder();
    snprintf(server->folder, sizeof server->folder, "%s/%s%u", base, name, servers_count);
    snprintf(server->data, sizeof server->data, "%s/%s%u/data", base, name, servers_count);
    snprintf(server->log, sizeof server->log, "%s/%s%u/log", base, name, servers_count);
    if (mkdir(server->folder, 0700) != 0)
        child_fail("mkdir %s", server->folder);
    child_give(server->folder);
    return server;
}

static void launch(struct server *server)
{
    server->pid = child_start(server->argv, server->log, server->death);
    cleaner_watch(server->pid);
}

/* again: after a crash, whose last children may still hold the shared memory for some milliseconds; the server then
 * refuses to start, and is asked once more. */
static void start(struct server *server, bool again)
{
    launch(server);
    for (unsigned waited_ms = 0; !server->ready(server); waited_ms += READY_POLL_MS) {
        bool ended = waitpid(server->pid, NULL, WNOHANG) != 0;
        if (ended && again && waited_ms < READY_WAIT_MS)
            launch(server);
        else if (waited_ms >= READY_WAIT_MS || ended) {
            child_show(server->log);
            errno = ETIMEDOUT;
            child_fail("%s did not come up", server->argv[0]);
        }
        nanosleep(&(struct timespec){ .tv_nsec = READY_POLL_MS * 1000000L }, NULL);
    }
}

static void restart(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    start(server, true);
}

static bool postgres_ready(const struct server *server)
{
    return PQping(server->address) == PQPING_OK;
}

const char *support_postgres_start(void)
{
    struct server *server = create("pg");
    cluster_create(server->data, server->log);
    const char *base = cleaner_folder();
    snprintf(server->sockets, sizeof server->sockets, "unix_socket_directories=%s/pg%u", base, servers_count);
    snprintf(server->address, sizeof server->address, "host=%s/pg%u port=5432 user=argosy dbname=postgres", base,
             servers_count);
    /* clang-format off */
    const char *argv[ARGS_MAX] = {
        cluster_program("postgres"), "-D", server->data, "-c", server->sockets, "-c", "listen_addresses=",
        "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "max_connections=60",
        "-c", "max_wal_size=64MB", "-c", "jit=off", "-c", "log_min_messages=warning", "-c", "timezone=UTC",
        "-c", "dynamic_shared_memory_type=mmap", /* in its folder: /dev/shm is the machine's, and small in containers */
    };
    /* clang-format on */
    for (unsigned i = 0; i < ARGS_MAX; i++)
        server->argv[i] = argv[i];
    server->death = SIGQUIT; /* immediate shutdown: the postmaster ends its backends and frees its shared memory */
    server->ready = postgres_ready;
    start(server, false);
    postgres = server;
    return server->address;
}

pid_t support_postgres_pid(void)
{
    return postgres->pid;
}

void support_postgres_restart(void)
{
    restart(postgres);
}

static bool redis_ready(const struct server *server)
{
    redisContext *context = redisConnectUnix(server->address);
    if (!context)
        return false;
    redisReply *reply = context->err ? NULL : redisCommand(context, "PING");
    bool ready = reply && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    redisFree(context);
    return ready;
}

const char *support_redis_start(void)
{
    struct server *server = create("redis");
    snprintf(server->address, sizeof server->address, "%s/redis%u/redis.sock", cleaner_folder(), servers_count);
    /* clang-format off */
    const char *argv[ARGS_MAX] = {
        "redis-server", "--port", "0", "--unixsocket", server->address, "--unixsocketperm", "777",
        "--save", "", "--appendonly", "no", "--dir", server->folder, "--daemonize", "no", "--logfile", "",
    };
    /* clang-format on */
    for (unsigned i = 0; i < ARGS_MAX; i++)
        server->argv[i] = argv[i];
    server->death = SIGKILL; /* nothing to keep */
    server->ready = redis_ready;
    start(server, false);
    redis = server;
    return server->address;
}

pid_t support_redis_pid(void)
{
    return redis->pid;
}

void support_redis_restart(void)
{
    restart(redis);
}
