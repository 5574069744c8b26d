/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_kafka.c - the doorbell over Kafka: a partition for each incarnation, leased by number in the record.
 *
 * PREFIX.dispatch   partition P is the place of the incarnation that has leased number P. Messages carry the
 *                   incarnation as their key, so what was meant for an earlier one is dropped. No consumer group and no
 *                   offsets in Kafka: a lease begins at the end of its partition, and from there on the reader knows
 *                   where it was. The record holds the right, so receiving is all the committing there is.
 * PREFIX.all        one partition, for DONE, WAKE and PROGRESS; followers read from its end on.
 *
 * A worker is up once it reads the end of its partition: it says so in its beat, and is rung there only from then on.
 * Topics are made by whoever finds none; asking for them every few seconds is also how we know that the cluster
 * answers. Failures (broker gone, topic deleted, records expired): the reader is made anew, from where it was; what is
 * lost is rung again from the record.
 */
#include "queue/transport_kafka.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "queue/kafka_client.h"
#include "queue/kafka_place.h"
#include "queue/kafka_tape.h"
#include "queue/kafka_topics.h"
#include "queue/transport_payload.h"

enum { PARTITIONS = 32, TICK_MS = 200, ASK_UP_MS = 5000, ASK_DOWN_MS = 4000, PATIENT_MS = 5000, SECOND_MS = 1000 };

struct carrier {
    struct transport base; /* first */
    uv_loop_t *loop;
    struct kafka_config config;
    char *dispatch, *everybody; /* topics */
    struct kafka_places *places;
    struct kafka_client *producer;
    rd_kafka_topic_t *dispatch_topic, *everybody_topic; /* of the producer */
    struct kafka_tape *place, *news;
    int32_t partition;   /* leased; -1: none yet */
    int64_t incarnation; /* subscribed to */
    bool following, leasing, answers, asking, grown, up, closing;
    int64_t lease_due_ms, ask_due_ms, complained_ms;
    uv_timer_t timer;
    struct buffer payload;
    unsigned open; /* clients, handles and answers that are to come before all can be freed */
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static const struct transport_ops kafka_ops;

static struct carrier *carrier_of(struct transport *t)
{
    assert(t->ops == &kafka_ops);
    return (struct carrier *)t;
}

/* ---- state ---- */

static void tell(struct carrier *t, const struct error *e)
{
    if (t->base.handlers.on_state && !t->closing)
        t->base.handlers.on_state(t->base.handlers.arg, t->up, e);
}

static void complain(void *arg, const struct error *e)
{
    struct carrier *t = arg;
    int64_t now_ms = clock_monotonic_ms();
    if (t->complained_ms && now_ms - t->complained_ms < SECOND_MS)
        return;
    t->complained_ms = now_ms;
    tell(t, e);
}

static void check_state(struct carrier *t, const struct error *e)
{
    bool up = t->answers && (!t->incarnation || kafka_tape_is_live(t->place)) &&
              (!t->following || kafka_tape_is_live(t->news));
    if (up == t->up || t->closing)
        return;
    t->up = up;
    tell(t, up ? NULL : e);
}

/* The cluster may be away, or a topic: asking tells. */
static void doubt(struct carrier *t, const struct error *e)
{
    t->answers = false;
    t->ask_due_ms = 0;
    check_state(t, e);
}

/* ---- birth and death, first half ---- */

static void piece_closed(void *arg)
{
    struct carrier *t = arg;
    if (--t->open > 0 || !t->closing)
        return;
    void (*on_closed)(void *) = t->on_closed;
    void *on_closed_arg = t->on_closed_arg;
    kafka_config_finish(&t->config);
    free(t->dispatch);
    free(t->everybody);
    buffer_finish(&t->payload);
    free(t);
    if (on_closed)
        on_closed(on_closed_arg);
}

/* ---- reading ---- */

static void on_news(void *arg, const rd_kafka_message_t *message)
{
    struct carrier *t = arg;
    struct error e = ERROR_NONE;
    if (message->payload &&
        transport_payload_deliver(message->payload, message->len, &t->base.handlers, &e) != ERROR_OK)
        complain(t, &e);
}

static void on_place(void *arg, const rd_kafka_message_t *message)
{
    const struct carrier *t = arg;
    char mine[24];
    int size = snprintf(mine, sizeof mine, "%" PRId64, t->incarnation);
    if (message->key_len == (size_t)size && memcmp(message->key, mine, message->key_len) == 0)
        on_news(arg, message); /* and not an earlier incarnation's */
}

static void on_tape_state(void *arg, bool live, const struct error *e)
{
    if (!live && e)
        doubt(arg, e);
    else
        check_state(arg, NULL);
}

static struct kafka_tape *tape_create(struct carrier *t, const char *topic,
                                      void (*on_message)(void *arg, const rd_kafka_message_t *message))
{
    return kafka_tape_create(&(struct kafka_tape_config){ .loop = t->loop,
                                                          .kafka = &t->config,
                                                          .topic = topic,
                                                          .arg = t,
                                                          .on_message = on_message,
                                                          .on_state = on_tape_state });
}

static void on_leased(void *arg, int64_t incarnation, int32_t partition, const struct error *e)
{
    struct carrier *t = arg;
    t->leasing = false;
    if (incarnation == t->incarnation && partition >= 0) {
        t->partition = partition;
        t->grown = false;
        t->ask_due_ms = 0;
    } else if (incarnation == t->incarnation) {
        complain(t, e);
    }
}

/* ---- topics, and whether the cluster answers ---- */

static int partitions_wanted(const struct carrier *t)
{
    int wanted = PARTITIONS;
    while (wanted <= t->partition)
        wanted *= 2;
    return wanted;
}

static void ask(struct carrier *t)
{
    static const char *const settings[] = { "cleanup.policy", "delete", "retention.ms", "600000", NULL };
    const struct kafka_topic_wish wishes[] = { { t->dispatch, partitions_wanted(t), settings },
                                               { t->everybody, 1, settings } };
    t->asking = true;
    kafka_topics_make(t->producer, wishes, 2, t->answers ? PATIENT_MS : ASK_DOWN_MS / 2);
}

static void on_answer(struct carrier *t, rd_kafka_event_t *event)
{
    struct error e = ERROR_NONE;
    bool fine = kafka_topics_answer(event, &e) == ERROR_OK;
    bool was_growth = kafka.event_type(event) == RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT;
    if (fine && !was_growth && t->partition >= 0 && !t->grown) {
        kafka_topics_grow(t->producer, t->dispatch, partitions_wanted(t), PATIENT_MS);
        return;
    }
    t->asking = false;
    t->answers = fine;
    if (fine && was_growth && !t->grown)
        kafka_tape_play(t->place, t->partition);
    t->grown = t->grown || (fine && was_growth);
    t->ask_due_ms = clock_monotonic_ms() + (fine ? ASK_UP_MS / 2 + (int64_t)(random_u64() % ASK_UP_MS) : ASK_DOWN_MS);
    check_state(t, &e);
}

static void on_delivery(struct carrier *t, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    while ((message = kafka.event_message_next(event)) != NULL) {
        struct error e = ERROR_NONE;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        kafka_client_error(message->err, "dropped a doorbell message", NULL, &e);
        complain(t, &e);
        if (!t->asking)
            doubt(t, &e);
    }
}

static bool on_producer_event(void *arg, rd_kafka_event_t *event)
{
    struct carrier *t = arg;
    struct error e = ERROR_NONE;
    rd_kafka_event_type_t type = kafka.event_type(event);
    if (type == RD_KAFKA_EVENT_DR)
        on_delivery(t, event);
    else if (type == RD_KAFKA_EVENT_CREATETOPICS_RESULT || type == RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT)
        on_answer(t, event);
    else if (kafka.event_error(event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && t->answers) {
        kafka_client_error(kafka.event_error(event), "the cluster is away", kafka.event_error_string(event), &e);
        doubt(t, &e);
    }
    return false;
}

static void tick(struct carrier *t)
{
    int64_t now_ms = clock_monotonic_ms();
    if (t->incarnation && t->partition < 0 && !t->leasing && now_ms >= t->lease_due_ms) {
        t->lease_due_ms = now_ms + SECOND_MS;
        t->leasing = true;
        kafka_places_lease(t->places, t->incarnation);
    }
    if (!t->asking && now_ms >= t->ask_due_ms)
        ask(t);
    if (!t->answers)
        return;
    kafka_tape_tick(t->place, now_ms);
    kafka_tape_tick(t->news, now_ms);
}

static void on_timer(uv_timer_t *timer)
{
    tick(timer->data);
}

/* ---- the contract ---- */

static void produce(struct carrier *t, rd_kafka_topic_t *topic, int32_t partition, const char *key, const void *data,
                    size_t size)
{
    struct error e = ERROR_NONE;
    if (kafka.produce(topic, partition, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)data, size, key, key ? strlen(key) : 0,
                      NULL) == 0)
        return;
    rd_kafka_resp_err_t code = kafka.last_error();
    kafka_client_error(code, "dropped a doorbell message", NULL, &e);
    complain(t, &e);
    if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        kafka_client_refresh(t->producer, topic);
}

static void send_to_place(void *arg, int64_t incarnation, int32_t partition, const void *data, size_t size)
{
    struct carrier *t = arg;
    char key[24];
    snprintf(key, sizeof key, "%" PRId64, incarnation);
    produce(t, t->dispatch_topic, partition, key, data, size);
}

static void kafka_publish(struct transport *base, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct carrier *t = carrier_of(base);
    while (count > 0) {
        unsigned written = transport_payload_jobs(&t->payload, jobs, count);
        kafka_places_send(t->places, incarnation, t->payload.data, t->payload.size);
        jobs += written;
        count -= written;
    }
}

static void kafka_send(struct transport *base, int64_t incarnation, const struct message *message)
{
    struct carrier *t = carrier_of(base);
    struct error e = ERROR_NONE;
    if (transport_payload_message(&t->payload, message, &e) != ERROR_OK)
        tell(t, &e); /* the caller's fault, each time */
    else if (incarnation)
        kafka_places_send(t->places, incarnation, t->payload.data, t->payload.size);
    else
        produce(t, t->everybody_topic, 0, NULL, t->payload.data, t->payload.size);
}

static void kafka_subscribe(struct transport *base, int64_t incarnation)
{
    struct carrier *t = carrier_of(base);
    t->incarnation = incarnation;
    t->partition = -1;
    t->lease_due_ms = 0;
    kafka_tape_play(t->place, -1);
    t->grown = false;
    check_state(t, NULL);
    if (incarnation)
        tick(t);
}

static void kafka_follow(struct transport *base)
{
    struct carrier *t = carrier_of(base);
    if (!t->following)
        kafka_tape_play(t->news, 0);
    t->following = true;
    check_state(t, NULL);
    tick(t);
}

static void kafka_forget(struct transport *base, int64_t incarnation)
{
    kafka_places_forget(carrier_of(base)->places, incarnation);
}

/* ---- birth and death ---- */

static void on_timer_closed(uv_handle_t *handle)
{
    piece_closed(handle->data);
}

static void kafka_close(struct transport *base, void (*on_closed)(void *arg), void *arg)
{
    struct carrier *t = carrier_of(base);
    t->closing = true;
    t->on_closed = on_closed;
    t->on_closed_arg = arg;
    kafka_tape_close(t->place, piece_closed, t);
    kafka_tape_close(t->news, piece_closed, t);
    kafka_places_close(t->places);
    kafka_client_close(t->producer, piece_closed, t);
    uv_close((uv_handle_t *)&t->timer, on_timer_closed);
}

static const struct transport_ops kafka_ops = {
    .name = "kafka",
    .subscribe = kafka_subscribe,
    .follow = kafka_follow,
    .publish = kafka_publish,
    .send = kafka_send,
    .forget = kafka_forget,
    .close = kafka_close,
};

struct transport *transport_kafka_create(uv_loop_t *loop, const struct kafka_config *config, struct session *session,
                                         const struct transport_handlers *handlers, struct error *e)
{
    static const char settings[] = "acks=1 linger.ms=0 message.timeout.ms=3000 queue.buffering.max.kbytes=32768 "
                                   "queue.buffering.max.messages=100000 delivery.report.only.error=true";
    struct carrier *t = mem_zero(1, sizeof *t);
    t->base = (struct transport){ .ops = &kafka_ops, .handlers = *handlers };
    t->loop = loop;
    t->config = kafka_config_copy(config);
    buffer_init(&t->payload, TRANSPORT_PAYLOAD_MAX);
    uv_timer_init(loop, &t->timer);
    t->timer.data = t;
    t->open = 1;
    t->dispatch = kafka_topic(&t->config, "dispatch", e);
    t->everybody = kafka_topic(&t->config, "all", e);
    const struct kafka_client_config client = { .loop = loop,
                                                .kafka = &t->config,
                                                .type = RD_KAFKA_PRODUCER,
                                                .settings = settings,
                                                .events = RD_KAFKA_EVENT_DR,
                                                .arg = t,
                                                .on_event = on_producer_event };
    t->producer = t->dispatch && t->everybody ? kafka_client_create(&client, e) : NULL;
    if (!t->producer) {
        t->closing = true;
        uv_close((uv_handle_t *)&t->timer, on_timer_closed); /* frees t */
        return NULL;
    }
    t->open += 3;
    t->dispatch_topic = kafka_client_topic(t->producer, t->dispatch);
    t->everybody_topic = kafka_client_topic(t->producer, t->everybody);
    t->place = tape_create(t, t->dispatch, on_place);
    t->news = tape_create(t, t->everybody, on_news);
    t->partition = -1;
    t->places = kafka_places_create(&(struct kafka_places_config){
        .session = session, .arg = t, .send = send_to_place, .dropped = complain, .leased = on_leased });
    uv_timer_start(&t->timer, on_timer, 1, TICK_MS);
    return &t->base;
}
