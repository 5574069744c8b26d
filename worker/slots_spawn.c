/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a slot and seeing it end. The child is exec'd from this very program, with nothing but its socket, its board
 * and a pipe for what it prints, and an environment without anything secret: what it needs to know comes in the hello
 * frame. Failure modes: what can't be started is tried again with backoff; one that ends is reaped once its socket is
 * read to the end, because the answers in it count.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/version.h"
#include "worker/slot.h"
#include "worker/worker_private.h"

extern char **environ;

enum { ENVIRONMENT_MAX = 32, SLOT_OUT_MAX = 1 << 20 };

/* Everything else stays here: it may hold a password. */
static const char *const kept[] = {
    "PATH=",     "HOME=",         "LANG=",          "LC_",           "TZ=",         "TMPDIR=",
    "SSL_CERT_", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=", "GCOV_PREFIX", "LLVM_PROFILE_FILE="
};

static void environment(char *ret_list[static ENVIRONMENT_MAX + 1])
{
    unsigned count = 0;
    for (char **at = environ; at != NULL && *at != NULL && count < ENVIRONMENT_MAX; at++)
        for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
            if (text_starts(*at, kept[i])) {
                ret_list[count++] = *at;
                break;
            }
    ret_list[count] = NULL;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct slot *s = handle->data;
    s->handles--;
}

static void close_handles(struct slot *s)
{
    if (s->fd < 0)
        return;
    if (!uv_is_closing((uv_handle_t *)&s->poll))
        uv_close((uv_handle_t *)&s->poll, on_handle_closed);
    if (!uv_is_closing((uv_handle_t *)&s->process))
        uv_close((uv_handle_t *)&s->process, on_handle_closed);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct slot *s = process->data;
    s->exited = true;
    s->exit_status = status;
    s->exit_signal = signal_number;
    s->worker->pool.alive--;
    slot_read(s); /* answers that were on their way */
    s->state = SLOT_ENDING;
    close_handles(s);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct slot *s = poll->data;
    if (status < 0 || (events & (UV_READABLE | UV_DISCONNECT)) != 0)
        slot_read(s);
    if (status >= 0 && (events & UV_WRITABLE) != 0)
        slot_write(s);
}

static void hello(struct slot *s)
{
    const struct worker_config *config = &s->worker->config;
    const char *database_url = config->database_url, *key_file = config->key_file, *uploads = config->uploads;
    json_t *defaults = config->kind_defaults != NULL ? json_loads(config->kind_defaults, 0, NULL) : NULL;
    json_auto_t *said = json_pack(
        "{s:s,s:I,s:s,s:s,s:s,s:I,s:o*}", "version", ARGOSY_VERSION, "parent", (json_int_t)getpid(), "database_url",
        database_url != NULL ? database_url : "", "key_file", key_file != NULL ? key_file : "", "uploads",
        uploads != NULL ? uploads : "", "memory_max", (json_int_t)config->memory_max, "kind_defaults", defaults);
    char *text = said != NULL ? json_dumps(said, JSON_COMPACT) : NULL;
    if (text == NULL || !frame_add(&s->out, &(struct frame){ .type = FRAME_HELLO }, (const char *[]){ text }, 1))
        slot_broken(s, "its settings are no UTF-8 or too long");
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

/* How often this machine's kernel has killed for memory, to tell such a SIGKILL from others. */
static uint64_t oom_kills(void)
{
    char text[8192];
    int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    const char *at = strstr(text, "oom_kill ");
    return at != NULL ? strtoull(at + strlen("oom_kill "), NULL, 10) : 0;
}

/* On success the pair is open, the child's ends are inherited and closed here. */
static int spawn(struct slot *s, int pair[2], int board_fd, int output[2])
{
    char *arguments[] = { (char *)"argosy", (char *)"slot", NULL };
    char *list[ENVIRONMENT_MAX + 1];
    environment(list);
    uv_stdio_container_t stdio[] = { { .flags = UV_IGNORE },
                                     { .flags = UV_INHERIT_FD, .data.fd = output[1] },
                                     { .flags = UV_INHERIT_FD, .data.fd = output[1] },
                                     { .flags = UV_INHERIT_FD, .data.fd = pair[1] },
                                     { .flags = UV_INHERIT_FD, .data.fd = board_fd },
                                     { .flags = UV_INHERIT_FD, .data.fd = output[0] } };
    uv_process_options_t options = { .exit_cb = on_process_exit,
                                     .file = "/proc/self/exe",
                                     .args = arguments,
                                     .env = list,
                                     .stdio_count = sizeof stdio / sizeof stdio[0],
                                     .stdio = stdio };
    s->process.data = s;
    return uv_spawn(&s->worker->loop, &s->process, &options);
}

static void on_spawn_failed_closed(uv_handle_t *handle)
{
    struct slot *s = handle->data;
    s->handles--;
    s->state = SLOT_OFF;
}

static void spawn_failed(struct slot *s, int64_t now_ms, const char *why)
{
    s->backoff_ms = s->backoff_ms == 0 ? SLOT_BACKOFF_MIN_MS : s->backoff_ms * 2;
    if (s->backoff_ms > SLOT_BACKOFF_MAX_MS)
        s->backoff_ms = SLOT_BACKOFF_MAX_MS;
    s->respawn_ms = now_ms + s->backoff_ms;
    log_event(LOG_ERROR, "a slot can't be started; trying again", LOG_I("slot", s->index), LOG_T("error", why),
              LOG_I("ms", s->backoff_ms));
}

static void close_all(const int *fds, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        close(fds[i]);
}

void slot_spawn(struct slot *s, int64_t now_ms)
{
    int pair[2], output[2], board_fd = -1;
    struct error e = ERROR_NONE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        spawn_failed(s, now_ms, strerror(errno));
        return;
    }
    if (pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0) {
        spawn_failed(s, now_ms, strerror(errno));
        close(pair[0]);
        close(pair[1]);
        return;
    }
    if (board_create(&board_fd, &s->board, &e) != ERROR_OK) {
        spawn_failed(s, now_ms, e.message);
        close_all((int[]){ pair[0], pair[1], output[0], output[1] }, 4);
        return;
    }
    int failed = spawn(s, pair, board_fd, output);
    close_all((int[]){ pair[1], board_fd, output[1] }, 3);
    if (failed != 0) { /* the handle was made all the same */
        spawn_failed(s, now_ms, uv_strerror(failed));
        close_all((int[]){ pair[0], output[0] }, 2);
        s->board = board_unmap(s->board);
        s->handles = 1;
        s->exited = true;
        s->state = SLOT_ENDING;
        uv_close((uv_handle_t *)&s->process, on_spawn_failed_closed);
        return;
    }
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
    s->worker->pool.alive++;
    s->state = SLOT_STARTING;
    s->handles = 2;
    s->exited = s->termed = s->killed = s->wants_write = false;
    s->stop = SLOT_STOP_NONE;
    s->fd = pair[0];
    s->output_fd = output[0];
    s->sent = 0;
    s->got = s->ahead = s->taken = s->ran = 0;
    s->retiring = false;
    s->born_bytes = 0;
    s->number = 0;
    s->work_us = 0;
    s->closed_ms = 0;
    s->born_ms = now_ms;
    s->oom_kills = oom_kills();
    frame_reader_init(&s->in);
    buffer_init(&s->out, SLOT_OUT_MAX);
    (void)uv_poll_init(&s->worker->loop, &s->poll, s->fd);
    s->poll.data = s;
    (void)uv_poll_start(&s->poll, UV_READABLE, on_socket);
    hello(s);
}

void slot_broken(struct slot *s, const char *why)
{
    log_event(LOG_ERROR, "a slot is ended", LOG_I("slot", s->index), LOG_T("error", why));
    (void)uv_process_kill(&s->process, SIGKILL);
    s->killed = true;
    s->state = SLOT_ENDING;
}

/* Kept beside the handles' life: called once both are closed. */
static void release(struct slot *s)
{
    close_all((int[]){ s->fd, s->output_fd }, 2);
    s->fd = s->output_fd = -1;
    frame_reader_finish(&s->in);
    if (s->out.data != NULL)
        explicit_bzero(s->out.data, s->out.size);
    buffer_finish(&s->out);
    s->board = board_unmap(s->board);
    s->state = SLOT_OFF;
}

/* What ended the process, for people; *ret_code for programs. */
static void cause_of_death(const struct slot *s, const char **ret_code, char *ret_text, size_t size)
{
    uint64_t refused = s->board->out_of_memory;
    *ret_code = "slot_crashed";
    if (s->exit_status == SLOT_EXIT_MEMORY && refused != 0) {
        *ret_code = "out_of_memory";
        (void)snprintf(ret_text, size,
                       "the job needed more memory than its slot may have: %llu more bytes were refused",
                       (unsigned long long)refused);
    } else if (s->exit_signal == SIGKILL && !s->killed && oom_kills() > s->oom_kills) {
        *ret_code = "out_of_memory";
        (void)snprintf(ret_text, size, "the kernel killed the slot for memory while it ran this job");
    } else if (s->exit_signal != 0) {
        (void)snprintf(ret_text, size, "the slot was ended by signal %d (%s) while it ran this job", s->exit_signal,
                       strsignal(s->exit_signal));
    } else {
        (void)snprintf(ret_text, size, "the job ended its slot's process with status %lld", (long long)s->exit_status);
    }
}

void slot_reap(struct slot *s, int64_t now_ms)
{
    if (s->fd < 0)
        return; /* never started: on_spawn_failed_closed() is to come */
    const char *code;
    char text[256];
    cause_of_death(s, &code, text, sizeof text);
    bool wanted = s->worker->state != WORKER_CLOSING && s->worker->state != WORKER_LEAVING;
    if (wanted && s->stop == SLOT_STOP_NONE && !s->killed)
        log_event(LOG_WARN, "a slot has ended", LOG_I("slot", s->index), LOG_T("error_code", code),
                  LOG_T("error", text), LOG_I("job", s->tasks.first != NULL ? s->tasks.first->id : 0));
    slot_read_tail(s);
    slot_read_output(s, s->tasks.first != NULL && s->tasks.first->number <= slot_begun(s) ? s->tasks.first : NULL);
    slot_settle_tasks(s, code, text);
    bool healthy = s->number > 0 || now_ms - s->born_ms > SLOT_START_MS;
    if (!healthy && !s->killed && wanted)
        spawn_failed(s, now_ms, text);
    else
        s->backoff_ms = 0;
    release(s);
}
