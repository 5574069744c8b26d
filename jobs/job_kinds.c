/* SPDX-License-Identifier: Apache-2.0 */
/* job_kinds.c - a kind's handler by its name: for whoever runs jobs. Kinds themselves know nothing of one another. */
#include <string.h>

#include "jobs/job.h"

const struct job_kind *job_kind_find(const char *name)
{
    for (size_t i = 0; job_kinds[i] != NULL; i++)
        if (strcmp(job_kinds[i]->name, name) == 0)
            return job_kinds[i];
    return NULL;
}
