/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.c - workers, how many of them the backlog wants, and the kinds of job. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/inside.h"
#include "jobs/kinds.h"

void fleet_on_workers(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->read, r, 200, "worker_list", NULL, 0, "");
}

void fleet_on_scale(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->read, r, 200, "scale", NULL, 0, "");
}

static void ask_worker(struct gateway *g, struct request *r, const char *what)
{
    struct error e = ERROR_NONE;
    int64_t id;
    char incarnation[24];
    if (request_param_id(r, 0, &id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    snprintf(incarnation, sizeof incarnation, "%" PRId64, id);
    const struct sql_param params[] = { SQL_TEXT(incarnation), SQL_TEXT(what) };
    answer_statement(g->work, r, 200, "worker_ask", params, 2, "There is no such worker alive.");
}

void fleet_on_quiet(void *arg, struct request *r)
{
    ask_worker(arg, r, "quiet");
}

void fleet_on_stop(void *arg, struct request *r)
{
    ask_worker(arg, r, "stop");
}

void fleet_on_kinds(void *arg, struct request *r)
{
    (void)arg;
    json_t *list = json_array();
    for (const struct kind *kind = kinds; kind->name; kind++)
        json_array_append_new(list,
                              json_pack("{s:s, s:i, s:i, s:i, s:o}", "name", kind->name, "version", (int)kind->version,
                                        "timeout_s", (int)kind->timeout_s, "attempts_max", (int)kind->attempts_max,
                                        "schema", json_loads(kind->schema->data, 0, NULL)));
    reply_json(r, 200, json_pack("{s:o}", "kinds", list));
}
