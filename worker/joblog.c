/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: a line waits up to FLUSH_MS for others, then a batch is written and whoever follows one of its jobs is
 * told. Failure modes: the record is away: lines are kept, the newest are lost once there are JOBLOG_LINES_MAX, and a
 * warning counts them; the outcome is unknown: the batch is written again, its lines have numbers; a job says more than
 * it may: one line says that the rest is left out.
 */
#include "worker/joblog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/transport_payload.h"
#include "sql/array.h"
#include "sql/session.h"
#include "worker/worker_private.h"

enum { FLUSH_MS = 200, AGAIN_MS = 1000, ARRAY_BYTES_MAX = 4 << 20, TELL_BYTES_MAX = 5800 };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

static struct joblog_line *line_at(struct joblog *j, unsigned i)
{
    return &j->lines[(j->first + i) % JOBLOG_LINES_MAX];
}

static void put(struct worker *w, struct task *task, enum log_level level, const char *message)
{
    struct joblog *j = &w->joblog;
    size_t size = strlen(message);
    if (j->count == JOBLOG_LINES_MAX || j->bytes + size > JOBLOG_BYTES_MAX) {
        j->lost++;
        return;
    }
    if (j->lines == NULL)
        j->lines = mem_zero(JOBLOG_LINES_MAX, sizeof *j->lines);
    if (j->count == 0)
        j->since_ms = clock_monotonic_ms();
    *line_at(j, j->count++) = (struct joblog_line){ .job = task->id,
                                                    .epoch = task->epoch,
                                                    .line = task->log_lines,
                                                    .at_ms = clock_wall_us() / 1000,
                                                    .level = level,
                                                    .message = mem_text(message) };
    j->bytes += size;
}

void joblog_add(struct worker *w, struct task *task, enum log_level level, const char *message)
{
    unsigned lines_max = w->config.log_lines_max;
    int64_t bytes_max = w->config.log_bytes_max;
    if (task->log_lines > lines_max)
        return; /* that has been said */
    task->log_lines++;
    task->log_bytes += strlen(message);
    if (task->log_lines <= lines_max && (int64_t)task->log_bytes <= bytes_max) {
        put(w, task, level, message);
        return;
    }
    char text[160];
    (void)snprintf(
        text, sizeof text,
        "truncated: what it says beyond %u lines or %lld bytes is left out (--job-log-lines, --job-log-bytes)",
        lines_max, (long long)bytes_max);
    put(w, task, LOG_WARN, text);
    task->log_lines = lines_max + 1;
}

void joblog_ended(struct worker *w, const struct task *task)
{
    w->joblog.hurry = w->joblog.hurry || task->log_lines > 0;
}

bool joblog_empty(const struct worker *w)
{
    return w->joblog.count == 0;
}

/* Whoever follows the job sees its lines at once; those that don't fit are in the record. */
static void tell(struct worker *w, unsigned from, unsigned upto)
{
    struct joblog *j = &w->joblog;
    const struct joblog_line *first = line_at(j, from);
    struct buffer b;
    buffer_init(&b, TRANSPORT_TEXT_MAX);
    (void)buffer_format(&b, "{\"job\":%lld,\"epoch\":%lld,\"logs\":[", (long long)first->job, (long long)first->epoch);
    for (unsigned i = from; i < upto && b.size < TELL_BYTES_MAX; i++) {
        const struct joblog_line *line = line_at(j, i);
        (void)buffer_format(&b, "%s{\"id\":\"%lld.%lld\",\"level\":\"%s\",\"message\":", i > from ? "," : "",
                            (long long)line->epoch, (long long)line->line, level_names[line->level]);
        (void)buffer_json_string(&b, line->message, strlen(line->message));
        (void)buffer_char(&b, '}');
    }
    (void)buffer_text(&b, "]}");
    const struct message message = { .type = MESSAGE_PROGRESS,
                                     .incarnation = w->incarnation,
                                     .id = first->job,
                                     .epoch = first->epoch,
                                     .text = buffer_view(&b) };
    if (!b.overflow)
        w->transport->ops->send(w->transport, 0, &message);
    buffer_finish(&b);
}

static void tell_all(struct worker *w)
{
    struct joblog *j = &w->joblog;
    for (unsigned i = 0, next; i < j->flying; i = next) {
        for (next = i + 1; next < j->flying && line_at(j, next)->job == line_at(j, i)->job; next++)
            ;
        tell(w, i, next);
    }
}

static void drop(struct joblog *j)
{
    for (; j->flying > 0; j->flying--, j->count--) {
        struct joblog_line *line = line_at(j, 0);
        j->bytes -= strlen(line->message);
        free(line->message);
        j->first = (j->first + 1) % JOBLOG_LINES_MAX;
    }
    j->since_ms = clock_monotonic_ms();
}

static void on_written(void *arg, const struct result *result, const struct error *e)
{
    struct worker *w = arg;
    struct joblog *j = &w->joblog;
    (void)result;
    j->busy = false;
    if (w->state == WORKER_CLOSING)
        return;
    bool again = e != NULL && (e->class == ERROR_UNAVAILABLE || e->class == ERROR_RETRY || e->class == ERROR_TIMED_OUT);
    if (again) {
        j->flying = 0;
        j->again_ms = clock_monotonic_ms() + AGAIN_MS;
        return;
    }
    if (e != NULL)
        log_failure(LOG_ERROR, "the record refuses lines of jobs; they are lost", e);
    else
        tell_all(w);
    drop(j);
    if (j->lost > 0 && j->count == 0) {
        log_event(LOG_WARN, "lines of jobs were lost: there were too many for the record", LOG_I("lines", j->lost));
        j->lost = 0;
    }
}

static void write_batch(struct worker *w)
{
    struct joblog *j = &w->joblog;
    struct array numbers[5], messages;
    struct sql_param params[6];
    bool fit = true;
    for (unsigned c = 0; c < 5; c++)
        array_init(&numbers[c], ARRAY_INT, ARRAY_BYTES_MAX);
    array_init(&messages, ARRAY_TEXT, ARRAY_BYTES_MAX);
    j->flying = j->count < JOBLOG_BATCH_MAX ? j->count : JOBLOG_BATCH_MAX;
    for (unsigned i = 0; i < j->flying; i++) {
        const struct joblog_line *line = line_at(j, i);
        const int64_t values[] = { line->job, line->epoch, line->line, line->at_ms, (int64_t)line->level };
        for (unsigned c = 0; c < 5; c++)
            array_int(&numbers[c], values[c]);
        array_text(&messages, line->message);
    }
    for (unsigned c = 0; c < 5; c++)
        fit = array_param(&numbers[c], &params[c]) && fit;
    fit = array_param(&messages, &params[5]) && fit;
    j->busy = true;
    if (fit)
        session_run(w->session, "job_log_add", params, 6, 0, on_written, w);
    else
        on_written(w, NULL,
                   &(struct error){ .class = ERROR_TOO_LARGE, .code = "too_large", .message = "a batch of lines" });
    for (unsigned c = 0; c < 5; c++)
        array_finish(&numbers[c]);
    array_finish(&messages);
}

void joblog_tick(struct worker *w, int64_t now_ms)
{
    struct joblog *j = &w->joblog;
    bool due = j->count >= JOBLOG_BATCH_MAX ||
               (j->count > 0 && (j->hurry || now_ms - j->since_ms >= FLUSH_MS || w->state == WORKER_DRAINING));
    if (!due || j->busy || now_ms < j->again_ms)
        return;
    write_batch(w);
    j->hurry = j->hurry && j->flying < j->count;
}

void joblog_finish(struct worker *w)
{
    struct joblog *j = &w->joblog;
    j->flying = j->count;
    drop(j);
    free(j->lines);
}
