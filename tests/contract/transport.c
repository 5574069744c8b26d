/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport.c - what every carrier keeps of the contract in queue/transport.h, on real servers: redis, kafka,
 * postgres, all of them as one (as programs use them), and the faulty one in memory.
 *
 * The kafka carrier leases a partition to workers that the record has. The postgres carrier reads rows, so each publish
 * first puts its dispatches into the record.
 *
 * ctest: timeout 1200 needs kafka
 */
#include "queue/transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "queue/transport_kafka.h"
#include "tests/support/kafka.h"
#include "tests/support/record.h"
#include "tests/support/server.h"
#include "tests/support/transport_faulty.h"
#include "tests/support/transport_peer.h"

static struct record record;
static const char *redis;
static struct kafka_config kafka_server = { .prefix = "contract" };
static struct faulty_hub *hub; /* the faulty carrier's network, while it is tested */
static const char *carrier;
static uv_timer_t moments;

static void open_peer(struct peer *peer)
{
    struct error e = ERROR_NONE;
    peer_init(peer);
    struct transport_config config = { .loop = &record.loop,
                                       .carrier = "redis",
                                       .redis_url = redis,
                                       .redis_prefix = "contract",
                                       .database_url = record.url,
                                       .handlers = peer->handlers };
    if (hub) {
        peer->transport = transport_faulty_create(hub, &peer->handlers);
        peer->up = true;
    } else if (strcmp(carrier, "redis") == 0) {
        peer->transport = transport_redis_create(&record.loop, redis, "contract", &peer->handlers, &e);
    } else if (strcmp(carrier, "kafka") == 0) {
        peer->transport = transport_kafka_create(&record.loop, &kafka_server, record.session, &peer->handlers, &e);
    } else if (strcmp(carrier, "postgres") == 0) {
        peer->transport = transport_postgres_create(&record.loop, record.url, &peer->handlers);
    } else {
        peer->transport = transport_create(&config, &e);
    }
    assert_non_null(peer->transport);
    peer_wait_up(peer, &record.loop);
}

/* count dispatches to the worker, from seq on, into the record and over the doorbell. */
static void publish(struct peer *from, int64_t worker, int64_t seq, unsigned count)
{
    static struct dispatch jobs[1200];
    int64_t first = record_int(&record,
                               "SELECT min(id) FROM (SELECT argosy.submit('noop', '{\"n\":1}') AS id"
                               " FROM generate_series(1, %u)) ids",
                               count);
    record_run(&record,
               "UPDATE argosy.job_live SET state = 3, epoch = 5, worker = %lld, seq = %lld + id - %lld"
               " WHERE id >= %lld",
               (long long)worker, (long long)seq, (long long)first, (long long)first);
    for (unsigned i = 0; i < count; i++)
        jobs[i] = (struct dispatch){ .id = first + i,
                                     .epoch = 5,
                                     .seq = seq + i,
                                     .kind = "noop",
                                     .args = "{\"n\":1}",
                                     .attempt = 1,
                                     .timeout_s = 600 };
    from->transport->ops->publish(from->transport, worker, jobs, count);
}

/* ---- the contract ---- */

struct arrival {
    const struct peer *peer;
    int64_t upto;
};

/* All of 1..upto, in order; a double may come at any time and is dropped by its seq, as a worker does. */
static bool have_arrived(void *arg)
{
    const struct arrival *a = arg;
    int64_t next = 1;
    for (unsigned i = 0; i < a->peer->job_count; i++) {
        assert_true(a->peer->jobs[i].seq <= next);
        next += a->peer->jobs[i].seq == next;
    }
    return next > a->upto;
}

/* The one that was rung again; doubles of others, read from the record meanwhile, may come before it. */
static bool has_700(void *arg)
{
    const struct peer *peer = arg;
    for (unsigned i = 0; i < peer->job_count; i++)
        if (peer->jobs[i].seq == 700)
            return peer->jobs[i].epoch == 5;
    return false;
}

static void dispatches_reach_the_one_they_are_addressed_to(void)
{
    struct peer scheduler, one, two;
    open_peer(&scheduler);
    open_peer(&one);
    open_peer(&two);
    one.transport->ops->subscribe(one.transport, 1);
    two.transport->ops->subscribe(two.transport, 2);
    peer_wait_up(&one, &record.loop);
    peer_wait_up(&two, &record.loop);
    publish(&scheduler, 1, 1, 1200);
    publish(&scheduler, 2, 1, 1);
    struct arrival all = { .peer = &one, .upto = 1200 };
    peer_wait(&record.loop, have_arrived, &all, "every dispatch");
    peer_wait_jobs(&two, &record.loop, 1);
    for (unsigned i = 0; i < one.job_count; i++)
        assert_int_equal(one.jobs[i].epoch, 5);
    assert_int_equal(one.jobs[0].attempt, 1);
    assert_true(one.jobs[0].timeout_s > 0);
    assert_false(one.jobs[0].seal);
    assert_string_equal(one.jobs[0].kind, "noop");
    assert_string_equal(one.jobs[0].args, "{\"n\":1}");
    for (unsigned i = 0; i < two.job_count; i++)
        assert_int_equal(two.jobs[i].seq, 1);

    /* rung again: under the same seq and epoch */
    peer_forget_all(&one);
    struct dispatch again = { .id = 1, .epoch = 5, .seq = 700, .kind = "noop", .args = "{}", .attempt = 1 };
    scheduler.transport->ops->publish(scheduler.transport, 1, &again, 1);
    peer_wait(&record.loop, has_700, &one, "what was rung again");

    one.transport->ops->subscribe(one.transport, 0);
    scheduler.transport->ops->forget(scheduler.transport, 2);
    peer_finish(&one, &record.loop);
    peer_finish(&two, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

struct heard {
    struct peer *peer, *from;
    int64_t to, done;
    const char *text;
    unsigned asked;
};

/* A LISTEN or SUBSCRIBE takes effect some time after the call: who wants to be sure says it again, as the beat does. */
static bool is_heard(void *arg)
{
    struct heard *h = arg;
    for (unsigned i = 0; i < h->peer->message_count; i++) {
        if (h->peer->messages[i].message.done == h->done)
            return strcmp(h->peer->messages[i].text, h->text ? h->text : "") == 0;
    }
    if (h->asked++ % 8 == 0) {
        struct message message = { .type = MESSAGE_DONE, .incarnation = 9, .done = h->done, .text = h->text };
        h->from->transport->ops->send(h->from->transport, h->to, &message);
    }
    return false;
}

static void messages_reach_everybody_or_the_one_they_are_for(void)
{
    struct peer scheduler, notifier, worker;
    open_peer(&scheduler);
    open_peer(&notifier);
    open_peer(&worker);
    scheduler.transport->ops->follow(scheduler.transport);
    notifier.transport->ops->follow(notifier.transport);
    worker.transport->ops->subscribe(worker.transport, 3);
    struct heard hears[] = {
        { &scheduler, &worker, 0, 11, "{\"noop\":12}", 0 },
        { &notifier, &worker, 0, 12, "it's 5 o'clock; \"\\ \n \xc3\xa9", 0 },
        { &worker, &scheduler, 3, 13, NULL, 0 },
    };
    for (int i = 0; i < 3; i++)
        peer_wait(&record.loop, is_heard, &hears[i], "a message");
    for (unsigned i = 0; i < worker.message_count; i++)
        assert_int_equal(worker.messages[i].message.done, 13); /* the others were not for it */

    char *text = malloc(8000);
    memset(text, 'x', 7999);
    text[7999] = '\0';
    unsigned complaints = worker.complaints;
    struct message large = { .type = MESSAGE_PROGRESS, .text = text };
    worker.transport->ops->send(worker.transport, 0, &large);
    assert_int_equal(worker.complaints, complaints + 1); /* told at once, and nothing sent */
    free(text);
    peer_finish(&worker, &record.loop);
    peer_finish(&notifier, &record.loop);
    peer_finish(&scheduler, &record.loop);
}

static void closing_in_the_middle_of_everything_is_clean(void)
{
    struct peer scheduler, worker;
    open_peer(&scheduler);
    open_peer(&worker);
    worker.transport->ops->subscribe(worker.transport, 4);
    worker.transport->ops->follow(worker.transport);
    publish(&scheduler, 4, 1, 1000);
    publish(&scheduler, 4, 1001, 10);
    peer_finish(&scheduler, &record.loop);
    peer_finish(&worker, &record.loop);

    struct peer hasty; /* not even connected */
    struct error e = ERROR_NONE;
    peer_init(&hasty);
    struct transport_config config = { .loop = &record.loop,
                                       .carrier = "redis",
                                       .redis_url = "redis://127.0.0.1:1",
                                       .database_url = "host=/nowhere",
                                       .handlers = hasty.handlers };
    hasty.transport = transport_create(&config, &e);
    hasty.transport->ops->subscribe(hasty.transport, 1);
    hasty.transport->ops->follow(hasty.transport);
    peer_finish(&hasty, &record.loop);
}

/* ---- on each carrier ---- */

static void keeps_the_contract(const char *name)
{
    carrier = name;
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live");
    dispatches_reach_the_one_they_are_addressed_to();
    messages_reach_everybody_or_the_one_they_are_for();
    closing_in_the_middle_of_everything_is_clean();
}

static void redis_keeps_the_contract(void **state)
{
    (void)state;
    keeps_the_contract("redis");
}

static void kafka_keeps_the_contract(void **state)
{
    (void)state;
    keeps_the_contract("kafka");
}

static void postgres_keeps_the_contract(void **state)
{
    (void)state;
    keeps_the_contract("postgres");
}

static void all_of_them_as_one_keep_the_contract(void **state)
{
    (void)state;
    keeps_the_contract("switch");
}

static void on_moment(uv_timer_t *timer)
{
    (void)timer;
    (void)faulty_hub_step(hub);
}

static void the_faulty_one_without_faults_keeps_the_contract(void **state)
{
    (void)state;
    hub = faulty_hub_create(&(struct faulty_settings){ .seed = 1 });
    uv_timer_init(&record.loop, &moments);
    uv_timer_start(&moments, on_moment, 1, 1);
    keeps_the_contract("faulty");
    uv_close((uv_handle_t *)&moments, NULL);
    uv_run(&record.loop, UV_RUN_NOWAIT);
    hub = faulty_hub_destroy(hub);
}

static void the_faulty_one_loses_doubles_and_reorders_the_same_way_for_a_seed(void **state)
{
    (void)state;
    int64_t seqs[2][400];
    unsigned counts[2];
    for (int run = 0; run < 2; run++) {
        struct peer scheduler, worker;
        hub = faulty_hub_create(
            &(struct faulty_settings){ .seed = 42, .lose_percent = 20, .double_percent = 20, .delay_max = 10 });
        open_peer(&scheduler);
        open_peer(&worker);
        worker.transport->ops->subscribe(worker.transport, 1);
        for (int i = 1; i <= 200; i++) {
            struct dispatch job = { .id = i, .epoch = 1, .seq = i, .kind = "noop", .args = "{}", .attempt = 1 };
            scheduler.transport->ops->publish(scheduler.transport, 1, &job, 1);
        }
        while (faulty_hub_step(hub))
            ;
        counts[run] = worker.job_count;
        for (unsigned i = 0; i < worker.job_count; i++)
            seqs[run][i] = worker.jobs[i].seq;
        peer_finish(&worker, &record.loop);
        peer_finish(&scheduler, &record.loop);
        hub = faulty_hub_destroy(hub);
    }
    assert_int_equal(counts[0], counts[1]);
    assert_memory_equal(seqs[0], seqs[1], counts[0] * sizeof seqs[0][0]);
    unsigned missing = 0, doubled = 0, backwards = 0;
    for (int seq = 1; seq <= 200; seq++) {
        unsigned times = 0;
        for (unsigned i = 0; i < counts[0]; i++)
            times += seqs[0][i] == seq;
        missing += times == 0;
        doubled += times > 1;
    }
    for (unsigned i = 1; i < counts[0]; i++)
        backwards += seqs[0][i] < seqs[0][i - 1];
    assert_in_range(missing, 10, 70);
    assert_in_range(doubled, 10, 70);
    assert_in_range(backwards, 10, 200);
}

static int group_setup(void **state)
{
    (void)state;
    redis = support_redis_start();
    kafka_server.brokers = support_kafka_start();
    record_start(&record);
    record_run(&record, "SELECT argosy.worker_register('w', 'h', 1, '0', '{}', 1, 'redis') FROM generate_series(1, 9)");
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
        cmocka_unit_test(redis_keeps_the_contract),
        cmocka_unit_test(kafka_keeps_the_contract),
        cmocka_unit_test(postgres_keeps_the_contract),
        cmocka_unit_test(all_of_them_as_one_keep_the_contract),
        cmocka_unit_test(the_faulty_one_without_faults_keeps_the_contract),
        cmocka_unit_test(the_faulty_one_loses_doubles_and_reorders_the_same_way_for_a_seed),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
