/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

enum {
    BACKOFF_FIRST_MS = 200,
    BACKOFF_MAX_MS = 10000,
    ALIVE_LONG_MS = 10000,
    WRAPPER_WORDS = 5,
    LOG_MAX_SIZE = 16 << 20
};

void child_init(struct child *c, uv_loop_t *loop, const char *name, const char *const *argv, char **environment,
                const char *log_path, int stop_signal, int stop_patience_ms)
{
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    *c = (struct child){ .loop = loop,
                         .environment = environment,
                         .stop_signal = stop_signal,
                         .stop_patience_ms = stop_patience_ms,
                         .backoff_ms = BACKOFF_FIRST_MS };
    (void)text_copy(c->name, sizeof c->name, name);
    c->log_path = log_path != NULL ? mem_text(log_path) : NULL;
    c->argv = mem_zero(count + WRAPPER_WORDS + 1, sizeof *c->argv);
    c->argv[0] = mem_format("argosy-%s", name);
    c->argv[1] = mem_text("exec-child");
    c->argv[2] = mem_format("%d", stop_signal);
    c->argv[3] = mem_format("%d", (int)getpid());
    c->argv[4] = mem_text("--");
    for (size_t i = 0; i < count; i++)
        c->argv[WRAPPER_WORDS + i] = mem_text(argv[i]);
    (void)uv_timer_init(loop, &c->timer);
    c->timer.data = c;
}

static void start_again(uv_timer_t *timer)
{
    struct child *c = timer->data;
    struct error e = ERROR_NONE;
    if (c->state == CHILD_WAITING && child_start(c, &e) != ERROR_OK) {
        log_failure(LOG_ERROR, "a child can't be started", &e);
        c->again = true; /* no memory or no process left: that may pass */
    }
}

static void kill_at_last(uv_timer_t *timer)
{
    struct child *c = timer->data;
    if (c->state == CHILD_STOPPING) {
        log_event(LOG_WARN, "did not stop in time: killed", LOG_T("child", c->name));
        (void)uv_process_kill(&c->process, SIGKILL);
    }
}

static void settle(uv_handle_t *handle)
{
    struct child *c = handle->data;
    bool stopped = (c->state == CHILD_STOPPING && !c->again) || c->once;
    c->again = false;
    c->state = stopped ? CHILD_STOPPED : CHILD_WAITING;
    (void)uv_timer_stop(&c->timer);
    if (!stopped) {
        c->restarts++;
        (void)uv_timer_start(&c->timer, start_again, (uint64_t)c->backoff_ms, 0);
    }
    if (c->on_exit != NULL)
        c->on_exit(c);
}

static void process_on_exit(uv_process_t *process, int64_t status, int term_signal)
{
    struct child *c = process->data;
    c->exit_status = status;
    c->term_signal = term_signal;
    bool lived = clock_monotonic_ms() - c->started_ms >= ALIVE_LONG_MS;
    c->backoff_ms = lived ? BACKOFF_FIRST_MS : c->backoff_ms * 2 < BACKOFF_MAX_MS ? c->backoff_ms * 2 : BACKOFF_MAX_MS;
    if (c->state != CHILD_STOPPING && !c->once)
        log_event(LOG_WARN, "a child ended and is started again", LOG_T("child", c->name), LOG_I("status", status),
                  LOG_I("signal", term_signal), LOG_I("wait_ms", c->backoff_ms));
    uv_close((uv_handle_t *)process, settle);
}

/* The log of the last run is kept under another name once it is large. */
static int open_log(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0 && lseek(fd, 0, SEEK_END) > LOG_MAX_SIZE) {
        mem_auto char *old = mem_format("%s.old", path);
        (void)close(fd);
        (void)rename(path, old);
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    return fd >= 0 ? fd : STDERR_FILENO;
}

enum error_class child_start(struct child *c, struct error *e)
{
    int log = c->log_path != NULL ? open_log(c->log_path) : STDERR_FILENO;
    uv_stdio_container_t streams[3] = { { .flags = UV_IGNORE },
                                        { .flags = UV_INHERIT_FD, .data.fd = log },
                                        { .flags = UV_INHERIT_FD, .data.fd = log } };
    uv_process_options_t options = { .exit_cb = process_on_exit,
                                     .file = "/proc/self/exe",
                                     .args = c->argv,
                                     .env = c->environment,
                                     .stdio = streams,
                                     .stdio_count = 3,
                                     .flags = UV_PROCESS_DETACHED }; /* Ctrl-C is ours to pass on, in order */
    c->process.data = c;
    int code = uv_spawn(c->loop, &c->process, &options);
    if (log != STDERR_FILENO)
        (void)close(log);
    if (code != 0) {
        c->state = CHILD_STOPPING;
        uv_close((uv_handle_t *)&c->process, settle);
        return error_code(e, ERROR_FATAL, "spawn_failed", "can't start %s: %s", c->name, uv_strerror(code));
    }
    c->process.data = c;
    c->state = CHILD_RUNNING;
    c->started_ms = clock_monotonic_ms();
    return ERROR_OK;
}

void child_stop(struct child *c)
{
    if (c->state == CHILD_WAITING || c->state == CHILD_IDLE) {
        (void)uv_timer_stop(&c->timer);
        c->state = CHILD_STOPPED;
        if (c->on_exit != NULL)
            c->on_exit(c);
        return;
    }
    c->again = false;
    if (c->state != CHILD_RUNNING)
        return;
    c->state = CHILD_STOPPING;
    (void)uv_process_kill(&c->process, c->stop_signal);
    (void)uv_timer_start(&c->timer, kill_at_last, (uint64_t)c->stop_patience_ms, 0);
}

void child_kill(struct child *c)
{
    if (c->state == CHILD_RUNNING)
        child_stop(c);
    if (c->state == CHILD_STOPPING)
        (void)uv_process_kill(&c->process, SIGKILL);
}

void child_finish(struct child *c)
{
    for (char **word = c->argv; word != NULL && *word != NULL; word++)
        free(*word);
    free(c->argv);
    c->argv = NULL;
    free(c->log_path);
    c->log_path = NULL;
    if (!uv_is_closing((uv_handle_t *)&c->timer))
        uv_close((uv_handle_t *)&c->timer, NULL);
}
