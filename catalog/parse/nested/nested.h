/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested.h - a nested document (JSON, NDJSON, YAML, XML) as tables with parents and children.
 *
 * A list of objects is a table; an object inside is a column of type object and, beside it, its members as columns with
 * its name before theirs; a list inside is a column of type array and a child table (table.parent, a foreign key). The
 * rules in full, with what is taken for a dictionary, a wrapper or a key: README.md of this folder.
 *
 * The document is read once for its shape and once more for each rows_face.read(). Memory is bounded by the shape and
 * by nested_limits, never by the size. What is broken in the middle gives what stood before it, and a diagnostic.
 */
#ifndef CATALOG_PARSE_NESTED_NESTED_H
#define CATALOG_PARSE_NESTED_NESTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "catalog/parse/input/input.h"
#include "catalog/rows.h"

enum nested_format { NESTED_JSON, NESTED_NDJSON, NESTED_YAML, NESTED_XML, NESTED_EVENTS /* nested_events.h */ };

/* One row a limit; what goes over it is ERROR_TOO_LARGE with its name, unless said otherwise. */
struct nested_limits {
    unsigned depth_max;        /* containers in containers */
    size_t value_max;          /* bytes of one value, name, tag or comment */
    size_t name_max;           /* bytes of a key that becomes a column */
    size_t places_max;         /* distinct places in the document, before columns are made of them */
    size_t columns_max;        /* of one table */
    size_t tables_max;         /* of the document */
    size_t alias_bytes_max;    /* YAML: what anchors may keep */
    uint64_t alias_events_max; /* YAML: values that aliases may add */
    unsigned entities_max;     /* XML: declared entities */
};
struct nested_limits nested_limits_default(void);

/* Who looks on; both functions may be NULL. Asked every 64 KiB. */
struct nested_watch {
    bool (*cancelled)(void *context);
    void (*progress)(void *context, int percent); /* -1: nobody knows */
    void *context;
};

/*
 * name: of the file, without folder. limits and watch may be NULL; `watch` is also used while rows are read.
 * ret_rows may be NULL; it borrows `in`, the arena and the watch: call face->close(self) before they go.
 */
enum error_class nested_parse(struct arena *arena, struct input *in, enum nested_format format, const char *name,
                              const struct nested_limits *limits, const struct nested_watch *watch,
                              struct catalog **ret_catalog, struct rows_source *ret_rows, struct error *e);

#endif
