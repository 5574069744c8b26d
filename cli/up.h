/* SPDX-License-Identifier: Apache-2.0 */
/*
 * up.h - the whole fleet on one machine: private servers when no URL is given, and the roles as children.
 *
 *   INITDB ─▶ SERVERS (wait until they answer) ─▶ ROLES (wait until the gateway is ready) ─▶ READY
 *      └────────────┴──────────────┴── stop ──▶ STOP_ROLES ─▶ STOP_SERVERS ─▶ STOPPED
 *
 * Children are started again when they die. INT or TERM stops in order (gateway, workers, scheduler, then the servers);
 * a second one kills. Killed itself, it takes its children along (child.h), and the next `up` finds a folder it can go
 * on with.
 */
#ifndef CLI_UP_H
#define CLI_UP_H

#include <uv.h>

#include "base/settings.h"
#include "cli/child.h"

enum { UP_WORKERS_MAX = 64, UP_ENVIRONMENT_MAX = 512 };

struct up {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t on_int, on_term;
    struct settings *settings;
    char *folder, *run_folder, *database_url, *redis_url, *listen, *url;
    bool private_postgres, private_redis, log_files, stopping;
    int lock_fd, exit_wish, port_fd; /* the last keeps the port of `listen` */
    enum up_step { UP_INITDB, UP_SERVERS, UP_ROLES, UP_READY, UP_STOP_ROLES, UP_STOP_SERVERS, UP_STOPPED } step;
    struct child initdb, postgres, redis, scheduler, gateway, workers[UP_WORKERS_MAX];
    unsigned worker_count;
    char *environment[UP_ENVIRONMENT_MAX];
    unsigned environment_count;
    int64_t step_since_ms;
    struct error failure;
    enum error_class outcome;
};

/* ---- up_servers.c: the private PostgreSQL and Redis ---- */
/* Folder with initdb and postgres of the newest version installed; free(). */
enum error_class up_postgres_binaries(char **ret_folder, struct error *e);
enum error_class up_servers_init(struct up *up, struct error *e);
/* ERROR_OK: both answer; ERROR_RETRY: not yet. */
enum error_class up_servers_ready(struct up *up, struct error *e);
/* The database, our schema, the API key. Both servers answer. */
enum error_class up_servers_prepare(struct up *up, struct error *e);

/* A socket folder outside of the data folder goes with the run. */
void up_servers_finish(const struct up *up);

/* ---- up_roles.c ---- */
enum error_class up_roles_init(struct up *up, struct error *e);
enum error_class up_roles_ready(struct up *up, struct error *e);
void up_environment_set(struct up *up, const char *name, const char *value);

#endif
