/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_index.c - indexes: CREATE INDEX of all dialects, KEY and INDEX within a table.
 *
 * A key of expressions keeps its whole list as `expression`, a partial one its condition as `where`: neither is ever
 * taken for a unique key. The first bytes of a column (MySQL's a(10)) count as the column.
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

static bool digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* One of the list; true and its name when it is a column. */
static bool read_element(struct ddl *p, struct ddl_name *ret_name, bool *ret_descends)
{
    bool named = (p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_STRING) &&
                 ddl_name(p, ret_name);
    bool plain = named && p->token.kind != TOKEN_DOT;
    if (named && p->token.kind == TOKEN_OPEN) {
        const char *inner;
        size_t size;
        (void)ddl_brackets(p, &inner, &size);
        plain = p->dialect == DDL_MYSQL && size > 0 && digits(inner, size);
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

static const char *method_kept(struct ddl *p)
{
    struct ddl_name name = { 0 };
    if (!ddl_name(p, &name))
        return NULL;
    char *lower = (char *)ddl_keep(p, name.text, strlen(name.text));
    for (char *at = lower; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at | 0x20);
    return lower;
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
static void read_tail(struct ddl *p, struct catalog_index *index, bool inside)
{
    while (inside ? !ends_element(p) : !ddl_stopped(p)) {
        if (ddl_accept(p, WORD_INCLUDE)) {
            (void)ddl_name_list(p, &index->include);
        } else if (ddl_accept(p, WORD_WHERE)) {
            index->where = read_where(p);
        } else if (ddl_accept(p, WORD_USING)) {
            index->method = method_kept(p);
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
        read_tail(p, &index, true);
    if (ddl_grows(p, t->table.index_count, sizeof index))
        *catalog_index_add(p->c, &t->table) = index;
}

void ddl_create_index(struct ddl *p, bool unique, const char *method)
{
    struct catalog_index index = { .unique = unique, .method = method };
    struct ddl_path name = { 0 }, path;
    const char *at = p->token.text;
    (void)ddl_accept(p, WORD_CONCURRENTLY);
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        (void)ddl_accept(p, WORD_EXISTS);
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
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_index_columns(p, &index);
    read_tail(p, &index, false);
    struct ddl_table *t = ddl_table_find(p, &path);
    if (t == NULL)
        ddl_extra(p, NULL, "index", at, p->behind > at ? (size_t)(p->behind - at) : 0);
    if (t == NULL && ddl_object_find(p, DDL_VIEW, &path) == SIZE_MAX) /* of a materialized view it is an extra */
        ddl_warn(p, at, "index %.80s is of %.80s, which is no table of this text", index.name != NULL ? index.name : "",
                 path.name.text);
    else if (t != NULL && ddl_grows(p, t->table.index_count, sizeof index))
        *catalog_index_add(p->c, &t->table) = index;
}
