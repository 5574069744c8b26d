/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.c - see intake.h.
 *
 *   AWAY ── the record is ready ──▶ OPEN ── a batch ──▶ each message read and checked ──▶ one submit for all that are
 * good ▲                               ▲                                                        │ │ └── offsets
 * committed ◀── dead letters acknowledged ◀── COMMIT └── the record is away, Kafka is broken: the group is left; the
 * batch comes again
 *
 * The record takes all rows of a submit or none. When it refuses a group (one of its rows misses what only the record
 * knows), it is split in halves until the bad one stands alone and goes to the dead letters. A kind or queue that is
 * not there yet is refused as well: a producer that is ahead of the fleet finds its messages there.
 */
#include "gateway/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/cloudevent.h"
#include "gateway/inside.h"
#include "gateway/order.h"
#include "queue/kafka_group.h"

enum { RETRY_MS = 3000, COMPLAIN_MS = 10000 };
static const char submit_type[] = "argosy.submit.v1";

struct item { /* one good message */
    struct cloudevent event;
    struct submit_row row; /* points into event and args */
    char *args, *correlation;
    unsigned record; /* of the batch */
};

struct intake {
    struct gateway *gateway;
    struct kafka_group_config config;
    struct kafka_group *group; /* NULL: not open */
    uv_timer_t timer;
    struct item *items;
    struct submit_row *rows;
    size_t item_capacity, row_capacity;
    unsigned count;
    unsigned (*ranges)[2]; /* [from, upto) still to be submitted; a stack */
    size_t range_capacity;
    unsigned range_count;
    unsigned batch; /* grows with each; answers to an older one are ignored */
    bool ready, closing, leaving, broken;
    int64_t complained_ms;
    unsigned open;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static void complain(struct intake *in, const char *what, const struct error *e)
{
    int64_t now_ms = clock_monotonic_ms();
    if (in->complained_ms && now_ms - in->complained_ms < COMPLAIN_MS)
        return;
    in->complained_ms = now_ms;
    log_failure(LOG_WARN, what, e);
}

/* ---- a batch ---- */

static void forget(struct intake *in)
{
    for (unsigned i = 0; i < in->count; i++) {
        struct item *item = &in->items[i];
        free(item->args);
        order_finish(&item->row);
        cloudevent_finish(&item->event);
    }
    in->count = in->range_count = 0;
    in->batch++;
}

static const char *header(void *arg, const char *name, size_t *ret_size)
{
    return kafka_record_header(arg, name, ret_size);
}

static enum error_class check(const struct kafka_record *record, struct item *item, struct error *e)
{
    const struct cloudevent_input input = {
        .value = record->value, .size = record->size, .arg = (void *)(uintptr_t)record, .header = header
    };
    json_auto_t *details = NULL;
    *item = (struct item){ .args = NULL };
    if (cloudevent_parse(&input, &item->event, e) != ERROR_OK)
        return e->class;
    if (strcmp(item->event.type, submit_type) != 0)
        error_code(e, ERROR_INVALID, "unknown_event_type", "The event's type is \"%.80s\": it must be %s.",
                   item->event.type, submit_type);
    else
        order_job(item->event.data, "/data", &item->row, &item->args, &details, e);
    if (e->class != ERROR_OK) {
        cloudevent_finish(&item->event);
        return e->class;
    }
    item->row.origin = "kafka";
    return ERROR_OK;
}

/* The items have stopped moving: their own texts may be pointed to. */
static void point(struct intake *in)
{
    for (unsigned i = 0; i < in->count; i++) {
        struct item *item = &in->items[i];
        item->row.idempotency_key = item->event.key;
        item->row.correlation = item->event.traceparent[0] ? item->event.traceparent : NULL;
    }
}

static void bury(struct intake *in, unsigned record, const struct error *e)
{
    log_event(LOG_WARN, "a message of the submit topic is no job: it is in the dead letters",
              LOG_T("error_code", e->code), LOG_T("message", e->message));
    kafka_group_dead(in->group, record, e->code, e->message);
}

static void push(struct intake *in, unsigned from, unsigned upto)
{
    in->ranges = mem_grow(in->ranges, &in->range_capacity, in->range_count + 1, sizeof *in->ranges);
    in->ranges[in->range_count][0] = from;
    in->ranges[in->range_count++][1] = upto;
}

static void submit_next(struct intake *in);

static void leave(struct intake *in);

/* One submit on its way. */
struct flight {
    struct intake *intake;
    unsigned from, upto, batch;
};

static bool is_refusal(const struct error *e)
{
    return e->class == ERROR_INVALID || e->class == ERROR_REFUSED || e->class == ERROR_TOO_LARGE ||
           e->class == ERROR_NOT_FOUND; /* fatal: a fault of ours or of the record, no message's */
}

static void piece_closed(void *arg);

static void on_submitted(void *arg, const int64_t *ids, const bool *existing, unsigned count, const struct error *e)
{
    struct flight f = *(struct flight *)arg;
    struct intake *in = f.intake;
    (void)ids, (void)existing, (void)count;
    free(arg);
    if (in->closing || f.batch != in->batch || !in->group) {
        piece_closed(in);
        return;
    }
    if (!e) {
        gateway_wake(in->gateway);
    } else if (!is_refusal(e)) {
        complain(in, "submits of the Kafka topic wait for the record", e);
        leave(in);
        piece_closed(in);
        return;
    } else if (f.upto - f.from == 1) {
        bury(in, in->items[f.from].record, e);
    } else {
        unsigned middle = f.from + (f.upto - f.from) / 2;
        push(in, middle, f.upto);
        push(in, f.from, middle);
    }
    submit_next(in);
    piece_closed(in);
}

static void submit_next(struct intake *in)
{
    if (in->range_count == 0) {
        forget(in);
        if (in->group)
            kafka_group_done(in->group);
        return;
    }
    struct flight *f = mem_zero(1, sizeof *f);
    in->range_count--;
    *f = (struct flight){
        .intake = in, .from = in->ranges[in->range_count][0], .upto = in->ranges[in->range_count][1], .batch = in->batch
    };
    in->rows = mem_grow(in->rows, &in->row_capacity, f->upto - f->from, sizeof *in->rows);
    for (unsigned i = f->from; i < f->upto; i++)
        in->rows[i - f->from] = in->items[i].row;
    in->open++;
    in->gateway->store->ops->submit(in->gateway->store, in->rows, f->upto - f->from, on_submitted, f);
}

static void on_records(void *arg, const struct kafka_record *records, unsigned count)
{
    struct intake *in = arg;
    forget(in);
    in->items = mem_grow(in->items, &in->item_capacity, count, sizeof *in->items);
    for (unsigned i = 0; i < count; i++) {
        struct error e = ERROR_NONE;
        struct item *item = &in->items[in->count];
        if (check(&records[i], item, &e) != ERROR_OK) {
            bury(in, i, &e);
            continue;
        }
        item->record = i;
        in->count++;
    }
    point(in);
    if (in->count > 0)
        push(in, 0, in->count);
    submit_next(in);
}

/* ---- coming and going ---- */

static void piece_closed(void *arg)
{
    struct intake *in = arg;
    if (--in->open > 0 || !in->closing)
        return;
    void (*on_closed)(void *) = in->on_closed;
    void *on_closed_arg = in->on_closed_arg;
    free(in->items);
    free(in->rows);
    free(in->ranges);
    free(in);
    on_closed(on_closed_arg);
}

static void on_timer(uv_timer_t *timer);

static void on_group_closed(void *arg)
{
    struct intake *in = arg;
    in->leaving = in->broken = false;
    if (!in->closing)
        uv_timer_start(&in->timer, on_timer, RETRY_MS, 0);
    piece_closed(in);
}

/* The batch in hand comes again. */
static void leave(struct intake *in)
{
    struct kafka_group *group = in->group;
    in->group = NULL;
    forget(in);
    if (!group)
        return;
    in->leaving = true;
    kafka_group_close(group, on_group_closed, in);
}

static void on_fault(void *arg, const struct error *e)
{
    complain(arg, "the submit topic has a fault", e);
}

/* It is left in a turn of its own: we may stand in the middle of a batch. */
static void on_broken(void *arg, const struct error *e)
{
    struct intake *in = arg;
    complain(in, "the submit topic is out of reach", e);
    in->broken = true;
    uv_timer_start(&in->timer, on_timer, 0, 0);
}

static void enter(struct intake *in)
{
    struct error e = ERROR_NONE;
    if (in->group || in->leaving || in->closing || !in->ready)
        return;
    in->group = kafka_group_create(&in->config, &e);
    if (in->group)
        in->open++;
    else
        complain(in, "the submit topic can't be read", &e);
}

static void on_timer(uv_timer_t *timer)
{
    struct intake *in = timer->data;
    if (in->broken)
        leave(in);
    else
        enter(in);
}

static void on_timer_closed(uv_handle_t *handle)
{
    piece_closed(handle->data);
}

void intake_close(struct intake *in, void (*on_closed)(void *arg), void *arg)
{
    in->closing = true;
    in->on_closed = on_closed;
    in->on_closed_arg = arg;
    leave(in);
    uv_close((uv_handle_t *)&in->timer, on_timer_closed);
}

struct intake *intake_create(struct gateway *g)
{
    struct intake *in = mem_zero(1, sizeof *in);
    in->gateway = g;
    in->open = 1;
    in->config = (struct kafka_group_config){ .loop = g->loop,
                                              .kafka = &g->config->kafka,
                                              .topic = "submit",
                                              .arg = in,
                                              .on_records = on_records,
                                              .on_fault = on_fault,
                                              .on_broken = on_broken };
    uv_timer_init(g->loop, &in->timer);
    in->timer.data = in;
    return in;
}

void intake_record(struct intake *in, bool ready)
{
    in->ready = ready;
    if (ready)
        enter(in);
    else
        leave(in);
}
