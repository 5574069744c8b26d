/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_type.c - CREATE TYPE and CREATE DOMAIN, ALTER TYPE ... ADD VALUE: enums, domains, composites, ranges. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { MEMBERS_MAX = 20000 };

static struct catalog_named_type *type_add(struct ddl *p, const struct ddl_path *path, const char *kind)
{
    if (!ddl_grows(p, p->c->type_count, sizeof *p->c->types))
        return NULL;
    struct catalog_named_type *type = catalog_type_add(p->c, ddl_schema_of(p, path), path->name.text);
    type->kind = kind;
    ddl_object_add(p, DDL_TYPE, path, p->c->type_count - 1);
    return type;
}

static void member_add(struct ddl *p, struct catalog_named_type *type, const char *text)
{
    if (type->members.count < MEMBERS_MAX)
        ddl_names_add(p, &type->members, text);
}

static void read_enum(struct ddl *p, struct catalog_named_type *type)
{
    (void)ddl_accept_kind(p, TOKEN_OPEN);
    while (p->token.kind == TOKEN_STRING) {
        member_add(p, type, ddl_string(p, &p->token));
        ddl_advance(p);
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
}

/* (a int, b text COLLATE "C"): members are "name type" */
static void read_composite(struct ddl *p, struct catalog_named_type *type)
{
    (void)ddl_accept_kind(p, TOKEN_OPEN);
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        struct ddl_name name = { 0 };
        struct catalog_column column = { 0 };
        const char *at = p->token.text;
        if (ddl_name(p, &name)) {
            ddl_native_type(p, &column);
            const char *native = column.native_type;
            member_add(p, type, native != NULL ? arena_format(p->arena, "%s %s", name.text, native) : name.text);
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

void ddl_create_type(struct ddl *p)
{
    struct ddl_path path;
    const char *at = p->token.text;
    if (!ddl_path(p, &path)) {
        ddl_skip_rest(p);
        return;
    }
    struct catalog_named_type *type = NULL;
    struct catalog_column column = { 0 };
    if (ddl_accept(p, WORD_FROM)) { /* SQL Server's alias: a domain */
        type = type_add(p, &path, "domain");
        ddl_native_type(p, &column);
        if (type != NULL) {
            type->base = column.native_type;
            type->not_null = ddl_accept_two(p, WORD_NOT, WORD_NULL);
        }
        (void)ddl_accept(p, WORD_NULL);
        return;
    }
    bool as = ddl_accept(p, WORD_AS) || ddl_accept(p, WORD_IS);
    if (as && ddl_accept(p, WORD_ENUM)) {
        type = type_add(p, &path, "enum");
        if (type != NULL)
            read_enum(p, type);
    } else if (as && (p->token.word == WORD_OBJECT || p->token.word == WORD_TABLE || p->token.kind == TOKEN_OPEN)) {
        bool rows = p->token.word == WORD_TABLE;
        if (p->token.kind != TOKEN_OPEN)
            ddl_advance(p);
        if (p->token.kind == TOKEN_OPEN && (type = type_add(p, &path, "composite")) != NULL)
            read_composite(p, type);
        else if (rows)
            ddl_leave_out(p, DDL_OTHER, "TYPE", &path);
        ddl_skip_tail(p);
    } else if (as && p->token.word == WORD_RANGE) {
        (void)type_add(p, &path, "range");
        ddl_skip_tail(p);
    } else if (!ddl_stopped(p)) {
        ddl_extra(p, NULL, "type", at, (size_t)(p->token.text - at));
        ddl_skip_tail(p);
    }
}

void ddl_create_domain(struct ddl *p)
{
    struct ddl_path path;
    struct ddl_name name;
    struct catalog_column column = { .nullable = true };
    const char *text;
    size_t size;
    if (!ddl_path(p, &path)) {
        ddl_skip_rest(p);
        return;
    }
    (void)ddl_accept(p, WORD_AS);
    struct catalog_named_type *type = type_add(p, &path, "domain");
    ddl_native_type(p, &column);
    if (type == NULL)
        return;
    type->base = column.native_type;
    while (!ddl_stopped(p)) {
        if (ddl_accept(p, WORD_DEFAULT)) {
            ddl_column_default(p, &column);
            type->default_text = column.default_text;
        } else if (ddl_accept_two(p, WORD_NOT, WORD_NULL)) {
            type->not_null = true;
        } else if (ddl_accept(p, WORD_CONSTRAINT)) {
            (void)ddl_name(p, &name);
        } else if (ddl_accept(p, WORD_CHECK) && p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, &text, &size);
            const char *check = ddl_keep(p, text, size);
            type->check = type->check == NULL ? check
                          : ddl_room(p) && strlen(type->check) + size < p->limits.expression_max
                              ? arena_format(p->arena, "(%s) AND (%s)", type->check, check)
                              : type->check;
        } else {
            ddl_advance(p);
        }
    }
}

/* Behind ADD VALUE [IF NOT EXISTS] 'x' [BEFORE 'y' | AFTER 'y'] */
static void add_value(struct ddl *p, struct catalog_named_type *type)
{
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        (void)ddl_accept(p, WORD_EXISTS);
    if (p->token.kind != TOKEN_STRING)
        return;
    const char *text = ddl_string(p, &p->token), *other = NULL;
    ddl_advance(p);
    bool after = p->token.word == WORD_AFTER, placed = p->token.kind == TOKEN_WORD;
    if (placed) {
        ddl_advance(p);
        if (p->token.kind == TOKEN_STRING)
            other = ddl_string(p, &p->token);
        ddl_advance(p);
    }
    size_t count = type->members.count, to = count;
    for (size_t i = 0; i < count && ddl_work(p, 1); i++) {
        if (strcmp(type->members.items[i], text) == 0)
            return;
        if (other != NULL && strcmp(type->members.items[i], other) == 0)
            to = i + after;
    }
    member_add(p, type, text);
    if (type->members.count == count)
        return;
    memmove(&type->members.items[to + 1], &type->members.items[to], (count - to) * sizeof *type->members.items);
    type->members.items[to] = text;
}

void ddl_alter_type(struct ddl *p)
{
    struct ddl_path path;
    if (!ddl_path(p, &path))
        return;
    size_t index = ddl_object_find(p, DDL_TYPE, &path);
    struct catalog_named_type *type = index != SIZE_MAX ? &p->c->types[index] : NULL;
    if (type != NULL && ddl_accept_two(p, WORD_ADD, WORD_VALUE)) {
        add_value(p, type);
    } else if (type != NULL && ddl_accept_two(p, WORD_RENAME, WORD_VALUE)) {
        const char *from = ddl_string(p, &p->token);
        ddl_advance(p);
        if (ddl_accept(p, WORD_TO))
            for (size_t i = 0; i < type->members.count && ddl_work(p, 1); i++)
                if (strcmp(type->members.items[i], from) == 0)
                    type->members.items[i] = ddl_string(p, &p->token);
    }
    ddl_skip_tail(p);
}
