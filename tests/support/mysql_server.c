/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mysql_server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalog/connect/mysql/mysql_api.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"

enum { READY_WAIT_MS = 180000, READY_POLL_MS = 20 };

static struct server {
    char folder[320], data[352], log_file[352], socket_file[352];
    pid_t pid, owner; /* pid 0: not started */
} servers[MYSQL_FLAVOURS];
static enum mysql_flavour used;
static char address[512];
static MYSQL *holder;

static const struct mysql_api *library(void)
{
    struct error e = ERROR_NONE;
    const struct mysql_api *api = mysql_api_load(&e);
    if (api == NULL) {
        errno = ENOENT;
        child_fail("%s", e.message);
    }
    return api;
}

static MYSQL *session(const char *database)
{
    const struct mysql_api *api = library();
    MYSQL *m = api->do_init(NULL);
    if (m != NULL && api->do_real_connect(m, NULL, "root", NULL, database, 0, servers[used].socket_file, 0) == NULL) {
        api->do_close(m);
        m = NULL;
    }
    return m;
}

static void stop(void)
{
    for (size_t i = 0; i < MYSQL_FLAVOURS; i++) {
        if (getpid() != servers[i].owner || servers[i].pid <= 0)
            continue;
        kill(servers[i].pid, SIGKILL); /* nothing to keep */
        waitpid(servers[i].pid, NULL, 0);
    }
}

static void start_mariadb(struct server *s)
{
    child_give(s->folder);
    mem_auto char *data = mem_format("--datadir=%s", s->data), *file = mem_format("--socket=%s", s->socket_file),
                  *temporary = mem_format("--tmpdir=%s", s->folder);
    /* a temporary folder of its own: each mariadbd that starts removes every #sql* file there, whoever made it */
    const char *install[] = {
        "mariadb-install-db", "--no-defaults",       data, temporary, "--auth-root-authentication-method=normal",
        "--skip-test-db",     "--skip-name-resolve", NULL
    };
    child_run(install, s->log_file);
    const char *server[] = { "mariadbd",
                             "--no-defaults",
                             data,
                             file,
                             temporary,
                             "--skip-networking",
                             "--innodb-flush-log-at-trx-commit=0",
                             "--innodb-buffer-pool-size=32M",
                             "--character-set-server=utf8mb4",
                             "--pid-file=pid",
                             NULL };
    s->pid = child_start(server, s->log_file, SIGKILL);
}

static void prepare(const char *folder)
{
    const char *source = getenv("ARGOSY_SOURCE");
    mem_auto char *script = mem_format("%s/tests/support/mysql/prepare.py", source != NULL ? source : ".");
    const char *argv[] = { "/usr/bin/python3", "-B", script, folder, NULL };
    child_prepare(argv, "MySQL");
}

static void start_mysql8(struct server *s)
{
    prepare(s->folder);
    child_give(s->folder);
    mem_auto char *data = mem_format("--datadir=%s", s->data), *file = mem_format("--socket=%s", s->socket_file),
                  *program = mem_format("%s/home/bin/mysqld", s->folder),
                  *home = mem_format("--basedir=%s/home", s->folder), *temporary = mem_format("--tmpdir=%s", s->folder),
                  *messages = mem_format("--lc-messages-dir=%s/home/share", s->folder);
    const char *server[] = { program,
                             "--no-defaults",
                             home,
                             data,
                             messages,
                             file,
                             temporary,
                             "--skip-networking",
                             "--mysqlx=OFF",
                             "--skip-log-bin",
                             "--performance-schema=OFF",
                             "--innodb-flush-method=nosync",
                             "--innodb-flush-log-at-trx-commit=0",
                             "--innodb-buffer-pool-size=32M",
                             "--innodb-log-file-size=4M",
                             "--pid-file=pid",
                             NULL };
    s->pid = child_start(server, s->log_file, SIGKILL);
}

static void start(struct server *s)
{
    static const char *const names[] = { [MYSQL_MARIADB] = "mariadb", [MYSQL_MYSQL8] = "mysql8" };
    char folder[sizeof s->folder]; /* gcc at -O1 takes the parts of *s for one another */
    snprintf(folder, sizeof folder, "%s/%s", cleaner_folder(), names[used]);
    snprintf(s->folder, sizeof s->folder, "%s", folder);
    snprintf(s->data, sizeof s->data, "%s/data", folder);
    snprintf(s->log_file, sizeof s->log_file, "%s/log", folder);
    snprintf(s->socket_file, sizeof s->socket_file, "%s/s", folder);
    if (mkdir(s->folder, 0755) != 0)
        child_fail("mkdir %s", s->folder);
    s->owner = getpid();
    atexit(stop);
    if (used == MYSQL_MARIADB)
        start_mariadb(s);
    else
        start_mysql8(s);
    cleaner_watch(s->pid);
    MYSQL *m = NULL;
    for (unsigned waited_ms = 0; (m = session(NULL)) == NULL; waited_ms += READY_POLL_MS) {
        if (waited_ms >= READY_WAIT_MS || waitpid(s->pid, NULL, WNOHANG) != 0) {
            child_show(s->log_file);
            errno = ETIMEDOUT;
            child_fail("%s did not come up", names[used]);
        }
        nanosleep(&(struct timespec){ .tv_nsec = READY_POLL_MS * 1000000L }, NULL);
    }
    library()->do_close(m);
}

static void run_one(MYSQL *m, const char *statement, size_t size)
{
    const struct mysql_api *api = library();
    if (api->do_real_query(m, statement, size) != 0) {
        errno = EINVAL;
        child_fail("%.*s: %s", (int)(size < 200 ? size : 200), statement, api->do_error(m));
    }
    MYSQL_RES *result = api->do_store_result(m);
    if (result != NULL)
        api->do_free_result(result);
}

void mysql_server_use(enum mysql_flavour flavour)
{
    used = flavour;
}

enum mysql_flavour mysql_server_flavour(void)
{
    return used;
}

void mysql_server_run(const char *database, const char *statements)
{
    MYSQL *m = session(database);
    if (m == NULL) {
        errno = ECONNREFUSED;
        child_fail("can't open %s", database != NULL ? database : "the server");
    }
    while (*statements != '\0') {
        const char *end = strstr(statements, ";;");
        size_t size = end != NULL ? (size_t)(end - statements) : strlen(statements);
        if (strspn(statements, " \n") < size)
            run_one(m, statements, size);
        statements += size + (end != NULL ? 2 : 0);
    }
    library()->do_close(m);
}

void mysql_server_hold(const char *database, const char *statement)
{
    holder = session(database);
    if (holder == NULL) {
        errno = ECONNREFUSED;
        child_fail("can't open %s", database);
    }
    run_one(holder, statement, strlen(statement));
}

void mysql_server_let_go(void)
{
    library()->do_close(holder);
    holder = NULL;
}

/* KILL for each; how many there were. */
static size_t end_sessions(MYSQL *m, const char *user)
{
    const struct mysql_api *api = library();
    mem_auto char *sql =
        mem_format("SELECT CONCAT('KILL ', ID) FROM information_schema.PROCESSLIST WHERE USER = '%s'", user);
    size_t count = 0;
    if (api->do_real_query(m, sql, strlen(sql)) != 0)
        child_fail("%s: %s", sql, api->do_error(m));
    MYSQL_RES *sessions = api->do_store_result(m);
    for (MYSQL_ROW row; sessions != NULL && (row = api->do_fetch_row(sessions)) != NULL; count++)
        (void)api->do_real_query(m, row[0], strlen(row[0])); /* it may be gone by itself */
    if (sessions != NULL)
        api->do_free_result(sessions);
    return count;
}

void mysql_server_end_sessions(const char *user)
{
    MYSQL *m = session(NULL);
    if (m == NULL || end_sessions(m, user) == 0)
        child_fail("%s has no session to end", user);
    for (unsigned waited_ms = 0; end_sessions(m, user) > 0; waited_ms += READY_POLL_MS) {
        if (waited_ms >= READY_WAIT_MS)
            child_fail("the sessions of %s don't end", user);
        nanosleep(&(struct timespec){ .tv_nsec = READY_POLL_MS * 1000000L }, NULL);
    }
    library()->do_close(m);
}

const char *mysql_server_address(const char *user, const char *name)
{
    snprintf(address, sizeof address, "mysql://%s@localhost/%s?socket=%s", user, name, servers[used].socket_file);
    return address;
}

const char *mysql_server_database(const char *name)
{
    if (servers[used].pid == 0)
        start(&servers[used]);
    mem_auto char *statement = mem_format("CREATE DATABASE `%s`", name);
    mysql_server_run(NULL, statement);
    return mysql_server_address("root", name);
}
