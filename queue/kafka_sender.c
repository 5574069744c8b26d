/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_sender.c - see kafka_sender.h. An idempotent producer: the broker drops what a retry doubles and refuses what
 * would come out of order. It tries for ever while the cluster is away; what it gives up on (a topic deleted, a right
 * withdrawn) breaks it.
 */
#include "queue/kafka_sender.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/kafka_client.h"
#include "queue/kafka_topics.h"

enum { PATIENCE_MS = 2000 };

struct kafka_sender {
    struct kafka_sender_config config;
    char *topic;
    struct kafka_client *client;
    size_t under_way;
    bool ready, broken, closing;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static void broken(struct kafka_sender *s, const struct error *e)
{
    if (s->broken || s->closing)
        return;
    s->broken = true;
    s->config.on_broken(s->config.arg, e);
}

static void on_delivery(struct kafka_sender *s, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    struct error e = ERROR_NONE;
    while ((message = kafka.event_message_next(event)) != NULL) {
        s->under_way--;
        if (message->err) {
            kafka_client_error(message->err, s->topic, NULL, &e);
            broken(s, &e);
        }
    }
    if (s->under_way == 0 && !s->broken && !s->closing)
        s->config.on_sent(s->config.arg);
}

static bool on_event(void *arg, rd_kafka_event_t *event)
{
    struct kafka_sender *s = arg;
    struct error e = ERROR_NONE;
    rd_kafka_event_type_t type = kafka.event_type(event);
    if (type == RD_KAFKA_EVENT_DR) {
        on_delivery(s, event);
    } else if (type == RD_KAFKA_EVENT_CREATETOPICS_RESULT) {
        if (kafka_topics_answer(event, &e) != ERROR_OK)
            broken(s, &e);
        else if (!s->ready && !s->closing) {
            s->ready = true;
            s->config.on_ready(s->config.arg);
        }
    } else if (kafka.event_error_is_fatal(event)) {
        kafka_client_error(kafka.event_error(event), s->topic, kafka.event_error_string(event), &e);
        broken(s, &e);
    }
    return false;
}

static void add_header(rd_kafka_headers_t *headers, const char *name, const char *text)
{
    kafka.header_add(headers, name, -1, text, -1);
}

enum error_class kafka_sender_send(struct kafka_sender *s, const struct kafka_event *event, struct error *e)
{
    rd_kafka_headers_t *headers = kafka.headers_new(8);
    add_header(headers, "content-type", "application/json");
    add_header(headers, "ce_specversion", "1.0");
    add_header(headers, "ce_id", event->id);
    add_header(headers, "ce_source", event->source);
    add_header(headers, "ce_type", event->type);
    add_header(headers, "ce_subject", event->subject);
    add_header(headers, "ce_time", event->time);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = s->topic },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)event->data, event->size } },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { (void *)(uintptr_t)event->key, strlen(event->key) } },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
    };
    rd_kafka_error_t *refused = kafka.produceva(kafka_client_handle(s->client), parts, sizeof parts / sizeof parts[0]);
    if (!refused) {
        s->under_way++;
        return ERROR_OK;
    }
    bool full = kafka.error_code(refused) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    kafka_client_error(kafka.error_code(refused), s->topic, kafka.error_string(refused), e);
    kafka.error_destroy(refused);
    kafka.headers_destroy(headers);
    if (full)
        return e->class = ERROR_RETRY;
    broken(s, e);
    return e->class;
}

/* ---- birth and death ---- */

static void on_client_closed(void *arg)
{
    struct kafka_sender *s = arg;
    void (*on_closed)(void *) = s->on_closed;
    void *on_closed_arg = s->on_closed_arg;
    free(s->topic);
    free(s);
    on_closed(on_closed_arg);
}

void kafka_sender_close(struct kafka_sender *s, void (*on_closed)(void *arg), void *arg)
{
    s->closing = true;
    s->on_closed = on_closed;
    s->on_closed_arg = arg;
    kafka_client_close(s->client, on_client_closed, s);
}

struct kafka_sender *kafka_sender_create(const struct kafka_sender_config *config, struct error *e)
{
    struct kafka_sender *s = mem_zero(1, sizeof *s);
    s->config = *config;
    s->topic = kafka_topic(config->kafka, config->topic, e);
    /* murmur2: the partition that clients in Java would take for the key */
    const struct kafka_client_config client = { .loop = config->loop,
                                                .kafka = config->kafka,
                                                .type = RD_KAFKA_PRODUCER,
                                                .settings = "enable.idempotence=true acks=all linger.ms=5 "
                                                            "message.timeout.ms=0 partitioner=murmur2_random",
                                                .events = RD_KAFKA_EVENT_DR,
                                                .arg = s,
                                                .on_event = on_event };
    s->client = s->topic ? kafka_client_create(&client, e) : NULL;
    if (!s->client) {
        free(s->topic);
        free(s);
        return NULL;
    }
    const struct kafka_topic_wish wish = { s->topic, KAFKA_TOPIC_DEFAULT, NULL };
    kafka_topics_make(s->client, &wish, 1, PATIENCE_MS);
    return s;
}
