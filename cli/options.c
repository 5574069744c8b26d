/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - what each command of commands.c takes: its own options, and the settings that it reads. In the order in
 * which its help shows them.
 */
#include "cli/options.h"

#include <stddef.h>

/* ---- settings ---- */

#define RECORD_SETTINGS SETTING_DATABASE_URL, SETTING_DATABASE_DIRECT_URL
#define CARRIER_SETTINGS \
    SETTING_REDIS_URL, SETTING_TRANSPORT, SETTING_KAFKA_BROKERS, SETTING_KAFKA_OPTIONS, SETTING_KAFKA_PREFIX
#define SLOT_SETTINGS                                                                                  \
    SETTING_SLOT_MEMORY, SETTING_DRAIN, SETTING_SLOT_JOBS, SETTING_SLOT_GROWTH, SETTING_STALLED_AFTER, \
        SETTING_JOB_LOG_LINES, SETTING_JOB_LOG_BYTES
#define DOOR_SETTINGS SETTING_BODY_MAX, SETTING_FILE_MAX, SETTING_REANALYZE_HOURS
#define RETENTION_SETTINGS                                                                                 \
    SETTING_RETENTION, SETTING_RETENTION_SUCCEEDED, SETTING_RETENTION_FAILED, SETTING_RETENTION_CANCELLED, \
        SETTING_ARGS_MAX
#define DISCOVERY_SETTINGS                                                                           \
    SETTING_DISCOVERY_SAMPLE_ROWS, SETTING_DISCOVERY_SAMPLE_BYTES, SETTING_DISCOVERY_COUNT_ROWS_MAX, \
        SETTING_DISCOVERY_INCLUSION_ROWS, SETTING_DISCOVERY_STATEMENT_TIMEOUT

const enum setting up_settings[] = { SETTING_LISTEN,  SETTING_WORKERS,  SETTING_SLOTS,        SETTING_USER,
                                     RECORD_SETTINGS, CARRIER_SETTINGS, SETTING_KAFKA_SUBMIT, SETTING_KAFKA_EVENTS,
                                     SLOT_SETTINGS,   DOOR_SETTINGS,    RETENTION_SETTINGS,   DISCOVERY_SETTINGS,
                                     SETTING_MAX };
const enum setting scheduler_settings[] = { RECORD_SETTINGS, CARRIER_SETTINGS, RETENTION_SETTINGS, SETTING_MAX };
const enum setting worker_settings[] = { RECORD_SETTINGS, CARRIER_SETTINGS, SETTING_WORKER_NAME, SETTING_TAGS,
                                         SETTING_SLOTS,   SLOT_SETTINGS,    DISCOVERY_SETTINGS,  SETTING_MAX };
const enum setting gateway_settings[] = { SETTING_LISTEN,       RECORD_SETTINGS, CARRIER_SETTINGS, SETTING_KAFKA_SUBMIT,
                                          SETTING_KAFKA_EVENTS, DOOR_SETTINGS,   SETTING_MAX };
const enum setting notifier_settings[] = { SETTING_LISTEN, RECORD_SETTINGS, CARRIER_SETTINGS, SETTING_KAFKA_EVENTS,
                                           SETTING_MAX };
const enum setting demo_settings[] = { SETTING_LISTEN, SETTING_WORKERS, SETTING_SLOTS, SETTING_TRANSPORT,
                                       SETTING_USER,   SETTING_DRAIN,   SETTING_MAX };
const enum setting bench_settings[] = { SETTING_WORKERS, SETTING_SLOTS, SETTING_TRANSPORT, SETTING_MAX };
const enum setting client_settings[] = { SETTING_URL, SETTING_API_KEY, SETTING_MAX };
const enum setting record_settings[] = { RECORD_SETTINGS, SETTING_MAX };
const enum setting doctor_settings[] = { SETTING_URL, SETTING_API_KEY, RECORD_SETTINGS, CARRIER_SETTINGS, SETTING_MAX };
const enum setting discover_settings[] = { DISCOVERY_SETTINGS, SETTING_MAX };

/* ---- options ---- */

#define PAGE_OPTIONS                                      \
    { "limit", "N", "at most so many (50)" },             \
    {                                                     \
        "cursor", "TEXT", "go on after a list's \"next\"" \
    }
#define DEAD_OPTIONS                                                                                          \
    { "kind", "KIND", "only this kind" }, { "queue", "NAME", "only this queue" },                             \
        { "tenant", "NAME", "only this tenant" }, { "code", "CODE", "only what ended with this error_code" }, \
        { "since", "TIME", "only what failed since then: 2026-11-21T10:00:00Z, or 2h for two hours ago" },    \
        { "before", "TIME", "only what failed before" },                                                      \
    {                                                                                                         \
        "quarantined", NULL, "only what is in quarantine"                                                     \
    }
#define TABLE_OPTIONS                                                                                           \
    { "include", "PATTERN,...", "only tables that match: TABLE or SCHEMA.TABLE, * any text, ? one character" }, \
    {                                                                                                           \
        "exclude", "PATTERN,...", "not tables that match"                                                       \
    }

const struct option_row up_options[] = {
    { "reset", NULL, "remove what the data folder holds and start afresh" },
    { "logs", "files|stderr", "where the children's logs go (files below the data folder)" },
    { "private", NULL, "servers of its own, whatever the settings say" },
    { 0 },
};
const struct option_row bench_options[] = {
    { "jobs", "N", "no-op jobs for each of flow, drain, rest and backlog (100000)" },
    { "pickup-seconds", "N",
      "how long jobs are submitted to measure pickup, in pickup and in each half of pinned (5)" },
    { "scenario", "NAMES", "only these, of flow,drain,pickup,rest,pinned,backlog,memory (the first four and memory)" },
    { "usual-seconds", "N", "of pinned's half without a snapshot (as the other half)" },
    { "rate", "N", "jobs a second in pinned (2000)" },
    { 0 },
};
const struct option_row demo_options[] = {
    { "once", NULL, "exit after the report: 0 only when the validation passed" },
    { "source", "FILE", "another SQLite file than the bundled Chinook" },
    { 0 },
};
const struct option_row submit_options[] = {
    { "queue", "NAME", "queue (default)" },
    { "tenant", "NAME", "tenant (default)" },
    { "tag", "TAG,...", "only a worker that has all of these tags gets it, as gpu or eu,gpu" },
    { "priority", "N", "1 first to 1000 last (100)" },
    { "run-at", "TIME", "not before this time, as 2026-11-21T10:00:00Z" },
    { "attempts-max", "N", "tries that count, instead of the kind's" },
    { "timeout", "SECONDS", "how long an attempt may run, instead of the kind's" },
    { "idempotency-key", "KEY", "the same key again is the same job" },
    { "unique", "waiting|live|successful|always", "the only one of its kind and arguments while that is so" },
    { "unique-key", "KEY", "the only one of its kind with that key, whatever its arguments (live)" },
    { "unique-for", "SECONDS", "no longer than that after its submit (successful)" },
    { "unique-scope", "tenant|queue|all", "among whom it is the only one (tenant)" },
    { 0 },
};
const struct option_row page_options[] = { PAGE_OPTIONS, { 0 } };
const struct option_row batch_options[] = {
    { "name", "TEXT", "its name (the file's)" },
    { "on-complete", "JSON", "a job, {\"kind\", \"args\"}, when all have ended" },
    { "on-success", "JSON", "a job if all have succeeded" },
    { "queue", "NAME", "queue of jobs that name none (default)" },
    { "tenant", "NAME", "tenant of jobs that name none (default)" },
    { "idempotency-key", "KEY", "the same key again is the same batch" },
    { 0 },
};
const struct option_row connection_add_options[] = {
    { "name", "TEXT", "what it is called (DATABASE at HOST, or the file's name)" },
    { "password", "@FILE|-", "the password, from a file or standard input" },
    { "dialect", "DIALECT", "of a file's SQL: postgresql, mysql, oracle, sqlserver (guessed); sqlite: a database" },
    { "no-analyze", NULL, "do not analyse it now, nor by itself" },
    { "reanalyze-hours", "N", "hours between analyses, 0 for never (the gateway's setting; 0 for a file)" },
    { 0 },
};
const struct option_row connection_update_options[] = {
    { "name", "TEXT", "call it so" },
    { "address", "URL", "where it is now; its password is to be given anew" },
    { "password", "@FILE|-", "another password, from a file or standard input; empty: none" },
    { "reanalyze-hours", "N", "hours between analyses, 0 for never" },
    { 0 },
};
const struct option_row connection_test_options[] = {
    { "password", "@FILE|-", "of a URL: the password, from a file or standard input" },
    { "wait", "SECONDS", "how long to wait for the answer, at most 60 (30)" },
    { 0 },
};
const struct option_row connection_list_options[] = {
    { "status", "STATUS", "only those: pending, analyzing, indexing, ready, error, updating" },
    { 0 },
};
const struct option_row schedule_options[] = {
    { "zone", "ZONE", "time zone of the expression, an IANA name (UTC)" },
    { "steps", "JSON|@FILE|-", "steps of a pipeline, instead of KIND" },
    { "queue", "NAME", "queue (default)" },
    { "tenant", "NAME", "tenant (default)" },
    { "tag", "TAG,...", "only a worker that has all of these tags gets its jobs, as gpu or eu,gpu" },
    { "priority", "N", "1 first to 1000 last (100)" },
    { "attempts-max", "N", "tries that count, instead of the kind's" },
    { "timeout", "SECONDS", "how long an attempt may run, instead of the kind's" },
    { "catch-up", "none|latest|all", "what becomes of ticks that were missed (latest)" },
    { "catch-up-max", "N", "of all: only the newest N (100)" },
    { "grace", "SECONDS", "a tick later than this was missed (60)" },
    { "overlap", "allow|skip", "while the last tick's work has not ended (allow)" },
    { "paused", NULL, "fires nothing until it is resumed" },
    { "replace", NULL, "in place of the schedule of that name" },
    { 0 },
};
const struct option_row next_options[] = {
    { "count", "N", "how many ticks (5)" },
    { 0 },
};
const struct option_row job_list_options[] = {
    { "state", "STATE", "only jobs in it: available, dispatched, failed, ..." },
    { "kind", "KIND", "only this kind" },
    { "queue", "NAME", "only this queue" },
    { "tenant", "NAME", "only this tenant" },
    { "pipeline", "ID", "only the jobs of this pipeline" },
    PAGE_OPTIONS,
    { 0 },
};
const struct option_row dlq_list_options[] = {
    DEAD_OPTIONS,
    PAGE_OPTIONS,
    { 0 },
};
const struct option_row dlq_act_options[] = {
    DEAD_OPTIONS,
    { "all", NULL, "whatever there is" },
    { "limit", "N", "at most so many" },
    { "dry-run", NULL, "only say what would be done" },
    { "rate", "N", "at most so many a second" },
    { 0 },
};
const struct option_row limit_options[] = {
    { "running", "N", "at most so many dispatched at a time; 0: none" },
    { "rate", "N", "at most so many dispatched a second, on average" },
    { "burst", "N", "... and so many at once (what the rate gives in a second)" },
    { 0 },
};
const struct option_row queue_options[] = {
    { "window", "SPEC", "when it gives out jobs: 22:00-06:00 Europe/Berlin mon-fri; several with ;, or none" },
    { "window-end", "finish|interrupt", "what runs when a window closes goes on, or waits for the next one (finish)" },
    { "tags", "TAGS", "tags that its workers must have, as eu,gpu, or none" },
    { "slo", "SECONDS", "in which time its backlog is to be worked off, for scaling, or none" },
    { 0 },
};
const struct option_row drain_options[] = {
    { "wait", NULL, "until nothing of it runs any more" },
    { 0 },
};
const struct option_row forecast_options[] = {
    { "kind", "KIND", "as if jobs of this kind were submitted now" },
    { "count", "N", "so many (1)" },
    { 0 },
};
const struct option_row logs_options[] = {
    { "follow", NULL, "go on until the job has ended" },
    { 0 },
};
const struct option_row discover_options[] = {
    TABLE_OPTIONS,
    { "dialect", "NAME", "of SQL text: postgresql, mysql, sqlite, oracle or sqlserver (guessed)" },
    { "format", "NAME", "of the file: ddl, csv, json, xml, yaml, ... (guessed)" },
    { "data", "FOLDER", "rows of the tables: a file TABLE.csv each" },
    { "schema", "NAME", "of a database: only this schema" },
    { "output", "text|json|tree|mermaid|dot|svg", "what is printed; text is the tree" },
    { 0 },
};
const struct option_row catalog_diff_options[] = {
    TABLE_OPTIONS,
    { "dialect", "NAME", "of SQL text: postgresql, mysql, sqlite, oracle or sqlserver (guessed)" },
    { "schema", "NAME", "of a database: only this schema" },
    { "check", NULL, "end with exit code 4 when something breaks" },
    { 0 },
};
