/* SPDX-License-Identifier: Apache-2.0 */
/* observe.h - one pass over a table that counts what its values really are. Private to this folder. */
#ifndef JOBS_DISCOVERY_OBSERVE_H
#define JOBS_DISCOVERY_OBSERVE_H

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/discovery/watch.h"

/* Gives every column of t its `observed`, and t its exact row count. Tells the watcher `percent` and the rows so
 * far. */
enum error_class observe_table(const struct watch *w, struct connect *source, struct catalog *c,
                               struct catalog_table *t, int percent, struct error *e);

#endif
