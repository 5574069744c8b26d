/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h - the compiled-in statements by name, and parameters in the form libpq wants. Private to sql/. */
#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

#include "base/embed.h"
#include "sql/result.h"

enum { STATEMENT_PARAMS_MAX = 24, STATEMENT_NAME_MAX = 64 };

struct statement_params {
    const char *values[STATEMENT_PARAMS_MAX];
    int sizes[STATEMENT_PARAMS_MAX], formats[STATEMENT_PARAMS_MAX];
    int count;
};

/* name: "job_finish" for sql/job_finish.sql. A name that does not exist is a bug of ours: asserts. */
const struct embed_file *statement_find(const char *name);

/* Points into params. */
void statement_params(const struct sql_param *params, unsigned count, struct statement_params *ret);

#endif
