/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationships.h - how the tables of a catalog relate. Private to this folder.
 *
 * Every declared foreign key, with confidence 1. Beyond those what nobody declared, found from names, types, keys and
 * the shape of the schema, and from the rows where they are at hand: each with a confidence below 1 (a probability: two
 * tables that fit equally well share it) and the evidence in words. From 0.5 on it may be believed; weaker ones are
 * told as long as the caller's least confidence lets them.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIPS_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIPS_H

#include "catalog/catalog.h"
#include "catalog/rows.h"
#include "jobs/discovery/watch.h"

struct relationships_options {
    double confidence_min;          /* found ones below it are left out; 0: 0.5 */
    const struct rows_source *rows; /* NULL: names and types only */
    int64_t sample_rows;            /* of each table, for a first look; 0: ROWS_SAMPLE_MAX */
    int64_t inclusion_rows;         /* of each table, where the source compares by itself; 0: as many */
    const struct watch *watch;      /* may be NULL */
};

/* Adds c->relationships (declared and found), c->cycles, and says which tables are junctions. ERROR_CANCELLED, or what
 * reading the rows reports. */
enum error_class relationships_find(struct catalog *c, const struct relationships_options *o, struct error *e);

#endif
