/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_tape.c - see kafka_tape.h.
 *
 *   STILL ── play ──▶ DUE ── tick ──▶ OPEN ── end of the partition ──▶ live ── broker or topic gone ──▶ DUE
 *
 * An offset that is no longer there (topic made anew, records expired) is read from the beginning: whoever hears it
 * drops what is old.
 */
#include "queue/kafka_tape.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* LATE_MS: a consumer that was made just before its topic was known everywhere looks again only after 10 s */
enum { REOPEN_MS = 200, REFUSED_MS = 5000, LATE_MS = 1500 };

/* One consumer. Outlives its use until its client is closed. */
struct reader {
    struct kafka_tape *tape;
    struct kafka_client *client;
};

struct kafka_tape {
    struct kafka_tape_config config;
    struct reader *reader; /* NULL: none now */
    int32_t partition;     /* -1: still */
    int64_t next;          /* offset, or RD_KAFKA_OFFSET_END as long as none is known */
    int64_t due_ms, opened_ms;
    bool live, closing;
    unsigned open; /* readers that are not closed yet */
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

struct kafka_tape *kafka_tape_create(const struct kafka_tape_config *config)
{
    struct kafka_tape *tape = mem_zero(1, sizeof *tape);
    tape->config = *config;
    tape->partition = -1;
    return tape;
}

bool kafka_tape_is_live(const struct kafka_tape *tape)
{
    return tape->live;
}

static void set_live(struct kafka_tape *tape, bool live, const struct error *e)
{
    bool changed = tape->live != live;
    tape->live = live;
    if ((changed || e) && !tape->closing)
        tape->config.on_state(tape->config.arg, live, e);
}

static void free_when_done(struct kafka_tape *tape)
{
    if (!tape->closing || tape->open > 0)
        return;
    void (*on_closed)(void *) = tape->on_closed;
    void *arg = tape->on_closed_arg;
    free(tape);
    on_closed(arg);
}

static void on_reader_closed(void *arg)
{
    struct reader *r = arg;
    struct kafka_tape *tape = r->tape;
    free(r);
    tape->open--;
    free_when_done(tape);
}

static void eject(struct kafka_tape *tape)
{
    struct reader *r = tape->reader;
    tape->reader = NULL;
    tape->due_ms = clock_monotonic_ms() + REOPEN_MS;
    if (r)
        kafka_client_close(r->client, on_reader_closed, r);
}

/* ---- what comes ---- */

static void on_error(struct reader *r, rd_kafka_event_t *event)
{
    struct kafka_tape *tape = r->tape;
    rd_kafka_resp_err_t code = kafka.event_error(event);
    rd_kafka_topic_partition_t *at = kafka.event_topic_partition(event);
    struct error e = ERROR_NONE;
    if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        tape->next = at ? at->offset : tape->next;
        set_live(tape, true, NULL);
    } else if (code != RD_KAFKA_RESP_ERR__TRANSPORT && code != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
        kafka_client_error(code, tape->config.topic, kafka.event_error_string(event), &e);
        eject(tape);
        set_live(tape, false, &e);
    }
    if (at)
        kafka.topic_partition_destroy(at);
}

static bool on_event(void *arg, rd_kafka_event_t *event)
{
    struct reader *r = arg;
    struct kafka_tape *tape = r->tape;
    const rd_kafka_message_t *message;
    if (tape->reader == r && kafka.event_type(event) == RD_KAFKA_EVENT_ERROR)
        on_error(r, event);
    while (kafka.event_type(event) == RD_KAFKA_EVENT_FETCH && tape->reader == r &&
           (message = kafka.event_message_next(event)) != NULL) {
        tape->next = message->offset + 1;
        set_live(tape, true, NULL);
        tape->config.on_message(tape->config.arg, message);
    }
    return false;
}

/* ---- playing ---- */

static void start(struct kafka_tape *tape)
{
    /* fetch.wait.max.ms: how long a broker that has nothing keeps a request */
    static const char settings[] = "enable.partition.eof=true fetch.min.bytes=1 fetch.wait.max.ms=500 "
                                   "fetch.error.backoff.ms=50 queued.max.messages.kbytes=16384 "
                                   "enable.auto.commit=false allow.auto.create.topics=false";
    struct error e = ERROR_NONE;
    struct reader *r = mem_zero(1, sizeof *r);
    r->tape = tape;
    r->client = kafka_client_create(&(struct kafka_client_config){ .loop = tape->config.loop,
                                                                   .kafka = tape->config.kafka,
                                                                   .type = RD_KAFKA_CONSUMER,
                                                                   .settings = settings,
                                                                   .events = RD_KAFKA_EVENT_FETCH,
                                                                   .arg = r,
                                                                   .on_event = on_event },
                                    &e);
    if (!r->client) {
        free(r);
        tape->due_ms = clock_monotonic_ms() + REFUSED_MS;
        set_live(tape, false, &e);
        return;
    }
    tape->open++;
    tape->reader = r;
    tape->opened_ms = clock_monotonic_ms();
    if (kafka_client_read(r->client, tape->config.topic, tape->partition, tape->next, &e))
        return;
    eject(tape);
    set_live(tape, false, &e);
}

void kafka_tape_tick(struct kafka_tape *tape, int64_t now_ms)
{
    if (tape->reader && !tape->live && now_ms - tape->opened_ms > LATE_MS)
        eject(tape);
    if (tape->partition >= 0 && !tape->reader && now_ms >= tape->due_ms && !tape->closing)
        start(tape);
}

void kafka_tape_play(struct kafka_tape *tape, int32_t partition)
{
    eject(tape);
    tape->partition = partition;
    tape->next = RD_KAFKA_OFFSET_END;
    tape->due_ms = 0;
    set_live(tape, false, NULL);
}

void kafka_tape_close(struct kafka_tape *tape, void (*on_closed)(void *arg), void *arg)
{
    tape->closing = true;
    tape->on_closed = on_closed;
    tape->on_closed_arg = arg;
    tape->open++; /* not before this returns */
    eject(tape);
    tape->open--;
    free_when_done(tape);
}
