/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_left_out.c - routines, triggers and the like: named in the catalog's extras, with one diagnostic a kind. */
#include <string.h>

#include "catalog/parse/ddl/ddl_parser.h"

void ddl_leave_out(struct ddl *p, enum ddl_left_out what, const char *word, const struct ddl_path *path)
{
    if (p->left_out[what]++ == 0) {
        ddl_place(p, p->token.text, &p->left_out_line[what], &p->left_out_column[what]);
        p->left_out_script[what] = p->script;
    }
    if (path == NULL || path->name.text == NULL || !ddl_room(p) || p->c->extra_count >= CATALOG_TABLES_MAX)
        return;
    struct catalog_extra *extra = catalog_extra_add(p->c, NULL);
    bool own = what == DDL_ROUTINE || p->dialect == DDL_MYSQL; /* others may be of a table, or of no schema */
    const char *schema = path->schema.text != NULL ? path->schema.text : own ? p->schema : "";
    char *lower = arena_text(p->arena, word);
    for (char *at = lower; *at != '\0'; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
    extra->what = lower;
    extra->text = schema[0] != '\0' ? arena_format(p->arena, "%s.%s", schema, path->name.text) : path->name.text;
}

void ddl_left_out_say(struct ddl *p)
{
    static const char *const words[] = { "routine", "trigger", "block of code", "other object" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (p->left_out[i] > 0) {
            p->script = p->left_out_script[i];
            ddl_warn_place(p, p->left_out_line[i], p->left_out_column[i],
                           "%zu of this kind (%s) left out, the first one here: the model has no place for them",
                           p->left_out[i], words[i]);
        }
}
