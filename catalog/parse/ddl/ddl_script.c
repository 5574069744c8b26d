/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_script.c - several texts one after another: where the way back of a migration begins, and which text is no part
 * of the others.
 *
 * Two dumps that happen to lie in one archive make tables of the same names with other columns; the steps of one schema
 * hardly do. So a text that makes again, otherwise, what an earlier one made, and touches nothing else of the earlier
 * ones, is `apart`.
 */
#include "catalog/parse/ddl/ddl_script.h"

#include <string.h>
#include <strings.h>

#include "catalog/parse/ddl/ddl_parts.h"

enum { MIGRATION_MAX = 1 << 20 }; /* migrations are written by hand: larger texts are dumps */

/* Of one text. */
struct ddl_script_use {
    bool again;  /* made what an earlier one had made, with other columns */
    bool others; /* changed or referred to what an earlier one had made */
};

void ddl_scripts_begin(struct ddl *p, struct ddl_script *scripts, size_t count)
{
    p->scripts = scripts;
    p->script_count = count;
    p->uses = arena_array(p->scratch, count, sizeof *p->uses);
}

void ddl_script_found(struct ddl *p, struct ddl_table *t)
{
    if (t != NULL && t->script != p->script && t->again != p->script + 1)
        p->uses[p->script].others = true;
}

static bool same_columns(const struct catalog_table *a, const struct catalog_table *b)
{
    bool same = a->column_count == b->column_count;
    for (size_t i = 0; same && i < a->column_count; i++)
        same = ddl_same_text(a->columns[i].name, b->columns[i].name);
    return same;
}

/* The table of that name that this text has dropped, which is forgotten. */
static struct ddl_table *take_gone(struct ddl *p, const struct ddl_table *t)
{
    for (struct ddl_table **at = &p->gone; *at != NULL && ddl_work(p, 1); at = &(*at)->next_gone)
        if ((*at)->path_hash == t->path_hash && ddl_same_text((*at)->table.name, t->table.name)) {
            struct ddl_table *gone = *at;
            *at = gone->next_gone;
            return gone;
        }
    return NULL;
}

void ddl_script_gone(struct ddl *p, struct ddl_table *t)
{
    if (t->script == p->script)
        return;
    t->next_gone = p->gone;
    p->gone = t;
}

void ddl_script_made(struct ddl *p, struct ddl_table *t, const struct ddl_path *path)
{
    struct ddl_table *before = t->hidden ? ddl_table_look(p, path) : take_gone(p, t);
    if (before == NULL || before->script == p->script)
        return;
    before->again = p->script + 1;
    if (!same_columns(&before->table, &t->table))
        p->uses[p->script].again = true;
}

void ddl_script_next(struct ddl *p)
{
    for (; p->gone != NULL; p->gone = p->gone->next_gone)
        p->uses[p->script].others = true; /* dropped for good: it is theirs that it changed */
    p->script++;
}

void ddl_scripts_end(struct ddl *p)
{
    for (size_t i = 0; i < p->script_count; i++)
        p->scripts[i].apart = p->uses[i].again && !p->uses[i].others;
}

/* "-- +goose Down", "-- +migrate Down", "-- migrate:down", "# --- !Downs"; `at` behind the first dashes. */
static bool is_way_back(const char *at, const char *end)
{
    static const char *const marks[] = { "+goose down", "+migrate down", "+micrate down", "migrate:down", "!downs" };
    while (at < end && strchr("- \t", *at) != NULL && *at != '\0')
        at++;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t size = strlen(marks[i]);
        if ((size_t)(end - at) >= size && strncasecmp(at, marks[i], size) == 0 &&
            (at + size == end || strchr(" \t\r\n", at[size]) != NULL))
            return true;
    }
    return false;
}

size_t ddl_script_end(const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    while (size <= MIGRATION_MAX && (at = memmem(at, (size_t)(end - at), "--", 2)) != NULL) {
        at += 2;
        const char *line = at - 2;
        while (line > text && (line[-1] == '#' || line[-1] == ' '))
            line--;
        if ((line == text || line[-1] == '\n') && is_way_back(at, end))
            return (size_t)(line - text);
    }
    return size;
}
