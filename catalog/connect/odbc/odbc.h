/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc.h - sessions through unixODBC, for the dialects whose servers have no client library of their own here.
 *
 * A dialect says in a const struct odbc_kind what is its own: how its errors read, which drivers speak to it, how its
 * SELECTs differ. Its session begins with struct odbc. Reading only. Blocking; one statement at a time.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_H
#define CATALOG_CONNECT_ODBC_ODBC_H

#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/odbc/odbc_api.h"
#include "catalog/connect/sqltext.h"

/* What an error number of the server, or an SQLSTATE, means. The row's state NULL: any; native 0: any. */
struct odbc_code {
    long native;
    const char *state;
    enum error_class class;
    const char *code;
};

/* How a column is asked for: its described type decides, or the driver makes text of it (exact decimals). */
enum odbc_form { ODBC_AS_IS, ODBC_TEXT };

struct odbc;
struct odbc_driver;
struct odbc_string;
struct odbc_url;

struct odbc_kind {
    const char *name;              /* "SQL Server" */
    const char *const *drivers;    /* patterns of driver names, the best first, NULL-terminated */
    const char *const *libraries;  /* patterns of their files: another name may be registered for one */
    const char *install;           /* "install ... (package ...)" when there is none of them */
    const struct odbc_code *codes; /* ended by one without a code */
    const char *count;             /* "COUNT_BIG(*)" */
    const char *version;           /* the statement that asks for it */
    enum error_class (*read_url)(const char *text, struct odbc_url *ret_url, struct error *e);
    /* The connection string for that driver, with the password in it: odbc_string_finish() it, also after an error. */
    enum error_class (*string)(const struct odbc_url *url, const struct odbc_driver *driver, const char *secret,
                               const struct connect_options *options, struct odbc_string *ret_string, struct error *e);
    /* Said once, before anything else; sets o->name. */
    enum error_class (*prepare)(struct odbc *o, const struct odbc_url *url, const struct connect_options *options,
                                struct error *e);
    /* A column in a SELECT list; NULL: its name. *ret_form is ODBC_AS_IS. false: its values can't be read. */
    bool (*column)(struct sqltext *s, const struct catalog_column *column, enum odbc_form *ret_form);
    /* Before the list: "TOP (n) "; behind the whole statement: closes what was opened. limit 0: none. */
    void (*limit_before)(struct sqltext *s, int64_t limit);
    void (*limit_after)(struct sqltext *s, int64_t limit);
    /* Behind the table's name: that percentage of its pages, the same ones each time. */
    void (*sample)(struct sqltext *s, double percent);
};

struct odbc {
    struct connect base;
    const struct odbc_api *api;
    const struct odbc_kind *kind;
    SQLHENV environment;
    SQLHDBC connection;
    bool connected, broken;
    int statement_timeout_s;
    struct sqltext sql;
    char *name; /* of the database that it is in; owned, NULL: not known */
};

static inline struct odbc *odbc_of(struct connect *c)
{
    return (struct odbc *)c;
}

/* ---- odbc_session.c: connect_dialect's open (of a kind) and close ---- */
enum error_class odbc_session_open(const struct connect_dialect *dialect, const struct odbc_kind *kind, const char *url,
                                   const char *secret, const struct connect_options *options,
                                   struct connect **ret_connect, struct error *e);
void odbc_session_close(struct connect *c);

/* ---- odbc.c ---- */
/* Loads the library and makes the environment; o is zeroed but for kind. odbc_close() afterwards, also after an error.
 */
enum error_class odbc_begin(struct odbc *o, const char *dialect, struct error *e);
/* text: a connection string, in which `secret` may stand: it is not repeated in an error. */
enum error_class odbc_open(struct odbc *o, const char *text, const char *secret, const struct connect_options *options,
                           struct error *e);
void odbc_close(struct odbc *o); /* all but the struct itself */
enum error_class odbc_usable(const struct odbc *o, struct error *e);
/* Statements end only by odbc_end(): a transaction that never writes (Oracle's READ ONLY). */
enum error_class odbc_manual(struct odbc *o, struct error *e);

/* ---- odbc_diagnostic.c ---- */
/* What the handle says went wrong, as class and code. secret NULL: none. */
enum error_class odbc_failed(struct odbc *o, SQLSMALLINT type, SQLHANDLE handle, const char *secret, struct error *e);

/* ---- odbc_driver.c ---- */
enum { ODBC_DRIVER_SIZE = 256 };
struct odbc_driver {
    char name[ODBC_DRIVER_SIZE], library[ODBC_DRIVER_SIZE];
};
/* The driver of that name, if it is one of the kind's, or the best of the kind that is installed. */
enum error_class odbc_driver_find(struct odbc *o, const char *wanted, struct odbc_driver *ret_driver, struct error *e);

/* ---- odbc_cursor.c ---- */
struct odbc_cursor; /* a statement whose rows are taken one after another; before odbc_close() */
/* forms: one a column, or NULL. */
enum error_class odbc_query(struct odbc *o, const char *sql, const enum odbc_form *forms,
                            struct odbc_cursor **ret_cursor, struct error *e);
size_t odbc_columns(const struct odbc_cursor *c);
/* *ret_values: NULL behind the last row; good until the next call. */
enum error_class odbc_fetch(struct odbc_cursor *c, const struct connect_value **ret_values, struct error *e);
struct odbc_cursor *odbc_finish(struct odbc_cursor *c);                      /* NULL is fine; returns NULL */
enum error_class odbc_run(struct odbc *o, const char *sql, struct error *e); /* no rows wanted */
enum error_class odbc_number(struct odbc *o, const char *sql, int64_t *ret_number, struct error *e);

/* ---- odbc_read.c, odbc_range.c: as in connect.h ---- */
enum error_class odbc_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                           enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                           void *arg, struct error *e);
/* The statements that these send; for them and for the test that parses what we write. */
void odbc_read_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t,
                    const struct connect_range *range, bool sample, enum odbc_form *ret_forms);
void odbc_count_upto_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t, int64_t most);
void odbc_split_text(struct sqltext *s, const struct catalog_table *t, int64_t step, unsigned parts);
void odbc_orphans_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t,
                       const struct catalog_foreign_key *fk);
enum error_class odbc_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
enum error_class odbc_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                 struct error *e);
enum error_class odbc_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);
enum error_class odbc_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                            struct connect_value **ret_bounds, unsigned *ret_count, struct error *e);
enum error_class odbc_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                              const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                              struct error *e);

#endif
