/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_dialect.h - what a dialect gives so that connect.h works on its databases. Only this room includes it.
 *
 * A dialect is one const table in its own file (sqlite.c, postgresql.c) and one line in connect.c. Its session is a
 * struct of its own whose FIRST member is struct connect; open() allocates it, close() frees it. connect.c checks the
 * arguments, refuses what the table leaves NULL ("sqlite can't be written to"), and passes the rest on, so a function
 * here never sees NULL where connect.h does not allow it. Comments in connect.h and fence.h are the contract of each.
 */
#ifndef CATALOG_CONNECT_CONNECT_DIALECT_H
#define CATALOG_CONNECT_CONNECT_DIALECT_H

#include "catalog/connect/connect.h"
#include "catalog/connect/connect_probe.h"
#include "catalog/connect/fence.h"

struct connect {
    const struct connect_dialect *dialect; /* set by open() */
    bool read_only;                        /* set by connect.c after open() from the options; writers are refused */
    struct connect_sampling sampling;      /* set by connect_sample() */
};

struct connect_copy {
    struct connect *connect; /* set by copy_begin(); the dialect's own handle begins with this struct */
};

/* Function for function as in connect.h and fence.h. NULL: the dialect can't do that. */
struct connect_dialect {
    const char *name;       /* "postgresql" */
    const char *schemes[4]; /* before the ':' of a URL, NULL-terminated: "postgresql", "postgres" */
    const char *example;    /* for messages: "postgresql://USER@HOST/DATABASE" */
    unsigned port;          /* the usual one; 0: it has none */

    /* options is never NULL; defaults are filled in already. secret may be NULL. */
    enum error_class (*open)(const char *url, const char *secret, const struct connect_options *options,
                             struct connect **ret_connect, struct error *e);
    void (*close)(struct connect *c); /* never NULL; rolls back, wipes, frees */
    /* one try to be connected again with everything that open() set; ERROR_UNAVAILABLE: not now */
    enum error_class (*reopen)(struct connect *c, struct error *e);
    enum error_class (*lock_timeout)(struct connect *c, int timeout_ms, struct error *e);

    enum error_class (*catalog)(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                struct catalog **ret_catalog, struct error *e);
    enum error_class (*read)(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                             enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                             void *arg, struct error *e);
    enum error_class (*count)(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
    /* *ret_rows: counted up to most + 1; NULL: count() is asked when the estimate is low */
    enum error_class (*count_upto)(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                   struct error *e);
    /* rows_face.contains; NULL: whoever asks reads both sides. A statement that fails makes nothing known. */
    enum error_class (*contains)(struct connect *c, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                 struct error *e);
    enum error_class (*split)(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                              struct connect_value **ret_bounds, unsigned *ret_count, struct error *e);
    enum error_class (*orphans)(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                struct error *e);

    /* connect_probe.h; *ret is empty */
    enum error_class (*probe)(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);

    enum error_class (*begin)(struct connect *c, struct error *e);
    enum error_class (*commit)(struct connect *c, struct error *e);
    void (*rollback)(struct connect *c);
    enum error_class (*script)(struct connect *c, const char *script, struct error *e);
    enum error_class (*copy_begin)(struct connect *c, const struct catalog_table *target,
                                   struct connect_copy **ret_copy, struct error *e);
    enum error_class (*copy_row)(struct connect_copy *copy, const struct connect_value *values, struct error *e);
    enum error_class (*copy_end)(struct connect_copy *copy, int64_t *ret_rows, struct error *e);
    void (*copy_abort)(struct connect_copy *copy);

    /* fence.h; fence.c passes on like connect.c does */
    enum error_class (*fence_prepare)(struct connect *target, struct error *e);
    enum error_class (*fence_advance)(struct connect *target, struct arena *arena, const struct fence *f,
                                      int64_t *ret_chunk, const char **ret_cursor, struct error *e);
    enum error_class (*fence_step)(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                                   struct error *e);
    enum error_class (*fence_cursor)(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                                     struct error *e);
    enum error_class (*fence_seal)(struct connect *target, int64_t job, int64_t epoch, struct error *e);
};

/* ---- connect_url.c ---- */
/* A part of an address without its percent codes; new text, NULL for a broken code or an encoded NUL. */
char *connect_url_decode(const char *text, size_t size);
/* The same into *ret, whose old text is freed; an empty part leaves it. what: "user", for the message. */
enum error_class connect_url_part(const char *text, size_t size, const char *what, char **ret, struct error *e);
/* HOST, HOST:PORT or [::1]:PORT. An empty host leaves *ret_host; without a port *ret_port is 0. */
enum error_class connect_url_place(const char *text, size_t size, char **ret_host, unsigned *ret_port, struct error *e);

/* A probe that reads the catalog: what its diagnostics say is what is missing. connect_probe.c */
enum error_class connect_probe_by_catalog(struct connect *c, struct arena *arena, struct connect_probe *ret,
                                          struct error *e);

/* By the scheme of the URL; NULL: nobody's. connect.c */
const struct connect_dialect *connect_dialect_find(const char *url);

/* Listed in connect.c. */
extern const struct connect_dialect connect_sqlite;
extern const struct connect_dialect connect_postgresql;
extern const struct connect_dialect connect_mysql;
extern const struct connect_dialect connect_mongodb;
extern const struct connect_dialect connect_sqlserver;
extern const struct connect_dialect connect_oracle;

#endif
