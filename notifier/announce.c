/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/announce.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "notifier/cursor.h"

enum error_class announce_event(struct kafka_sender *sender, const char *base, int64_t n, int64_t job, const char *type,
                                const char *data, size_t size, struct error *e)
{
    json_auto_t *whole = json_loadb(data, size, 0, NULL);
    const char *at = json_string_value(json_object_get(whole, "at"));
    char id[CURSOR_BASE_SIZE + 32], key[24], now[CLOCK_TEXT_SIZE];
    clock_text(clock_wall_ms(), now);
    snprintf(id, sizeof id, "%s-%" PRId64, base, n);
    snprintf(key, sizeof key, "%" PRId64, job);
    mem_auto char *name = mem_format(job ? "argosy.job.%s.v1" : "argosy.%s.v1", type);
    const struct kafka_event event = { .key = key,
                                       .id = id,
                                       .source = "/argosy/events",
                                       .type = name,
                                       .subject = key,
                                       .time = at ? at : now,
                                       .data = data,
                                       .size = size };
    return kafka_sender_send(sender, &event, e);
}

enum error_class announce_resync(struct kafka_sender *sender, const char *base, const char *reason, struct error *e)
{
    char data[80];
    int size = snprintf(data, sizeof data, "{\"type\":\"resync\",\"reason\":\"%s\"}", reason);
    return announce_event(sender, base, clock_wall_ms(), 0, "resync", data, (size_t)size, e);
}
