/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_postgres.c - the doorbell over PostgreSQL alone: the record's rows carry, NOTIFY rings.
 *
 * argosy_w_N    an incarnation LISTENs here. A publish is the dispatches themselves if they are few and small, else one
 *               "r1 SEQ": rows from that seq on are there to be read (dispatch_read.sql). Control messages come as
 *               payload texts (transport_payload.h).
 * argosy_all    DONE, WAKE and PROGRESS.
 * argosy_submit what submits tell the scheduler: heard here so that it has one session that listens, since each NOTIFY
 *               of the database wakes all of them.
 *
 * Failures: a lost connection loses what was notified meanwhile, so the rows are read again after each reconnect and
 * every POLL_MS anyway. A seq is given out under a lock on the worker's row, so rows below one that was read are there
 * as well; what is rung again names its seq, and reading goes back to it.
 */
#include "queue/transport_postgres.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "queue/transport_payload.h"
#include "sql/session.h"

enum { POLL_MS = 250, READ_MAX = 1000, COMPLAIN_MS = 1000, QUEUE_MAX = 1000, DEADLINE_MS = 1000 };
enum { PAYLOAD_JOBS_MAX = 16, NOTIFY_MAX = 7900 }; /* bytes: the server's limit is 7,999 */

struct carrier {
    struct transport base; /* first */
    struct session *session;
    uv_timer_t poll;
    int64_t incarnation, seq; /* subscribed to; last seq read */
    bool reading, again;      /* a read is under way; something rang meanwhile */
    int64_t again_seq;        /* ... and asked to go back to before this one */
    bool up, closing, session_open, timer_open;
    int64_t complained_ms;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static const struct transport_ops postgres_ops;
static const char everybody[] = "argosy_all", submitted[] = "argosy_submit";

static struct carrier *carrier_of(struct transport *t)
{
    assert(t->ops == &postgres_ops);
    return (struct carrier *)t;
}

static void complain(struct carrier *t, const struct error *e)
{
    int64_t now_ms = clock_monotonic_ms();
    if (t->closing || !t->base.handlers.on_state || (t->complained_ms && now_ms - t->complained_ms < COMPLAIN_MS))
        return;
    t->complained_ms = now_ms;
    t->base.handlers.on_state(t->base.handlers.arg, t->up, e);
}

/* ---- reading rows ---- */

static void read_rows(struct carrier *t, int64_t from_seq);

static void deliver_rows(struct carrier *t, const struct result *rows)
{
    static struct dispatch jobs[READ_MAX]; /* one loop, one thread */
    unsigned count = result_rows(rows) < READ_MAX ? result_rows(rows) : READ_MAX;
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (struct dispatch){ .id = result_int(rows, i, 0),
                                     .epoch = result_int(rows, i, 1),
                                     .seq = result_int(rows, i, 2),
                                     .kind = result_text(rows, i, 3),
                                     .args = result_is_null(rows, i, 4) ? NULL : result_text(rows, i, 4),
                                     .attempt = (int32_t)result_int(rows, i, 5),
                                     .timeout_s = (int32_t)result_int(rows, i, 6),
                                     .seal = result_bool(rows, i, 7) };
    }
    if (count == 0)
        return;
    if (jobs[count - 1].seq > t->seq) /* notifications may have gone on meanwhile */
        t->seq = jobs[count - 1].seq;
    if (t->base.handlers.on_dispatch)
        t->base.handlers.on_dispatch(t->base.handlers.arg, jobs, count);
}

/* The incarnation a read was for; the subscription may have changed meanwhile. */
struct read {
    struct carrier *t;
    int64_t incarnation;
};

static void on_rows(void *arg, const struct result *rows, const struct error *e)
{
    struct read *read = arg;
    struct carrier *t = read->t;
    bool ours = read->incarnation == t->incarnation && !t->closing;
    bool full = ours && rows && result_rows(rows) == READ_MAX;
    free(read);
    t->reading = false;
    if (ours && rows)
        deliver_rows(t, rows);
    else if (ours)
        complain(t, e);
    if (t->closing || !t->incarnation || t->reading)
        return;
    if (t->again && t->again_seq - 1 < t->seq)
        t->seq = t->again_seq - 1;
    if ((rows && (t->again || full)) || !ours)
        read_rows(t, INT64_MAX);
}

/* Reads what came after t->seq, or from from_seq on if that is earlier. */
static void read_rows(struct carrier *t, int64_t from_seq)
{
    if (!t->incarnation || t->closing)
        return;
    if (t->reading) {
        t->again_seq = t->again && t->again_seq < from_seq ? t->again_seq : from_seq;
        t->again = true;
        return;
    }
    if (from_seq - 1 < t->seq)
        t->seq = from_seq - 1;
    t->again = false;
    t->reading = true;
    char incarnation[24], seq[24];
    snprintf(incarnation, sizeof incarnation, "%" PRId64, t->incarnation);
    snprintf(seq, sizeof seq, "%" PRId64, t->seq);
    const struct sql_param params[] = { SQL_TEXT(incarnation), SQL_TEXT(seq) };
    struct read *read = mem_zero(1, sizeof *read);
    *read = (struct read){ .t = t, .incarnation = t->incarnation };
    session_run(t->session, "dispatch_read", params, 2, DEADLINE_MS, on_rows, read);
}

static void on_poll(uv_timer_t *timer)
{
    struct carrier *t = timer->data;
    if (t->up && !t->reading)
        read_rows(t, INT64_MAX);
}

/* ---- what rings ---- */

/* What came without a gap need not be read any more. */
static void on_payload_jobs(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct carrier *t = arg;
    for (unsigned i = 0; i < count; i++)
        t->seq += jobs[i].seq == t->seq + 1;
    if (t->base.handlers.on_dispatch)
        t->base.handlers.on_dispatch(t->base.handlers.arg, jobs, count);
}

static void on_payload_message(void *arg, const struct message *message)
{
    struct carrier *t = arg;
    if (t->base.handlers.on_message)
        t->base.handlers.on_message(t->base.handlers.arg, message);
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    struct carrier *t = arg;
    char mine[40];
    int64_t seq;
    if (!t->closing && t->base.handlers.on_submit && strcmp(channel, submitted) == 0) {
        t->base.handlers.on_submit(t->base.handlers.arg, payload);
        return;
    }
    snprintf(mine, sizeof mine, "argosy_w_%" PRId64, t->incarnation);
    if (t->closing || (strcmp(channel, everybody) != 0 && strcmp(channel, mine) != 0))
        return; /* an incarnation that this session listened to before */
    if (text_starts(payload, "r1 ") && text_to_int64(payload + 3, 1, INT64_MAX, &seq)) {
        read_rows(t, seq);
        return;
    }
    mem_auto char *text = mem_text(payload);
    struct error e = ERROR_NONE;
    const struct transport_handlers heard = { .arg = t,
                                              .on_dispatch = on_payload_jobs,
                                              .on_message = on_payload_message };
    if (transport_payload_deliver(text, strlen(text), &heard, &e) != ERROR_OK)
        complain(t, &e);
}

static void on_session_state(void *arg, bool up, const struct error *e)
{
    struct carrier *t = arg;
    if (t->closing || up == t->up)
        return;
    t->up = up;
    if (up)
        read_rows(t, INT64_MAX);
    if (t->base.handlers.on_state)
        t->base.handlers.on_state(t->base.handlers.arg, up, e);
}

/* ---- the contract ---- */

static void on_notified(void *arg, const struct result *result, const struct error *e)
{
    if (!result)
        complain(arg, e);
}

static void notify(struct carrier *t, const char *channel, const char *payload)
{
    const struct sql_param params[] = { SQL_TEXT(channel), SQL_TEXT(payload) };
    session_run(t->session, "transport_notify", params, 2, DEADLINE_MS, on_notified, t);
}

/* A few small jobs go in the payload, which spares the worker the read. false: they are too many or too large. */
static bool publish_payload(struct carrier *t, const char *channel, const struct dispatch *jobs, unsigned count)
{
    struct buffer payload;
    if (count > PAYLOAD_JOBS_MAX)
        return false;
    buffer_init(&payload, TRANSPORT_PAYLOAD_MAX);
    bool fits = transport_payload_jobs(&payload, jobs, count) == count && payload.size <= NOTIFY_MAX;
    if (fits)
        notify(t, channel, buffer_view(&payload));
    buffer_finish(&payload);
    return fits;
}

static void postgres_publish(struct transport *base, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct carrier *t = carrier_of(base);
    char channel[40], payload[40];
    int64_t lowest = INT64_MAX;
    for (unsigned i = 0; i < count; i++)
        lowest = jobs[i].seq < lowest ? jobs[i].seq : lowest;
    if (count == 0)
        return;
    snprintf(channel, sizeof channel, "argosy_w_%" PRId64, incarnation);
    snprintf(payload, sizeof payload, "r1 %" PRId64, lowest);
    if (!publish_payload(t, channel, jobs, count))
        notify(t, channel, payload);
}

static void postgres_send(struct transport *base, int64_t incarnation, const struct message *message)
{
    struct carrier *t = carrier_of(base);
    struct error e = ERROR_NONE;
    struct buffer payload;
    char channel[40];
    buffer_init(&payload, TRANSPORT_PAYLOAD_MAX);
    snprintf(channel, sizeof channel, "argosy_w_%" PRId64, incarnation);
    if (transport_payload_message(&payload, message, &e) == ERROR_OK)
        notify(t, incarnation ? channel : everybody, buffer_view(&payload));
    else
        complain(t, &e);
    buffer_finish(&payload);
}

static void postgres_subscribe(struct transport *base, int64_t incarnation)
{
    struct carrier *t = carrier_of(base);
    char channel[40];
    snprintf(channel, sizeof channel, "argosy_w_%" PRId64, t->incarnation);
    if (t->incarnation)
        session_unlisten(t->session, channel); /* each NOTIFY in the database wakes all that listen to anything */
    t->incarnation = incarnation;
    t->seq = 0;
    t->again = false;
    uv_timer_stop(&t->poll);
    if (!incarnation)
        return;
    snprintf(channel, sizeof channel, "argosy_w_%" PRId64, incarnation);
    session_listen(t->session, channel);
    uv_timer_start(&t->poll, on_poll, POLL_MS, POLL_MS);
    read_rows(t, INT64_MAX);
}

static void postgres_follow(struct transport *base)
{
    struct carrier *t = carrier_of(base);
    session_listen(t->session, everybody);
    if (base->handlers.on_submit)
        session_listen(t->session, submitted);
}

static bool postgres_record_rings(struct transport *base, int64_t incarnation)
{
    (void)base, (void)incarnation;
    return true;
}

static void postgres_forget(struct transport *base, int64_t incarnation)
{
    (void)base, (void)incarnation; /* its rows are its place, and the expiry takes them back */
}

struct session *transport_postgres_session(struct transport *base)
{
    return carrier_of(base)->session;
}

/* ---- birth and death ---- */

static void free_when_done(struct carrier *t)
{
    if (t->session_open || t->timer_open)
        return;
    void (*on_closed)(void *) = t->on_closed;
    void *arg = t->on_closed_arg;
    free(t);
    if (on_closed)
        on_closed(arg);
}

static void on_session_closed(void *arg)
{
    struct carrier *t = arg;
    t->session_open = false;
    free_when_done(t);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct carrier *t = handle->data;
    t->timer_open = false;
    free_when_done(t);
}

static void postgres_close(struct transport *base, void (*on_closed)(void *arg), void *arg)
{
    struct carrier *t = carrier_of(base);
    t->closing = true;
    t->on_closed = on_closed;
    t->on_closed_arg = arg;
    uv_close((uv_handle_t *)&t->poll, on_timer_closed);
    session_close(t->session, on_session_closed, t);
}

static const struct transport_ops postgres_ops = {
    .name = "postgres",
    .subscribe = postgres_subscribe,
    .follow = postgres_follow,
    .publish = postgres_publish,
    .record_rings = postgres_record_rings,
    .send = postgres_send,
    .forget = postgres_forget,
    .close = postgres_close,
};

struct transport *transport_postgres_create(uv_loop_t *loop, const char *database_url,
                                            const struct transport_handlers *handlers)
{
    struct carrier *t = mem_zero(1, sizeof *t);
    t->base = (struct transport){ .ops = &postgres_ops, .handlers = *handlers };
    uv_timer_init(loop, &t->poll);
    t->poll.data = t;
    t->timer_open = t->session_open = true;
    t->session = session_create(&(struct session_config){ .loop = loop,
                                                          .url = database_url,
                                                          .application = "argosy doorbell",
                                                          .queue_max = QUEUE_MAX,
                                                          .arg = t,
                                                          .on_state = on_session_state,
                                                          .on_notify = on_notify });
    return &t->base;
}
