/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_alter.c - ALTER TABLE: a list of actions, each applied to the table as it is by then.
 *
 * PostgreSQL and MySQL set commas between actions, Oracle nothing; in SQL Server one ADD or DROP goes on behind the
 * comma. Actions on storage, owners and triggers are passed over; one that nobody knows is a diagnostic.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

static bool ends_action(struct ddl *p)
{
    return ddl_stopped(p) || p->token.kind == TOKEN_COMMA || ddl_at_statement(p);
}

static void pass_action(struct ddl *p)
{
    while (!ends_action(p)) {
        if (p->token.kind == TOKEN_OPEN)
            (void)ddl_brackets(p, NULL, NULL);
        else
            ddl_advance(p);
    }
}

static void add_one(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name name = { 0 };
    if (p->token.word == WORD_IF && ddl_peek(p)->word == WORD_NOT) {
        ddl_advance(p);
        ddl_advance(p);
        (void)ddl_accept(p, WORD_EXISTS);
    }
    if (ddl_at_constraint(p)) {
        ddl_constraint(p, t);
        return;
    }
    if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_STRING) {
        ddl_warn(p, p->token.text, "%.80s: it is not said what to add", t->table.name);
        pass_action(p);
        return;
    }
    size_t before = t->table.column_count, references = t->reference_count;
    size_t uniques = t->table.unique_count, checks = t->table.check_count, indexes = t->table.index_count;
    bool exact = p->token.kind == TOKEN_NAME && (p->dialect == DDL_POSTGRESQL || p->dialect == DDL_ORACLE);
    bool twin = !exact && ddl_column_find(p, t, ddl_string(p, &p->token)) != NULL;
    ddl_column(p, t);
    if (p->failed != ERROR_OK || t->table.column_count == before)
        return;
    name.text = t->table.columns[before].name;
    if (twin || ddl_column_find(p, t, name.text) != &t->table.columns[before]) {
        ddl_column_remove(p, t, before); /* IF NOT EXISTS, or a script that is run twice: the first one stays */
        t->reference_count = references;
        t->table.unique_count = uniques;
        t->table.check_count = checks;
        t->table.index_count = indexes;
        return;
    }
    ddl_column_place(p, t, name.text);
}

/* Behind ADD. Lists in brackets are MySQL's and Oracle's. */
static void action_add(struct ddl *p, struct ddl_table *t)
{
    if (p->token.word == WORD_PARTITION && ddl_peek(p)->kind != TOKEN_COMMA) {
        pass_action(p);
        return;
    }
    if (ddl_mysql_versioning(p, t))
        return;
    if (p->token.word == WORD_COLUMN && ddl_peek(p)->kind != TOKEN_COMMA)
        ddl_advance(p);
    if (!ddl_accept_kind(p, TOKEN_OPEN)) {
        add_one(p, t);
        return;
    }
    while (!ddl_stopped(p) && p->token.kind != TOKEN_CLOSE && ddl_room(p)) {
        const char *at = p->token.text;
        add_one(p, t);
        if (!ddl_accept_kind(p, TOKEN_COMMA) && p->token.text == at)
            ddl_advance(p);
    }
    (void)ddl_accept_kind(p, TOKEN_CLOSE);
}

/* Behind RENAME: TO x, AS x, COLUMN a TO b, a TO b, CONSTRAINT a TO b, INDEX a TO b */
static void action_rename(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name from = { 0 }, to = { 0 };
    struct ddl_path path;
    bool plain = ddl_peek(p)->word == WORD_TO;
    if (!plain && (p->token.word == WORD_CONSTRAINT || p->token.word == WORD_INDEX || p->token.word == WORD_KEY)) {
        ddl_advance(p);
        if (ddl_name(p, &from) && ddl_accept(p, WORD_TO) && ddl_name(p, &to))
            ddl_constraint_rename(p, t, from.text, to.text);
        return;
    }
    if (!plain && ddl_accept(p, WORD_COLUMN))
        plain = true;
    if (plain) {
        if (ddl_name(p, &from) && ddl_accept(p, WORD_TO) && ddl_name(p, &to))
            ddl_column_rename(p, t, from.text, to.text);
        return;
    }
    if (!ddl_accept(p, WORD_TO))
        (void)ddl_accept(p, WORD_AS);
    if (!ddl_path(p, &path))
        return;
    ddl_table_rename(p, t, &path.schema, &path.name);
}

/* Behind ATTACH: PARTITION child FOR VALUES ... */
static void action_attach(struct ddl *p, struct ddl_table *t)
{
    struct ddl_path path;
    if (!ddl_accept(p, WORD_PARTITION) || !ddl_path(p, &path))
        return;
    struct ddl_table *child = ddl_table_find(p, &path);
    if (child == NULL || child == t) {
        ddl_warn(p, path.at, "%.80s: %.80s can't be attached", t->table.name, path.name.text);
        pass_action(p);
        return;
    }
    child->partition_of = t;
    ddl_table_referred(p, t, child);
    ddl_heir_add(p, t, child);
    ddl_partition_bounds(p, child, &path);
}

static void action_inherit(struct ddl *p, struct ddl_table *t)
{
    struct ddl_path path;
    if (!ddl_path(p, &path) || !ddl_room(p))
        return;
    struct ddl_table *parent = ddl_table_find(p, &path);
    const char *schema = parent != NULL ? parent->table.schema : "";
    ddl_heir_add(p, parent, t);
    ddl_names_add(p, &t->table.inherits,
                  schema[0] != '\0' ? arena_format(p->arena, "%s.%s", schema, parent->table.name) : path.name.text);
}

static void action_set(struct ddl *p, struct ddl_table *t)
{
    struct ddl_name schema = { 0 };
    if (ddl_accept(p, WORD_SCHEMA) && ddl_name(p, &schema)) {
        struct ddl_name name = { .text = t->table.name, .quoted = t->quoted };
        ddl_table_rename(p, t, &schema, &name);
        return;
    }
    pass_action(p);
}

static void action_comment(struct ddl *p, struct ddl_table *t)
{
    (void)ddl_accept_mark(p, '=');
    t->table.comment = ddl_string(p, &p->token);
    ddl_advance(p);
}

/* SQL Server: WITH CHECK ADD, WITH NOCHECK ADD: rows that are there are not looked at. */
static void action_with(struct ddl *p, struct ddl_table *t)
{
    size_t before = t->reference_count;
    bool unchecked = p->token.word == WORD_NOCHECK;
    ddl_advance(p);
    if (!ddl_accept(p, WORD_ADD)) {
        pass_action(p);
        return;
    }
    action_add(p, t);
    for (; unchecked && before < t->reference_count; before++)
        t->references[before].key.not_valid = true;
}

/* ENABLE ROW LEVEL SECURITY, DISABLE ...: an extra, as the live database is read. */
static void action_row_security(struct ddl *p, struct ddl_table *t)
{
    static const char what[] = "row level security";
    struct catalog_table *table = &t->table;
    bool on = p->token.word == WORD_ENABLE;
    size_t kept = 0;
    pass_action(p);
    for (size_t i = 0; i < table->extra_count && ddl_work(p, 1); i++)
        if (strcmp(table->extras[i].what, what) != 0)
            table->extras[kept++] = table->extras[i];
    table->extra_count = kept;
    if (on && ddl_grows(p, table->extra_count, sizeof *table->extras))
        *catalog_extra_add(p->c, table) = (struct catalog_extra){ .what = what };
}

/* First words of actions that change nothing the model holds. */
static bool is_passed(enum ddl_word word)
{
    switch (word) {
    case WORD_OWNER:
    case WORD_RESET:
    case WORD_ENABLE:
    case WORD_DISABLE:
    case WORD_CLUSTER:
    case WORD_VALIDATE:
    case WORD_AUTO_INCREMENT:
    case WORD_CONVERT:
    case WORD_DEFAULT:
    case WORD_CHARACTER:
    case WORD_CHARSET:
    case WORD_COLLATE:
    case WORD_ORDER:
    case WORD_LOCK:
    case WORD_ALGORITHM:
    case WORD_CHECK:
    case WORD_NOCHECK:
    case WORD_FORCE:
    case WORD_NO:
    case WORD_DETACH:
    case WORD_TABLESPACE:
    case WORD_STORAGE:
    case WORD_PCTFREE:
    case WORD_TRUNCATE:
    case WORD_OPTIONS:
        return true;
    default:
        return false;
    }
}

/* The same, of words that nobody else needs to know. */
static bool is_passed_text(const struct ddl_token *t)
{
    static const char *const words[] = {
        "REPLICA",    "REBUILD",        "MOVE",           "COMPRESS",     "NOCOMPRESS", "LOGGING",    "NOLOGGING",
        "CACHE",      "NOCACHE",        "PARALLEL",       "NOPARALLEL",   "MONITORING", "ROW_FORMAT", "SHRINK",
        "SWITCH",     "READ",           "KEY_BLOCK_SIZE", "ROW",          "EXCHANGE",   "SPLIT",      "COALESCE",
        "REORGANIZE", "AVG_ROW_LENGTH", "DISCARD",        "IMPORT",       "MAX_ROWS",   "CHECKSUM",   "PACK_KEYS",
        "REMOVE",     "UPGRADE",        "INITRANS",       "RESULT_CACHE", "MERGE"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == t->size && strncasecmp(words[i], t->text, t->size) == 0)
            return true;
    return false;
}

static void action(struct ddl *p, struct ddl_table *t)
{
    const char *at = p->token.text;
    struct ddl_name name = { 0 };
    if (ddl_accept(p, WORD_ADD)) {
        action_add(p, t);
    } else if (ddl_accept(p, WORD_DROP)) {
        ddl_alter_drop(p, t);
    } else if (ddl_accept(p, WORD_ALTER)) {
        (void)ddl_accept(p, WORD_COLUMN);
        ddl_alter_column(p, t);
    } else if (ddl_accept(p, WORD_MODIFY)) {
        (void)ddl_accept(p, WORD_COLUMN);
        ddl_modify_column(p, t);
    } else if (ddl_accept(p, WORD_CHANGE)) {
        (void)ddl_accept(p, WORD_COLUMN);
        ddl_change_column(p, t);
    } else if (ddl_accept(p, WORD_RENAME)) {
        action_rename(p, t);
    } else if (ddl_accept(p, WORD_ATTACH)) {
        action_attach(p, t);
    } else if (ddl_accept(p, WORD_INHERIT)) {
        action_inherit(p, t);
    } else if (ddl_accept(p, WORD_SET)) {
        action_set(p, t);
    } else if (ddl_accept(p, WORD_COMMENT)) {
        action_comment(p, t);
    } else if (ddl_accept(p, WORD_ENGINE)) {
        (void)ddl_accept_mark(p, '=');
        (void)ddl_name(p, &name);
    } else if (p->token.word == WORD_PARTITION && ddl_peek(p)->word == WORD_BY) {
        ddl_advance(p);
        ddl_advance(p);
        ddl_partition_by(p, t);
        pass_action(p);
    } else if (p->token.word == WORD_WITH && ddl_peek(p)->kind == TOKEN_WORD) {
        ddl_advance(p);
        action_with(p, t);
    } else if ((p->token.word == WORD_ENABLE || p->token.word == WORD_DISABLE) && ddl_peek(p)->word == WORD_ROW) {
        action_row_security(p, t);
    } else if (is_passed(p->token.word) || is_passed_text(&p->token)) {
        pass_action(p);
    } else {
        pass_action(p);
        ddl_extra(p, t, "alter", at, p->behind > at ? (size_t)(p->behind - at) : 0);
        ddl_warn(p, at, "%.80s: this change is not understood", t->table.name);
        if (p->token.text == at)
            ddl_advance(p);
    }
}

static bool begins_action(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_ADD:
    case WORD_DROP:
    case WORD_ALTER:
    case WORD_MODIFY:
    case WORD_CHANGE:
    case WORD_RENAME:
    case WORD_WITH:
        return true;
    default:
        return false;
    }
}

static void action_all(struct ddl *p, struct ddl_table *t)
{
    struct ddl_reading from = ddl_reading_here(p);
    action(p, t);
    ddl_heirs_change(p, t, &from, action);
}

static void actions(struct ddl *p, struct ddl_table *t, bool only)
{
    enum ddl_word first = WORD_NONE; /* SQL Server: what goes on behind a comma */
    while (!ddl_stopped(p) && ddl_room(p)) {
        if (p->dialect == DDL_SQLSERVER && first == WORD_ADD && !begins_action(p)) {
            add_one(p, t);
        } else if (p->dialect == DDL_SQLSERVER && first == WORD_DROP && !begins_action(p)) {
            ddl_alter_drop(p, t);
        } else if (!only && ddl_heirs_follow(p, t)) {
            action_all(p, t);
        } else {
            first = p->token.word == WORD_WITH ? WORD_ADD : p->token.word;
            action(p, t);
        }
        if (ddl_accept_kind(p, TOKEN_COMMA))
            continue;
        if (ddl_stopped(p) || ddl_at_statement(p))
            return;
        if (begins_action(p) && p->dialect == DDL_ORACLE)
            continue;
        const char *at = p->token.text;
        if (p->token.kind == TOKEN_CLOSE)
            ddl_advance(p);
        pass_action(p);
        if (p->dialect != DDL_ORACLE)
            ddl_warn(p, at, "%.80s: what follows this change is not understood", t->table.name);
        if (!ddl_accept_kind(p, TOKEN_COMMA))
            return;
    }
}

void ddl_alter_table(struct ddl *p)
{
    struct ddl_path path;
    const char *at = p->token.text;
    bool if_exists = ddl_accept_two(p, WORD_IF, WORD_EXISTS);
    bool only = p->token.word == WORD_ONLY && ddl_peek(p)->kind != TOKEN_DOT;
    if (only)
        ddl_advance(p);
    if (!ddl_path(p, &path)) {
        ddl_warn(p, at, "ALTER TABLE without a name");
        ddl_skip_statement(p);
        return;
    }
    (void)ddl_accept_mark(p, '*');
    struct ddl_table *t = ddl_table_find(p, &path);
    if (t == NULL) {
        if (!if_exists && !p->conditional && p->token.word != WORD_OWNER) /* views and sequences have owners too */
            ddl_warn(p, path.at, "%.80s is changed here, but is no table of this text", path.name.text);
        ddl_skip_statement(p);
        return;
    }
    p->table_said = t->table.name;
    actions(p, t, only);
}
