/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_work.c - the worker: XREAD BLOCK, jobs to its slots through a socket pair, their ends into the record in groups.
 *
 * One poll() over Redis, PostgreSQL and the slots. What has ended while a group was committed is the next group: so
 * under load groups are large and at rest a job is recorded at once. A group that does not find all of its rows was
 * fenced out, which nothing here may cause: the run ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "sql/array.h"
#include "tests/bench/bare/bare.h"

enum { UNDER_WAY_MAX = 2 * BARE_MESSAGE_JOBS, GROUP_MAX = 4000, ARRAY_MAX = 4 << 20, ID_MAX = 64 };

struct slot {
    int fd;
    unsigned under_way;
};

struct work {
    const struct bare *b;
    PGconn *pg;
    redisContext *redis;
    struct slot slots[BARE_SLOTS_MAX];
    struct buffer waiting; /* lines that no slot has yet, from `at` on */
    size_t at;
    char last[ID_MAX]; /* entry read */
    struct array ids, epochs, results;
    bool committing;
};

/* ---- Redis ---- */

static void ask(struct work *w)
{
    if (strcmp(w->last, "0") != 0)
        (void)redisAppendCommand(w->redis, "XDEL bare %s", w->last);
    (void)redisAppendCommand(w->redis, "XREAD COUNT 1 BLOCK 0 STREAMS bare %s", w->last);
    for (int done = 0; !done;)
        if (redisBufferWrite(w->redis, &done) != REDIS_OK)
            bare_die("Redis: %s", w->redis->errstr);
}

/* A dispatched line is "id epoch notified dispatched args"; the slot's has the time of this read before the args. */
static void take_lines(struct work *w, const char *text)
{
    int64_t read_us = w->b->board->traced ? clock_wall_us() : 0;
    if (w->at == w->waiting.size) {
        buffer_clear(&w->waiting);
        w->at = 0;
    }
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        const char *args = text;
        for (unsigned field = 0; field < 4 && args != NULL; field++)
            args = memchr(args, ' ', (size_t)(end - args)) != NULL ? strchr(args, ' ') + 1 : NULL;
        if (args == NULL)
            bare_die("Redis carried \"%.40s\"", text);
        (void)buffer_format(&w->waiting, "%.*s%lld %.*s\n", (int)(args - text), text, (long long)read_us,
                            (int)(end - args), args);
    }
}

/* reply: [[key, [[id, [field, text]]]]] */
static void take_reply(struct work *w, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_INTEGER)
        return; /* of XDEL */
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1)
        bare_die("XREAD: %s", reply->type == REDIS_REPLY_ERROR ? reply->str : "an answer that is none");
    const redisReply *entry = reply->element[0]->element[1]->element[0];
    (void)snprintf(w->last, sizeof w->last, "%s", entry->element[0]->str);
    take_lines(w, entry->element[1]->element[1]->str);
    ask(w);
}

static void read_redis(struct work *w)
{
    void *reply = NULL;
    if (redisBufferRead(w->redis) != REDIS_OK)
        bare_die("Redis: %s", w->redis->errstr);
    while (redisGetReplyFromReader(w->redis, &reply) == REDIS_OK && reply != NULL) {
        take_reply(w, reply);
        freeReplyObject(reply);
    }
}

/* ---- slots ---- */

static void feed(struct work *w)
{
    for (unsigned i = 0; i < w->b->slots && w->at < w->waiting.size; i++) {
        struct slot *s = &w->slots[i];
        const char *from = w->waiting.data + w->at, *to = from;
        unsigned count = 0;
        if (s->under_way + BARE_MESSAGE_JOBS > UNDER_WAY_MAX)
            continue;
        for (; count < BARE_MESSAGE_JOBS && to < w->waiting.data + w->waiting.size; count++)
            to = strchr(to, '\n') + 1;
        if (send(s->fd, from, (size_t)(to - from), MSG_NOSIGNAL) != to - from)
            bare_die("a slot takes nothing: %s", strerror(errno));
        s->under_way += count;
        w->at += (size_t)(to - from);
    }
}

static void read_slot(struct work *w, struct slot *s)
{
    static char message[BARE_MESSAGE_MAX + 1];
    ssize_t size = recv(s->fd, message, BARE_MESSAGE_MAX, 0);
    if (size <= 0)
        bare_die("a slot has ended");
    message[size] = '\0';
    for (char *line = message, *end; (end = strchr(line, '\n')) != NULL; line = end + 1, s->under_way--) {
        char *rest;
        *end = '\0';
        array_int(&w->ids, strtoll(line, &rest, 10));
        array_int(&w->epochs, strtoll(rest, &rest, 10));
        array_text(&w->results, rest + 1);
    }
}

/* ---- the record ---- */

static void commit(struct work *w)
{
    struct sql_param params[3];
    if (w->committing || w->ids.count == 0)
        return;
    if (!array_param(&w->ids, &params[0]) || !array_param(&w->epochs, &params[1]) ||
        !array_param(&w->results, &params[2]))
        bare_die("a group is too large");
    const char *values[] = { params[0].value, params[1].value, params[2].value, "1" };
    const int sizes[] = { (int)params[0].size, (int)params[1].size, (int)params[2].size, 0 };
    const int formats[] = { 1, 1, 1, 0 };
    if (!PQsendQueryPrepared(w->pg, bare_statement_name(BARE_FINISH), 4, values, sizes, formats, 0) ||
        PQflush(w->pg) < 0)
        bare_die("%s", PQerrorMessage(w->pg));
    w->committing = true;
}

static void read_record(struct work *w, int64_t *under_commit)
{
    if (!PQconsumeInput(w->pg))
        bare_die("%s", PQerrorMessage(w->pg));
    while (w->committing && !PQisBusy(w->pg)) {
        PGresult *result = PQgetResult(w->pg);
        if (result == NULL) {
            w->committing = false;
            break;
        }
        int64_t recorded = strtoll(PQcmdTuples(bare_checked(w->pg, result)), NULL, 10);
        if (recorded != *under_commit)
            bare_die("%lld of %lld ends were fenced out", (long long)(*under_commit - recorded),
                     (long long)*under_commit);
        w->b->board->finished += recorded;
        PQclear(result);
    }
}

static void clear_group(struct work *w)
{
    array_clear(&w->ids);
    array_clear(&w->epochs);
    array_clear(&w->results);
}

/* ---- the loop ---- */

static void start_slots(struct work *w)
{
    for (unsigned i = 0; i < w->b->slots; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
            bare_die("socketpair: %s", strerror(errno));
        pid_t worker = getpid(), pid = fork();
        if (pid < 0)
            bare_die("fork: %s", strerror(errno));
        if (pid == 0) {
            (void)close(pair[0]);
            if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != worker)
                _exit(1);
            bare_slot(pair[1]);
        }
        (void)close(pair[1]);
        w->slots[i].fd = pair[0];
        w->b->board->slots[i] = pid;
    }
}

void bare_work(const struct bare *b)
{
    static struct work w;
    w = (struct work){ .b = b, .last = "0" };
    start_slots(&w); /* before there is anything that they must not have */
    w.pg = bare_connect(b);
    w.redis = redisConnectUnix(b->redis);
    if (w.redis == NULL || w.redis->err)
        bare_die("Redis: %s", w.redis != NULL ? w.redis->errstr : "out of memory");
    bare_prepare(w.pg, BARE_FINISH);
    if (PQsetnonblocking(w.pg, 1) != 0)
        bare_die("%s", PQerrorMessage(w.pg));
    buffer_init(&w.waiting, 64 << 20);
    array_init(&w.ids, ARRAY_INT, ARRAY_MAX);
    array_init(&w.epochs, ARRAY_INT, ARRAY_MAX);
    array_init(&w.results, ARRAY_TEXT, ARRAY_MAX);
    struct pollfd wait[2 + BARE_SLOTS_MAX] = { { .fd = w.redis->fd, .events = POLLIN } };
    int64_t under_commit = 0;
    ask(&w);
    for (;;) {
        wait[1] = (struct pollfd){ .fd = PQsocket(w.pg), .events = POLLIN };
        if (w.committing && PQflush(w.pg) > 0)
            wait[1].events |= POLLOUT;
        for (unsigned i = 0; i < b->slots; i++)
            wait[2 + i] = (struct pollfd){ .fd = w.slots[i].fd, .events = POLLIN };
        if (poll(wait, 2 + b->slots, -1) < 0 && errno != EINTR)
            bare_die("poll: %s", strerror(errno));
        if (wait[0].revents != 0)
            read_redis(&w);
        feed(&w);
        if (wait[1].revents & POLLIN)
            read_record(&w, &under_commit);
        for (unsigned i = 0; i < b->slots; i++)
            if (wait[2 + i].revents != 0 && w.ids.count < GROUP_MAX)
                read_slot(&w, &w.slots[i]);
        feed(&w);
        if (!w.committing && w.ids.count > 0) {
            under_commit = (int64_t)w.ids.count;
            commit(&w);
            clear_group(&w); /* libpq has its own copy */
        }
    }
}
