/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_catalog.c - the tables of a SQLite file, through PRAGMAs.
 *
 * Happy path: list the tables, then for each its columns, keys and indexes; foreign keys last, when the tables they
 * name are known, since SQLite matches names without case and lets the referenced columns be left out. Left out with a
 * diagnostic: triggers, shadow tables of virtual ones (of which the text is read), names that no catalog can carry.
 * Failure modes: those of sqlite_error(), and a schema too large for the arena.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/connect/sqlite/sqlite.h"
#include "catalog/connect/sqlite/sqlite_ddl.h"

enum { TEXT_MAX = 64 * 1024, ROOM_MIN = 2 << 20 };

/* What is being built; t is the current table, index its number. */
struct build {
    struct sqlite *s;
    struct catalog *c;
    struct catalog_table *t;
    bool without_rowid, key_index; /* key_index: the primary key has an index of its own, so it is no rowid */
    struct error *e;
};

/* Runs a constant query with one text parameter (NULL: none) and gives each row to read. */
static enum error_class each(struct build *b, const char *sql, const char *parameter,
                             enum error_class (*read)(struct build *b, sqlite3_stmt *row))
{
    sqlite3_stmt *statement = NULL;
    sqltext_clear(&b->s->sql);
    sqltext_raw(&b->s->sql, sql);
    enum error_class class = sqlite_prepare(b->s, &statement, b->e);
    if (class == ERROR_OK && parameter != NULL)
        (void)sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_STATIC);
    while (class == ERROR_OK) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            break;
        class = code == SQLITE_ROW ? read(b, statement) : sqlite_error(b->s, code, b->e);
        if (class == ERROR_OK && arena_room(b->c->arena) < ROOM_MIN)
            class = error_code(b->e, ERROR_TOO_LARGE, "schema_too_large", "the schema of %s is too large to be read",
                               b->s->file);
    }
    sqlite3_finalize(statement);
    return class;
}

static const char *text(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

static void warn(struct build *b, const char *table, const char *severity, const char *message)
{
    struct catalog_diagnostic *d = catalog_diagnostic_add(b->c, severity, message);
    d->table = table != NULL ? arena_text(b->c->arena, table) : NULL;
}

/* Text that is no name: kept when it is clean and not huge. */
static const char *keep(struct build *b, const char *value, const char *what)
{
    if (value == NULL)
        return NULL;
    size_t size = strlen(value);
    if (size <= TEXT_MAX && text_utf8_valid(value, size))
        return arena_text_n(b->c->arena, value, size);
    warn(b, b->t->name, "warning", arena_format(b->c->arena, "a %s is too long or no UTF-8 and is left out", what));
    return NULL;
}

static enum error_class read_table(struct build *b, sqlite3_stmt *row)
{
    const char *name = text(row, 0), *type = text(row, 1);
    if (!sqlite_name_usable(name)) {
        warn(b, NULL, "error", "a table is left out: its name is empty, too long or no UTF-8");
    } else if (strcmp(type, "view") == 0) {
        return ERROR_OK;
    } else if (strcmp(type, "table") != 0 && strcmp(type, "virtual") != 0) {
        warn(b, name, "warning", "a table that a virtual table keeps for itself is left out");
    } else if (b->c->table_count >= CATALOG_TABLES_MAX) {
        return error_code(b->e, ERROR_TOO_LARGE, "too_many_tables", "%s has more than %d tables", b->s->file,
                          CATALOG_TABLES_MAX);
    } else {
        struct catalog_table *t = catalog_table_add(b->c, "main", name);
        t->kind = strcmp(type, "virtual") == 0 ? "virtual" : NULL;
    }
    return ERROR_OK;
}

/* CREATE VIEW name AS query: the query. */
static enum error_class read_view(struct build *b, sqlite3_stmt *row)
{
    const char *name = text(row, 0), *sql = text(row, 1);
    if (!sqlite_name_usable(name) || b->c->view_count >= CATALOG_TABLES_MAX) {
        warn(b, NULL, "error", "a view is left out: its name is empty, too long or no UTF-8, or there are too many");
        return ERROR_OK;
    }
    struct catalog_view *view = catalog_view_add(b->c, "main", name);
    size_t size = sql != NULL ? strlen(sql) : 0;
    if (size > 0 && size <= TEXT_MAX && text_utf8_valid(sql, size)) {
        const char *query = strcasestr(sql, "select");
        view->definition = arena_text(b->c->arena, query != NULL ? query : sql);
    }
    sqlite_view_columns(b->s, b->c, view);
    return ERROR_OK;
}

static enum error_class read_trigger(struct build *b, sqlite3_stmt *row)
{
    const char *table = text(row, 0);
    warn(b, sqlite_name_usable(table) ? table : NULL, "warning", "a trigger is left out");
    return ERROR_OK;
}

/* cid 0, name 1, type 2, notnull 3, dflt_value 4, pk 5, hidden 6 */
static enum error_class read_column(struct build *b, sqlite3_stmt *row)
{
    const char *name = text(row, 1), *collation = NULL;
    if (!sqlite_name_usable(name)) {
        b->t->column_count = 0; /* the caller drops the table: without this column its rows would not be whole */
        return error_set(NULL, ERROR_INVALID, "name");
    }
    struct catalog_column *column = catalog_column_add(b->c, b->t, name);
    const char *type = text(row, 2);
    column->native_type = keep(b, type != NULL ? type : "", "type");
    column->type = type_from_native("sqlite", column->native_type != NULL ? column->native_type : "?");
    column->nullable = sqlite3_column_int(row, 3) == 0;
    column->default_text = keep(b, text(row, 4), "default");
    int autoincrement = 0;
    if (sqlite3_table_column_metadata(b->s->db, "main", b->t->name, name, NULL, &collation, NULL, NULL,
                                      &autoincrement) == SQLITE_OK) {
        column->identity = autoincrement != 0;
        if (collation != NULL && strcmp(collation, "BINARY") != 0)
            column->collation = keep(b, collation, "collation");
    }
    return ERROR_OK;
}

static enum error_class read_key_column(struct build *b, sqlite3_stmt *row)
{
    catalog_name_add(b->c, &b->t->primary_key.columns, text(row, 0));
    return ERROR_OK;
}

/* seqno 0, cid 1 (-1 rowid, -2 expression), name 2: into the last index added */
static enum error_class read_index_column(struct build *b, sqlite3_stmt *row)
{
    struct catalog_index *index = &b->t->indexes[b->t->index_count - 1];
    const char *collation = text(row, 3);
    if (sqlite3_column_int(row, 1) == -2)
        index->expression = "";
    else if (text(row, 2) != NULL) {
        catalog_name_add(b->c, &index->columns, text(row, 2));
        catalog_name_add(b->c, &index->orders, sqlite3_column_int(row, 4) != 0 ? "desc" : "asc");
    }
    if (collation != NULL && strcmp(collation, "BINARY") != 0)
        warn(b, b->t->name, "warning",
             arena_format(b->c->arena, "index \"%.200s\" compares with collation %.60s: other databases don't",
                          index->name != NULL ? index->name : "of a unique constraint", collation));
    return ERROR_OK;
}

static enum error_class read_index_sql(struct build *b, sqlite3_stmt *row)
{
    struct catalog_index *index = &b->t->indexes[b->t->index_count - 1];
    const char *columns = NULL, *where = NULL;
    if (text(row, 0) != NULL)
        sqlite_ddl_index(b->c->arena, text(row, 0), &columns, &where);
    index->where = where;
    if (index->expression != NULL && columns != NULL)
        index->expression = columns;
    bool descends = false;
    for (size_t i = 0; i < index->orders.count; i++)
        descends = descends || strcmp(index->orders.items[i], "desc") == 0;
    if (!descends) /* what all ascends is not said */
        index->orders = (struct catalog_names){ 0 };
    return ERROR_OK;
}

/* name 0, unique 1, origin 2 (c: CREATE INDEX, u: UNIQUE, pk), partial 3. Read as an index; a UNIQUE then moves. */
static enum error_class read_index(struct build *b, sqlite3_stmt *row)
{
    const char *name = text(row, 0), *origin = text(row, 2);
    if (strcmp(origin, "pk") == 0) {
        b->key_index = true;
        return ERROR_OK;
    }
    bool declared = strcmp(origin, "u") == 0;
    if (!declared && !sqlite_name_usable(name)) {
        warn(b, b->t->name, "warning", "an index is left out: its name is empty, too long or no UTF-8");
        return ERROR_OK;
    }
    struct catalog_index *index = catalog_index_add(b->c, b->t);
    index->unique = sqlite3_column_int(row, 1) != 0;
    index->name = declared ? NULL : arena_text(b->c->arena, name);
    enum error_class class =
        each(b, "SELECT seqno, cid, name, coll, desc FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno", name,
             read_index_column);
    if (class == ERROR_OK)
        class = each(b, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1", name, read_index_sql);
    if (class == ERROR_OK && declared) {
        struct catalog_key *key = catalog_unique_add(b->c, b->t);
        key->columns = b->t->indexes[--b->t->index_count].columns;
    }
    return class;
}

/* seq 1 > 0 continues the key before it. id 0, seq 1, table 2, from 3, to 4, on_update 5, on_delete 6 */
static enum error_class read_foreign_key(struct build *b, sqlite3_stmt *row)
{
    struct catalog_foreign_key *fk;
    if (sqlite3_column_int(row, 1) == 0) {
        fk = catalog_foreign_key_add(b->c, b->t);
        fk->ref_schema = "main";
        fk->ref_table = sqlite_name_usable(text(row, 2)) ? arena_text(b->c->arena, text(row, 2)) : NULL;
        fk->on_update = arena_text(b->c->arena, text(row, 5));
        fk->on_delete = arena_text(b->c->arena, text(row, 6));
    } else {
        fk = &b->t->foreign_keys[b->t->foreign_key_count - 1];
    }
    if (text(row, 3) != NULL)
        catalog_name_add(b->c, &fk->columns, text(row, 3));
    if (text(row, 4) != NULL)
        catalog_name_add(b->c, &fk->ref_columns, text(row, 4));
    return ERROR_OK;
}

static enum error_class read_table_sql(struct build *b, sqlite3_stmt *row)
{
    struct sqlite_ddl ddl;
    if (text(row, 0) == NULL)
        return ERROR_OK;
    sqlite_ddl_table(b->c, b->t, text(row, 0), &ddl);
    b->t->primary_key.name = ddl.primary_key_name;
    b->without_rowid = sqlite3_column_int(row, 1) != 0;
    /* the query turned SQLite's order round */
    for (size_t i = 0; i < b->t->foreign_key_count && ddl.foreign_keys.count == b->t->foreign_key_count; i++) {
        struct catalog_foreign_key *fk = &b->t->foreign_keys[i];
        if (ddl.foreign_keys.items[i][0] != '\0')
            fk->name = ddl.foreign_keys.items[i];
        fk->deferrable = ddl.deferrals.items[i][0] != '\0';
        fk->initially_deferred = strcmp(ddl.deferrals.items[i], "deferred") == 0;
    }
    return ERROR_OK;
}

static enum error_class read_virtual_sql(struct build *b, sqlite3_stmt *row)
{
    if (text(row, 0) != NULL)
        sqlite_ddl_virtual(b->c, b->t, text(row, 0));
    return ERROR_OK;
}

/* INTEGER PRIMARY KEY is the rowid and never NULL, though SQLite does not call it NOT NULL. */
static void settle_key(struct build *b)
{
    struct catalog_names *key = &b->t->primary_key.columns;
    for (size_t i = 0; i < key->count; i++) {
        struct catalog_column *column = catalog_column_find(b->t, key->items[i]);
        bool rowid = key->count == 1 && !b->key_index && column != NULL && column->native_type != NULL &&
                     sqlite3_stricmp(column->native_type, "INTEGER") == 0;
        if (column != NULL && (b->without_rowid || rowid))
            column->nullable = false;
    }
}

/* Everything of one table but what its foreign keys point to. */
static enum error_class read_one(struct build *b)
{
    static const struct {
        const char *sql;
        enum error_class (*read)(struct build *b, sqlite3_stmt *row);
    } steps[] = {
        { "SELECT * FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid", read_column },
        { "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk", read_key_column },
        { "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY name", read_index },
        { "SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq", read_foreign_key },
        { "SELECT m.sql, l.wr FROM sqlite_schema m JOIN pragma_table_list l ON l.schema = 'main' AND l.name = m.name "
          "WHERE m.type = 'table' AND m.name = ?1",
          read_table_sql },
    };
    const char *name = b->t->name;
    b->without_rowid = b->key_index = false;
    if (b->t->kind != NULL) /* a pragma would wake the extension */
        return each(b, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", name, read_virtual_sql);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        enum error_class class = each(b, steps[i].sql, name, steps[i].read);
        if (i == 0 && class == ERROR_INVALID && b->t->column_count == 0) {
            warn(b, name, "error", "the table is left out: the name of a column is empty, too long or no UTF-8");
            return ERROR_OK;
        }
        if (class != ERROR_OK)
            return error_wrap(b->e, "table \"%.100s\"", name);
    }
    settle_key(b);
    return ERROR_OK;
}

static struct catalog_table *table_named(struct catalog *c, const char *name)
{
    struct catalog_table *found = catalog_table_find(c, "main", name);
    for (size_t i = 0; found == NULL && i < c->table_count; i++)
        if (sqlite3_stricmp(c->tables[i].name, name) == 0)
            found = &c->tables[i];
    return found;
}

static const char *column_spelling(const struct catalog_table *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (sqlite3_stricmp(t->columns[i].name, name) == 0)
            return t->columns[i].name;
    return name;
}

/* Gives the key the spelling of what it names. false: it points nowhere, and no database could keep it. */
static bool settle_foreign_key(struct build *b, struct catalog_foreign_key *fk)
{
    struct catalog_table *parent = fk->ref_table != NULL ? table_named(b->c, fk->ref_table) : NULL;
    if (parent == NULL)
        return false;
    fk->ref_table = parent->name;
    if (fk->ref_columns.count == 0)
        for (size_t i = 0; i < parent->primary_key.columns.count; i++)
            catalog_name_add(b->c, &fk->ref_columns, parent->primary_key.columns.items[i]);
    for (size_t i = 0; i < fk->columns.count; i++)
        fk->columns.items[i] = column_spelling(b->t, fk->columns.items[i]);
    for (size_t i = 0; i < fk->ref_columns.count; i++) {
        fk->ref_columns.items[i] = column_spelling(parent, fk->ref_columns.items[i]);
        if (catalog_column_find(parent, fk->ref_columns.items[i]) == NULL)
            return false;
    }
    return fk->columns.count > 0 && fk->columns.count == fk->ref_columns.count;
}

static void settle_foreign_keys(struct build *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->t->foreign_key_count; i++) {
        struct catalog_foreign_key *fk = &b->t->foreign_keys[i];
        if (settle_foreign_key(b, fk))
            b->t->foreign_keys[kept++] = *fk;
        else
            warn(b, b->t->name, "warning",
                 arena_format(b->c->arena, "a foreign key to \"%.200s\" is left out: what it names is not there",
                              fk->ref_table != NULL ? fk->ref_table : "?"));
    }
    b->t->foreign_key_count = kept;
}

static enum error_class read_tables(struct build *b, bool exact_rows)
{
    enum error_class class = ERROR_OK;
    for (size_t i = 0; class == ERROR_OK && i < b->c->table_count; i++) {
        b->t = &b->c->tables[i];
        class = read_one(b);
    }
    size_t kept = 0; /* tables whose columns could not be read are gone from here on */
    for (size_t i = 0; i < b->c->table_count; i++)
        if (b->c->tables[i].column_count > 0)
            b->c->tables[kept++] = b->c->tables[i];
    b->c->table_count = kept;
    for (size_t i = 0; class == ERROR_OK && i < kept; i++) {
        b->t = &b->c->tables[i];
        settle_foreign_keys(b);
        b->t->rows_exact = exact_rows && b->t->kind == NULL;
        if (b->t->rows_exact)
            class = sqlite_count(&b->s->base, b->t, &b->t->rows, b->e);
    }
    return class;
}

enum error_class sqlite_catalog(struct connect *connect, struct arena *arena, const char *schema, bool exact_rows,
                                struct catalog **ret_catalog, struct error *e)
{
    struct sqlite *s = sqlite_of(connect);
    if (schema != NULL && strcmp(schema, "main") != 0)
        return error_code(e, ERROR_NOT_FOUND, "schema_not_found",
                          "%s has no schema \"%.100s\": SQLite calls its only one main", s->file, schema);
    struct build b = { .s = s,
                       .c = catalog_create(arena, "sqlite", sqlite_name_usable(s->file) ? s->file : "file"),
                       .e = e };
    static const char list[] = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' "
                               "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    enum error_class class = each(&b, list, NULL, read_table);
    if (class == ERROR_OK)
        class = each(&b, "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name", NULL, read_view);
    if (class == ERROR_OK)
        class = each(&b, "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name", NULL, read_trigger);
    catalog_sort(b.c);
    if (class == ERROR_OK)
        class = read_tables(&b, exact_rows);
    if (class != ERROR_OK)
        return class;
    catalog_sort(b.c);
    *ret_catalog = b.c;
    return ERROR_OK;
}
