/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noop.c - does nothing, or what its arguments ask: sleeps, counts, fails, misbehaves. For trying out, tests and the
 * bench. Counting keeps a checkpoint after each number, so that an attempt goes on where the one before was stopped.
 *
 * The result says when the handler's first line ran, on the wall clock.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/job.h"

static enum error_class noop_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e);
const struct job_kind job_noop = { .name = "noop", .run = noop_run };

/* What a broken kind does to its slot; nobody else must notice. */
static void misbehave(const char *fault)
{
    if (strcmp(fault, "abort") == 0)
        abort();
    if (strcmp(fault, "exit") == 0)
        _exit(7);
    if (strcmp(fault, "loop") == 0) {
        (void)signal(SIGTERM, SIG_IGN);
        for (volatile unsigned turns = 0;; turns++)
            ;
    }
    if (strcmp(fault, "memory") == 0)
        for (size_t size = 16 << 20;;)
            memset(mem_alloc(size), 1, size); /* touched, so that it is really taken */
}

static enum error_class noop_sleep(struct job *job, int64_t sleep_ms, struct error *e)
{
    int64_t end_ms = clock_monotonic_ms() + sleep_ms;
    for (int64_t left_ms = sleep_ms; left_ms > 0; left_ms = end_ms - clock_monotonic_ms()) {
        if (job_cancelled(job))
            return error_set(e, ERROR_CANCELLED, "noop: stopped while sleeping");
        job_progress(job, (int)((sleep_ms - left_ms) * 100 / sleep_ms), "sleeping");
        int64_t nap_ms = left_ms < 50 ? left_ms : 50;
        (void)nanosleep(&(struct timespec){ .tv_nsec = (long)nap_ms * 1000000L }, NULL); /* EINTR: asked again above */
    }
    return ERROR_OK;
}

/* *ret_from: what an earlier attempt had counted to. */
static enum error_class noop_count(struct job *job, const json_t *args, json_int_t *ret_from, struct error *e)
{
    json_int_t to = json_integer_value(json_object_get(args, "count_to"));
    int64_t each_ms = (int64_t)json_number_value(json_object_get(args, "count_ms"));
    json_auto_t *checkpoint = NULL;
    if (job_checkpoint_read(job, &checkpoint, e) != ERROR_OK)
        return e->class;
    *ret_from = json_integer_value(json_object_get(checkpoint, "counted"));
    for (json_int_t number = *ret_from + 1; number <= to; number++) {
        if (noop_sleep(job, each_ms, e) != ERROR_OK)
            return e->class;
        json_auto_t *counted = json_pack("{s:I}", "counted", number);
        if (job_checkpoint(job, counted, e) != ERROR_OK)
            return e->class;
    }
    return ERROR_OK;
}

/* Says a text in every way that a kind can. */
static void noop_say(struct job *job, const json_t *args)
{
    const char *text = json_string_value(json_object_get(args, "say"));
    const json_t *lines = json_object_get(args, "lines");
    json_int_t count = lines != NULL ? json_integer_value(lines) : 1;
    if (text == NULL)
        return;
    const char *hidden = json_string_value(json_object_get(args, "hidden"));
    mem_auto char *whole = mem_format("%s%s%s", text, hidden != NULL ? " " : "", hidden != NULL ? hidden : "");
    job_progress(job, 50, "%s", whole);
    for (json_int_t i = 1; i <= count; i++)
        job_log(job, "info", "%s", whole);
    (void)printf("printed: %s\n", whole);
}

/* Holds that much for a moment. */
static void noop_take(const json_t *args)
{
    size_t size = (size_t)json_integer_value(json_object_get(args, "memory_mb")) << 20;
    if (size == 0)
        return;
    char *memory = mem_alloc(size);
    memset(memory, 1, size);
    free(memory);
}

static enum error_class noop_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    int64_t started_us = clock_wall_us();
    const json_t *sleep_ms = json_object_get(args, "sleep_ms");
    if (sleep_ms != NULL) {
        enum error_class class = noop_sleep(job, (int64_t)json_number_value(sleep_ms), e);
        if (class != ERROR_OK)
            return class;
    }
    json_int_t from = -1;
    if (json_object_get(args, "count_to") != NULL && noop_count(job, args, &from, e) != ERROR_OK)
        return e->class;
    noop_say(job, args);
    noop_take(args);
    const char *fault = json_string_value(json_object_get(args, "fault"));
    if (fault != NULL)
        misbehave(fault);
    const char *fail = json_string_value(json_object_get(args, "fail"));
    const json_t *after_s = json_object_get(args, "retry_after_s");
    if (after_s != NULL && json_integer_value(after_s) > 0)
        job_retry_after(job, json_integer_value(after_s));
    else if (after_s != NULL)
        job_never_again(job);
    const char *hidden = json_string_value(json_object_get(args, "hidden"));
    if (fail != NULL)
        return error_set(e, error_class_from_name(fail), "noop: asked to fail%s%s", hidden != NULL ? ": " : "",
                         hidden != NULL ? hidden : "");
    *ret_result = json_pack("{s:I}", "started_us", (json_int_t)started_us);
    if (from >= 0)
        json_object_set_new(*ret_result, "counted_from", json_integer(from));
    return ERROR_OK;
}
