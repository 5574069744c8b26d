/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_redis.c - the Redis carrier on a real server that is flushed, trimmed, restarted, filled up and lied to: it
 * may lose what was under way, but it always carries again by itself, and keeps Redis small.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <hiredis/hiredis.h>

#include "queue/transport.h"
#include "queue/transport_payload.h"
#include "tests/support/server.h"
#include "tests/support/transport_peer.h"

static const char *redis; /* path of its socket */
static uv_loop_t loop;

/* Runs a command on a connection of its own; text or number of the answer. */
static const char *ask(int count, const char *const *words)
{
    static char answer[256];
    redisContext *c = redisConnectUnix(redis);
    assert_non_null(c);
    redisReply *reply = redisCommandArgv(c, count, (const char **)words, NULL);
    assert_non_null(reply);
    if (reply->type == REDIS_REPLY_INTEGER)
        snprintf(answer, sizeof answer, "%lld", reply->integer);
    else
        snprintf(answer, sizeof answer, "%s", reply->str ? reply->str : "");
    freeReplyObject(reply);
    redisFree(c);
    return answer;
}
#define ASK(...)                                                         \
    ask((int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
        (const char *[]){ __VA_ARGS__ })

static void open_peer(struct peer *peer, const char *prefix)
{
    struct error e = ERROR_NONE;
    peer_init(peer);
    peer->transport = transport_redis_create(&loop, redis, prefix, &peer->handlers, &e);
    assert_non_null(peer->transport);
}

static void publish(struct peer *peer, int64_t incarnation, int64_t seq, unsigned count)
{
    static struct dispatch jobs[3000];
    for (unsigned i = 0; i < count; i++)
        jobs[i] = (struct dispatch){ .id = 100 + seq + i,
                                     .epoch = 3,
                                     .seq = seq + i,
                                     .kind = "noop",
                                     .args = "{\"n\":1}",
                                     .attempt = 1,
                                     .timeout_s = 600 };
    peer->transport->ops->publish(peer->transport, incarnation, jobs, count);
}

/* Publishes seq again and again, like the re-ring of the record, until the worker has it; or sends DONE until heard. */
struct ringing {
    struct peer *from, *to;
    int64_t incarnation, seq;
    uint64_t next;
};

static bool due(struct ringing *r)
{
    if (uv_now(&loop) < r->next)
        return false;
    r->next = uv_now(&loop) + 50;
    return true;
}

static bool has_seq(void *arg)
{
    struct ringing *r = arg;
    for (unsigned i = 0; i < r->to->job_count; i++) {
        if (r->to->jobs[i].seq == r->seq)
            return true;
    }
    if (due(r))
        publish(r->from, r->incarnation, r->seq, 1);
    return false;
}

static bool has_heard(void *arg)
{
    struct ringing *r = arg;
    const struct message done = { .type = MESSAGE_DONE, .incarnation = r->incarnation };
    if (r->to->message_count == 0 && due(r))
        r->from->transport->ops->send(r->from->transport, 0, &done);
    return r->to->message_count > 0;
}

static void until(bool (*done)(void *), struct peer *from, struct peer *to, int64_t incarnation, int64_t seq)
{
    struct ringing r = { from, to, incarnation, seq, 0 };
    peer_wait(&loop, done, &r, "what is sent again and again");
}

static void ring_until(struct peer *from, struct peer *to, int64_t incarnation, int64_t seq)
{
    until(has_seq, from, to, incarnation, seq);
}

static void a_worker_gets_its_own_in_order_and_redis_stays_empty(void **state)
{
    (void)state;
    struct peer scheduler, one, two;
    open_peer(&scheduler, NULL);
    open_peer(&one, NULL);
    open_peer(&two, NULL);
    one.transport->ops->subscribe(one.transport, 1);
    two.transport->ops->subscribe(two.transport, 2);
    peer_wait_up(&scheduler, &loop);
    peer_wait_up(&one, &loop);
    peer_wait_up(&two, &loop);
    publish(&scheduler, 1, 1, 2500);
    publish(&scheduler, 2, 1, 3);
    peer_wait_jobs(&one, &loop, 2500);
    peer_wait_jobs(&two, &loop, 3);
    for (unsigned i = 0; i < 2500; i++)
        assert_int_equal(one.jobs[i].seq, i + 1);
    assert_int_equal(two.job_count, 3);
    assert_true(one.jobs[0].id == 101 && one.jobs[0].epoch == 3 && one.jobs[0].timeout_s == 600);
    assert_string_equal(one.jobs[0].args, "{\"n\":1}");

    publish(&scheduler, 1, 2501, 1); /* its delivery shows that the deletion before it was carried out */
    peer_wait_jobs(&one, &loop, 2501);
    assert_int_equal(strlen(ASK("XLEN", "argosy:w:1")), 1);
    assert_int_not_equal(ASK("TTL", "argosy:w:1")[0], '-'); /* -1: never */

    one.transport->ops->subscribe(one.transport, 0);
    scheduler.transport->ops->forget(scheduler.transport, 2);
    peer_finish(&scheduler, &loop);
    peer_finish(&one, &loop);
    peer_finish(&two, &loop);
}

static void what_was_published_before_the_worker_came_waits_for_it(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    open_peer(&scheduler, NULL);
    peer_wait_up(&scheduler, &loop);
    publish(&scheduler, 7, 1, 5);
    open_peer(&worker, NULL);
    worker.transport->ops->subscribe(worker.transport, 7);
    peer_wait_jobs(&worker, &loop, 5);
    peer_finish(&scheduler, &loop);
    peer_finish(&worker, &loop);
}

static bool has_120(void *arg)
{
    const struct peer *peer = arg;
    for (unsigned i = 0; i < peer->message_count; i++) {
        if (peer->messages[i].message.done == 120)
            return strcmp(peer->messages[i].text, "{\"noop\":12}") == 0;
    }
    return false;
}

static void everybody_hears_what_goes_to_all_and_prefixes_keep_fleets_apart(void **state)
{
    (void)state;
    struct peer scheduler, notifier, worker, stranger;
    open_peer(&scheduler, NULL);
    open_peer(&notifier, NULL);
    open_peer(&worker, NULL);
    open_peer(&stranger, "other");
    struct peer *const followers[] = { &scheduler, &notifier, &stranger };
    for (int i = 0; i < 3; i++) {
        followers[i]->transport->ops->follow(followers[i]->transport);
        peer_wait_up(followers[i], &loop);
    }
    worker.transport->ops->subscribe(worker.transport, 4);
    peer_wait_up(&worker, &loop);

    struct message done = { .type = MESSAGE_DONE, .incarnation = 4, .done = 120, .text = "{\"noop\":12}" };
    for (int i = 0; i < 3; i++) /* a subscription is in place once a message has come through */
        until(has_heard, followers[i], followers[i], 1, 0);
    worker.transport->ops->send(worker.transport, 0, &done);
    peer_wait(&loop, has_120, &scheduler, "DONE at the scheduler");
    peer_wait(&loop, has_120, &notifier, "DONE at the notifier");
    assert_false(has_120(&stranger));

    struct message cancel = { .type = MESSAGE_CANCEL, .id = 9, .epoch = 2 };
    scheduler.transport->ops->send(scheduler.transport, 4, &cancel);
    peer_wait_messages(&worker, &loop, 1);
    assert_true(worker.messages[0].message.type == MESSAGE_CANCEL && worker.messages[0].message.id == 9);

    peer_finish(&scheduler, &loop);
    peer_finish(&notifier, &loop);
    peer_finish(&worker, &loop);
    peer_finish(&stranger, &loop);
}

static void it_carries_again_after_flush_trim_cut_and_restart(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    open_peer(&scheduler, NULL);
    open_peer(&worker, NULL);
    scheduler.transport->ops->follow(scheduler.transport);
    worker.transport->ops->subscribe(worker.transport, 5);
    peer_wait_up(&scheduler, &loop);
    peer_wait_up(&worker, &loop);
    ring_until(&scheduler, &worker, 5, 1);

    ASK("FLUSHALL");
    ring_until(&scheduler, &worker, 5, 2);
    ASK("XTRIM", "argosy:w:5", "MAXLEN", "0");
    ring_until(&scheduler, &worker, 5, 3);
    /* A clock that went back: ids smaller than those read before. */
    ASK("DEL", "argosy:w:5");
    ASK("XADD", "argosy:w:5", "1-1", "p", "d1 1\n9 1 40 1 1 0 noop 2\n{}\n");
    ring_until(&scheduler, &worker, 5, 40);

    unsigned downs = worker.downs;
    ASK("CLIENT", "KILL", "TYPE", "normal");
    ring_until(&scheduler, &worker, 5, 5);
    assert_true(worker.downs > downs);
    peer_wait_up(&worker, &loop);

    downs = scheduler.downs;
    support_redis_restart();
    ring_until(&scheduler, &worker, 5, 6);
    assert_true(scheduler.downs > downs);
    peer_wait_up(&scheduler, &loop);
    until(has_heard, &worker, &scheduler, 5, 0); /* the channel is followed anew */
    peer_finish(&scheduler, &loop);
    peer_finish(&worker, &loop);
}

static bool has_complained(void *arg)
{
    return ((struct peer *)arg)->complaints > 0;
}

static void refusals_and_strange_entries_are_told_and_survived(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    open_peer(&scheduler, NULL);
    open_peer(&worker, NULL);
    worker.transport->ops->subscribe(worker.transport, 6);
    peer_wait_up(&scheduler, &loop);
    peer_wait_up(&worker, &loop);

    ASK("CONFIG", "SET", "maxmemory", "1");
    publish(&scheduler, 6, 1, 1);
    peer_wait(&loop, has_complained, &scheduler, "the refusal for want of memory to be told");
    assert_non_null(strstr(scheduler.complaint, "OOM"));
    ASK("CONFIG", "SET", "maxmemory", "0");
    ring_until(&scheduler, &worker, 6, 1);

    ASK("XADD", "argosy:w:6", "*", "p", "d1 1\n1 1 1 1 1 0 noop 99999999\n{}\n");
    peer_wait(&loop, has_complained, &worker, "the malformed entry to be told");
    ASK("XADD", "argosy:w:6", "*", "a", "1", "b", "2");
    ring_until(&scheduler, &worker, 6, 2);

    ASK("SET", "argosy:w:6", "no stream");
    publish(&scheduler, 6, 3, 1);
    ASK("CLIENT", "KILL", "TYPE", "normal"); /* so that the worker asks for the key */
    ASK("DEL", "argosy:w:6");
    ring_until(&scheduler, &worker, 6, 3);
    peer_finish(&scheduler, &loop);
    peer_finish(&worker, &loop);
}

static bool is_down(void *arg)
{
    return ((struct peer *)arg)->downs > 0;
}

static void a_login_that_is_refused_and_a_server_that_is_not_there_are_told(void **state)
{
    (void)state;
    struct peer peer;
    struct error e = ERROR_NONE;
    peer_init(&peer);
    peer.transport = transport_redis_create(&loop, "redis://127.0.0.1:1", NULL, &peer.handlers, &e);
    publish(&peer, 1, 1, 1); /* not up: dropped and told */
    assert_int_equal(peer.downs, 1);
    peer_wait(&loop, is_down, &peer, "the drop to be told");
    peer_finish(&peer, &loop);

    ASK("CONFIG", "SET", "requirepass", "open sesame");
    char url[256];
    snprintf(url, sizeof url, "unix://%s?password=open%%20sesame&db=3", redis);
    peer_init(&peer);
    peer.transport = transport_redis_create(&loop, url, NULL, &peer.handlers, &e);
    peer_wait_up(&peer, &loop);
    peer_finish(&peer, &loop);
    snprintf(url, sizeof url, "unix://%s?password=open%%20sesame", redis);
    redisContext *c = redisConnectUnix(redis);
    freeReplyObject(redisCommand(c, "AUTH %s", "open sesame"));
    freeReplyObject(redisCommand(c, "CONFIG SET requirepass %s", ""));
    redisFree(c);
    assert_null(transport_redis_create(&loop, "rediss://cache", NULL, &peer.handlers, &e));
    assert_string_equal(e.code, "redis_url_invalid");
}

static int group_setup(void **state)
{
    (void)state;
    redis = support_redis_start();
    return uv_loop_init(&loop);
}

static int group_teardown(void **state)
{
    (void)state;
    uv_run(&loop, UV_RUN_NOWAIT);
    return uv_loop_close(&loop); /* every handle was closed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_gets_its_own_in_order_and_redis_stays_empty),
        cmocka_unit_test(what_was_published_before_the_worker_came_waits_for_it),
        cmocka_unit_test(everybody_hears_what_goes_to_all_and_prefixes_keep_fleets_apart),
        cmocka_unit_test(it_carries_again_after_flush_trim_cut_and_restart),
        cmocka_unit_test(refusals_and_strange_entries_are_told_and_survived),
        cmocka_unit_test(a_login_that_is_refused_and_a_server_that_is_not_there_are_told),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
