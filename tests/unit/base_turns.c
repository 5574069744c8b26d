/* SPDX-License-Identifier: Apache-2.0 */
/* base_turns.c - short turns while few jobs pass; what the kernel makes of it is asked back where it can be. */
#include "base/turns.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static void few_jobs_mean_short_turns(void **state)
{
    (void)state;
    struct turns t = { 0 };
    for (int64_t now_ms = 5000; now_ms < 10000; now_ms += 5) /* 200 a second */
        assert_true(turns_decide(&t, 1, now_ms));
}

static void many_jobs_mean_usual_turns_for_a_second(void **state)
{
    (void)state;
    struct turns t = { 0 };
    assert_true(turns_decide(&t, 99, 5000));
    assert_false(turns_decide(&t, 1, 5099));
    assert_false(turns_decide(&t, 0, 6098));
    assert_true(turns_decide(&t, 0, 6099));
    assert_false(turns_decide(&t, 1000, 6100));           /* at once */
    for (int64_t now_ms = 6101; now_ms < 12000; now_ms++) /* 1,000 a second and more keep it so */
        assert_false(turns_decide(&t, 2, now_ms));
}

/* ns of a turn as the kernel has it; 0 or -1: it does not say. */
static int64_t turn_ns(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } a = { .size = sizeof a };
    return syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) == 0 && a.policy == SCHED_OTHER ? (int64_t)a.runtime_ns : -1;
}

static void the_kernel_is_asked_for_them(void **state)
{
    (void)state;
    struct turns t = { 0 };
    int64_t usual_ns = turn_ns();
    if (usual_ns <= 0)
        skip(); /* a kernel before 6.12, or another policy */
    turns_note(&t, 1, 5000);
    int64_t quick_ns = turn_ns();
    assert_true(quick_ns < usual_ns);
    turns_long(&t);
    assert_true(turn_ns() > quick_ns);
    turns_note(&t, 0, 5001);
    assert_true(turn_ns() == quick_ns);
    turns_note(&t, 1000, 5002);
    assert_true(turn_ns() > quick_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_jobs_mean_short_turns),
        cmocka_unit_test(many_jobs_mean_usual_turns_for_a_second),
        cmocka_unit_test(the_kernel_is_asked_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
