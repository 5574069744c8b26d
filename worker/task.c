/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct task *task_create(const struct dispatch *dispatch, const struct kind *kind, int64_t now_ms)
{
    size_t args_size = dispatch->args != NULL ? strlen(dispatch->args) : 0;
    struct task *task = mem_alloc(sizeof *task + args_size + 1);
    *task = (struct task){ .id = dispatch->id,
                           .epoch = dispatch->epoch,
                           .seq = dispatch->seq,
                           .kind = kind,
                           .attempt = dispatch->attempt,
                           .timeout_s = dispatch->timeout_s,
                           .seal = dispatch->seal,
                           .args_absent = dispatch->args == NULL,
                           .arrived_ms = now_ms,
                           .percent = -1,
                           .args_size = args_size };
    memcpy(task->args, dispatch->args != NULL ? dispatch->args : "", args_size + 1);
    return task;
}

struct task *task_destroy(struct task *task)
{
    if (task != NULL) {
        free(task->message);
        free(task->answer);
        free(task);
    }
    return NULL;
}

void task_set_answer(struct task *task, const char *texts, size_t size)
{
    free(task->answer);
    task->answer = mem_text_n(texts, size);
    task->answer_size = size;
}

void task_set_failure(struct task *task, enum fail_cause cause, enum error_class class, const char *code,
                      const char *message)
{
    mem_auto char *texts = mem_format("%s%c%s%c%s", error_class_name(class), 0, code, 0, message);
    task_set_answer(task, texts, strlen(error_class_name(class)) + 1 + strlen(code) + 1 + strlen(message));
    task->end = TASK_FAILURE;
    task->cause = cause;
}

const char *task_answer(const struct task *task, unsigned index)
{
    const char *at = task->answer, *end = at + task->answer_size;
    for (; at != NULL && index > 0; index--) {
        at += strlen(at) + 1;
        if (at > end)
            return NULL;
    }
    return at;
}

void task_list_init(struct task_list *list)
{
    *list = (struct task_list){ .end = &list->first };
}

void task_list_clear(struct task_list *list)
{
    for (struct task *task; (task = task_list_take(list)) != NULL;)
        task_destroy(task);
}

void task_list_add(struct task_list *list, struct task *task)
{
    task->next = NULL;
    *list->end = task;
    list->end = &task->next;
    list->count++;
}

struct task *task_list_take(struct task_list *list)
{
    return task_list_take_behind(list, NULL);
}

struct task *task_list_take_behind(struct task_list *list, struct task *before)
{
    struct task **place = before != NULL ? &before->next : &list->first;
    struct task *task = *place;
    if (task == NULL)
        return NULL;
    *place = task->next;
    if (list->end == &task->next)
        list->end = place;
    task->next = NULL;
    list->count--;
    return task;
}

void task_list_put_front(struct task_list *list, struct task_list *from)
{
    if (from->first == NULL)
        return;
    *from->end = list->first;
    if (list->first == NULL)
        list->end = from->end;
    list->first = from->first;
    list->count += from->count;
    task_list_init(from);
}

void task_list_put_back(struct task_list *list, struct task_list *from)
{
    if (from->first == NULL)
        return;
    *list->end = from->first;
    list->end = from->end;
    list->count += from->count;
    task_list_init(from);
}
