/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_job.c - what a kind may leave, what it says, and that its secrets go nowhere. */
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jobs/port.h"

static char said[JOB_MESSAGE_MAX + 1], *lent_secret;
static int said_percent;
static struct job *job;
static struct error error;

static void on_progress(void *arg, int percent, const char *message)
{
    (void)arg;
    said_percent = percent;
    snprintf(said, sizeof said, "%s", message);
}

static void on_log(void *arg, const char *level, const char *message)
{
    (void)arg;
    snprintf(said, sizeof said, "%s:%s", level, message);
}

static enum error_class on_connection(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                      struct error *e)
{
    (void)arg;
    if (id != 1)
        return error_set(e, ERROR_NOT_FOUND, "no connection");
    lent_secret = arena_text(arena, "s3cret");
    *ret = (struct job_connection){ .id = id, .url = "postgresql://u@h/d", .secret = lent_secret };
    return ERROR_OK;
}

static const struct job_port port = { .progress = on_progress, .log = on_log, .connection = on_connection };
static const struct job_port silent;
static const struct job_begin begin = { .id = 7, .epoch = 9, .attempt = 2, .kind = "noop" };

static int setup(void **state)
{
    (void)state;
    job = job_create(&begin, &port);
    error = ERROR_NONE;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    job = job_destroy(job);
    return 0;
}

static void who_am_i(void **state)
{
    (void)state;
    assert_int_equal(job_id(job), 7);
    assert_int_equal(job_epoch(job), 9);
    assert_int_equal(job_attempt(job), 2);
    assert_false(job_cancelled(job));
    assert_null(job_destroy(NULL));
    assert_null(job_kind_find("wrong"));
    for (size_t i = 0; i + 1 < job_kinds_count; i++)
        assert_true(strcmp(job_kinds[i]->name, job_kinds[i + 1]->name) < 0);
    assert_null(job_kinds[job_kinds_count]);
}

static void messages_are_tame(void **state)
{
    (void)state;
    struct job_connection connection;
    assert_int_equal(job_connection(job, 1, &connection, &error), ERROR_OK);
    job_progress(job, 500, "a%sb %s", "\n\xFF\xC3\xA4", connection.secret);
    assert_int_equal(said_percent, 100);
    assert_string_equal(said, "a??\xC3\xA4"
                              "b ******");
    job_log(job, "warn", "s3cret and s3cret");
    assert_string_equal(said, "warn:****** and ******");
    char *endless = mem_alloc(5001);
    for (int i = 0; i < 5000; i += 2)
        memcpy(endless + i, "\xC3\xA4", 2);
    endless[5000] = '\0';
    job_progress(job, -3, "x%s", endless);
    assert_int_equal(said_percent, 0);
    assert_int_equal(strlen(said), JOB_MESSAGE_MAX - 1); /* cut between characters */
    free(endless);
}

static void what_is_left_is_checked(void **state)
{
    (void)state;
    static const char *const bad[] = { "",        "/a",   "a/",  "a//b", "../a",    "a/../b",
                                       ".hidden", "a/.b", "a b", "a\nb", "\xC3\xA4" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(job_artifact(job, bad[i], "text/plain", "", &error), ERROR_FATAL);
    char text[] = "content";
    assert_int_equal(job_artifact(job, "a/b-1.sql", "text/plain", text, &error), ERROR_OK);
    assert_int_equal(job_artifact(job, "a/b-1.sql", "text/plain", text, &error), ERROR_FATAL);
    memset(text, 'x', sizeof text - 1);
    char *large = mem_alloc(JOB_ARTIFACT_MAX + 2);
    memset(large, 'x', JOB_ARTIFACT_MAX + 1);
    large[JOB_ARTIFACT_MAX + 1] = '\0';
    assert_int_equal(job_artifact(job, "large", "text/plain", large, &error), ERROR_TOO_LARGE);
    free(large);
    struct job_outcome outcome = job_outcome(job);
    assert_int_equal(outcome.artifact_count, 1);
    assert_string_equal(outcome.artifacts[0].text, "content"); /* a copy */
}

static void children_wait_for_earlier_ones(void **state)
{
    (void)state;
    json_auto_t *args = json_object();
    const char *after[] = { "rows/\"main\".\"T\"/0", NULL }, *later[] = { "keys", NULL };
    assert_int_equal(job_child(job, after[0], "noop", args, NULL, &error), ERROR_OK);
    assert_int_equal(job_child(job, after[0], "noop", args, NULL, &error), ERROR_FATAL);
    assert_string_equal(error.code, "step_twice");
    assert_int_equal(job_child(job, "first", "noop", args, later, &error), ERROR_FATAL);
    assert_int_equal(job_child(job, "keys", "noop", args, after, &error), ERROR_OK);
    assert_int_equal(job_child(job, "other", "no_such_kind", args, NULL, &error), ERROR_FATAL);
    assert_string_equal(error.code, "unknown_kind");
    assert_int_equal(job_child(job, "", "noop", args, NULL, &error), ERROR_FATAL);
    assert_int_equal(job_child(job, "a\x01", "noop", args, NULL, &error), ERROR_FATAL);
    assert_int_equal(job_child(job, "\xFF", "noop", args, NULL, &error), ERROR_FATAL);
    struct job_outcome outcome = job_outcome(job);
    assert_int_equal(outcome.child_count, 2);
    assert_string_equal(outcome.children[1].after[0], after[0]);
    assert_null(outcome.children[1].after[1]);
    assert_int_equal(args->refcount, 3);
}

static void a_port_may_have_nothing(void **state)
{
    (void)state;
    struct job *alone = job_create(&begin, &silent);
    struct job_connection connection;
    json_t *result = NULL;
    const char *text = NULL;
    job_progress(alone, 1, "x");
    job_log(alone, "info", "x");
    assert_false(job_cancelled(alone));
    assert_int_equal(job_input(alone, "step", &result, &error), ERROR_NOT_FOUND);
    assert_int_equal(job_connection(alone, 1, &connection, &error), ERROR_NOT_FOUND);
    assert_int_equal(job_artifact_read(alone, "step", "name", &text, &error), ERROR_NOT_FOUND);
    job_destroy(alone);
    assert_int_equal(job_connection(job, 2, &connection, &error), ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_am_i, setup, teardown),
        cmocka_unit_test_setup_teardown(messages_are_tame, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_left_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(children_wait_for_earlier_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(a_port_may_have_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
