/* SPDX-License-Identifier: Apache-2.0 */
/* worker_inbox.c - the inbox against a plain set, on random orders with doubles and losses; and lists of tasks. */
#include "worker/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/task.h"

static int64_t report(const struct inbox *inbox, const char *expected)
{
    struct buffer gaps;
    buffer_init(&gaps, 1 << 20);
    int64_t got = inbox_report(inbox, &gaps);
    if (expected != NULL)
        assert_string_equal(buffer_view(&gaps), expected);
    buffer_finish(&gaps);
    return got;
}

static void story(void **state)
{
    (void)state;
    struct inbox inbox;
    inbox_init(&inbox);
    assert_int_equal(report(&inbox, "[]"), 0);
    assert_false(inbox_take(&inbox, 0));
    assert_false(inbox_take(&inbox, -5));
    assert_true(inbox_take(&inbox, 1));
    assert_false(inbox_take(&inbox, 1));
    assert_true(inbox_take(&inbox, 2));
    assert_int_equal(report(&inbox, "[]"), 2);
    assert_true(inbox_take(&inbox, 5));
    assert_true(inbox_take(&inbox, 7));
    assert_int_equal(report(&inbox, "[3,4,6]"), 7);
    assert_true(inbox_take(&inbox, 4));
    assert_true(inbox_take(&inbox, 6));
    assert_int_equal(report(&inbox, "[3]"), 7);
    assert_true(inbox_take(&inbox, 3));
    assert_int_equal(report(&inbox, "[]"), 7);
    assert_int_equal(inbox.count, 1);
    inbox_finish(&inbox);
}

static void against_a_set(void **state)
{
    (void)state;
    enum { TOP = 300, STEPS = 2000, SEEDS = 200 };
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        srand(seed);
        bool have[TOP + 1] = { false };
        int highest = 0;
        struct inbox inbox;
        inbox_init(&inbox);
        for (int step = 0; step < STEPS; step++) {
            int upto = highest + 1 + rand() % 8;
            int seq = 1 + rand() % (upto < TOP ? upto : TOP);
            assert_int_equal(inbox_take(&inbox, seq), !have[seq]);
            have[seq] = true;
            highest = seq > highest ? seq : highest;
        }
        char expected[4096] = "[";
        size_t used = 1;
        for (int seq = 1; seq < highest; seq++)
            if (!have[seq])
                used += (size_t)snprintf(expected + used, sizeof expected - used, used == 1 ? "%d" : ",%d", seq);
        snprintf(expected + used, sizeof expected - used, "]");
        assert_int_equal(report(&inbox, expected), highest);
        inbox_finish(&inbox);
    }
}

/* A seq from far away must not make the report endless; what is reported stays true and never goes back. */
static void far_away(void **state)
{
    (void)state;
    struct inbox inbox;
    inbox_init(&inbox);
    assert_true(inbox_take(&inbox, 1));
    assert_true(inbox_take(&inbox, INT64_MAX));
    assert_false(inbox_take(&inbox, INT64_MAX));
    assert_int_equal(report(&inbox, NULL), 1 + INBOX_GAPS_MAX);
    assert_true(inbox_take(&inbox, 2));
    assert_int_equal(report(&inbox, NULL), 2 + INBOX_GAPS_MAX);
    for (int64_t seq = 10; seq < 10 + 3 * INBOX_RANGES_MAX; seq += 2)
        (void)inbox_take(&inbox, seq);
    assert_true(inbox.count <= INBOX_RANGES_MAX);
    inbox_finish(&inbox);
}

static struct task *task(int64_t id)
{
    return task_create(&(struct dispatch){ .id = id, .args = "{}" }, NULL, 0);
}

static void expect(struct task_list *list, const char *ids)
{
    char seen[64] = "";
    unsigned count = 0;
    for (struct task *t = list->first; t != NULL; t = t->next, count++)
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%lld", (long long)t->id);
    assert_string_equal(seen, ids);
    assert_int_equal(list->count, count);
}

static void lists(void **state)
{
    (void)state;
    struct task_list a, b;
    task_list_init(&a);
    task_list_init(&b);
    task_list_put_front(&a, &b);
    for (int64_t id = 1; id <= 3; id++)
        task_list_add(&a, task(id));
    for (int64_t id = 4; id <= 5; id++)
        task_list_add(&b, task(id));
    task_list_put_front(&a, &b);
    expect(&a, "45123");
    expect(&b, "");
    task_destroy(task_list_take_behind(&a, a.first->next)); /* 1 */
    expect(&a, "4523");
    task_list_add(&b, task(9));
    task_list_put_back(&a, &b);
    expect(&a, "45239");
    task_list_put_back(&b, &a);
    expect(&b, "45239");
    while (b.count > 0)
        task_destroy(task_list_take(&b));
    task_list_add(&b, task(7));
    expect(&b, "7");
    task_list_clear(&b);
    struct task *t = task(1);
    task_set_failure(t, FAIL_CRASHED, ERROR_RETRY, "slot_died", "it died");
    assert_string_equal(task_answer(t, 0), "retry");
    assert_string_equal(task_answer(t, 2), "it died");
    assert_null(task_answer(t, 3));
    task_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(story), cmocka_unit_test(against_a_set),
                                        cmocka_unit_test(far_away), cmocka_unit_test(lists) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
