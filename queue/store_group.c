/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_group.c - thousands of finishes or failures in one transaction, and one bad row that does not spoil it.
 *
 * Happy path: one statement, its rows are the ids that were recorded. When PostgreSQL refuses a row (SQLSTATE 22, 23 or
 * 54: a NUL in a result, a number out of range), nothing of the group was recorded: it is asked again in two halves,
 * and so on until the bad row stands alone. A lone bad result is recorded as the failure "result_rejected"; a lone bad
 * failure loses its texts but not its code. Any other error ends the whole call: the caller asks again, finished rows
 * are found in the history.
 *
 * A row that somebody's open transaction holds (a submit that waits for this job, not yet committed) would hold up all:
 * after the lock timeout the record is asked which these are, the others go again without them, and the caller is
 * told to ask for those again later.
 *
 * A result or error that was rejected counts as accepted: what the worker had to say is recorded.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "queue/store_postgres_private.h"
#include "sql/array.h"

enum { COLUMNS_MAX = 7, PROBES_MAX = 4 };

struct row {
    int64_t id, epoch, run_us;
    unsigned place; /* in the caller's rows */
    enum fail_cause cause;
    enum error_class class;
    char *texts[3]; /* result; or code, message, details. Owned */
    bool failing;   /* said by job_fail; else by job_finish */
};

struct group {
    struct store *store;
    int64_t worker;
    struct row *rows;
    bool *accepted;
    unsigned count, parts; /* parts: statements still to be answered */
    unsigned probes;       /* for rows that are held */
    struct error error;    /* the first that ended a part */
    struct error held;     /* of rows that are left out */
    store_on_finished *callback;
    void *arg;
};

/* Rows [from, from + count) of a group, in one statement. */
struct part {
    struct group *group;
    unsigned from, count;
};

static void part_send(struct group *g, unsigned from, unsigned count);

static const char *cause_name(enum fail_cause cause)
{
    static const char *const names[] = { "failed", "timed_out", "stalled", "crashed", "interrupted", "seal" };
    return names[cause];
}

static void set_text(char **to, const char *text)
{
    free(*to);
    *to = text != NULL ? mem_text(text) : NULL;
}

static void group_end(struct group *g)
{
    bool ok = g->error.class == ERROR_OK;
    g->callback(g->arg, ok ? g->accepted : NULL, g->count,
                !ok                         ? &g->error
                : g->held.class != ERROR_OK ? &g->held
                                            : NULL);
    for (unsigned i = 0; i < g->count; i++)
        for (unsigned k = 0; k < 3; k++)
            free(g->rows[i].texts[k]);
    free(g->rows);
    free(g->accepted);
    free(g);
}

/* A row that PostgreSQL refuses even alone becomes one that it takes. */
static void soften(struct row *row, const struct error *e)
{
    if (!row->failing) {
        row->failing = true;
        row->cause = FAIL_FAILED;
        row->class = ERROR_INVALID;
        set_text(&row->texts[0], "result_rejected");
        set_text(&row->texts[1], e->message);
    } else {
        if (!text_utf8_valid(row->texts[0], strlen(row->texts[0])))
            set_text(&row->texts[0], "unreadable");
        set_text(&row->texts[1], "PostgreSQL refused the text of this error");
    }
    set_text(&row->texts[2], NULL);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void mark(struct group *g, const struct part *part, const struct result *r)
{
    unsigned count = result_rows(r);
    int64_t *ids = mem_zero(count, sizeof *ids);
    for (unsigned i = 0; i < count; i++)
        ids[i] = result_int(r, i, 0);
    qsort(ids, count, sizeof *ids, compare_ids);
    for (unsigned i = part->from; i < part->from + part->count; i++)
        g->accepted[g->rows[i].place] = bsearch(&g->rows[i].id, ids, count, sizeof *ids, compare_ids) != NULL;
    free(ids);
}

static bool is_held(const struct error *e)
{
    return text_equal(e->code, "sqlstate_55P03");
}

/* Those of the part that are held go to its end and are left out; the others go again. */
static void on_probe(void *arg, const struct result *result, const struct error *e)
{
    struct part part = *(struct part *)arg;
    struct group *g = part.group;
    unsigned free_count = 0;
    free(arg);
    for (unsigned i = part.from; result != NULL && i < part.from + part.count; i++) {
        bool held = false;
        for (unsigned k = 0; k < result_rows(result) && !held; k++)
            held = result_int(result, k, 0) == g->rows[i].id;
        if (!held) {
            struct row row = g->rows[i];
            g->rows[i] = g->rows[part.from + free_count];
            g->rows[part.from + free_count++] = row;
        }
    }
    if (e != NULL)
        g->error = g->error.class == ERROR_OK ? *e : g->error;
    else if (free_count > 0)
        part_send(g, part.from, free_count);
    if (--g->parts == 0)
        group_end(g);
}

static void part_probe(const struct part *part)
{
    struct group *g = part->group;
    struct array ids;
    struct sql_param param;
    array_init(&ids, ARRAY_INT, STORE_ARRAY_MAX);
    for (unsigned i = part->from; i < part->from + part->count; i++)
        array_int(&ids, g->rows[i].id);
    (void)array_param(&ids, &param);
    struct part *again = mem_zero(1, sizeof *again);
    *again = *part;
    g->probes++;
    g->parts++;
    session_run(store_session(g->store), "job_held", &param, 1, STORE_DEADLINE_MS, on_probe, again);
    array_finish(&ids);
}

static void on_part(void *arg, const struct result *result, const struct error *e)
{
    struct part part = *(struct part *)arg;
    struct group *g = part.group;
    free(arg);
    if (result != NULL) {
        mark(g, &part, result);
    } else if (is_held(e) && (part.count == 1 || g->probes < PROBES_MAX)) {
        g->held = *e;
        if (part.count > 1)
            part_probe(&part);
    } else if (e->class == ERROR_INVALID && part.count > 1) {
        part_send(g, part.from, part.count / 2);
        part_send(g, part.from + part.count / 2, part.count - part.count / 2);
    } else if (e->class == ERROR_INVALID && !(g->rows[part.from].failing && g->rows[part.from].texts[2] == NULL &&
                                              text_starts(g->rows[part.from].texts[1], "PostgreSQL refused"))) {
        soften(&g->rows[part.from], e);
        part_send(g, part.from, 1);
    } else if (g->error.class == ERROR_OK) {
        g->error = *e;
    }
    if (--g->parts == 0)
        group_end(g);
}

static void add_fail(struct array *columns, const struct row *row)
{
    array_text(&columns[2], cause_name(row->cause));
    array_text(&columns[3], error_class_name(row->class));
    for (unsigned k = 0; k < 3; k++)
        array_text(&columns[4 + k], row->texts[k]);
}

/* All rows of a part are of one sort: a group begins so, and only a part of one row changes. */
static void part_send(struct group *g, unsigned from, unsigned count)
{
    bool failing = g->rows[from].failing, fits = true;
    unsigned columns_count = failing ? 7 : 4;
    char worker[STORE_TEXT_SIZE];
    struct array columns[COLUMNS_MAX];
    struct sql_param params[1 + COLUMNS_MAX] = { store_int(g->worker, worker) };
    for (unsigned k = 0; k < columns_count; k++)
        array_init(&columns[k], k < 2 || (!failing && k == 3) ? ARRAY_INT : ARRAY_TEXT, STORE_ARRAY_MAX);
    for (unsigned i = from; i < from + count; i++) {
        const struct row *row = &g->rows[i];
        array_int(&columns[0], row->id);
        array_int(&columns[1], row->epoch);
        if (failing) {
            add_fail(columns, row);
        } else {
            array_text(&columns[2], row->texts[0]);
            array_int(&columns[3], row->run_us);
        }
    }
    for (unsigned k = 0; k < columns_count; k++)
        fits = array_param(&columns[k], &params[1 + k]) && fits;
    struct part *part = mem_zero(1, sizeof *part);
    *part = (struct part){ g, from, count };
    g->parts++;
    if (fits) {
        session_run(store_session(g->store), failing ? "job_fail" : "job_finish", params, 1 + columns_count,
                    STORE_DEADLINE_MS, on_part, part);
    } else {
        struct error e;
        (void)error_set(&e, ERROR_INVALID, "over %d MiB in one statement", STORE_ARRAY_MAX >> 20);
        on_part(part, NULL, &e);
    }
    for (unsigned k = 0; k < columns_count; k++)
        array_finish(&columns[k]);
}

static struct group *group_create(struct store *store, int64_t worker, unsigned count, store_on_finished *callback,
                                  void *arg)
{
    assert(count > 0);
    struct group *g = mem_zero(1, sizeof *g);
    *g = (struct group){ .store = store, .worker = worker, .count = count, .callback = callback, .arg = arg };
    g->rows = mem_zero(count, sizeof *g->rows);
    g->accepted = mem_zero(count, sizeof *g->accepted);
    return g;
}

void store_group_finish(struct store *store, int64_t worker, const struct finish_row *rows, unsigned count,
                        store_on_finished *callback, void *arg)
{
    struct group *g = group_create(store, worker, count, callback, arg);
    for (unsigned i = 0; i < count; i++) {
        g->rows[i] = (struct row){ .id = rows[i].id, .epoch = rows[i].epoch, .run_us = rows[i].run_us, .place = i };
        set_text(&g->rows[i].texts[0], rows[i].result);
    }
    part_send(g, 0, count);
}

void store_group_fail(struct store *store, int64_t worker, const struct fail_row *rows, unsigned count,
                      store_on_finished *callback, void *arg)
{
    struct group *g = group_create(store, worker, count, callback, arg);
    for (unsigned i = 0; i < count; i++) {
        g->rows[i] = (struct row){ .id = rows[i].id,
                                   .epoch = rows[i].epoch,
                                   .cause = rows[i].cause,
                                   .class = rows[i].class,
                                   .failing = true,
                                   .place = i };
        set_text(&g->rows[i].texts[0], rows[i].code);
        set_text(&g->rows[i].texts[1], rows[i].message);
        set_text(&g->rows[i].texts[2], rows[i].details);
    }
    part_send(g, 0, count);
}
