/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_kafka.c - what is particular to Kafka as a carrier, on a real broker: leases, what an earlier incarnation
 * left, a broker that dies and comes back, a topic that is deleted, more workers than partitions; and the switch from
 * one carrier to another while messages are under way.
 *
 * ctest: timeout 1200 needs kafka
 */
#include "queue/transport_kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/kafka.h"
#include "tests/support/record.h"
#include "tests/support/server.h"
#include "tests/support/transport_peer.h"

static struct record record;
static const char *redis;
static struct kafka_config kafka_server = { .prefix = "particular" };

static void open_peer(struct peer *peer)
{
    struct error e = ERROR_NONE;
    peer_init(peer);
    peer->transport = transport_kafka_create(&record.loop, &kafka_server, record.session, &peer->handlers, &e);
    assert_non_null(peer->transport);
}

static void open_worker(struct peer *peer, int64_t incarnation)
{
    open_peer(peer);
    peer->transport->ops->subscribe(peer->transport, incarnation);
    peer_wait_up(peer, &record.loop);
}

static int64_t new_worker(void)
{
    return record_int(&record, "SELECT argosy.worker_register('w', 'h', 1, '0', '{}', 1, 'kafka')");
}

static int64_t lease_of(int64_t worker)
{
    return record_int(&record, "SELECT number FROM argosy.kafka_partition WHERE incarnation = %lld", (long long)worker);
}

static void ring(struct peer *from, int64_t worker, int64_t seq)
{
    struct dispatch job = { .id = seq, .epoch = 1, .seq = seq, .kind = "noop", .args = "{}", .attempt = 1 };
    from->transport->ops->publish(from->transport, worker, &job, 1);
}

struct wish {
    struct peer *to, *from;
    int64_t worker, seq;
    int64_t due_ms, looked_ms, stood_ms;
};

/* Rings every 300 ms, as the record does when something was not received, until it has arrived. It is asked every
 * 20 ms, unless the machine stands still. */
static bool has_seq(void *arg)
{
    struct wish *w = arg;
    int64_t late_ms = clock_monotonic_ms() - w->looked_ms;
    w->looked_ms += late_ms;
    w->stood_ms += late_ms > 200 ? late_ms : 0;
    for (unsigned i = 0; i < w->to->job_count; i++)
        if (w->to->jobs[i].seq == w->seq)
            return true;
    if (w->from && clock_monotonic_ms() >= w->due_ms) {
        w->due_ms = clock_monotonic_ms() + 300;
        ring(w->from, w->worker, w->seq);
    }
    return false;
}

/* Returns how long it took, without the time in which the machine stood still. */
static int64_t await_seq(struct peer *to, struct peer *from, int64_t worker, int64_t seq)
{
    int64_t since_ms = clock_monotonic_ms();
    struct wish wish = { .to = to, .from = from, .worker = worker, .seq = seq, .looked_ms = since_ms };
    peer_wait(&record.loop, has_seq, &wish, "a dispatch");
    return clock_monotonic_ms() - since_ms - wish.stood_ms;
}

static void a_partition_is_leased_again_once_its_incarnation_is_dead(void **state)
{
    (void)state;
    struct peer scheduler, first, second, third;
    open_peer(&scheduler);
    int64_t a = new_worker(), b = new_worker();
    open_worker(&first, a);
    open_worker(&second, b);
    assert_int_not_equal(lease_of(a), lease_of(b));
    int64_t number = lease_of(a);
    await_seq(&first, &scheduler, a, 1);
    peer_finish(&first, &record.loop);
    ring(&scheduler, a, 2); /* stays in the partition */
    record_run(&record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)a);
    int64_t c = new_worker();
    open_worker(&third, c);
    assert_int_equal(lease_of(c), number);
    ring(&scheduler, a, 3); /* late, for the dead one */
    await_seq(&third, &scheduler, c, 1);
    assert_int_equal(third.jobs[0].seq, 1);
    for (unsigned i = 0; i < third.job_count; i++)
        assert_int_equal(third.jobs[i].seq, 1); /* nothing of the earlier incarnation's */
    peer_finish(&third, &record.loop);
    peer_finish(&second, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

static void a_broker_that_dies_and_comes_back_is_used_again(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    int64_t w = new_worker();
    open_peer(&scheduler);
    open_worker(&worker, w);
    await_seq(&worker, &scheduler, w, 1);
    unsigned downs = worker.downs;
    support_kafka_kill();
    while (worker.downs == downs || scheduler.up)
        uv_run(&record.loop, UV_RUN_ONCE);
    support_kafka_restart();
    int64_t took_ms = await_seq(&worker, &scheduler, w, 2);
    assert_in_range(took_ms, 0, 10000);
    peer_wait_up(&worker, &record.loop);
    peer_wait_up(&scheduler, &record.loop);
    await_seq(&worker, &scheduler, w, 3);
    peer_finish(&worker, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

static void delete_topics(void)
{
    static const char *const names[] = { "particular.dispatch", "particular.all" };
    support_kafka_delete(names, 2);
}

static void deleted_topics_are_made_again(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    int64_t w = new_worker();
    open_peer(&scheduler);
    scheduler.transport->ops->follow(scheduler.transport);
    open_worker(&worker, w);
    peer_wait_up(&scheduler, &record.loop);
    for (int64_t seq = 1; seq <= 20; seq++)
        ring(&scheduler, w, seq);
    await_seq(&worker, NULL, w, 20);
    delete_topics();
    int64_t took_ms = await_seq(&worker, &scheduler, w, 21);
    assert_in_range(took_ms, 0, 15000);
    peer_wait_up(&worker, &record.loop);
    peer_wait_up(&scheduler, &record.loop);
    peer_finish(&worker, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

static void there_are_always_enough_partitions(void **state)
{
    (void)state;
    struct peer scheduler, worker;
    open_peer(&scheduler);
    int64_t w = 0;
    for (unsigned i = 0; i < 40; i++) {
        w = new_worker();
        record_int(&record, "SELECT argosy.kafka_lease(%lld)", (long long)w);
    }
    assert_true(lease_of(w) >= 32);
    open_worker(&worker, w);
    await_seq(&worker, &scheduler, w, 1);
    peer_finish(&worker, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

/* ---- the switch ---- */

static void open_switch(struct peer *peer, const char *carrier)
{
    struct error e = ERROR_NONE;
    peer_init(peer);
    struct transport_config config = { .loop = &record.loop,
                                       .carrier = carrier,
                                       .redis_url = redis,
                                       .redis_prefix = "particular",
                                       .kafka = kafka_server,
                                       .database_url = record.url,
                                       .handlers = peer->handlers };
    peer->transport = transport_create(&config, &e);
    assert_non_null(peer->transport);
    peer_wait_up(peer, &record.loop);
}

struct carrying {
    struct peer *scheduler, *worker;
    int64_t incarnation;
    const char *carrier;
};

/* What the beat and the scheduler's read of the table of workers do twice a second. */
static bool carries(void *arg)
{
    struct carrying *c = arg;
    const char *reads = transport_reads(c->worker->transport);
    transport_address(c->scheduler->transport, c->incarnation, "redis", reads);
    return reads && strstr(reads, c->carrier) && strcmp(transport_name(c->scheduler->transport), c->carrier) == 0;
}

static void dispatches_arrive_whatever_carrier_is_chosen(void **state)
{
    (void)state;
    static const char *const turns[] = { "kafka", "postgres", "redis", "kafka", "redis" };
    struct peer scheduler, worker, old;
    int64_t w = new_worker(), v = new_worker(), seq = 0;
    open_switch(&scheduler, "redis");
    open_switch(&worker, "redis");
    peer_init(&old); /* of a version that reads Redis all its life */
    struct error e = ERROR_NONE;
    old.transport = transport_redis_create(&record.loop, redis, "particular", &old.handlers, &e);
    scheduler.transport->ops->follow(scheduler.transport);
    worker.transport->ops->subscribe(worker.transport, w);
    old.transport->ops->subscribe(old.transport, v);
    transport_address(scheduler.transport, v, "redis", NULL);
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live");
    for (unsigned turn = 0; turn < sizeof turns / sizeof turns[0]; turn++) {
        record_run(&record,
                   "INSERT INTO argosy.setting VALUES ('transport', '%s') ON CONFLICT (name) DO UPDATE SET"
                   " value = excluded.value",
                   turns[turn]);
        struct carrying c = { &scheduler, &worker, w, turns[turn] };
        for (unsigned i = 0; i < 3; i++) { /* at once, on the way, and once it is done */
            if (i == 2)
                peer_wait(&record.loop, carries, &c, "the switch");
            (void)carries(&c);
            seq++;
            int64_t job = record_int(&record, "SELECT argosy.submit('noop')");
            record_run(&record,
                       "UPDATE argosy.job_live SET state = 3, epoch = 5, worker = %lld, seq = %lld WHERE id = %lld",
                       (long long)w, (long long)seq, (long long)job);
            ring(&scheduler, w, seq);
            await_seq(&worker, NULL, w, seq); /* nobody rings again: by whatever carrier, it is on its way */
            await_seq(&old, &scheduler, v, seq);
        }
    }
    peer_finish(&old, &record.loop);
    peer_finish(&worker, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

static int group_setup(void **state)
{
    (void)state;
    redis = support_redis_start();
    kafka_server.brokers = support_kafka_start();
    record_start(&record);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_is_leased_again_once_its_incarnation_is_dead),
        cmocka_unit_test(a_broker_that_dies_and_comes_back_is_used_again),
        cmocka_unit_test(deleted_topics_are_made_again),
        cmocka_unit_test(there_are_always_enough_partitions),
        cmocka_unit_test(dispatches_arrive_whatever_carrier_is_chosen),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
