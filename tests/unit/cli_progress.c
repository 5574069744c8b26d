/* SPDX-License-Identifier: Apache-2.0 */
/* cli_progress.c - bars from what the gateway tells of a pipeline and from progress events; hostile JSON is bounded. */
#include "cli/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/output.h"

static struct progress fresh(void)
{
    struct progress p;
    progress_init(&p);
    p.terminal = false;
    return p;
}

static void update(struct progress *p, const char *text)
{
    json_auto_t *jobs = json_loads(text, 0, NULL);
    progress_update(p, jobs);
}

static void event(struct progress *p, const char *text)
{
    json_auto_t *data = json_loads(text, JSON_DECODE_ANY, NULL);
    progress_event(p, data);
}

static void test_states(void **state)
{
    (void)state;
    struct progress p = fresh();
    output_begin();
    update(&p, "[{\"id\":1,\"kind\":\"discovery\",\"state\":\"available\"},{\"id\":2,\"kind\":\"mapping\",\"state\":"
               "\"blocked\"}]");
    assert_int_equal(p.line_count, 2);
    assert_string_equal(p.lines[0].state, "waiting");
    event(&p, "{\"job\":1,\"percent\":40,\"message\":\"reads Album\"}");
    assert_string_equal(p.lines[0].state, "running");
    assert_string_equal(p.lines[0].message, "reads Album");
    assert_true(p.lines[0].percent > 39.9 && p.lines[0].percent < 40.1);
    update(&p, "[{\"id\":1,\"kind\":\"discovery\",\"state\":\"succeeded\"},{\"id\":2,\"kind\":\"mapping\",\"state\":"
               "\"dispatched\"}]");
    assert_string_equal(p.lines[0].state, "succeeded");
    assert_true(p.lines[0].percent > 99.9);
    assert_string_equal(p.lines[1].state, "running");
    update(&p, "[{\"id\":1,\"kind\":\"discovery\",\"state\":\"succeeded\"},{\"id\":2,\"kind\":\"mapping\",\"state\":"
               "\"failed\"}]");
    assert_string_equal(p.lines[1].state, "failed");
    struct output o = output_end();
    assert_string_equal(o.out, ""); /* stdout belongs to the result */
    assert_string_equal(o.err, "discovery  running\ndiscovery  succeeded\nmapping    running\nmapping    failed\n");
    output_finish(&o);
    progress_finish(&p);
}

/* Children have the kind of the step that made them. */
static void test_children_share_a_bar(void **state)
{
    (void)state;
    struct progress p = fresh();
    output_begin();
    update(&p, "[{\"id\":1,\"kind\":\"migration\",\"state\":\"succeeded\"},{\"id\":2,\"kind\":\"migration\",\"state\":"
               "\"dispatched\"},"
               "{\"id\":3,\"kind\":\"migration\",\"state\":\"available\"},{\"id\":4,\"kind\":\"migration\",\"state\":"
               "\"blocked\"}]");
    assert_int_equal(p.line_count, 1);
    assert_int_equal(p.lines[0].jobs, 4);
    assert_int_equal(p.lines[0].ended, 1);
    event(&p, "{\"job\":2,\"percent\":100}");
    assert_true(p.lines[0].percent > 49 && p.lines[0].percent < 51);
    event(&p, "{\"job\":1,\"percent\":0}"); /* it has ended: a late event changes nothing */
    assert_true(p.lines[0].percent > 49 && p.lines[0].percent < 51);
    update(&p, "[{\"id\":1,\"kind\":\"migration\",\"state\":\"succeeded\"},{\"id\":2,\"kind\":\"migration\",\"state\":"
               "\"cancelled\"},"
               "{\"id\":3,\"kind\":\"migration\",\"state\":\"failed\"},{\"id\":4,\"kind\":\"migration\",\"state\":"
               "\"cancelled\"}]");
    assert_string_equal(p.lines[0].state, "failed"); /* the others were cancelled because of it */
    struct output o = output_end();
    output_finish(&o);
    progress_finish(&p);
}

static void test_hostile_json(void **state)
{
    (void)state;
    struct progress p = fresh();
    char *big = malloc(100000);
    output_begin();
    progress_update(&p, NULL);
    progress_event(&p, NULL);
    update(&p, "{\"jobs\":1}");
    update(&p, "[1,null,\"x\",[],{},{\"id\":\"1\",\"kind\":\"a\",\"state\":\"running\"},{\"id\":1,\"kind\":7,\"state\":"
               "\"x\"}]");
    assert_int_equal(p.line_count, 0);
    update(&p, "[{\"id\":1,\"kind\":\"a\\u001b[2J\\nb\",\"state\":\"dispatched\"}]");
    event(&p, "{\"job\":1,\"percent\":1e300,\"message\":5}");
    assert_true(p.lines[0].percent > 99 && p.lines[0].percent < 101);
    event(&p, "{\"job\":1,\"percent\":-9223372036854775808}");
    assert_true(p.lines[0].percent > -1 && p.lines[0].percent < 1);
    event(&p, "{\"job\":1,\"percent\":33.9}");
    assert_true(p.lines[0].percent > 32 && p.lines[0].percent < 35);
    event(&p, "{\"job\":99,\"percent\":50}");
    event(&p, "[]");
    memset(big, 'x', 99999);
    big[99999] = '\0';
    json_auto_t *long_event = json_pack("{s:i, s:i, s:s}", "job", 1, "percent", 10, "message", big);
    progress_event(&p, long_event);
    assert_true(strlen(p.lines[0].message) < sizeof p.lines[0].message);
    json_auto_t *kinds = json_array();
    for (int i = 0; i < 100; i++) {
        char kind[32];
        (void)snprintf(kind, sizeof kind, "kind%d", i);
        (void)json_array_append_new(kinds,
                                    json_pack("{s:i, s:s, s:s}", "id", 100 + i, "kind", kind, "state", "available"));
    }
    progress_update(&p, kinds);
    assert_int_equal(p.line_count, PROGRESS_LINES_MAX);
    struct output o = output_end();
    assert_null(strchr(o.err, '\x1b'));
    output_finish(&o);
    free(big);
    progress_finish(&p);
}

/* As many jobs as it takes in, told again and again: an answer of that size must not take seconds. */
static void test_many_jobs(void **state)
{
    (void)state;
    struct progress p = fresh();
    json_auto_t *jobs = json_array();
    for (int i = 0; i < PROGRESS_JOBS_MAX + 500; i++)
        (void)json_array_append_new(jobs, json_pack("{s:i, s:s, s:s}", "id", i + 1, "kind", "migration", "state",
                                                    i % 2 == 0 ? "succeeded" : "available"));
    output_begin();
    progress_update(&p, jobs);
    clock_t began = clock(); /* of processor */
    for (int i = 0; i < 5; i++)
        progress_update(&p, jobs);
    int64_t again_ms = (clock() - began) * 1000 / CLOCKS_PER_SEC / 5;
    struct output o = output_end();
    output_finish(&o);
    assert_int_equal(p.job_count, PROGRESS_JOBS_MAX);
    assert_int_equal(p.lines[0].ended, PROGRESS_JOBS_MAX / 2);
    if (again_ms > 1000)
        fail_msg("an update of %d jobs took %lld ms", PROGRESS_JOBS_MAX, (long long)again_ms);
    progress_finish(&p);
}

/* The screen: lines are cleaned, cut to the width and never more than the way back up. */
static void test_drawing(void **state)
{
    (void)state;
    struct progress p = fresh();
    p.terminal = true;
    p.colours = p.blocks = false;
    output_begin();
    update(&p, "[{\"id\":1,\"kind\":\"a\\u001b[2J\\u009b\",\"state\":\"dispatched\"},{\"id\":2,\"kind\":\"b\","
               "\"state\":\"blocked\"}]");
    event(&p, "{\"job\":1,\"percent\":50,\"message\":\"\\u001b]0;title\\u0007 very long text very long text very long "
              "text very long\"}");
    progress_draw(&p, true);
    struct output o = output_end();
    const char *line = o.err;
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        if (line[0] == '\x1b' && line[1] == '[' && line[2] == '2' && line[3] == 'A')
            line += 4;
        assert_memory_equal(line, "\x1b[2K", 4);
        if (end - line - 4 > 80)
            fail_msg("a line is %d wide: %.*s", (int)(end - line - 4), (int)(end - line), line);
        assert_null(memchr(line + 4, '\x1b', (size_t)(end - line - 4)));
        assert_null(memchr(line + 4, '\a', (size_t)(end - line - 4)));
    }
    assert_non_null(strstr(o.err, "##############.............."));
    assert_non_null(strstr(o.err, " 50%  running"));
    output_finish(&o);
    progress_finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),       cmocka_unit_test(test_children_share_a_bar),
        cmocka_unit_test(test_hostile_json), cmocka_unit_test(test_many_jobs),
        cmocka_unit_test(test_drawing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
