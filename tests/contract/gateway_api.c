/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_api.c - the REST API on a real record: bad input, submits, uploads, secrets, the record away
 * and back. */
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "tests/support/front.h"
#include "tests/support/server.h"
#include "tests/support/wire.h"

/* ---- asking ---- */

static json_int_t count_of(const char *sql)
{
    return strtoll(front_value(&front, "%s", sql), NULL, 10);
}

/* ---- the tests ---- */

static void bad_input_gets_one_clear_error_and_leaves_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body;
        unsigned status;
        const char *code;
    } rows[] = {
        { "POST", "/api/v1/jobs", "{\"kind\":\"nope\"}", 400, "unknown_kind" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":\"soon\"}}", 400, "invalid_arguments" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"discovery\"}", 400, "invalid_arguments" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"args\":[]}", 400, "invalid_arguments" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",", 400, "invalid_json" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"kind\":\"noop\"}", 400, "invalid_json" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"argz\":{}}", 400, "invalid_option" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"priority\":0}", 400, "invalid_option" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"queue\":\"a'b\"}", 400, "invalid_option" },
        { "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"run_at\":\"2026-02-31T00:00:00Z\"}", 400, "invalid_option" },
        { "POST", "/api/v1/jobs", "{\"jobs\":[]}", 400, "invalid_option" },
        { "POST", "/api/v1/jobs", "{\"jobs\":[{\"kind\":\"noop\"},{\"kind\":\"nope\"}]}", 400, "unknown_kind" },
        { "GET", "/api/v1/jobs/zero", NULL, 400, "invalid_id" },
        { "GET", "/api/v1/jobs/0", NULL, 400, "invalid_id" },
        { "GET", "/api/v1/jobs/99999999999999999999", NULL, 400, "invalid_id" },
        { "GET", "/api/v1/jobs/4711", NULL, 404, "not_found" },
        { "GET", "/api/v1/jobs/4711/why", NULL, 404, "not_found" },
        { "POST", "/api/v1/jobs/4711/cancel", NULL, 404, "not_found" },
        { "POST", "/api/v1/jobs/4711/retry", NULL, 404, "not_found" },
        { "GET", "/api/v1/jobs/4711/artifacts", NULL, 404, "not_found" },
        { "GET", "/api/v1/pipelines/4711", NULL, 404, "not_found" },
        { "GET", "/api/v1/jobs?state=sleepy", NULL, 400, "invalid_filter" },
        { "GET", "/api/v1/jobs?limit=501", NULL, 400, "invalid_filter" },
        { "GET", "/api/v1/jobs?cursor=x", NULL, 400, "invalid_filter" },
        { "POST", "/api/v1/queues/nope/pause", NULL, 404, "not_found" },
        { "POST", "/api/v1/pipelines", "{\"name\":\"p\",\"steps\":[]}", 400, "invalid_pipeline" },
        { "POST", "/api/v1/pipelines", "{\"name\":\"p\",\"steps\":[{\"step\":\"a\",\"kind\":\"nope\"}]}", 400,
          "unknown_kind" },
        { "POST", "/api/v1/pipelines",
          "{\"name\":\"p\",\"steps\":[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[\"b\"]}]}", 400,
          "invalid_pipeline" },
        { "POST", "/api/v1/pipelines",
          "{\"name\":\"p\",\"steps\":[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[\"b\"]},"
          "{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]}",
          400, "invalid_pipeline" },
        { "POST", "/api/v1/connections", "{\"name\":\"c\",\"url\":\"ftp://x\"}", 400, NULL },
        { "POST", "/api/v1/connections", "{\"name\":\"c\",\"url\":\"sqlite:/etc/passwd\"}", 400, "upload_needed" },
        { "POST", "/api/v1/connections", "{\"name\":\"c\",\"upload\":4711,\"dialect\":\"sqlite\"}", 400,
          "unknown_upload" },
        { "POST", "/api/v1/connections", "{\"name\":\"\",\"url\":\"postgresql://h/d\"}", 400, "invalid_name" },
        { "GET", "/api/v1/nothing", NULL, 404, "not_found" },
        { "PUT", "/api/v1/jobs", "{}", 405, "method_not_allowed" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wire_answer a = front_ask(rows[i].method, rows[i].path, rows[i].body);
        if (rows[i].code)
            front_problem(a, rows[i].status, rows[i].code);
        else
            json_decref(front_take(a, rows[i].status));
    }
    assert_int_equal(count_of("SELECT count(*) FROM argosy.job"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM argosy.pipeline"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM argosy.connection"), 0);
}

static void errors_say_what_to_do(void **state)
{
    (void)state;
    json_auto_t *kinds = front_take(front_ask("POST", "/api/v1/jobs", "{\"kind\":\"nope\"}"), 400);
    json_auto_t *args = front_take(front_ask("POST", "/api/v1/jobs",
                                             "{\"jobs\":[{\"kind\":\"noop\"},{\"kind\":\"noop\",\"args\":"
                                             "{\"sleep_ms\":-1}}]}"),
                                   400);
    assert_true(json_array_size(json_object_get(json_object_get(kinds, "details"), "kinds")) > 0);
    const json_t *first = json_array_get(json_object_get(args, "details"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "path")), "/jobs/1/args/sleep_ms");
}

static void limits_of_a_body(void **state)
{
    (void)state;
    struct wire c;
    char *big = mem_alloc(FRONT_BODY_MAX + 100);
    memset(big, ' ', FRONT_BODY_MAX + 99);
    big[0] = '{';
    big[FRONT_BODY_MAX + 99] = '\0';
    front_problem(front_ask("POST", "/api/v1/jobs", big), 413, "too_large");
    free(big);
    struct buffer many;
    buffer_init(&many, FRONT_BODY_MAX);
    buffer_text(&many, "{\"jobs\":[{\"kind\":\"noop\"}");
    for (unsigned i = 0; i < FRONT_JOBS_MAX; i++)
        buffer_text(&many, ",{\"kind\":\"noop\"}");
    buffer_text(&many, "]}");
    front_problem(front_ask("POST", "/api/v1/jobs", many.data), 413, "too_many_jobs");
    buffer_finish(&many);
    wire_open(&c, front.port);
    wire_text(&c, "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\n" FRONT_AUTH "Content-Type: application/json\r\n"
                  "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}");
    front_problem(wire_read(&c), 400, "ambiguous_length");
    wire_close(&c);
}

static void a_submit_is_there_and_can_be_asked_about(void **state)
{
    (void)state;
    struct wire_answer a =
        wire_ask(front.port, "POST", "/api/v1/jobs",
                 FRONT_AUTH "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n",
                 "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":3},\"queue\":\"q1\",\"priority\":7}");
    json_int_t id = front_id(a, 201);
    char path[80];
    snprintf(path, sizeof path, "/api/v1/jobs/%lld", (long long)id);
    json_auto_t *job = front_take(front_ask("GET", path, NULL), 200);
    assert_string_equal(json_string_value(json_object_get(job, "state")), "available");
    assert_string_equal(json_string_value(json_object_get(job, "queue")), "q1");
    assert_string_equal(json_string_value(json_object_get(job, "origin")), "rest");
    assert_non_null(strstr(json_string_value(json_object_get(job, "correlation")), "4bf92f3577b34da6a3ce929d0e0e4736"));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(job, "args"), "sleep_ms")), 3);
    snprintf(path, sizeof path, "/api/v1/jobs/%lld/why", (long long)id);
    json_auto_t *why = front_take(front_ask("GET", path, NULL), 200);
    assert_string_equal(json_string_value(json_object_get(why, "why")), "No worker is alive that knows kind noop.");
    json_auto_t *list = front_take(front_ask("GET", "/api/v1/jobs?queue=q1&limit=1", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(list, "jobs")), 1);
    snprintf(path, sizeof path, "/api/v1/jobs/%lld/cancel", (long long)id);
    json_decref(front_take(front_ask("POST", path, NULL), 200));
    front_problem(front_ask("POST", path, NULL), 409, "already_final");
    snprintf(path, sizeof path, "/api/v1/jobs/%lld/retry", (long long)id);
    json_decref(front_take(front_ask("POST", path, NULL), 200));
    front_problem(front_ask("POST", path, NULL), 409, "not_final");
}

static void the_same_key_is_the_same_job(void **state)
{
    (void)state;
    static const char key[] = FRONT_AUTH "Idempotency-Key: order 7\r\n";
    json_int_t first = front_id(wire_ask(front.port, "POST", "/api/v1/jobs", key, "{\"kind\":\"noop\"}"), 201);
    json_int_t again = front_id(wire_ask(front.port, "POST", "/api/v1/jobs", key, "{\"kind\":\"noop\"}"), 201);
    assert_int_equal(first, again);
    front_problem(wire_ask(front.port, "POST", "/api/v1/jobs", key, "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":1}}"),
                  409, "idempotency_conflict");
}

/* All at once: one of them is refused by the record, and only that one is told so. */
static void submits_that_arrive_together_stand_for_themselves(void **state)
{
    (void)state;
    enum { CLIENTS = 40 };
    static const char key[] = "Idempotency-Key: taken\r\n", body[] = "{\"kind\":\"noop\",\"queue\":\"crowd\"}";
    struct wire clients[CLIENTS];
    (void)front_id(wire_ask(front.port, "POST", "/api/v1/jobs", FRONT_AUTH "Idempotency-Key: taken\r\n",
                            "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":9}}"),
                   201);
    for (unsigned i = 0; i < CLIENTS; i++)
        wire_open(&clients[i], front.port);
    for (unsigned i = 0; i < CLIENTS; i++)
        wire_text(&clients[i],
                  "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\n" FRONT_AUTH "%sContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  i == 17 ? key : "", sizeof body - 1, body);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct wire_answer a = wire_read(&clients[i]);
        if (i == 17)
            front_problem(a, 409, "idempotency_conflict");
        else
            (void)front_id(a, 201);
        wire_close(&clients[i]);
    }
    assert_int_equal(
        count_of("SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE queue = 'crowd'"),
        CLIENTS - 1);
}

static void a_pipeline_is_a_dag_of_jobs(void **state)
{
    (void)state;
    json_int_t id = front_id(front_ask("POST", "/api/v1/pipelines",
                                       "{\"name\":\"two\",\"steps\":[{\"step\":\"a\",\"kind\":\"noop\"},"
                                       "{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]}"),
                             201);
    char path[80];
    snprintf(path, sizeof path, "/api/v1/pipelines/%lld", (long long)id);
    json_auto_t *pipeline = front_take(front_ask("GET", path, NULL), 200);
    const json_t *jobs = json_object_get(pipeline, "jobs");
    assert_int_equal(json_array_size(jobs), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(jobs, 1), "state")), "blocked");
    assert_int_equal(json_integer_value(json_array_get(json_object_get(json_array_get(jobs, 1), "after"), 0)),
                     json_integer_value(json_object_get(json_array_get(jobs, 0), "id")));
}

static void an_upload_has_its_file_before_its_row(void **state)
{
    (void)state;
    enum { PIECE = 1 << 16, PIECES = 320 };
    static char piece[PIECE];
    struct wire c;
    memset(piece, 'u', sizeof piece);
    wire_open(&c, front.port);
    wire_text(&c,
              "POST /api/v1/files HTTP/1.1\r\nHost: x\r\n" FRONT_AUTH "Content-Length: %d\r\n"
              "Content-Disposition: attachment; filename=\"../a b.db\"\r\n\r\n",
              PIECE * PIECES);
    for (unsigned i = 0; i < PIECES; i++)
        wire_send(&c, piece, PIECE);
    json_auto_t *body = front_take(wire_read(&c), 201);
    wire_close(&c);
    assert_string_equal(json_string_value(json_object_get(body, "name")), "a b.db");
    assert_int_equal(json_integer_value(json_object_get(body, "size")), PIECE * PIECES);
    assert_string_equal(json_string_value(json_object_get(body, "sha256")),
                        "7baadaec2bb002ced435a0ab84959edffc2ec681f13ccb9a5bfbb6dbffc76da3");
    char path[300];
    struct stat status;
    json_int_t id = json_integer_value(json_object_get(body, "id"));
    snprintf(path, sizeof path, "%s/uploads/%lld", front.folder, (long long)id);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, PIECE * PIECES);
    snprintf(path, sizeof path, "{\"name\":\"file\",\"upload\":%lld,\"dialect\":\"sqlite\"}", (long long)id);
    (void)front_id(front_ask("POST", "/api/v1/connections", path), 201);
}

static void a_password_is_sealed_at_the_door(void **state)
{
    (void)state;
    static const char body[] = "{\"name\":\"t\",\"url\":\"postgresql://u:mark3r-passw0rd@h:1/d\"}";
    json_int_t id = front_id(front_ask("POST", "/api/v1/connections", body), 201);
    struct wire_answer a = front_ask("GET", "/api/v1/connections", NULL);
    assert_int_equal(a.status, 200);
    assert_null(strstr(a.body, "mark3r"));
    assert_non_null(strstr(a.body, "postgresql://u@h:1/d"));
    wire_answer_finish(&a);
    assert_string_equal(
        front_value(&front, "SELECT octet_length(secret) FROM argosy.connection WHERE id = %lld", (long long)id),
        "55"); /* 15 bytes, nonce and tag */
    assert_string_equal(front_value(&front,
                                    "SELECT count(*) FROM argosy.connection c WHERE c::text LIKE '%%mark3r%%' OR "
                                    "position('mark3r'::bytea IN coalesce(secret, '')) > 0"),
                        "0");
}

/* Asks until that is the answer, at most two minutes: processes of a killed server go on serving until they have a
 * moment to notice. */
static struct wire_answer ask_until(unsigned status, const char *method, const char *path, const char *body)
{
    const struct timespec moment = { .tv_nsec = 10000000L };
    struct wire_answer a = front_ask(method, path, body);
    for (unsigned turn = 0; turn < 12000 && a.status != status; turn++) {
        wire_answer_finish(&a);
        (void)nanosleep(&moment, NULL);
        a = front_ask(method, path, body);
    }
    return a;
}

static void without_its_record_it_says_so_and_comes_back(void **state)
{
    (void)state;
    kill(support_postgres_pid(), SIGKILL);
    struct wire_answer a = ask_until(503, "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"queue\":\"gone\"}");
    assert_int_equal(a.status, 503);
    assert_non_null(strstr(a.head, "Retry-After: "));
    wire_answer_finish(&a);
    a = ask_until(503, "GET", "/readyz", NULL);
    assert_int_equal(a.status, 503);
    wire_answer_finish(&a);
    json_decref(front_take(wire_ask(front.port, "GET", "/healthz", NULL, NULL), 200));
    support_postgres_restart();
    (void)front_id(ask_until(201, "POST", "/api/v1/jobs", "{\"kind\":\"noop\",\"queue\":\"back\"}"), 201);
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane "
                                            "WHERE queue = 'back'"),
                        "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_gets_one_clear_error_and_leaves_nothing),
        cmocka_unit_test(errors_say_what_to_do),
        cmocka_unit_test(limits_of_a_body),
        cmocka_unit_test(a_submit_is_there_and_can_be_asked_about),
        cmocka_unit_test(the_same_key_is_the_same_job),
        cmocka_unit_test(submits_that_arrive_together_stand_for_themselves),
        cmocka_unit_test(a_pipeline_is_a_dag_of_jobs),
        cmocka_unit_test(an_upload_has_its_file_before_its_row),
        cmocka_unit_test(a_password_is_sealed_at_the_door),
        cmocka_unit_test(without_its_record_it_says_so_and_comes_back),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
