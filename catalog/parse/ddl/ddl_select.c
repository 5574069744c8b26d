/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_select.c - the columns of a query, for views and for tables made of one.
 *
 * Only what its own words tell: an alias, a column's name, `*` of one table of the text; types only of plain columns of
 * that table. The rest of the query is passed over by the caller.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool is_star(const struct ddl_token *t)
{
    return t->kind == TOKEN_MARK && t->mark == '*';
}

static bool ends_list(const struct ddl *p)
{
    return ddl_stopped(p) || p->token.word == WORD_FROM || p->token.word == WORD_UNION || p->token.word == WORD_WHERE ||
           p->token.word == WORD_INTO;
}

static struct catalog_column *field_add(struct ddl *p, struct ddl_fields *fields, const char *name)
{
    size_t count = fields->count;
    if (count >= p->limits.columns_max || !ddl_room(p))
        return NULL;
    if (count == 0 || (count >= 4 && (count & (count - 1)) == 0)) {
        size_t bytes = (count == 0 ? 4 : count * 2) * sizeof *fields->items;
        if (bytes >= arena_room(p->arena))
            return NULL;
        struct catalog_column *bigger = arena_alloc(p->arena, bytes);
        if (count > 0)
            memcpy(bigger, fields->items, count * sizeof *bigger);
        fields->items = bigger;
    }
    fields->items[count] = (struct catalog_column){ .name = name, .nullable = true };
    return &fields->items[fields->count++];
}

/* SQL Server: name = expression */
static bool read_equation(struct ddl *p, struct ddl_name *ret_name)
{
    bool word = p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_NAME;
    if (p->dialect != DDL_SQLSERVER || !word || ddl_peek(p)->kind != TOKEN_MARK || ddl_peek(p)->mark != '=' ||
        !ddl_name(p, ret_name))
        return false;
    while (!ends_list(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
    return true;
}

/* One item of the list: its name, if it tells one, and the column that it is (NULL: an expression). */
static bool read_item(struct ddl *p, struct ddl_name *ret_name, const char **ret_column)
{
    const char *column = NULL;
    size_t operands = 0, tokens = 0;
    bool alias = false, path = true, before_dot = true;
    *ret_name = (struct ddl_name){ 0 };
    *ret_column = NULL;
    if (read_equation(p, ret_name))
        return true;
    for (; !ends_list(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE; tokens++) {
        const struct ddl_token t = p->token;
        if (t.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
            path = false;
            continue;
        }
        bool word = t.kind == TOKEN_WORD || t.kind == TOKEN_NAME;
        if (t.word == WORD_AS) {
            alias = true;
        } else if (word || (alias && t.kind == TOKEN_STRING)) {
            operands += !before_dot || operands == 0;
            if (!ddl_name(p, ret_name)) /* SQLite and SQL Server: AS 'x' */
                ddl_advance(p);
            before_dot = false;
            if (!alias && operands == 1)
                column = ret_name->text;
            continue;
        } else if (t.kind != TOKEN_DOT) {
            path = false;
        }
        before_dot = t.kind == TOKEN_DOT;
        ddl_advance(p);
    }
    *ret_column = path && operands <= 2 ? column : NULL;
    return alias || *ret_column != NULL;
}

/* SQL Server: TOP 5, TOP (5) PERCENT */
static void pass_top(struct ddl *p)
{
    enum ddl_token_kind next = ddl_peek(p)->kind;
    if (p->dialect != DDL_SQLSERVER || p->token.kind != TOKEN_WORD || p->token.size != 3 ||
        strncasecmp(p->token.text, "TOP", 3) != 0 || (next != TOKEN_NUMBER && next != TOKEN_OPEN))
        return;
    ddl_advance(p);
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_brackets(p, NULL, NULL);
    else
        ddl_advance(p);
    if (p->token.size == 7 && strncasecmp(p->token.text, "PERCENT", 7) == 0)
        ddl_advance(p);
}

/* `*` and the types of plain columns, once FROM has told the table; INTO x may stand before it. */
static bool complete(struct ddl *p, struct ddl_fields *fields, bool star)
{
    struct ddl_path path;
    for (bool into = p->token.word == WORD_INTO; into && !ddl_stopped(p) && p->token.word != WORD_FROM;)
        ddl_advance(p);
    bool from = ddl_accept(p, WORD_FROM) && ddl_path(p, &path);
    struct ddl_table *t = from ? ddl_table_find(p, &path) : NULL;
    for (size_t i = 0; i < fields->count; i++) {
        struct catalog_column *field = &fields->items[i];
        const struct catalog_column *column =
            t != NULL && field->native_type != NULL ? ddl_column_find(p, t, field->native_type) : NULL;
        field->native_type = column != NULL ? column->native_type : NULL;
        if (column != NULL)
            field->type = column->type;
    }
    if (!star)
        return true;
    if (t == NULL || t->table.column_count == 0 || p->token.kind == TOKEN_COMMA || fields->count > 0)
        return false; /* without columns it may be the one that is being made, of one elsewhere that is called so */
    for (size_t i = 0; i < t->table.column_count && ddl_work(p, 1); i++) {
        struct catalog_column *column = field_add(p, fields, t->table.columns[i].name);
        if (column == NULL)
            return false;
        column->type = t->table.columns[i].type;
        column->native_type = t->table.columns[i].native_type;
    }
    return !t->open;
}

bool ddl_select(struct ddl *p, struct ddl_fields *ret_fields)
{
    *ret_fields = (struct ddl_fields){ 0 };
    bool known = ddl_accept(p, WORD_SELECT), star = false;
    if (!ddl_accept(p, WORD_DISTINCT))
        (void)ddl_accept(p, WORD_ALL);
    pass_top(p);
    while (known && !ends_list(p)) {
        struct ddl_name name;
        const char *column;
        if (is_star(&p->token)) {
            star = true;
            ddl_advance(p);
        } else if (read_item(p, &name, &column) && name.text != NULL) {
            struct catalog_column *field = field_add(p, ret_fields, name.text);
            if (field != NULL)
                field->native_type = column; /* until the table is known */
            known = field != NULL;
        } else {
            known = false;
        }
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    return complete(p, ret_fields, star) && known;
}
