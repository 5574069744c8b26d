/* SPDX-License-Identifier: Apache-2.0 */
/* world.c - see world.h. The queue is a binary heap by time and a drawn number. */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TRACE_LINES = 4000, TRACE_SIZE = 200 };

struct world world;
static char trace[TRACE_LINES][TRACE_SIZE];
static uint64_t told;

/* ---- chance: splitmix64, the same on every machine ---- */

static uint64_t draw(void)
{
    uint64_t z = world.dice += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

unsigned world_roll(unsigned sides)
{
    return (unsigned)(draw() % sides);
}

bool world_chance(unsigned per_mille)
{
    return world_roll(1000) < per_mille;
}

bool world_fault(enum fault fault, unsigned per_mille)
{
    return !world.calm && (world.faults & (1u << fault)) != 0 && world_chance(per_mille);
}

int64_t world_between(int64_t low, int64_t high)
{
    return low + (int64_t)(draw() % (uint64_t)(high - low + 1));
}

/* ---- the queue ---- */

static bool earlier(const struct event *a, const struct event *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void push(struct event_list *list, const struct event *event)
{
    list->items = mem_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    size_t at = list->count++;
    for (; at > 0 && earlier(event, &list->items[(at - 1) / 2]); at = (at - 1) / 2)
        list->items[at] = list->items[(at - 1) / 2];
    list->items[at] = *event;
}

static struct event pop(struct event_list *list)
{
    struct event first = list->items[0], last = list->items[--list->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= list->count)
            break;
        if (child + 1 < list->count && earlier(&list->items[child + 1], &list->items[child]))
            child++;
        if (!earlier(&list->items[child], &last))
            break;
        list->items[at] = list->items[child];
        at = child;
    }
    if (list->count > 0)
        list->items[at] = last;
    return first;
}

/* In order of time; what is due at once in the order it was planned half of the time, else by chance: a session's or a
 * socket's bytes never overtake one another, for that their owner plans them at growing times. */
void world_at(struct actor *actor, int64_t delay_us, event_run *run, event_run *drop, void *arg, int64_t value)
{
    struct event event = { .due_us = world.now_us + delay_us,
                           .order = (uint64_t)world_roll(4) << 48 | world.planned++,
                           .actor = actor,
                           .life = actor ? actor->life : 0,
                           .run = run,
                           .drop = drop,
                           .arg = arg,
                           .value = value };
    push(actor != NULL && actor->ending ? &actor->held : &world.events, &event);
}

static void drop(const struct event *event)
{
    if (event->drop)
        event->drop(event->arg, event->value);
}

static bool reaches(const struct event *event)
{
    return event->actor == NULL || event->actor->life == event->life;
}

bool world_step(void)
{
    while (world.events.count > 0 && !world.broken) {
        struct event event = pop(&world.events);
        if (!reaches(&event)) {
            drop(&event);
            continue;
        }
        if (event.actor != NULL && event.actor->stopped) {
            push(&event.actor->held, &event);
            continue;
        }
        if (event.due_us > world.now_us)
            world.now_us = event.due_us;
        world.steps++;
        event.run(event.arg, event.value);
        return !world.broken;
    }
    return false;
}

/* ---- actors ---- */

void actor_stop(struct actor *actor)
{
    actor->stopped = true;
}

void actor_go(struct actor *actor)
{
    actor->stopped = false;
    while (actor->held.count > 0) {
        struct event event = pop(&actor->held);
        push(&world.events, &event); /* due in the past: before all others, in their order */
    }
}

void actor_die(struct actor *actor)
{
    actor->life++;
    actor->stopped = false;
    while (actor->held.count > 0) {
        struct event event = pop(&actor->held);
        drop(&event);
    }
}

bool actor_drain(struct actor *actor)
{
    if (actor->held.count == 0)
        return false;
    struct event event = pop(&actor->held);
    event.run(event.arg, event.value);
    return true;
}

void actor_finish(struct actor *actor)
{
    actor_die(actor);
    free(actor->held.items);
    actor->held = (struct event_list){ 0 };
}

/* ---- a run ---- */

void world_start(uint64_t seed, unsigned faults, int mutant, bool tracing)
{
    world = (struct world){
        .seed = seed, .dice = seed, .faults = faults, .mutant = mutant, .tracing = tracing, .events = world.events
    };
    world.events.count = 0;
    told = 0;
    (void)draw();
}

void world_finish(void)
{
    while (world.events.count > 0) {
        struct event event = pop(&world.events);
        drop(&event);
    }
    free(world.events.items);
    world.events = (struct event_list){ 0 };
}

void world_break(const char *file, int line, const char *format, ...)
{
    if (world.broken)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(world.verdict, sizeof world.verdict, format, args);
    va_end(args);
    world.broken = true;
    const char *slash = strrchr(file, '/');
    world_trace("BROKEN (%s:%d): %s", slash ? slash + 1 : file, line, world.verdict);
}

void world_tell(const char *format, ...)
{
    char *line = trace[told++ % TRACE_LINES];
    int size =
        snprintf(line, TRACE_SIZE, "%8llu %9.3f ", (unsigned long long)world.steps, (double)world.now_us / 1000000);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + size, TRACE_SIZE - (size_t)size, format, args);
    va_end(args);
}

void world_print_trace(unsigned lines_max)
{
    uint64_t from = told > TRACE_LINES ? told - TRACE_LINES : 0;
    if (told > from + lines_max)
        from = told - lines_max;
    printf("    step   seconds what happened (the last %llu of %llu lines)\n", (unsigned long long)(told - from),
           (unsigned long long)told);
    for (uint64_t i = from; i < told; i++)
        printf("%s\n", trace[i % TRACE_LINES]);
}
