/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_key.c - primary, unique and foreign keys and checks, of a column or of a table.
 *
 * What follows a constraint (how it is stored, when it is checked) ends at a comma, a closing bracket, or the word that
 * begins another one: SQLite and SQL Server need no comma between them.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static const char *first_of(const struct catalog_names *names)
{
    return names->count > 0 ? names->items[0] : "";
}

/* CLUSTERED, ASC, USING BTREE and the like between a key's words and its columns. */
static void pass_key_words(struct ddl *p)
{
    for (;;) {
        if (p->token.word == WORD_CLUSTERED || p->token.word == WORD_NONCLUSTERED || p->token.word == WORD_HASH ||
            p->token.word == WORD_ASC || p->token.word == WORD_DESC || p->token.word == WORD_DISTINCT)
            ddl_advance(p);
        else if (p->token.word == WORD_NULLS || (p->token.word == WORD_NOT && ddl_peek(p)->word == WORD_DISTINCT))
            ddl_advance(p);
        else if (p->token.word == WORD_USING && ddl_peek(p)->word != WORD_INDEX) {
            ddl_advance(p);
            ddl_advance(p);
        } else
            return;
    }
}

/* SET NULL, SET DEFAULT, CASCADE, RESTRICT, NO ACTION */
static const char *read_action(struct ddl *p)
{
    if (ddl_accept(p, WORD_CASCADE))
        return "CASCADE";
    if (ddl_accept(p, WORD_RESTRICT))
        return "RESTRICT";
    if (ddl_accept_two(p, WORD_NO, WORD_ACTION))
        return "NO ACTION";
    const char *action = NULL;
    if (ddl_accept_two(p, WORD_SET, WORD_NULL))
        action = "SET NULL";
    else if (ddl_accept_two(p, WORD_SET, WORD_DEFAULT))
        action = "SET DEFAULT";
    if (action != NULL && p->token.kind == TOKEN_OPEN)
        (void)ddl_brackets(p, NULL, NULL); /* PostgreSQL: of some columns only */
    return action;
}

static bool begins_constraint(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_CONSTRAINT:
    case WORD_REFERENCES:
    case WORD_ADD:
    case WORD_MODIFY:
    case WORD_DROP:
    case WORD_RENAME:
    case WORD_DEFAULT:
    case WORD_COMMENT:
    case WORD_COLLATE:
    case WORD_GENERATED:
    case WORD_IDENTITY:
    case WORD_AUTO_INCREMENT:
    case WORD_AS:
    case WORD_FIRST:
    case WORD_AFTER:
        return true;
    case WORD_PRIMARY:
    case WORD_FOREIGN:
        return ddl_peek(p)->word == WORD_KEY;
    case WORD_UNIQUE:
    case WORD_CHECK:
        return true;
    case WORD_NOT:
        return ddl_peek(p)->word == WORD_NULL;
    case WORD_NULL:
        return true;
    default:
        return false;
    }
}

static bool tail_of_reference(struct ddl *p, struct ddl_reference *r)
{
    if (p->token.word == WORD_ON && ddl_peek(p)->word == WORD_DELETE) {
        ddl_advance(p);
        ddl_advance(p);
        r->key.on_delete = read_action(p);
    } else if (p->token.word == WORD_ON && ddl_peek(p)->word == WORD_UPDATE) {
        ddl_advance(p);
        ddl_advance(p);
        r->key.on_update = read_action(p);
    } else if (ddl_accept(p, WORD_MATCH)) {
        r->key.match = p->token.word == WORD_FULL ? "FULL" : NULL;
        ddl_advance(p);
    } else if (p->token.word == WORD_NOVALIDATE ||
               (p->token.kind == TOKEN_WORD && p->token.size == 5 && strncasecmp(p->token.text, "VALID", 5) == 0)) {
        r->key.not_valid = true; /* NOT VALID, ENABLE NOVALIDATE */
        ddl_advance(p);
    } else {
        return false;
    }
    return true;
}

/* AUTOINCREMENT belongs to the column, not to its key. */
static bool ends_tail(struct ddl *p)
{
    return ddl_stopped(p) || p->token.kind == TOKEN_COMMA || p->token.kind == TOKEN_CLOSE || begins_constraint(p) ||
           p->token.word == WORD_AUTOINCREMENT || (p->building == NULL && ddl_at_statement(p));
}

void ddl_constraint_tail(struct ddl *p, struct ddl_reference *r, struct catalog_key *key)
{
    while (!ends_tail(p)) {
        bool deferrable = false, deferred = false;
        if (r != NULL && tail_of_reference(p, r))
            continue;
        if (ddl_accept(p, WORD_NOT)) { /* NOT DEFERRABLE, NOT ENFORCED, NOT FOR REPLICATION, NOT VALID */
            if (p->token.word == WORD_DEFERRABLE || p->token.word == WORD_ENFORCED || p->token.word == WORD_FOR)
                ddl_advance(p);
            continue;
        }
        if (p->token.kind == TOKEN_OPEN) {
            (void)ddl_brackets(p, NULL, NULL);
            continue;
        }
        deferrable = p->token.word == WORD_DEFERRABLE;
        deferred = p->token.word == WORD_DEFERRED; /* INITIALLY DEFERRED implies it */
        if (p->token.word == WORD_NULL)
            return;
        ddl_advance(p);
        if (r != NULL) {
            r->key.deferrable = r->key.deferrable || deferrable || deferred;
            r->key.initially_deferred = r->key.initially_deferred || deferred;
        }
        if (key != NULL)
            key->deferrable = key->deferrable || deferrable || deferred;
    }
}

/* PostgreSQL: PRIMARY KEY USING INDEX i; the index becomes the key. */
static void take_index(struct ddl *p, struct ddl_table *t, struct catalog_key *key)
{
    struct ddl_name name = { 0 };
    if (!ddl_accept_two(p, WORD_USING, WORD_INDEX) || !ddl_name(p, &name))
        return;
    for (size_t i = 0; i < t->table.index_count && ddl_work(p, 1); i++) {
        struct catalog_index *index = &t->table.indexes[i];
        if (index->name == NULL || !ddl_same_text(index->name, name.text))
            continue;
        key->columns = index->columns;
        key->name = key->name != NULL ? key->name : index->name;
        memmove(index, index + 1, (t->table.index_count - i - 1) * sizeof *index);
        t->table.index_count--;
        return;
    }
}

/* p->token: PRIMARY, or MySQL's KEY of a column. column NULL: constraint of the table. */
void ddl_primary_key(struct ddl *p, struct ddl_table *t, const char *name, const char *column)
{
    struct catalog_key key = { .name = name };
    const char *at = p->token.text;
    if (ddl_accept(p, WORD_PRIMARY))
        (void)ddl_accept(p, WORD_KEY);
    else
        ddl_advance(p);
    pass_key_words(p);
    struct ddl_name index = { 0 };
    if (column == NULL && p->token.word == WORD_USING)
        take_index(p, t, &key);
    else if (p->token.kind != TOKEN_OPEN && column == NULL && ddl_name(p, &index)) /* MySQL forgets the name */
        pass_key_words(p);
    if (p->token.kind == TOKEN_OPEN) {
        bool plain = ddl_name_list(p, &key.columns);
        if (ddl_mysql_period(p, t, "primary key", at))
            return;
        if (!plain)
            ddl_warn(p, at, "primary key of %.80s: not all of its columns are plain names", t->table.name);
    } else if (column != NULL) {
        ddl_names_add(p, &key.columns, column);
    }
    ddl_constraint_tail(p, NULL, &key);
    if (t->table.primary_key.columns.count > 0 && key.columns.count > 0 && p->conditional)
        return;
    if (t->table.primary_key.columns.count > 0 && key.columns.count > 0)
        ddl_warn(p, at, "%.80s has a primary key already: this one is left out", t->table.name);
    else if (key.columns.count > 0)
        t->table.primary_key = key;
}

/* p->token: UNIQUE. MySQL: UNIQUE [KEY|INDEX] [name] (a(10), (lower(b))). */
void ddl_unique(struct ddl *p, struct ddl_table *t, const char *name, const char *column)
{
    struct catalog_key key = { .name = name };
    const char *at = p->token.text;
    ddl_advance(p);
    if (!ddl_accept(p, WORD_KEY))
        (void)ddl_accept(p, WORD_INDEX);
    pass_key_words(p);
    struct ddl_name index = { 0 };
    if (column == NULL && p->token.word == WORD_USING) {
        take_index(p, t, &key);
    } else if (p->token.kind != TOKEN_OPEN && column == NULL && ddl_name(p, &index)) {
        key.name = key.name != NULL ? key.name : index.text;
        pass_key_words(p);
    }
    if (p->token.kind == TOKEN_OPEN && column == NULL) {
        struct catalog_index read = { .name = key.name, .unique = true };
        if (!ddl_index_columns(p, &read)) { /* an expression: an index is not a key */
            ddl_constraint_tail(p, NULL, NULL);
            if (ddl_grows(p, t->table.index_count, sizeof read))
                *catalog_index_add(p->c, &t->table) = read;
            return;
        }
        key.columns = read.columns;
        if (ddl_mysql_period(p, t, "unique key", at))
            return;
    } else if (p->token.kind == TOKEN_OPEN) {
        (void)ddl_name_list(p, &key.columns);
    } else if (column != NULL) {
        ddl_names_add(p, &key.columns, column);
    }
    ddl_constraint_tail(p, NULL, &key);
    for (size_t i = 0; key.name != NULL && p->conditional && i < t->table.unique_count && ddl_work(p, 1); i++)
        if (t->table.uniques[i].name != NULL && ddl_same_text(t->table.uniques[i].name, key.name))
            return;
    if (key.columns.count > 0 && ddl_grows(p, t->table.unique_count, sizeof key))
        *catalog_unique_add(p->c, &t->table) = key;
}

void ddl_check(struct ddl *p, struct ddl_table *t, const char *name)
{
    ddl_advance(p);
    if (ddl_accept(p, WORD_NOT)) { /* SQL Server: CHECK NOT FOR REPLICATION (x) */
        ddl_advance(p);
        ddl_advance(p);
    }
    if (p->token.kind != TOKEN_OPEN)
        return;
    const char *text, *kept;
    size_t size;
    (void)ddl_brackets(p, &text, &size);
    kept = ddl_keep(p, text, size);
    ddl_constraint_tail(p, NULL, NULL);
    for (size_t i = 0; name != NULL && p->conditional && i < t->table.check_count && ddl_work(p, 1); i++)
        if (t->table.checks[i].name != NULL && ddl_same_text(t->table.checks[i].name, name))
            return;
    if (kept[0] == '\0' || !ddl_grows(p, t->table.check_count, sizeof *t->table.checks))
        return;
    struct catalog_check *check = catalog_check_add(p->c, &t->table);
    check->name = name;
    check->expression = kept;
}

static struct ddl_reference *reference_add(struct ddl *p, struct ddl_table *t)
{
    if (t->reference_count == t->reference_capacity) {
        size_t capacity = t->reference_capacity == 0 ? 2 : t->reference_capacity * 2;
        if (capacity * sizeof *t->references >= arena_room(p->scratch) || !ddl_room(p))
            return NULL;
        struct ddl_reference *bigger = arena_array(p->scratch, capacity, sizeof *bigger);
        if (t->reference_count > 0)
            memcpy(bigger, t->references, t->reference_count * sizeof *bigger);
        t->references = bigger;
        t->reference_capacity = capacity;
    }
    return &t->references[t->reference_count++];
}

/* Said again by a script that may run twice. SQLite has no objection to constraints of one name. */
static bool is_there(struct ddl *p, const struct ddl_table *t, const char *name)
{
    if (name == NULL || p->dialect == DDL_SQLITE)
        return false;
    for (size_t i = 0; i < t->reference_count && ddl_work(p, 1); i++)
        if (t->references[i].key.name != NULL && ddl_same_text(t->references[i].key.name, name))
            return true;
    return false;
}

/* p->token: REFERENCES. */
void ddl_references(struct ddl *p, struct ddl_table *t, const char *name, const struct catalog_names *columns)
{
    struct ddl_reference read = { .key = { .name = name, .columns = *columns, .orphans = -1 } };
    const char *at = p->token.text;
    if (!ddl_accept(p, WORD_REFERENCES) || !ddl_path(p, &read.path)) {
        ddl_warn(p, at, "foreign key on %.80s of %.80s: it does not say which table", first_of(columns), t->table.name);
        ddl_constraint_tail(p, &read, NULL);
        return;
    }
    if (p->token.kind == TOKEN_OPEN)
        (void)ddl_name_list(p, &read.key.ref_columns);
    ddl_constraint_tail(p, &read, NULL);
    if (is_there(p, t, name)) {
        if (!p->conditional)
            ddl_warn(p, at, "%.80s has a constraint %.80s already: the first one is kept", t->table.name, name);
        return;
    }
    read.target = ddl_table_find(p, &read.path);
    if (read.target == NULL)
        ddl_place(p, at, &read.line, &read.column);
    struct ddl_reference *r = reference_add(p, t);
    if (r != NULL)
        *r = read;
    ddl_table_referred(p, read.target, t);
}

static bool same_columns(const struct catalog_names *a, const struct catalog_names *b)
{
    bool same = a->count == b->count && a->count > 0;
    for (size_t i = 0; same && i < a->count; i++)
        same = ddl_same_text(a->items[i], b->items[i]);
    return same;
}

/* PostgreSQL and SQLite make one of a primary key and a UNIQUE on the same columns, and of two such UNIQUEs, when one
 * CREATE TABLE says both. SQLite's rowid is no index, so a UNIQUE beside it is one. */
void ddl_keys_merge(struct ddl *p, struct ddl_table *t)
{
    struct catalog_table *table = &t->table;
    const struct catalog_names *primary = &table->primary_key.columns;
    const struct catalog_column *first = primary->count == 1 ? ddl_column_find(p, t, primary->items[0]) : NULL;
    bool rowid = p->dialect == DDL_SQLITE && !t->without_rowid && first != NULL && first->native_type != NULL &&
                 strcasecmp(first->native_type, "integer") == 0;
    size_t kept = 0;
    for (size_t i = 0; i < table->unique_count && ddl_work(p, kept + 1); i++) {
        bool twin = !rowid && same_columns(primary, &table->uniques[i].columns);
        for (size_t j = 0; !twin && j < kept; j++)
            twin = same_columns(&table->uniques[j].columns, &table->uniques[i].columns) &&
                   table->uniques[j].deferrable == table->uniques[i].deferrable;
        if (!twin)
            table->uniques[kept++] = table->uniques[i];
    }
    table->unique_count = kept;
}
