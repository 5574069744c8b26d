/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.c - see reading.h.
 *
 * Happy path: reading_start() does a slice; what is not read then waits in a ring, of which an idle handle gives one
 * after the other a slice, one a turn of the loop. Failure: the first error ends a reading; its request is answered by
 * on_end(). A client that goes meanwhile changes nothing: its request stays until it is answered.
 */
#include "gateway/reading.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gateway/inside.h"

enum { SLICE_ELEMENTS = 200, SLICE_BYTES = 128 * 1024 }; /* a few ms */

struct reading {
    struct reading *next;
    struct reading_what what;
    struct body_list list;
};

struct readings {
    uv_idle_t idle;
    struct reading *first, **last;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

/* *ret_more false: the end was reached. */
static enum error_class read_slice(struct reading *r, bool *ret_more, json_t **ret_details, struct error *e)
{
    size_t upto = r->list.at + SLICE_BYTES;
    for (unsigned i = 0; i < SLICE_ELEMENTS && r->list.at < upto; i++) {
        struct body_element element;
        char at[64];
        if (body_list_next(&r->list, &element, e) != ERROR_OK)
            return e->class;
        *ret_more = element.value != NULL;
        if (!*ret_more)
            return ERROR_OK;
        json_auto_t *value = element.value;
        if (r->list.count > r->what.count_max)
            return error_code(e, ERROR_TOO_LARGE, "too_many_jobs", "More than %u %s in one request.", r->what.count_max,
                              r->what.member);
        (void)snprintf(at, sizeof at, "/%.40s/%u", r->what.member, r->list.count - 1);
        if (r->what.on_element(r->what.arg, value, at, ret_details, e) != ERROR_OK)
            return element.line ? error_wrap(e, "line %u", element.line) : e->class;
    }
    return ERROR_OK;
}

/* false: it is over. */
static bool go_on(struct reading *r)
{
    struct error e = ERROR_NONE;
    json_t *details = NULL;
    bool more = true;
    enum error_class class = read_slice(r, &more, &details, &e);
    if (class == ERROR_OK && more)
        return true;
    r->what.on_end(r->what.arg, &r->list, class == ERROR_OK ? NULL : &e, details);
    body_list_finish(&r->list);
    free(r);
    return false;
}

static void append(struct readings *all, struct reading *r)
{
    r->next = NULL;
    *all->last = r;
    all->last = &r->next;
}

static void on_idle(uv_idle_t *idle)
{
    struct readings *all = idle->data;
    struct reading *r = all->first;
    all->first = r->next;
    if (!all->first)
        all->last = &all->first;
    if (go_on(r))
        append(all, r);
    if (!all->first)
        uv_idle_stop(idle);
}

void reading_start(struct readings *all, struct request *request, const struct reading_what *what)
{
    struct error e = ERROR_NONE;
    struct reading *r = mem_zero(1, sizeof *r);
    r->what = *what;
    if (request_list(request, what->member, what->headless, &r->list, &e) != ERROR_OK) {
        what->on_end(what->arg, &r->list, &e, NULL);
        free(r);
        return;
    }
    if (!go_on(r))
        return;
    append(all, r);
    if (!uv_is_active((uv_handle_t *)&all->idle))
        uv_idle_start(&all->idle, on_idle);
}

struct readings *readings_create(struct gateway *g)
{
    struct readings *all = mem_zero(1, sizeof *all);
    all->last = &all->first;
    uv_idle_init(g->loop, &all->idle);
    all->idle.data = all;
    return all;
}

static void on_idle_closed(uv_handle_t *handle)
{
    struct readings *all = handle->data;
    void (*on_closed)(void *arg) = all->on_closed;
    void *arg = all->closed_arg;
    free(all);
    on_closed(arg);
}

/* The server has closed before us, and waited for whom we answer. */
void readings_close(struct readings *all, void (*on_closed)(void *arg), void *arg)
{
    assert(!all->first);
    all->on_closed = on_closed;
    all->closed_arg = arg;
    uv_close((uv_handle_t *)&all->idle, on_idle_closed);
}
