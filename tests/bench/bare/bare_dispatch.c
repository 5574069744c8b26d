/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_dispatch.c - the dispatcher: LISTEN, UPDATE ... RETURNING in a transaction of its own, and only after its COMMIT
 * one XADD for the batch.
 *
 * A NOTIFY says that something was committed; a batch that was full says that there may be more. Without either it
 * sleeps in poll().
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "tests/bench/bare/bare.h"

enum { HELD_US = 200, ENTRY_MAX = 1 << 20, PATIENCE_MS = 250 };

static void publish(redisContext *redis, const struct buffer *entry)
{
    redisReply *reply = redisCommand(redis, "XADD bare * p %b", entry->data, entry->size);
    if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
        bare_die("XADD: %s", reply != NULL ? reply->str : redis->errstr);
    freeReplyObject(reply);
}

/* Returns how many. Their COMMIT has been answered before they are published. */
static int dispatch(const struct bare *b, PGconn *pg, redisContext *redis, int64_t notified_us)
{
    static struct buffer entry = { .max = ENTRY_MAX };
    const char *values[] = { "1000", "1" };
    PGresult *rows = bare_checked(pg, PQexecPrepared(pg, bare_statement_name(BARE_DISPATCH), 2, values, NULL, NULL, 0));
    int count = PQntuples(rows);
    int64_t dispatched_us = b->board->traced ? clock_wall_us() : 0;
    buffer_clear(&entry);
    for (int i = 0; i < count; i++)
        (void)buffer_format(&entry, "%s %s %lld %lld %s\n", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
                            (long long)(dispatched_us != 0 ? notified_us : 0), (long long)dispatched_us,
                            PQgetvalue(rows, i, 2));
    PQclear(rows);
    b->board->dispatched += count;
    if (entry.overflow)
        bare_die("a batch is too large");
    if (count > 0)
        publish(redis, &entry);
    return count;
}

static bool was_notified(PGconn *pg)
{
    bool any = false;
    if (!PQconsumeInput(pg))
        bare_die("%s", PQerrorMessage(pg));
    for (PGnotify *n; (n = PQnotifies(pg)) != NULL; any = true)
        PQfreemem(n);
    return any;
}

void bare_dispatch(const struct bare *b)
{
    PGconn *pg = bare_connect(b);
    redisContext *redis = redisConnectUnix(b->redis);
    if (redis == NULL || redis->err)
        bare_die("Redis: %s", redis != NULL ? redis->errstr : "out of memory");
    bare_prepare(pg, BARE_DISPATCH);
    bare_command(pg, "LISTEN bare");
    for (bool more = true;;) {
        if (b->board->held || b->board->dispatched - b->board->finished + BARE_BATCH > BARE_CREDIT) {
            (void)usleep(HELD_US);
            more = true;
            continue;
        }
        if (!more && !was_notified(pg)) {
            struct pollfd wait = { .fd = PQsocket(pg), .events = POLLIN };
            (void)poll(&wait, 1, PATIENCE_MS);
            continue;
        }
        more = dispatch(b, pg, redis, b->board->traced ? clock_wall_us() : 0) == BARE_BATCH;
    }
}
