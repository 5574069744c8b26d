/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames to and from a slot. Answers come in the order of the starts, so the first task of the slot is the one that is
 * answered; anything else means that a job has damaged its slot, which is then replaced.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/job.h"
#include "worker/worker_private.h"

enum { READS_MAX = 16, LOG_LINES_MAX = 200, RUN_US_MAX_S = 30 * 86400, LAST_WORDS_MAX = 64 << 10 };

void slot_send(struct slot *s, struct task *task, int64_t now_ms)
{
    struct frame head = { .type = FRAME_START,
                          .flags = (task->seal ? FRAME_SEAL : 0u) | (task->args_absent ? FRAME_NO_ARGS : 0u),
                          .number = (uint16_t)task->attempt,
                          .id = task->id,
                          .epoch = task->epoch,
                          .value = (int64_t)(s->number + 1) };
    if (!frame_add(&s->out, &head, (const char *[]){ task->kind->name, task->args }, 2)) {
        head.flags |= FRAME_NO_ARGS;
        (void)frame_add(&s->out, &head, (const char *[]){ task->kind->name, "" }, 2); /* assign.c leaves room for it */
    }
    task->number = ++s->number;
    task->since_ms = task->heard_ms = now_ms;
    task->percent = -1;
    int64_t mean_us = done_mean_us(s->worker, task->kind);
    s->work_us += mean_us > 0 ? mean_us : 0;
    task_list_add(&s->tasks, task);
}

static void poll_again(struct slot *s, bool write)
{
    if (s->wants_write == write)
        return;
    s->wants_write = write;
    (void)uv_poll_start(&s->poll, UV_READABLE | (write ? UV_WRITABLE : 0), s->poll.poll_cb);
}

void slot_write(struct slot *s)
{
    while (s->sent < s->out.size) {
        ssize_t took = send(s->fd, s->out.data + s->sent, s->out.size - s->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (took < 0 && errno == EINTR)
            continue;
        if (took < 0) { /* full: later; broken: its end will be seen */
            poll_again(s, errno == EAGAIN);
            return;
        }
        s->sent += (size_t)took;
    }
    if (s->sent > 0) {
        explicit_bzero(s->out.data, s->number == 0 ? s->out.size : 0); /* the hello frame holds a password */
        buffer_clear(&s->out);
        s->sent = 0;
    }
    poll_again(s, false);
}

static void take_progress(struct task *task, const struct frame *frame)
{
    const char *message = frame->payload;
    task->heard_ms = clock_monotonic_ms();
    if (!text_utf8_valid(message, strlen(message)))
        return;
    free(task->message);
    task->message = mem_text(message);
    task->percent = frame->number > 100 ? 100 : frame->number;
    task->progress_new = true;
}

static void take_log(struct slot *s, struct task *task, const struct frame *frame)
{
    int64_t now_ms = task->heard_ms = clock_monotonic_ms();
    enum log_level level = LOG_INFO;
    const char *message = frame_text(frame, 1);
    if (now_ms - s->logged_ms >= 1000) {
        if (s->logged > LOG_LINES_MAX)
            log_event(LOG_WARN, "lines of a job were left out", LOG_I("job", frame->id),
                      LOG_I("lines", s->logged - LOG_LINES_MAX));
        s->logged_ms = now_ms;
        s->logged = 0;
    }
    if (message == NULL || !text_utf8_valid(message, strlen(message)))
        return;
    (void)log_level_from_name(frame->payload, &level);
    joblog_add(s->worker, task, level, message);
    if (++s->logged > LOG_LINES_MAX)
        return;
    log_event(level, message, LOG_I("job", frame->id), LOG_I("epoch", frame->epoch), LOG_I("slot", s->index));
}

/* A damaged slot may send anything; the record must not refuse a group because of it. */
static bool failure_is_text(const struct frame *frame)
{
    if (!text_utf8_valid(frame->payload, frame->size) || frame_text(frame, 2) == NULL)
        return false;
    const char *details = frame_text(frame, 3);
    json_auto_t *object = details != NULL ? json_loads(details, 0, NULL) : NULL;
    return details == NULL || json_is_object(object);
}

/* A stop that we asked for decides what the answer means, whatever the job says. */
static void answered_failure(struct slot *s, struct task *task, const struct frame *frame)
{
    enum slot_stop stop = s->stop;
    task->cause = FAIL_FAILED;
    task->end = TASK_FAILURE;
    if (stop == SLOT_STOP_TIMEOUT)
        task_set_failure(task, FAIL_TIMED_OUT, ERROR_TIMED_OUT, "timed_out",
                         "the attempt took longer than its timeout");
    else if (stop == SLOT_STOP_STALL)
        task_set_failure(task, FAIL_STALLED, ERROR_TIMED_OUT, "stalled", "the attempt said nothing for too long");
    else if (stop == SLOT_STOP_DRAIN)
        task_set_failure(task, FAIL_INTERRUPTED, ERROR_INTERRUPTED, "interrupted", "the worker was stopped");
    else if (!failure_is_text(frame))
        task_set_failure(task, FAIL_CRASHED, ERROR_RETRY, "slot_damaged", "the slot's answer was no text");
    else if (error_class_from_name(frame->payload) == ERROR_CANCELLED)
        task_set_failure(task, FAIL_FAILED, ERROR_FATAL, "cancelled_itself",
                         "the job said cancelled but was not asked to");
    else
        task_set_answer(task, frame->payload, frame->size);
    if (task->cause == FAIL_FAILED && task->answer != NULL && error_class_from_name(task->answer) == ERROR_FENCED)
        log_event(LOG_WARN, "fenced out: the target has seen a newer epoch", LOG_I("job", task->id),
                  LOG_I("epoch", task->epoch), LOG_I("slot", s->index), LOG_T("error", task_answer(task, 2)));
}

static void answered(struct slot *s, const struct frame *frame)
{
    struct worker *w = s->worker;
    struct task *task = task_list_take(&s->tasks);
    int64_t mean_us = done_mean_us(w, task->kind);
    s->work_us -= mean_us > 0 && s->tasks.first != NULL ? mean_us : 0;
    if (s->tasks.first == NULL || s->work_us < 0)
        s->work_us = 0;
    if (s->tasks.first != NULL)
        s->tasks.first->since_ms = s->tasks.first->heard_ms = clock_monotonic_ms();
    task->run_us = frame->value < 0 ? 0 : frame->value > RUN_US_MAX_S * INT64_C(1000000) ? 0 : frame->value;
    joblog_ended(w, task);
    bool cancelled = frame->type == FRAME_FAILURE && s->stop == SLOT_STOP_CANCEL;
    if (frame->type == FRAME_FAILURE) {
        if (!cancelled)
            answered_failure(s, task, frame);
    } else {
        done_measure(w, task->kind, task->run_us);
        task->end = (frame->flags & FRAME_WHOLE) != 0 ? TASK_WHOLE : TASK_RESULT;
        task_set_answer(task, frame->payload, frame->size);
    }
    s->stop = SLOT_STOP_NONE; /* a slot that got SIGTERM ends by itself now */
    if (cancelled)
        done_forget(w, task); /* the record has ended it already */
    else
        finish_add(w, task);
}

/* false: the slot is damaged. */
static bool handle(struct slot *s, const struct frame *frame)
{
    struct task *first = s->tasks.first;
    if (s->killed && first == NULL)
        return true; /* its tasks were dropped with the incarnation */
    if (frame->type == FRAME_READY) {
        if (s->state != SLOT_STARTING)
            return s->state == SLOT_ENDING;
        s->state = SLOT_SERVING;
        s->weighed_ms = 0;
        return true;
    }
    if (frame->type == FRAME_HELLO || frame->type == FRAME_START)
        return false;
    if (first == NULL || first->id != frame->id || first->epoch != frame->epoch)
        return frame->type == FRAME_LOG;
    if (frame->type == FRAME_PROGRESS)
        take_progress(first, frame);
    else if (frame->type == FRAME_LOG)
        take_log(s, first, frame);
    else if (board_begun(s->board, s->number) < first->number)
        return false;
    else
        answered(s, frame);
    return true;
}

static bool handle_all(struct slot *s)
{
    struct frame frame;
    struct error e = ERROR_NONE;
    bool there = true;
    while (there) {
        if (frame_reader_next(&s->in, &frame, &there, &e) != ERROR_OK)
            return false;
        if (there && !handle(s, &frame))
            return false;
    }
    return true;
}

/* Without what the board's tail told before. */
static void feed(struct slot *s, char *bytes, size_t size)
{
    size_t known = s->ahead < size ? (size_t)s->ahead : size;
    s->ahead -= known;
    if (known > 0)
        memmove(bytes, bytes + known, size - known);
    frame_reader_fed(&s->in, size - known);
    s->got += size - known;
}

void slot_read_tail(struct slot *s)
{
    static char bytes[BOARD_TAIL_MAX]; /* one loop, one thread */
    size_t size = board_tail(s->board, s->got, bytes);
    for (size_t at = 0; at < size;) {
        size_t space;
        char *to = frame_reader_space(&s->in, &space);
        size_t part = size - at < space ? size - at : space;
        memcpy(to, bytes + at, part);
        frame_reader_fed(&s->in, part);
        s->got += part;
        s->ahead += part;
        at += part;
        if (!handle_all(s)) {
            if (!s->exited)
                slot_broken(s, "it broke the protocol of frames");
            return;
        }
    }
}

/* Nobody has masked these: shown to none if the process held secrets. */
void slot_read_output(struct slot *s, struct task *task)
{
    char text[LAST_WORDS_MAX + 1];
    ssize_t size = read(s->output_fd, text, sizeof text - 1); /* never blocks */
    if (size <= 0)
        return;
    text[size] = '\0';
    if (s->board->secrets != 0) {
        if (task != NULL)
            joblog_add(s->worker, task, LOG_WARN, "(what it printed before it ended is left out: it held secrets)");
        return;
    }
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t cut = strnlen(line, JOB_MESSAGE_MAX);
        while (!text_utf8_valid(line, cut))
            cut--;
        line[cut] = '\0';
        if (cut == 0)
            continue;
        log_event(LOG_WARN, line, LOG_I("slot", s->index), LOG_I("job", task != NULL ? task->id : 0));
        if (task != NULL)
            joblog_add(s->worker, task, LOG_ERROR, line);
    }
}

void slot_read(struct slot *s)
{
    for (unsigned reads = 0; s->fd >= 0 && (reads < READS_MAX || s->exited); reads++) {
        size_t space;
        char *to = frame_reader_space(&s->in, &space);
        ssize_t got = recv(s->fd, to, space, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if ((got == 0 || errno != EAGAIN) && !s->exited) {
                (void)uv_poll_stop(&s->poll); /* its exit is told next, or it is helped along */
                s->state = SLOT_ENDING;
                s->closed_ms = clock_monotonic_ms();
            }
            return;
        }
        feed(s, to, (size_t)got);
        if (!handle_all(s)) {
            if (!s->exited)
                slot_broken(s, "it broke the protocol of frames");
            (void)uv_poll_stop(&s->poll);
            return;
        }
        if ((size_t)got < space)
            return;
    }
}
