/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/kafka_topic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "queue/kafka_client.h"
#include "tests/support/child.h"
#include "tests/support/kafka.h"

enum { READ_WAIT_MS = 300000 };

static rd_kafka_t *client(rd_kafka_type_t type)
{
    struct error e = ERROR_NONE;
    char why[256];
    if (kafka_api_load(&e) != ERROR_OK)
        child_fail("%s", e.message);
    rd_kafka_conf_t *conf = kafka.conf_new();
    kafka.conf_set(conf, "bootstrap.servers", support_kafka_address(), why, sizeof why);
    kafka.conf_set(conf, "linger.ms", "0", why, sizeof why);
    kafka.conf_set(conf, "enable.partition.eof", "false", why, sizeof why);
    kafka.conf_set_log_cb(conf, NULL);
    if (type == RD_KAFKA_PRODUCER)
        kafka.conf_set_events(conf, RD_KAFKA_EVENT_DR);
    rd_kafka_t *handle = kafka.new(type, conf, why, sizeof why);
    if (!handle)
        child_fail("Kafka client: %s", why);
    return handle;
}

void topic_write(const char *topic, const struct topic_header *headers, const void *value, size_t size)
{
    static rd_kafka_t *handle; /* one for the test; ends with it */
    if (!handle)
        handle = client(RD_KAFKA_PRODUCER);
    rd_kafka_headers_t *list = kafka.headers_new(8);
    for (; headers && headers->name; headers++)
        kafka.header_add(list, headers->name, -1, headers->value, -1);
    rd_kafka_vu_t parts[] = {
        { .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)value, size } },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = list },
    };
    rd_kafka_error_t *refused = kafka.produceva(handle, parts, sizeof parts / sizeof parts[0]);
    rd_kafka_queue_t *queue = kafka.queue_get_main(handle);
    rd_kafka_event_t *event = NULL;
    errno = EIO;
    if (refused)
        child_fail("write to %s: %s", topic, kafka.error_string(refused));
    while ((event = kafka.queue_poll(queue, READ_WAIT_MS)) && kafka.event_type(event) != RD_KAFKA_EVENT_DR)
        kafka.event_destroy(event);
    const rd_kafka_message_t *message = event ? kafka.event_message_next(event) : NULL;
    if (!message || message->err)
        child_fail("write to %s: %s", topic, message ? kafka.err2str(message->err) : "no answer");
    kafka.event_destroy(event);
    kafka.queue_destroy(queue);
}

void topic_forget_group(const char *group)
{
    rd_kafka_t *handle = client(RD_KAFKA_PRODUCER);
    rd_kafka_queue_t *queue = kafka.queue_new(handle);
    int64_t late_ms = clock_monotonic_ms() + READ_WAIT_MS;
    bool gone = false;
    while (!gone && clock_monotonic_ms() < late_ms) {
        rd_kafka_DeleteGroup_t *doomed = kafka.DeleteGroup_new(group);
        kafka.DeleteGroups(handle, &doomed, 1, NULL, queue);
        rd_kafka_event_t *event = kafka.queue_poll(queue, READ_WAIT_MS);
        size_t count = 0;
        const rd_kafka_group_result_t **results =
            event ? kafka.DeleteGroups_result_groups(kafka.event_DeleteGroups_result(event), &count) : NULL;
        gone = count == 1 && !kafka.group_result_error(results[0]);
        kafka.DeleteGroup_destroy(doomed);
        if (event)
            kafka.event_destroy(event);
        nanosleep(&(struct timespec){ .tv_nsec = 200000000L }, NULL);
    }
    kafka.queue_destroy(queue);
    kafka.destroy(handle);
    errno = ETIMEDOUT;
    if (!gone)
        child_fail("group %s is still in use", group);
}

static void copy(char *to, size_t max, const void *from, size_t size)
{
    size = size < max - 1 ? size : max - 1;
    if (size > 0)
        memcpy(to, from, size);
    to[size] = '\0';
}

static void take(const rd_kafka_message_t *from, struct topic_message *message)
{
    rd_kafka_headers_t *headers = NULL;
    *message = (struct topic_message){ .partition = from->partition };
    copy(message->key, sizeof message->key, from->key, from->key_len);
    copy(message->value, sizeof message->value, from->payload, from->len);
    if (kafka.message_headers(from, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    for (unsigned i = 0; i < TOPIC_HEADERS_MAX; i++) {
        const char *name;
        const void *value;
        size_t size;
        if (kafka.header_get_all(headers, i, &name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        copy(message->headers[i].name, sizeof message->headers[i].name, name, strlen(name));
        copy(message->headers[i].value, sizeof message->headers[i].value, value, size);
        message->header_count++;
    }
}

const char *topic_header(const struct topic_message *message, const char *name)
{
    for (unsigned i = 0; i < message->header_count; i++)
        if (strcmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    return "";
}

int topic_read(const char *topic, int (*on_message)(void *arg, const struct topic_message *message), void *arg)
{
    rd_kafka_t *handle = client(RD_KAFKA_CONSUMER);
    rd_kafka_topic_t *opened = kafka.topic_new(handle, topic, NULL);
    rd_kafka_queue_t *queue = kafka.queue_new(handle);
    int64_t late_ms = clock_monotonic_ms() + READ_WAIT_MS;
    int found = 0;
    kafka.consume_start_queue(opened, 0, RD_KAFKA_OFFSET_BEGINNING, queue);
    while (!found && clock_monotonic_ms() < late_ms) {
        rd_kafka_event_t *event = kafka.queue_poll(queue, 100);
        const rd_kafka_message_t *message;
        struct topic_message taken;
        if (!event)
            continue;
        while (!found && kafka.event_type(event) == RD_KAFKA_EVENT_FETCH &&
               (message = kafka.event_message_next(event)) != NULL) {
            take(message, &taken);
            found = on_message(arg, &taken);
        }
        kafka.event_destroy(event);
    }
    kafka.consume_stop(opened, 0);
    kafka.topic_destroy(opened);
    kafka.queue_destroy(queue);
    kafka.destroy(handle);
    return found;
}
