/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/front.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/gateway.h"
#include "jobs/kinds.h"
#include "notifier/notifier.h"
#include "sql/client.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "tests/support/server.h"
#include "tests/support/wire.h"

enum { START_MAX_MS = 120000 };

struct front front;

static void need(enum error_class class, const struct error *e)
{
    if (class != ERROR_OK)
        child_fail("front: %s", e->message);
}

static void prepare(const char *url)
{
    struct client *c = NULL;
    struct error e = ERROR_NONE;
    char digest[DIGEST_BYTEA_SIZE];
    need(client_open(url, "test", 5, &c, &e), &e);
    need(client_migrate(c, NULL, NULL, &e), &e);
    for (const struct kind *kind = kinds; kind->name; kind++) {
        const struct sql_param params[] = { SQL_TEXT(kind->name), SQL_TEXT(kind->schema->data) };
        need(client_run(c, "kind_put", params, 2, NULL, &e), &e);
    }
    digest_key(FRONT_KEY, digest);
    const struct sql_param key[] = { SQL_TEXT("test"), SQL_TEXT(digest) };
    need(client_run(c, "api_key_add", key, 2, NULL, &e), &e);
    client_close(c);
}

static _Noreturn void serve(const struct front *f, const char *port_file)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    log_setup("front", getenv("FRONT_TRACE") ? LOG_DEBUG : LOG_ERROR, "text");
    struct notifier_config notifier = notifier_config_default();
    notifier.database_url = f->database_url;
    notifier.carrier = "postgres";
    notifier.poll_ms = 50;
    notifier.kafka.brokers = f->kafka;
    notifier.kafka_events = true;
    const struct host_part part = notifier_part(&notifier);
    struct gateway_config config = gateway_config_default();
    config.database_url = f->database_url;
    config.carrier = "postgres";
    config.data_folder = f->folder;
    config.kafka.brokers = f->kafka;
    config.kafka_submit = true;
    config.port_file = port_file;
    config.others = &part;
    config.other_count = 1;
    config.batch_max = FRONT_JOBS_MAX;
    config.stray_ms = 200;
    config.http.body_max = FRONT_BODY_MAX;
    exit(gateway_main(&config));
}

/* It listens before it has written its kinds into the record. */
static void wait_ready(const struct front *f)
{
    for (unsigned waited_ms = 0, status = 0; status != 200; waited_ms += 5) {
        struct wire_answer a = wire_ask(f->port, "GET", "/readyz", NULL, NULL);
        status = a.status;
        wire_answer_finish(&a);
        if (waited_ms > START_MAX_MS)
            child_fail("front: it does not become ready");
        nanosleep(&(struct timespec){ .tv_nsec = 5000000L }, NULL);
    }
}

static void launch(struct front *f)
{
    mem_auto char *port_file = mem_format("%s/front.port", cleaner_folder());
    unlink(port_file);
    f->pid = fork();
    if (f->pid == 0)
        serve(f, port_file);
    cleaner_watch(f->pid);
    unsigned port = 0;
    for (unsigned waited_ms = 0; port == 0; waited_ms += 5) {
        FILE *file = fopen(port_file, "r");
        if (file && fscanf(file, "%u", &port) != 1)
            port = 0;
        if (file)
            fclose(file);
        if (waited_ms > START_MAX_MS || waitpid(f->pid, NULL, WNOHANG) == f->pid)
            child_fail("front: it does not start");
        nanosleep(&(struct timespec){ .tv_nsec = 5000000L }, NULL);
    }
    f->port = (uint16_t)port;
    wait_ready(f);
}

void front_start(struct front *f)
{
    f->database_url = support_postgres_start();
    prepare(f->database_url);
    f->folder = mem_format("%s/front", cleaner_folder());
    if (mkdir(f->folder, 0700) != 0)
        child_fail("front: mkdir");
    launch(f);
    f->direct = PQconnectdb(f->database_url);
}

void front_restart(struct front *f)
{
    kill(f->pid, SIGKILL);
    waitpid(f->pid, NULL, 0);
    launch(f);
}

void front_stop(struct front *f)
{
    int status;
    PQfinish(f->direct);
    kill(f->pid, SIGTERM);
    if (waitpid(f->pid, &status, 0) != f->pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        child_fail("front: it ended with status %d", status);
    free((char *)(uintptr_t)f->folder);
}

int front_setup(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    front_start(&front);
    return 0;
}

int front_teardown(void **state)
{
    (void)state;
    front_stop(&front);
    return 0;
}

struct wire_answer front_ask(const char *method, const char *path, const char *body)
{
    return wire_ask(front.port, method, path, FRONT_AUTH, body);
}

const char *front_value(struct front *f, const char *format, ...)
{
    static char sql[4096], value[65536];
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    PGresult *result = PQexec(f->direct, sql);
    if (PQstatus(f->direct) != CONNECTION_OK) { /* the server was restarted */
        PQclear(result);
        PQreset(f->direct);
        result = PQexec(f->direct, sql);
    }
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        child_fail("front: %s: %s", sql, PQerrorMessage(f->direct));
    snprintf(value, sizeof value, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return value;
}

/* ---- answers ---- */

json_t *front_take(struct wire_answer a, unsigned status)
{
    if (a.status != status)
        child_fail("status %u, not %u: %s", a.status, status, a.body ? a.body : "");
    json_t *body = json_loads(a.body, 0, NULL);
    if (!body)
        child_fail("no JSON: %s", a.body);
    wire_answer_finish(&a);
    return body;
}

json_int_t front_id(struct wire_answer a, unsigned status)
{
    json_auto_t *body = front_take(a, status);
    json_int_t id = json_integer_value(json_object_get(body, "id"));
    if (id <= 0)
        child_fail("no id in the answer");
    return id;
}

void front_problem(struct wire_answer a, unsigned status, const char *code)
{
    json_auto_t *body = front_take(a, status);
    const char *found = json_string_value(json_object_get(body, "error_code"));
    const json_t *message = json_object_get(body, "message");
    if (!found || strcmp(found, code) != 0)
        child_fail("error_code %s, not %s: %s", found ? found : "none", code, json_string_value(message));
    if (json_string_length(message) <= 10 || json_object_size(body) != 4)
        child_fail("error_code %s does not look like an error: %s", code, json_string_value(message));
}
