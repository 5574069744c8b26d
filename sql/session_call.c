/* SPDX-License-Identifier: Apache-2.0 */
/* session_call.c - one statement asked for: its copied parameters, the queue it stands in, and its one callback. */
#include "sql/session_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sql/result_wrap.h"

struct call *session_call_create(const struct embed_file *file, const struct sql_param *params, unsigned count)
{
    struct call *call = mem_zero(1, sizeof *call);
    size_t total = 0;
    call->file = file;
    statement_params(params, count, &call->params);
    for (unsigned i = 0; i < count; i++)
        if (params[i].value != NULL)
            total += params[i].binary ? params[i].size : strlen(params[i].value) + 1;
    char *to = call->bytes = mem_alloc(total);
    for (unsigned i = 0; i < count; i++) {
        if (params[i].value == NULL)
            continue;
        size_t size = params[i].binary ? params[i].size : strlen(params[i].value) + 1;
        memcpy(to, params[i].value, size);
        call->params.values[i] = to;
        to += size;
    }
    return call;
}

struct call *session_call_text(char *text)
{
    struct call *call = mem_zero(1, sizeof *call);
    call->text = text;
    return call;
}

struct call *session_call_destroy(struct call *call)
{
    if (call == NULL)
        return NULL;
    PQclear(call->result);
    free(call->bytes);
    free(call->text);
    free(call);
    return NULL;
}

void session_call_end(struct session *s, struct call *call, const struct error *e)
{
    struct result result = { .pg = call->result };
    session_enter(s);
    if (call->callback != NULL)
        call->callback(call->arg, e == NULL ? &result : NULL, e);
    session_call_destroy(call);
    session_leave(s);
}

void session_call_fail_all(struct session *s, struct call_queue *queue, const struct error *e)
{
    struct call_queue failing = *queue; /* callbacks may ask for more: that goes into the queue anew */
    if (failing.first == NULL)
        return;
    call_queue_init(queue);
    while (failing.first != NULL) {
        struct call *call = failing.first;
        failing.first = call->next;
        PQclear(call->result);
        call->result = NULL;
        session_call_end(s, call, e ? e : &call->refused);
    }
}

void session_call_expire(struct session *s, int64_t now_ms)
{
    struct call_queue late, kept;
    call_queue_init(&late);
    call_queue_init(&kept);
    for (struct call *call; (call = call_queue_pop(&s->waiting)) != NULL;)
        call_queue_push(call->deadline_ms <= now_ms ? &late : &kept, call);
    for (struct call *call; (call = call_queue_pop(&kept)) != NULL;)
        call_queue_push(&s->waiting, call);
    struct error e;
    (void)error_code(&e, ERROR_UNAVAILABLE, "database_unavailable", "PostgreSQL can't be reached");
    session_call_fail_all(s, &late, &e);
}

void call_queue_init(struct call_queue *q)
{
    *q = (struct call_queue){ .first = NULL };
}

void call_queue_push(struct call_queue *q, struct call *call)
{
    call->next = NULL;
    *(q->first == NULL ? &q->first : q->end) = call;
    q->end = &call->next;
    q->count++;
}

struct call *call_queue_pop(struct call_queue *q)
{
    struct call *call = q->first;
    if (call == NULL)
        return NULL;
    q->first = call->next;
    q->count--;
    return call;
}
