/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationships.h - how the tables of a catalog relate. Private to this folder.
 *
 * Every declared foreign key, with confidence 1. Beyond those, columns whose name says table and key ("artist_id" and
 * artists.id), whose type fits, and whose values are there in the parent where the tables are small enough to look.
 * Two tables that fit equally well give none: nothing is invented.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_H
#define JOBS_DISCOVERY_RELATIONSHIPS_H

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/discovery/watch.h"

/* source NULL: names and types only. */
enum error_class relationships_find(const struct watch *w, struct connect *source, struct catalog *c, struct error *e);

#endif
