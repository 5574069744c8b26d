/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs_traps.c - what SQLite allows and PostgreSQL does not, through the whole pipeline into a real PostgreSQL: every
 * row arrives, validation finds no difference, and no job fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "tests/support/customer.h"
#include "tests/support/sample.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/sqlite_traps.h"

static struct error e;

static const char *migrate(const char *sql, int64_t rows)
{
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(sql), target);
    json_auto_t *ddl = sample_args("ddl", 250, 400), *all = sample_args(NULL, 0, 0);
    OK(lender_run(l, "migration", "migration", ddl, &e));
    OK(lender_run_children(l, &e));
    OK(lender_run(l, "validation", "validation", all, &e));
    const json_t *result = lender_result_of(l, "validation");
    const char *verdict = json_string_value(json_object_get(result, "validation"));
    if (strcmp(verdict, "passed") != 0)
        fail_msg("%s", json_dumps(result, JSON_INDENT(1)));
    assert_int_equal(json_integer_value(json_object_get(result, "rows")), rows);
    lender_destroy(l);
    return target;
}

static void columns(void **state)
{
    (void)state;
    const char *target = migrate(sqlite_traps_columns, 2);
    customer_expect(target, "SELECT whole || '/' || odd || '/' || longer || '/' || at FROM t WHERE id = 1",
                    "9223372036854775806/1234.567/abcdef/2024-01-01 10:00:00");
    customer_expect(target, "SELECT encode(unclean, 'hex') FROM t WHERE id = 2", "ff");
    customer_expect(target, "INSERT INTO t (nn) VALUES (DEFAULT) RETURNING nn || id", "a'b3");
}

static void keys(void **state)
{
    (void)state;
    const char *target = migrate(sqlite_traps_keys, 14);
    customer_expect(target, "SELECT count(*) FROM null_key WHERE k IS NULL", "2");
    customer_expect(target,
                    "SELECT string_agg(conname || convalidated, ',' ORDER BY convalidated) FROM pg_constraint "
                    "WHERE contype = 'f' AND conrelid = 'child'::regclass",
                    "child_p_fkeyfalse,child_n_fkeytrue");
}

static void rows(void **state)
{
    (void)state;
    const char *target = migrate(sqlite_traps_rows, 6 * 900 + 2 + 2 + 900);
    customer_expect(target, "SELECT count(*) FROM unclean_key WHERE k = convert_to(v, 'UTF8') || '\\x00ff'", "900");
    customer_expect(target, "SELECT count(*) FROM stamped WHERE b", "450");
    customer_expect(target, "SELECT v FROM real_key WHERE k = -2", "-Infinity");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(columns), cmocka_unit_test(keys), cmocka_unit_test(rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
