/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample.h - a pipeline that is ready for the kind migration: discovery, mapping and codegen have run.
 */
#ifndef TESTS_SUPPORT_SAMPLE_H
#define TESTS_SUPPORT_SAMPLE_H

#include "tests/support/lender.h"

/* source: a URL of SQLite; target: of an empty PostgreSQL database. Connections 1 and 2. */
struct lender *sample_pipeline(const char *source, const char *target);
/* {"step": step, "source": 1, "target": 2, ...}: new reference; step NULL: without it. */
json_t *sample_args(const char *step, int64_t chunk_rows, int64_t job_rows);
/* ddl, all of its children, and validation; fails the test when one of them fails. Returns the validation's result. */
const json_t *sample_run(struct lender *l);
#endif
