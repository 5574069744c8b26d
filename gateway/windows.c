/* SPDX-License-Identifier: Apache-2.0 */
/*
 * windows.c - see windows.h.
 *
 * Happy path: windows_warn() appends an ask; ask_all() sends the queues and kinds of all that wait to the record, one
 * call at a time, so that many submits at once cost one forecast; on_forecast() gives each ask what concerns its
 * queues. A forecast is made before the rows exist, so they are not counted twice.
 *
 * Failure: without an answer nobody is warned, and the submit goes its way.
 */
#include "gateway/windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "sql/array.h"

enum { KNOWN_MS = 1000, DEADLINE_MS = 500, ARRAY_MAX = 8 << 20 };

struct ask {
    struct ask *next;
    const struct submit_row *rows;
    unsigned count;
    windows_on_warned *callback;
    void *arg;
};

struct windows {
    struct gateway *gateway;
    json_t *queues;            /* names of those with windows; NULL: not known */
    bool looking, again;       /* a look is under way; what it finds is old */
    int64_t looked_ms;         /* when it began */
    struct ask *first, **last; /* wait */
    struct ask *sent;
};

struct windows *windows_create(struct gateway *g)
{
    struct windows *w = mem_zero(1, sizeof *w);
    w->gateway = g;
    w->last = &w->first;
    return w;
}

struct windows *windows_destroy(struct windows *w)
{
    if (w) {
        json_decref(w->queues);
        free(w);
    }
    return NULL;
}

/* ---- which queues ---- */

static void on_looked(void *arg, const struct result *result, const struct error *e)
{
    struct windows *w = arg;
    w->looking = false;
    if (e || w->again)
        return;
    json_decref(w->queues);
    w->queues = json_object();
    for (unsigned i = 0; i < result_rows(result); i++)
        json_object_set_new(w->queues, result_text(result, i, 0), json_true());
}

static void look(struct windows *w)
{
    int64_t now_ms = clock_monotonic_ms();
    if (w->looking || (w->queues && now_ms - w->looked_ms < KNOWN_MS))
        return;
    w->looking = true;
    w->again = false;
    w->looked_ms = now_ms;
    session_run(w->gateway->read, "queue_windowed", NULL, 0, 0, on_looked, w);
}

void windows_changed(struct windows *w)
{
    json_decref(w->queues);
    w->queues = NULL;
    w->again = true;
}

static const char *queue_of(const struct submit_row *row)
{
    return row->queue ? row->queue : "default";
}

bool windows_concern(struct windows *w, const struct submit_row *rows, unsigned count)
{
    look(w);
    bool may = w->queues == NULL;
    for (unsigned i = 0; i < count && !may && json_object_size(w->queues) > 0; i++)
        may = json_object_get(w->queues, queue_of(&rows[i])) != NULL;
    return may;
}

/* ---- what to say ---- */

static void ask_all(struct windows *w);

/* Of the record's rows (queue, warning) those of queues that the ask's rows go to. New reference, or NULL. */
static json_t *warnings_of(const struct ask *ask, const struct result *result)
{
    json_t *warnings = NULL;
    for (unsigned i = 0; i < result_rows(result); i++) {
        bool concerned = false;
        for (unsigned k = 0; k < ask->count && !concerned; k++)
            concerned = strcmp(queue_of(&ask->rows[k]), result_text(result, i, 0)) == 0;
        if (concerned && !warnings)
            warnings = json_array();
        if (concerned)
            json_array_append_new(warnings, json_string(result_text(result, i, 1)));
    }
    return warnings;
}

static void on_forecast(void *arg, const struct result *result, const struct error *e)
{
    struct windows *w = arg;
    for (struct ask *ask = w->sent, *next; ask; ask = next) {
        next = ask->next;
        json_auto_t *warnings = e ? NULL : warnings_of(ask, result);
        ask->callback(ask->arg, warnings);
        free(ask);
    }
    w->sent = NULL;
    ask_all(w);
}

static void ask_all(struct windows *w)
{
    if (w->sent || !w->first)
        return;
    struct array queues, kinds;
    struct sql_param params[2];
    array_init(&queues, ARRAY_TEXT, ARRAY_MAX);
    array_init(&kinds, ARRAY_TEXT, ARRAY_MAX);
    w->sent = w->first;
    w->first = NULL;
    w->last = &w->first;
    for (const struct ask *ask = w->sent; ask; ask = ask->next)
        for (unsigned i = 0; i < ask->count; i++)
            if (ask->rows[i].run_at_ms == 0) { /* a later one does not come before its time */
                array_text(&queues, queue_of(&ask->rows[i]));
                array_text(&kinds, ask->rows[i].kind);
            }
    if (array_param(&queues, &params[0]) && array_param(&kinds, &params[1]))
        session_run(w->gateway->read, "submit_warnings", params, 2, DEADLINE_MS, on_forecast, w);
    else
        on_forecast(w, NULL, &(struct error){ .class = ERROR_TOO_LARGE });
    array_finish(&queues);
    array_finish(&kinds);
}

void windows_warn(struct windows *w, const struct submit_row *rows, unsigned count, windows_on_warned *callback,
                  void *arg)
{
    struct ask *ask = mem_zero(1, sizeof *ask);
    *ask = (struct ask){ .rows = rows, .count = count, .callback = callback, .arg = arg };
    *w->last = ask;
    w->last = &ask->next;
    ask_all(w);
}
