/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publisher.c - see publisher.h.
 *
 *   AWAY ── session ──▶ ASKING ── the lock is ours ──▶ LOADING the cursor ──▶ IDLE ── wake, or poll_ms ──▶ READING
 *    ▲                    │ somebody else's: again in 2 s                      ▲                              │ events
 *    └── session lost ────┘                                                    │ cursor stored                ▼
 *                                                                           STORING ◀── the broker has ── SENDING
 *                                                                                         all of them
 *
 * The cursor is stored only after the broker's word, so after a crash some events come twice: their ids are the same,
 * made of the record's system, its timeline and the event's number. What breaks the sender (a topic deleted) loses
 * nothing: it is made anew and reading goes on from the cursor in the record. A cursor of another system, or older than
 * what retention has kept, cannot be caught up with: "argosy.resync.v1" says so, and publishing goes on from now.
 */
#include "notifier/publisher.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "notifier/announce.h"
#include "notifier/cursor.h"
#include "sql/session.h"

enum { BATCH = 1000, WAKE_EVERY_MS = 50, LEAD_MS = 2000, BROKEN_MS = 3000, COMPLAIN_MS = 10000 };
enum { IDLE_SESSION_MS = 10000, STATEMENT_TIMEOUT_MS = 20000 };

struct publisher {
    const struct notifier_config *config;
    struct session *session; /* holds the lock: not through a pooler */
    struct kafka_sender_config sender_config;
    struct kafka_sender *sender; /* NULL: none now */
    bool sender_ready;
    uv_timer_t timer;
    enum {
        PUBLISHER_AWAY,
        PUBLISHER_ASKING,
        PUBLISHER_LOADING,
        PUBLISHER_IDLE,
        PUBLISHER_READING,
        PUBLISHER_SENDING,
        PUBLISHER_STORING
    } state;
    struct cursor at;   /* published so far */
    struct cursor next; /* ... once what is under way is stored */
    bool dirty, more, broken, closing;
    int64_t due_ms, read_ms, complained_ms;
    unsigned open;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static void tick(struct publisher *p);

static void complain(struct publisher *p, const char *what, const struct error *e)
{
    int64_t now_ms = clock_monotonic_ms();
    if (p->complained_ms && now_ms - p->complained_ms < COMPLAIN_MS)
        return;
    p->complained_ms = now_ms;
    log_failure(LOG_WARN, what, e);
}

/* ---- the sender ---- */

static void piece_closed(void *arg);

static void sender_drop(struct publisher *p)
{
    struct kafka_sender *sender = p->sender;
    p->sender = NULL;
    p->sender_ready = p->broken = false;
    if (sender)
        kafka_sender_close(sender, piece_closed, p);
}

static void on_ready(void *arg)
{
    struct publisher *p = arg;
    p->sender_ready = true;
    tick(p);
}

static void store(struct publisher *p);

static void on_sent(void *arg)
{
    struct publisher *p = arg;
    if (p->state == PUBLISHER_SENDING)
        store(p);
}

/* Left in a turn of its own: we may stand in the middle of sending. */
static void on_broken(void *arg, const struct error *e)
{
    struct publisher *p = arg;
    complain(p, "events can't be published to Kafka; trying again", e);
    p->broken = true;
    p->due_ms = clock_monotonic_ms() + BROKEN_MS;
    uv_timer_stop(&p->timer);
    tick(p);
}

static void sender_make(struct publisher *p)
{
    struct error e = ERROR_NONE;
    p->sender = kafka_sender_create(&p->sender_config, &e);
    if (p->sender)
        p->open++;
    else {
        complain(p, "events can't be published to Kafka", &e);
        p->due_ms = clock_monotonic_ms() + COMPLAIN_MS;
    }
}

/* ---- storing ---- */

static void on_stored(void *arg, const struct result *result, const struct error *e)
{
    struct publisher *p = arg;
    (void)result;
    if (p->state != PUBLISHER_STORING || p->closing)
        return;
    if (e)
        complain(p, "how far events were published was not stored; they may come twice", e);
    p->at = e ? p->at : p->next;
    p->state = PUBLISHER_IDLE;
    tick(p);
}

static void store(struct publisher *p)
{
    char n[24];
    snprintf(n, sizeof n, "%" PRId64, p->next.n);
    const struct sql_param params[] = { SQL_TEXT(p->next.base), SQL_TEXT(p->next.seen),
                                        SQL_TEXT(p->next.upto[0] ? p->next.upto : NULL), SQL_TEXT(n) };
    p->state = PUBLISHER_STORING;
    session_run(p->session, "kafka_events_store", params, 4, 0, on_stored, p);
}

/* ---- reading and sending ---- */

static bool went(struct publisher *p, enum error_class class, const struct error *e)
{
    if (class != ERROR_OK)
        complain(p, "an event was not sent to Kafka", e);
    return class == ERROR_OK;
}

static bool say(struct publisher *p, const struct result *r, unsigned row)
{
    struct error e = ERROR_NONE;
    return went(p,
                announce_event(p->sender, p->at.base, result_int(r, row, 2), result_int(r, row, 4),
                               result_text(r, row, 3), result_text(r, row, 9), result_size(r, row, 9), &e),
                &e);
}

static bool say_resync(struct publisher *p, const char *reason)
{
    struct error e = ERROR_NONE;
    log_event(LOG_WARN, "events are left out of Kafka: consumers are told to look at the state",
              LOG_T("reason", reason));
    return went(p, announce_resync(p->sender, p->at.base, reason, &e), &e);
}

/* Where it goes on after this batch: behind its last event if it was cut, else at its end. */
static void advance(struct publisher *p, const struct result *result, const char *upto)
{
    unsigned last = result_rows(result) - 1;
    p->next = p->at;
    p->more = last == BATCH;
    if (p->more) {
        (void)text_copy(p->next.upto, sizeof p->next.upto, upto);
        p->next.n = result_int(result, last, 2);
    } else {
        (void)text_copy(p->next.seen, sizeof p->next.seen, upto);
        p->next.upto[0] = '\0';
        p->next.n = 0;
        p->more = p->at.upto[0] != '\0'; /* what came since */
    }
}

static void on_read(void *arg, const struct result *result, const struct error *e)
{
    struct publisher *p = arg;
    if (p->state != PUBLISHER_READING || p->closing)
        return;
    p->state = PUBLISHER_IDLE;
    if (e || !p->sender_ready || p->broken) {
        if (e)
            complain(p, "events for Kafka can't be read", e);
        p->dirty = true;
        p->due_ms = clock_monotonic_ms() + p->config->poll_ms;
        tick(p);
        return;
    }
    mem_auto char *upto = mem_text(p->at.upto[0] ? p->at.upto : result_text(result, 0, 0));
    bool lost = result_bool(result, 0, 1), sent = true;
    advance(p, result, upto);
    if (strlen(upto) >= CURSOR_SNAPSHOT_SIZE) { /* more transactions at once than a cursor holds: in a moment */
        p->due_ms = clock_monotonic_ms() + p->config->poll_ms;
        tick(p);
        return;
    }
    p->state = PUBLISHER_SENDING;
    if (lost)
        sent = say_resync(p, "too_old");
    for (unsigned row = 1; row < result_rows(result) && sent && !p->broken; row++)
        sent = say(p, result, row);
    if (!sent || p->broken) { /* again, from the cursor */
        p->state = PUBLISHER_IDLE;
        p->dirty = true;
        p->due_ms = clock_monotonic_ms() + p->config->poll_ms;
        tick(p);
    } else if (result_rows(result) == 1 && !lost) {
        p->at = p->next; /* nothing happened: nobody has to know */
        p->state = PUBLISHER_IDLE;
        tick(p);
    }
}

static void read_events(struct publisher *p)
{
    char n[24], limit[16];
    snprintf(n, sizeof n, "%" PRId64, p->at.n);
    snprintf(limit, sizeof limit, "%d", BATCH);
    const struct sql_param params[] = { SQL_TEXT(p->at.seen), SQL_TEXT(p->at.upto[0] ? p->at.upto : NULL),
                                        SQL_TEXT(n),          SQL_TEXT(limit),
                                        SQL_TEXT(NULL),       SQL_TEXT(NULL) };
    p->state = PUBLISHER_READING;
    p->dirty = p->more = false;
    p->read_ms = clock_monotonic_ms();
    session_run(p->session, "events_read", params, 6, 0, on_read, p);
}

/* ---- the lead and the cursor ---- */

static void on_loaded(void *arg, const struct result *result, const struct error *e)
{
    struct publisher *p = arg;
    if (p->state != PUBLISHER_LOADING || p->closing)
        return;
    p->state = PUBLISHER_ASKING; /* again, when it failed */
    p->due_ms = clock_monotonic_ms() + LEAD_MS;
    if (e) {
        complain(p, "the cursor of Kafka's events can't be read", e);
        tick(p);
        return;
    }
    bool none = result_is_null(result, 0, 2),
         other = !none && strcmp(result_text(result, 0, 0), result_text(result, 0, 2)) != 0;
    p->at = (struct cursor){ .n = 0 };
    (void)text_copy(p->at.base, sizeof p->at.base, result_text(result, 0, 0));
    (void)text_copy(p->at.seen, sizeof p->at.seen, result_text(result, 0, none || other ? 1 : 3));
    if (!none && !other) {
        (void)text_copy(p->at.upto, sizeof p->at.upto, result_text(result, 0, 4));
        p->at.n = result_int(result, 0, 5);
    }
    log_event(LOG_INFO, "publishes events to Kafka",
              LOG_T("from", none    ? "now"
                            : other ? "now: another system"
                                    : "where it was"));
    p->next = p->at;
    if (other && (!p->sender_ready || !say_resync(p, "other_system"))) {
        tick(p);
        return;
    }
    p->due_ms = 0;
    p->dirty = true;
    p->state = other ? PUBLISHER_SENDING : PUBLISHER_IDLE;
    if (none)
        store(p); /* from here on nothing is left out, also while nobody publishes */
    tick(p);
}

static void on_lead(void *arg, const struct result *result, const struct error *e)
{
    struct publisher *p = arg;
    if (p->state != PUBLISHER_ASKING || p->closing)
        return;
    if (!e && result_bool(result, 0, 0)) {
        p->state = PUBLISHER_LOADING;
        session_run(p->session, "kafka_events_load", NULL, 0, 0, on_loaded, p);
    }
    tick(p);
}

static void on_session_state(void *arg, bool up, const struct error *e __attribute__((unused)))
{
    struct publisher *p = arg;
    p->state = up ? PUBLISHER_ASKING : PUBLISHER_AWAY;
    p->due_ms = 0;
    if (!p->closing)
        tick(p);
}

/* ---- the tick ---- */

static void on_timer(uv_timer_t *timer)
{
    tick(timer->data);
}

static void tick(struct publisher *p)
{
    int64_t now_ms = clock_monotonic_ms(), wait_ms = p->due_ms - now_ms;
    if (p->closing)
        return;
    if (p->broken && wait_ms <= 0) {
        sender_drop(p);
        if (p->state == PUBLISHER_SENDING)
            p->state = PUBLISHER_IDLE;
        p->dirty = true;
    }
    if (wait_ms > 0) {
        uv_timer_start(&p->timer, on_timer, (uint64_t)wait_ms, 0);
        return;
    }
    if (!p->sender)
        sender_make(p);
    if (p->state == PUBLISHER_ASKING) {
        p->due_ms = now_ms + LEAD_MS;
        session_run(p->session, "kafka_events_lead", NULL, 0, 0, on_lead, p);
    } else if (p->state == PUBLISHER_IDLE && p->sender_ready) {
        int64_t next_ms = p->read_ms + (p->more ? 0 : p->dirty ? WAKE_EVERY_MS : p->config->poll_ms);
        if (now_ms >= next_ms)
            read_events(p);
        else
            uv_timer_start(&p->timer, on_timer, (uint64_t)(next_ms - now_ms), 0);
    }
}

void publisher_wake(struct publisher *p)
{
    if (p->dirty)
        return;
    p->dirty = true;
    tick(p);
}

/* ---- birth and death ---- */

static void piece_closed(void *arg)
{
    struct publisher *p = arg;
    if (--p->open > 0 || !p->closing)
        return;
    void (*on_closed)(void *) = p->on_closed;
    void *on_closed_arg = p->on_closed_arg;
    free(p);
    on_closed(on_closed_arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    piece_closed(handle->data);
}

void publisher_close(struct publisher *p, void (*on_closed)(void *arg), void *arg)
{
    p->closing = true;
    p->on_closed = on_closed;
    p->on_closed_arg = arg;
    uv_close((uv_handle_t *)&p->timer, on_timer_closed);
    session_close(p->session, piece_closed, p);
    sender_drop(p);
}

struct publisher *publisher_create(uv_loop_t *loop, const struct notifier_config *config)
{
    struct publisher *p = mem_zero(1, sizeof *p);
    p->config = config;
    p->open = 2;
    p->sender_config = (struct kafka_sender_config){ .loop = loop,
                                                     .kafka = &config->kafka,
                                                     .topic = "events",
                                                     .arg = p,
                                                     .on_ready = on_ready,
                                                     .on_sent = on_sent,
                                                     .on_broken = on_broken };
    uv_timer_init(loop, &p->timer);
    p->timer.data = p;
    const struct session_config session = { .loop = loop,
                                            .url = config->direct_url ? config->direct_url : config->database_url,
                                            .application = "argosy events to kafka",
                                            .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                            .idle_session_timeout_ms = IDLE_SESSION_MS,
                                            .queue_max = 16,
                                            .arg = p,
                                            .on_state = on_session_state };
    p->session = session_create(&session);
    return p;
}
