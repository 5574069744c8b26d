/* SPDX-License-Identifier: Apache-2.0 */
/* store_model_unique.c - unique jobs in memory: a claim by kind and key holds as long as its own submit said. No
 * periods: time does not pass. */
#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/store_model_private.h"

static bool holds(struct store_model *m, const struct model_claim *claim)
{
    const struct model_job *job = &m->jobs[claim->job];
    if (claim->mode == MODEL_ALWAYS)
        return true;
    if (job->live)
        return claim->mode >= MODEL_LIVE || job->state != JOB_DISPATCHED;
    const struct model_record *end = model_last_end(&m->jobs[claim->job]);
    return claim->mode == MODEL_SUCCESSFUL && end != NULL && end->end == JOB_SUCCEEDED;
}

void store_model_sweep(struct store *store)
{
    struct store_model *m = model_of(store);
    unsigned kept = 0;
    for (unsigned i = 0; i < m->claim_count; i++)
        if (holds(m, &m->claims[i]))
            m->claims[kept++] = m->claims[i];
    m->claim_count = kept;
}

static int64_t tagged(struct store_model *m, int64_t id, const struct submit_row *row)
{
    m->jobs[id].tagged = row->tags != NULL;
    return id;
}

int64_t model_submit(struct store_model *m, const struct submit_row *row, bool *ret_existing)
{
    static const char *const names[] = { "waiting", "live", "successful", "always" };
    int priority = row->priority ? row->priority : 100;
    *ret_existing = false;
    if (row->unique == NULL)
        return tagged(m, model_add(m, row->kind, priority, NULL, 0, MODEL_CANCEL), row);
    json_auto_t *unique = json_loads(row->unique, 0, NULL);
    const char *key = json_string_value(json_object_get(unique, "key"));
    const char *mode = json_string_value(json_object_get(unique, "while"));
    char name[MODEL_CLAIM_SIZE];
    assert(key != NULL && mode != NULL);
    (void)snprintf(name, sizeof name, "%s %s", row->kind, key);
    unsigned i = 0;
    while (i < m->claim_count && strcmp(m->claims[i].name, name) != 0)
        i++;
    assert(i < MODEL_CLAIMS_MAX);
    if (i < m->claim_count && holds(m, &m->claims[i])) {
        *ret_existing = true;
        return m->claims[i].job;
    }
    if (i == m->claim_count)
        m->claim_count++;
    memcpy(m->claims[i].name, name, sizeof name);
    m->claims[i].mode = MODEL_WAITING;
    while (strcmp(names[m->claims[i].mode], mode) != 0)
        m->claims[i].mode++;
    m->claims[i].job = tagged(m, model_add(m, row->kind, priority, NULL, 0, MODEL_CANCEL), row);
    return m->claims[i].job;
}
