/* SPDX-License-Identifier: Apache-2.0 */
/* worker_tell.c - when the scheduler hears what has ended: at once, or later where each message costs a commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jobs/kinds.h"
#include "worker/worker_private.h"

/* A carrier that only counts. */
static struct {
    struct transport base;
    bool costly;
    unsigned dones, wakes;
    int64_t done;
} fake;

static struct worker *w;

static void fake_send(struct transport *t, int64_t incarnation, const struct message *message)
{
    (void)t;
    assert_int_equal(incarnation, 0);
    fake.dones += message->type == MESSAGE_DONE;
    fake.wakes += message->type == MESSAGE_WAKE;
    if (message->type == MESSAGE_DONE)
        fake.done = message->done;
}

static bool fake_rings(struct transport *t, int64_t incarnation)
{
    (void)t, (void)incarnation;
    return fake.costly;
}

static int setup(void **state)
{
    static const struct transport_ops ops = { .name = "fake", .send = fake_send, .record_rings = fake_rings };
    (void)state;
    memset(&fake, 0, sizeof fake);
    fake.base.ops = &ops;
    w = mem_zero(1, sizeof *w);
    w->transport = &fake.base;
    w->incarnation = 7;
    w->pool.count = 4;
    w->last_mean_us = -1;
    w->kind_mean_us = mem_alloc((kinds_count + 1) * sizeof *w->kind_mean_us);
    for (size_t i = 0; i < kinds_count; i++)
        w->kind_mean_us[i] = -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(w->kind_mean_us);
    free(w);
    return 0;
}

static void ended(int64_t jobs)
{
    w->taken += jobs;
    w->done += jobs;
}

static void at_once_where_a_message_is_cheap(void **state)
{
    (void)state;
    tell_tick(w, 1000);
    assert_int_equal(fake.dones, 0);
    for (int64_t i = 1; i <= 3; i++) {
        ended(1);
        tell_tick(w, 1000);
        assert_int_equal(fake.dones, i);
        assert_int_equal(fake.done, i);
    }
    assert_false(tell_owed(w));
}

static void a_wake_is_told_once(void **state)
{
    (void)state;
    fake.costly = true;
    ended(1);
    w->wake_due = true;
    tell_tick(w, 1);
    tell_tick(w, 2);
    assert_int_equal(fake.dones, 1);
    assert_int_equal(fake.wakes, 1);
}

static void a_message_that_costs_a_commit_waits(void **state)
{
    (void)state;
    fake.costly = true;
    w->told_ms = 1000;
    ended(1); /* of 4 slots: three more may come before the scheduler thinks that we are full */
    tell_tick(w, 1000);
    assert_int_equal(fake.dones, 0);
    assert_true(tell_owed(w));
    tell_tick(w, 1020);
    assert_int_equal(fake.dones, 1);
}

static void credit_that_runs_low_does_not_wait(void **state)
{
    (void)state;
    fake.costly = true;
    w->told_ms = 1000;
    ended(2); /* half of the slots, and nothing was measured */
    tell_tick(w, 1000);
    assert_int_equal(fake.dones, 1);
    w->last_mean_us = 1000; /* 4 slots do 200 of them in 50 ms */
    ended(100);
    tell_tick(w, 1001);
    assert_int_equal(fake.dones, 1);
    ended(2);
    tell_tick(w, 1001);
    assert_int_equal(fake.dones, 2);
    w->last_mean_us = 5000000; /* slow: no prefetch */
    ended(2);
    tell_tick(w, 1002);
    assert_int_equal(fake.dones, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(at_once_where_a_message_is_cheap, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wake_is_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_message_that_costs_a_commit_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(credit_that_runs_low_does_not_wait, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
