/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_view.c - CREATE VIEW: name, columns as far as its words tell, and its query as it stands. Synonyms are extras. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

/* (a, b COMMENT 'x', CONSTRAINT ...) */
static void read_columns(struct ddl *p, struct catalog_view *view)
{
    (void)ddl_accept_kind(p, TOKEN_OPEN);
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        struct ddl_name name = { 0 };
        const char *at = p->token.text;
        if (!ddl_at_constraint(p) && ddl_name(p, &name) && view->column_count < p->limits.columns_max &&
            ddl_grows(p, view->column_count, sizeof *view->columns)) {
            struct catalog_column *column = catalog_view_column_add(p->c, view, "");
            column->name = name.text;
        }
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE)
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL);
            else
                ddl_advance(p);
        if (!ddl_accept_kind(p, TOKEN_COMMA) && p->token.text == at)
            ddl_advance(p);
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
}

/* WITH [NO] DATA says nothing of the query. */
static const char *before_data(const char *from, const char *to)
{
    static const char *const tails[] = { "WITH NO DATA", "WITH DATA" };
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(tails[i]);
        if ((size_t)(to - from) <= size || strncasecmp(to - size, tails[i], size) != 0 ||
            strchr(" \t\r\n)", to[-1 - (ptrdiff_t)size]) == NULL)
            continue;
        for (to -= size; to > from && strchr(" \t\r\n", to[-1]) != NULL;)
            to--;
    }
    return to;
}

/* A versioned comment that holds the query ends, and WITH CHECK OPTION follows in one of its own. */
static const char *behind_query(struct ddl *p, const char *from, const char *to)
{
    for (const char *at = from; at < to;) {
        const char *behind = NULL;
        if (*at == '\'' || *at == '"' || *at == '`') {
            behind = ddl_lex_quoted(&p->lex, at, p->lex.backslash && *at != '`');
        } else if (to - at > 1 && at[0] == '/' && at[1] == '*') {
            return to;
        } else if (to - at > 1 && at[0] == '*' && at[1] == '/') {
            while (at > from && strchr(" \t\r\n", at[-1]) != NULL)
                at--;
            return at;
        }
        at = behind != NULL ? behind : at + 1;
    }
    return to;
}

/* The query, with types of its plain columns; names that the view gave win. */
static void read_query(struct ddl *p, struct catalog_view *view)
{
    struct ddl_fields fields = { 0 };
    const char *from = p->token.text;
    if (p->token.word == WORD_SELECT) {
        bool known = ddl_select(p, &fields);
        for (size_t i = 0; known && i < fields.count && ddl_grows(p, view->column_count, sizeof *view->columns); i++) {
            if (i < view->column_count) {
                fields.items[i].name = view->columns[i].name;
                fields.items[i].comment = view->columns[i].comment;
                view->columns[i] = fields.items[i];
            } else {
                *catalog_view_column_add(p->c, view, "") = fields.items[i];
            }
        }
    }
    if (p->dialect != DDL_SQLSERVER || !ddl_skip_batch(p))
        ddl_skip_statement(p);
    const char *to = p->token.kind == TOKEN_STOP ? p->token.text : p->lex.end;
    while (to > from && strchr(" \t\r\n", to[-1]) != NULL)
        to--;
    if (p->dialect == DDL_MYSQL)
        to = behind_query(p, from, to);
    else if (p->dialect == DDL_POSTGRESQL && view->materialized)
        to = before_data(from, to);
    view->definition = ddl_keep(p, from, (size_t)(to - from));
}

void ddl_create_view(struct ddl *p, bool materialized)
{
    struct ddl_path path;
    if (p->token.word == WORD_IF && ddl_peek(p)->word == WORD_NOT) {
        ddl_advance(p);
        ddl_advance(p);
        (void)ddl_accept(p, WORD_EXISTS);
    }
    const char *at = p->token.text;
    if (p->token.word == WORD_LOG || !ddl_path(p, &path) || !ddl_room(p)) {
        ddl_skip_statement(p);
        return;
    }
    ddl_object_drop(p, DDL_VIEW, &path); /* OR REPLACE */
    struct catalog_view view = { .schema = ddl_schema_of(p, &path), .name = path.name.text };
    view.materialized = materialized;
    if (p->token.kind == TOKEN_OPEN)
        read_columns(p, &view);
    while (!ddl_stopped(p) && p->token.word != WORD_AS) { /* WITH (...), BUILD IMMEDIATE, REFRESH FAST, ... */
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
    if (ddl_accept(p, WORD_AS))
        read_query(p, &view);
    else
        ddl_warn(p, at, "view %.80s has no query", path.name.text);
    if (!ddl_grows(p, p->c->view_count, sizeof view))
        return;
    *catalog_view_add(p->c, "", "") = view;
    ddl_object_add(p, DDL_VIEW, &path, p->c->view_count - 1);
}

void ddl_create_synonym(struct ddl *p)
{
    struct ddl_path path, target;
    if (!ddl_path(p, &path) || !ddl_accept(p, WORD_FOR)) {
        ddl_skip_rest(p);
        return;
    }
    const char *from = p->token.text;
    if (!ddl_path(p, &target) || !ddl_grows(p, p->c->extra_count, sizeof *p->c->extras))
        return;
    struct catalog_extra *extra = catalog_extra_add(p->c, NULL);
    extra->what = "synonym";
    extra->text = arena_format(p->arena, "%s FOR %.*s", path.name.text, (int)(p->behind - from), from);
}
