/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_place.c - see kafka_place.h.
 *
 *   unknown ── first message ──▶ asked ── the record has a lease ──▶ known: what waited goes, in order
 *                                  └── no lease, no answer ──▶ unknown: what waited is dropped and told
 */
#include "queue/kafka_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/mem.h"

enum { WAITING_BYTES_MAX = 4 * 1024 * 1024, DEADLINE_MS = 1000 };

struct waiting {
    struct waiting *next;
    size_t size;
    char data[];
};

struct place {
    int64_t incarnation;
    int32_t partition; /* -1: asked for */
    struct waiting *first, **last;
    size_t bytes;
};

struct kafka_places {
    struct kafka_places_config config;
    struct place **places; /* each owned; sorted by incarnation */
    size_t count, capacity;
    unsigned asked; /* answers to come */
    bool closing;
};

struct question {
    struct kafka_places *places;
    int64_t incarnation;
};

struct kafka_places *kafka_places_create(const struct kafka_places_config *config)
{
    struct kafka_places *p = mem_zero(1, sizeof *p);
    p->config = *config;
    return p;
}

/* Where it is, or would be put. */
static size_t position(const struct kafka_places *p, int64_t incarnation)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->places[middle]->incarnation < incarnation)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct place *find(const struct kafka_places *p, int64_t incarnation)
{
    size_t at = position(p, incarnation);
    return at < p->count && p->places[at]->incarnation == incarnation ? p->places[at] : NULL;
}

static void place_destroy(struct place *place)
{
    for (struct waiting *w = place->first, *next; w; w = next) {
        next = w->next;
        free(w);
    }
    free(place);
}

void kafka_places_forget(struct kafka_places *p, int64_t incarnation)
{
    size_t at = position(p, incarnation);
    if (at == p->count || p->places[at]->incarnation != incarnation)
        return;
    place_destroy(p->places[at]);
    p->count--;
    for (size_t i = at; i < p->count; i++)
        p->places[i] = p->places[i + 1];
}

static void free_when_done(struct kafka_places *p)
{
    if (!p->closing || p->asked > 0)
        return;
    free(p->places);
    free(p);
}

void kafka_places_close(struct kafka_places *p)
{
    if (!p)
        return;
    p->closing = true;
    for (size_t i = 0; i < p->count; i++)
        place_destroy(p->places[i]);
    p->count = 0;
    free_when_done(p);
}

static void drop(struct kafka_places *p, int64_t incarnation, const char *why)
{
    struct error e = ERROR_NONE;
    error_code(&e, ERROR_UNAVAILABLE, "kafka_no_place", "dropped a doorbell message to worker %" PRId64 ": %s",
               incarnation, why);
    p->config.dropped(p->config.arg, &e);
}

/* The question is answered; false: nobody wants to know any more. */
static bool question_end(struct question *question, struct kafka_places **ret_places, int64_t *ret_incarnation)
{
    struct kafka_places *p = *ret_places = question->places;
    *ret_incarnation = question->incarnation;
    free(question);
    p->asked--;
    if (p->closing)
        free_when_done(p);
    else
        return true;
    return false;
}

static void on_leased(void *arg, const struct result *result, const struct error *e)
{
    struct kafka_places *p;
    int64_t incarnation;
    struct error why = ERROR_NONE;
    if (!question_end(arg, &p, &incarnation))
        return;
    bool leased = result && result_rows(result) == 1 && !result_is_null(result, 0, 0);
    if (!leased && !e)
        error_code(&why, ERROR_REFUSED, "kafka_no_place", "worker %" PRId64 " is dead and leases nothing", incarnation);
    p->config.leased(p->config.arg, incarnation, leased ? (int32_t)result_int(result, 0, 0) : -1, e ? e : &why);
}

static void on_answer(void *arg, const struct result *result, const struct error *e)
{
    struct kafka_places *p;
    int64_t incarnation;
    if (!question_end(arg, &p, &incarnation))
        return;
    struct place *place = find(p, incarnation);
    if (!place || place->partition >= 0)
        return;
    if (!result || result_rows(result) == 0) {
        kafka_places_forget(p, incarnation);
        drop(p, incarnation, e ? e->message : "it has leased no partition");
        return;
    }
    place->partition = (int32_t)result_int(result, 0, 0);
    for (struct waiting *w = place->first, *next; w; w = next) {
        next = w->next;
        p->config.send(p->config.arg, incarnation, place->partition, w->data, w->size);
        free(w);
    }
    place->first = NULL;
}

static void question_ask(struct kafka_places *p, int64_t incarnation, const char *statement,
                         session_on_result *callback)
{
    struct question *question = mem_zero(1, sizeof *question);
    char text[24];
    *question = (struct question){ .places = p, .incarnation = incarnation };
    snprintf(text, sizeof text, "%" PRId64, incarnation);
    p->asked++;
    session_run(p->config.session, statement, &SQL_TEXT(text), 1, DEADLINE_MS, callback, question);
}

void kafka_places_lease(struct kafka_places *p, int64_t incarnation)
{
    question_ask(p, incarnation, "kafka_lease", on_leased);
}

static struct place *ask(struct kafka_places *p, int64_t incarnation)
{
    struct place *place = mem_zero(1, sizeof *place);
    size_t at = position(p, incarnation);
    *place = (struct place){ .incarnation = incarnation, .partition = -1 };
    place->last = &place->first;
    p->places = mem_grow(p->places, &p->capacity, p->count + 1, sizeof(struct place *));
    for (size_t i = p->count++; i > at; i--)
        p->places[i] = p->places[i - 1];
    p->places[at] = place;
    question_ask(p, incarnation, "kafka_place", on_answer);
    return find(p, incarnation); /* NULL: refused at once */
}

void kafka_places_send(struct kafka_places *p, int64_t incarnation, const void *data, size_t size)
{
    struct place *place = find(p, incarnation);
    if (!place)
        place = ask(p, incarnation);
    if (!place)
        return;
    if (place->partition >= 0) {
        p->config.send(p->config.arg, incarnation, place->partition, data, size);
        return;
    }
    if (place->bytes + size > WAITING_BYTES_MAX) {
        drop(p, incarnation, "too much waits for the record's answer");
        return;
    }
    struct waiting *w = mem_alloc(sizeof *w + size);
    w->next = NULL;
    w->size = size;
    for (size_t i = 0; i < size; i++)
        w->data[i] = ((const char *)data)[i];
    *place->last = w;
    place->last = &w->next;
    place->bytes += size;
}
