/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private servers listen on unix sockets in a folder that only we may enter, so nobody else's server is touched and
 * no port is taken. initdb works under another name that is renamed at its end: a killed one leaves nothing half made.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/instance.h"
#include "cli/key.h"
#include "cli/servers.h"
#include "cli/up.h"
#include "sql/client.h"

enum { SOCKET_PATH_MAX = 100, CONNECT_TIMEOUT_S = 5 };

enum error_class up_postgres_binaries(char **ret_folder, struct error *e)
{
    glob_t found = { 0 };
    char *best = NULL;
    long best_version = 0;
    (void)glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        long version = strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);
        if (version < best_version)
            continue;
        free(best);
        best_version = version;
        best = mem_text_n(found.gl_pathv[i], strlen(found.gl_pathv[i]) - strlen("/initdb"));
    }
    globfree(&found);
    if (best == NULL)
        return error_code(e, ERROR_UNAVAILABLE, "postgresql_missing",
                          "no PostgreSQL is installed: `apt install postgresql-15`, or give --database-url");
    *ret_folder = best;
    return ERROR_OK;
}

void up_servers_finish(const struct up *up)
{
    if (up->run_folder == NULL || text_starts(up->run_folder, up->folder))
        return;
    mem_auto char *socket_path = mem_format("%s/redis.sock", up->run_folder);
    (void)unlink(socket_path);
    (void)rmdir(up->run_folder);
}

/* A socket's path has at most 107 bytes: a deep data folder gets its sockets in the temp folder instead,
 * by its number on its file system. */
static enum error_class choose_run_folder(struct up *up, struct error *e)
{
    up->run_folder = mem_format("%s/run", up->folder);
    if (strlen(up->run_folder) + strlen("/.s.PGSQL.5432") > SOCKET_PATH_MAX) {
        struct stat status;
        (void)stat(up->folder, &status);
        free(up->run_folder);
        up->run_folder = mem_format("/tmp/argosy-%u-%llx-%llx", (unsigned)geteuid(), (unsigned long long)status.st_dev,
                                    (unsigned long long)status.st_ino);
    }
    struct stat made;
    if (instance_make(up->run_folder, e) != ERROR_OK)
        return e->class;
    if (lstat(up->run_folder, &made) != 0 || !S_ISDIR(made.st_mode) || made.st_uid != geteuid() ||
        chmod(up->run_folder, 0700) != 0)
        return error_code(e, ERROR_REFUSED, "folder_refused", "%s is not ours: remove it", up->run_folder);
    return ERROR_OK;
}

static void add_url_path(struct buffer *b, const char *path)
{
    for (const unsigned char *p = (const unsigned char *)path; *p != '\0'; p++)
        if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
            strchr("-_.~", *p) != NULL)
            (void)buffer_char(b, (char)*p);
        else
            (void)buffer_format(b, "%%%02X", *p);
}

static char *postgres_url(const struct up *up, const char *database)
{
    struct buffer b;
    buffer_init(&b, 8192);
    (void)buffer_format(&b, "postgresql:///%s?user=argosy&port=5432&host=", database);
    add_url_path(&b, up->run_folder);
    return buffer_take(&b);
}

static enum error_class init_postgres(struct up *up, struct error *e)
{
    char *binaries_text;
    if (up_postgres_binaries(&binaries_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *binaries = binaries_text;
    mem_auto char *data = mem_format("%s/postgres", up->folder);
    mem_auto char *fresh = mem_format("%s/postgres.new", up->folder);
    mem_auto char *initdb = mem_format("%s/initdb", binaries);
    mem_auto char *postgres = mem_format("%s/postgres", binaries);
    mem_auto char *log = up->log_files ? mem_format("%s/log/postgres.log", up->folder) : NULL;
    mem_auto char *sockets = mem_format("unix_socket_directories=%s", up->run_folder);
    const char *make[] = {
        initdb, "-D", fresh, "-U", "argosy", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        NULL
    };
    const char *serve[] = { postgres,
                            "-D",
                            data,
                            "-p",
                            "5432",
                            "-c",
                            sockets,
                            "-c",
                            "listen_addresses=",
                            "-c",
                            "unix_socket_permissions=0700",
                            "-c",
                            "shared_buffers=256MB",
                            "-c",
                            "max_wal_size=4GB",
                            "-c",
                            "checkpoint_timeout=15min",
                            "-c",
                            "wal_compression=on",
                            "-c",
                            "jit=off",
                            "-c",
                            "autovacuum_naptime=10s",
                            "-c",
                            "log_checkpoints=off",
                            NULL };
    child_init(&up->initdb, &up->loop, "initdb", make, up->environment, log, SIGTERM, 5000);
    up->initdb.once = true;
    child_init(&up->postgres, &up->loop, "postgres", serve, up->environment, log, SIGINT, 30000);
    return instance_erase(up->folder, "postgres.new", e);
}

static enum error_class init_redis(struct up *up, struct error *e)
{
    const char *program = access("/usr/bin/redis-server", X_OK) == 0         ? "/usr/bin/redis-server"
                          : access("/usr/local/bin/redis-server", X_OK) == 0 ? "/usr/local/bin/redis-server"
                                                                             : NULL;
    if (program == NULL)
        return error_code(
            e, ERROR_UNAVAILABLE, "redis_missing",
            "no Redis is installed: `apt install redis-server`, give --redis-url, or --transport postgres");
    mem_auto char *data = mem_format("%s/redis", up->folder);
    mem_auto char *socket_path = mem_format("%s/redis.sock", up->run_folder);
    mem_auto char *log = up->log_files ? mem_format("%s/log/redis.log", up->folder) : NULL;
    const char *serve[] = { program,      "--port",
                            "0",          "--unixsocket",
                            socket_path,  "--unixsocketperm",
                            "700",        "--dir",
                            data,         "--save",
                            "",           "--appendonly",
                            "no",         "--maxmemory-policy",
                            "noeviction", "--loglevel",
                            "warning",    "--daemonize",
                            "no",         NULL };
    if (instance_make(data, e) != ERROR_OK)
        return e->class;
    child_init(&up->redis, &up->loop, "redis", serve, up->environment, log, SIGTERM, 10000);
    up->redis_url = mem_format("unix://%s", socket_path);
    return ERROR_OK;
}

enum error_class up_servers_init(struct up *up, struct error *e)
{
    if (choose_run_folder(up, e) != ERROR_OK)
        return e->class;
    if (up->private_postgres) {
        up->database_url = postgres_url(up, "argosy");
        if (init_postgres(up, e) != ERROR_OK)
            return e->class;
    }
    return up->private_redis ? init_redis(up, e) : ERROR_OK;
}

/* Does somebody answer at redis.sock? */
static bool redis_answers(const struct up *up)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (!text_copy(address.sun_path, sizeof address.sun_path, up->redis_url + strlen("unix://")))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        (void)close(fd);
    return answers;
}

enum error_class up_servers_ready(struct up *up, struct error *e)
{
    if (up->private_redis && !redis_answers(up))
        return error_code(e, ERROR_RETRY, "redis_starting", "the private Redis does not answer yet");
    mem_auto char *any = up->private_postgres ? postgres_url(up, "postgres") : mem_text(up->database_url);
    struct client *client = NULL;
    if (client_open(any, "argosy up", CONNECT_TIMEOUT_S, &client, e) != ERROR_OK)
        return e->class == ERROR_UNAVAILABLE ? error_code(e, ERROR_RETRY, "postgres_starting", "%s", e->message)
                                             : e->class;
    struct result *found = NULL;
    enum error_class class = ERROR_OK;
    if (up->private_postgres)
        class = client_run(client, "database_exists", &SQL_TEXT("argosy"), 1, &found, e);
    if (class == ERROR_OK && found != NULL && !result_bool(found, 0, 0))
        class = client_run(client, "database_create_argosy", NULL, 0, NULL, e);
    found = result_destroy(found);
    client = client_close(client);
    return class;
}

enum error_class up_servers_prepare(struct up *up, struct error *e)
{
    struct client *client = NULL;
    int from = 0, to = 0;
    const char *direct_url = up->private_postgres ? NULL : settings_text(up->settings, SETTING_DATABASE_DIRECT_URL);
    if (client_open(direct_url != NULL ? direct_url : up->database_url, "argosy up", CONNECT_TIMEOUT_S, &client, e) !=
        ERROR_OK)
        return error_wrap(e, "the record");
    if (client_listens(client, e) != ERROR_OK ||
        (up->redis_url != NULL && servers_refuse(NULL, up->redis_url, e) != ERROR_OK)) {
        client = client_close(client);
        return e->class;
    }
    enum error_class class = client_migrate(client, &from, &to, e);
    if (class == ERROR_OK)
        class = key_ensure(client, up->folder, e);
    client = client_close(client);
    return class;
}
