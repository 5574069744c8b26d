/* SPDX-License-Identifier: Apache-2.0 */
/* worker_finish.c - groups on a clock of the test's own: what gathers, what is sent again, what is forgotten. */
#include "worker/finish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/worker_private.h"

/* A store that only notes its calls; the test answers. */
static struct {
    struct store base;
    unsigned calls, rows;
    enum task_end last;
    char code[48];
    store_on_finished *callback;
    store_on_count *counted;
    void *arg;
} fake;

static void note(enum task_end end, unsigned rows, store_on_finished *callback, void *arg)
{
    fake.calls++;
    fake.rows = rows;
    fake.last = end;
    fake.callback = callback;
    fake.arg = arg;
}

static void fake_finish(struct store *s, int64_t worker, const struct finish_row *rows, unsigned count,
                        store_on_finished *callback, void *arg)
{
    (void)s;
    assert_int_equal(worker, 7);
    assert_non_null(rows[count - 1].result);
    note(TASK_RESULT, count, callback, arg);
}

static void fake_whole(struct store *s, int64_t worker, const struct finish_whole *whole, store_on_finished *callback,
                       void *arg)
{
    (void)s;
    (void)worker;
    assert_string_equal(whole->artifacts, "[1]");
    assert_string_equal(whole->children, "[2]");
    note(TASK_WHOLE, 1, callback, arg);
}

static void fake_fail(struct store *s, int64_t worker, const struct fail_row *rows, unsigned count,
                      store_on_finished *callback, void *arg)
{
    (void)s;
    (void)worker;
    (void)snprintf(fake.code, sizeof fake.code, "%s", rows[0].code);
    note(TASK_FAILURE, count, callback, arg);
}

static void fake_give_back(struct store *s, int64_t worker, const int64_t *ids, const int64_t *epochs, unsigned count,
                           store_on_count *callback, void *arg)
{
    (void)s;
    (void)worker;
    assert_true(ids[count - 1] > 0 && epochs[count - 1] > 0);
    note(TASK_BACK, count, NULL, arg);
    fake.counted = callback;
}

static const struct store_ops ops = {
    .finish = fake_finish, .finish_whole = fake_whole, .fail = fake_fail, .give_back = fake_give_back
};

static struct worker *w;
static bool yes[FINISH_ROWS_MAX];

static int setup(void **state)
{
    (void)state;
    memset(yes, true, sizeof yes);
    memset(&fake, 0, sizeof fake);
    fake.base.ops = &ops;
    clock_set_virtual(1000000000, 0);
    log_setup("test", LOG_ERROR, "text");
    w = mem_zero(1, sizeof *w);
    w->store = &fake.base;
    w->state = WORKER_RUNNING;
    w->incarnation = 7;
    finish_init(w);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    finish_clear(w);
    free(w);
    clock_set_real();
    return 0;
}

static void ended(int64_t id, enum task_end end, const char *texts, size_t size)
{
    struct task *task = task_create(&(struct dispatch){ .id = id, .epoch = 1, .args = "{}" }, NULL, 0);
    task->end = end;
    task_set_answer(task, texts, size);
    finish_add(w, task);
}

static void results(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        ended(i + 1, TASK_RESULT, "{}", 2);
}

static void tick(void)
{
    finish_tick(w, clock_monotonic_ms());
}

static void gathers_while_one_is_in_flight(void **state)
{
    (void)state;
    results(3);
    tick();
    assert_int_equal(fake.calls, 1);
    assert_int_equal(fake.rows, 3);
    results(2500);
    tick();
    assert_int_equal(fake.calls, 1);
    fake.callback(fake.arg, yes, 3, NULL);
    assert_int_equal(w->done, 3);
    assert_false(w->wake_due); /* nothing became available by it that the record would not tell */
    tick();
    assert_int_equal(fake.rows, FINISH_ROWS_MAX);
    fake.callback(fake.arg, yes, FINISH_ROWS_MAX, NULL);
    tick();
    fake.callback(fake.arg, yes, FINISH_ROWS_MAX, NULL);
    tick();
    assert_int_equal(fake.rows, 500);
    fake.callback(fake.arg, yes, 500, NULL);
    assert_int_equal(w->done, 2503);
    assert_true(finish_empty(w));
    assert_int_equal(w->finish.held_bytes, 0);
}

static void a_group_has_a_size(void **state)
{
    (void)state;
    char *large = mem_zero((3 << 20) + 1, 1);
    memset(large, 'x', 3 << 20);
    for (int64_t id = 1; id <= 3; id++)
        ended(id, TASK_RESULT, large, 3 << 20);
    free(large);
    for (int64_t done = 1; done <= 3; done++) {
        tick();
        assert_int_equal(fake.rows, 1); /* two would be over 4 MiB */
        fake.callback(fake.arg, yes, 1, NULL);
        assert_int_equal(w->done, done);
    }
}

static void away_means_again_with_backoff(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    (void)error_code(&e, ERROR_UNAVAILABLE, "outcome_unknown", "gone");
    results(5);
    tick();
    int64_t waited_ms = 0;
    for (unsigned again = 1; again <= 8; again++) {
        unsigned calls = fake.calls;
        fake.callback(fake.arg, NULL, 0, &e);
        assert_int_equal(w->done, 0);
        int64_t from_ms = clock_monotonic_ms();
        for (tick(); fake.calls == calls; tick())
            clock_advance_us(10000);
        waited_ms = clock_monotonic_ms() - from_ms;
        assert_in_range(waited_ms, FINISH_AGAIN_MIN_MS, FINISH_AGAIN_MAX_MS);
        assert_int_equal(fake.rows, 5);
    }
    assert_int_equal(waited_ms, FINISH_AGAIN_MAX_MS);
    fake.callback(fake.arg, yes, 5, NULL);
    assert_int_equal(w->done, 5);
}

static void what_is_held_is_bounded(void **state)
{
    (void)state;
    results(FINISH_HELD_MAX - 1);
    assert_false(finish_full(w));
    results(1);
    assert_true(finish_full(w));
}

static void fenced_out_is_forgotten(void **state)
{
    (void)state;
    results(2);
    tick();
    yes[1] = false;
    fake.callback(fake.arg, yes, 2, NULL);
    assert_int_equal(w->done, 2);
    assert_true(finish_empty(w));
}

static void a_refused_outcome_fails_as_such(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    (void)error_set(&e, ERROR_INVALID, "no such place for this text");
    ended(1, TASK_WHOLE, "{}\0[1]\0[2]", 10);
    tick();
    assert_int_equal(fake.last, TASK_WHOLE);
    fake.callback(fake.arg, NULL, 0, &e);
    tick();
    assert_int_equal(fake.last, TASK_FAILURE);
    assert_string_equal(fake.code, "result_rejected");
    fake.callback(fake.arg, yes, 1, NULL);
    assert_int_equal(w->done, 1);
    assert_true(finish_empty(w));
}

/* The answer for an incarnation that is dead says nothing about what the next one holds. */
static void an_old_answer_is_ignored(void **state)
{
    (void)state;
    results(2);
    tick();
    w->life++;
    finish_clear(w);
    results(1);
    tick();
    assert_int_equal(fake.calls, 1);
    fake.callback(fake.arg, yes, 2, NULL);
    assert_int_equal(w->done, 0);
    assert_int_equal(w->finish.held, 1);
    tick();
    assert_int_equal(fake.calls, 2);
    assert_int_equal(fake.rows, 1);
    fake.callback(fake.arg, yes, 1, NULL);
    assert_int_equal(w->done, 1);
}

static void given_back_is_counted_as_ended(void **state)
{
    (void)state;
    for (int64_t id = 1; id <= 4; id++)
        ended(id, TASK_BACK, "", 0);
    tick();
    assert_int_equal(fake.last, TASK_BACK);
    assert_int_equal(fake.rows, 4);
    fake.counted(fake.arg, 3, NULL);
    assert_int_equal(w->done, 4);
    assert_true(w->wake_due); /* they are available again */
    assert_true(finish_empty(w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gathers_while_one_is_in_flight, setup, teardown),
        cmocka_unit_test_setup_teardown(a_group_has_a_size, setup, teardown),
        cmocka_unit_test_setup_teardown(away_means_again_with_backoff, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_held_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(fenced_out_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refused_outcome_fails_as_such, setup, teardown),
        cmocka_unit_test_setup_teardown(an_old_answer_is_ignored, setup, teardown),
        cmocka_unit_test_setup_teardown(given_back_is_counted_as_ended, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
