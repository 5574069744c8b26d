/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/connect/sqlite/sqlite_ddl.h"

#include <sqlite3.h>
#include <string.h>

#include "base/text.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA, TOKEN_OTHER };

struct token {
    enum token_kind kind;
    const char *text; /* into the SQL, quotes included */
    size_t size;
};

static bool is_word(unsigned char c)
{
    return c >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Blanks and comments. */
static const char *skip(const char *at)
{
    for (;;) {
        at += strspn(at, " \t\r\n\f");
        if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");
            at = end != NULL ? end + 2 : at + strlen(at);
        } else {
            return at;
        }
    }
}

/* Behind the closing quote; a doubled quote belongs to the text, but not in [brackets]. */
static const char *skip_quoted(const char *at)
{
    char close = *at == '[' ? ']' : *at;
    for (at++; *at != '\0'; at++) {
        if (*at != close)
            continue;
        if (close == ']' || at[1] != close)
            return at + 1;
        at++;
    }
    return at;
}

static struct token next(const char **at)
{
    const char *start = *at = skip(*at);
    struct token token = { .kind = TOKEN_OTHER, .text = start, .size = 1 };
    if (*start == '\0') {
        token.kind = TOKEN_END;
        token.size = 0;
    } else if (is_word((unsigned char)*start)) {
        token.kind = TOKEN_WORD;
        while (is_word((unsigned char)start[token.size]))
            token.size++;
    } else if (strchr("\"'`[", *start) != NULL) {
        token.kind = TOKEN_QUOTED;
        token.size = (size_t)(skip_quoted(start) - start);
    } else if (*start == '(' || *start == ')' || *start == ',') {
        token.kind = *start == '(' ? TOKEN_OPEN : *start == ')' ? TOKEN_CLOSE : TOKEN_COMMA;
    }
    *at = start + token.size;
    return token;
}

static bool is_keyword(const struct token *token, const char *keyword)
{
    return token->kind == TOKEN_WORD && strlen(keyword) == token->size &&
           sqlite3_strnicmp(token->text, keyword, (int)token->size) == 0;
}

/* The name a word or quoted token stands for; NULL when the catalog could not carry it. */
static const char *name_of(struct arena *arena, const struct token *token)
{
    if (token->kind != TOKEN_WORD && token->kind != TOKEN_QUOTED)
        return NULL;
    char *name = arena_text_n(arena, token->text, token->size);
    if (token->kind == TOKEN_QUOTED) {
        char quote = name[0], close = quote == '[' ? ']' : quote;
        size_t end = token->size > 1 && name[token->size - 1] == close ? token->size - 1 : token->size, used = 0;
        for (size_t i = 1; i < end; i++) {
            name[used++] = name[i];
            i += quote != '[' && name[i] == quote && i + 1 < end;
        }
        name[used] = '\0';
    }
    size_t size = strlen(name);
    return size > 0 && size <= CATALOG_NAME_MAX && text_utf8_valid(name, size) ? name : NULL;
}

/* *at stands behind "(": moves it behind the matching ")" and returns what is between, without blanks around. */
static const char *bracket_text(struct arena *arena, const char **at)
{
    const char *start = skip(*at), *end = start;
    for (int depth = 1; depth > 0;) {
        struct token token = next(at);
        end = token.text;
        if (token.kind == TOKEN_END)
            break;
        depth += token.kind == TOKEN_OPEN;
        depth -= token.kind == TOKEN_CLOSE;
    }
    size_t size = end > start ? (size_t)(end - start) : 0;
    while (size > 0 && strchr(" \t\r\n", start[size - 1]) != NULL)
        size--;
    return arena_text_n(arena, start, size);
}

/* Names of "(a, b DESC)" with *at before the bracket. */
static void bracket_names(struct catalog *c, const char **at, struct catalog_names *names)
{
    struct token token = next(at);
    bool first = true; /* of its item: the rest is COLLATE, ASC, ... */
    for (int depth = token.kind == TOKEN_OPEN; depth > 0;) {
        token = next(at);
        if (token.kind == TOKEN_END)
            return;
        depth += token.kind == TOKEN_OPEN;
        depth -= token.kind == TOKEN_CLOSE;
        const char *name = first && depth == 1 ? name_of(c->arena, &token) : NULL;
        if (name != NULL)
            catalog_name_add(c, names, name);
        first = token.kind == TOKEN_COMMA && depth == 1;
    }
}

struct reader {
    struct catalog *c;
    struct catalog_table *t;
    struct sqlite_ddl *ddl;
    const char *at;
    struct catalog_column *column; /* of the definition being read; NULL in a constraint of the table */
    const char *constraint;        /* name waiting for its constraint */
    bool foreign;                  /* between FOREIGN KEY and its REFERENCES */
    bool negated;                  /* the word before was NOT */
};

static struct catalog_column *column_named(const struct catalog_table *t, const char *name)
{
    for (size_t i = 0; name != NULL && i < t->column_count; i++)
        if (sqlite3_stricmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

static void name_unique(struct reader *r, const struct catalog_names *columns)
{
    for (size_t i = 0; i < r->t->unique_count; i++) {
        struct catalog_key *key = &r->t->uniques[i];
        bool same = key->name == NULL && key->columns.count == columns->count;
        for (size_t k = 0; same && k < columns->count; k++)
            same = sqlite3_stricmp(key->columns.items[k], columns->items[k]) == 0;
        if (same) {
            key->name = r->constraint;
            return;
        }
    }
}

static void read_unique(struct reader *r)
{
    struct catalog_names columns = { 0 };
    if (r->column != NULL)
        catalog_name_add(r->c, &columns, r->column->name);
    else
        bracket_names(r->c, &r->at, &columns);
    if (r->constraint != NULL)
        name_unique(r, &columns);
}

/* CHECK (...) and AS (...): an expression that is no UTF-8 is left out. */
static const char *read_expression(struct reader *r)
{
    const char *back = r->at;
    struct token token = next(&r->at);
    if (token.kind != TOKEN_OPEN) {
        r->at = back;
        return NULL;
    }
    const char *text = bracket_text(r->c->arena, &r->at);
    return text[0] != '\0' && text_utf8_valid(text, strlen(text)) ? text : NULL;
}

static void read_check(struct reader *r)
{
    const char *expression = read_expression(r);
    if (expression == NULL)
        return;
    struct catalog_check *check = catalog_check_add(r->c, r->t);
    check->name = r->constraint;
    check->expression = expression;
}

static void read_foreign_key(struct reader *r, bool keyword_foreign)
{
    if (!keyword_foreign && r->foreign) {
        r->foreign = false; /* REFERENCES of a FOREIGN KEY that is counted already */
        return;
    }
    r->foreign = keyword_foreign;
    catalog_name_add(r->c, &r->ddl->foreign_keys, r->constraint != NULL ? r->constraint : "");
    catalog_name_add(r->c, &r->ddl->deferrals, "");
}

/* [NOT] DEFERRABLE [INITIALLY DEFERRED] of the foreign key that was read last. */
static void read_deferral(struct reader *r, bool initially)
{
    struct catalog_names *deferrals = &r->ddl->deferrals;
    if (deferrals->count == 0 || r->negated)
        return;
    if (!initially)
        deferrals->items[deferrals->count - 1] = "deferrable";
    else if (strcmp(deferrals->items[deferrals->count - 1], "deferrable") == 0)
        deferrals->items[deferrals->count - 1] = "deferred";
}

/* One word within a definition; whatever it begins is read to its end. */
static void read_keyword(struct reader *r, const struct token *token)
{
    if (is_keyword(token, "constraint")) {
        struct token name = next(&r->at);
        r->constraint = name_of(r->c->arena, &name);
        return;
    }
    if (is_keyword(token, "primary"))
        r->ddl->primary_key_name = r->constraint;
    else if (is_keyword(token, "unique"))
        read_unique(r);
    else if (is_keyword(token, "check"))
        read_check(r);
    else if (is_keyword(token, "foreign") || is_keyword(token, "references"))
        read_foreign_key(r, is_keyword(token, "foreign"));
    else if (is_keyword(token, "as") && r->column != NULL)
        r->column->generated = read_expression(r);
    else if (is_keyword(token, "deferrable") || is_keyword(token, "deferred"))
        read_deferral(r, is_keyword(token, "deferred"));
    r->negated = is_keyword(token, "not");
    r->constraint = NULL;
}

static bool begins_constraint(const struct token *token)
{
    static const char *const words[] = { "constraint", "primary", "unique", "check", "foreign" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_keyword(token, words[i]))
            return true;
    return false;
}

void sqlite_ddl_table(struct catalog *c, struct catalog_table *t, const char *sql, struct sqlite_ddl *ret_ddl)
{
    struct reader r = { .c = c, .t = t, .ddl = ret_ddl, .at = sql };
    *ret_ddl = (struct sqlite_ddl){ 0 };
    struct token token;
    do {
        token = next(&r.at);
    } while (token.kind != TOKEN_OPEN && token.kind != TOKEN_END);

    bool first = true; /* token of its definition */
    while (token.kind != TOKEN_END) {
        token = next(&r.at);
        if (token.kind == TOKEN_CLOSE)
            return;
        if (first) {
            r.constraint = NULL;
            r.column = begins_constraint(&token) ? NULL : column_named(t, name_of(c->arena, &token));
            if (r.column != NULL) {
                first = false;
                continue;
            }
        }
        first = token.kind == TOKEN_COMMA;
        if (token.kind == TOKEN_OPEN)
            (void)bracket_text(c->arena, &r.at);
        else if (token.kind == TOKEN_WORD)
            read_keyword(&r, &token);
    }
}

static void name_columns(struct catalog *c, struct catalog_table *t, const char *sql)
{
    const char *at = sql;
    struct token token, module;
    do {
        token = next(&at);
        if (token.kind == TOKEN_END)
            return;
    } while (!is_keyword(&token, "using"));
    module = next(&at);
    bool named = module.kind == TOKEN_WORD &&
                 (sqlite3_strnicmp(module.text, "fts", 3) == 0 || sqlite3_strnicmp(module.text, "rtree", 5) == 0);
    token = next(&at);
    if (!named || token.kind != TOKEN_OPEN)
        return;
    while (token.kind == TOKEN_OPEN || token.kind == TOKEN_COMMA) {
        struct token name = next(&at);
        if (name.kind == TOKEN_OTHER && *name.text == '+') /* carried along by an R-tree */
            name = next(&at);
        const char *column = name_of(c->arena, &name), *behind = at;
        struct token after = next(&behind);
        bool option = after.kind == TOKEN_OTHER && *after.text == '='; /* content='x' */
        if (column != NULL && !option && t->column_count < CATALOG_COLUMNS_MAX)
            catalog_column_add(c, t, column)->nullable = true;
        for (token = name; token.kind != TOKEN_COMMA && token.kind != TOKEN_CLOSE && token.kind != TOKEN_END;) {
            token = next(&at);
            if (token.kind == TOKEN_OPEN)
                (void)bracket_text(c->arena, &at);
        }
    }
}

void sqlite_ddl_virtual(struct catalog *c, struct catalog_table *t, const char *sql)
{
    name_columns(c, t, sql);
    catalog_diagnostic_add(
        c, "warning",
        t->column_count > 0
            ? "a virtual table: its rows come from an extension, not from the file, and are not read"
            : "a virtual table is left out: its columns and rows come from an extension, not from the file")
        ->table = arena_text(c->arena, t->name);
}

void sqlite_ddl_index(struct arena *arena, const char *sql, const char **ret_columns, const char **ret_where)
{
    const char *at = sql;
    struct token token;
    *ret_columns = NULL;
    *ret_where = NULL;
    do {
        token = next(&at);
        if (token.kind == TOKEN_END)
            return;
    } while (token.kind != TOKEN_OPEN);
    *ret_columns = bracket_text(arena, &at);
    token = next(&at);
    if (is_keyword(&token, "where"))
        *ret_where = arena_text(arena, skip(at));
    if (!text_utf8_valid(*ret_columns, strlen(*ret_columns)))
        *ret_columns = NULL;
    if (*ret_where != NULL && !text_utf8_valid(*ret_where, strlen(*ret_where)))
        *ret_where = NULL;
}
