/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_parser.h - the state of one reading, and the small steps that every statement's reader is made of.
 * Names and what is built of them: ddl_parts.h. The statements: ddl_statement.h.
 *
 * Only ddl_*.c include it. p->token is the token to be looked at next; a reader leaves it on the first one that it did
 * not take. Names and texts that are kept lie in the catalog's arena, everything else in `scratch`.
 */
#ifndef CATALOG_PARSE_DDL_DDL_PARSER_H
#define CATALOG_PARSE_DDL_DDL_PARSER_H
#include "catalog/parse/ddl/ddl_lex.h"

struct ddl_name {
    const char *text; /* without quotes; NULL: none */
    bool quoted;      /* so its case of letters counts */
};

struct ddl_path {
    struct ddl_name schema, name;
    const char *at; /* where it stands in the text */
};

struct ddl_reference { /* a foreign key until all tables are known */
    struct catalog_foreign_key key;
    struct ddl_path path;
    struct ddl_table *target; /* known when the key was read; NULL: looked for at the end */
    int line, column;         /* 0: the target was known */
};

struct ddl_referrer {
    struct ddl_referrer *next;
    struct ddl_table *table;
};

struct ddl_columns; /* ddl_fields.c: columns of a wide table by name */

struct ddl_table {
    struct catalog_table table; /* its lists lie in the catalog's arena */
    bool quoted, schema_quoted; /* spelling of its names */
    bool dropped, hidden;       /* hidden: read for its syntax only: another one has its name */
    bool no_foreign_keys;       /* engine that takes and forgets them */
    bool open, typed;           /* it has columns that the text does not tell; those of a type */
    bool without_rowid;         /* SQLite: its key is never NULL */
    const char *collation;      /* MySQL: of columns that say none; NULL: not said */
    int line, column;           /* of its name */
    size_t script, again;       /* the text that made it; 1 + the one that made it again, 0: none */
    struct ddl_columns *by_name;
    struct ddl_reference *references;
    size_t reference_count, reference_capacity;
    struct ddl_referrer *heirs;     /* PostgreSQL: tables that have its columns: partitions, INHERITS */
    struct ddl_referrer *referrers; /* tables that refer or referred to this one, with their keys and as partitions */
    struct ddl_table *next, *next_name; /* of the same hash; of the same hash of the name alone */
    struct ddl_table *next_gone;
    size_t path_hash, name_hash;
    struct ddl_table *partition_of;
};

/* Kinds of things that are found by name besides tables; ddl_objects.c. */
enum ddl_kind { DDL_VIEW, DDL_SEQUENCE, DDL_TYPE };

struct ddl {
    struct ddl_lex lex;
    struct ddl_token token, ahead;
    bool has_ahead;
    const char *behind; /* end of the token taken last */
    enum ddl_dialect dialect;
    struct ddl_limits limits;
    struct arena *arena, *scratch;
    struct catalog *c;
    struct error *e;
    enum error_class failed; /* once set, the text is at its end */

    const char *schema; /* unqualified names live there; "" when the text has not said */
    bool schema_quoted;
    struct ddl_table **tables;
    size_t table_count, table_capacity;
    struct ddl_table **by_path, **by_name; /* chains; a power of two of them */
    struct ddl_schema **schemas;           /* chains; ddl_schema.c */
    size_t slot_count;
    struct catalog_column *buffer; /* columns of the table that is being created */
    size_t buffer_capacity;
    struct ddl_table *building; /* whose columns are in `buffer` */
    struct ddl_native *natives; /* types of columns seen so far; ddl_native.c */

    struct ddl_object **objects; /* views, sequences, types; ddl_objects.c */
    unsigned char skip[256];     /* bytes that mean something within a statement that is passed over */
    size_t left_out[4];          /* routines, triggers, ... that the model has no place for */
    int left_out_line[4], left_out_column[4];
    size_t left_out_script[4];

    size_t object_slots, object_count, statements, work, depth;
    size_t diagnostics;     /* wanted; the catalog holds at most diagnostics_max */
    const char *text;       /* the whole of it; lex may stand in the text of an EXEC('...') */
    const char *counted_at; /* lines up to here are counted */
    int line;
    const char *rollback, *rollback_end; /* the next line that begins with it, in the text that ends there */
    const char *line_begin, *fixed_at;   /* fixed_at: text within EXEC('...') has no lines of its own */
    bool conditional, batched;           /* behind SQL Server's IF, in a block that may run twice; behind a GO */
    size_t guarded;                      /* blocks of SQL Server that are open behind an IF */
    const char *table_said;              /* of the statement, for diagnostics; may be NULL */

    struct ddl_script *scripts; /* ddl_script.c; the reading stands in the text `script` */
    struct ddl_script_use *uses;
    size_t script, script_count;
    struct ddl_table *gone; /* made by earlier texts, dropped by this one and not made again yet */
};

/* ddl_read.c */
void ddl_advance(struct ddl *p);
const struct ddl_token *ddl_peek(struct ddl *p); /* the token behind p->token */
bool ddl_accept(struct ddl *p, enum ddl_word word);
bool ddl_accept_two(struct ddl *p, enum ddl_word first, enum ddl_word second); /* both or none */
bool ddl_accept_kind(struct ddl *p, enum ddl_token_kind kind);
bool ddl_accept_mark(struct ddl *p, char mark);
bool ddl_stopped(const struct ddl *p); /* at the end of the statement or of the text */
/* Takes the bracket that opens here and all up to the one that closes it; what stands between, without blanks. */
bool ddl_brackets(struct ddl *p, const char **ret_text, size_t *ret_size);
/* One value: ends before `,`, `)`, the statement's end, or a word that begins what may follow a default. */
void ddl_expression(struct ddl *p, const char **ret_text, size_t *ret_size);
const char *ddl_keep(struct ddl *p, const char *text, size_t size);   /* a copy for the catalog; never NULL */
const char *ddl_string(struct ddl *p, const struct ddl_token *token); /* the value of a string or quoted name */
bool ddl_grows(struct ddl *p, size_t count, size_t size); /* a list of so many takes one more; false: that is said */
void ddl_names_add(struct ddl *p, struct catalog_names *names, const char *text); /* text stays where it is */
bool ddl_room(struct ddl *p);               /* false: the arena is full, and that is said */
bool ddl_work(struct ddl *p, size_t steps); /* false: over work_max, and that is said */
enum error_class ddl_fail(struct ddl *p, enum error_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ddl_warn(struct ddl *p, const char *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void ddl_warn_place(struct ddl *p, int line, int column, const char *format, ...) __attribute__((format(printf, 4, 5)));
void ddl_place(struct ddl *p, const char *at, int *ret_line, int *ret_column);
void ddl_extra(struct ddl *p, struct ddl_table *t, const char *what, const char *text, size_t size);

/* ddl_skip.c, ddl_body.c: raw text, without tokens */
void ddl_skip_init(struct ddl *p);
void ddl_skip_to(struct ddl *p, const char *at); /* the next token is there */
void ddl_skip_statement(struct ddl *p);          /* to its end */
void ddl_skip_tail(struct ddl *p);               /* the same behind what was read: nothing when the next begins here */
void ddl_skip_rest(struct ddl *p);               /* the same, with a diagnostic when anything is left */
bool ddl_skip_batch(struct ddl *p);              /* SQL Server: to the next line GO; false: the text has none */
void ddl_skip_body(struct ddl *p);               /* of a routine or trigger, with statements of its own */
bool ddl_at_statement(struct ddl *p);            /* a word that begins a statement, where nothing else can stand */
void ddl_skip_copy(struct ddl *p);               /* data of COPY ... FROM stdin, once its statement is read */
bool ddl_client_line(struct ddl *p); /* a command for psql, SQL*Plus, mysql, sqlite3 or sqlcmd is passed over */

/* ddl_left_out.c: what the model has no place for is counted, and named in an extra. */
enum ddl_left_out { DDL_ROUTINE, DDL_TRIGGER, DDL_BLOCK, DDL_OTHER };
void ddl_leave_out(struct ddl *p, enum ddl_left_out what, const char *word, const struct ddl_path *path);
void ddl_left_out_say(struct ddl *p);

#endif
