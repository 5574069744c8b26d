/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: board says ours -> kind -> arguments checked -> job_create -> run or seal -> result frame. What the job
 * leaves beside its result goes in the same frame, so that the worker records all of it in one transaction.
 * Failure modes: each ends in one failure frame, whose class decides what happens next; arguments that miss the schema
 * are ERROR_INVALID. What takes the process down answers nothing: the worker sees the slot die.
 */
#include "worker/slot_run.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/args.h"
#include "jobs/hide.h"
#include "jobs/kinds.h"

enum { TRIM_BYTES = 8 << 20, TRIM_AFTER_US = 10000 };

/* What an attempt has in hand; finish() frees it. */
struct attempt {
    struct slot_port *port;
    struct frame head; /* of the answer */
    json_t *args;
    char *args_text; /* NULL: it stands in the frame */
    char *details;
    struct job *job;
    bool writes; /* its kind has a target, and this is no seal */
};

/* The data limit of this kind. Off under sanitizers, whose shadow counts as data. A kind that may have more after it
 * ran out of memory: the record knows whether this job did, and is asked only when it was tried before. */
static void limit_memory(struct slot_port *port, const struct kind *kind, const struct frame *start)
{
#ifndef ARGOSY_SANITIZED
    static int64_t set_bytes;
    int64_t bytes = kind->memory_mb_max > 0 ? (int64_t)kind->memory_mb_max << 20 : port->settings->memory_max;
    struct rlimit limit;
    bool spacious = false;
    if (kind->memory_mb_oom > 0 && start->number > 1 &&
        slot_port_spacious(port, start->id, &spacious, &(struct error){ 0 }) == ERROR_OK && spacious)
        bytes = (int64_t)kind->memory_mb_oom << 20;
    if (bytes == set_bytes || getrlimit(RLIMIT_DATA, &limit) != 0)
        return;
    limit.rlim_cur = bytes > 0 ? (rlim_t)bytes : limit.rlim_max;
    if (setrlimit(RLIMIT_DATA, &limit) == 0)
        set_bytes = bytes;
#else
    (void)port;
    (void)kind;
    (void)start;
#endif
}

/* Foreign servers' messages may hold anything; the record takes UTF-8 without control characters. */
static void clean(char *message)
{
    for (size_t left = strlen(message); left > 0;) {
        size_t step = text_utf8_size(message, left);
        if (step == 0 || (unsigned char)*message < 0x20) {
            *message = *message == '\n' ? ' ' : '?';
            step = 1;
        }
        message += step;
        left -= step;
    }
}

/* What the record is to know beside class, code and message; NULL: nothing. */
static char *details_text(const struct attempt *a)
{
    struct job_word word = a->job != NULL ? job_word(a->job) : (struct job_word){ 0 };
    json_auto_t *details = json_object();
    if (a->writes && (a->job == NULL || !job_has_touched(a->job)))
        (void)json_object_set_new(details, "target", json_string("untouched")); /* then its end needs no seal */
    if (word.never)
        (void)json_object_set_new(details, "retry", json_string("never"));
    else if (word.retry_after_s > 0)
        (void)json_object_set_new(details, "retry_after_s", json_integer(word.retry_after_s));
    return json_object_size(details) > 0 ? json_dumps(details, JSON_COMPACT) : NULL;
}

static void answer_failure(struct attempt *a, struct error *e)
{
    if (a->job != NULL)
        job_mask(a->job, e->message);
    clean(e->message);
    if (a->details == NULL)
        a->details = details_text(a);
    a->head.type = FRAME_FAILURE;
    const char *texts[] = { error_class_name(e->class), e->code, e->message, a->details };
    if (!slot_channel_add(a->port->channel, &a->head, texts, a->details != NULL ? 4 : 3))
        (void)slot_channel_add(a->port->channel, &a->head, texts, 3); /* without oversized details it always fits */
}

static char *artifacts_text(const struct job_outcome *outcome)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < outcome->artifact_count; i++) {
        const struct job_artifact_item *item = &outcome->artifacts[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", item->name, "media_type", item->media_type,
                                              "content", item->text));
    }
    char *text = json_array_size(list) == outcome->artifact_count ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

static char *children_text(const struct job_outcome *outcome)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < outcome->child_count; i++) {
        const struct job_child_item *item = &outcome->children[i];
        json_t *after = json_array();
        for (const char *const *name = item->after; name != NULL && *name != NULL; name++)
            json_array_append_new(after, json_string(*name));
        json_array_append_new(list, json_pack("{s:s,s:s,s:O,s:o}", "step", item->step, "kind", item->kind, "args",
                                              item->args, "after", after));
    }
    char *text = json_array_size(list) == outcome->child_count ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

static enum error_class answer_result(struct attempt *a, const char *result, struct error *e)
{
    a->head.type = FRAME_RESULT;
    struct job_outcome outcome = job_outcome(a->job);
    if (outcome.artifact_count == 0 && outcome.child_count == 0) {
        (void)slot_channel_add(a->port->channel, &a->head, &result, 1); /* SLOT_RESULT_MAX is below the frame's limit */
        return ERROR_OK;
    }
    mem_auto char *artifacts = artifacts_text(&outcome);
    mem_auto char *children = children_text(&outcome);
    if (artifacts == NULL || children == NULL)
        return error_code(e, ERROR_FATAL, "outcome_not_text", "an artifact or a child of the job is no UTF-8 text");
    a->head.flags = FRAME_WHOLE;
    if (slot_channel_add(a->port->channel, &a->head, (const char *[]){ result, artifacts, children }, 3))
        return ERROR_OK;
    a->head.flags = 0;
    return error_code(e, ERROR_FATAL, "outcome_too_large", "result, artifacts and children take over 64 MiB together");
}

/* On ERROR_OK *ret_result is the result's text: free() it. */
static enum error_class run_kind(struct attempt *a, const struct frame *start, const struct job_kind *kind,
                                 char **ret_result, struct error *e)
{
    struct job_begin begin = { .id = start->id, .epoch = start->epoch, .attempt = start->number, .kind = kind->name };
    a->job = a->port->job = job_create(&begin, &a->port->port);
    hide_args(a->job, kind->name, a->args);
    if ((start->flags & FRAME_SEAL) != 0) {
        enum error_class class = kind->seal != NULL ? kind->seal(a->job, a->args, e) : ERROR_OK;
        *ret_result = class == ERROR_OK ? mem_text("{}") : NULL;
        return class;
    }
    json_auto_t *result = NULL;
    enum error_class class = kind->run(a->job, a->args, &result, e);
    if (class != ERROR_OK)
        return class;
    char *text = result == NULL ? mem_text("{}") : json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        return error_code(e, ERROR_FATAL, "result_not_json", "kind %s gave a result that is no JSON", kind->name);
    if (strlen(text) > SLOT_RESULT_MAX) {
        free(text);
        return error_code(e, ERROR_FATAL, "result_too_large",
                          "the result takes over %d bytes: leave an artifact instead", SLOT_RESULT_MAX);
    }
    *ret_result = text;
    return ERROR_OK;
}

static enum error_class read_args(struct attempt *a, const struct frame *start, struct error *e)
{
    const char *text = frame_text(start, 1);
    if ((start->flags & FRAME_NO_ARGS) != 0) {
        enum error_class class = slot_port_args(a->port, start->id, &a->args_text, e);
        if (class != ERROR_OK)
            return class;
        text = a->args_text;
    }
    if (text == NULL)
        return error_set(e, ERROR_FATAL, "the start frame has no arguments");
    return args_read(start->payload, text, strlen(text), &a->args, &a->details, e);
}

static enum error_class attempt(struct attempt *a, const struct frame *start, char **ret_result, struct error *e)
{
    const struct job_kind *handler = job_kind_find(start->payload);
    const struct kind *kind = kinds_find(start->payload);
    if (handler == NULL || kind == NULL)
        return error_code(e, ERROR_INVALID, "unknown_kind", "there is no kind \"%.64s\" in this program",
                          start->payload);
    a->writes = handler->seal != NULL && (start->flags & FRAME_SEAL) == 0;
    limit_memory(a->port, kind, start);
    enum error_class class = read_args(a, start, e);
    return class == ERROR_OK ? run_kind(a, start, handler, ret_result, e) : class;
}

static void finish(struct attempt *a)
{
    a->port->job = NULL;
    a->job = job_destroy(a->job);
    json_decref(a->args);
    free(a->args_text);
    free(a->details);
    if (a->head.value > TRIM_AFTER_US && mallinfo2().fordblks > TRIM_BYTES)
        (void)malloc_trim(0);
}

void slot_run(struct slot_port *port, const struct frame *start)
{
    uint64_t number = (uint64_t)start->value;
    if (!board_begin(port->board, number))
        return;
    int64_t begin_us = clock_monotonic_us();
    struct attempt a = { .port = port, .head = { .id = start->id, .epoch = start->epoch } };
    struct error e = ERROR_NONE;
    mem_auto char *result = NULL;
    slot_port_begin(port, number, start->id, start->epoch);
    enum error_class class = attempt(&a, start, &result, &e);
    slot_port_output(port, true);
    a.head.value = clock_monotonic_us() - begin_us;
    if (class == ERROR_OK)
        class = answer_result(&a, result, &e);
    if (class != ERROR_OK)
        answer_failure(&a, &e);
    finish(&a);
}
