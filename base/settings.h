/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - one table row a setting; flag > environment > file > default.
 *
 * The rows below are the single source: --help, docs/reference/settings.md and the environment variables are made from
 * them. A setting marked as secret may also come from a file whose path is in NAME_FILE. A bad value is one
 * ERROR_INVALID that names the setting, where it came from and what is allowed.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum setting_type { SETTING_TEXT, SETTING_SECRET, SETTING_CHOICE, SETTING_COUNT, SETTING_BYTES, SETTING_TIME };

/* X(id, flag, environment, type, default, min, max or choices text, help). Times are kept in ms, sizes in bytes. */
#define SETTINGS(X)                                                                                                   \
    X(DATA_DIR, "data-dir", "ARGOSY_DATA_DIR", SETTING_TEXT, NULL, 0, 0, NULL,                                        \
      "folder of the private servers, uploads and keys ($XDG_DATA_HOME/argosy; /var/lib/argosy for root)")            \
    X(DATABASE_URL, "database-url", "DATABASE_URL", SETTING_SECRET, NULL, 0, 0, NULL,                                 \
      "PostgreSQL that holds the record; none: `argosy up` starts a private one")                                     \
    X(DATABASE_DIRECT_URL, "database-direct-url", "DATABASE_DIRECT_URL", SETTING_SECRET, NULL, 0, 0, NULL,            \
      "the same PostgreSQL past its pooler, for LISTEN and the leader's lock; none: that of database-url")            \
    X(REDIS_URL, "redis-url", "REDIS_URL", SETTING_SECRET, NULL, 0, 0, NULL,                                          \
      "Redis that carries dispatches; none: `argosy up` starts a private one")                                        \
    X(KAFKA_BROKERS, "kafka-brokers", "KAFKA_BROKERS", SETTING_TEXT, NULL, 0, 0, NULL,                                \
      "HOST:PORT,... of a Kafka that carries dispatches, submits and events")                                         \
    X(KAFKA_OPTIONS, "kafka-options", "KAFKA_OPTIONS", SETTING_SECRET, NULL, 0, 0, NULL,                              \
      "how to log in to Kafka: KEY=VALUE;KEY=VALUE (security.protocol, sasl.*, ssl.*; see queue/README.md)")          \
    X(KAFKA_PREFIX, "kafka-prefix", "KAFKA_PREFIX", SETTING_TEXT, "argosy", 0, 0, NULL,                               \
      "what the names of our Kafka topics begin with")                                                                \
    X(KAFKA_SUBMIT, "kafka-submit", "KAFKA_SUBMIT", SETTING_CHOICE, "on", 0, 0, "on|off",                             \
      "where Kafka is known: take jobs from the topic PREFIX.submit")                                                 \
    X(KAFKA_EVENTS, "kafka-events", "KAFKA_EVENTS", SETTING_CHOICE, "on", 0, 0, "on|off",                             \
      "where Kafka is known: publish the events of jobs to the topic PREFIX.events")                                  \
    X(TRANSPORT, "transport", "ARGOSY_TRANSPORT", SETTING_CHOICE, "redis", 0, 0, "redis|kafka|postgres",              \
      "what carries dispatches to the workers, until `argosy transport switch` says otherwise")                       \
    X(LISTEN, "listen", "ARGOSY_LISTEN", SETTING_TEXT, "127.0.0.1:7070", 0, 0, NULL,                                  \
      "address and port of the gateway; port 0 takes a free one")                                                     \
    X(URL, "url", "ARGOSY_URL", SETTING_TEXT, NULL, 0, 0, NULL,                                                       \
      "gateway that the commands talk to (that of the data folder's `argosy up` when none is given)")                 \
    X(API_KEY, "api-key", "ARGOSY_API_KEY", SETTING_SECRET, NULL, 0, 0, NULL,                                         \
      "key for the gateway (that of the data folder when none is given)")                                             \
    X(USER, "user", "ARGOSY_USER", SETTING_TEXT, "nobody", 0, 0, NULL,                                                \
      "whom `argosy up` becomes when started as root")                                                                \
    X(WORKERS, "workers", "ARGOSY_WORKERS", SETTING_COUNT, "2", 1, 64, NULL, "worker processes of `argosy up`")       \
    X(SLOTS, "slots", "ARGOSY_SLOTS", SETTING_COUNT, "2", 1, 256, NULL, "jobs that one worker runs at the same time") \
    X(WORKER_NAME, "name", "ARGOSY_WORKER_NAME", SETTING_TEXT, NULL, 0, 0, NULL,                                      \
      "name of a worker (its host and pid)")                                                                          \
    X(TAGS, "tags", "ARGOSY_TAGS", SETTING_TEXT, NULL, 0, 0, NULL,                                                    \
      "tags of a worker, as eu,gpu: jobs that need them only go where all of them are")                               \
    X(DRAIN, "drain", "ARGOSY_DRAIN", SETTING_TIME, "30s", 0, 86400000, NULL,                                         \
      "how long a stopping worker lets its running jobs go on")                                                       \
    X(SLOT_MEMORY, "slot-memory", "ARGOSY_SLOT_MEMORY", SETTING_BYTES, "2g", 16777216, 1099511627776, NULL,           \
      "memory limit of a slot")                                                                                       \
    X(SLOT_JOBS, "slot-jobs", "ARGOSY_SLOT_JOBS", SETTING_COUNT, "0", 0, 1000000000, NULL,                            \
      "jobs after which a slot is replaced by a fresh one (0: never)")                                                \
    X(SLOT_GROWTH, "slot-growth", "ARGOSY_SLOT_GROWTH", SETTING_BYTES, "256m", 0, 1099511627776, NULL,                \
      "memory that an idle slot may hold beyond what it began with before it is replaced (0: any)")                   \
    X(STALLED_AFTER, "stalled-after", "ARGOSY_STALLED_AFTER", SETTING_TIME, "0s", 0, 604800000, NULL,                 \
      "stop a job that neither reports progress nor logs for so long, unless its kind says how long (0s: don't)")     \
    X(JOB_LOG_LINES, "job-log-lines", "ARGOSY_JOB_LOG_LINES", SETTING_COUNT, "10000", 0, 1000000, NULL,               \
      "lines of log that one attempt of a job may leave")                                                             \
    X(JOB_LOG_BYTES, "job-log-bytes", "ARGOSY_JOB_LOG_BYTES", SETTING_BYTES, "1m", 0, 1073741824, NULL,               \
      "bytes of log that one attempt of a job may leave")                                                             \
    X(ARGS_MAX, "args-max", "ARGOSY_ARGS_MAX", SETTING_BYTES, NULL, 1024, 67108864, NULL,                             \
      "largest arguments of a job; the record keeps the last that a scheduler was given (256k)")                      \
    X(BODY_MAX, "body-max", "ARGOSY_BODY_MAX", SETTING_BYTES, "4m", 1024, 1073741824, NULL,                           \
      "largest body of a request, uploads apart")                                                                     \
    X(FILE_MAX, "file-max", "ARGOSY_FILE_MAX", SETTING_BYTES, "16g", 1024, 1099511627776, NULL, "largest upload")     \
    X(REANALYZE_HOURS, "reanalyze-hours", "ARGOSY_REANALYZE_HOURS", SETTING_COUNT, "168", 0, 87600, NULL,             \
      "hours between analyses of a new connection that is analysed and does not say (0: never by itself)")            \
    X(DISCOVERY_SAMPLE_ROWS, "discovery-sample-rows", "ARGOSY_DISCOVERY_SAMPLE_ROWS", SETTING_COUNT, "10000", 1,      \
      10000000, NULL, "rows of each table that discovery looks at, unless a job says how many")                       \
    X(DISCOVERY_SAMPLE_BYTES, "discovery-sample-bytes", "ARGOSY_DISCOVERY_SAMPLE_BYTES", SETTING_BYTES, "64m", 65536, \
      1099511627776, NULL, "bytes of each table that discovery looks at, the same")                                   \
    X(DISCOVERY_COUNT_ROWS_MAX, "discovery-count-rows-max", "ARGOSY_DISCOVERY_COUNT_ROWS_MAX", SETTING_COUNT,         \
      "1000000", 0, 9007199254740992, NULL,                                                                           \
      "a table of more rows is never read whole: its count is an estimate, the same")                                 \
    X(DISCOVERY_INCLUSION_ROWS, "discovery-inclusion-rows", "ARGOSY_DISCOVERY_INCLUSION_ROWS", SETTING_COUNT,         \
      "100000", 0, 1000000000, NULL, "rows of a table that are compared with the keys it may refer to, the same")     \
    X(DISCOVERY_STATEMENT_TIMEOUT, "discovery-statement-timeout", "ARGOSY_DISCOVERY_STATEMENT_TIMEOUT", SETTING_TIME, \
      "5m", 0, 86400000, NULL, "how long one statement of discovery may run in a server (0s: any), the same")         \
    X(RETENTION, "retention", "ARGOSY_RETENTION", SETTING_TIME, NULL, 3600000, 315360000000, NULL,                    \
      "how long jobs that have ended are kept, by whole days in UTC (30 days)")                                       \
    X(RETENTION_SUCCEEDED, "retention-succeeded", "ARGOSY_RETENTION_SUCCEEDED", SETTING_TIME, NULL, 3600000,          \
      315360000000, NULL, "how long jobs that succeeded are kept (as retention says)")                                \
    X(RETENTION_FAILED, "retention-failed", "ARGOSY_RETENTION_FAILED", SETTING_TIME, NULL, 3600000, 315360000000,     \
      NULL, "how long jobs that failed are kept and can be replayed (as retention says)")                             \
    X(RETENTION_CANCELLED, "retention-cancelled", "ARGOSY_RETENTION_CANCELLED", SETTING_TIME, NULL, 3600000,          \
      315360000000, NULL, "how long jobs that were cancelled are kept (as retention says)")                           \
    X(LOG_LEVEL, "log-level", "LOG_LEVEL", SETTING_CHOICE, "info", 0, 0, "debug|info|warn|error",                     \
      "least level logged")                                                                                           \
    X(LOG_FORMAT, "log-format", "LOG_FORMAT", SETTING_CHOICE, "auto", 0, 0, "auto|json|text",                         \
      "log lines: JSON, text, or text on a terminal only")                                                            \
    X(OUTPUT, "output", "ARGOSY_OUTPUT", SETTING_CHOICE, "text", 0, 0, "text|json", "what commands print")

enum setting {
#define X(id, flag, environment, type, fallback, min, max, choices, help) SETTING_##id,
    SETTINGS(X)
#undef X
        SETTING_MAX
};

struct setting_row {
    const char *flag, *environment, *fallback, *choices, *help;
    enum setting_type type;
    int64_t min, max;
};
extern const struct setting_row setting_rows[SETTING_MAX];

struct settings;

/* File: path, or NULL for ARGOSY_CONFIG, else $XDG_CONFIG_HOME/argosy/argosy.conf when it is there. */
struct settings *settings_create(void);
struct settings *settings_destroy(struct settings *s);
enum error_class settings_flag(struct settings *s, enum setting id, const char *value, struct error *e);
enum error_class settings_load(struct settings *s, const char *path, struct error *e); /* file and environment */

/* The file that was loaded is read again (and the environment, which does not change); flags stay. All or nothing.
 * Texts that were handed out before stay as they were. */
enum error_class settings_reload(struct settings *s, struct error *e);

const char *settings_text(const struct settings *s, enum setting id);   /* NULL: not set */
int64_t settings_number(const struct settings *s, enum setting id);     /* counts, bytes, ms */
const char *settings_source(const struct settings *s, enum setting id); /* "flag", "environment", "file", "default" */

#endif
