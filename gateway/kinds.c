/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - writes the table of kinds into the record. */
#include "base/log.h"
#include "gateway/inside.h"
#include "gateway/intake.h"
#include "jobs/kinds.h"

static void on_kind(void *arg, const struct result *result, const struct error *e)
{
    struct gateway *g = arg;
    (void)result;
    g->kinds_flying--;
    g->kinds_failed += e != NULL;
    g->kinds_written = g->kinds_flying == 0 && g->kinds_failed == 0;
    if (g->kinds_written && g->intake && session_is_up(g->work))
        intake_record(g->intake, true);
    if (e && e->class != ERROR_UNAVAILABLE)
        log_failure(LOG_ERROR, "gateway: writing the table of kinds failed", e);
}

/* The leader writes them as well; but whoever is told that we are ready may submit before there is one. */
void gateway_write_kinds(struct gateway *g)
{
    if (g->kinds_written || g->kinds_flying > 0)
        return;
    g->kinds_failed = 0;
    for (const struct kind *kind = kinds; kind->name; kind++) {
        const struct sql_param params[] = { SQL_TEXT(kind->name), SQL_TEXT(kind->schema->data) };
        g->kinds_flying++;
        session_run(g->work, "kind_put", params, 2, 0, on_kind, g);
    }
}
