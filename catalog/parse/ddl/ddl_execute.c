/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_execute.c - SQL Server's system procedures that change a schema: descriptions, renames, types, and SQL in a
 * string.
 *
 * Parameters come by name (@level0name = N'dbo') or by place. Text of sp_executesql and EXEC('...') is read like the
 * rest, its diagnostics stand at the EXEC.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { PARAMETERS_MAX = 8, NAME_MAX_SIZE = 500 };

/* Values by place: 0 name, 1 value, 2 level0type, 3 level0name, 4 level1type, ... of sp_addextendedproperty. */
struct parameters {
    const char *values[PARAMETERS_MAX];
    size_t count;
    bool variable; /* the first one: what it holds nobody knows here */
};

static size_t place_of(const struct ddl_token *t, size_t next)
{
    static const char *const names[] = { "@name",       "@value",      "@level0type", "@level0name",
                                         "@level1type", "@level1name", "@level2type", "@level2name" };
    static const char *const rename[] = { "@objname", "@newname", "@objtype" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (t->size == strlen(names[i]) && strncasecmp(t->text, names[i], t->size) == 0)
            return i;
    for (size_t i = 0; i < sizeof rename / sizeof *rename; i++)
        if (t->size == strlen(rename[i]) && strncasecmp(t->text, rename[i], t->size) == 0)
            return i;
    return next;
}

static void read_parameters(struct ddl *p, struct parameters *ret)
{
    *ret = (struct parameters){ 0 };
    size_t place = 0;
    while (!ddl_stopped(p) && !ddl_at_statement(p)) {
        if (p->token.kind == TOKEN_WORD && p->token.text[0] == '@' && ddl_peek(p)->kind == TOKEN_MARK) {
            place = place_of(&p->token, place);
            ddl_advance(p);
            ddl_advance(p);
        }
        if (place < PARAMETERS_MAX && p->token.word != WORD_NULL) {
            ret->values[place] = ddl_string(p, &p->token);
            ret->variable = ret->variable || (place == 0 && p->token.kind == TOKEN_WORD);
            ret->count = place + 1 > ret->count ? place + 1 : ret->count;
        }
        ddl_advance(p);
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && !ddl_at_statement(p))
            ddl_advance(p);
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            return;
        place++;
    }
}

static bool equal(const char *a, const char *b)
{
    return a != NULL && strcasecmp(a, b) == 0;
}

/* MS_Description of a table, view or column. */
static void add_property(struct ddl *p, const struct parameters *q)
{
    if (!equal(q->values[0], "MS_Description") || q->values[5] == NULL)
        return;
    struct ddl_path path = { .schema = { .text = q->values[3] }, .name = { .text = q->values[5] } };
    struct ddl_table *t = ddl_table_find(p, &path);
    if (t == NULL) {
        size_t view = equal(q->values[4], "VIEW") ? ddl_object_find(p, DDL_VIEW, &path) : SIZE_MAX;
        if (view != SIZE_MAX && q->values[7] == NULL)
            p->c->views[view].comment = q->values[1];
        return;
    }
    if (q->values[7] == NULL) {
        t->table.comment = q->values[1];
    } else if (equal(q->values[6], "COLUMN")) {
        struct catalog_column *column = ddl_column_find(p, t, q->values[7]);
        if (column != NULL)
            column->comment = q->values[1];
    }
}

/* 'dbo.orders.[a b]' as names */
static size_t split(struct ddl *p, const char *text, struct ddl_name *ret_names, size_t max)
{
    struct ddl_lex lex;
    struct ddl_token token;
    size_t count = 0;
    ddl_lex_init(&lex, text, strlen(text), p->dialect);
    for (ddl_lex_next(&lex, &token); token.kind != TOKEN_END && count < max; ddl_lex_next(&lex, &token))
        if (token.kind != TOKEN_DOT)
            ret_names[count++] = (struct ddl_name){ .text = ddl_string(p, &token) };
    return count;
}

/* sp_rename 'dbo.t.c', 'new', 'COLUMN' */
static void rename_object(struct ddl *p, const struct parameters *q, const char *at)
{
    struct ddl_name names[4];
    if (q->values[0] == NULL || q->values[1] == NULL || q->values[1][0] == '\0' || strlen(q->values[1]) > NAME_MAX_SIZE)
        return;
    size_t count = split(p, q->values[0], names, 4);
    bool column = equal(q->values[2], "COLUMN"), index = equal(q->values[2], "INDEX");
    size_t own = column || index ? 1 : 0; /* names behind the table's */
    if (count <= own)
        return;
    struct ddl_path path = { .name = names[count - 1 - own] };
    if (count > 1 + own)
        path.schema = names[count - 2 - own];
    struct ddl_table *t = ddl_table_find(p, &path);
    if (t == NULL && q->values[2] == NULL && count > 1) { /* a column, without being called one */
        struct ddl_path owner = { .name = names[count - 2] };
        if (count > 2)
            owner.schema = names[count - 3];
        t = ddl_table_find(p, &owner);
        column = t != NULL && ddl_column_find(p, t, names[count - 1].text) != NULL;
        t = column ? t : NULL;
    }
    if (t == NULL) {
        if (q->values[2] == NULL && !p->conditional)
            ddl_warn(p, at, "sp_rename of %.80s, which is no table of this text", q->values[0]);
        return;
    }
    struct ddl_name schema = { 0 }, name = { .text = q->values[1] };
    if (column)
        ddl_column_rename(p, t, names[count - 1].text, name.text);
    else if (index)
        ddl_constraint_rename(p, t, names[count - 1].text, name.text);
    else
        ddl_table_rename(p, t, &schema, &name);
}

/* sp_addtype id, 'varchar(11)', 'NOT NULL' */
static void add_type(struct ddl *p, const struct parameters *q)
{
    if (q->values[0] == NULL || q->values[0][0] == '\0' || strlen(q->values[0]) > NAME_MAX_SIZE ||
        q->values[1] == NULL || !ddl_grows(p, p->c->type_count, sizeof *p->c->types))
        return;
    struct ddl_path path = { .name = { .text = q->values[0] } };
    struct catalog_named_type *type = catalog_type_add(p->c, p->schema, q->values[0]);
    type->kind = "domain";
    type->base = q->values[1];
    type->not_null = equal(q->values[2], "NOT NULL");
    ddl_object_add(p, DDL_TYPE, &path, p->c->type_count - 1);
}

/* EXEC('a' + @b + 'c'): read when it is one string. */
static void read_text(struct ddl *p, const char *at)
{
    ddl_advance(p);
    const char *text = p->token.kind == TOKEN_STRING ? ddl_string(p, &p->token) : NULL;
    if (text != NULL && ddl_peek(p)->kind != TOKEN_CLOSE)
        text = NULL;
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE)
        ddl_advance(p);
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
    if (text != NULL)
        ddl_nested(p, text, at);
    else
        ddl_leave_out(p, DDL_BLOCK, "block", NULL);
}

void ddl_execute(struct ddl *p)
{
    const char *at = p->token.text;
    struct ddl_path path;
    struct parameters q;
    if (!ddl_accept(p, WORD_EXEC))
        (void)ddl_accept(p, WORD_EXECUTE);
    if (p->token.kind == TOKEN_OPEN) {
        read_text(p, at);
        return;
    }
    if (p->token.kind == TOKEN_WORD && p->token.text[0] == '@' && ddl_peek(p)->mark == '=') { /* EXEC @r = proc */
        ddl_advance(p);
        ddl_advance(p);
    }
    if (!ddl_path(p, &path)) {
        ddl_skip_tail(p);
        return;
    }
    const char *name = path.name.text;
    bool known = equal(name, "sp_addextendedproperty") || equal(name, "sp_updateextendedproperty") ||
                 equal(name, "sp_rename") || equal(name, "sp_addtype") || equal(name, "sp_executesql");
    if (!known) {
        ddl_skip_tail(p);
        return;
    }
    read_parameters(p, &q);
    if (equal(name, "sp_rename"))
        rename_object(p, &q, at);
    else if (equal(name, "sp_addtype"))
        add_type(p, &q);
    else if (!equal(name, "sp_executesql"))
        add_property(p, &q);
    else if (q.variable)
        ddl_leave_out(p, DDL_BLOCK, "block", NULL);
    else if (q.values[0] != NULL)
        ddl_nested(p, q.values[0], at);
}
