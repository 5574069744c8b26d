/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probes.c - one probe that is waited for.
 *
 *   (an id for what is only tried ──▶) SUBMITTING ──▶ WAITING ⇄ LOOKING ──▶ answered
 *
 * The record is looked at a few times a second, by the job's id: probes are rare, and the answer takes what the
 * customer's server takes. Failure: no such connection (404), the record away (503), nobody ran it in time (202 with
 * the job, whose result says it later), the gateway ends (503). A database that can't be reached is no failure: it is
 * the answer.
 */
#include "gateway/probes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/address.h"
#include "gateway/inside.h"

enum { WAIT_USUAL_S = 10, WAIT_MAX_S = 60, LOOK_FIRST_MS = 20, LOOK_EVERY_MS = 200, PROBES_MAX = 200, ID_SIZE = 24 };

struct probe {
    struct probes *all;
    struct probe *next, **back;
    struct request *request;
    struct address address; /* of one that is only tried */
    int64_t id, job;        /* id 0: not known yet */
    uint64_t until_ms;
    unsigned look_ms;
    uv_timer_t timer;
};

struct probes {
    struct gateway *gateway;
    struct probe *first;
    unsigned count;
    bool closing;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

static void free_when_closed(struct probes *all)
{
    if (!all->closing || all->first)
        return;
    void (*on_closed)(void *arg) = all->on_closed;
    void *arg = all->closed_arg;
    free(all);
    on_closed(arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct probe *p = handle->data;
    struct probes *all = p->all;
    *p->back = p->next;
    if (p->next)
        p->next->back = p->back;
    all->count--;
    address_finish(&p->address);
    free(p);
    free_when_closed(all);
}

/* It was answered. */
static void probe_end(struct probe *p)
{
    uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}

static void probe_fail(struct probe *p, const struct error *e)
{
    reply_error(p->request, e, NULL);
    probe_end(p);
}

static void on_look(void *arg, const struct result *result, const struct error *e);

static void on_timer(uv_timer_t *timer)
{
    struct probe *p = timer->data;
    char job[ID_SIZE];
    snprintf(job, sizeof job, "%lld", (long long)p->job);
    session_run(p->all->gateway->read, "connection_probed", &SQL_TEXT(job), 1, 0, on_look, p);
}

static void wait(struct probe *p)
{
    uv_timer_start(&p->timer, on_timer, p->look_ms, 0);
    p->look_ms = p->look_ms * 2 < LOOK_EVERY_MS ? p->look_ms * 2 : LOOK_EVERY_MS;
}

static void not_yet(struct probe *p)
{
    reply_json(p->request, 202,
               json_pack("{s:I, s:n, s:{s:s, s:s, s:s}}", "job", (json_int_t)p->job, "reachable", "error", "error_code",
                         "no_answer_yet", "message", "Nobody has the answer yet: the job's result will say it.",
                         "advice", "Are workers up, and is one of their slots free? See `argosy job why`."));
    probe_end(p);
}

/* The gateway ends, and waits for its answers. */
static void leave(struct probe *p)
{
    reply_problem(p->request, 503, "shutting_down", "The gateway ends: the job goes on, and its result will say it.",
                  json_pack("{s:I}", "job", (json_int_t)p->job));
    probe_end(p);
}

static void on_look(void *arg, const struct result *result, const struct error *e)
{
    struct probe *p = arg;
    if (e) {
        probe_fail(p, e);
        return;
    }
    if (result_rows(result) == 0) {
        if (server_is_closing(p->all->gateway->server))
            leave(p);
        else if (uv_now(p->all->gateway->loop) >= p->until_ms)
            not_yet(p);
        else
            wait(p);
        return;
    }
    json_t *answer = json_loadb(result_text(result, 0, 0), result_size(result, 0, 0), 0, NULL);
    if (!json_is_object(answer)) {
        json_decref(answer);
        answer = json_object();
    }
    json_object_set_new(answer, "job", json_integer(p->job));
    if (!p->address.url)
        json_object_set_new(answer, "connection", json_integer(p->id));
    reply_json(p->request, 200, answer);
    probe_end(p);
}

static void on_submitted(void *arg, const struct result *result, const struct error *e)
{
    struct probe *p = arg;
    if (e) {
        probe_fail(p, e);
    } else if (result_is_null(result, 0, 0)) {
        reply_problem(p->request, 404, "not_found", "There is no such connection.", NULL);
        probe_end(p);
    } else {
        p->job = result_int(result, 0, 0);
        gateway_wake(p->all->gateway);
        wait(p);
    }
}

static void submit(struct probe *p)
{
    struct gateway *g = p->all->gateway;
    struct error e = ERROR_NONE;
    unsigned char *sealed = NULL;
    size_t size = 0;
    char id[ID_SIZE];
    if (address_seal(&p->address, g->box, p->id, &sealed, &size, &e) != ERROR_OK) {
        probe_fail(p, &e);
        return;
    }
    snprintf(id, sizeof id, "%lld", (long long)p->id);
    const struct sql_param params[] = { SQL_TEXT(id),
                                        SQL_TEXT(p->address.dialect),
                                        SQL_TEXT(p->address.url),
                                        { .value = (const char *)sealed, .size = size, .binary = true },
                                        SQL_TEXT("rest") };
    session_run(g->work, "connection_probe", params, 5, 0, on_submitted, p);
    free(sealed);
}

static void on_id(void *arg, const struct result *result, const struct error *e)
{
    struct probe *p = arg;
    if (e) {
        probe_fail(p, e);
        return;
    }
    p->id = result_int(result, 0, 0);
    submit(p);
}

/* NULL: it can't be, and that was answered. */
static struct probe *probe_begin(struct gateway *g, struct request *r)
{
    char text[ID_SIZE];
    int64_t wait_s = WAIT_USUAL_S;
    enum request_query given = request_query(r, "wait_s", text, sizeof text);
    if (given == REQUEST_BAD || (given == REQUEST_GIVEN && !text_to_int64(text, 0, WAIT_MAX_S, &wait_s))) {
        reply_problem(r, 400, "invalid_filter", "wait_s is a number of seconds from 0 to 60.", NULL);
        return NULL;
    }
    if (g->probes->count >= PROBES_MAX) {
        reply_problem(r, 503, "too_many_tests", "Too many connections are being tested just now: try again.", NULL);
        return NULL;
    }
    struct probe *p = mem_zero(1, sizeof *p);
    p->all = g->probes;
    p->request = r;
    p->until_ms = uv_now(g->loop) + (uint64_t)wait_s * 1000;
    p->look_ms = LOOK_FIRST_MS;
    uv_timer_init(g->loop, &p->timer);
    p->timer.data = p;
    p->next = p->all->first;
    p->back = &p->all->first;
    if (p->next)
        p->next->back = &p->next;
    p->all->first = p;
    p->all->count++;
    return p;
}

void probes_on_connection(void *arg, struct request *r)
{
    struct error e = ERROR_NONE;
    int64_t id;
    if (request_param_id(r, 0, &id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    struct probe *p = probe_begin(arg, r);
    if (p) {
        p->id = id;
        submit(p);
    }
}

void probes_on_url(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    struct address address = { 0 };
    if (request_json(r, &body, &e) != ERROR_OK || address_take(&address, body, true, &e) != ERROR_OK) {
        address_finish(&address);
        reply_error(r, &e, NULL);
        return;
    }
    struct probe *p = probe_begin(g, r);
    if (!p) {
        address_finish(&address);
        return;
    }
    p->address = address;
    session_run(g->work, "connection_next", NULL, 0, 0, on_id, p);
}

/* ---- opening and closing ---- */

struct probes *probes_create(struct gateway *gateway)
{
    struct probes *all = mem_zero(1, sizeof *all);
    all->gateway = gateway;
    return all;
}

void probes_close(struct probes *all, void (*on_closed)(void *arg), void *arg)
{
    all->closing = true;
    all->on_closed = on_closed;
    all->closed_arg = arg;
    free_when_closed(all);
}
