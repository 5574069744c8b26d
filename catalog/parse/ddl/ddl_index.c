/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_index.c - indexes: CREATE INDEX of all dialects, KEY and INDEX within a table.
 *
 * A key of expressions keeps its whole list as `expression`, a partial one its condition as `where`: neither is ever
 * taken for a unique key. The first bytes of a column (MySQL's a(10)) are an expression, as the live database is read.
 * A plain unique index of MySQL is its unique key: the server knows no difference.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool ends_element(const struct ddl *p)
{
    return ddl_stopped(p) || p->token.kind == TOKEN_COMMA || p->token.kind == TOKEN_CLOSE;
}

/* What follows a column: COLLATE x, an operator class, ASC or DESC, NULLS LAST. false: an operator, so no column. */
static bool pass_column_tail(struct ddl *p, bool *ret_descends)
{
    bool plain = true;
    *ret_descends = false;
    while (!ends_element(p)) {
        if (p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
            continue;
        }
        plain = plain && p->token.kind != TOKEN_MARK && p->token.kind != TOKEN_STRING;
        *ret_descends = *ret_descends || p->token.word == WORD_DESC;
        ddl_advance(p);
    }
    return plain;
}

/* One of the list; true and its name when it is a column. */
static bool read_element(struct ddl *p, struct ddl_name *ret_name, bool *ret_descends)
{
    bool named = (p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_STRING) &&
                 ddl_name(p, ret_name);
    bool plain = named && p->token.kind != TOKEN_DOT;
    if (named && p->token.kind == TOKEN_OPEN) {
        (void)ddl_brackets(p, NULL, NULL); /* lower(a), and MySQL's first bytes of a column: a(10) */
        plain = false;
    }
    return pass_column_tail(p, ret_descends) && plain;
}

bool ddl_index_columns(struct ddl *p, struct catalog_index *index)
{
    if (p->token.kind != TOKEN_OPEN)
        return false;
    const char *from = p->token.text + 1;
    bool plain = true, descends = false;
    struct catalog_names orders = { 0 };
    ddl_advance(p);
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        struct ddl_name name = { 0 };
        bool down = false;
        if (read_element(p, &name, &down)) {
            ddl_names_add(p, &index->columns, name.text);
            ddl_names_add(p, &orders, down ? "desc" : "asc");
            descends = descends || down;
        } else {
            plain = false;
        }
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    const char *to = p->token.text;
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
    while (from < to && strchr(" \t\r\n", *from) != NULL)
        from++;
    while (to > from && strchr(" \t\r\n", to[-1]) != NULL)
        to--;
    if (!plain)
        index->expression = ddl_keep(p, from, to > from ? (size_t)(to - from) : 0);
    if (descends)
        index->orders = orders;
    return plain;
}

/* NULL for the usual one, which servers do not tell either. */
static const char *method_kept(struct ddl *p)
{
    struct ddl_name name = { 0 };
    if (!ddl_name(p, &name))
        return NULL;
    char *lower = (char *)ddl_keep(p, name.text, strlen(name.text));
    for (char *at = lower; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at | 0x20);
    return strcmp(lower, "btree") != 0 ? lower : NULL;
}

/* The condition of a partial index: to the end, or to SQL Server's WITH (...) and ON file_group. */
static const char *read_where(struct ddl *p)
{
    const char *from = p->token.text;
    while (!ddl_stopped(p)) {
        bool sqlserver = p->dialect == DDL_SQLSERVER;
        if (sqlserver && (p->token.word == WORD_WITH || p->token.word == WORD_ON || p->token.kind == TOKEN_COMMA ||
                          p->token.kind == TOKEN_CLOSE))
            break;
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
    return ddl_keep(p, from, p->behind > from ? (size_t)(p->behind - from) : 0);
}

/* INCLUDE, WHERE, USING and whatever else follows; inside a table up to the comma. */
static void read_tail(struct ddl *p, struct catalog_index *index, bool inside, bool *ret_hidden)
{
    *ret_hidden = false;
    while (inside ? !ends_element(p) : !ddl_stopped(p)) {
        if (ddl_accept(p, WORD_INCLUDE)) {
            (void)ddl_name_list(p, &index->include);
        } else if (ddl_accept(p, WORD_WHERE)) {
            index->where = read_where(p);
        } else if (ddl_accept(p, WORD_USING)) {
            index->method = method_kept(p);
        } else if (p->dialect == DDL_MYSQL && ddl_mysql_hides(p)) {
            ddl_advance(p);
            *ret_hidden = true;
        } else if (p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
        } else if (!inside && p->token.line_first && (p->token.word == WORD_CREATE || p->token.word == WORD_ALTER)) {
            return; /* SQL Server needs no semicolon */
        } else {
            ddl_advance(p);
        }
    }
}

/* SQL Server's words before the list. */
static void read_kind(struct ddl *p, struct catalog_index *index)
{
    for (;; ddl_advance(p)) {
        if (p->token.word == WORD_UNIQUE)
            index->unique = true;
        else if (p->token.word == WORD_COLUMNSTORE)
            index->method = "columnstore";
        else if (p->token.word == WORD_HASH)
            index->method = "hash";
        else if (p->token.word != WORD_CLUSTERED && p->token.word != WORD_NONCLUSTERED)
            return;
    }
}

void ddl_inline_index(struct ddl *p, struct ddl_table *t, const char *column)
{
    struct catalog_index index = { 0 };
    struct ddl_name name = { 0 };
    const char *at = p->token.text;
    bool hidden = false;
    if (ddl_accept(p, WORD_FULLTEXT))
        index.method = "fulltext";
    else if (ddl_accept(p, WORD_SPATIAL))
        index.method = "spatial";
    if (!ddl_accept(p, WORD_KEY))
        (void)ddl_accept(p, WORD_INDEX);
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        (void)ddl_accept(p, WORD_EXISTS);
    if (p->token.kind != TOKEN_OPEN && p->token.word != WORD_USING && ddl_name(p, &name))
        index.name = name.text;
    read_kind(p, &index);
    if (ddl_accept(p, WORD_USING))
        index.method = method_kept(p);
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_index_columns(p, &index);
    else if (column != NULL)
        ddl_names_add(p, &index.columns, column);
    else if (index.method == NULL)
        ddl_warn(p, at, "an index of %.80s has no columns", t->table.name);
    if (column != NULL)
        ddl_constraint_tail(p, NULL, NULL);
    else
        read_tail(p, &index, true, &hidden);
    if (ddl_grows(p, t->table.index_count, sizeof index))
        *catalog_index_add(p->c, &t->table) = index;
    if (hidden && index.name != NULL)
        ddl_extra(p, t, "invisible index", index.name, strlen(index.name));
}

/* A script that may run twice, or that goes on from an older one, says it again: no database has it twice. */
static bool is_there(struct ddl *p, const struct ddl_table *t, const char *name)
{
    for (size_t i = 0; name != NULL && i < t->table.index_count && ddl_work(p, 1); i++)
        if (t->table.indexes[i].name != NULL && ddl_same_text(t->table.indexes[i].name, name))
            return true;
    for (size_t i = 0; name != NULL && p->dialect == DDL_MYSQL && i < t->table.unique_count && ddl_work(p, 1); i++)
        if (t->table.uniques[i].name != NULL && ddl_same_text(t->table.uniques[i].name, name))
            return true;
    return false;
}

void ddl_create_index(struct ddl *p, bool unique, const char *method)
{
    struct catalog_index index = { .unique = unique, .method = method };
    struct ddl_path name = { 0 }, path;
    const char *at = p->token.text;
    bool if_not_exists = false, hidden;
    (void)ddl_accept(p, WORD_CONCURRENTLY);
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        if_not_exists = ddl_accept(p, WORD_EXISTS);
    if (p->token.word != WORD_ON && ddl_path(p, &name))
        index.name = name.name.text;
    if (ddl_accept(p, WORD_USING))
        index.method = method_kept(p);
    if (!ddl_accept(p, WORD_ON) || ddl_accept(p, WORD_CLUSTER)) {
        ddl_skip_rest(p);
        return;
    }
    if (p->token.word == WORD_ONLY && ddl_peek(p)->kind != TOKEN_OPEN)
        ddl_advance(p);
    if (!ddl_path(p, &path)) {
        ddl_warn(p, at, "index %.80s does not say of which table", index.name != NULL ? index.name : "");
        ddl_skip_statement(p);
        return;
    }
    if (ddl_accept(p, WORD_USING))
        index.method = method_kept(p);
    if (p->dialect == DDL_ORACLE && p->token.kind == TOKEN_OPEN && ddl_peek(p)->size == 7 &&
        strncasecmp(ddl_peek(p)->text, "PCTFREE", 7) == 0) { /* DBMS_METADATA: the server's own, of a LOB */
        ddl_skip_statement(p);
        return;
    }
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_index_columns(p, &index);
    read_tail(p, &index, false, &hidden);
    struct ddl_table *t = ddl_table_find(p, &path);
    if (t == NULL)
        ddl_extra(p, NULL, "index", at, p->behind > at ? (size_t)(p->behind - at) : 0);
    if (t == NULL && ddl_object_find(p, DDL_VIEW, &path) == SIZE_MAX) /* of a materialized view it is an extra */
        ddl_warn(p, at, "index %.80s is of %.80s, which is no table of this text", index.name != NULL ? index.name : "",
                 path.name.text);
    else if (t != NULL && is_there(p, t, index.name)) {
        if (!if_not_exists && !p->conditional)
            ddl_warn(p, at, "%.80s has an index %.80s already: the first one is kept", t->table.name, index.name);
    } else if (t != NULL && p->dialect == DDL_MYSQL && unique && index.expression == NULL && index.columns.count > 0) {
        if (ddl_grows(p, t->table.unique_count, sizeof(struct catalog_key)))
            *catalog_unique_add(p->c, &t->table) = (struct catalog_key){ .name = index.name, .columns = index.columns };
    } else if (t != NULL && ddl_grows(p, t->table.index_count, sizeof index)) {
        *catalog_index_add(p->c, &t->table) = index;
        if (hidden && index.name != NULL)
            ddl_extra(p, t, "invisible index", index.name, strlen(index.name));
    }
}
