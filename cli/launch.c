/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: fork, exec ourselves as `up`, look for up.json until the fleet says that it is ready. INT and TERM are
 * held back from the start and looked at between steps; the handler passes them on, so that a Ctrl-C at any moment
 * stops the fleet in order.
 */
#include "cli/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/instance.h"

enum { WORDS_MAX = 32, START_PATIENCE_MS = 120000, LOOK_EVERY_MS = 50, EXIT_BY_SIGNAL = 130 };

static volatile sig_atomic_t fleet_pid; /* the handler's only input */

/* Stops the fleet, waits for it, and goes: everything here is async-signal-safe. */
static void on_signal(int signal_number)
{
    (void)signal_number;
    pid_t pid = (pid_t)fleet_pid;
    if (pid > 0) {
        (void)kill(pid, SIGTERM);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    _exit(EXIT_BY_SIGNAL);
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    (void)sigemptyset(&action.sa_mask);
    (void)sigaddset(&action.sa_mask, SIGINT);
    (void)sigaddset(&action.sa_mask, SIGTERM);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* Child side: only calls that are safe after fork; never returns. */
static void become_up(char *const *words, pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        _exit(1);
    (void)setpgid(0, 0); /* Ctrl-C is ours to pass on */
    (void)execv("/proc/self/exe", words);
    _exit(127);
}

static enum error_class wait_ready(struct launch *l, struct error *e)
{
    int64_t began_ms = clock_monotonic_ms();
    while (clock_monotonic_ms() - began_ms < START_PATIENCE_MS) {
        struct error ignored = ERROR_NONE;
        int status;
        if (waitpid(l->pid, &status, WNOHANG) == l->pid) {
            l->pid = 0;
            fleet_pid = 0;
            return error_code(e, ERROR_UNAVAILABLE, "up_failed",
                              "`argosy up` ended before it was ready: its reason is above");
        }
        if (instance_read(l->folder, &l->state, &ignored) == ERROR_OK)
            return ERROR_OK;
        struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
        (void)nanosleep(&pause, NULL);
    }
    return error_code(e, ERROR_TIMED_OUT, "up_failed", "the fleet was not ready in %d s: see %s/log",
                      START_PATIENCE_MS / 1000, l->folder);
}

/* Does the pid of up.json still live? A killed `up` leaves the file behind. */
static bool is_alive(const json_t *state)
{
    pid_t pid = (pid_t)json_integer_value(json_object_get(state, "pid"));
    return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

static unsigned build_words(struct context *context, const char *folder, const char *const *extra, char **words)
{
    unsigned count = 0;
    words[count++] = mem_text("argosy");
    words[count++] = mem_text("up");
    words[count++] = mem_format("--data-dir=%s", folder);
    for (; extra != NULL && *extra != NULL && count < WORDS_MAX - 1; extra++)
        words[count++] = mem_text(*extra);
    if (strcmp(settings_source(context->settings, SETTING_LISTEN), "flag") == 0)
        words[count++] = mem_format("--listen=%s", settings_text(context->settings, SETTING_LISTEN));
    words[count] = NULL;
    return count;
}

enum error_class launch_start(struct context *context, const char *folder, const char *const *extra,
                              struct launch *ret_launch, struct error *e)
{
    struct launch l = { .folder = mem_text(folder) };
    struct error ignored = ERROR_NONE;
    if (instance_read(folder, &l.state, &ignored) == ERROR_OK && is_alive(l.state)) {
        *ret_launch = l;
        return ERROR_OK;
    }
    json_decref(l.state);
    l.state = NULL;
    instance_remove(folder);
    char *words[WORDS_MAX + 1];
    unsigned count = build_words(context, folder, extra, words);
    (void)unsetenv("DATABASE_URL");
    (void)unsetenv("REDIS_URL");
    (void)unsetenv("ARGOSY_OUTPUT");
    catch_signals();
    pid_t parent = getpid();
    l.pid = fork();
    if (l.pid == 0)
        become_up(words, parent);
    fleet_pid = l.pid;
    for (unsigned i = 0; i < count; i++)
        free(words[i]);
    enum error_class class =
        l.pid < 0 ? error_set(e, ERROR_UNAVAILABLE, "can't start a process: %m") : wait_ready(&l, e);
    if (class != ERROR_OK)
        launch_stop(&l);
    else
        *ret_launch = l;
    return class;
}

void launch_stop(struct launch *l)
{
    if (l->pid > 0) {
        (void)kill(l->pid, SIGTERM);
        while (waitpid(l->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    fleet_pid = 0;
    json_decref(l->state);
    free(l->folder);
    *l = (struct launch){ 0 };
}

enum error_class launch_wait(struct launch *l, struct error *e)
{
    int status = 0;
    while (l->pid > 0 && waitpid(l->pid, &status, 0) < 0 && errno == EINTR)
        ;
    l->pid = 0;
    fleet_pid = 0;
    return error_code(e, ERROR_FATAL, "fleet_ended", "the fleet ended by itself: see %s/log", l->folder);
}
