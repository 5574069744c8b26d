/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_sender.h - CloudEvents (binary mode) into one topic: those of one key arrive in order and once, as long as this
 * sender lives. Loop only; nothing blocks.
 */
#ifndef QUEUE_KAFKA_SENDER_H
#define QUEUE_KAFKA_SENDER_H

#include <stddef.h>
#include <uv.h>

#include "base/error.h"
#include "queue/kafka_options.h"

struct kafka_sender;

struct kafka_sender_config { /* borrowed until the sender is closed */
    uv_loop_t *loop;
    const struct kafka_config *kafka;
    const char *topic; /* "events": PREFIX.events; made when it is missing */
    void *arg;
    void (*on_ready)(void *arg);                         /* once: the topic is there */
    void (*on_sent)(void *arg);                          /* the broker has all that was sent so far */
    void (*on_broken)(void *arg, const struct error *e); /* once: close it, and make another one in a while */
};

struct kafka_event { /* copied; texts are not NULL */
    const char *key, *id, *source, *type, *subject, *time;
    const char *data; /* JSON */
    size_t size;
};

struct kafka_sender *kafka_sender_create(const struct kafka_sender_config *config, struct error *e);
void kafka_sender_close(struct kafka_sender *s, void (*on_closed)(void *arg), void *arg);

/* ERROR_RETRY: too much is under way; wait for on_sent. */
enum error_class kafka_sender_send(struct kafka_sender *s, const struct kafka_event *event, struct error *e);

#endif
