/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop, one step at a time: the timer and each child's exit call tick(), which looks at the step and moves on when
 * what it waits for is there. The short blocking calls here (a probe of a local socket, the migration) hold up nothing:
 * until the roles run there is nothing else to do.
 */
#include "cli/up.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/privileges.h"

enum { TICK_MS = 50, SERVERS_PATIENCE_MS = 60000, ROLES_PATIENCE_MS = 60000 };

static void say(const char *text)
{
    (void)fprintf(stderr, "argosy up: %s\n", text);
}

static void enter(struct up *up, enum up_step step)
{
    up->step = step;
    up->step_since_ms = clock_monotonic_ms();
}

static bool is_over(const struct child *c)
{
    return c->state == CHILD_STOPPED || c->state == CHILD_IDLE;
}

static void stop_roles(struct up *up)
{
    instance_remove(up->folder);
    enter(up, UP_STOP_ROLES);
    child_stop(&up->gateway);
    for (unsigned i = 0; i < up->worker_count; i++)
        child_stop(&up->workers[i]);
    child_stop(&up->scheduler);
}

static void give_up(struct up *up, enum error_class class)
{
    up->outcome = class;
    if (up->step < UP_STOP_ROLES)
        stop_roles(up);
}

/* What a role can't read it can't read the next time either: no use to start it again and again. */
static void on_role_exit(struct child *child)
{
    struct up *up = child->arg;
    bool invalid = child->exit_status == error_exit_code(ERROR_INVALID);
    if (up->step == UP_ROLES && (invalid || child->exit_status == error_exit_code(ERROR_REFUSED)))
        give_up(up, error_code(&up->failure, invalid ? ERROR_INVALID : ERROR_REFUSED, "role_failed",
                               "%s refuses its %s: see %s", child->name, invalid ? "settings" : "servers",
                               up->log_files ? child->log_path : "the lines above"));
}

static void start(struct up *up, struct child *child)
{
    child->arg = up;
    child->on_exit = on_role_exit;
    if (up->step < UP_STOP_ROLES && child_start(child, &up->failure) != ERROR_OK)
        give_up(up, up->failure.class);
}

static void start_servers(struct up *up)
{
    enter(up, UP_SERVERS);
    say("starting the servers");
    if (up->private_postgres)
        start(up, &up->postgres);
    if (up->private_redis)
        start(up, &up->redis);
}

static void tick_initdb(struct up *up)
{
    if (up->initdb.state == CHILD_RUNNING)
        return;
    if (up->initdb.state == CHILD_STOPPED) { /* it was needed, and has ended */
        mem_auto char *fresh = mem_format("%s/postgres.new", up->folder);
        mem_auto char *data = mem_format("%s/postgres", up->folder);
        if (up->initdb.exit_status != 0 || up->initdb.term_signal != 0 || rename(fresh, data) != 0) {
            give_up(up, error_code(&up->failure, ERROR_FATAL, "initdb_failed", "initdb failed: see %s",
                                   up->log_files ? up->initdb.log_path : "the lines above"));
            return;
        }
    }
    start_servers(up);
}

static void tick_servers(struct up *up)
{
    struct error e = ERROR_NONE;
    enum error_class class = up_servers_ready(up, &e);
    bool late = clock_monotonic_ms() - up->step_since_ms > SERVERS_PATIENCE_MS;
    if (class == ERROR_RETRY && !late)
        return;
    if (class == ERROR_OK) {
        class = up_servers_prepare(up, &e);
        if (class != ERROR_OK && class != ERROR_RETRY && up->private_postgres)
            (void)error_wrap(&e, "%s (`argosy up --reset` starts afresh, without what it holds)", up->folder);
    }
    if (class != ERROR_OK) {
        up->failure = e;
        give_up(up, class == ERROR_RETRY ? ERROR_UNAVAILABLE : class);
        return;
    }
    say("starting scheduler, workers and gateway");
    enter(up, UP_ROLES);
    start(up, &up->scheduler);
    start(up, &up->gateway);
    for (unsigned i = 0; i < up->worker_count; i++)
        start(up, &up->workers[i]);
}

static void announce(struct up *up)
{
    mem_auto char *key = NULL;
    struct error e = ERROR_NONE;
    json_auto_t *state = json_pack("{s:i, s:s, s:b, s:s, s:s*}", "pid", (int)getpid(), "url", up->url, "private",
                                   up->private_postgres, "database_url", up->database_url, "redis_url", up->redis_url);
    if (instance_line(up->folder, "api.key", &key, &e) != ERROR_OK ||
        instance_write(up->folder, state, &e) != ERROR_OK) {
        up->failure = e;
        give_up(up, e.class);
        return;
    }
    (void)fprintf(stderr,
                  "argosy up: ready\n\n  console   %s/\n  data      %s\n  API key   (api.key in the data folder)\n"
                  "  %s\n\nCtrl-C stops the fleet; what it holds stays in the data folder.\n",
                  up->url, up->folder, key);
    enter(up, UP_READY);
}

static void tick_roles(struct up *up)
{
    struct error e = ERROR_NONE;
    if (up_roles_ready(up, &e) == ERROR_OK) {
        announce(up);
    } else if (clock_monotonic_ms() - up->step_since_ms > ROLES_PATIENCE_MS) {
        up->failure = e;
        give_up(up, ERROR_UNAVAILABLE);
    }
}

static void tick_stop(struct up *up)
{
    bool roles_over = is_over(&up->gateway) && is_over(&up->scheduler);
    for (unsigned i = 0; i < up->worker_count; i++)
        roles_over = roles_over && is_over(&up->workers[i]);
    if (up->step == UP_STOP_ROLES && roles_over) {
        enter(up, UP_STOP_SERVERS);
        child_stop(&up->initdb);
        child_stop(&up->redis);
        child_stop(&up->postgres);
    }
    if (up->step == UP_STOP_SERVERS && is_over(&up->postgres) && is_over(&up->redis) && is_over(&up->initdb)) {
        enter(up, UP_STOPPED);
        (void)uv_timer_stop(&up->timer);
        uv_stop(&up->loop);
    }
}

static void tick(struct up *up)
{
    if (up->step == UP_INITDB)
        tick_initdb(up);
    else if (up->step == UP_SERVERS)
        tick_servers(up);
    else if (up->step == UP_ROLES)
        tick_roles(up);
    else if (up->step == UP_STOP_ROLES || up->step == UP_STOP_SERVERS)
        tick_stop(up);
}

static void on_tick(uv_timer_t *timer)
{
    tick(timer->data);
}

static void on_signal(uv_signal_t *handle, int signal_number)
{
    struct up *up = handle->data;
    if (!up->stopping) {
        up->stopping = true;
        say(signal_number == SIGINT ? "stopping (once more to stop at once)" : "stopping");
        if (up->step < UP_STOP_ROLES)
            stop_roles(up);
        return;
    }
    say("stopping at once");
    child_kill(&up->gateway);
    child_kill(&up->scheduler);
    for (unsigned i = 0; i < up->worker_count; i++)
        child_kill(&up->workers[i]);
}

/* Folder, privileges, lock, children; nothing runs yet. */
static enum error_class prepare(struct up *up, const struct context *context, struct error *e)
{
    const char *where = command_option(context, "logs");
    if (where != NULL && !text_equal(where, "files") && !text_equal(where, "stderr"))
        return error_code(e, ERROR_INVALID, "usage", "--logs is \"%s\": it must be files or stderr", where);
    if (text_equal(settings_text(up->settings, SETTING_TRANSPORT), "kafka") &&
        settings_text(up->settings, SETTING_KAFKA_BROKERS) == NULL)
        return error_code(
            e, ERROR_INVALID, "kafka_brokers_missing",
            "--transport=kafka needs --kafka-brokers=HOST:PORT (KAFKA_BROKERS): a Kafka that runs already");
    if (instance_folder(up->settings, true, &up->folder, e) != ERROR_OK ||
        privileges_drop(settings_text(up->settings, SETTING_USER), up->folder, e) != ERROR_OK ||
        instance_lock(up->folder, &up->lock_fd, e) != ERROR_OK)
        return e->class;
    static const char *const reset_names[] = {
        "postgres", "redis", "uploads", "secret.key", "api.key", "up.json", "log"
    };
    instance_remove(up->folder); /* of one that was killed */
    for (unsigned i = 0; command_switch(context, "reset") && i < sizeof reset_names / sizeof reset_names[0]; i++)
        if (instance_erase(up->folder, reset_names[i], e) != ERROR_OK)
            return e->class;
    mem_auto char *logs = mem_format("%s/log", up->folder);
    if (instance_make(logs, e) != ERROR_OK || up_servers_init(up, e) != ERROR_OK || up_roles_init(up, e) != ERROR_OK)
        return e->class;
    mem_auto char *data = mem_format("%s/postgres/PG_VERSION", up->folder);
    if (up->private_postgres && access(data, F_OK) != 0) {
        say("making the private PostgreSQL (once)");
        start(up, &up->initdb);
        return up->outcome == ERROR_OK ? ERROR_OK : (*e = up->failure).class;
    }
    return ERROR_OK;
}

static void close_any(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void finish(struct up *up)
{
    struct child *all[] = { &up->initdb, &up->postgres, &up->redis, &up->scheduler, &up->gateway };
    uv_walk(&up->loop, close_any, NULL);
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->argv != NULL)
            child_finish(all[i]);
    for (unsigned i = 0; i < up->worker_count; i++)
        if (up->workers[i].argv != NULL)
            child_finish(&up->workers[i]);
    (void)uv_run(&up->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&up->loop);
    for (unsigned i = 0; i < up->environment_count; i++)
        free(up->environment[i]);
    free(up->folder);
    free(up->run_folder);
    free(up->database_url);
    free(up->redis_url);
    free(up->listen);
    free(up->url);
    if (up->lock_fd >= 0)
        (void)close(up->lock_fd);
    if (up->port_fd >= 0)
        (void)close(up->port_fd);
    free(up);
}

static void init(struct up *up, struct context *context)
{
    const struct settings *s = context->settings;
    bool alone = command_switch(context, "private");
    up->settings = context->settings;
    up->lock_fd = up->port_fd = -1;
    up->worker_count = (unsigned)settings_number(s, SETTING_WORKERS);
    up->private_postgres = alone || settings_text(s, SETTING_DATABASE_URL) == NULL;
    up->private_redis = (alone || settings_text(s, SETTING_REDIS_URL) == NULL) &&
                        strcmp(settings_text(s, SETTING_TRANSPORT), "redis") == 0;
    up->log_files = !text_equal(command_option(context, "logs"), "stderr");
    if (!up->private_postgres)
        up->database_url = mem_text(settings_text(s, SETTING_DATABASE_URL));
    if (!alone && settings_text(s, SETTING_REDIS_URL) != NULL)
        up->redis_url = mem_text(settings_text(s, SETTING_REDIS_URL));
    (void)uv_loop_init(&up->loop);
    (void)uv_timer_init(&up->loop, &up->timer);
    (void)uv_signal_init(&up->loop, &up->on_int);
    (void)uv_signal_init(&up->loop, &up->on_term);
    up->timer.data = up->on_int.data = up->on_term.data = up;
    enter(up, UP_INITDB);
}

enum error_class up_run(struct context *context, struct error *e)
{
    struct up *up = mem_zero(1, sizeof *up);
    init(up, context);
    enum error_class class = prepare(up, context, e);
    if (class == ERROR_OK) {
        (void)uv_signal_start(&up->on_int, on_signal, SIGINT);
        (void)uv_signal_start(&up->on_term, on_signal, SIGTERM);
        (void)uv_timer_start(&up->timer, on_tick, 0, TICK_MS);
        (void)uv_run(&up->loop, UV_RUN_DEFAULT);
        class = up->outcome;
        if (class != ERROR_OK)
            *e = up->failure;
    }
    up_servers_finish(up);
    finish(up);
    return class;
}
