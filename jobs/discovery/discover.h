/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.h - discovery itself, without a fleet: from a source to everything that is known about it. The job kind and
 * `argosy discover` both are a few lines around it.
 *
 * Happy path: the source is read into a catalog (a server introspected, a file parsed), its rows are looked at, tables
 * are related, personal data and quality judged, samples masked, and the lineage graph laid out. Failure modes: what
 * connect.h and parse.h report; a source that can be read in part gives that part and diagnostics.
 */
#ifndef JOBS_DISCOVERY_DISCOVER_H
#define JOBS_DISCOVERY_DISCOVER_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "catalog/complexity.h"
#include "catalog/connect/connect.h"
#include "catalog/graph.h"
#include "catalog/patterns.h"
#include "catalog/rows.h"
#include "jobs/discovery/limits.h"
#include "jobs/discovery/watch.h"

enum {
    DISCOVER_GRAPH_TABLES_MAX = 20000, /* beyond that nobody looks at a picture */
    DISCOVER_INDEXING_PERCENT = 90,    /* progress from there on: the catalog stands, documents and graph are written */
};

struct discover_options {
    const char *schema;                         /* of a server: only this one; NULL: all of the user's */
    const char *format, *dialect, *data_folder; /* of a file: parse.h; NULL: guessed, none */
    const char *name;                           /* what the file is called; NULL: as its path ends */
    struct catalog_patterns patterns;           /* which tables; checked */
    const struct discover_limits *limits;       /* NULL: discover_limits_default() */
    const struct watch *watch;                  /* NULL: nobody */
};

struct discovered {
    struct catalog *catalog; /* sorted */
    struct graph *graph;     /* NULL above DISCOVER_GRAPH_TABLES_MAX */
    struct complexity complexity;
};

/* A path ("sqlite:FILE" and database files are opened, everything else parsed) or a database's URL. In the arena. */
enum error_class discover_source(struct arena *arena, const char *source, const struct discover_options *o,
                                 struct discovered *ret, struct error *e);
/* An open session. */
enum error_class discover_connect(struct arena *arena, struct connect *source, const struct discover_options *o,
                                  struct discovered *ret, struct error *e);
/* A catalog that is there, with its rows or without (NULL). */
enum error_class discover_catalog(struct catalog *c, const struct rows_source *rows, const struct discover_options *o,
                                  struct discovered *ret, struct error *e);

/* The whole of it as one JSON object: the catalog's members, "graph", "complexity". b->overflow when it is too much. */
void discovered_write(const struct discovered *d, struct buffer *b);
/* {"tables","columns","rows","primary_keys","foreign_keys","relationships"}; new reference */
json_t *discovered_summary(const struct discovered *d);

#endif
