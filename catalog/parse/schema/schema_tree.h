/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_tree.h - a whole document as a tree in an arena, members in their order, the same for JSON, YAML and XML. Only
 * for schema files, which are small. Reading what is not there gives NULL, so questions need no ifs.
 */
#ifndef CATALOG_PARSE_SCHEMA_SCHEMA_TREE_H
#define CATALOG_PARSE_SCHEMA_SCHEMA_TREE_H

#include "base/arena.h"
#include "catalog/parse/nested/document.h"

enum schema_tree_what { SCHEMA_SCALAR, SCHEMA_OBJECT, SCHEMA_LIST };

struct schema_tree {
    enum schema_tree_what what;
    enum document_kind kind; /* of a scalar */
    const char *name;        /* as a member; XML: without prefix; NULL: an item of a list */
    const char *text;        /* of a scalar, NUL-terminated clean UTF-8 */
    struct schema_tree *first, *last, *next;
    size_t count;
    struct schema_tree **index; /* of many members, by name */
    size_t index_size;
    void *made;          /* the table that the reader made of it */
    bool required, told; /* as a property; what is wrong with it was said */
    signed char object;  /* 1: it describes an object, -1: it does not, 0: nobody looked */
};

enum { SCHEMA_NODES_MAX = 2000000 };

/* *ret_end says whether the document breaks off. */
enum error_class schema_tree_read(struct arena *arena, const char *text, size_t size, enum nested_format format,
                                  struct schema_tree **ret_tree, struct document_end *ret_end, struct error *e);

/* The first member of that name; t may be NULL. */
struct schema_tree *schema_tree_get(const struct schema_tree *t, const char *name);
/* Of a scalar member; NULL: none. */
const char *schema_tree_text(const struct schema_tree *t, const char *name);
bool schema_tree_is_true(const struct schema_tree *t, const char *name);
/* So that members of t are found by hash. */
void schema_tree_index(struct arena *arena, struct schema_tree *t);
/* A JSON pointer, "#/definitions/a~1b"; NULL: it leads nowhere. */
struct schema_tree *schema_tree_at(struct arena *arena, struct schema_tree *root, const char *pointer);

#endif
