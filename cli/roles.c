/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roles.c - `argosy scheduler|worker|gateway|notifier|slot`: settings become the configuration of a role. A role that
 * was started by hand on the machine of an `argosy up` joins it: what is not given comes from the data folder.
 *
 * Servers that would break a promise (a Redis that evicts, a pooler where LISTEN is needed) are refused before the role
 * begins; servers that are away are not: the role waits for them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/servers.h"
#include "gateway/gateway.h"
#include "notifier/notifier.h"
#include "scheduler/scheduler.h"
#include "worker/slot.h"
#include "worker/worker.h"

enum { HOST_NAME_SIZE = 256 };

/* What all roles share; role_finish() frees. */
struct role {
    char *folder, *database_url, *redis_url, *key_file, *uploads;
    const char *direct_url, *transport;
    struct kafka_config kafka;
    bool kafka_events;
};

static void role_finish(struct role *r)
{
    free(r->folder);
    free(r->database_url);
    free(r->redis_url);
    free(r->key_file);
    free(r->uploads);
}

static enum error_class role_init(struct role *r, const struct settings *s, struct error *e)
{
    r->transport = settings_text(s, SETTING_TRANSPORT);
    r->direct_url = instance_direct(s);
    bool redis = strcmp(r->transport, "redis") == 0 || settings_text(s, SETTING_REDIS_URL) != NULL;
    r->kafka = (struct kafka_config){ .brokers = settings_text(s, SETTING_KAFKA_BROKERS),
                                      .options = settings_text(s, SETTING_KAFKA_OPTIONS),
                                      .prefix = settings_text(s, SETTING_KAFKA_PREFIX) };
    r->kafka_events = strcmp(settings_text(s, SETTING_KAFKA_EVENTS), "on") == 0;
    if (instance_folder(s, true, &r->folder, e) != ERROR_OK ||
        instance_setting(s, SETTING_DATABASE_URL, "database_url", &r->database_url, e) != ERROR_OK ||
        (redis && instance_setting(s, SETTING_REDIS_URL, "redis_url", &r->redis_url, e) != ERROR_OK) ||
        servers_refuse(r->direct_url != NULL ? r->direct_url : r->database_url, r->redis_url, e) != ERROR_OK) {
        role_finish(r);
        return e->class;
    }
    r->key_file = mem_format("%s/secret.key", r->folder);
    r->uploads = mem_format("%s/uploads", r->folder);
    return ERROR_OK;
}

/* A role logs why it ends; its exit code is ours. */
static enum error_class ended(const char *role, int code, struct error *e)
{
    return code == 0 ? ERROR_OK
                     : error_code(e, code == error_exit_code(ERROR_UNAVAILABLE) ? ERROR_UNAVAILABLE : ERROR_FATAL,
                                  "role_failed", "the %s ended with code %d: the line before says why", role, code);
}

/* By the names of the kind's arguments. One worker a process: the text is its own. */
static const char *kind_defaults(const struct settings *s)
{
    static char text[400];
    (void)snprintf(text, sizeof text,
                   "{\"discovery\":{\"sample_rows\":%lld,\"sample_bytes\":%lld,\"count_rows_max\":%lld,"
                   "\"inclusion_rows\":%lld,\"statement_timeout_s\":%lld}}",
                   (long long)settings_number(s, SETTING_DISCOVERY_SAMPLE_ROWS),
                   (long long)settings_number(s, SETTING_DISCOVERY_SAMPLE_BYTES),
                   (long long)settings_number(s, SETTING_DISCOVERY_COUNT_ROWS_MAX),
                   (long long)settings_number(s, SETTING_DISCOVERY_INCLUSION_ROWS),
                   (long long)settings_number(s, SETTING_DISCOVERY_STATEMENT_TIMEOUT) / 1000);
    return text;
}

/* What may change while a worker runs. */
static void worker_settings(const struct settings *s, struct worker_config *config)
{
    config->memory_max = settings_number(s, SETTING_SLOT_MEMORY);
    config->drain_s = (int)(settings_number(s, SETTING_DRAIN) / 1000);
    config->stalled_after_ms = settings_number(s, SETTING_STALLED_AFTER);
    config->log_lines_max = (unsigned)settings_number(s, SETTING_JOB_LOG_LINES);
    config->log_bytes_max = settings_number(s, SETTING_JOB_LOG_BYTES);
    config->slot_jobs_max = (unsigned)settings_number(s, SETTING_SLOT_JOBS);
    config->slot_growth_max = settings_number(s, SETTING_SLOT_GROWTH);
    config->kind_defaults = kind_defaults(s);
}

/* For every role: the settings are read again, and how much is logged follows them. What is wrong changes nothing. */
static bool reload(struct settings *s, const char *role)
{
    struct error e = ERROR_NONE;
    enum log_level level = LOG_INFO;
    if (settings_reload(s, &e) != ERROR_OK) {
        log_failure(LOG_ERROR, "the settings were not taken over", &e);
        return false;
    }
    const char *format = settings_text(s, SETTING_LOG_FORMAT);
    (void)log_level_from_name(settings_text(s, SETTING_LOG_LEVEL), &level);
    log_setup(role, level, strcmp(format, "auto") == 0 ? NULL : format);
    return true;
}

static void reload_scheduler(void *arg)
{
    if (reload(arg, "scheduler"))
        log_event(LOG_INFO, "settings were read again");
}

static void http_settings(const struct settings *s, struct http_config *config)
{
    config->body_max = (size_t)settings_number(s, SETTING_BODY_MAX);
    config->upload_max = settings_number(s, SETTING_FILE_MAX);
}

static void reload_gateway(void *arg, struct http_config *config)
{
    if (reload(arg, "gateway"))
        log_event(LOG_INFO, "settings were read again");
    http_settings(arg, config);
}

static bool reload_worker(void *arg, struct worker_config *config)
{
    if (!reload(arg, "worker"))
        return false;
    worker_settings(arg, config);
    return true;
}

enum error_class role_worker_run(struct context *context, struct error *e)
{
    const struct settings *s = context->settings;
    struct role r = { 0 };
    char host[HOST_NAME_SIZE] = "worker";
    (void)gethostname(host, sizeof host - 1);
    if (role_init(&r, s, e) != ERROR_OK)
        return e->class;
    const char *name = settings_text(s, SETTING_WORKER_NAME);
    struct worker_config config = { .name = name != NULL ? name : host,
                                    .database_url = r.database_url,
                                    .direct_url = r.direct_url,
                                    .redis_url = r.redis_url,
                                    .kafka = r.kafka,
                                    .transport = r.transport,
                                    .tags = settings_text(s, SETTING_TAGS),
                                    .key_file = r.key_file,
                                    .uploads = r.uploads,
                                    .slots = (unsigned)settings_number(s, SETTING_SLOTS),
                                    .reload = reload_worker,
                                    .reload_arg = context->settings };
    worker_settings(s, &config);
    int code = worker_main(&config);
    role_finish(&r);
    return ended("worker", code, e);
}

/* 0: nobody has said. */
static int64_t kept_s(const struct settings *s, enum setting id)
{
    return settings_number(s, settings_text(s, id) != NULL ? id : SETTING_RETENTION) / 1000;
}

static int64_t args_max(const struct settings *s)
{
    return settings_text(s, SETTING_ARGS_MAX) != NULL ? settings_number(s, SETTING_ARGS_MAX) : 0;
}

enum error_class role_scheduler_run(struct context *context, struct error *e)
{
    const struct settings *s = context->settings;
    struct role r = { 0 };
    if (role_init(&r, s, e) != ERROR_OK)
        return e->class;
    struct scheduler_config config = { .database_url = r.database_url,
                                       .direct_url = r.direct_url,
                                       .redis_url = r.redis_url,
                                       .kafka = r.kafka,
                                       .transport = r.transport,
                                       .succeeded_s = kept_s(s, SETTING_RETENTION_SUCCEEDED),
                                       .failed_s = kept_s(s, SETTING_RETENTION_FAILED),
                                       .cancelled_s = kept_s(s, SETTING_RETENTION_CANCELLED),
                                       .args_max = args_max(s),
                                       .reload = reload_scheduler,
                                       .reload_arg = context->settings };
    int code = scheduler_main(&config);
    role_finish(&r);
    return ended("scheduler", code, e);
}

/* --listen in two; *ret_host: free(). */
static enum error_class listen_read(const struct settings *s, char **ret_host, uint16_t *ret_port, struct error *e)
{
    const char *wanted = settings_text(s, SETTING_LISTEN), *colon = strrchr(wanted, ':');
    int64_t port;
    if (colon == NULL || !text_to_int64(colon + 1, 0, 65535, &port))
        return error_code(e, ERROR_INVALID, "invalid_setting", "--listen is \"%s\": it must be ADDRESS:PORT", wanted);
    *ret_host = mem_text_n(wanted, (size_t)(colon - wanted));
    *ret_port = (uint16_t)port;
    return ERROR_OK;
}

static struct notifier_config notifier_of(const struct role *r)
{
    struct notifier_config config = notifier_config_default();
    config.database_url = r->database_url;
    config.direct_url = r->direct_url;
    config.redis_url = r->redis_url;
    config.kafka = r->kafka;
    config.kafka_events = r->kafka_events;
    config.carrier = r->transport;
    return config;
}

enum error_class role_notifier_run(struct context *context, struct error *e)
{
    const struct settings *s = context->settings;
    struct role r = { 0 };
    char *host_text;
    uint16_t port;
    if (listen_read(s, &host_text, &port, e) != ERROR_OK)
        return e->class;
    mem_auto char *host = host_text;
    if (role_init(&r, s, e) != ERROR_OK)
        return e->class;
    struct notifier_config config = notifier_of(&r);
    config.http.host = host;
    config.http.port = port;
    int code = notifier_main(&config);
    role_finish(&r);
    return ended("notifier", code, e);
}

enum error_class role_gateway_run(struct context *context, struct error *e)
{
    const struct settings *s = context->settings;
    struct role r = { 0 };
    char *host_text;
    uint16_t port;
    if (listen_read(s, &host_text, &port, e) != ERROR_OK)
        return e->class;
    mem_auto char *host = host_text;
    if (role_init(&r, s, e) != ERROR_OK)
        return e->class;
    struct gateway_config config = gateway_config_default();
    config.database_url = r.database_url;
    config.redis_url = r.redis_url;
    config.kafka = r.kafka;
    config.kafka_submit = strcmp(settings_text(s, SETTING_KAFKA_SUBMIT), "on") == 0;
    config.carrier = r.transport;
    config.data_folder = r.folder;
    config.reanalyze_hours = (unsigned)settings_number(s, SETTING_REANALYZE_HOURS);
    config.http.host = host;
    config.http.port = port;
    http_settings(s, &config.http);
    config.http.reload = reload_gateway;
    config.http.reload_arg = context->settings;
    struct notifier_config notifier = notifier_of(&r);
    struct host_part others[] = { notifier_part(&notifier) }; /* one process, one port */
    config.others = others;
    config.other_count = 1;
    int code = gateway_main(&config);
    role_finish(&r);
    return ended("gateway", code, e);
}

enum error_class role_slot_run(struct context *context, struct error *e)
{
    (void)context;
    char *argv[] = { "argosy", NULL };
    return ended("slot", slot_main(1, argv), e);
}
