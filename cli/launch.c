/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: fork, exec ourselves as `up`, look for its up.json until the fleet says that it is ready. The handler of
 * INT and TERM passes them on and waits, so that a Ctrl-C at any moment stops the fleet in order.
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

static volatile sig_atomic_t fleet_pid, asked; /* the handler's only inputs */

/* Stops the fleet, waits for it, and goes: everything here is async-signal-safe. Asked again meanwhile, it passes that
 * on too: `up` then stops at once. */
static void on_signal(int signal_number)
{
    pid_t pid = (pid_t)fleet_pid;
    if (pid > 0)
        (void)kill(pid, signal_number);
    if (pid > 0 && asked++ > 0)
        return;
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    _exit(EXIT_BY_SIGNAL);
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_NODEFER };
    (void)sigemptyset(&action.sa_mask);
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

/* The state of the fleet with that pid (0: any), or NULL while there is none. */
static json_t *ready_state(const char *folder, pid_t pid)
{
    json_t *state = NULL;
    struct error ignored = ERROR_NONE;
    if (instance_read(folder, &state, &ignored) != ERROR_OK)
        return NULL;
    if (pid == 0 || json_integer_value(json_object_get(state, "pid")) == pid)
        return state;
    json_decref(state); /* a killed `up` left it behind */
    return NULL;
}

static void pause_ms(int ms)
{
    struct timespec pause = { .tv_nsec = ms * 1000000L };
    (void)nanosleep(&pause, NULL);
}

/* `up` has said why it ended; its exit code becomes ours. */
static enum error_class ended_early(int status, struct error *e)
{
    static const enum error_class classes[] = { ERROR_INVALID, ERROR_NOT_FOUND, ERROR_REFUSED, ERROR_UNAVAILABLE };
    enum error_class class = ERROR_FATAL;
    for (unsigned i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (WIFEXITED(status) && WEXITSTATUS(status) == error_exit_code(classes[i]))
            class = classes[i];
    return error_code(e, class, "up_failed", "`argosy up` ended before it was ready: its reason is above");
}

static enum error_class wait_ready(struct launch *l, struct error *e)
{
    int64_t began_ms = clock_monotonic_ms();
    while (clock_monotonic_ms() - began_ms < START_PATIENCE_MS) {
        int status;
        if (waitpid(l->pid, &status, WNOHANG) == l->pid) {
            l->pid = 0;
            fleet_pid = 0;
            return ended_early(status, e);
        }
        l->state = ready_state(l->folder, l->pid);
        if (l->state != NULL)
            return ERROR_OK;
        pause_ms(LOOK_EVERY_MS);
    }
    return error_code(e, ERROR_TIMED_OUT, "up_failed", "the fleet was not ready in %d s: see %s/log",
                      START_PATIENCE_MS / 1000, l->folder);
}

/* Somebody else's fleet on this folder: its state once it is ready; NULL when there is none (any more). */
static json_t *running_state(const char *folder)
{
    int64_t began_ms = clock_monotonic_ms();
    json_t *state = NULL;
    for (bool told = false; instance_is_locked(folder) && state == NULL; told = true) {
        state = ready_state(folder, 0);
        if (state != NULL || clock_monotonic_ms() - began_ms > START_PATIENCE_MS)
            break;
        if (!told)
            (void)fprintf(stderr, "argosy: a fleet is starting or stopping on %s: waiting for it\n", folder);
        pause_ms(LOOK_EVERY_MS);
    }
    return state;
}

static unsigned build_words(struct context *context, const char *folder, const char *const *extra, char **words)
{
    unsigned count = 0;
    words[count++] = mem_text("argosy");
    words[count++] = mem_text("up");
    words[count++] = mem_text("--private");
    words[count++] = mem_format("--data-dir=%s", folder);
    for (; extra != NULL && *extra != NULL && count < WORDS_MAX - 1; extra++)
        words[count++] = mem_text(*extra);
    const enum setting *given = context->command->settings;
    for (; given != NULL && *given != SETTING_MAX && count < WORDS_MAX - 1; given++)
        if (setting_rows[*given].type != SETTING_SECRET &&
            strcmp(settings_source(context->settings, *given), "flag") == 0)
            words[count++] = mem_format("--%s=%s", setting_rows[*given].flag, settings_text(context->settings, *given));
    words[count] = NULL;
    return count;
}

enum error_class launch_start(struct context *context, const char *folder, const char *const *extra,
                              struct launch *ret_launch, struct error *e)
{
    struct launch l = { .folder = mem_text(folder), .state = running_state(folder) };
    if (l.state != NULL) {
        *ret_launch = l;
        return ERROR_OK;
    }
    char *words[WORDS_MAX + 1];
    unsigned count = build_words(context, folder, extra, words);
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
