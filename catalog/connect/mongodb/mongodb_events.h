/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_events.h - one BSON document as events (catalog/parse/nested/document.h), within limits, without recursion.
 *
 * Values are spelled as rows.h has them: numbers with a point, instants as ISO 8601 in UTC, ids in hex, bytes as they
 * are. The native types are numbered: natives[] are their names as MongoDB's $type has them.
 */
#ifndef CATALOG_CONNECT_MONGODB_MONGODB_EVENTS_H
#define CATALOG_CONNECT_MONGODB_MONGODB_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/connect/mongodb/mongodb_api.h"
#include "catalog/parse/nested/document.h"

/* In this order they are named where values of several types stand at one place. */
#define MONGODB_NATIVES(X)                             \
    X(MONGODB_OBJECT_ID, "objectId")                   \
    X(MONGODB_INT, "int")                              \
    X(MONGODB_LONG, "long")                            \
    X(MONGODB_DOUBLE, "double")                        \
    X(MONGODB_DECIMAL, "decimal")                      \
    X(MONGODB_STRING, "string")                        \
    X(MONGODB_BOOL, "bool")                            \
    X(MONGODB_DATE, "date")                            \
    X(MONGODB_TIMESTAMP, "timestamp")                  \
    X(MONGODB_UUID, "uuid") /* binData of subtype 4 */ \
    X(MONGODB_BIN_DATA, "binData")                     \
    X(MONGODB_REGEX, "regex")                          \
    X(MONGODB_JAVASCRIPT, "javascript")                \
    X(MONGODB_SYMBOL, "symbol")                        \
    X(MONGODB_DB_POINTER, "dbPointer")                 \
    X(MONGODB_MIN_KEY, "minKey")                       \
    X(MONGODB_MAX_KEY, "maxKey")                       \
    X(MONGODB_OBJECT, "object")                        \
    X(MONGODB_ARRAY, "array")

enum mongodb_native {
#define X(id, text) id,
    MONGODB_NATIVES(X)
#undef X
        MONGODB_NATIVE_COUNT
};
const char *mongodb_native_name(enum mongodb_native native);

/* A reference that a document spells out: { "$ref": collection, "$id": ... }. */
struct mongodb_reference {
    const char *path;                  /* "/items/product", without positions in lists */
    const char *collection, *database; /* database NULL: the same */
};

struct mongodb_events {
    const struct mongodb_api *api;
    const struct document_sink *sink;
    /* NULL: nobody asks. Texts are good until it returns. */
    void (*reference)(void *context, const struct mongodb_reference *reference);
    void *context;
};

enum { MONGODB_DEPTH_MAX = 200 }; /* objects and lists in one another; a server allows 100 */

enum { MONGODB_EVENTS_WRONG = -3 }; /* the document can't be read on: whoever asked abandons it */

/* An object with its members. Answers as a sink does, or MONGODB_EVENTS_WRONG with why. */
int mongodb_events_give(const struct mongodb_events *events, const uint8_t *data, size_t size, char ret_why[static 200],
                        struct error *e);

#endif
