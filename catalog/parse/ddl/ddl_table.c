/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_table.c - CREATE TABLE: the list of columns and constraints, or where they come from, and what follows.
 *
 * A table that exists already keeps its first definition. Options of storage are kept as they stand, as an extra.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_script.h"
#include "catalog/parse/ddl/ddl_statement.h"

#define GROWS(list, count) ddl_grows(p, t->table.count, sizeof *t->table.list)

/* PostgreSQL's and MySQL's LIKE in the brackets or behind the name. */
static void read_like(struct ddl *p, struct ddl_table *t)
{
    struct ddl_path path;
    const char *at = p->token.text;
    if (!ddl_path(p, &path))
        return;
    struct ddl_table *from = ddl_table_find(p, &path);
    bool all = p->dialect == DDL_MYSQL, defaults = all, indexes = all, checks = all;
    while (p->token.kind == TOKEN_WORD && !ddl_stopped(p)) { /* INCLUDING ALL EXCLUDING INDEXES */
        bool including = p->token.word == WORD_INCLUDING;
        ddl_advance(p);
        bool everything = p->token.word == WORD_ALL;
        if (everything || p->token.word == WORD_INDEXES)
            indexes = including;
        if (everything || (p->token.size == 8 && strncasecmp(p->token.text, "DEFAULTS", 8) == 0))
            defaults = including;
        if (everything || (p->token.size == 11 && strncasecmp(p->token.text, "CONSTRAINTS", 11) == 0))
            checks = including;
        ddl_advance(p);
    }
    if (from == NULL) {
        t->open = true;
        ddl_warn(p, at, "%.80s is like %.80s, which is no table of this text", t->table.name, path.name.text);
        return;
    }
    ddl_columns_copy(p, t, from, defaults);
    if (all)
        t->table.comment = from->table.comment;
    for (size_t i = 0; checks && i < from->table.check_count && ddl_work(p, 1) && GROWS(checks, check_count); i++)
        *catalog_check_add(p->c, &t->table) = from->table.checks[i];
    if (!indexes)
        return;
    t->table.primary_key = from->table.primary_key;
    for (size_t i = 0; i < from->table.unique_count && ddl_work(p, 1) && GROWS(uniques, unique_count); i++)
        *catalog_unique_add(p->c, &t->table) = from->table.uniques[i];
    for (size_t i = 0; i < from->table.index_count && ddl_work(p, 1) && GROWS(indexes, index_count); i++)
        *catalog_index_add(p->c, &t->table) = from->table.indexes[i];
}

void ddl_element(struct ddl *p, struct ddl_table *t)
{
    if (p->token.word == WORD_LIKE && (p->dialect == DDL_POSTGRESQL || p->dialect == DDL_MYSQL)) {
        ddl_advance(p);
        read_like(p, t);
    } else if (ddl_at_constraint(p)) {
        ddl_constraint(p, t);
    } else if ((t->partition_of != NULL || (t->typed && !t->open)) && p->token.kind >= TOKEN_WORD &&
               p->token.kind <= TOKEN_NAME) {
        struct ddl_name name = { 0 }; /* of a column that the partitioned table or the type has */
        if (ddl_name(p, &name)) {
            if (ddl_accept(p, WORD_WITH))
                (void)ddl_accept(p, WORD_OPTIONS);
            ddl_column_attributes(p, t, name.text);
        }
    } else {
        ddl_column(p, t);
    }
}

/* ( element, element ... ); constraints may follow one another without a comma. */
static void read_elements(struct ddl *p, struct ddl_table *t)
{
    const char *open = p->token.text;
    ddl_advance(p);
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        const char *at = p->token.text;
        if (p->token.kind != TOKEN_COMMA)
            ddl_element(p, t);
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE &&
               (p->token.text == at || !ddl_at_constraint(p))) {
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL);
            else
                ddl_advance(p);
        }
        (void)ddl_accept_kind(p, TOKEN_COMMA);
    }
    if (!ddl_accept_kind(p, TOKEN_CLOSE))
        ddl_warn(p, open, "the bracket of %.80s is not closed", t->table.name);
}

/* The columns of the parent's primary key are never NULL here either; the key itself stays there. */
static void inherit_not_null(struct ddl *p, struct ddl_table *t, const struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        struct catalog_column *column = ddl_column_find(p, t, names->items[i]);
        if (column != NULL)
            column->nullable = false;
    }
}

static void read_inherits(struct ddl *p, struct ddl_table *t)
{
    struct catalog_column *own = NULL;
    size_t own_count = t->table.column_count;
    if (!ddl_accept_kind(p, TOKEN_OPEN))
        return;
    if (own_count > 0) { /* the parents' columns come first */
        own = arena_array(p->scratch, own_count, sizeof *own);
        memcpy(own, t->table.columns, own_count * sizeof *own);
        t->table.column_count = 0;
        ddl_columns_changed(t);
    }
    struct ddl_path path;
    while (ddl_path(p, &path) && ddl_room(p)) {
        struct ddl_table *parent = ddl_table_find(p, &path);
        t->open = t->open || parent == NULL;
        if (parent == NULL)
            ddl_warn(p, path.at, "%.80s inherits from %.80s, which is no table of this text", t->table.name,
                     path.name.text);
        else {
            ddl_heir_add(p, parent, t);
            ddl_columns_copy(p, t, parent, true);
            inherit_not_null(p, t, &parent->table.primary_key.columns);
        }
        const char *schema = parent != NULL ? parent->table.schema : "", *name = path.name.text;
        ddl_names_add(p, &t->table.inherits,
                      schema[0] != '\0' ? arena_format(p->arena, "%s.%s", schema, parent->table.name) : name);
        for (size_t i = 0;
             parent != NULL && i < parent->table.check_count && ddl_work(p, 1) && GROWS(checks, check_count); i++)
            *catalog_check_add(p->c, &t->table) = parent->table.checks[i];
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
    for (size_t i = 0; i < own_count; i++) {
        struct catalog_column *column = ddl_column_find(p, t, own[i].name);
        bool nullable = column == NULL || column->nullable; /* either of them forbids it */
        column = column != NULL ? column : ddl_column_add(p, t, own[i].name);
        if (column == NULL)
            return;
        *column = own[i];
        column->nullable = column->nullable && nullable;
    }
}

/* (a, `b`) as MySQL's catalog shows it; NULL: none is named. */
static const char *names_kept(struct ddl *p)
{
    struct catalog_names names = { 0 };
    const char *kept = NULL;
    (void)ddl_name_list(p, &names);
    for (size_t i = 0; i < names.count && i < 64 && ddl_room(p); i++)
        kept = kept == NULL ? arena_format(p->arena, "`%s`", names.items[i])
                            : arena_format(p->arena, "%s,`%s`", kept, names.items[i]);
    return kept;
}

/* Behind PARTITION BY: RANGE (a, b), LINEAR HASH (year(d)), RANGE COLUMNS (a). */
void ddl_partition_by(struct ddl *p, struct ddl_table *t)
{
    const char *text;
    size_t size;
    if (!ddl_room(p))
        return;
    struct catalog_partition *partition =
        t->table.partition != NULL ? t->table.partition : arena_alloc(p->arena, sizeof *partition);
    struct ddl_token method = p->token;
    bool by_time = p->token.size == 11 && strncasecmp(p->token.text, "SYSTEM_TIME", 11) == 0;
    while (p->token.kind == TOKEN_WORD) {
        method = p->token;
        ddl_advance(p);
        if (p->token.word == WORD_COLUMNS || p->token.kind == TOKEN_OPEN || p->token.word == WORD_ALGORITHM || by_time)
            break;
    }
    if (ddl_accept(p, WORD_ALGORITHM) && ddl_accept_mark(p, '=')) /* MySQL: KEY ALGORITHM = 2 (a) */
        ddl_advance(p);
    bool names = ddl_accept(p, WORD_COLUMNS) || method.word == WORD_KEY;
    char *kept = (char *)ddl_keep(p, method.text, method.size);
    for (char *at = kept; *at != '\0'; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
    partition->method = kept;
    if (by_time) {
        partition->key = NULL; /* what follows are the partitions */
    } else if (p->token.kind == TOKEN_OPEN && names && p->dialect == DDL_MYSQL) {
        partition->key = names_kept(p);
    } else if (p->token.kind == TOKEN_OPEN) {
        (void)ddl_brackets(p, &text, &size);
        partition->key = ddl_keep(p, text, size);
    }
    t->table.partition = partition;
    if (t->table.kind == NULL)
        t->table.kind = "partitioned";
}

/* Behind PARTITION OF parent [(...)]: FOR VALUES ..., DEFAULT. */
void ddl_partition_bounds(struct ddl *p, struct ddl_table *t, const struct ddl_path *parent)
{
    if (!ddl_room(p))
        return;
    struct catalog_partition *partition =
        t->table.partition != NULL ? t->table.partition : arena_alloc(p->arena, sizeof *partition);
    t->table.partition = partition;
    t->table.kind = "partition";
    partition->of_schema = t->partition_of != NULL       ? t->partition_of->table.schema
                           : parent->schema.text != NULL ? parent->schema.text
                                                         : p->schema;
    partition->of_table = t->partition_of != NULL ? t->partition_of->table.name : parent->name.text;
    const char *from = p->token.text;
    while (
        !ddl_stopped(p) && p->token.word != WORD_PARTITION && p->token.word != WORD_USING &&
        p->token.word != WORD_TABLESPACE &&
        !(p->token.word == WORD_WITH && ddl_peek(p)->kind == TOKEN_OPEN && p->behind > from && p->behind[-1] == ')')) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
    if (p->behind > from)
        partition->bounds = ddl_keep(p, from, (size_t)(p->behind - from));
}

static void read_partition_of(struct ddl *p, struct ddl_table *t)
{
    struct ddl_path parent;
    if (!ddl_path(p, &parent))
        return;
    t->partition_of = ddl_table_find(p, &parent);
    ddl_table_referred(p, t->partition_of, t);
    ddl_heir_add(p, t->partition_of, t);
    t->open = t->partition_of == NULL;
    if (t->partition_of == NULL)
        ddl_warn(p, parent.at, "%.80s is a partition of %.80s, which is no table of this text", t->table.name,
                 parent.name.text);
    else
        ddl_columns_copy(p, t, t->partition_of, true);
    if (p->token.kind == TOKEN_OPEN)
        read_elements(p, t);
    ddl_partition_bounds(p, t, &parent);
}

static void read_engine(struct ddl *p, struct ddl_table *t)
{
    static const char *const forget[] = { "MyISAM", "MEMORY",     "HEAP", "CSV",       "ARCHIVE",
                                          "MERGE",  "MRG_MyISAM", "Aria", "BLACKHOLE", "FEDERATED" };
    (void)ddl_accept_mark(p, '=');
    struct ddl_name engine = { 0 };
    if (!ddl_name(p, &engine))
        return;
    for (size_t i = 0; i < sizeof forget / sizeof *forget; i++)
        if (strcasecmp(engine.text, forget[i]) == 0) {
            t->no_foreign_keys = true;
            engine.text = forget[i]; /* as the server spells it */
        }
    if (strcasecmp(engine.text, "InnoDB") != 0)
        ddl_extra(p, t, "engine", engine.text, strlen(engine.text));
}

/* Behind the brackets. */
static void read_tail(struct ddl *p, struct ddl_table *t)
{
    const char *from = p->token.text;
    while (!ddl_stopped(p) && !ddl_at_statement(p)) {
        if (ddl_accept(p, WORD_INHERITS)) {
            read_inherits(p, t);
        } else if (p->token.word == WORD_PARTITION && ddl_peek(p)->word == WORD_BY) {
            ddl_advance(p);
            ddl_advance(p);
            ddl_partition_by(p, t);
        } else if (ddl_accept(p, WORD_ENGINE) || (p->dialect == DDL_MYSQL && ddl_accept(p, WORD_TYPE))) {
            read_engine(p, t);
        } else if (p->dialect == DDL_MYSQL && ddl_accept(p, WORD_COMMENT)) {
            (void)ddl_accept_mark(p, '=');
            const char *text = ddl_string(p, &p->token);
            t->table.comment = text[0] != '\0' ? text : NULL;
            ddl_advance(p);
        } else if (p->dialect == DDL_MYSQL && ddl_mysql_option(p, t)) {
            continue;
        } else if (p->token.word == WORD_SELECT ||
                   (p->token.word == WORD_AS && (ddl_peek(p)->word == WORD_SELECT || ddl_peek(p)->word == WORD_WITH ||
                                                 ddl_peek(p)->word == WORD_TABLE || ddl_peek(p)->kind == TOKEN_OPEN))) {
            (void)ddl_accept(p, WORD_AS);
            ddl_table_as(p, t);
        } else if (p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
        } else {
            t->without_rowid = t->without_rowid || p->token.word == WORD_ROWID;
            ddl_advance(p);
        }
    }
    if (p->behind > from)
        ddl_extra(p, t, "storage", from, (size_t)(p->behind - from));
}

/* What stands behind the table's name. */
static void read_body(struct ddl *p, struct ddl_table *t)
{
    if (ddl_accept_two(p, WORD_PARTITION, WORD_OF)) {
        read_partition_of(p, t);
    } else if (ddl_accept(p, WORD_OF)) {
        ddl_table_of(p, t);
        if (p->token.kind == TOKEN_OPEN)
            read_elements(p, t);
    } else if (ddl_accept(p, WORD_LIKE)) {
        read_like(p, t);
    } else if (p->token.kind == TOKEN_OPEN) {
        enum ddl_word next = ddl_peek(p)->word;
        if (next == WORD_SELECT || (next == WORD_WITH && p->dialect != DDL_SQLSERVER))
            ddl_table_as(p, t);
        else
            read_elements(p, t);
    }
    read_tail(p, t);
}

/* Behind USING: the columns of SQLite's virtual tables are the module's affair; fts and rtree name them. */
static void read_virtual(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name module = { 0 };
    if (!ddl_accept(p, WORD_USING) || !ddl_name(p, &module))
        return;
    bool named = strncasecmp(module.text, "fts", 3) == 0 || strncasecmp(module.text, "rtree", 5) == 0;
    if (p->token.kind == TOKEN_OPEN && named) {
        ddl_advance(p);
        while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE) {
            struct ddl_name name = { 0 };
            if (p->token.kind == TOKEN_MARK && *p->token.text == '+') /* carried along by an R-tree */
                ddl_advance(p);
            bool option = ddl_peek(p)->kind == TOKEN_MARK; /* content='x' */
            if (!option && ddl_name(p, &name))
                (void)ddl_column_add(p, t, name.text);
            while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE)
                ddl_advance(p);
            if (!ddl_accept_kind(p, TOKEN_COMMA))
                break;
        }
    }
    ddl_skip_statement(p);
}

/* #t of SQL Server; PostgreSQL and SQLite have a schema for them. */
static bool is_temporary(const struct ddl *p, const struct ddl_path *path)
{
    const char *schema = path->schema.text != NULL ? path->schema.text : "";
    return (p->dialect == DDL_SQLSERVER && path->name.text[0] == '#') ||
           (p->dialect == DDL_POSTGRESQL && strcasecmp(schema, "pg_temp") == 0) ||
           (p->dialect == DDL_SQLITE && strcasecmp(schema, "temp") == 0);
}

void ddl_create_table(struct ddl *p, const char *kind, bool replace)
{
    struct ddl_path path;
    bool if_not_exists = false;
    const char *at = p->token.text;
    if (p->token.word == WORD_IF && ddl_peek(p)->word == WORD_NOT) {
        ddl_advance(p);
        ddl_advance(p);
        if_not_exists = ddl_accept(p, WORD_EXISTS);
    }
    if (!ddl_path(p, &path)) {
        ddl_warn(p, at, "CREATE TABLE without a name");
        ddl_skip_statement(p);
        return;
    }
    struct ddl_table *before = replace ? ddl_table_look(p, &path) : NULL;
    if (before != NULL)
        ddl_table_drop(p, before);
    struct ddl_table *t = ddl_table_create(p, &path);
    if (t == NULL)
        return;
    p->table_said = t->table.name;
    ddl_place(p, path.at, &t->line, &t->column);
    p->building = t;
    t->table.columns = p->buffer;
    if (t->hidden && !if_not_exists)
        ddl_warn(p, path.at, "%.80s exists already: its first definition is kept", t->table.name);
    t->table.kind = is_temporary(p, &path) ? "temporary" : kind;
    if (kind != NULL && strcmp(kind, "virtual") == 0)
        read_virtual(p, t);
    else
        read_body(p, t);
    ddl_columns_keep(p, t);
    if (p->script > 0)
        ddl_script_made(p, t, &path);
    if (p->dialect == DDL_POSTGRESQL || p->dialect == DDL_SQLITE)
        ddl_keys_merge(p, t);
    if (t->table.column_count == 0 && p->failed == ERROR_OK)
        ddl_warn(p, path.at, "%.80s has no columns that could be read", t->table.name);
}
