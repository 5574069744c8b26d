/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_native.c - the type of a column: from its first word to the last one that still belongs to it.
 *
 * The spelling is kept without quotes and with single blanks. Schemas use few types many times, so each spelling is
 * kept and understood once.
 */
#include <string.h>

#include "base/buffer.h"
#include "catalog/parse/ddl/ddl_statement.h"

enum { SLOTS = 4096, ENTRIES_MAX = 16384, TEXT_MAX = 480 };

struct entry {
    struct entry *next;
    const char *text;
    size_t size;
    struct type type;
};

struct ddl_native {
    struct entry *slots[SLOTS];
    size_t count;
};

struct spelling {
    char text[TEXT_MAX];
    size_t size;
    bool cut; /* longer: the source's own spelling is kept */
};

static void put(struct spelling *s, const char *text, size_t size)
{
    if (size > TEXT_MAX - s->size) {
        s->cut = true;
        return;
    }
    memcpy(s->text + s->size, text, size);
    s->size += size;
}

/* Takes a word or quoted name, which a blank sets off unless a dot does. */
static void put_word(struct ddl *p, struct spelling *s)
{
    const struct ddl_token *t = &p->token;
    if (s->size > 0 && s->text[s->size - 1] != '.')
        put(s, " ", 1);
    if (t->kind == TOKEN_NAME && t->size >= 2)
        put(s, t->text + 1, t->size - 2);
    else
        put(s, t->text, t->size);
    ddl_advance(p);
}

static void put_brackets(struct ddl *p, struct spelling *s)
{
    const char *inner;
    size_t size;
    (void)ddl_brackets(p, &inner, &size);
    put(s, "(", 1);
    for (const char *end = inner + size; inner < end;) {
        const char *feed = inner;
        while (feed < end && *feed != '\n' && *feed != '\r' && *feed != '\t')
            feed++;
        put(s, inner, (size_t)(feed - inner));
        for (inner = feed; inner < end && (*inner == '\n' || *inner == '\r' || *inner == '\t' || *inner == ' ');)
            inner++;
    }
    put(s, ")", 1);
}

/* int[], int[3][3] */
static void put_dimensions(struct ddl *p, struct spelling *s)
{
    while (ddl_accept_mark(p, '[')) {
        while (!ddl_stopped(p) && !(p->token.kind == TOKEN_MARK && p->token.mark == ']') &&
               p->token.kind != TOKEN_CLOSE)
            ddl_advance(p);
        (void)ddl_accept_mark(p, ']');
        put(s, "[]", 2);
    }
}

/* Words of SQLite that no type can have. */
static bool ends_sqlite(enum ddl_word word)
{
    switch (word) {
    case WORD_CONSTRAINT:
    case WORD_PRIMARY:
    case WORD_NOT:
    case WORD_NULL:
    case WORD_UNIQUE:
    case WORD_CHECK:
    case WORD_DEFAULT:
    case WORD_COLLATE:
    case WORD_REFERENCES:
    case WORD_GENERATED:
    case WORD_AS:
    case WORD_AUTOINCREMENT:
    case WORD_COMMENT:
    case WORD_FOREIGN:
        return true;
    default:
        return false;
    }
}

/* Second and later words of a type; in no dialect do they begin an attribute. */
static bool goes_on(struct ddl *p)
{
    switch (p->token.word) {
    case WORD_PRECISION:
    case WORD_VARYING:
    case WORD_LARGE:
    case WORD_OBJECT:
    case WORD_UNSIGNED:
    case WORD_SIGNED:
    case WORD_ZEROFILL:
    case WORD_RAW:
    case WORD_VARCHAR:
    case WORD_CHAR:
    case WORD_BYTE:
    case WORD_DAY:
    case WORD_YEAR:
    case WORD_MONTH:
    case WORD_HOUR:
    case WORD_MINUTE:
    case WORD_SECOND:
    case WORD_TO:
    case WORD_LOCAL:
    case WORD_TIME:
    case WORD_ZONE:
        return true;
    case WORD_CHARACTER:
        return ddl_peek(p)->word != WORD_SET;
    case WORD_WITH:
    case WORD_WITHOUT:
        return ddl_peek(p)->word == WORD_TIME || ddl_peek(p)->word == WORD_LOCAL;
    default:
        return false;
    }
}

static bool begins(const struct ddl *p)
{
    if (p->token.kind == TOKEN_NAME)
        return true;
    if (p->token.kind == TOKEN_STRING)
        return p->dialect == DDL_SQLITE;
    return p->token.kind == TOKEN_WORD && !ends_sqlite(p->token.word) && p->token.word != WORD_WITH &&
           p->token.word != WORD_IDENTITY;
}

static void read_spelling(struct ddl *p, struct spelling *s)
{
    put_word(p, s);
    for (;;) {
        if (p->token.kind == TOKEN_OPEN) {
            put_brackets(p, s);
        } else if (p->token.kind == TOKEN_DOT) {
            put(s, ".", 1);
            ddl_advance(p);
            if (p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_NAME)
                put_word(p, s);
        } else if (p->token.kind == TOKEN_MARK && p->token.mark == '[') {
            put_dimensions(p, s);
        } else if (p->dialect == DDL_POSTGRESQL && p->token.size == 5 && strncasecmp(p->token.text, "ARRAY", 5) == 0) {
            ddl_advance(p); /* int ARRAY, int ARRAY[3] */
            if (p->token.kind == TOKEN_MARK && p->token.mark == '[')
                put_dimensions(p, s);
            else
                put(s, "[]", 2);
        } else if (p->dialect == DDL_SQLITE
                       ? (p->token.kind == TOKEN_WORD && !ends_sqlite(p->token.word)) || p->token.kind == TOKEN_NAME
                       : p->token.kind == TOKEN_WORD && goes_on(p)) {
            put_word(p, s);
        } else {
            return;
        }
    }
}

/* 'a','it''s' of an enum as JSON, which is how a type names its members. */
static const char *members_of(struct ddl *p, const char *list, size_t size)
{
    struct ddl_lex lex;
    struct ddl_token token;
    struct buffer b;
    ddl_lex_init(&lex, list, size, p->dialect);
    buffer_init(&b, p->limits.expression_max);
    buffer_text(&b, "[");
    for (ddl_lex_next(&lex, &token); token.kind != TOKEN_END; ddl_lex_next(&lex, &token)) {
        if (token.kind != TOKEN_STRING && token.kind != TOKEN_NAME)
            continue;
        const char *member = ddl_string(p, &token);
        if (b.size > 1)
            buffer_text(&b, ",");
        buffer_json_string(&b, member, strlen(member));
    }
    buffer_text(&b, "]");
    const char *kept = b.overflow ? NULL : ddl_keep(p, buffer_view(&b), b.size);
    buffer_finish(&b);
    return kept;
}

static void understand(struct ddl *p, struct entry *entry)
{
    entry->type = type_from_native(ddl_dialect_text(p->dialect), entry->text);
    const char *open = memchr(entry->text, '(', entry->size);
    if (entry->type.name == TYPE_ENUM && open != NULL)
        entry->type.element = members_of(p, open + 1, entry->size - (size_t)(open + 1 - entry->text));
}

static const struct entry *entry_of(struct ddl *p, const char *text, size_t size)
{
    if (p->natives == NULL)
        p->natives = arena_alloc(p->scratch, sizeof *p->natives);
    size_t hash = size;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    struct entry **slot = &p->natives->slots[(hash ^ hash >> 32) % SLOTS];
    for (struct entry *entry = *slot; entry != NULL; entry = entry->next)
        if (entry->size == size && memcmp(entry->text, text, size) == 0)
            return entry;
    if (!ddl_room(p))
        return NULL;
    struct entry *entry = arena_alloc(p->scratch, sizeof *entry);
    entry->text = ddl_keep(p, text, size);
    entry->size = strlen(entry->text);
    understand(p, entry);
    if (p->natives->count < ENTRIES_MAX && entry->size == size) {
        entry->next = *slot;
        *slot = entry;
        p->natives->count++;
    }
    return entry;
}

/* _int4, _text: an underscore before a type that there is */
static bool is_known_array(const char *text, size_t size)
{
    char element[64];
    if (size > sizeof element)
        return false;
    memcpy(element, text + 1, size - 1);
    element[size - 1] = '\0';
    return type_from_native("postgresql", element).name != TYPE_OTHER;
}

void ddl_native_type(struct ddl *p, struct catalog_column *column)
{
    if (!begins(p))
        return;
    struct spelling s;
    s.size = 0;
    s.cut = false;
    const char *from = p->token.text;
    read_spelling(p, &s);
    bool array = p->dialect == DDL_POSTGRESQL && !s.cut && s.size > 1 && s.text[0] == '_' && TEXT_MAX - s.size > 2;
    if (array && is_known_array(s.text, s.size)) { /* PostgreSQL's own name of an array's type */
        memmove(s.text, s.text + 1, --s.size);
        put(&s, "[]", 2);
    }
    const struct entry *entry = s.cut ? entry_of(p, from, (size_t)(p->behind - from)) : entry_of(p, s.text, s.size);
    if (entry == NULL)
        return;
    column->native_type = entry->text;
    column->type = entry->type;
}
