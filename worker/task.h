/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task.h - one dispatch while it is in this worker: waiting, in a slot, or ended and on its way into the record.
 *
 * Always in exactly one list; whoever takes it out of the last one frees it.
 */
#ifndef WORKER_TASK_H
#define WORKER_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/kinds.h"
#include "queue/store.h"

struct task {
    struct task *next;
    int64_t id, epoch, seq;
    const struct kind *kind;
    int32_t attempt, timeout_s;
    bool seal, args_absent;
    int64_t arrived_ms;
    /* in a slot */
    uint64_t number;  /* on the slot's board */
    int64_t since_ms; /* when it became the first of its slot */
    int percent;      /* -1: has said nothing */
    char *message;    /* of its progress; owned, NULL */
    bool progress_new;
    int64_t progress_ms; /* when it was last passed on */
    int64_t heard_ms;    /* when it last said anything */
    unsigned log_lines;  /* that it has said */
    size_t log_bytes;
    /* ended */
    enum task_end { TASK_RESULT, TASK_WHOLE, TASK_FAILURE, TASK_SEALED, TASK_BACK, TASK_ENDS } end;
    enum fail_cause cause;
    int64_t run_us;
    char *answer; /* the texts of the slot's frame, with their NULs; owned, NULL */
    size_t answer_size;
    size_t args_size;
    char args[];
};

struct task_list {
    struct task *first, **end; /* end: where the next one is hung */
    unsigned count;
};

struct task *task_create(const struct dispatch *dispatch, const struct kind *kind, int64_t now_ms);
struct task *task_destroy(struct task *task); /* NULL is fine; returns NULL */

/* How it ended. The texts are copied with a NUL between. */
void task_set_answer(struct task *task, const char *texts, size_t size);
void task_set_failure(struct task *task, enum fail_cause cause, enum error_class class, const char *code,
                      const char *message);
const char *task_answer(const struct task *task, unsigned index); /* NULL: there are fewer */

void task_list_init(struct task_list *list);
void task_list_clear(struct task_list *list); /* destroys them */
void task_list_add(struct task_list *list, struct task *task);
struct task *task_list_take(struct task_list *list); /* NULL: empty */
/* Takes the task behind `before` (NULL: the first). */
struct task *task_list_take_behind(struct task_list *list, struct task *before);
/* All of `from`, in order, before or behind what is in `list`; `from` is empty then. */
void task_list_put_front(struct task_list *list, struct task_list *from);
void task_list_put_back(struct task_list *list, struct task_list *from);

#endif
