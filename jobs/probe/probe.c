/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind probe: can the database of a connection be reached, who answers, and what would discovery not be let see.
 *
 * A kind of its own and no flag of discovery: it has seconds, not hours; it goes before what waits; it is tried once; a
 * connection's status and history know nothing of it; and a worker that is older than it never gets one.
 *
 * Happy path: open to read, ask, answer. That the database can't be reached is an answer as well: the class of the
 * error in words, and what to do. The job fails only when it could not look at all.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "catalog/connect/connect_probe.h"
#include "jobs/job.h"
#include "jobs/side.h"

enum { CONNECT_TIMEOUT_S = 10, STATEMENT_TIMEOUT_S = 15, LOCK_TIMEOUT_S = 5 };

/* By code first, then by class; the last stands for what is not listed. */
static const struct advice {
    const char *code; /* NULL: by class */
    enum error_class class;
    const char *text;
} advices[] = {
    { "connection_missing", ERROR_OK, "The connection was removed meanwhile." },
    { "connection_refused", ERROR_OK,
      "Check host and port, that the server runs and listens there, and that firewalls let the workers' machines in." },
    { "connection_lost", ERROR_OK, "The server ended the session: look into its log, and try again." },
    { "too_many_connections", ERROR_OK, "The server takes no more sessions: end some there, or allow it more." },
    { "database_not_found", ERROR_OK, "Check the name of the database, the last part of the address." },
    { "unknown_database", ERROR_OK, "Check the name of the database, the last part of the address." },
    { "permission_denied", ERROR_OK, "Give the user the right to connect and to read." },
    { NULL, ERROR_DENIED,
      "Check user and password, and that the server lets this user in from the workers' machines." },
    { NULL, ERROR_UNAVAILABLE, "Check that the server runs and can be reached from the workers' machines; try again." },
    { NULL, ERROR_TIMED_OUT, "The server did not answer in time: it may be overloaded, or a firewall drops packets." },
    { NULL, ERROR_RETRY, "The server had no room for it just now: try again." },
    { NULL, ERROR_INVALID, "Check the address of the database." },
    { NULL, ERROR_NOT_FOUND, "Check the address of the database." },
    { NULL, ERROR_OK, "The server refuses: what it says stands in the message." },
};

static const char *advice_for(const struct error *e)
{
    const struct advice *a = advices;
    for (; a->code != NULL; a++)
        if (strcmp(a->code, e->code) == 0)
            return a->text;
    while (a->class != ERROR_OK && a->class != e->class)
        a++;
    return a->text;
}

static json_t *missing_of(const struct connect_probe *p)
{
    json_t *missing = json_array();
    for (unsigned i = 0; i < p->missing_count; i++)
        (void)json_array_append_new(missing, json_string(p->missing[i]));
    if (p->missing_all > p->missing_count)
        (void)json_array_append_new(missing,
                                    json_sprintf("and %lld more", (long long)(p->missing_all - p->missing_count)));
    return missing;
}

static enum error_class ask(struct job *job, const json_t *args, json_t **ret_answer, struct error *e)
{
    struct job_connection connection;
    struct connect *source = NULL;
    struct connect_probe p = { .version = "" };
    if (job_connection(job, json_integer_value(json_object_get(args, "source")), &connection, e) != ERROR_OK)
        return e->class;
    if (connection.path != NULL && strcmp(connection.dialect, "sqlite") != 0) { /* a file: that it is there is enough */
        if (access(connection.path, R_OK) != 0)
            return error_code(e, ERROR_NOT_FOUND, "upload_missing", "the upload \"%s\" can't be read here: %s",
                              connection.file, strerror(errno));
        *ret_answer =
            json_pack("{s:b, s:s, s:s}", "reachable", true, "dialect", connection.dialect, "file", connection.file);
        return ERROR_OK;
    }
    const struct connect_options options = { .read_only = true,
                                             .connect_timeout_s = CONNECT_TIMEOUT_S,
                                             .statement_timeout_s = STATEMENT_TIMEOUT_S,
                                             .lock_timeout_s = LOCK_TIMEOUT_S,
                                             .application = "argosy probe",
                                             .label = connection.file };
    enum error_class class = connect_open(connection.url, connection.secret, &options, &source, e);
    if (class == ERROR_OK)
        class = connect_probe(source, job_arena(job), &p, e);
    if (class == ERROR_OK)
        *ret_answer = json_pack("{s:b, s:s, s:s, s:I, s:o}", "reachable", true, "dialect", connect_dialect(source),
                                "server_version", p.version, "tables", (json_int_t)p.tables, "missing", missing_of(&p));
    connect_close(source);
    return class;
}

static enum error_class probe_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct error problem = ERROR_NONE;
    int64_t begin_us = clock_monotonic_us();
    json_t *answer = NULL;
    enum error_class class = ask(job, args, &answer, &problem);
    if (class == ERROR_CANCELLED || class == ERROR_FENCED || job_cancelled(job))
        return error_set(e, ERROR_CANCELLED, "probe: cancelled");
    if (class != ERROR_OK) {
        job_mask(job, problem.message);
        answer = json_pack("{s:b, s:{s:s, s:s, s:s, s:s}}", "reachable", false, "error", "error_code", problem.code,
                           "class", error_class_name(class), "message",
                           catalog_clean_text(job_arena(job), problem.message), "advice", advice_for(&problem));
    }
    (void)json_object_set_new(answer, "took_ms", json_integer((clock_monotonic_us() - begin_us) / 1000));
    *ret_result = answer;
    return ERROR_OK;
}

const struct job_kind job_probe = { .name = "probe", .run = probe_run };
