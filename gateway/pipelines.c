/* SPDX-License-Identifier: Apache-2.0 */
/* pipelines.c - steps that wait for one another: submitted, and shown with their jobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "gateway/order.h"

struct made { /* one that is being submitted */
    struct gateway *gateway;
    struct request *request;
};

static void on_pipeline(void *arg, const struct result *result, const struct error *e)
{
    struct made *m = arg;
    json_t *pipeline = e ? NULL : json_loads(result_text(result, 0, 0), 0, NULL);
    if (e) {
        reply_error(m->request, e, NULL);
    } else {
        json_object_set(pipeline, "id", json_object_get(pipeline, "pipeline"));
        gateway_wake(m->gateway);
        reply_json(m->request, 201, pipeline);
    }
    free(m);
}

static enum error_class take_pipeline(const json_t *body, const char **ret_name, json_t **ret_details, struct error *e)
{
    static const char *const known[] = { "name", "steps", "queue", "tenant" };
    const char *member;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)body, member, value)
    {
        unsigned i = 0;
        while (i < 4 && strcmp(known[i], member) != 0)
            i++;
        if (i == 4 || (i >= 2 && !text_is_name(json_string_value(value) ? json_string_value(value) : "", 63)))
            return error_code(e, ERROR_INVALID, "invalid_option", "/%.60s is not known here, or no name.", member);
    }
    *ret_name = json_string_value(json_object_get(body, "name"));
    if (!*ret_name || !**ret_name || strlen(*ret_name) > GATEWAY_NAME_MAX)
        return error_code(e, ERROR_INVALID, "invalid_pipeline", "\"name\" must be text of 1 to %d bytes.",
                          GATEWAY_NAME_MAX);
    return order_steps(json_object_get(body, "steps"), ret_details, e);
}

void pipelines_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    json_t *details = NULL;
    json_auto_t *body = NULL;
    const char *name = NULL;
    if (request_json(r, &body, &e) != ERROR_OK || take_pipeline(body, &name, &details, &e) != ERROR_OK) {
        reply_error(r, &e, details);
        return;
    }
    const char *queue = json_string_value(json_object_get(body, "queue"));
    const char *tenant = json_string_value(json_object_get(body, "tenant"));
    mem_auto char *steps = json_dumps(json_object_get(body, "steps"), JSON_COMPACT);
    const struct sql_param params[] = { SQL_TEXT(name),
                                        SQL_TEXT(steps),
                                        SQL_TEXT(queue ? queue : "default"),
                                        SQL_TEXT(tenant ? tenant : "default"),
                                        SQL_TEXT("rest"),
                                        SQL_TEXT(request_correlation(r)) };
    struct made *m = mem_zero(1, sizeof *m);
    *m = (struct made){ .gateway = g, .request = r };
    session_run(g->work, "pipeline_submit", params, 6, 0, on_pipeline, m);
}

void pipelines_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    int64_t id;
    char text[24];
    if (request_param_id(r, 0, &id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)id);
    answer_statement(g->read, r, 200, "pipeline_show", &SQL_TEXT(text), 1, "There is no such pipeline.");
}
