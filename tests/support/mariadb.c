/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mariadb.h"

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

enum { READY_WAIT_MS = 60000, READY_POLL_MS = 20 };

static char folder[320], data[352], log_file[352], socket_file[352], address[512];
static pid_t pid, owner;

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
    if (m != NULL && api->do_real_connect(m, NULL, "root", NULL, database, 0, socket_file, 0) == NULL) {
        api->do_close(m);
        m = NULL;
    }
    return m;
}

static void stop(void)
{
    if (getpid() != owner || pid <= 0)
        return;
    kill(pid, SIGKILL); /* nothing to keep */
    waitpid(pid, NULL, 0);
}

static void start(void)
{
    snprintf(folder, sizeof folder, "%s/mariadb", cleaner_folder());
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(log_file, sizeof log_file, "%s/log", folder);
    snprintf(socket_file, sizeof socket_file, "%s/s", folder);
    if (mkdir(folder, 0700) != 0)
        child_fail("mkdir %s", folder);
    child_give(folder);
    mem_auto char *data_option = mem_format("--datadir=%s", data),
                  *socket_option = mem_format("--socket=%s", socket_file);
    const char *install[] = {
        "mariadb-install-db", "--no-defaults",       data_option, "--auth-root-authentication-method=normal",
        "--skip-test-db",     "--skip-name-resolve", NULL
    };
    child_run(install, log_file);
    const char *server[] = { "mariadbd",
                             "--no-defaults",
                             data_option,
                             socket_option,
                             "--skip-networking",
                             "--innodb-flush-log-at-trx-commit=0",
                             "--innodb-buffer-pool-size=32M",
                             "--character-set-server=utf8mb4",
                             "--pid-file=pid",
                             NULL };
    pid = child_start(server, log_file, SIGKILL);
    cleaner_watch(pid);
    owner = getpid();
    atexit(stop);
    MYSQL *m = NULL;
    for (unsigned waited_ms = 0; (m = session(NULL)) == NULL; waited_ms += READY_POLL_MS) {
        if (waited_ms >= READY_WAIT_MS || waitpid(pid, NULL, WNOHANG) != 0) {
            child_show(log_file);
            errno = ETIMEDOUT;
            child_fail("mariadbd did not come up");
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

void mariadb_run(const char *database, const char *statements)
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

const char *mariadb_address(const char *user, const char *name)
{
    snprintf(address, sizeof address, "mysql://%s@localhost/%s?socket=%s", user, name, socket_file);
    return address;
}

const char *mariadb_database(const char *name)
{
    if (pid == 0)
        start();
    mem_auto char *statement = mem_format("CREATE DATABASE `%s`", name);
    mariadb_run(NULL, statement);
    return mariadb_address("root", name);
}
