/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_view.c - the columns of a view, as far as SQLite tells them: it does not when the view's tables are gone, or
 * are views themselves (views are closed on our sessions). Then the view has none in the catalog.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/connect/sqlite/sqlite.h"

enum { TYPE_TEXT_MAX = 1000 };

void sqlite_view_columns(struct sqlite *s, struct catalog *c, struct catalog_view *view)
{
    sqlite3_stmt *row = NULL;
    struct error none;
    sqltext_clear(&s->sql);
    sqltext_raw(&s->sql, "SELECT name, type FROM pragma_table_info(?1)");
    if (sqlite_prepare(s, &row, &none) == ERROR_OK) {
        (void)sqlite3_bind_text(row, 1, view->name, -1, SQLITE_STATIC);
        while (view->column_count < CATALOG_COLUMNS_MAX && sqlite3_step(row) == SQLITE_ROW) {
            const char *name = (const char *)sqlite3_column_text(row, 0);
            const char *type = (const char *)sqlite3_column_text(row, 1);
            if (!sqlite_name_usable(name))
                break;
            struct catalog_column *column = catalog_view_column_add(c, view, name);
            if (type != NULL && *type != '\0' && strlen(type) < TYPE_TEXT_MAX && text_utf8_valid(type, strlen(type))) {
                column->native_type = arena_text(c->arena, type);
                column->type = type_from_native("sqlite", column->native_type);
            }
        }
    }
    sqlite3_finalize(row);
}
