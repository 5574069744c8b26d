/* SPDX-License-Identifier: Apache-2.0 */
/* store_shown.c - what people are shown of jobs: arguments without what their kind hides, and lines of their logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"

static struct record record;

static void hidden_arguments_are_stars(void **state)
{
    (void)state;
    static const char schema[] =
        "{\"x-argosy\": {\"version\": 1}, \"properties\": {\"open\": {}, \"pin\": {\"x-argosy-hidden\": true}, "
        "\"deep\": {\"properties\": "
        "{\"key\": {\"writeOnly\": true}}}, \"list\": {\"items\": {\"$ref\": \"#/$defs/login\"}}, \"any\": {\"anyOf\": "
        "[{\"type\": \"null\"}, "
        "{\"properties\": {\"x\": {\"writeOnly\": true}}}]}}, \"additionalProperties\": {\"writeOnly\": true}, "
        "\"$defs\": {\"login\": {\"properties\": {\"password\": {\"writeOnly\": true}}}}}";
    static const char args[] = "{\"open\": 1, \"pin\": 1234, \"deep\": {\"key\": [\"MARK\"], \"b\": 2}, \"list\": "
                               "[{\"user\": \"u\", \"password\": "
                               "\"MARK\"}], \"any\": {\"x\": \"MARK\"}, \"more\": \"MARK\"}";
    record_run(&record, "SELECT argosy.kind_put('shy', '%s')", schema);
    const char *shown = record_text(&record, "SELECT argosy.args_shown('shy', '%s')::jsonb", args);
    assert_string_equal(shown, "{\"any\": {\"x\": \"***\"}, \"pin\": \"***\", \"deep\": {\"b\": 2, \"key\": \"***\"}, "
                               "\"list\": [{\"user\": \"u\", "
                               "\"password\": \"***\"}], \"more\": \"***\", \"open\": 1}");
    record_run(&record, "SELECT argosy.kind_put('mute', '{\"x-argosy\": {\"version\": 1, \"hide_args\": true}}')");
    assert_string_equal(record_text(&record, "SELECT argosy.args_shown('mute', '{\"a\": [1], \"b\": 2}')::jsonb"),
                        "{\"a\": \"***\", \"b\": \"***\"}");
    assert_string_equal(record_text(&record, "SELECT argosy.args_shown('noop', '{\"a\": [1]}')"), "{\"a\": [1]}");
}

static void logs_may_be_written_twice(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        record_run(
            &record,
            "SELECT argosy.job_log_add('{7,7,8}', '{1,1,2}', '{1,2,1}', '{1000,2000,3000}', '{1,3,0}', '{a,b,c}')");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_log"), 3);
    record_run(&record, "SELECT argosy.ends_housekeeping()");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_log"), 0); /* of 1970 */
}

int main(void)
{
    record_start(&record);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_arguments_are_stars),
        cmocka_unit_test(logs_may_be_written_twice),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
