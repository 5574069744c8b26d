/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_submit.c - rows of one submit on their way into the record: packed as arrays, a column each, all or none.
 *
 * Rows that are to be unique go another way, so that the others don't pay for it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "queue/store_postgres_private.h"
#include "sql/array.h"

enum { SUBMIT_COLUMNS = 12, UNIQUE_COLUMNS = 13 };

/* One call under way. */
struct order {
    store_on_submitted *callback;
    void *arg;
};

static void on_submitted(void *arg, const struct result *result, const struct error *e)
{
    struct order *order = arg;
    unsigned count = result != NULL ? result_rows(result) : 0;
    bool told = result != NULL && result_columns(result) == 2;
    int64_t *ids = mem_zero(count, sizeof *ids);
    bool *existing = told ? mem_zero(count, sizeof *existing) : NULL;
    for (unsigned i = 0; i < count; i++) {
        ids[i] = result_int(result, i, 0);
        if (told)
            existing[i] = result_bool(result, i, 1);
    }
    struct error refused;
    if (e != NULL && e->class == ERROR_INVALID && text_starts(e->code, "sqlstate_22")) { /* text that is no JSON */
        (void)error_code(&refused, ERROR_INVALID, "invalid_arguments", "%s", e->message);
        e = &refused;
    }
    order->callback(order->arg, e == NULL ? ids : NULL, e == NULL ? existing : NULL, count, e);
    free(existing);
    free(ids);
    free(order);
}

static void submit_add(struct array *columns, const struct submit_row *row)
{
    const char *const texts[] = { row->kind, row->args, row->queue, row->tenant };
    for (unsigned i = 0; i < 4; i++)
        array_text(&columns[i], texts[i]);
    array_int(&columns[4], row->priority);
    array_int(&columns[5], row->run_at_ms);
    array_text(&columns[6], row->idempotency_key);
    array_int(&columns[7], row->attempts_max);
    array_int(&columns[8], row->timeout_s);
    array_text(&columns[9], row->origin);
    array_text(&columns[10], row->correlation);
    array_text(&columns[11], row->tags);
    array_text(&columns[12], row->unique);
}

void store_submit(struct store *store, const struct submit_row *rows, unsigned count, store_on_submitted *callback,
                  void *arg)
{
    static const enum array_type types[UNIQUE_COLUMNS] = { ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_INT,
                                                           ARRAY_INT,  ARRAY_TEXT, ARRAY_INT,  ARRAY_INT,  ARRAY_TEXT,
                                                           ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT };
    struct array columns[UNIQUE_COLUMNS];
    struct sql_param params[UNIQUE_COLUMNS];
    bool fits = true, unique = false, tagged = false;
    for (unsigned i = 0; i < UNIQUE_COLUMNS; i++)
        array_init(&columns[i], types[i], STORE_ARRAY_MAX);
    for (unsigned i = 0; i < count; i++) {
        submit_add(columns, &rows[i]);
        unique = unique || rows[i].unique != NULL;
        tagged = tagged || rows[i].tags != NULL;
    }
    for (unsigned i = 0; i < UNIQUE_COLUMNS; i++)
        fits = array_param(&columns[i], &params[i]) && fits;
    if (!tagged)
        params[11] = SQL_TEXT(NULL);
    struct order *order = mem_zero(1, sizeof *order);
    *order = (struct order){ callback, arg };
    if (fits) {
        session_run(store_session(store), unique ? "job_submit_unique" : "job_submit", params,
                    unique ? UNIQUE_COLUMNS : SUBMIT_COLUMNS, STORE_DEADLINE_MS, on_submitted, order);
    } else {
        struct error e;
        (void)error_code(&e, ERROR_TOO_LARGE, "arguments_too_large", "a batch of over %d MiB", STORE_ARRAY_MAX >> 20);
        on_submitted(order, NULL, &e);
    }
    for (unsigned i = 0; i < UNIQUE_COLUMNS; i++)
        array_finish(&columns[i]);
}
