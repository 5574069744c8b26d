/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"

static void check(enum error_class class, const struct error *e)
{
    if (class != ERROR_OK)
        fail_msg("%s", e->message);
}

struct lender *sample_pipeline(const char *source, const char *target)
{
    struct lender *l = lender_create();
    struct error e;
    json_auto_t *discovery = json_pack("{s:i}", "source", 1);
    json_auto_t *mapping = sample_args(NULL, 0, 0);
    json_auto_t *codegen = json_pack("{s:[s, s]}", "formats", "postgresql", "sqlalchemy");
    lender_connection(l, 1, source);
    lender_connection(l, 2, target);
    check(lender_run(l, "discovery", "discovery", discovery, &e), &e);
    check(lender_run(l, "mapping", "mapping", mapping, &e), &e);
    check(lender_run(l, "codegen", "codegen", codegen, &e), &e);
    return l;
}

json_t *sample_args(const char *step, int64_t chunk_rows, int64_t job_rows)
{
    json_t *args = json_pack("{s:i, s:i}", "source", 1, "target", 2);
    if (step)
        json_object_set_new(args, "step", json_string(step));
    if (chunk_rows > 0)
        json_object_set_new(args, "chunk_rows", json_integer(chunk_rows));
    if (job_rows > 0)
        json_object_set_new(args, "job_rows", json_integer(job_rows));
    return args;
}

const json_t *sample_run(struct lender *l)
{
    struct error e;
    json_auto_t *ddl = sample_args("ddl", 1000, 3000), *validation = sample_args(NULL, 0, 0);
    check(lender_run(l, "migration", "migration", ddl, &e), &e);
    check(lender_run_children(l, &e), &e);
    check(lender_run(l, "validation", "validation", validation, &e), &e);
    return lender_result_of(l, "validation");
}
