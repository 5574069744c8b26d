/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/side.h"

#include "base/text.h"
#include "catalog/connect/fence.h"

enum error_class side_open(struct job *job, const json_t *args, const char *side, bool read_only,
                           struct connect **ret_connect, struct error *e)
{
    struct job_connection connection;
    char application[FENCE_APPLICATION_SIZE];
    fence_application(job_id(job), job_epoch(job), application);
    if (job_connection(job, json_integer_value(json_object_get(args, side)), &connection, e) != ERROR_OK)
        return error_wrap(e, "%s", side);
    if (connection.path != NULL && text_starts(connection.url, "file:"))
        return error_code(e, ERROR_REFUSED, "no_database",
                          "%s: \"%s\" is an uploaded file of another format than SQLite's: only discovery reads it",
                          side, connection.name);
    struct connect_options options = { .read_only = read_only, .application = application, .label = connection.name };
    const json_t *timeout_s = json_object_get(args, "statement_timeout_s");
    if (timeout_s == NULL && !text_starts(connection.url, "sqlite:")) /* a file of ours makes nobody wait */
        timeout_s = json_object_get(job_defaults(job), "statement_timeout_s");
    options.statement_timeout_s = (int)json_integer_value(timeout_s);
    if (connect_open(connection.url, connection.secret, &options, ret_connect, e) != ERROR_OK)
        return error_wrap(e, "%s", side);
    if (!read_only)
        job_touched(job);
    return ERROR_OK;
}

enum error_class side_catalog(struct job *job, const char *step, const char *member, struct catalog **ret_catalog,
                              struct error *e)
{
    json_auto_t *result = NULL;
    enum error_class class = job_input(job, step, &result, e);
    const char *name = json_string_value(json_object_get(result, "catalog_artifact")), *text = NULL;
    if (class == ERROR_OK && json_object_get(result, member) == NULL && name != NULL) { /* too large for a result */
        class = job_artifact_read(job, step, name, &text, e);
        json_t *catalog = class == ERROR_OK ? json_loads(text, 0, NULL) : NULL;
        if (class == ERROR_OK && catalog == NULL)
            class = error_set(e, ERROR_FATAL, "%s is no JSON", name);
        else if (class == ERROR_OK)
            (void)json_object_set_new(result, member, catalog);
    }
    if (class == ERROR_OK)
        class = catalog_from_json(job_arena(job), json_object_get(result, member), ret_catalog, e);
    return class == ERROR_OK ? class : error_wrap(e, "catalog of step %s", step);
}
