/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_lines.c - which carriers are in use now, and what they tell. transport_switch.c says by which rules.
 */
#include "queue/transport_switch_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "queue/transport_kafka.h"
#include "queue/transport_postgres.h"

enum {
    POLL_MS = 1000,
    KEEP_MS = 10000,
    HEARD_MS = 5000,
    STAND_MS = 3000,
    DEADLINE_MS = 1000,
    RETRY_MS = 5000,
    START_MS = 2000
};

void lines_piece_closed(void *arg)
{
    struct crossing *s = arg;
    if (--s->open > 0 || !s->closing)
        return;
    void (*on_closed)(void *) = s->on_closed;
    void *on_closed_arg = s->on_closed_arg;
    free(s->redis_url);
    free(s->redis_prefix);
    kafka_config_finish(&s->kafka);
    address_book_finish(&s->book);
    free(s);
    if (on_closed)
        on_closed(on_closed_arg);
}

static void tell(struct crossing *s, const struct error *e)
{
    bool up = s->lines[s->chosen].up || s->lines[CARRIER_POSTGRES].up;
    bool fault = e && e->class != ERROR_OK;
    if ((up == s->up && !fault) || s->closing)
        return;
    s->up = up;
    if (s->base.handlers.on_state)
        s->base.handlers.on_state(s->base.handlers.arg, up, e);
}

/* ---- what a carrier tells ---- */

static void on_state(void *arg, bool up, const struct error *e)
{
    struct line *line = arg;
    struct crossing *s = line->crossing;
    bool chosen = line == &s->lines[s->chosen], changed = line->up != up;
    line->up = up;
    /* The record stands in a while longer, since others learn later than we do. A stream can be written to before it is
     * read, a partition can't. */
    if (chosen && changed && (s->known || s->chosen == CARRIER_KAFKA))
        s->stand_until_ms = clock_monotonic_ms() + STAND_MS;
    lines_settle(s);
    tell(s, chosen || line == &s->lines[CARRIER_POSTGRES] ? e : NULL);
}

static void keep(struct line *line)
{
    int64_t until_ms = clock_monotonic_ms() + HEARD_MS;
    if (line->until_ms > 0 && line->until_ms < until_ms)
        line->until_ms = until_ms;
}

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct line *line = arg;
    struct crossing *s = line->crossing;
    keep(line);
    for (unsigned i = 0; i < count; i++)
        if (jobs[i].seq > s->heard_seq)
            s->heard_seq = jobs[i].seq;
    if (!s->closing && s->base.handlers.on_dispatch)
        s->base.handlers.on_dispatch(s->base.handlers.arg, jobs, count);
}

static void on_message(void *arg, const struct message *message)
{
    struct line *line = arg;
    struct crossing *s = line->crossing;
    if (message->type == MESSAGE_VOID && message->seq > s->heard_seq)
        s->heard_seq = message->seq;
    if (!s->closing && s->base.handlers.on_message)
        s->base.handlers.on_message(s->base.handlers.arg, message);
}

static void on_submit(void *arg, const char *payload)
{
    struct crossing *s = ((struct line *)arg)->crossing;
    if (!s->closing)
        s->base.handlers.on_submit(s->base.handlers.arg, payload);
}

/* ---- which carriers are in use ---- */

bool lines_is_possible(const struct crossing *s, enum carrier_kind carrier)
{
    return carrier == CARRIER_POSTGRES || (carrier == CARRIER_REDIS ? s->redis_url : s->kafka.brokers) != NULL;
}

/* Redis and Kafka; PostgreSQL is there from the beginning to the end. */
static void line_open(struct crossing *s, enum carrier_kind carrier, struct error *e)
{
    struct line *line = &s->lines[carrier];
    const struct transport_handlers handlers = {
        .arg = line, .on_dispatch = on_dispatch, .on_message = on_message, .on_state = on_state
    };
    if (carrier == CARRIER_REDIS)
        line->t = transport_redis_create(s->loop, s->redis_url, s->redis_prefix, &handlers, e);
    else
        line->t = transport_kafka_create(s->loop, &s->kafka, transport_postgres_session(s->lines[CARRIER_POSTGRES].t),
                                         &handlers, e);
    s->open += line->t != NULL;
}

static void line_close(struct crossing *s, struct line *line)
{
    struct transport *t = line->t;
    *line = (struct line){ .crossing = s };
    t->ops->close(t, lines_piece_closed, s);
}

static void line_settle(struct crossing *s, enum carrier_kind carrier, int64_t now_ms)
{
    struct line *line = &s->lines[carrier];
    bool kept = line->until_ms > now_ms, chosen = carrier == s->chosen;
    bool stand_in = carrier == CARRIER_POSTGRES && (!s->lines[s->chosen].up || s->stand_until_ms > now_ms);
    bool heard = carrier == CARRIER_POSTGRES || /* by who follows, whatever was chosen */
                 (carrier == CARRIER_REDIS && (s->own == carrier || address_book_reads(&s->book, carrier)));
    bool subscribed = s->incarnation && (chosen || kept || stand_in);
    bool following = s->following && (chosen || kept || heard);
    struct error e = ERROR_NONE;
    if (!line->t && lines_is_possible(s, carrier) && (chosen || following) && now_ms >= line->retry_ms) {
        line->retry_ms = now_ms + RETRY_MS;
        line_open(s, carrier, &e);
        tell(s, &e);
    }
    if (!line->t)
        return;
    if (!chosen && !kept && !following && carrier != CARRIER_POSTGRES) {
        line_close(s, line);
        return;
    }
    if (!kept)
        line->until_ms = 0;
    if (subscribed != line->subscribed) {
        line->subscribed = subscribed;
        line->t->ops->subscribe(line->t, subscribed ? s->incarnation : 0);
    }
    if (following && !line->following) {
        line->following = true;
        line->t->ops->follow(line->t);
    }
}

const char *lines_reads(struct crossing *s)
{
    size_t size = 0;
    if (!s->known)
        return NULL;
    for (unsigned i = 0; i < CARRIER_COUNT; i++)
        if (s->lines[i].subscribed && s->lines[i].up)
            size += (size_t)snprintf(s->reads + size, sizeof s->reads - size, "%s\"%s\"", size ? "," : "[",
                                     carrier_name((enum carrier_kind)i));
    (void)snprintf(s->reads + size, sizeof s->reads - size, size ? "]" : "[]");
    return s->reads;
}

void lines_settle(struct crossing *s)
{
    int64_t now_ms = clock_monotonic_ms();
    for (unsigned i = 0; i < CARRIER_COUNT && !s->closing; i++)
        line_settle(s, (enum carrier_kind)i, now_ms);
    const struct line *line = &s->lines[s->chosen];
    s->known = s->known || (line->up && line->subscribed) || now_ms - s->subscribed_ms > START_MS;
    if (s->closing || !s->incarnation || !s->known || strcmp(lines_reads(s), s->told_reads) == 0)
        return;
    memcpy(s->told_reads, s->reads, sizeof s->told_reads);
    if (s->base.handlers.on_reads)
        s->base.handlers.on_reads(s->base.handlers.arg);
}

static void choose(struct crossing *s, enum carrier_kind carrier)
{
    struct error e = ERROR_NONE;
    if (carrier == s->chosen)
        return;
    s->lines[s->chosen].until_ms = clock_monotonic_ms() + KEEP_MS;
    s->chosen = carrier;
    if (!lines_is_possible(s, carrier))
        error_code(&e, ERROR_INVALID, "carrier_unknown",
                   "the fleet's carrier is %s now, which this program has no address of: it lives by the record",
                   carrier_name(carrier));
    lines_settle(s);
    if (s->base.handlers.on_carrier && !s->closing)
        s->base.handlers.on_carrier(s->base.handlers.arg, carrier_name(carrier));
    tell(s, &e);
}

/* ---- the record, once a second ---- */

static void on_poll_answer(void *arg, const struct result *result, const struct error *e)
{
    struct crossing *s = arg;
    s->asking = false;
    if (result && !s->closing && !e) {
        enum carrier_kind chosen = carrier_from_name(result_text(result, 0, 0));
        int64_t given_seq = result_int(result, 0, 1);
        if (s->given_seq > s->heard_seq && s->incarnation)
            s->stand_until_ms = clock_monotonic_ms() + STAND_MS;
        s->given_seq = given_seq;
        choose(s, chosen < CARRIER_COUNT ? chosen : s->own);
    }
    lines_piece_closed(s);
}

static void on_poll(uv_timer_t *timer)
{
    struct crossing *s = timer->data;
    char incarnation[24];
    lines_settle(s);
    if (s->asking)
        return;
    s->asking = true;
    s->open++;
    snprintf(incarnation, sizeof incarnation, "%" PRId64, s->incarnation);
    session_run(transport_postgres_session(s->lines[CARRIER_POSTGRES].t), "transport_poll", &SQL_TEXT(incarnation), 1,
                DEADLINE_MS, on_poll_answer, s);
}

void lines_watch(struct crossing *s)
{
    uv_timer_init(s->loop, &s->poll);
    s->poll.data = s;
    uv_timer_start(&s->poll, on_poll, 0, POLL_MS);
    s->open++;
}

void lines_open_record(struct crossing *s, const char *database_url)
{
    struct line *record = &s->lines[CARRIER_POSTGRES];
    const struct transport_handlers handlers = { .arg = record,
                                                 .on_dispatch = on_dispatch,
                                                 .on_message = on_message,
                                                 .on_state = on_state,
                                                 .on_submit = s->base.handlers.on_submit ? on_submit : NULL };
    record->t = transport_postgres_create(s->loop, database_url, &handlers);
    s->open++;
}

static void on_timer_closed(uv_handle_t *handle)
{
    lines_piece_closed(handle->data);
}

void lines_close(struct crossing *s)
{
    uv_close((uv_handle_t *)&s->poll, on_timer_closed);
    for (unsigned i = 0; i < CARRIER_COUNT; i++)
        if (s->lines[i].t)
            line_close(s, &s->lines[i]);
}
