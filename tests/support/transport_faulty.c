/* SPDX-License-Identifier: Apache-2.0 */
/* transport_faulty.c - see transport_faulty.h. Messages travel as the text that real carriers carry. */
#include "tests/support/transport_faulty.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/transport_payload.h"

struct parcel {
    int64_t incarnation; /* 0: to everybody */
    uint64_t due;        /* step */
    uint64_t order;      /* among those due at once */
    char *data;
    size_t size;
};

struct end {
    struct transport base; /* first */
    struct faulty_hub *hub;
    int64_t incarnation;
    bool follows, cut;
    struct end *next;
};

struct faulty_hub {
    struct faulty_settings settings;
    uint64_t random, step, sent;
    struct parcel *parcels;
    size_t count, capacity;
    struct end *ends;
};

static const struct transport_ops faulty_ops;

static struct end *end_of(struct transport *t)
{
    assert(t->ops == &faulty_ops);
    return (struct end *)t;
}

/* splitmix64 */
static uint64_t next_random(struct faulty_hub *hub)
{
    uint64_t z = hub->random += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static void put(struct faulty_hub *hub, int64_t incarnation, const struct buffer *payload)
{
    unsigned copies = next_random(hub) % 100 < hub->settings.double_percent ? 2 : 1;
    for (unsigned i = 0; i < copies; i++) {
        if (next_random(hub) % 100 < hub->settings.lose_percent)
            continue;
        uint64_t delay = hub->settings.delay_max ? next_random(hub) % (hub->settings.delay_max + 1) : 0;
        hub->parcels = mem_grow(hub->parcels, &hub->capacity, hub->count + 1, sizeof *hub->parcels);
        hub->parcels[hub->count++] = (struct parcel){ .incarnation = incarnation,
                                                      .due = hub->step + 1 + delay,
                                                      .order = hub->sent++,
                                                      .data = mem_text_n(payload->data, payload->size),
                                                      .size = payload->size };
    }
}

static void faulty_publish(struct transport *t, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct end *end = end_of(t);
    struct buffer payload;
    buffer_init(&payload, TRANSPORT_PAYLOAD_MAX);
    while (count > 0 && !end->cut) {
        unsigned written = transport_payload_jobs(&payload, jobs, count);
        put(end->hub, incarnation, &payload);
        jobs += written;
        count -= written;
    }
    buffer_finish(&payload);
}

static void faulty_send(struct transport *t, int64_t incarnation, const struct message *message)
{
    struct end *end = end_of(t);
    struct buffer payload;
    struct error e = ERROR_NONE;
    buffer_init(&payload, TRANSPORT_PAYLOAD_MAX);
    if (end->cut)
        return;
    if (transport_payload_message(&payload, message, &e) == ERROR_OK)
        put(end->hub, incarnation, &payload);
    else if (t->handlers.on_state)
        t->handlers.on_state(t->handlers.arg, true, &e);
    buffer_finish(&payload);
}

static void faulty_subscribe(struct transport *t, int64_t incarnation)
{
    end_of(t)->incarnation = incarnation;
}

static void faulty_follow(struct transport *t)
{
    end_of(t)->follows = true;
}

static void faulty_forget(struct transport *t, int64_t incarnation)
{
    struct faulty_hub *hub = end_of(t)->hub;
    for (size_t i = 0; i < hub->count; i++) {
        if (hub->parcels[i].incarnation == incarnation)
            hub->parcels[i].incarnation = -1; /* arrives nowhere */
    }
}

static void faulty_close(struct transport *t, void (*on_closed)(void *arg), void *arg)
{
    struct end *end = end_of(t);
    struct end **at = &end->hub->ends;
    while (*at != end)
        at = &(*at)->next;
    *at = end->next;
    free(end);
    if (on_closed)
        on_closed(arg);
}

static const struct transport_ops faulty_ops = {
    .name = "faulty",
    .subscribe = faulty_subscribe,
    .follow = faulty_follow,
    .publish = faulty_publish,
    .send = faulty_send,
    .forget = faulty_forget,
    .close = faulty_close,
};

struct transport *transport_faulty_create(struct faulty_hub *hub, const struct transport_handlers *handlers)
{
    struct end *end = mem_zero(1, sizeof *end);
    end->base = (struct transport){ .ops = &faulty_ops, .handlers = *handlers };
    end->hub = hub;
    end->next = hub->ends;
    hub->ends = end;
    return &end->base;
}

void transport_faulty_cut(struct transport *t, bool cut)
{
    struct end *end = end_of(t);
    struct error e = ERROR_NONE;
    error_set(&e, ERROR_UNAVAILABLE, "cut by the test");
    end->cut = cut;
    if (t->handlers.on_state)
        t->handlers.on_state(t->handlers.arg, !cut, cut ? &e : NULL);
}

/* An end that closes while it is handed a message must be the end that receives it, or none. */
static void deliver(struct faulty_hub *hub, const struct parcel *parcel)
{
    struct end *next;
    for (struct end *end = hub->ends; end; end = next) {
        next = end->next;
        if (end->cut || !(parcel->incarnation ? end->incarnation == parcel->incarnation : end->follows))
            continue;
        mem_auto char *copy = mem_text_n(parcel->data, parcel->size);
        struct error e = ERROR_NONE;
        enum error_class class = transport_payload_deliver(copy, parcel->size, &end->base.handlers, &e);
        assert(class == ERROR_OK); /* we wrote it */
        (void)class;
    }
}

bool faulty_hub_step(struct faulty_hub *hub)
{
    hub->step++;
    for (;;) {
        struct parcel *first = NULL;
        for (size_t i = 0; i < hub->count; i++) {
            struct parcel *p = &hub->parcels[i];
            bool earlier = !first || p->due < first->due || (p->due == first->due && p->order < first->order);
            if (p->due <= hub->step && earlier)
                first = p;
        }
        if (!first)
            return hub->count > 0;
        struct parcel parcel = *first;
        *first = hub->parcels[--hub->count];
        deliver(hub, &parcel);
        free(parcel.data);
    }
}

void faulty_hub_flush(struct faulty_hub *hub)
{
    for (size_t i = 0; i < hub->count; i++)
        free(hub->parcels[i].data);
    hub->count = 0;
}

void faulty_hub_settings(struct faulty_hub *hub, const struct faulty_settings *settings)
{
    hub->settings = *settings;
}

struct faulty_hub *faulty_hub_create(const struct faulty_settings *settings)
{
    struct faulty_hub *hub = mem_zero(1, sizeof *hub);
    hub->settings = *settings;
    hub->random = settings->seed;
    return hub;
}

struct faulty_hub *faulty_hub_destroy(struct faulty_hub *hub)
{
    if (hub) {
        assert(!hub->ends);
        faulty_hub_flush(hub);
        free(hub->parcels);
        free(hub);
    }
    return NULL;
}
