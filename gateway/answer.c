/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - a statement whose row is the answer. */
#include <stdlib.h>

#include "base/mem.h"
#include "gateway/inside.h"

struct answer {
    struct request *request;
    unsigned status;
    const char *missing; /* constant */
};

static void on_result(void *arg, const struct result *result, const struct error *e)
{
    struct answer *a = arg;
    if (e)
        reply_error(a->request, e, NULL);
    else if (result_rows(result) == 0 || result_is_null(result, 0, 0))
        reply_problem(a->request, 404, "not_found", a->missing, NULL);
    else
        reply_text(a->request, a->status, "application/json", result_text(result, 0, 0), result_size(result, 0, 0));
    free(a);
}

void answer_statement(struct session *session, struct request *r, unsigned status, const char *statement,
                      const struct sql_param *params, unsigned count, const char *missing)
{
    struct answer *a = mem_zero(1, sizeof *a);
    a->request = r;
    a->status = status;
    a->missing = missing;
    session_run(session, statement, params, count, 0, on_result, a);
}
