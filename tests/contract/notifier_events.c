/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notifier_events.c - events as a client hears them: none lost and none twice, across reconnects, transactions that
 * overlap and queues that are full; how a stream begins and ends; cursors that can't be gone on from.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "queue/transport_payload.h"
#include "tests/support/front.h"
#include "tests/support/wire.h"

static unsigned listen_to(struct wire *c, const char *path, const char *last_id)
{
    wire_open(c, front.port);
    wire_text(c, "GET %s HTTP/1.1\r\nHost: x\r\n" FRONT_AUTH "%s%s%s\r\n", path, last_id ? "Last-Event-ID: " : "",
              last_id ? last_id : "", last_id ? "\r\n" : "");
    return wire_stream(c);
}

/* The next event; its type must be this. Returns its id (static) and, where asked, its "job". */
static const char *expect(struct wire *c, const char *type, json_int_t *ret_job)
{
    static char id[sizeof((struct wire_event *)0)->id];
    struct wire_event event = wire_event(c);
    if (!event.data)
        fail_msg("the stream ended; expected was %s", type);
    if (strcmp(event.type, type) != 0)
        fail_msg("%s, not %s: %s", event.type, type, event.data);
    if (ret_job) {
        json_auto_t *data = json_loads(event.data, 0, NULL);
        *ret_job = json_integer_value(json_object_get(data, "job"));
    }
    free(event.data);
    snprintf(id, sizeof id, "%s", event.id);
    return id;
}

static void expect_end(struct wire *c)
{
    struct wire_event event = wire_event(c);
    assert_null(event.data);
    wire_close(c);
}

static json_int_t submit(void)
{
    return strtoll(front_value(&front, "SELECT argosy.submit('noop')"), NULL, 10);
}

/* ---- nothing lost, nothing twice ---- */

enum { WRITERS = 4, ROUNDS = 60, JOBS = WRITERS * ROUNDS };

static void run(PGconn *session, const char *sql)
{
    PGresult *result = PQexec(session, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(session));
    PQclear(result);
}

/* Sessions whose transactions stay open over those of the others: commits come in another order than ids and numbers.
 */
struct writers {
    PGconn *sessions[WRITERS];
    unsigned step;
};

static void write_on(struct writers *w)
{
    unsigned who = w->step * 7 % WRITERS, turn = w->step / WRITERS;
    PGconn *session = w->sessions[who];
    if (PQtransactionStatus(session) == PQTRANS_INTRANS)
        run(session, "COMMIT");
    if (turn < ROUNDS) {
        run(session, "BEGIN");
        run(session, "SELECT argosy.submit('noop', queue => 'watched')");
    }
    w->step++;
}

static void every_event_comes_once(void **state)
{
    (void)state;
    struct writers w = { .step = 0 };
    struct wire c;
    unsigned heard = 0, since = 0, reconnects = 0;
    char last[256];
    json_int_t job, *jobs = mem_zero(JOBS, sizeof *jobs);
    /* the first of a queue makes its row, for which the others would wait */
    (void)front_value(&front, "SELECT argosy.submit('noop', queue => 'watched')");
    for (unsigned i = 0; i < WRITERS; i++)
        w.sessions[i] = PQconnectdb(front.database_url);
    assert_int_equal(listen_to(&c, "/api/v1/events?queue=watched", NULL), 200);
    snprintf(last, sizeof last, "%s", expect(&c, "ready", NULL));
    while (heard < JOBS) {
        for (unsigned i = 0; i < 3 && w.step < (ROUNDS + 1) * WRITERS; i++)
            write_on(&w);
        if (w.step < WRITERS * 2 && heard + WRITERS > w.step)
            continue; /* nothing is committed yet */
        snprintf(last, sizeof last, "%s", expect(&c, "submitted", &job));
        for (unsigned i = 0; i < heard; i++)
            if (jobs[i] == job)
                fail_msg("job %lld came twice", (long long)job);
        jobs[heard++] = job;
        if (++since >= 1 + heard % 5) { /* cut at every place there is in a batch */
            since = 0;
            reconnects++;
            wire_close(&c);
            assert_int_equal(listen_to(&c, "/api/v1/events?queue=watched", last), 200);
        }
    }
    assert_true(reconnects > JOBS / 6);
    wire_close(&c);
    for (unsigned i = 0; i < WRITERS; i++)
        PQfinish(w.sessions[i]);
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane "
                                            "WHERE queue = 'watched'"),
                        "241");
    free(jobs);
}

/* ---- more behind a client than its queue holds ---- */

enum { BEHIND = 3000 }; /* events of about 300 bytes; the queue holds 256 KiB */

/* Each connection is dropped when its queue is full, and must bring something all the same: the next begins there. */
static void who_is_far_behind_gets_on(void **state)
{
    (void)state;
    static const char path[] = "/api/v1/events?queue=behind";
    struct wire c;
    char last[sizeof((struct wire_event *)0)->id];
    unsigned heard = 0, dropped = 0;
    json_int_t newest = 0;
    assert_int_equal(listen_to(&c, path, NULL), 200);
    snprintf(last, sizeof last, "%s", expect(&c, "ready", NULL));
    wire_close(&c);
    (void)front_value(&front, "SELECT count(argosy.submit('noop', queue => 'behind')) FROM generate_series(1, %d)",
                      BEHIND);
    while (heard < BEHIND) {
        struct wire_event event;
        unsigned before = heard;
        assert_int_equal(listen_to(&c, path, last), 200);
        while (heard < BEHIND && (event = wire_event(&c)).data != NULL) {
            json_auto_t *data = json_loads(event.data, 0, NULL);
            json_int_t job = json_integer_value(json_object_get(data, "job"));
            free(event.data);
            if (strcmp(event.type, "dropped") == 0) {
                dropped++;
                continue;
            }
            assert_string_equal(event.type, "submitted");
            assert_true(job > newest); /* none twice, in order */
            newest = job;
            heard++;
            snprintf(last, sizeof last, "%s", event.id);
        }
        wire_close(&c);
        if (heard == before)
            fail_msg("a connection brought nothing: %u of %d heard", heard, BEHIND);
    }
    assert_true(dropped > 1);
}

/* ---- one job, one pipeline ---- */

static void a_stream_of_a_job_ends_with_it(void **state)
{
    (void)state;
    struct wire c;
    char path[80], last[256];
    json_int_t id = submit(), other = submit(), job;
    snprintf(path, sizeof path, "/api/v1/jobs/%lld/stream", (long long)id);
    assert_int_equal(listen_to(&c, path, NULL), 200);
    snprintf(last, sizeof last, "%s", expect(&c, "state", NULL));
    (void)front_value(&front, "SELECT argosy.cancel(%lld)", (long long)other); /* not ours: not heard */
    (void)front_value(&front, "SELECT argosy.cancel(%lld)", (long long)id);
    expect(&c, "cancelled", &job);
    assert_int_equal(job, id);
    expect_end(&c);
    assert_int_equal(listen_to(&c, path, last), 200); /* what it missed, then the end again */
    snprintf(last, sizeof last, "%s", expect(&c, "cancelled", &job));
    expect_end(&c);
    assert_int_equal(listen_to(&c, path, last), 204); /* it has heard all: a browser stops here */
    wire_close(&c);
    assert_int_equal(listen_to(&c, path, NULL), 200);
    expect(&c, "state", NULL);
    expect_end(&c);
    assert_int_equal(listen_to(&c, "/api/v1/jobs/4711471/stream", NULL), 404);
    wire_close(&c);
}

static void a_stream_of_a_pipeline_ends_with_its_last_job(void **state)
{
    (void)state;
    struct wire c;
    char path[80];
    json_int_t pipeline =
        strtoll(front_value(&front, "SELECT argosy.pipeline_submit('p', '[{\"step\":\"a\",\"kind\":\"noop\"},"
                                    "{\"step\":\"b\",\"kind\":\"noop\"}]') ->> 'pipeline'"),
                NULL, 10);
    json_int_t first = strtoll(
        front_value(&front, "SELECT min(id) FROM argosy.job WHERE pipeline = %lld", (long long)pipeline), NULL, 10);
    snprintf(path, sizeof path, "/api/v1/pipelines/%lld/stream", (long long)pipeline);
    assert_int_equal(listen_to(&c, path, NULL), 200);
    expect(&c, "state", NULL);
    (void)front_value(&front, "SELECT argosy.cancel(%lld)", (long long)first);
    expect(&c, "cancelled", NULL);
    (void)front_value(&front, "SELECT argosy.cancel(%lld)", (long long)first + 1);
    expect(&c, "cancelled", NULL);
    expect_end(&c);
}

/* ---- cursors that can't be gone on from ---- */

static void a_foreign_cursor_means_resync(void **state)
{
    (void)state;
    static const char *const cursors[] = { "nonsense", "1-00000001;5:5:", ";;", "x;1:2:3,,4" };
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        struct wire c;
        assert_int_equal(listen_to(&c, "/api/v1/events", cursors[i]), 200);
        expect(&c, "resync", NULL);
        expect(&c, "ready", NULL);
        wire_close(&c);
    }
}

static void a_cursor_behind_what_was_dropped_means_resync(void **state)
{
    (void)state;
    struct wire c;
    char last[256];
    assert_int_equal(listen_to(&c, "/api/v1/events", NULL), 200);
    snprintf(last, sizeof last, "%s", expect(&c, "ready", NULL));
    wire_close(&c);
    submit();
    (void)front_value(&front,
                      "UPDATE argosy.setting SET value = pg_current_xact_id()::text WHERE name = 'events_floor'");
    assert_int_equal(listen_to(&c, "/api/v1/events", last), 200);
    expect(&c, "resync", NULL);
    expect(&c, "ready", NULL);
    wire_close(&c);
    (void)front_value(&front, "UPDATE argosy.setting SET value = '0' WHERE name = 'events_floor'");
}

/* ---- progress ---- */

/* As a worker would, by the postgres carrier. */
static void ring(json_int_t job, unsigned percent)
{
    struct buffer payload;
    struct error e = ERROR_NONE;
    char text[128];
    snprintf(text, sizeof text, "{\"job\":%lld,\"epoch\":1,\"percent\":%u,\"message\":\"m\"}", (long long)job, percent);
    const struct message message = { .type = MESSAGE_PROGRESS, .text = text };
    buffer_init(&payload, TRANSPORT_PAYLOAD_MAX);
    assert_int_equal(transport_payload_message(&payload, &message, &e), ERROR_OK);
    (void)front_value(&front, "SELECT pg_notify('argosy_all', '%s')", buffer_view(&payload));
    buffer_finish(&payload);
}

static void progress_rides_beside(void **state)
{
    (void)state;
    struct wire c;
    char path[80];
    json_int_t id = submit(), job;
    snprintf(path, sizeof path, "/api/v1/jobs/%lld/stream", (long long)id);
    assert_int_equal(listen_to(&c, path, NULL), 200);
    expect(&c, "state", NULL);
    (void)front_value(&front, "BEGIN"); /* they arrive together */
    for (unsigned i = 1; i <= 50; i++)
        ring(id, 2 * i);
    (void)front_value(&front, "COMMIT");
    unsigned heard = 0, percent = 0;
    while (percent < 100) {
        struct wire_event event = wire_event(&c);
        assert_string_equal(event.type, "progress");
        assert_string_equal(event.id, "");
        json_auto_t *data = json_loads(event.data, 0, NULL);
        job = json_integer_value(json_object_get(data, "job"));
        assert_int_equal(job, id);
        percent = (unsigned)json_integer_value(json_object_get(data, "percent"));
        heard++;
        free(event.data);
    }
    assert_true(heard < 50); /* the latest wins */
    wire_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_comes_once),
        cmocka_unit_test(who_is_far_behind_gets_on),
        cmocka_unit_test(a_stream_of_a_job_ends_with_it),
        cmocka_unit_test(a_stream_of_a_pipeline_ends_with_its_last_job),
        cmocka_unit_test(a_foreign_cursor_means_resync),
        cmocka_unit_test(a_cursor_behind_what_was_dropped_means_resync),
        cmocka_unit_test(progress_rides_beside),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
