/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_range.c - questions about a whole table: where to cut it, which rows have no parent.
 *
 * Cut by walking the key's own index once and keeping every n-th key: exact shares whatever the gaps, and the walk
 * reads no rows. Orphans are counted as the target will see them: text compared byte by byte, whatever the source's
 * collation.
 */
#include <string.h>

#include "catalog/connect/sqlite/sqlite.h"

enum { ROWS_A_PART_MIN = 100, SAMPLES = 5, KEY_MAX = 64 };

/* Walks the keys; *ret_count bounds of key->count values each. */
static enum error_class walk(struct sqlite *s, struct arena *arena, sqlite3_stmt *statement, size_t columns,
                             int64_t step, struct connect_value *bounds, unsigned bounds_max, unsigned *ret_count,
                             struct error *e)
{
    unsigned count = 0;
    for (int64_t row = 1; count < bounds_max; row++) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            break;
        if (code != SQLITE_ROW)
            return sqlite_error(s, code, e);
        for (size_t i = 0; i < columns; i++) {
            if (sqlite3_column_type(statement, (int)i) == SQLITE_NULL) {
                *ret_count = 0; /* such a key may stand for several rows: not cut */
                return ERROR_OK;
            }
        }
        if (row % step != 0)
            continue;
        for (size_t i = 0; i < columns; i++) {
            struct connect_value value = sqlite_value(statement, (int)i);
            if (value.type == CONNECT_TEXT && !sqlite_text_clean(&value))
                value.type = CONNECT_BINARY; /* as sqlite_read() gives it; bound as the text it is */
            if (arena_room(arena) < value.size + 4096)
                return error_set(e, ERROR_TOO_LARGE, "the keys are too large to split the table");
            bounds[count * columns + i] = sqlite_value_keep(arena, &value);
        }
        count++;
    }
    *ret_count = count;
    return ERROR_OK;
}

enum error_class sqlite_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                              struct connect_value **ret_bounds, unsigned *ret_count, struct error *e)
{
    struct sqlite *s = sqlite_of(c);
    const struct catalog_names *key = &t->primary_key.columns;
    int64_t rows = 0;
    enum error_class class = sqlite_count(c, t, &rows, e);
    if (class != ERROR_OK)
        return class;
    if (rows / ROWS_A_PART_MIN < (int64_t)parts)
        parts = (unsigned)(rows / ROWS_A_PART_MIN);
    if (parts < 2)
        return ERROR_OK;
    sqltext_clear(&s->sql);
    sqltext_raw(&s->sql, "SELECT ");
    sqltext_idents(&s->sql, NULL, key);
    sqltext_raw(&s->sql, " FROM ");
    sqltext_table(&s->sql, t->schema, t->name);
    sqltext_raw(&s->sql, " ORDER BY ");
    sqltext_idents(&s->sql, NULL, key);
    sqlite3_stmt *statement = NULL;
    class = sqlite_prepare(s, &statement, e);
    if (class == ERROR_OK) {
        struct connect_value *bounds = arena_array(arena, (size_t)(parts - 1) * key->count, sizeof *bounds);
        class = walk(s, arena, statement, key->count, (rows + parts - 1) / parts, bounds, parts - 1, ret_count, e);
        *ret_bounds = *ret_count > 0 ? bounds : NULL;
    }
    sqlite3_finalize(statement);
    return class;
}

/* ... FROM t LEFT JOIN parent p ON p.a = t.x WHERE t.x IS NOT NULL AND p.a IS NULL. A join, since SQLite makes itself
 * an index for one that lacks it, and not for a subquery. */
static void build_orphans(struct sqltext *sql, const struct catalog_table *t, const struct catalog_foreign_key *fk)
{
    sqltext_raw(sql, " FROM ");
    sqltext_table(sql, t->schema, t->name);
    sqltext_raw(sql, " AS argosy_t LEFT JOIN ");
    sqltext_table(sql, fk->ref_schema, fk->ref_table);
    sqltext_raw(sql, " AS argosy_p ON ");
    for (size_t i = 0; i < fk->columns.count; i++) {
        sqltext_raw(sql, i > 0 ? " AND argosy_p." : "argosy_p.");
        sqltext_ident(sql, fk->ref_columns.items[i]);
        sqltext_raw(sql, " = argosy_t.");
        sqltext_ident(sql, fk->columns.items[i]);
        sqltext_raw(sql, " COLLATE BINARY");
    }
    for (size_t i = 0; i < fk->columns.count; i++) {
        sqltext_raw(sql, i > 0 ? " AND argosy_t." : " WHERE argosy_t.");
        sqltext_ident(sql, fk->columns.items[i]);
        sqltext_raw(sql, " IS NOT NULL");
    }
    sqltext_raw(sql, " AND argosy_p.");
    sqltext_ident(sql, fk->ref_columns.items[0]);
    sqltext_raw(sql, " IS NULL");
}

static enum error_class read_samples(struct sqlite *s, struct arena *arena, sqlite3_stmt *statement, size_t columns,
                                     const char **ret_samples, struct error *e)
{
    struct connect_value values[KEY_MAX];
    const char *all = "";
    for (;;) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            break;
        if (code != SQLITE_ROW)
            return sqlite_error(s, code, e);
        for (size_t i = 0; i < columns; i++)
            values[i] = sqlite_value(statement, (int)i);
        all =
            arena_format(arena, "%s%s%s", all, all[0] != '\0' ? ", " : "", sqlite_values_json(arena, values, columns));
    }
    *ret_samples = arena_format(arena, "[%s]", all);
    return ERROR_OK;
}

enum error_class sqlite_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                struct error *e)
{
    struct sqlite *s = sqlite_of(c);
    sqlite3_stmt *statement = NULL;
    sqltext_clear(&s->sql);
    sqltext_raw(&s->sql, "SELECT count(*)");
    build_orphans(&s->sql, t, fk);
    enum error_class class = sqlite_prepare(s, &statement, e);
    if (class == ERROR_OK) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            *ret_count = sqlite3_column_int64(statement, 0);
        else
            class = sqlite_error(s, code, e);
    }
    sqlite3_finalize(statement);
    *ret_samples = "[]";
    const struct catalog_names *key = t->primary_key.columns.count > 0 ? &t->primary_key.columns : &fk->columns;
    if (class == ERROR_OK && *ret_count > 0 && key->count <= KEY_MAX) {
        statement = NULL;
        sqltext_clear(&s->sql);
        sqltext_raw(&s->sql, "SELECT ");
        sqltext_idents(&s->sql, "argosy_t", key);
        build_orphans(&s->sql, t, fk);
        sqltext_raw(&s->sql, " LIMIT ");
        sqltext_integer(&s->sql, SAMPLES);
        class = sqlite_prepare(s, &statement, e);
        if (class == ERROR_OK)
            class = read_samples(s, arena, statement, key->count, ret_samples, e);
        sqlite3_finalize(statement);
    }
    return class == ERROR_OK ? class : error_wrap(e, "look for orphans of \"%.100s\"", t->name);
}
