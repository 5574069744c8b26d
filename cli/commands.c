/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - everything that `argosy` can be asked for. Keep sorted by name. */
#include "cli/commands.h"

#include <stddef.h>

#define DISCOVERY_SETTINGS                                                                           \
    SETTING_DISCOVERY_SAMPLE_ROWS, SETTING_DISCOVERY_SAMPLE_BYTES, SETTING_DISCOVERY_COUNT_ROWS_MAX, \
        SETTING_DISCOVERY_INCLUSION_ROWS, SETTING_DISCOVERY_STATEMENT_TIMEOUT

static const enum setting up_settings[] = { SETTING_LISTEN,
                                            SETTING_WORKERS,
                                            SETTING_SLOTS,
                                            SETTING_DATABASE_DIRECT_URL,
                                            SETTING_TRANSPORT,
                                            SETTING_KAFKA_BROKERS,
                                            SETTING_KAFKA_OPTIONS,
                                            SETTING_KAFKA_PREFIX,
                                            SETTING_KAFKA_SUBMIT,
                                            SETTING_KAFKA_EVENTS,
                                            SETTING_DATABASE_URL,
                                            SETTING_REDIS_URL,
                                            SETTING_USER,
                                            SETTING_DRAIN,
                                            SETTING_SLOT_MEMORY,
                                            SETTING_BODY_MAX,
                                            SETTING_FILE_MAX,
                                            SETTING_REANALYZE_HOURS,
                                            SETTING_RETENTION,
                                            SETTING_SLOT_JOBS,
                                            SETTING_SLOT_GROWTH,
                                            SETTING_STALLED_AFTER,
                                            SETTING_JOB_LOG_LINES,
                                            SETTING_JOB_LOG_BYTES,
                                            SETTING_RETENTION_SUCCEEDED,
                                            SETTING_RETENTION_FAILED,
                                            SETTING_RETENTION_CANCELLED,
                                            SETTING_ARGS_MAX,
                                            DISCOVERY_SETTINGS,
                                            SETTING_MAX };
static const enum setting role_settings[] = { SETTING_DATABASE_URL,
                                              SETTING_DATABASE_DIRECT_URL,
                                              SETTING_REDIS_URL,
                                              SETTING_TRANSPORT,
                                              SETTING_KAFKA_BROKERS,
                                              SETTING_KAFKA_OPTIONS,
                                              SETTING_KAFKA_PREFIX,
                                              SETTING_RETENTION,
                                              SETTING_RETENTION_SUCCEEDED,
                                              SETTING_RETENTION_FAILED,
                                              SETTING_RETENTION_CANCELLED,
                                              SETTING_ARGS_MAX,
                                              SETTING_MAX };
static const enum setting worker_settings[] = { SETTING_DATABASE_URL,
                                                SETTING_DATABASE_DIRECT_URL,
                                                SETTING_REDIS_URL,
                                                SETTING_TRANSPORT,
                                                SETTING_KAFKA_BROKERS,
                                                SETTING_KAFKA_OPTIONS,
                                                SETTING_KAFKA_PREFIX,
                                                SETTING_WORKER_NAME,
                                                SETTING_TAGS,
                                                SETTING_SLOTS,
                                                SETTING_SLOT_MEMORY,
                                                SETTING_DRAIN,
                                                SETTING_SLOT_JOBS,
                                                SETTING_SLOT_GROWTH,
                                                SETTING_STALLED_AFTER,
                                                SETTING_JOB_LOG_LINES,
                                                SETTING_JOB_LOG_BYTES,
                                                DISCOVERY_SETTINGS,
                                                SETTING_MAX };
static const enum setting discover_settings[] = { DISCOVERY_SETTINGS, SETTING_MAX };
static const enum setting gateway_settings[] = {
    SETTING_LISTEN,          SETTING_DATABASE_URL, SETTING_DATABASE_DIRECT_URL,
    SETTING_REDIS_URL,       SETTING_TRANSPORT,    SETTING_KAFKA_BROKERS,
    SETTING_KAFKA_OPTIONS,   SETTING_KAFKA_PREFIX, SETTING_KAFKA_SUBMIT,
    SETTING_KAFKA_EVENTS,    SETTING_BODY_MAX,     SETTING_FILE_MAX,
    SETTING_REANALYZE_HOURS, SETTING_MAX
};
static const enum setting notifier_settings[] = {
    SETTING_LISTEN,        SETTING_DATABASE_URL,  SETTING_DATABASE_DIRECT_URL, SETTING_REDIS_URL,    SETTING_TRANSPORT,
    SETTING_KAFKA_BROKERS, SETTING_KAFKA_OPTIONS, SETTING_KAFKA_PREFIX,        SETTING_KAFKA_EVENTS, SETTING_MAX
};
static const enum setting demo_settings[] = { SETTING_LISTEN, SETTING_WORKERS, SETTING_SLOTS, SETTING_TRANSPORT,
                                              SETTING_USER,   SETTING_DRAIN,   SETTING_MAX };
static const enum setting client_settings[] = { SETTING_URL, SETTING_API_KEY, SETTING_MAX };
static const enum setting record_settings[] = { SETTING_DATABASE_URL, SETTING_DATABASE_DIRECT_URL, SETTING_MAX };
static const enum setting doctor_settings[] = {
    SETTING_URL,       SETTING_API_KEY,       SETTING_DATABASE_URL,  SETTING_DATABASE_DIRECT_URL, SETTING_REDIS_URL,
    SETTING_TRANSPORT, SETTING_KAFKA_BROKERS, SETTING_KAFKA_OPTIONS, SETTING_KAFKA_PREFIX,        SETTING_MAX
};
static const enum setting bench_settings[] = { SETTING_WORKERS, SETTING_SLOTS, SETTING_TRANSPORT, SETTING_MAX };

static const struct option_row up_options[] = {
    { "reset", NULL, "remove what the data folder holds and start afresh" },
    { "logs", "files|stderr", "where the children's logs go (files below the data folder)" },
    { "private", NULL, "servers of its own, whatever the settings say" },
    { 0 },
};
static const struct option_row bench_options[] = {
    { "jobs", "N", "no-op jobs for each of flow, drain, rest and backlog (100000)" },
    { "pickup-seconds", "N",
      "how long jobs are submitted to measure pickup, in pickup and in each half of pinned (5)" },
    { "scenario", "NAMES", "only these, of flow,drain,pickup,rest,pinned,backlog,memory (the first four and memory)" },
    { "usual-seconds", "N", "of pinned's half without a snapshot (as the other half)" },
    { "rate", "N", "jobs a second in pinned (2000)" },
    { 0 },
};
static const struct option_row demo_options[] = {
    { "once", NULL, "exit after the report: 0 only when the validation passed" },
    { "source", "FILE", "another SQLite file than the bundled Chinook" },
    { 0 },
};
static const struct option_row submit_options[] = {
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
static const struct option_row batch_options[] = {
    { "name", "TEXT", "its name (the file's)" },
    { "on-complete", "JSON", "a job, {\"kind\", \"args\"}, when all have ended" },
    { "on-success", "JSON", "a job if all have succeeded" },
    { "queue", "NAME", "queue of jobs that name none (default)" },
    { "tenant", "NAME", "tenant of jobs that name none (default)" },
    { "idempotency-key", "KEY", "the same key again is the same batch" },
    { 0 },
};
static const struct option_row connection_add_options[] = {
    { "name", "TEXT", "what it is called (DATABASE at HOST, or the file's name)" },
    { "password", "@FILE|-", "the password, from a file or standard input" },
    { "dialect", "DIALECT", "of a file's SQL: postgresql, mysql, oracle, sqlserver (guessed); sqlite: a database" },
    { "no-analyze", NULL, "do not analyse it now, nor by itself" },
    { "reanalyze-hours", "N", "hours between analyses, 0 for never (the gateway's setting; 0 for a file)" },
    { 0 },
};
static const struct option_row connection_update_options[] = {
    { "name", "TEXT", "call it so" },
    { "address", "URL", "where it is now; its password is to be given anew" },
    { "password", "@FILE|-", "another password, from a file or standard input; empty: none" },
    { "reanalyze-hours", "N", "hours between analyses, 0 for never" },
    { 0 },
};
static const struct option_row connection_test_options[] = {
    { "password", "@FILE|-", "of a URL: the password, from a file or standard input" },
    { "wait", "SECONDS", "how long to wait for the answer, at most 60 (30)" },
    { 0 },
};
static const struct option_row connection_list_options[] = {
    { "status", "STATUS", "only those: pending, analyzing, indexing, ready, error, updating" },
    { 0 },
};
static const struct option_row schedule_options[] = {
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
static const struct option_row next_options[] = {
    { "count", "N", "how many ticks (5)" },
    { 0 },
};
static const struct option_row list_options[] = {
    { "state", "STATE", "only jobs in it: available, dispatched, failed, ..." },
    { "kind", "KIND", "only this kind" },
    { "queue", "NAME", "only this queue" },
    { "tenant", "NAME", "only this tenant" },
    { "pipeline", "ID", "only the jobs of this pipeline" },
    { "limit", "N", "at most so many (50)" },
    { "cursor", "TEXT", "go on after a list's \"next\"" },
    { 0 },
};
static const struct option_row dlq_list_options[] = {
    { "kind", "KIND", "only this kind" },
    { "queue", "NAME", "only this queue" },
    { "tenant", "NAME", "only this tenant" },
    { "code", "CODE", "only what ended with this error_code" },
    { "since", "TIME", "only what failed since then: 2026-11-21T10:00:00Z, or 2h for two hours ago" },
    { "before", "TIME", "only what failed before" },
    { "quarantined", NULL, "only what is in quarantine" },
    { "limit", "N", "at most so many (50)" },
    { "cursor", "TEXT", "go on after a list's \"next\"" },
    { 0 },
};
static const struct option_row dlq_act_options[] = {
    { "kind", "KIND", "only this kind" },
    { "queue", "NAME", "only this queue" },
    { "tenant", "NAME", "only this tenant" },
    { "code", "CODE", "only what ended with this error_code" },
    { "since", "TIME", "only what failed since then: 2026-11-21T10:00:00Z, or 2h for two hours ago" },
    { "before", "TIME", "only what failed before" },
    { "quarantined", NULL, "only what is in quarantine" },
    { "all", NULL, "whatever there is" },
    { "limit", "N", "at most so many" },
    { "dry-run", NULL, "only say what would be done" },
    { "rate", "N", "at most so many a second" },
    { 0 },
};
static const struct option_row limit_options[] = {
    { "running", "N", "at most so many dispatched at a time; 0: none" },
    { "rate", "N", "at most so many dispatched a second, on average" },
    { "burst", "N", "... and so many at once (what the rate gives in a second)" },
    { 0 },
};
static const struct option_row queue_options[] = {
    { "window", "SPEC", "when it gives out jobs: 22:00-06:00 Europe/Berlin mon-fri; several with ;, or none" },
    { "window-end", "finish|interrupt", "what runs when a window closes goes on, or waits for the next one (finish)" },
    { "tags", "TAGS", "tags that its workers must have, as eu,gpu, or none" },
    { "slo", "SECONDS", "in which time its backlog is to be worked off, for scaling, or none" },
    { 0 },
};
static const struct option_row drain_options[] = {
    { "wait", NULL, "until nothing of it runs any more" },
    { 0 },
};
static const struct option_row forecast_options[] = {
    { "kind", "KIND", "as if jobs of this kind were submitted now" },
    { "count", "N", "so many (1)" },
    { 0 },
};
static const struct option_row logs_options[] = {
    { "follow", NULL, "go on until the job has ended" },
    { 0 },
};
#define WHICH_TABLES                                                                                            \
    { "include", "PATTERN,...", "only tables that match: TABLE or SCHEMA.TABLE, * any text, ? one character" }, \
    {                                                                                                           \
        "exclude", "PATTERN,...", "not tables that match"                                                       \
    }
static const struct option_row discover_options[] = {
    WHICH_TABLES,
    { "dialect", "NAME", "of SQL text: postgresql, mysql, sqlite, oracle or sqlserver (guessed)" },
    { "format", "NAME", "of the file: ddl, csv, json, xml, yaml, ... (guessed)" },
    { "data", "FOLDER", "rows of the tables: a file TABLE.csv each" },
    { "schema", "NAME", "of a database: only this schema" },
    { "output", "text|json|tree|mermaid|dot|svg", "what is printed; text is the tree" },
    { 0 },
};
static const struct option_row catalog_diff_options[] = {
    WHICH_TABLES,
    { "dialect", "NAME", "of SQL text: postgresql, mysql, sqlite, oracle or sqlserver (guessed)" },
    { "schema", "NAME", "of a database: only this schema" },
    { "check", NULL, "end with exit code 4 when something breaks" },
    { 0 },
};

#define COMMAND(name_, arguments_, summary_, settings_, options_, min_, max_, run_)                              \
    {                                                                                                            \
        .name = name_, .arguments = arguments_, .summary = summary_, .settings = settings_, .options = options_, \
        .arguments_min = min_, .arguments_max = max_, .run = run_                                                \
    }

const struct command command_rows[] = {
    COMMAND("api-key create", "[NAME]", "make an API key for the gateway; it is shown once", record_settings, NULL, 0,
            1, api_key_create_run),
    COMMAND("batch cancel", "ID", "cancel what has not ended of a batch", client_settings, NULL, 1, 1,
            batch_cancel_run),
    COMMAND("batch failed", "ID", "list a batch's jobs that did not succeed", client_settings, NULL, 1, 1,
            batch_failed_run),
    COMMAND("batch list", NULL, "list batches with their counts, the newest first", client_settings, NULL, 0, 0,
            batch_list_run),
    COMMAND("batch show", "ID", "show one batch", client_settings, NULL, 1, 1, batch_show_run),
    COMMAND("batch submit", "FILE|-", "submit many jobs: a JSON array, or a job a line", client_settings, batch_options,
            1, 1, batch_submit_run),
    COMMAND("bench queue", NULL, "measure no-op jobs on a fleet of its own: rates, pickup, REST, CPU, memory",
            bench_settings, bench_options, 0, 0, bench_queue_run),
    COMMAND("catalog diff", "FROM TO", "say what changed between two schemas, and what of it breaks", discover_settings,
            catalog_diff_options, 2, 2, catalog_diff_run),
    COMMAND("connection add", "URL|FILE", "connect a database, or a file that discovery reads, and analyse it",
            client_settings, connection_add_options, 1, 1, connection_add_run),
    COMMAND("connection analyze", "ID", "analyse a connection now", client_settings, NULL, 1, 1,
            connection_analyze_run),
    COMMAND("connection list", NULL, "list connections with their statuses", client_settings, connection_list_options,
            0, 0, connection_list_run),
    COMMAND("connection remove", "ID", "remove a connection that no job uses", client_settings, NULL, 1, 1,
            connection_remove_run),
    COMMAND("connection show", "ID", "show one connection with its status and last catalog", client_settings, NULL, 1,
            1, connection_show_run),
    COMMAND("connection test", "ID|URL", "say whether a database can be reached, and what may not be read there",
            client_settings, connection_test_options, 1, 1, connection_test_run),
    COMMAND("connection update", "ID", "change a connection's name, address, password or interval", client_settings,
            connection_update_options, 1, 1, connection_update_run),
    COMMAND("db migrate", NULL, "bring the record's schema to this program's version", record_settings, NULL, 0, 0,
            db_migrate_run),
    COMMAND("demo", NULL, "start a fleet and migrate the Chinook database through it", demo_settings, demo_options, 0,
            0, demo_run),
    COMMAND("discover", "FILE|URL", "read the schema of a file or database: tables, keys, relations, personal data",
            discover_settings, discover_options, 1, 1, discover_run),
    COMMAND("dlq list", NULL, "list jobs that failed for good, the newest first", client_settings, dlq_list_options, 0,
            0, dlq_list_run),
    COMMAND("dlq purge", "[ID...]", "take jobs off the list of dead letters", client_settings, dlq_act_options, 0, 100,
            dlq_purge_run),
    COMMAND("dlq replay", "[ID...]", "run dead letters again, with whoever they had taken along", client_settings,
            dlq_act_options, 0, 100, dlq_replay_run),
    COMMAND("doctor", NULL, "check everything the fleet stands on, and say what to do", doctor_settings, NULL, 0, 0,
            doctor_run),
    { .name = "exec-child",
      .arguments = "SIGNAL PARENT -- PROGRAM...",
      .summary = "started by `argosy up`",
      .arguments_min = 3,
      .arguments_max = 100,
      .run = exec_child_run,
      .hidden = true },
    COMMAND("fsck", NULL, "prove from the record's rows that nothing was lost or recorded twice", record_settings, NULL,
            0, 0, fsck_run),
    COMMAND("gateway", NULL, "role: REST API, events and console", gateway_settings, NULL, 0, 0, role_gateway_run),
    COMMAND("help", "[COMMAND]", "list the commands, or tell about one", NULL, NULL, 0, 3, help_run),
    COMMAND("help commands", NULL, "print the reference page of all commands", NULL, NULL, 0, 0, help_commands_run),
    COMMAND("help settings", NULL, "print the reference page of all settings", NULL, NULL, 0, 0, help_settings_run),
    COMMAND("job cancel", "ID", "cancel a job, also while it runs", client_settings, NULL, 1, 1, job_cancel_run),
    COMMAND("job list", NULL, "list jobs, the newest first", client_settings, list_options, 0, 0, job_list_run),
    COMMAND("job logs", "ID", "print what a job said while it ran", client_settings, logs_options, 1, 1, job_logs_run),
    COMMAND("job release", "ID", "let a held job go on without those that did not succeed", client_settings, NULL, 1, 1,
            job_release_run),
    COMMAND("job retry", "ID", "run a failed or cancelled job again", client_settings, NULL, 1, 1, job_retry_run),
    COMMAND("job show", "ID", "show one job with its result or error", client_settings, NULL, 1, 1, job_show_run),
    COMMAND("job submit", "KIND [ARGS|@FILE|-]", "submit a job; ARGS is a JSON object", client_settings, submit_options,
            1, 2, job_submit_run),
    COMMAND("job watch", "ID", "print a job's events until it has ended", client_settings, NULL, 1, 1, job_watch_run),
    COMMAND("job why", "ID", "say what a job is waiting for", client_settings, NULL, 1, 1, job_why_run),
    COMMAND("limit list", NULL, "list limits and how much of them is used", client_settings, NULL, 0, 0,
            limit_list_run),
    COMMAND("limit remove", "SCOPE NAME", "take a limit away", client_settings, NULL, 2, 2, limit_remove_run),
    COMMAND("limit set", "SCOPE NAME", "limit a queue, tenant, kind or connection; NAME * for each", client_settings,
            limit_options, 2, 2, limit_set_run),
    COMMAND("migrate", "SOURCE TARGET", "migrate a database: sqlite:FILE to postgresql://...", client_settings, NULL, 2,
            2, migrate_run),
    COMMAND("notifier", NULL, "role: events as they happen, beside a gateway behind path routing", notifier_settings,
            NULL, 0, 0, role_notifier_run),
    COMMAND("queue drain", "NAME", "pause a queue, and say how much of it still runs", client_settings, drain_options,
            1, 1, queue_drain_run),
    COMMAND("queue forecast", "NAME", "say when a queue is done, and whether that passes its window", client_settings,
            forecast_options, 1, 1, queue_forecast_run),
    COMMAND("queue list", NULL, "list queues with what waits in them", client_settings, NULL, 0, 0, queue_list_run),
    COMMAND("queue pause", "NAME", "dispatch nothing from a queue", client_settings, NULL, 1, 1, queue_pause_run),
    COMMAND("queue resume", "NAME", "dispatch from a paused queue again", client_settings, NULL, 1, 1,
            queue_resume_run),
    COMMAND("queue set", "NAME", "set when a queue gives out jobs, and to whom", client_settings, queue_options, 1, 1,
            queue_set_run),
    COMMAND("queue show", "NAME", "show a queue's settings, windows and what runs", client_settings, NULL, 1, 1,
            queue_show_run),
    COMMAND("scale", NULL, "say how many workers the backlog wants, and which to stop first", client_settings, NULL, 0,
            0, scale_run),
    COMMAND("schedule add", "NAME CRON [KIND [ARGS|@FILE|-]]",
            "submit work by the clock; CRON is 5 or 6 fields, @daily or @every 12h", client_settings, schedule_options,
            2, 4, schedule_add_run),
    COMMAND("schedule list", NULL, "list schedules with their next and last ticks", client_settings, NULL, 0, 0,
            schedule_list_run),
    COMMAND("schedule next", "NAME", "print the next ticks of a schedule", client_settings, next_options, 1, 1,
            schedule_next_run),
    COMMAND("schedule pause", "NAME", "fire no tick of a schedule", client_settings, NULL, 1, 1, schedule_pause_run),
    COMMAND("schedule remove", "NAME", "remove a schedule; what it submitted stays", client_settings, NULL, 1, 1,
            schedule_remove_run),
    COMMAND("schedule resume", "NAME", "let a paused schedule go on, from now", client_settings, NULL, 1, 1,
            schedule_resume_run),
    COMMAND("schedule run", "NAME", "submit a schedule's work now, beside its ticks", client_settings, NULL, 1, 1,
            schedule_run_run),
    COMMAND("schedule show", "NAME", "show one schedule", client_settings, NULL, 1, 1, schedule_show_run),
    COMMAND("scheduler", NULL, "role: decides which worker runs what", role_settings, NULL, 0, 0, role_scheduler_run),
    { .name = "slot", .summary = "started by a worker", .run = role_slot_run, .hidden = true },
    COMMAND("tenant list", NULL, "list tenants with a weight of their own", client_settings, NULL, 0, 0,
            tenant_list_run),
    COMMAND("tenant weigh", "NAME WEIGHT", "give a tenant a larger share of slot time; 1 is everybody's",
            client_settings, NULL, 2, 2, tenant_weigh_run),
    COMMAND("transport show", NULL, "show which carrier the fleet uses, and what each worker reads", record_settings,
            NULL, 0, 0, transport_show_run),
    COMMAND("transport switch", "redis|kafka|postgres",
            "let another carrier bring dispatches to the workers, from now on", record_settings, NULL, 1, 1,
            transport_switch_run),
    COMMAND("up", NULL, "the whole fleet on this machine, with private servers", up_settings, up_options, 0, 0, up_run),
    COMMAND("version", NULL, "print the version", NULL, NULL, 0, 0, version_run),
    COMMAND("worker", NULL, "role: runs jobs in slots", worker_settings, NULL, 0, 0, role_worker_run),
    COMMAND("worker list", NULL, "list the workers alive", client_settings, NULL, 0, 0, worker_list_run),
    COMMAND("worker quiet", "WORKER", "give a worker no more jobs", client_settings, NULL, 1, 1, worker_quiet_run),
    COMMAND("worker stop", "WORKER", "give a worker no more jobs, and end it once its own have", client_settings, NULL,
            1, 1, worker_stop_run),
    { 0 },
};
