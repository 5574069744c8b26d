/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_comment.c - COMMENT ON TABLE, COLUMN, VIEW, TYPE; on other things it is passed over. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { PARTS_MAX = 4 };

/* a.b.c; the last `count` of them in ret_names. */
static size_t read_parts(struct ddl *p, struct ddl_name *ret_names)
{
    size_t count = 0;
    struct ddl_name name = { 0 };
    while (ddl_name(p, &name)) {
        if (count == PARTS_MAX) {
            memmove(ret_names, ret_names + 1, (PARTS_MAX - 1) * sizeof *ret_names);
            count--;
        }
        ret_names[count++] = name;
        if (!ddl_accept_kind(p, TOKEN_DOT))
            break;
    }
    return count;
}

/* Behind IS; *ret_text NULL: the comment is taken away. */
static bool read_text(struct ddl *p, const char **ret_text)
{
    if (!ddl_accept(p, WORD_IS))
        return false;
    *ret_text = NULL;
    if (ddl_accept(p, WORD_NULL))
        return true;
    if (p->token.kind != TOKEN_STRING)
        return false;
    const char *text = ddl_string(p, &p->token);
    *ret_text = text[0] != '\0' ? text : NULL;
    ddl_advance(p);
    return true;
}

static void on_column(struct ddl *p)
{
    struct ddl_name names[PARTS_MAX];
    const char *at = p->token.text, *text;
    size_t count = read_parts(p, names);
    if (count < 2 || !read_text(p, &text)) {
        ddl_skip_rest(p);
        return;
    }
    struct ddl_path path = { .name = names[count - 2], .at = at };
    if (count > 2)
        path.schema = names[count - 3];
    struct ddl_table *t = ddl_table_find(p, &path);
    struct catalog_column *column = t != NULL ? ddl_column_find(p, t, names[count - 1].text) : NULL;
    if (column != NULL) {
        column->comment = text;
        return;
    }
    size_t view = t == NULL ? ddl_object_find(p, DDL_VIEW, &path) : SIZE_MAX;
    for (size_t i = 0; view != SIZE_MAX && i < p->c->views[view].column_count && ddl_work(p, 1); i++)
        if (ddl_same_text(p->c->views[view].columns[i].name, names[count - 1].text))
            p->c->views[view].columns[i].comment = text;
    if (t != NULL || (view == SIZE_MAX && ddl_object_find(p, DDL_TYPE, &path) == SIZE_MAX))
        ddl_warn(p, at, "comment on %.80s.%.80s, which is no column of this text", path.name.text,
                 names[count - 1].text);
}

void ddl_comment(struct ddl *p)
{
    struct ddl_path path;
    const char *text;
    if (!ddl_accept(p, WORD_ON)) {
        ddl_skip_rest(p);
        return;
    }
    (void)ddl_accept(p, WORD_FOREIGN);
    (void)ddl_accept(p, WORD_MATERIALIZED);
    enum ddl_word what = p->token.word;
    ddl_advance(p);
    if (what == WORD_COLUMN) {
        on_column(p);
        return;
    }
    bool known = what == WORD_TABLE || what == WORD_VIEW || what == WORD_TYPE || what == WORD_DOMAIN;
    if (!known || !ddl_path(p, &path) || !read_text(p, &text)) {
        ddl_skip_statement(p);
        return;
    }
    struct ddl_table *t = ddl_table_find(p, &path);
    size_t view = ddl_object_find(p, DDL_VIEW, &path), type = ddl_object_find(p, DDL_TYPE, &path);
    if (what == WORD_TYPE || what == WORD_DOMAIN) {
        if (type != SIZE_MAX)
            p->c->types[type].comment = text;
    } else if (t != NULL) {
        t->table.comment = text;
    } else if (view != SIZE_MAX) {
        p->c->views[view].comment = text;
    } else {
        ddl_warn(p, path.at, "comment on %.80s, which is no table of this text", path.name.text);
    }
}
