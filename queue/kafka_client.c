/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_client.c - see kafka_client.h.
 *
 * Happy path: librdkafka puts an event into an empty queue and writes to our descriptor; the loop reads it and takes
 * events until the queues are empty, or for a while, then lets others run.
 *
 * Ending: the handles are closed at once, the instance is taken apart by a thread of libuv's pool (stopping to read,
 * dropping what was not sent, joining its threads: some 10 ms, seconds when a name does not resolve).
 */
#include "queue/kafka_client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"

enum { EVENTS_MAX = 256, TOPICS_MAX = 4, METADATA_MS = 3000 };

struct kafka_client {
    struct kafka_client_config config;
    rd_kafka_t *handle;
    rd_kafka_queue_t *queues[2]; /* main; what is read, or NULL */
    rd_kafka_topic_t *topics[TOPICS_MAX];
    unsigned topic_count;
    int32_t partition; /* that is read from topics[0]; -1: none */
    bool group, held;
    int wake_fd;
    uv_poll_t poll;
    uv_work_t ending, refresh;
    rd_kafka_topic_t *refreshed;
    bool refreshing, closing, handles_closed;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

/* What all clients have: prompt, and back soon after a broker's restart. */
static const char common[] = "client.id=argosy socket.nagle.disable=true socket.keepalive.enable=true "
                             "socket.connection.setup.timeout.ms=3000 reconnect.backoff.ms=50 "
                             "reconnect.backoff.max.ms=1000 topic.metadata.refresh.interval.ms=10000 "
                             "topic.metadata.refresh.fast.interval.ms=100 topic.metadata.propagation.max.ms=2000 "
                             "log.connection.close=false";

enum error_class kafka_client_error(rd_kafka_resp_err_t code, const char *what, const char *text, struct error *e)
{
    bool away = code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
                code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
                code == RD_KAFKA_RESP_ERR__RESOLVE || code == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE;
    return error_code(e, ERROR_UNAVAILABLE, away ? "kafka_unavailable" : "kafka_refused", "%s: Kafka: %s", what,
                      text && *text ? text : kafka.err2str(code));
}

/* ---- settings ---- */

struct setting_up {
    rd_kafka_conf_t *conf;
    struct error *e;
};

static bool set(void *arg, const char *key, const char *value)
{
    struct setting_up *s = arg;
    char why[256]; /* may repeat the value, which may be a password: not shown */
    if (kafka.conf_set(s->conf, key, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    error_code(s->e, ERROR_INVALID, "kafka_options_invalid", "Kafka option %s: its value can't be used", key);
    return false;
}

static bool set_all(struct setting_up *s, const char *settings)
{
    for (const char *at = settings; at && *at;) {
        size_t key_size = strcspn(at, "="), size = strcspn(at, " ");
        mem_auto char *key = mem_text_n(at, key_size);
        mem_auto char *value = mem_text_n(at + key_size + 1, size - key_size - 1);
        if (!set(s, key, value))
            return false;
        at += size + (at[size] == ' ');
    }
    return true;
}

/* NULL: see e. */
static rd_kafka_conf_t *configure(const struct kafka_client_config *config, struct error *e)
{
    struct setting_up s = { .conf = kafka.conf_new(), .e = e };
    if (!set_all(&s, common) || !set_all(&s, config->settings) ||
        !set(&s, "bootstrap.servers", config->kafka->brokers ? config->kafka->brokers : "") ||
        kafka_options_each(config->kafka->options, set, &s, e) != ERROR_OK) {
        kafka.conf_destroy(s.conf);
        return NULL;
    }
    kafka.conf_set_log_cb(s.conf, NULL); /* what matters comes as an event */
    kafka.conf_set_events(s.conf, config->events | RD_KAFKA_EVENT_ERROR);
    return s.conf;
}

enum error_class kafka_client_check(const struct kafka_config *config, struct error *e)
{
    mem_auto char *topic = kafka_topic(config, "all", e);
    if (!topic || kafka_api_load(e) != ERROR_OK)
        return e->class;
    rd_kafka_conf_t *conf = configure(&(struct kafka_client_config){ .kafka = config }, e);
    if (!conf)
        return e->class;
    kafka.conf_destroy(conf);
    return ERROR_OK;
}

/* ---- waking the loop ---- */

static void wake(struct kafka_client *c)
{
    uint64_t one = 1;
    while (write(c->wake_fd, &one, sizeof one) < 0)
        assert(c->wake_fd >= 0); /* interrupted; the counter can't be full */
}

static void on_wake(uv_poll_t *poll, int status, int events)
{
    struct kafka_client *c = poll->data;
    uint64_t count;
    unsigned taken = 0;
    (void)status, (void)events;
    if (read(c->wake_fd, &count, sizeof count) != sizeof count)
        count = 0; /* nothing was there: we were woken for an earlier one */
    for (unsigned i = 0; i < 2 && !c->closing; i++) {
        rd_kafka_event_t *event;
        while (c->queues[i] && !c->closing && taken < EVENTS_MAX && !(i == 1 && c->held) &&
               (event = kafka.queue_poll(c->queues[i], 0)) != NULL) {
            taken++;
            if (!c->config.on_event(c->config.arg, event))
                kafka.event_destroy(event);
        }
    }
    if (taken == EVENTS_MAX && !c->closing)
        wake(c); /* more may be there, and nobody will say so again */
    if (c->config.on_turn && !c->closing)
        c->config.on_turn(c->config.arg);
}

void kafka_client_hold(struct kafka_client *c, bool hold)
{
    c->held = hold;
    if (!hold)
        wake(c);
}

static void watch(struct kafka_client *c, unsigned i, rd_kafka_queue_t *queue)
{
    static const uint64_t one = 1;
    c->queues[i] = queue;
    kafka.queue_io_event_enable(queue, c->wake_fd, &one, sizeof one);
}

static rd_kafka_t *make(const struct kafka_client_config *config, struct error *e)
{
    char why[256] = "";
    rd_kafka_conf_t *conf = kafka_api_load(e) == ERROR_OK ? configure(config, e) : NULL;
    rd_kafka_t *handle = conf ? kafka.new(config->type, conf, why, sizeof why) : NULL;
    if (!conf || handle)
        return handle;
    kafka.conf_destroy(conf);
    error_code(e, ERROR_INVALID, "kafka_options_invalid", "no Kafka client can be made: %s", why);
    return NULL;
}

rd_kafka_t *kafka_client_blocking(const struct kafka_config *config, struct error *e)
{
    return make(&(struct kafka_client_config){ .kafka = config, .type = RD_KAFKA_PRODUCER }, e);
}

struct kafka_client *kafka_client_create(const struct kafka_client_config *config, struct error *e)
{
    rd_kafka_t *handle = make(config, e);
    if (!handle)
        return NULL;
    struct kafka_client *c = mem_zero(1, sizeof *c);
    c->config = *config;
    c->handle = handle;
    c->partition = -1;
    c->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->wake_fd < 0)
        abort(); /* no descriptor left: nothing of ours would work */
    uv_poll_init(config->loop, &c->poll, c->wake_fd);
    c->poll.data = c->ending.data = c->refresh.data = c;
    uv_poll_start(&c->poll, UV_READABLE, on_wake);
    watch(c, 0, kafka.queue_get_main(handle));
    return c;
}

/* ---- the face ---- */

rd_kafka_t *kafka_client_handle(const struct kafka_client *c)
{
    return c->handle;
}

rd_kafka_queue_t *kafka_client_queue(const struct kafka_client *c)
{
    return c->queues[0];
}

rd_kafka_topic_t *kafka_client_topic(struct kafka_client *c, const char *name)
{
    rd_kafka_topic_conf_t *conf = kafka.topic_conf_new();
    if (c->config.type == RD_KAFKA_CONSUMER) { /* no offsets in Kafka; a topic made anew is read from its beginning */
        kafka.topic_conf_set(conf, "auto.commit.enable", "false", NULL, 0);
        kafka.topic_conf_set(conf, "auto.offset.reset", "earliest", NULL, 0);
    }
    rd_kafka_topic_t *topic = kafka.topic_new(c->handle, name, conf);
    assert(topic && c->topic_count < TOPICS_MAX);
    return c->topics[c->topic_count++] = topic;
}

bool kafka_client_read(struct kafka_client *c, const char *topic, int32_t partition, int64_t offset, struct error *e)
{
    assert(c->topic_count == 0 && !c->group);
    watch(c, 1, kafka.queue_new(c->handle));
    if (kafka.consume_start_queue(kafka_client_topic(c, topic), partition, offset, c->queues[1]) == 0) {
        c->partition = partition;
        return true;
    }
    kafka_client_error(kafka.last_error(), topic, NULL, e);
    return false;
}

bool kafka_client_subscribe(struct kafka_client *c, const char *topic, struct error *e)
{
    rd_kafka_topic_partition_list_t *list = kafka.topic_partition_list_new(1);
    kafka.topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t refused = kafka.subscribe(c->handle, list);
    kafka.topic_partition_list_destroy(list);
    c->group = true;
    watch(c, 1, kafka.queue_get_consumer(c->handle));
    if (refused)
        kafka_client_error(refused, topic, NULL, e);
    return !refused;
}

/* ---- on libuv's pool ---- */

static void refresh_work(uv_work_t *work)
{
    struct kafka_client *c = work->data;
    const struct rd_kafka_metadata *metadata;
    if (kafka.metadata(c->handle, 0, c->refreshed, &metadata, METADATA_MS) == RD_KAFKA_RESP_ERR_NO_ERROR)
        kafka.metadata_destroy(metadata);
}

static void close_step(struct kafka_client *c);

static void on_refreshed(uv_work_t *work, int status)
{
    struct kafka_client *c = work->data;
    (void)status;
    c->refreshing = false;
    close_step(c);
}

void kafka_client_refresh(struct kafka_client *c, rd_kafka_topic_t *topic)
{
    if (c->refreshing || c->closing)
        return;
    c->refreshing = true;
    c->refreshed = topic;
    uv_queue_work(c->config.loop, &c->refresh, refresh_work, on_refreshed);
}

static void end_work(uv_work_t *work)
{
    struct kafka_client *c = work->data;
    if (c->partition >= 0)
        kafka.consume_stop(c->topics[0], c->partition);
    if (c->config.type == RD_KAFKA_PRODUCER)
        kafka.purge(c->handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (unsigned i = 0; i < c->topic_count; i++)
        kafka.topic_destroy(c->topics[i]);
    for (unsigned i = 0; i < 2; i++)
        if (c->queues[i]) {
            kafka.queue_io_event_enable(c->queues[i], -1, NULL, 0);
            kafka.queue_destroy(c->queues[i]);
        }
    kafka.destroy_flags(c->handle, c->group ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

static void on_ended(uv_work_t *work, int status)
{
    struct kafka_client *c = work->data;
    void (*on_closed)(void *) = c->on_closed;
    void *arg = c->on_closed_arg;
    (void)status;
    close(c->wake_fd);
    free(c);
    if (on_closed)
        on_closed(arg);
}

static void close_step(struct kafka_client *c)
{
    if (c->closing && c->handles_closed && !c->refreshing)
        uv_queue_work(c->config.loop, &c->ending, end_work, on_ended);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct kafka_client *c = handle->data;
    c->handles_closed = true;
    close_step(c);
}

void kafka_client_close(struct kafka_client *c, void (*on_closed)(void *arg), void *arg)
{
    c->closing = true;
    c->on_closed = on_closed;
    c->on_closed_arg = arg;
    uv_close((uv_handle_t *)&c->poll, on_handle_closed);
}
