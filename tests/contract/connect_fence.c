/* SPDX-License-Identifier: Apache-2.0 */
/* fence.h on a real PostgreSQL: whatever order epochs, seals, lost answers and dead clients come in, a chunk is in
 * once. */
#include "catalog/connect/fence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/customer.h"
#include "tests/support/proxy.h"
#include "tests/support/scratch.h"

static struct error e;
static const char *url;

static int setup(void **state)
{
    (void)scratch_setup(state);
    url = customer_database();
    free(customer_query(url, "CREATE TABLE t (chunk int)"));
    return 0;
}

#define FENCED(call)                               \
    do {                                           \
        e = ERROR_NONE;                            \
        assert_int_equal((call), ERROR_FENCED);    \
        assert_string_equal(e.code, "fenced_out"); \
    } while (0)

static struct connect *session(int64_t epoch)
{
    char name[FENCE_APPLICATION_SIZE];
    fence_application(7, epoch, name);
    struct connect *c = customer_open(url, name);
    OK(fence_prepare(c, &e));
    return c;
}

static struct fence part(int64_t epoch)
{
    return (struct fence){ .job = 7, .part = "rows", .epoch = epoch };
}

/* What the fence says to this epoch: "CHUNK CURSOR". */
static void expect_advance(struct connect *c, int64_t epoch, int64_t chunk, const char *cursor)
{
    const struct fence f = part(epoch);
    int64_t got = -1;
    const char *text = "";
    OK(fence_advance(c, arena, &f, &got, &text, &e));
    assert_int_equal(got, chunk);
    if (cursor)
        assert_string_equal(text, cursor);
    else
        assert_null(text);
}

static enum error_class refused_advance(struct connect *c, int64_t epoch)
{
    const struct fence f = part(epoch);
    int64_t chunk;
    const char *cursor;
    return fence_advance(c, arena, &f, &chunk, &cursor, &e);
}

/* Begins a chunk: fence and row are written, nothing is committed. */
static enum error_class open_chunk(struct connect *c, int64_t epoch, int64_t chunk)
{
    const struct fence f = part(epoch);
    char script[64];
    OK(connect_begin(c, &e));
    enum error_class class = fence_step(c, &f, chunk, NULL, &e);
    if (class != ERROR_OK) {
        connect_rollback(c);
        return class;
    }
    snprintf(script, sizeof script, "INSERT INTO public.t VALUES (%d)", (int)chunk);
    OK(connect_script(c, script, &e));
    OK(fence_cursor(c, &f, chunk, "{\"after\":[1]}", &e));
    return ERROR_OK;
}

static void expect_chunks(const char *list)
{
    customer_expect(url, "SELECT coalesce(string_agg(chunk::text, ' ' ORDER BY chunk), '') FROM t", list);
}

static void chunks_follow_each_other(void **state)
{
    (void)state;
    struct connect *c = session(1);
    expect_advance(c, 1, 0, NULL);
    assert_int_equal(open_chunk(c, 1, 1), ERROR_OK);
    OK(connect_commit(c, &e));
    expect_advance(c, 1, 1, "{\"after\":[1]}");
    FENCED(open_chunk(c, 1, 1)); /* it is in */
    FENCED(open_chunk(c, 1, 3)); /* not its turn */
    assert_int_equal(open_chunk(c, 1, 2), ERROR_OK);
    connect_rollback(c);
    expect_advance(c, 1, 1, "{\"after\":[1]}");
    expect_chunks("1");

    const struct fence other = { .job = 7, .part = "keys", .epoch = 1 };
    int64_t chunk;
    const char *cursor;
    OK(fence_advance(c, arena, &other, &chunk, &cursor, &e)); /* parts are apart */
    assert_int_equal(chunk, 0);
    connect_close(c);
}

static void an_old_epoch_comes_after_a_new_one(void **state)
{
    (void)state;
    struct connect *old = session(1), *new = session(2);
    expect_advance(old, 1, 0, NULL);
    expect_advance(new, 2, 0, NULL);
    FENCED(open_chunk(old, 1, 1));
    FENCED(refused_advance(old, 1));
    assert_int_equal(open_chunk(new, 2, 1), ERROR_OK);
    OK(connect_commit(new, &e));
    FENCED(open_chunk(old, 1, 2));
    expect_chunks("1");
    connect_close(old);
    connect_close(new);
}

/* Two sessions of one epoch (a doubled dispatch): the row's lock lets one through, the other sees the chunk done. */
static void two_sessions_race(void **state)
{
    (void)state;
    struct connect *a = session(1);
    expect_advance(a, 1, 0, NULL);
    assert_int_equal(open_chunk(a, 1, 1), ERROR_OK);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) { /* waits on the row; its exit says what it met */
        struct connect *b = customer_open(url, "argosy racer");
        _exit(open_chunk(b, 1, 1) == ERROR_FENCED ? 0 : 1);
    }
    customer_await(url, "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'argosy racer' AND "
                        "wait_event_type = 'Lock'");
    OK(connect_commit(a, &e));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect_chunks("1");
    connect_close(a);
}

/* The client of the old epoch is stopped in the middle of its chunk and holds the row: the new epoch ends that
 * session. */
static void a_stopped_client_is_ended(void **state)
{
    (void)state;
    struct connect *old = session(1), *new = session(2);
    expect_advance(old, 1, 0, NULL);
    assert_int_equal(open_chunk(old, 1, 1), ERROR_OK);
    expect_advance(new, 2, 0, NULL);
    assert_int_equal(open_chunk(new, 2, 1), ERROR_OK);
    OK(connect_commit(new, &e));
    e = ERROR_NONE;
    assert_int_equal(connect_commit(old, &e), ERROR_UNAVAILABLE); /* continued: nothing of it gets in */
    connect_close(old);
    old = customer_open(url, "argosy job 7 epoch 1");
    FENCED(refused_advance(old, 1));
    expect_chunks("1");
    connect_close(old);
    connect_close(new);
}

/* The client sent its whole chunk and COMMIT and was killed: the backend goes on, behind a lock. Whoever comes next
 * either sees the chunk in, or has ended it: never both. */
static void a_backend_outlives_its_client(void **state)
{
    (void)state;
    struct connect *c = session(1);
    expect_advance(c, 1, 0, NULL);
    PGconn *lock = customer_session(url);
    PQclear(PQexec(lock, "BEGIN; LOCK TABLE t"));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        PGconn *orphan = customer_session(url);
        PQsendQuery(orphan,
                    "SET application_name = 'argosy orphan'; BEGIN; "
                    "UPDATE public.argosy_fence SET epoch = 1, chunk = 1, cursor = '{}' WHERE job = 7 AND part = "
                    "'rows' AND epoch <= 1 AND chunk = 0; INSERT INTO public.t VALUES (1); COMMIT");
        while (PQflush(orphan) > 0)
            ;
        _exit(0); /* gone without a word */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    customer_await(url, "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'argosy orphan' AND "
                        "wait_event_type = 'Lock'");
    struct connect *new = customer_open(url, "argosy job 7 epoch 2");
    e = ERROR_NONE; /* the orphan has a name of its own, so it is not ended: the new epoch can only wait */
    assert_int_equal(refused_advance(new, 2), ERROR_RETRY);
    PQclear(PQexec(lock, "ROLLBACK"));
    expect_advance(new, 2, 1, "{}");
    FENCED(open_chunk(new, 2, 1));
    expect_chunks("1");
    PQfinish(lock);
    connect_close(c);
    connect_close(new);
}

static void seal_then_late_write(void **state)
{
    (void)state;
    struct connect *old = session(1), *sealer = session(2);
    const struct fence unborn = { .job = 7, .part = "keys", .epoch = 1 };
    int64_t chunk;
    const char *cursor;
    expect_advance(old, 1, 0, NULL);
    OK(fence_seal(sealer, 7, 2, &e));
    OK(fence_seal(sealer, 7, 2, &e)); /* repeatable */
    FENCED(open_chunk(old, 1, 1));
    FENCED(fence_advance(old, arena, &unborn, &chunk, &cursor, &e)); /* a part that had not begun */
    expect_chunks("");
    expect_advance(old, 3, 0, NULL); /* a retry by hand goes on above */
    const struct fence other = { .job = 8, .part = "rows", .epoch = 1 };
    OK(fence_advance(old, arena, &other, &chunk, &cursor, &e)); /* another job */
    OK(fence_seal(sealer, 9, 5, &e));                           /* nothing of it was ever here */
    connect_close(old);
    connect_close(sealer);
}

/* A seal meets an open chunk of the epoch it seals: after it, nothing of that chunk is in or gets in. */
static void seal_ends_an_open_chunk(void **state)
{
    (void)state;
    struct connect *old = session(1), *sealer = session(2);
    expect_advance(old, 1, 0, NULL);
    assert_int_equal(open_chunk(old, 1, 1), ERROR_OK);
    OK(fence_seal(sealer, 7, 2, &e));
    expect_chunks("");
    e = ERROR_NONE;
    assert_int_equal(connect_commit(old, &e), ERROR_UNAVAILABLE);
    expect_chunks("");
    connect_close(old);
    connect_close(sealer);
}

/* after: the COMMIT was done and its answer lost; else it never arrived. Both look alike to the client: only the
 * fence knows. */
static void lose_commit(bool after)
{
    struct connect *c = session(1);
    expect_advance(c, 1, 0, NULL);
    struct proxy *proxy = proxy_start(url, "COMMIT", sizeof "COMMIT", after);
    struct connect *cut = customer_open(proxy_url(proxy), "argosy job 7 epoch 1");
    assert_int_equal(open_chunk(cut, 1, 1), ERROR_OK);
    e = ERROR_NONE;
    assert_int_equal(connect_commit(cut, &e), ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "commit_unknown");
    connect_close(cut);
    proxy_stop(proxy);
    expect_advance(c, 1, after ? 1 : 0, after ? "{\"after\":[1]}" : NULL);
    assert_int_equal(open_chunk(c, 1, 1), after ? ERROR_FENCED : ERROR_OK);
    if (!after)
        OK(connect_commit(c, &e));
    expect_chunks("1");
    connect_close(c);
}

static void a_commit_whose_answer_is_lost(void **state)
{
    (void)state;
    lose_commit(true);
}

static void a_commit_that_never_arrives(void **state)
{
    (void)state;
    lose_commit(false);
}

/* Many workers meet a fresh target at once: all of them get their table. */
static void the_table_is_made_once(void **state)
{
    (void)state;
    enum { WORKERS = 8 };
    pid_t children[WORKERS];
    fflush(NULL);
    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct connect *c = customer_open(url, NULL);
            _exit(fence_prepare(c, &e) == ERROR_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    customer_expect(url, "SELECT count(*) FROM pg_class WHERE relname = 'argosy_fence' AND relkind = 'r'", "1");
}

static void the_place_of_the_table(void **state)
{
    (void)state;
    char weak[700], app[800];
    free(customer_query(url, "DO $$ BEGIN CREATE ROLE weaker LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"));
    snprintf(weak, sizeof weak, "postgresql://weaker@%s", strstr(url, "@") + 1);
    struct connect *c = customer_open(weak, NULL);
    e = ERROR_NONE;
    assert_int_equal(fence_prepare(c, &e), ERROR_DENIED);
    assert_non_null(strstr(e.message, "grant CREATE"));
    connect_close(c);

    free(customer_query(url, "CREATE SCHEMA app AUTHORIZATION weaker"));
    snprintf(app, sizeof app, "%s&options=-csearch_path%%3Dapp", weak);
    c = customer_open(app, NULL);
    OK(fence_prepare(c, &e));
    expect_advance(c, 1, 0, NULL);
    connect_close(c);
    customer_expect(url, "SELECT count(*) FROM app.argosy_fence WHERE part = 'rows'", "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chunks_follow_each_other, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_old_epoch_comes_after_a_new_one, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(two_sessions_race, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_stopped_client_is_ended, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_backend_outlives_its_client, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(seal_then_late_write, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(seal_ends_an_open_chunk, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_commit_whose_answer_is_lost, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_commit_that_never_arrives, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_table_is_made_once, setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_place_of_the_table, setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
