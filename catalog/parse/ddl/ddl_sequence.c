/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_sequence.c - CREATE and ALTER SEQUENCE: where it starts, how it steps, which column owns it. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool is_text(const struct ddl_token *t, const char *text)
{
    return t->size == strlen(text) && strncasecmp(t->text, text, t->size) == 0;
}

/* A number with its sign, as it stands. */
static const char *number(struct ddl *p)
{
    const char *from = p->token.text;
    (void)ddl_accept_mark(p, '=');
    if (p->token.kind == TOKEN_MARK) {
        from = p->token.text;
        ddl_advance(p);
    } else {
        from = p->token.text;
    }
    if (p->token.kind != TOKEN_NUMBER)
        return NULL;
    ddl_advance(p);
    return ddl_keep(p, from, (size_t)(p->behind - from));
}

/* table.column or schema.table.column; NONE: nobody. */
static void read_owner(struct ddl *p, struct catalog_sequence *s)
{
    struct ddl_name names[3] = { { 0 } };
    size_t count = 0;
    while (count < 3 && ddl_name(p, &names[count])) {
        count++;
        if (!ddl_accept_kind(p, TOKEN_DOT))
            break;
    }
    s->owner_schema = s->owner_table = s->owner_column = NULL;
    if (count < 2)
        return;
    struct ddl_path path = { .name = names[count - 2] };
    if (count == 3)
        path.schema = names[0];
    struct ddl_table *t = ddl_table_find(p, &path);
    s->owner_schema = t != NULL ? t->table.schema : ddl_schema_of(p, &path);
    s->owner_table = t != NULL ? t->table.name : path.name.text;
    s->owner_column = names[count - 1].text;
}

static void read_options(struct ddl *p, struct catalog_sequence *s)
{
    struct catalog_column column = { 0 };
    while (!ddl_stopped(p) && !ddl_at_statement(p) && ddl_room(p)) {
        if (ddl_accept(p, WORD_START)) {
            (void)ddl_accept(p, WORD_WITH);
            s->start = number(p);
        } else if (ddl_accept(p, WORD_INCREMENT)) {
            (void)ddl_accept(p, WORD_BY);
            s->increment = number(p);
        } else if (is_text(&p->token, "MINVALUE")) {
            ddl_advance(p);
            s->min = number(p);
        } else if (is_text(&p->token, "MAXVALUE")) {
            ddl_advance(p);
            s->max = number(p);
        } else if (is_text(&p->token, "CYCLE")) {
            ddl_advance(p);
            s->cycle = true;
        } else if (ddl_accept(p, WORD_NO)) {
            ddl_advance(p);
        } else if (ddl_accept_two(p, WORD_OWNED, WORD_BY)) {
            read_owner(p, s);
        } else if (ddl_accept(p, WORD_AS)) {
            ddl_native_type(p, &column);
            s->native_type = column.native_type;
        } else {
            ddl_advance(p);
        }
    }
}

void ddl_create_sequence(struct ddl *p)
{
    struct ddl_path path;
    if (ddl_accept(p, WORD_IF) && ddl_accept(p, WORD_NOT))
        (void)ddl_accept(p, WORD_EXISTS);
    if (!ddl_path(p, &path) || !ddl_grows(p, p->c->sequence_count, sizeof *p->c->sequences)) {
        ddl_skip_rest(p);
        return;
    }
    if (ddl_object_find(p, DDL_SEQUENCE, &path) != SIZE_MAX) {
        ddl_skip_tail(p);
        return;
    }
    struct catalog_sequence *s = catalog_sequence_add(p->c, ddl_schema_of(p, &path), path.name.text);
    ddl_object_add(p, DDL_SEQUENCE, &path, p->c->sequence_count - 1);
    read_options(p, s);
}

void ddl_alter_sequence(struct ddl *p)
{
    struct ddl_path path;
    (void)ddl_accept_two(p, WORD_IF, WORD_EXISTS);
    if (!ddl_path(p, &path)) {
        ddl_skip_rest(p);
        return;
    }
    size_t index = ddl_object_find(p, DDL_SEQUENCE, &path);
    bool options = p->token.word != WORD_OWNER && p->token.word != WORD_SET && p->token.word != WORD_RENAME;
    if (index != SIZE_MAX && options)
        read_options(p, &p->c->sequences[index]);
    else
        ddl_skip_tail(p);
}
