/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloudevent.h - a CloudEvents 1.0 message as it stands in Kafka, in either content mode, read strictly. Pure.
 *
 *   structured   content-type application/cloudevents+json: the value is the whole event (also without a content-type,
 *                when the value says "specversion")
 *   binary       header ce_specversion: attributes are headers ce_NAME, the value is the data, JSON
 *
 * What arrives is hostile: sizes have limits, text is UTF-8, nothing unknown is guessed at. Unknown attributes are
 * extensions and allowed.
 */
#ifndef GATEWAY_CLOUDEVENT_H
#define GATEWAY_CLOUDEVENT_H

#include <jansson.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"

enum { CLOUDEVENT_ATTRIBUTE_MAX = 512, CLOUDEVENT_KEY_SIZE = DIGEST_HEX_SIZE + 8 };

struct cloudevent_input {
    const void *value;
    size_t size;
    void *arg;
    const char *(*header)(void *arg, const char *name, size_t *ret_size); /* NULL: there is none */
};

struct cloudevent { /* cloudevent_finish() it */
    json_t *whole;  /* structured: owns data */
    json_t *data;   /* an object */
    char id[CLOUDEVENT_ATTRIBUTE_MAX + 1], source[CLOUDEVENT_ATTRIBUTE_MAX + 1], type[CLOUDEVENT_ATTRIBUTE_MAX + 1];
    char traceparent[64];          /* extension; "": none */
    char key[CLOUDEVENT_KEY_SIZE]; /* the same for the same source and id, and for no other */
};

/* ERROR_INVALID "not_a_cloudevent" says what is missing or wrong; nothing is to be finished then. */
enum error_class cloudevent_parse(const struct cloudevent_input *input, struct cloudevent *ret_event, struct error *e);
void cloudevent_finish(struct cloudevent *event);

#endif
