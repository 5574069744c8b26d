/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `argosy doctor`: looks at everything a fleet stands on and says what to do about what is wrong. Each finding is a row
 * {check, status ok|warning|error, message}; the exit code is that of the worst.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/print.h"
#include "queue/kafka_check.h"
#include "queue/redis_check.h"
#include "sql/client.h"

enum { CONNECT_TIMEOUT_S = 5 };

static void add(json_t *rows, const char *check, const char *status, const char *message)
{
    (void)json_array_append_new(rows,
                                json_pack("{s:s, s:s, s:s}", "check", check, "status", status, "message", message));
}

static void add_error(json_t *rows, const char *check, const struct error *e)
{
    add(rows, check, "error", e->message);
}

/* client: on database-url. */
static void check_listen(const struct settings *settings, struct client *client, json_t *rows)
{
    struct error e = ERROR_NONE;
    const char *direct_url = instance_direct(settings);
    struct client *direct = NULL;
    if (client_is_pooled(client))
        add(rows, "pooler", "ok", "database-url leads through one: nothing of ours is left on its servers");
    if (direct_url != NULL && client_open(direct_url, "argosy doctor", CONNECT_TIMEOUT_S, &direct, &e) != ERROR_OK) {
        add_error(rows, "listen", &e);
        return;
    }
    if (client_listens(direct != NULL ? direct : client, &e) == ERROR_OK)
        add(rows, "listen", "ok", "a NOTIFY is heard");
    else
        add_error(rows, "listen", &e);
    direct = client_close(direct);
}

static void check_record(const struct settings *settings, json_t *rows)
{
    struct error e = ERROR_NONE;
    char *url = NULL, shown[1024];
    struct client *client = NULL;
    if (instance_setting(settings, SETTING_DATABASE_URL, "database_url", &url, &e) != ERROR_OK ||
        client_open(url, "argosy doctor", CONNECT_TIMEOUT_S, &client, &e) != ERROR_OK) {
        add_error(rows, "record", &e);
        free(url);
        return;
    }
    add(rows, "record", "ok", log_mask_url(url, shown, sizeof shown));
    free(url);
    check_listen(settings, client, rows);
    struct error schema = ERROR_NONE;
    if (client_check_schema(client, &schema) == ERROR_OK)
        add(rows, "schema", "ok", "at this program's version");
    else
        add_error(rows, "schema", &schema);
    struct result *found = NULL;
    if (client_run(client, "doctor", NULL, 0, &found, &e) != ERROR_OK)
        add_error(rows, "record settings", &e);
    for (unsigned i = 0; found != NULL && i < result_rows(found); i++)
        add(rows, result_text(found, i, 0), result_text(found, i, 1), result_text(found, i, 2));
    found = result_destroy(found);
    client = client_close(client);
}

static void check_kafka(const struct settings *settings, json_t *rows)
{
    struct error e = ERROR_NONE;
    char text[400];
    const struct kafka_config config = { .brokers = settings_text(settings, SETTING_KAFKA_BROKERS),
                                         .options = settings_text(settings, SETTING_KAFKA_OPTIONS),
                                         .prefix = settings_text(settings, SETTING_KAFKA_PREFIX) };
    if (config.brokers == NULL)
        add(rows, "kafka", "error", "the transport is kafka, but nobody says where Kafka is: set KAFKA_BROKERS");
    else if (kafka_check(&config, text, sizeof text, &e) == ERROR_OK)
        add(rows, "kafka", "ok", text);
    else
        add_error(rows, "kafka", &e);
}

static void check_carrier(const struct settings *settings, json_t *rows)
{
    struct error e = ERROR_NONE;
    char *url = NULL, text[160];
    const char *transport = settings_text(settings, SETTING_TRANSPORT);
    if (text_equal(transport, "kafka") || settings_text(settings, SETTING_KAFKA_BROKERS) != NULL)
        check_kafka(settings, rows);
    if (text_equal(transport, "kafka"))
        return;
    if (!text_equal(transport, "redis")) {
        add(rows, "transport", "ok", "postgres: the record carries too");
        return;
    }
    if (instance_setting(settings, SETTING_REDIS_URL, "redis_url", &url, &e) == ERROR_OK &&
        redis_check(url, text, sizeof text, &e) == ERROR_OK)
        add(rows, "transport", "ok", text);
    else
        add_error(rows, "transport", &e);
    free(url);
}

static void check_gateway(struct context *context, json_t *rows)
{
    struct error e = ERROR_NONE;
    json_auto_t *answer = NULL;
    if (api_call(context, "GET", "/api/v1/workers", NULL, &answer, &e) != ERROR_OK) {
        add_error(rows, "gateway", &e);
        return;
    }
    add(rows, "gateway", "ok", "answers, and knows our key");
    mem_auto char *alive = mem_format("%zu alive", json_array_size(json_object_get(answer, "workers")));
    if (json_array_size(json_object_get(answer, "workers")) == 0)
        add(rows, "workers", "error", "no worker is alive: jobs wait; start one with `argosy worker`");
    else
        add(rows, "workers", "ok", alive);
}

/* Keys that others may read are no secret. */
static void check_folder(const struct settings *settings, json_t *rows)
{
    struct error e = ERROR_NONE;
    char *folder = NULL;
    static const char *const names[] = { "secret.key", "api.key" };
    if (instance_folder(settings, false, &folder, &e) != ERROR_OK) {
        add_error(rows, "data folder", &e);
        return;
    }
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct stat status;
        mem_auto char *path = mem_format("%s/%s", folder, names[i]);
        mem_auto char *advice =
            mem_format("%s can be read by others: chmod 600 it, and change the keys it holds", path);
        if (stat(path, &status) == 0)
            add(rows, names[i], (status.st_mode & 077) == 0 ? "ok" : "error",
                (status.st_mode & 077) == 0 ? path : advice);
    }
    free(folder);
}

enum error_class doctor_run(struct context *context, struct error *e)
{
    static const struct print_column columns[] = {
        { "CHECK", "check", false },
        { "STATUS", "status", false },
        { "FINDING", "message", false },
        { NULL, NULL, false },
    };
    json_auto_t *rows = json_array();
    size_t index;
    json_t *row;
    unsigned errors = 0;
    check_folder(context->settings, rows);
    check_record(context->settings, rows);
    check_carrier(context->settings, rows);
    check_gateway(context, rows);
    json_array_foreach(rows, index, row) errors +=
        text_equal(json_string_value(json_object_get(row, "status")), "error");
    if (context->json)
        print_json(rows);
    else
        print_table(rows, columns, "");
    return errors == 0 ? ERROR_OK : error_code(e, ERROR_FATAL, "unhealthy", "%u of the checks failed", errors);
}
