/* SPDX-License-Identifier: Apache-2.0 */
/* store_ask.c - what every call of the record's store on PostgreSQL begins with. */
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "queue/store_postgres_private.h"

struct ask *store_ask(void *arg)
{
    struct ask *ask = mem_zero(1, sizeof *ask);
    ask->arg = arg;
    return ask;
}

struct sql_param store_int(int64_t value, char ret_text[static STORE_TEXT_SIZE])
{
    (void)snprintf(ret_text, STORE_TEXT_SIZE, "%" PRId64, value);
    return SQL_TEXT(ret_text);
}

void store_run(struct store *store, const char *statement, const struct sql_param *params, unsigned count,
               session_on_result *callback, struct ask *ask)
{
    session_run(store_session(store), statement, params, count, STORE_DEADLINE_MS, callback, ask);
}
