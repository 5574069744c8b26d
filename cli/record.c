/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - `argosy db migrate` and `argosy fsck`: they speak with the record itself, so they work while no role runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/print.h"
#include "sql/client.h"

enum { CONNECT_TIMEOUT_S = 10 };

static enum error_class open_record(struct context *context, const char *application, struct client **ret_client,
                                    struct error *e)
{
    char *url;
    if (instance_direct_url(context->settings, &url, e) != ERROR_OK)
        return e->class;
    (void)client_open(url, application, CONNECT_TIMEOUT_S, ret_client, e);
    free(url);
    return e->class;
}

enum error_class db_migrate_run(struct context *context, struct error *e)
{
    struct client *client = NULL;
    int from = 0, to = 0;
    if (open_record(context, "argosy db migrate", &client, e) != ERROR_OK)
        return e->class;
    enum error_class class = client_migrate(client, &from, &to, e);
    client = client_close(client);
    if (class == ERROR_OK)
        (void)printf(context->json ? "{\"from\":%d,\"to\":%d}\n" : "schema version %d -> %d\n", from, to);
    return class;
}

enum error_class fsck_run(struct context *context, struct error *e)
{
    static const struct print_column columns[] = {
        { "CHECK", "check", false },
        { "VIOLATIONS", "violations", true },
        { "SAMPLE", "sample", false },
        { NULL, NULL, false },
    };
    struct client *client = NULL;
    struct result *found = NULL;
    if (open_record(context, "argosy fsck", &client, e) != ERROR_OK)
        return e->class;
    enum error_class class = client_run(client, "fsck", NULL, 0, &found, e);
    json_auto_t *rows = json_array();
    int64_t violations = 0;
    for (unsigned i = 0; found != NULL && i < result_rows(found); i++) {
        violations += result_int(found, i, 1);
        json_t *sample = json_loads(result_text(found, i, 2), 0, NULL);
        (void)json_array_append_new(rows, json_pack("{s:s, s:I, s:o}", "check", result_text(found, i, 0), "violations",
                                                    (json_int_t)result_int(found, i, 1), "sample",
                                                    sample != NULL ? sample : json_array()));
    }
    found = result_destroy(found);
    client = client_close(client);
    if (class != ERROR_OK)
        return class;
    if (context->json)
        print_json(rows);
    else
        print_table(rows, columns, "");
    if (!context->json && violations == 0)
        (void)printf("\n%zu checks: nothing is lost, nothing is recorded twice\n", json_array_size(rows));
    return violations == 0 ? ERROR_OK
                           : error_code(e, ERROR_FATAL, "fsck_failed",
                                        "%lld violations: keep the database as it is and look at the samples",
                                        (long long)violations);
}
