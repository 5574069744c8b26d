/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_names.c - names as the text spells them, and the tables that they mean.
 *
 * PostgreSQL folds what is not quoted to lower case and Oracle to upper, MySQL's tables differ by case, SQLite and SQL
 * Server never care. A table is hashed twice, both times without case: by schema and name, and by name alone for
 * references that leave the schema out. The exact one is preferred, then one that differs by case only.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_script.h"
#include "catalog/parse/ddl/ddl_statement.h"

enum { SLOTS_MIN = 256, AMBIGUOUS = 2, NAME_MAX_KEPT = 500 };

static unsigned char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : (unsigned char)byte;
}

static unsigned char fold(enum ddl_dialect dialect, char byte, bool quoted)
{
    if (dialect == DDL_MYSQL || ((dialect == DDL_POSTGRESQL || dialect == DDL_ORACLE) && quoted))
        return (unsigned char)byte;
    if (dialect == DDL_ORACLE)
        return byte >= 'a' && byte <= 'z' ? (unsigned char)(byte & ~0x20) : (unsigned char)byte;
    return lower(byte);
}

/* The same object by the dialect's own rule. */
static bool same_name(enum ddl_dialect dialect, const char *a, bool a_quoted, const char *b, bool b_quoted)
{
    while (*a != '\0' && fold(dialect, *a, a_quoted) == fold(dialect, *b, b_quoted))
        a++, b++;
    return *a == '\0' && *b == '\0';
}

bool ddl_same_text(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b))
        a++, b++;
    return *a == '\0' && *b == '\0';
}

static size_t hash_text(size_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ lower(*text)) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static size_t hash_name(const char *name)
{
    return hash_text(0xcbf29ce484222325u, name);
}

static size_t hash_path(const char *schema, const char *name)
{
    return hash_text(hash_name(name) * 31 + 7, schema);
}

bool ddl_name(struct ddl *p, struct ddl_name *ret_name)
{
    const struct ddl_token *t = &p->token;
    bool string_names = p->dialect == DDL_SQLITE || p->dialect == DDL_MYSQL || p->dialect == DDL_SQLSERVER;
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_NAME && !(t->kind == TOKEN_STRING && string_names))
        return false;
    struct ddl_token token = *t;
    if (token.size > NAME_MAX_KEPT) {
        ddl_warn(p, token.text, "this name of %zu bytes is cut at %d", token.size, NAME_MAX_KEPT);
        token.size = NAME_MAX_KEPT;
        while (token.size > 0 && ((unsigned char)token.text[token.size] & 0xC0) == 0x80)
            token.size--;
    }
    ret_name->quoted = token.kind != TOKEN_WORD;
    ret_name->text = ddl_string(p, &token);
    if (ret_name->text[0] == '\0') {
        ddl_warn(p, token.text, "a name is empty: it is read as ?");
        ret_name->text = "?";
    }
    ddl_advance(p);
    return p->failed == ERROR_OK;
}

bool ddl_path(struct ddl *p, struct ddl_path *ret_path)
{
    *ret_path = (struct ddl_path){ .at = p->token.text };
    if (!ddl_name(p, &ret_path->name))
        return false;
    while (p->token.kind == TOKEN_DOT) {
        ddl_advance(p);
        struct ddl_name next = { 0 };
        if (p->token.kind == TOKEN_DOT) /* SQL Server: database..table */
            continue;
        if (!ddl_name(p, &next))
            break;
        ret_path->schema = ret_path->name;
        ret_path->name = next;
    }
    return true;
}

bool ddl_name_list(struct ddl *p, struct catalog_names *names)
{
    if (!ddl_accept_kind(p, TOKEN_OPEN))
        return false;
    bool plain = true;
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE) {
        struct ddl_name name = { 0 };
        const char *at = p->token.text;
        if (!ddl_name(p, &name)) {
            plain = false;
        } else {
            ddl_names_add(p, names, name.text);
        }
        while (!ddl_stopped(p) && p->token.kind != TOKEN_COMMA && p->token.kind != TOKEN_CLOSE) {
            if (p->token.kind == TOKEN_OPEN)
                (void)ddl_brackets(p, NULL, NULL); /* length of a prefix */
            else
                ddl_advance(p); /* ASC, DESC, COLLATE x */
        }
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            break;
        if (p->token.text == at)
            break;
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
    return plain;
}

static void hash_table(struct ddl_table *t)
{
    t->path_hash = hash_path(t->table.schema, t->table.name);
    t->name_hash = hash_name(t->table.name);
}

static void link_table(struct ddl *p, struct ddl_table *t)
{
    struct ddl_table **path = &p->by_path[t->path_hash & (p->slot_count - 1)];
    struct ddl_table **name = &p->by_name[t->name_hash & (p->slot_count - 1)];
    t->next = *path;
    *path = t;
    t->next_name = *name;
    *name = t;
}

static void unlink_table(struct ddl *p, struct ddl_table *t)
{
    struct ddl_table **path = &p->by_path[t->path_hash & (p->slot_count - 1)];
    struct ddl_table **name = &p->by_name[t->name_hash & (p->slot_count - 1)];
    while (*path != NULL && *path != t && ddl_work(p, 1))
        path = &(*path)->next;
    while (*name != NULL && *name != t && ddl_work(p, 1))
        name = &(*name)->next_name;
    if (*path == t)
        *path = t->next;
    if (*name == t)
        *name = t->next_name;
}

static void grow_slots(struct ddl *p)
{
    p->slot_count = p->slot_count == 0 ? SLOTS_MIN : p->slot_count * 2;
    p->by_path = arena_array(p->scratch, p->slot_count, sizeof(struct ddl_table *));
    p->by_name = arena_array(p->scratch, p->slot_count, sizeof(struct ddl_table *));
    for (size_t i = 0; i < p->table_count; i++)
        if (!p->tables[i]->dropped)
            link_table(p, p->tables[i]);
}

const char *ddl_schema_of(const struct ddl *p, const struct ddl_path *path)
{
    return path->schema.text != NULL ? path->schema.text : p->schema;
}

static bool schema_quoted(const struct ddl *p, const struct ddl_path *path)
{
    return path->schema.text != NULL ? path->schema.quoted : p->schema_quoted;
}

static struct ddl_table *find_in(struct ddl *p, const char *schema, bool quoted, const struct ddl_name *name)
{
    struct ddl_table *alike = NULL;
    if (p->slot_count == 0)
        return NULL;
    size_t hash = hash_path(schema, name->text);
    for (struct ddl_table *t = p->by_path[hash & (p->slot_count - 1)]; t != NULL; t = t->next) {
        if (t->path_hash != hash)
            continue;
        if (!ddl_work(p, 1))
            return NULL;
        if (same_name(p->dialect, t->table.name, t->quoted, name->text, name->quoted) &&
            same_name(p->dialect, t->table.schema, t->schema_quoted, schema, quoted))
            return t;
        if (ddl_same_text(t->table.name, name->text) && ddl_same_text(t->table.schema, schema))
            alike = t;
    }
    return alike;
}

/* By name alone: a reference without a schema means the only table of that name; one with a schema that no table is in
 * means a table whose schema the text has not said. */
struct ddl_table *ddl_table_look(struct ddl *p, const struct ddl_path *path)
{
    struct ddl_table *found = find_in(p, ddl_schema_of(p, path), schema_quoted(p, path), &path->name);
    if (found != NULL || p->slot_count == 0)
        return found;
    size_t count = 0;
    size_t hash = hash_name(path->name.text);
    struct ddl_table *t = p->by_name[hash & (p->slot_count - 1)];
    for (; t != NULL && count < AMBIGUOUS && ddl_work(p, 1); t = t->next_name) {
        if (t->name_hash != hash || !ddl_same_text(t->table.name, path->name.text))
            continue;
        if (path->schema.text != NULL && t->table.schema[0] != '\0')
            continue;
        found = t;
        count++;
    }
    return count == 1 ? found : NULL;
}

struct ddl_table *ddl_table_find(struct ddl *p, const struct ddl_path *path)
{
    struct ddl_table *t = ddl_table_look(p, path);
    ddl_script_found(p, t);
    return t;
}

static bool is_same(const struct ddl *p, const struct ddl_table *a, const struct ddl_table *b)
{
    return same_name(p->dialect, a->table.name, a->quoted, b->table.name, b->quoted) &&
           same_name(p->dialect, a->table.schema, a->schema_quoted, b->table.schema, b->schema_quoted);
}

/* T and "T" differ in PostgreSQL, but a catalog has no place for both. */
static bool is_spelled_alike(const struct ddl_table *a, const struct ddl_table *b)
{
    return strcmp(a->table.name, b->table.name) == 0 && strcmp(a->table.schema, b->table.schema) == 0;
}

struct ddl_table *ddl_table_create(struct ddl *p, const struct ddl_path *path)
{
    if (p->table_count == p->limits.tables_max) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "more than %zu tables", p->limits.tables_max);
        return NULL;
    }
    if (!ddl_room(p))
        return NULL;
    if (p->table_count == p->table_capacity) {
        size_t capacity = p->table_capacity == 0 ? SLOTS_MIN : p->table_capacity * 2;
        struct ddl_table **bigger = arena_array(p->scratch, capacity, sizeof *bigger);
        if (p->table_count > 0)
            memcpy(bigger, p->tables, p->table_count * sizeof *bigger);
        p->tables = bigger;
        p->table_capacity = capacity;
    }
    struct ddl_table *t = arena_alloc(p->scratch, sizeof *t);
    t->table = (struct catalog_table){
        .schema = ddl_schema_of(p, path), .name = path->name.text, .rows = -1, .size_bytes = -1, .quality = -1
    };
    t->quoted = path->name.quoted;
    t->schema_quoted = schema_quoted(p, path);
    t->script = p->script;
    struct ddl_table *there = find_in(p, t->table.schema, t->schema_quoted, &path->name);
    t->hidden = there != NULL && (is_same(p, there, t) || is_spelled_alike(there, t));
    hash_table(t);
    p->tables[p->table_count++] = t;
    ddl_schema_add(p, t);
    if (p->table_count > p->slot_count)
        grow_slots(p);
    else if (!t->hidden)
        link_table(p, t);
    t->dropped = t->hidden;
    return t;
}

void ddl_table_referred(struct ddl *p, struct ddl_table *t, struct ddl_table *by)
{
    if (t == NULL || (t->referrers != NULL && t->referrers->table == by) || !ddl_room(p))
        return;
    struct ddl_referrer *referrer = arena_alloc(p->scratch, sizeof *referrer);
    *referrer = (struct ddl_referrer){ .next = t->referrers, .table = by };
    t->referrers = referrer;
}

void ddl_table_drop(struct ddl *p, struct ddl_table *t)
{
    unlink_table(p, t);
    t->dropped = true;
    ddl_script_gone(p, t);
}

void ddl_table_rename(struct ddl *p, struct ddl_table *t, const struct ddl_name *schema, const struct ddl_name *name)
{
    struct ddl_table wanted = { .table = { .schema = t->table.schema, .name = name->text },
                                .quoted = name->quoted,
                                .schema_quoted = t->schema_quoted };
    if (schema->text != NULL) {
        wanted.table.schema = schema->text;
        wanted.schema_quoted = schema->quoted;
    }
    struct ddl_table *there = find_in(p, wanted.table.schema, wanted.schema_quoted, name);
    if (there != NULL && there != t && (is_same(p, there, &wanted) || is_spelled_alike(there, &wanted))) {
        ddl_warn(p, p->token.text, "%.80s can't be called %.80s: there is such a table", t->table.name, name->text);
        return;
    }
    ddl_constraint_names_keep(p, t);
    unlink_table(p, t);
    t->table.schema = wanted.table.schema;
    t->table.name = wanted.table.name;
    t->schema_quoted = wanted.schema_quoted;
    t->quoted = wanted.quoted;
    hash_table(t);
    link_table(p, t);
    if (schema->text != NULL)
        ddl_schema_add(p, t);
}
