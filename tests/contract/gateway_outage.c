/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway_outage.c - submits while the record stalls or dies: nobody is told "accepted" before the COMMIT, each request
 * of a group has an answer of its own, and repeating with a key is one job.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/front.h"
#include "tests/support/server.h"
#include "tests/support/wire.h"

enum { CLIENTS = 12 };

static struct wire clients[CLIENTS];

static void post(unsigned i, const char *queue, const char *key)
{
    char body[128], header[96] = "";
    int size = snprintf(body, sizeof body, "{\"kind\":\"noop\",\"queue\":\"%s\"}", queue);
    if (key)
        snprintf(header, sizeof header, "Idempotency-Key: %s-%u\r\n", key, i);
    wire_open(&clients[i], front.port);
    wire_text(&clients[i],
              "POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\n" FRONT_AUTH "%sContent-Type: application/json\r\n"
              "Content-Length: %d\r\n\r\n%s",
              header, size, body);
}

static void wait_until(const char *sql)
{
    for (unsigned turn = 0; strcmp(front_value(&front, "%s", sql), "t") != 0; turn++) {
        assert_true(turn < 12000);
        nanosleep(&(struct timespec){ .tv_nsec = 10000000L }, NULL);
    }
}

/* The answers to all clients; returns how many were 201, whose ids are written. Others must be 503 with that code. */
static unsigned take_all(const char *code, json_int_t *ret_ids)
{
    unsigned accepted = 0;
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct wire_answer a = wire_read(&clients[i]);
        json_auto_t *body = json_loads(a.body ? a.body : "", 0, NULL);
        ret_ids[i] = 0;
        if (a.status == 201) {
            accepted++;
            ret_ids[i] = json_integer_value(json_object_get(body, "id"));
            assert_true(ret_ids[i] > 0);
        } else {
            assert_int_equal(a.status, 503);
            assert_non_null(strstr(a.head, "Retry-After: "));
            assert_string_equal(json_string_value(json_object_get(body, "error_code")), code);
            assert_non_null(strstr(json_string_value(json_object_get(body, "message")), "Idempotency-Key"));
        }
        wire_answer_finish(&a);
        wire_close(&clients[i]);
    }
    return accepted;
}

#define HANGS                                                                       \
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND " \
    "application_name = 'argosy gateway'"
#define JOBS_OF "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE queue = '%s'"

/* They hang in the record behind a lock, and the server is killed: nobody knows, and everybody is told so. */
static void a_lost_commit_is_told_and_repeating_with_the_key_is_one_job(void **state)
{
    (void)state;
    json_int_t first[CLIENTS], again[CLIENTS];
    post(0, "lost", "before"); /* the lane is made */
    struct wire_answer a = wire_read(&clients[0]);
    assert_int_equal(a.status, 201);
    wire_answer_finish(&a);
    wire_close(&clients[0]);

    front_value(&front, "BEGIN");
    front_value(&front, "LOCK TABLE argosy.job IN ACCESS EXCLUSIVE MODE");
    post(0, "lost", "key");
    wait_until("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'argosy gateway' AND "
               "wait_event_type = 'Lock'");
    for (unsigned i = 1; i < CLIENTS; i++) /* wait behind the group that hangs */
        post(i, "lost", "key");
    kill(support_postgres_pid(), SIGKILL);
    struct wire_answer hung = wire_read(&clients[0]);
    assert_int_equal(hung.status, 503);
    assert_non_null(strstr(hung.head, "Retry-After: "));
    assert_non_null(strstr(hung.body, "\"error_code\":\"outcome_unknown\""));
    assert_non_null(strstr(hung.body, "Repeat the request with the same Idempotency-Key"));
    wire_answer_finish(&hung);
    wire_close(&clients[0]);
    support_postgres_restart();
    post(0, "lost", "key");
    unsigned accepted = take_all("outcome_unknown", first); /* the others had not left: they were only late */
    for (unsigned i = 0; i < CLIENTS; i++)
        post(i, "lost", "key");
    assert_int_equal(take_all("", again), CLIENTS);
    assert_true(accepted > 0);
    for (unsigned i = 0; i < CLIENTS; i++)
        assert_true(first[i] == 0 || first[i] == again[i]);
    assert_int_equal(strtoll(front_value(&front, JOBS_OF, "lost"), NULL, 10), CLIENTS + 1);
}

/* Refused as a group, with more behind it, whatever the mixture: everybody is answered. */
static void a_split_group_forgets_nobody(void **state)
{
    (void)state;
    front_value(&front, "SELECT argosy.submit('noop', queue => 'split', args => '{\"sleep_ms\":1}', "
                        "idempotency_key => 'split-2')"); /* other arguments than theirs */
    front_value(&front, "BEGIN");
    front_value(&front, "LOCK TABLE argosy.job IN ACCESS EXCLUSIVE MODE");
    for (unsigned i = 0; i < CLIENTS; i++)
        post(i, "split", i == 2 ? "split" : NULL);
    wait_until("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'argosy gateway' AND "
               "wait_event_type = 'Lock'");
    front_value(&front, "COMMIT");
    unsigned accepted = 0, refused = 0;
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct wire_answer a = wire_read(&clients[i]);
        accepted += a.status == 201;
        refused += a.status == 409 && i == 2;
        wire_answer_finish(&a);
        wire_close(&clients[i]);
    }
    assert_int_equal(accepted, CLIENTS - 1);
    assert_int_equal(refused, 1);
}

/* One key is held by a stranger's open transaction: the others of its group are accepted meanwhile. */
static void a_key_that_somebody_holds_hurts_nobody_else(void **state)
{
    (void)state;
    unsigned held = 3;
    front_value(&front, "SELECT argosy.submit('noop', queue => 'held')");
    front_value(&front, "BEGIN");
    front_value(&front, "SELECT argosy.submit('noop', queue => 'held', idempotency_key => 'mine-%u')", held);
    for (unsigned i = 0; i < CLIENTS; i++)
        post(i, "held", i == held ? "mine" : NULL);
    for (unsigned i = 0; i < CLIENTS; i++) {
        if (i == held)
            continue;
        struct wire_answer a = wire_read(&clients[i]);
        assert_int_equal(a.status, 201);
        wire_answer_finish(&a);
        wire_close(&clients[i]);
    }
    front_value(&front, "COMMIT");
    struct wire_answer a = wire_read(&clients[held]);
    assert_true(a.status == 201 || (a.status == 503 && strstr(a.head, "Retry-After: ") != NULL));
    wire_answer_finish(&a);
    wire_close(&clients[held]);
    assert_int_equal(strtoll(front_value(&front, JOBS_OF, "held"), NULL, 10), CLIENTS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_somebody_holds_hurts_nobody_else),
        cmocka_unit_test(a_split_group_forgets_nobody),
        cmocka_unit_test(a_lost_commit_is_told_and_repeating_with_the_key_is_one_job),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
