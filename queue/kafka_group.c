/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_group.c - see kafka_group.h.
 *
 *   MAKING topics ──▶ READING ── a turn of the loop brought records ──▶ HANDED out ── done ──▶ BURYING the dead ones
 *                        ▲                                                                          │ the broker has
 * all └────────────────────────── offsets committed ◀──────────────────────────┘
 *
 * While a batch is out nothing more is taken: librdkafka fetches ahead within its bound (16 MiB). Rebalances are its
 * own business; what is committed for a partition that has gone elsewhere is refused by the broker, and comes again
 * there.
 */
#include "queue/kafka_group.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/kafka_client.h"
#include "queue/kafka_topics.h"

enum { PATIENCE_MS = 2000, BURIED_MAX = 512 * 1024 }; /* bytes of a record that the dead letter repeats */

struct kafka_group {
    struct kafka_group_config config;
    char *topic, *dead;
    struct kafka_client *consumer, *producer; /* consumer NULL: topics are being made */
    rd_kafka_event_t **events;                /* of the batch, each owned: the records point into them */
    struct kafka_record *records;
    size_t event_capacity, record_capacity;
    unsigned event_count, record_count, buried; /* dead letters that the broker has not acknowledged */
    bool out, done, broken, closing;
    unsigned open;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

const char *kafka_record_header(const struct kafka_record *record, const char *name, size_t *ret_size)
{
    rd_kafka_headers_t *headers;
    const void *value, *last = NULL;
    size_t size, last_size = 0;
    if (kafka.message_headers(record->message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        for (size_t i = 0; i < 100; i++) {
            const char *found;
            if (kafka.header_get_all(headers, i, &found, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
                break;
            if (strcmp(found, name) == 0) {
                last = value;
                last_size = size;
            }
        }
    *ret_size = last ? last_size : 0;
    return last;
}

static void broken(struct kafka_group *g, const struct error *e)
{
    if (g->broken || g->closing)
        return;
    g->broken = true;
    g->config.on_broken(g->config.arg, e);
}

/* ---- the batch ---- */

static void release(struct kafka_group *g)
{
    for (unsigned i = 0; i < g->event_count; i++)
        kafka.event_destroy(g->events[i]);
    g->event_count = g->record_count = 0;
    g->out = g->done = false;
}

static void commit(struct kafka_group *g)
{
    rd_kafka_topic_partition_list_t *list = kafka.topic_partition_list_new(8);
    for (unsigned i = 0; i < g->record_count; i++) {
        const struct kafka_record *r = &g->records[i];
        rd_kafka_topic_partition_t *known = kafka.topic_partition_list_find(list, r->topic, r->partition);
        if (!known)
            known = kafka.topic_partition_list_add(list, r->topic, r->partition);
        if (known->offset < r->offset + 1)
            known->offset = r->offset + 1;
    }
    kafka.commit_queue(kafka_client_handle(g->consumer), list, kafka_client_queue(g->consumer), NULL, NULL);
    kafka.topic_partition_list_destroy(list);
}

static void settle(struct kafka_group *g)
{
    if (!g->done || g->buried > 0 || g->broken || g->closing)
        return;
    commit(g);
    release(g);
    kafka_client_hold(g->consumer, false);
}

void kafka_group_done(struct kafka_group *g)
{
    assert(g->out && !g->done);
    g->done = true;
    settle(g);
}

static void add_header(rd_kafka_headers_t *headers, const char *name, const char *text)
{
    kafka.header_add(headers, name, -1, text, -1);
}

void kafka_group_dead(struct kafka_group *g, unsigned i, const char *code, const char *message)
{
    const struct kafka_record *r = &g->records[i];
    rd_kafka_headers_t *given = NULL, *headers;
    char place[2][24];
    struct error e = ERROR_NONE;
    size_t size = r->size < BURIED_MAX ? r->size : BURIED_MAX;
    bool any = kafka.message_headers(r->message, &given) == RD_KAFKA_RESP_ERR_NO_ERROR;
    headers = any ? kafka.headers_copy(given) : kafka.headers_new(6);
    snprintf(place[0], sizeof place[0], "%" PRId32, r->partition);
    snprintf(place[1], sizeof place[1], "%" PRId64, r->offset);
    add_header(headers, "argosy-error-code", code);
    add_header(headers, "argosy-error-message", message);
    add_header(headers, "argosy-topic", r->topic);
    add_header(headers, "argosy-partition", place[0]);
    add_header(headers, "argosy-offset", place[1]);
    if (size < r->size)
        add_header(headers, "argosy-truncated", "true");
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = g->dead },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)r->value, size } },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)(uintptr_t)r->key, r->key_size } },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
    };
    rd_kafka_error_t *refused =
        kafka.produceva(kafka_client_handle(g->producer), parts, sizeof parts / sizeof parts[0]);
    if (!refused) {
        g->buried++;
        return;
    }
    kafka_client_error(kafka.error_code(refused), g->dead, kafka.error_string(refused), &e);
    kafka.error_destroy(refused);
    kafka.headers_destroy(headers);
    broken(g, &e);
}

/* ---- what comes ---- */

static void take(struct kafka_group *g, const rd_kafka_message_t *message)
{
    g->records = mem_grow(g->records, &g->record_capacity, g->record_count + 1, sizeof *g->records);
    g->records[g->record_count++] = (struct kafka_record){ .topic = g->topic,
                                                           .partition = message->partition,
                                                           .offset = message->offset,
                                                           .key = message->key,
                                                           .key_size = message->key_len,
                                                           .value = message->payload,
                                                           .size = message->len,
                                                           .message = message };
}

static bool on_consumer_event(void *arg, rd_kafka_event_t *event)
{
    struct kafka_group *g = arg;
    const rd_kafka_message_t *message;
    struct error e = ERROR_NONE;
    rd_kafka_resp_err_t code = kafka.event_error(event);
    if (kafka.event_type(event) == RD_KAFKA_EVENT_FETCH) {
        while ((message = kafka.event_message_next(event)) != NULL)
            take(g, message);
        g->events = mem_grow(g->events, &g->event_capacity, g->event_count + 1, sizeof(rd_kafka_event_t *));
        g->events[g->event_count++] = event;
        return true;
    }
    if (!code || code == RD_KAFKA_RESP_ERR__NO_OFFSET || code == RD_KAFKA_RESP_ERR__TRANSPORT)
        return false;
    kafka_client_error(code, g->topic, kafka.event_error_string(event), &e);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
        kafka.event_error_is_fatal(event))
        broken(g, &e);
    else
        g->config.on_fault(g->config.arg, &e);
    return false;
}

static void on_consumer_turn(void *arg)
{
    struct kafka_group *g = arg;
    if (g->record_count == 0 || g->out || g->closing)
        return;
    g->out = true;
    kafka_client_hold(g->consumer, true);
    g->config.on_records(g->config.arg, g->records, g->record_count);
}

static void read_topic(struct kafka_group *g)
{
    struct error e = ERROR_NONE;
    mem_auto char *settings =
        mem_format("group.id=%s enable.auto.commit=false auto.offset.reset=earliest session.timeout.ms=10000 "
                   "heartbeat.interval.ms=1000 fetch.wait.max.ms=500 fetch.error.backoff.ms=50 "
                   "queued.max.messages.kbytes=16384 allow.auto.create.topics=false",
                   g->topic);
    const struct kafka_client_config config = { .loop = g->config.loop,
                                                .kafka = g->config.kafka,
                                                .type = RD_KAFKA_CONSUMER,
                                                .settings = settings,
                                                .events = RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_OFFSET_COMMIT,
                                                .arg = g,
                                                .on_event = on_consumer_event,
                                                .on_turn = on_consumer_turn };
    g->consumer = kafka_client_create(&config, &e);
    if (g->consumer)
        g->open++;
    if (!g->consumer || !kafka_client_subscribe(g->consumer, g->topic, &e))
        broken(g, &e);
}

static void on_delivery(struct kafka_group *g, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    struct error e = ERROR_NONE;
    while ((message = kafka.event_message_next(event)) != NULL) {
        g->buried--;
        if (message->err) {
            kafka_client_error(message->err, g->dead, NULL, &e);
            broken(g, &e);
        }
    }
    settle(g);
}

static bool on_producer_event(void *arg, rd_kafka_event_t *event)
{
    struct kafka_group *g = arg;
    struct error e = ERROR_NONE;
    if (kafka.event_type(event) == RD_KAFKA_EVENT_DR)
        on_delivery(g, event);
    else if (kafka.event_type(event) == RD_KAFKA_EVENT_CREATETOPICS_RESULT && !g->consumer) {
        if (kafka_topics_answer(event, &e) == ERROR_OK)
            read_topic(g);
        else
            broken(g, &e);
    }
    return false;
}

/* ---- birth and death ---- */

static void piece_closed(void *arg)
{
    struct kafka_group *g = arg;
    if (--g->open > 0)
        return;
    void (*on_closed)(void *) = g->on_closed;
    void *on_closed_arg = g->on_closed_arg;
    free(g->events);
    free(g->records);
    free(g->topic);
    free(g->dead);
    free(g);
    on_closed(on_closed_arg);
}

void kafka_group_close(struct kafka_group *g, void (*on_closed)(void *arg), void *arg)
{
    g->closing = true;
    g->on_closed = on_closed;
    g->on_closed_arg = arg;
    release(g);
    if (g->consumer)
        kafka_client_close(g->consumer, piece_closed, g);
    kafka_client_close(g->producer, piece_closed, g);
}

struct kafka_group *kafka_group_create(const struct kafka_group_config *config, struct error *e)
{
    struct kafka_group *g = mem_zero(1, sizeof *g);
    g->config = *config;
    g->topic = kafka_topic(config->kafka, config->topic, e);
    g->dead = g->topic ? mem_format("%s.dead", g->topic) : NULL;
    const struct kafka_client_config client = { .loop = config->loop,
                                                .kafka = config->kafka,
                                                .type = RD_KAFKA_PRODUCER,
                                                .settings = "enable.idempotence=true acks=all linger.ms=0",
                                                .events = RD_KAFKA_EVENT_DR,
                                                .arg = g,
                                                .on_event = on_producer_event };
    g->producer = g->topic ? kafka_client_create(&client, e) : NULL;
    if (!g->producer) {
        free(g->topic);
        free(g->dead);
        free(g);
        return NULL;
    }
    g->open = 1;
    const struct kafka_topic_wish wishes[] = { { g->topic, KAFKA_TOPIC_DEFAULT, NULL },
                                               { g->dead, KAFKA_TOPIC_DEFAULT, NULL } };
    kafka_topics_make(g->producer, wishes, 2, PATIENCE_MS);
    return g;
}
