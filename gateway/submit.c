/* SPDX-License-Identifier: Apache-2.0 */
/*
 * submit.c - see submit.h.
 *
 * Happy path: the handler makes an entry, whose jobs are read and checked (reading.h); into a queue with windows it is
 * first asked what there is to warn of; flush() hands the rows of all that wait, up to GROUP_MAX, to the store;
 * on_submitted() gives each entry its ids.
 *
 * Failure: the record takes all rows of a call or none. When it refuses a group (one of its rows misses a limit that
 * only the record knows, or its key is held by a transaction that takes long), every entry is tried again alone, those
 * with a key last, so each gets its own answer and nobody another's. Unavailable: all are told so, with 503; nothing is
 * kept here. When the answer to a COMMIT was lost, they are told that too, and how to find out.
 */
#include "gateway/submit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gateway/inside.h"
#include "gateway/order.h"
#include "gateway/reading.h"
#include "gateway/windows.h"

enum { GROUP_MAX = 2000, KEY_MAX = 200 };

struct entry {
    struct entry *next;
    struct request *request;
    json_t *body; /* the rows point into it */
    struct submit_row *rows;
    size_t row_capacity, arg_capacity;
    char **args, **keys; /* one a row; keys NULL without an Idempotency-Key */
    unsigned count;
    bool batch; /* answered with a list */
    bool alone; /* a group with it was refused */
    struct gateway *gateway;
    json_t *warnings; /* to be told with the ids, or NULL */
};

struct submit {
    struct gateway *gateway;
    struct entry *first, **last; /* wait */
    struct entry *sent;          /* on their way */
    struct submit_row *group;
    size_t group_capacity;
    unsigned flights;
};

struct submit *submit_create(struct gateway *g)
{
    struct submit *s = mem_zero(1, sizeof *s);
    s->gateway = g;
    s->last = &s->first;
    return s;
}

struct submit *submit_destroy(struct submit *s)
{
    if (s) {
        free(s->group);
        free(s);
    }
    return NULL;
}

static void entry_destroy(struct entry *entry)
{
    for (unsigned i = 0; i < entry->count; i++) {
        free(entry->args[i]);
        order_finish(&entry->rows[i]);
        if (entry->keys)
            free(entry->keys[i]);
    }
    json_decref(entry->warnings);
    json_decref(entry->body);
    free(entry->rows);
    free(entry->args);
    free(entry->keys);
    free(entry);
}

static void answer(struct entry *entry, const int64_t *ids, const bool *existing)
{
    if (!entry->batch) {
        char location[64], body[128];
        snprintf(location, sizeof location, "/api/v1/jobs/%lld", (long long)ids[0]);
        reply_header(entry->request, "Location", location);
        bool old = entry->rows[0].unique && existing && existing[0];
        if (entry->warnings) {
            json_t *told = json_pack("{s:I, s:O}", "id", (json_int_t)ids[0], "warnings", entry->warnings);
            if (entry->rows[0].unique)
                json_object_set_new(told, "existing", json_boolean(old));
            reply_json(entry->request, old ? 200 : 201, told);
            return;
        }
        int size = snprintf(body, sizeof body, "{\"id\":%lld%s}", (long long)ids[0],
                            !entry->rows[0].unique ? ""
                            : old                  ? ",\"existing\":true"
                                                   : ",\"existing\":false");
        reply_text(entry->request, old ? 200 : 201, "application/json", body, (size_t)size);
        return;
    }
    json_t *list = json_array(), *old = json_array();
    for (unsigned i = 0; i < entry->count; i++) {
        json_array_append_new(list, json_integer(ids[i]));
        if (entry->rows[i].unique && existing && existing[i])
            json_array_append_new(old, json_integer(ids[i]));
    }
    json_t *told = json_pack("{s:o, s:o}", "ids", list, "existing", old);
    if (entry->warnings)
        json_object_set(told, "warnings", entry->warnings);
    reply_json(entry->request, 201, told);
}

static void flush(struct submit *s);

/* Back to the front of the queue, each to go alone. Those with a key last: they may wait for somebody. */
static void split(struct submit *s)
{
    struct entry *plain = NULL, **plain_last = &plain, *keyed = NULL, **keyed_last = &keyed;
    for (struct entry *entry = s->sent; entry; entry = entry->next) {
        struct entry ***last = entry->keys ? &keyed_last : &plain_last;
        entry->alone = true;
        **last = entry;
        *last = &entry->next;
    }
    if (!s->first)
        s->last = keyed ? keyed_last : plain_last;
    *keyed_last = s->first; /* without any: keyed is now what waits */
    *plain_last = keyed;
    s->first = plain;
    s->sent = NULL;
}

/* May it be the fault of one of them? */
static bool is_refusal(enum error_class class)
{
    return class != ERROR_UNAVAILABLE && class != ERROR_TIMED_OUT;
}

static void refuse(struct entry *entry, const struct error *e)
{
    struct error told = *e;
    if (strcmp(e->code, "outcome_unknown") == 0)
        (void)error_code(&told, ERROR_UNAVAILABLE, "outcome_unknown",
                         "The record went away before it answered, so the job may have been accepted or not. %s",
                         entry->keys ? "Repeat the request with the same Idempotency-Key: it is done once at most."
                                     : "Look for it, or repeat it; with an Idempotency-Key repeating is always safe.");
    reply_error(entry->request, &told, NULL);
}

static void on_submitted(void *arg, const int64_t *ids, const bool *existing, unsigned count, const struct error *e)
{
    struct submit *s = arg;
    (void)count;
    s->flights--;
    if (e && s->sent->next && is_refusal(e->class)) {
        split(s);
    } else {
        unsigned at = 0;
        for (struct entry *entry = s->sent, *next; entry; entry = next) {
            next = entry->next;
            if (e)
                refuse(entry, e);
            else
                answer(entry, ids + at, existing ? existing + at : NULL);
            at += entry->count;
            entry_destroy(entry);
        }
        s->sent = NULL;
        if (!e)
            gateway_wake(s->gateway);
    }
    flush(s);
}

static void flush(struct submit *s)
{
    if (s->flights || !s->first)
        return;
    unsigned count = 0;
    struct entry **last = &s->sent;
    while (s->first && (count == 0 || (count + s->first->count <= GROUP_MAX && !s->first->alone && !s->sent->alone))) {
        struct entry *entry = s->first;
        s->first = entry->next;
        entry->next = NULL;
        *last = entry;
        last = &entry->next;
        s->group = mem_grow(s->group, &s->group_capacity, count + entry->count, sizeof *s->group);
        memcpy(s->group + count, entry->rows, entry->count * sizeof *s->group);
        count += entry->count;
    }
    if (!s->first)
        s->last = &s->first;
    s->flights++;
    s->gateway->store->ops->submit(s->gateway->store, s->group, count, on_submitted, s);
}

/* ---- the request ---- */

/* Idempotency-Key: one a row; in a batch each row's own is made from it and the row's place. */
static enum error_class take_key(struct entry *entry, struct error *e)
{
    const char *key = request_header(entry->request, "Idempotency-Key");
    if (!key)
        return ERROR_OK;
    size_t size = strlen(key);
    for (const char *c = key; *c; c++)
        if (*c < 0x20 || *c > 0x7E)
            size = 0;
    if (size == 0 || size > KEY_MAX)
        return error_code(e, ERROR_INVALID, "invalid_option",
                          "Idempotency-Key must be 1 to %d printable ASCII characters.", KEY_MAX);
    entry->keys = mem_zero(entry->count, sizeof *entry->keys);
    for (unsigned i = 0; i < entry->count; i++) {
        entry->keys[i] = entry->batch ? mem_format("%s#%u", key, i) : mem_text(key);
        entry->rows[i].idempotency_key = entry->keys[i];
    }
    return ERROR_OK;
}

/* In `body`, which keeps the texts. */
static enum error_class take_job(struct entry *entry, const json_t *job, const char *at, json_t **ret_details,
                                 struct error *e)
{
    unsigned i = entry->count;
    entry->rows = mem_grow(entry->rows, &entry->row_capacity, i + 1U, sizeof *entry->rows);
    entry->args = mem_grow(entry->args, &entry->arg_capacity, i + 1U, sizeof *entry->args);
    entry->rows[i] = (struct submit_row){ 0 };
    entry->args[i] = NULL;
    if (order_job(job, at, &entry->rows[i], &entry->args[i], ret_details, e) != ERROR_OK)
        return e->class;
    entry->rows[i].correlation = request_correlation(entry->request);
    entry->count++;
    return ERROR_OK;
}

static void wait_for_turn(struct entry *entry)
{
    struct submit *s = entry->gateway->submit;
    *s->last = entry;
    s->last = &entry->next;
    flush(s);
}

static void on_warned(void *arg, const json_t *warnings)
{
    struct entry *entry = arg;
    entry->warnings = warnings ? json_incref((json_t *)(uintptr_t)warnings) : NULL;
    if (entry->gateway->closing == 0) {
        wait_for_turn(entry);
        return;
    }
    reply_problem(entry->request, 503, "shutting_down", "The gateway is about to end: ask again.", NULL);
    entry_destroy(entry);
}

static enum error_class on_job(void *arg, json_t *job, const char *at, json_t **ret_details, struct error *e)
{
    struct entry *entry = arg;
    (void)json_array_append(entry->body, job);
    return take_job(entry, job, at, ret_details, e);
}

/* One job, or the list was read. */
static enum error_class take_rest(struct entry *entry, const struct body_list *list, json_t **ret_details,
                                  struct error *e)
{
    entry->batch = list->found;
    if (!list->found) {
        json_decref(entry->body);
        entry->body = json_incref(list->head);
        if (take_job(entry, entry->body, "", ret_details, e) != ERROR_OK)
            return e->class;
    } else if (list->count == 0 || json_object_size(list->head) > 0) {
        return error_code(e, ERROR_INVALID, "invalid_option", "\"jobs\" must be a list of jobs, and stand alone.");
    }
    return take_key(entry, e);
}

static void on_read(void *arg, const struct body_list *list, const struct error *problem, json_t *details)
{
    struct entry *entry = arg;
    struct windows *windows = entry->gateway->windows;
    struct error e = ERROR_NONE;
    if (problem || take_rest(entry, list, &details, &e) != ERROR_OK) {
        reply_error(entry->request, problem ? problem : &e, details);
        entry_destroy(entry);
    } else if (windows_concern(windows, entry->rows, entry->count)) {
        windows_warn(windows, entry->rows, entry->count, on_warned, entry);
    } else {
        wait_for_turn(entry);
    }
}

void submit_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct entry *entry = mem_zero(1, sizeof *entry);
    *entry = (struct entry){ .gateway = g, .request = r, .body = json_array() };
    const struct reading_what what = { .member = "jobs",
                                       .count_max = g->config->batch_max,
                                       .headless = true,
                                       .arg = entry,
                                       .on_element = on_job,
                                       .on_end = on_read };
    reading_start(g->readings, r, &what);
}
