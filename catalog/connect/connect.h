/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect.h - one session with a customer's database: introspection, reading, writing.
 *
 * Blocking: for slots and the CLI only, never for a loop. Each dialect is one const struct of functions
 * (connect_dialect.h) in its own file: sqlite.c, postgresql.c, ... SQL text for customers' databases is made only in
 * this room, by sqltext.h; callers hand over tables and columns, never text (except a DDL artifact that codegen wrote).
 *
 * Values are what they are: SQLite may hold text in an INTEGER column, and then gives CONNECT_TEXT.
 *
 * Every session has a connect timeout, a statement timeout, a lock timeout, TCP keepalives and an idle-in-transaction
 * timeout; readers are read-only. Errors: ERROR_UNAVAILABLE (away, may come back: code connection_refused,
 * connection_lost), ERROR_DENIED (login), ERROR_INVALID (not a database, bad URL), ERROR_REFUSED (already there),
 * ERROR_RETRY (deadlock, serialization, lock timeout), ERROR_FATAL (the data or statement is refused; the message names
 * table and column, never a password).
 */
#ifndef CATALOG_CONNECT_CONNECT_H
#define CATALOG_CONNECT_CONNECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/rows.h"

struct connect;
struct catalog_patterns; /* catalog/patterns.h */

struct connect_options {
    bool read_only;
    int connect_timeout_s, statement_timeout_s, lock_timeout_s; /* 0: the room's default (10, 0 = none, 30) */
    const char *application; /* shown to the customer's DBA: "argosy job 17 epoch 3" */
    const char *label;       /* what messages call a file, when its path says nothing (an upload); NULL: its name */
};

/* Where a URL points, without opening it: "sqlite:FILE", "sqlite:///FILE", "postgresql://…", "postgres://…".
 * ERROR_INVALID for a scheme that is not known (the message lists those that are). */
enum error_class connect_dialect_of(const char *url, const char **ret_dialect, struct error *e);

/* Splits the secret off: *ret_public has no password (free()), *ret_secret is the password or NULL (free()). */
enum error_class connect_url_split(const char *url, char **ret_public, char **ret_secret, struct error *e);

/* url: public form; secret: password or NULL. For sqlite the path in the URL is opened (read-only unless asked). */
enum error_class connect_open(const char *url, const char *secret, const struct connect_options *options,
                              struct connect **ret_connect, struct error *e);
struct connect *connect_close(struct connect *c); /* NULL is fine; returns NULL; rolls back */
const char *connect_dialect(const struct connect *c);
/* A session that was lost is opened again, as it was, with the time a server takes to start: ERROR_UNAVAILABLE when it
 * does not come back, or the dialect can't. Nothing of a transaction is left. */
enum error_class connect_reopen(struct connect *c, struct error *e);
/* From here on no lock is waited for any longer; where a dialect can't tell, nothing changes. */
enum error_class connect_lock_timeout(struct connect *c, int timeout_ms, struct error *e);

/* ---- reading ---- */
/* What connect_catalog() may read where only documents tell what tables there are (MongoDB); 0, NULL: the dialect's
 * own. `patterns` is borrowed for as long as the session: of a collection that they do not take nothing is read. */
struct connect_sampling {
    int64_t whole_max, sample_max; /* documents of a collection that is read whole; of the sample of a larger one */
    const struct catalog_patterns *patterns;
};
void connect_sample(struct connect *c, const struct connect_sampling *sampling);
/* Tables, columns, types, keys, indexes; rows = exact count when exact_rows, else the server's estimate. schema NULL:
 * all of the user's. */
enum error_class connect_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                 struct catalog **ret_catalog, struct error *e);

/* One value of a row as the database gave it; valid until the next row. */
struct connect_value {
    enum connect_value_type { CONNECT_NULL, CONNECT_INTEGER, CONNECT_REAL, CONNECT_TEXT, CONNECT_BINARY } type;
    int64_t integer;
    double real;
    const char *data; /* text (server's canonical text form for dates, decimals, ...) or bytes */
    size_t size;
    bool unclean; /* text with NUL or bad UTF-8; only seen when the range asks for `raw` */
};

/* Key columns of an ordered range read: rows with key > after (NULL: from the start) and key <= upto (NULL: to the
 * end). */
struct connect_range {
    struct catalog_names key;                 /* may be empty: whole table in any order, one chunk */
    const struct connect_value *after, *upto; /* key.count values each, or NULL */
    int64_t limit;                            /* 0: no limit */
    bool spread; /* with a limit and no key: from all over the table, where the server can do that cheaply */
    /* Text with a NUL or bad UTF-8 ends the read with ERROR_FATAL bad_text (table, column, key), except that
     * a column whose type in `t` is TYPE_BINARY or whose `observed` counts such texts gives it as CONNECT_BINARY.
     * raw: it arrives as CONNECT_TEXT marked `unclean`, whatever the column. */
    bool raw;
};

/* Decimal text of a double that reads back as the same double, the shortest there is: "0.99", "1e+300", "Infinity",
 * "NaN". Observing, copying and comparing all use this one. ret_text: CONNECT_REAL_SIZE bytes. */
enum { CONNECT_REAL_SIZE = 32 };
void connect_real_text(double value, char *ret_text);

/* Calls row() for each row in key order until the end, or until row() returns other than ERROR_OK (passed on). */
enum error_class connect_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                              enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                              void *arg, struct error *e);
/* The session as a source of rows of that catalog's tables; lives in its arena, as long as the session. With
 * keep_bytes its close() must be called. */
struct rows_source connect_rows(struct connect *c, struct catalog *catalog);
struct connect_rows_limits { /* 0: none */
    int64_t sample_bytes;    /* of one table, when its rows are read in part */
    size_t keep_bytes;       /* of rows that were read in part, kept for those who read them again */
};
struct rows_source connect_rows_limited(struct connect *c, struct catalog *catalog,
                                        const struct connect_rows_limits *limits);
enum error_class connect_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
/* The same, but no more than `most` + 1 rows are read: *ret_all says whether *ret_rows is the whole table. */
enum error_class connect_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                    bool *ret_all, struct error *e);

/* Values of the key that split the table in about `parts` ranges: at most parts - 1 bounds, each
 * t->primary_key.columns.count values allocated in the arena. 0 bounds when it is not worth it or there is no key. */
enum error_class connect_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                               struct connect_value **ret_bounds, unsigned *ret_count, struct error *e);

/* Rows of `t` whose foreign key has no parent; up to `samples` keys as text rows in the arena-made JSON array text. */
enum error_class connect_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                 const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                 struct error *e);

/* ---- writing (target) ---- */
enum error_class connect_begin(struct connect *c, struct error *e);
enum error_class connect_commit(struct connect *c,
                                struct error *e); /* ERROR_UNAVAILABLE code commit_unknown: look at the fence again */
void connect_rollback(struct connect *c);
/* Runs a script that codegen wrote, statement by statement, inside the caller's transaction. */
enum error_class connect_script(struct connect *c, const char *script, struct error *e);

struct connect_copy; /* one bulk load inside the caller's transaction */
enum error_class connect_copy_begin(struct connect *c, const struct catalog_table *target,
                                    struct connect_copy **ret_copy, struct error *e);
enum error_class connect_copy_row(struct connect_copy *copy, const struct connect_value *values, struct error *e);
/* Ends it and frees the handle, also after an error. */
enum error_class connect_copy_end(struct connect_copy *copy, int64_t *ret_rows, struct error *e);
void connect_copy_abort(struct connect_copy *copy); /* NULL is fine */

#endif
