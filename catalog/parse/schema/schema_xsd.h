/* SPDX-License-Identifier: Apache-2.0 */
/* schema_xsd.h - what the files of the XSD reader share. Private to schema_xsd*.c. */
#ifndef CATALOG_PARSE_SCHEMA_SCHEMA_XSD_H
#define CATALOG_PARSE_SCHEMA_SCHEMA_XSD_H

#include "catalog/parse/schema/schema_table.h"

struct xsd_place { /* where elements of a name became rows or columns */
    struct xsd_place *next;
    const char *element, *prefix; /* prefix: of its columns in t */
    struct schema_table *t;
};

struct xsd_pending {
    struct xsd_pending *next;
    struct schema_table *t;
    struct schema_tree *type; /* complexType; NULL: a list of scalars */
    const char *path;
    struct type item;
};

struct xsd_reader {
    struct schema_work *w;
    struct schema_tree *root;
    struct schema_tree *elements, *complex_types, *simple_types, *groups, *attribute_groups, *attributes; /* by name */
    struct xsd_pending *first, *last;
    struct xsd_place *places;
    size_t place_count;
};

const char *schema_xsd_local(const char *name); /* without its prefix; NULL stays NULL */
const char *schema_xsd_comment(struct schema_work *w, const struct schema_tree *node);

struct xsd_scalar {
    struct type type;
    const char *native;
    const char *min, *min_sign, *max, *max_sign;
};
/* Of a type's name or of a simpleType written inline; both NULL: any text. */
struct xsd_scalar schema_xsd_scalar(struct xsd_reader *r, const char *name, const struct schema_tree *inline_type);

/* schema_xsd_key.c: key, unique and keyref of all elements, once the tables are there. */
void schema_xsd_keys(struct xsd_reader *r);

#endif
