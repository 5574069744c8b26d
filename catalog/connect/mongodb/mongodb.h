/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb.h - what the files of the MongoDB dialect share: the session, its commands, and the collections it knows.
 *
 * Only reading commands are sent, each with maxTimeMS. A collection is a sample of documents (mongodb_sample.c) that is
 * kept for as long as the session, so that everything said about its tables comes from the same documents.
 */
#ifndef CATALOG_CONNECT_MONGODB_MONGODB_H
#define CATALOG_CONNECT_MONGODB_MONGODB_H

#include <stdbool.h>

#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/mongodb/mongodb_api.h"
#include "catalog/connect/mongodb/mongodb_events.h"
#include "catalog/parse/nested/nested_events.h"

/* How much is looked at. Whoever uses the session may change the first two (connect_sample). */
enum {
    MONGODB_SCAN_MAX = 100000,             /* documents: a collection of no more is read as a whole */
    MONGODB_SAMPLE = 10000,                /* documents of a larger one */
    MONGODB_SAMPLE_BYTES_MAX = 64 << 20,   /* of one collection */
    MONGODB_VIEW_SAMPLE = 100,             /* a view is computed for us: little of it */
    MONGODB_COLLECTIONS_MAX = 20000,       /* of a session */
    MONGODB_DATABASES_MAX = 1000,          /* the same */
    MONGODB_COMMAND_TIME_MS = 60000,       /* maxTimeMS of a command, where the session has no statement timeout */
    MONGODB_READ_TIME_MS = 60 * 60 * 1000, /* of the reading of a whole collection */
    MONGODB_MESSAGE_MAX = 64 << 20,        /* bytes of an answer that a server may announce */
};

struct mongodb_documents; /* mongodb_spool.c */

struct mongodb_kept { /* documents in the spool */
    int64_t at, bytes, count;
};

struct mongodb_collection {
    const char *database, *name; /* in the session's arena */
    const char *type;            /* "collection", "view", "timeseries" */
    int64_t estimate;            /* documents, by the server; -1: it did not say */
    bool whole;                  /* all of them are in the spool */
    struct mongodb_kept kept;
    struct nested_tables *tables; /* NULL: nothing is known of its documents */
};

struct mongodb {
    struct connect base;
    const struct mongodb_api *api;
    mongoc_client_t *client; /* owned */
    char *database;          /* owned; NULL: the URL names none */
    bool tls;
    bool broken; /* the server was lost: nothing more on this session */
    int command_ms, read_ms;
    int64_t scan_max, sample;
    struct arena *arena; /* owned: names */
    int spool;           /* a file without a name; -1: none yet */
    int64_t spool_size;
    struct mongodb_collection *collections; /* owned; those of the last catalog */
    size_t collection_count, collection_capacity;
};

static inline struct mongodb *mongodb_of(struct connect *c)
{
    return (struct mongodb *)c;
}

/* ---- mongodb_error.c ---- */
/* What libmongoc says went wrong, as class and code; never with the password. reply: the server's, or NULL. */
enum error_class mongodb_failed(struct mongodb *m, const bson_error_t *error, struct error *e);
enum error_class mongodb_usable(const struct mongodb *m, struct error *e);

/* ---- mongodb_url.c ---- */
/* The address with our limits in it: mongoc_uri_destroy(). */
enum error_class mongodb_url_read(const struct mongodb_api *api, const char *url, const char *secret,
                                  const struct connect_options *options, mongoc_uri_t **ret_uri, struct error *e);

/* ---- mongodb_command.c ---- */
/* Runs the command, with maxTimeMS, and destroys it; on ERROR_OK *ret_reply is the caller's to bson_destroy(). */
enum error_class mongodb_command(struct mongodb *m, const char *database, bson_t *command, bson_t *ret_reply,
                                 struct error *e);
/* Each document of a cursor, which is destroyed. */
enum error_class mongodb_each(struct mongodb *m, mongoc_cursor_t *cursor,
                              enum error_class (*take)(void *context, const bson_t *document, struct error *e),
                              void *context, struct error *e);
/* {maxTimeMS: ms}: bson_destroy(). */
bson_t *mongodb_options(const struct mongodb *m, int ms);
/* Questions about a reply: what is not there, or has another type, is NULL, -1 or false. */
const char *mongodb_text(const struct mongodb_api *api, const bson_t *from, const char *key);
int64_t mongodb_number(const struct mongodb_api *api, const bson_t *from, const char *key);
bool mongodb_true(const struct mongodb_api *api, const bson_t *from, const char *key);
uint32_t mongodb_size(const struct mongodb_api *api, const bson_t *document); /* bytes */
/* A view on a document or list in it; false: there is none. */
bool mongodb_inside(const struct mongodb_api *api, const bson_t *from, const char *key, bson_t *ret_inside);
/* As JSON text in the arena; NULL when it is larger than 256 KiB. list: it is a list. */
const char *mongodb_json(const struct mongodb_api *api, struct arena *arena, const bson_t *from, bool list);

/* ---- mongodb_spool.c: documents kept in a file ---- */
enum error_class mongodb_spool_add(struct mongodb *m, struct mongodb_kept *kept, const bson_t *document,
                                   struct error *e);
/* Calls take() for each. What take() answers ends it. */
enum error_class mongodb_spool_each(const struct mongodb *m, const struct mongodb_kept *kept,
                                    int (*take)(void *context, const uint8_t *data, size_t size, struct error *e),
                                    void *context, int *ret_answer, struct error *e);

/* ---- mongodb_sample.c ---- */
/* Documents of the collection into the spool; note: how they were come by, in words, in the arena; NULL: all of them.
 */
enum error_class mongodb_sample(struct mongodb *m, struct mongodb_collection *from, struct arena *arena,
                                const char **ret_note, struct error *e);

/* ---- mongodb_source.c: documents as events for catalog/parse/nested ---- */
struct mongodb_source {
    struct mongodb *session;
    const struct mongodb_collection *collection;
    mongoc_cursor_t *cursor; /* NULL: from the spool; used up by one reading */
    /* NULL: nobody asks */
    void (*reference)(void *context, const struct mongodb_collection *from, const struct mongodb_reference *reference);
    bool (*taken)(void *context, const char *table);
    void *context;
};
struct nested_events mongodb_source_events(struct mongodb_source *source);
struct nested_limits mongodb_source_limits(void);

/* ---- mongodb_type.c ---- */
void mongodb_type_settle(void *self, struct catalog *c, struct catalog_table *t, struct catalog_column *column,
                         const struct nested_facts *facts);

/* ---- mongodb_catalog.c; what it shares with those it calls is mongodb_catalog.h ---- */
enum error_class mongodb_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                 struct catalog **ret_catalog, struct error *e);

/* ---- mongodb_probe.c ---- */
enum error_class mongodb_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);

/* ---- mongodb_read.c ---- */
enum error_class mongodb_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                              enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                              void *arg, struct error *e);
enum error_class mongodb_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);

#endif
