/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_trigger.c - CREATE TRIGGER: when it fires and its name are an extra of its table, as the live database is read;
 * its code is passed over.
 *
 * Oracle's and SQL Server's are named in the catalog's extras: what their servers tell of when they fire is not said
 * in one place of the text. So is one whose table is no table of this text (a view, or a database).
 */
#include <string.h>

#include "base/buffer.h"
#include "catalog/parse/ddl/ddl_statement.h"

enum { EVENTS = 4, HEAD_TOKENS_MAX = 2000 };

struct head {
    const char *timing;
    bool events[EVENTS];
};

static const char *const event_words[EVENTS] = { "INSERT", "DELETE", "UPDATE", "TRUNCATE" };

static bool is(const struct ddl_token *t, const char *word)
{
    return t->kind == TOKEN_WORD && t->size == strlen(word) && strncasecmp(t->text, word, t->size) == 0;
}

/* BEFORE INSERT OR UPDATE OF a, b: to the ON of the table. */
static bool read_head(struct ddl *p, struct head *ret_head)
{
    static const char *const timings[] = { "BEFORE", "AFTER", "INSTEAD" };
    for (size_t taken = 0; taken < HEAD_TOKENS_MAX && !ddl_stopped(p); taken++) {
        if (ddl_accept(p, WORD_ON))
            return ret_head->timing != NULL;
        for (size_t i = 0; i < sizeof timings / sizeof *timings; i++)
            if (is(&p->token, timings[i]))
                ret_head->timing = i == 2 ? "INSTEAD OF" : timings[i];
        for (size_t i = 0; i < EVENTS; i++)
            ret_head->events[i] = ret_head->events[i] || is(&p->token, event_words[i]);
        if (is(&p->token, "UPDATE") && is(ddl_peek(p), "OF")) { /* columns may be called like anything */
            while (!ddl_stopped(p) && p->token.word != WORD_ON && !is(ddl_peek(p), "OR"))
                ddl_advance(p);
            if (p->token.word == WORD_ON)
                continue;
        }
        ddl_advance(p);
    }
    return false;
}

static const char *text_of(struct ddl *p, const struct head *head, const char *name)
{
    struct buffer b;
    buffer_init(&b, p->limits.expression_max);
    buffer_text(&b, head->timing);
    for (size_t i = 0, said = 0; i < EVENTS; i++)
        if (head->events[i])
            (void)buffer_format(&b, "%s%s", said++ > 0 ? " OR " : " ", event_words[i]);
    (void)buffer_format(&b, " %s", name);
    const char *text = b.overflow ? name : arena_text(p->arena, buffer_view(&b));
    buffer_finish(&b);
    return text;
}

/* A trigger of SQLite fires before its event unless it says otherwise. */
void ddl_create_trigger(struct ddl *p)
{
    struct ddl_path path = { 0 }, on = { 0 };
    struct head head = { .timing = p->dialect == DDL_SQLITE ? "BEFORE" : NULL };
    struct ddl_table *t = NULL;
    if (p->token.word == WORD_IF && ddl_peek(p)->word == WORD_NOT) {
        ddl_advance(p);
        ddl_advance(p);
        (void)ddl_accept(p, WORD_EXISTS);
    }
    (void)ddl_path(p, &path);
    bool told = p->dialect == DDL_MYSQL || p->dialect == DDL_POSTGRESQL || p->dialect == DDL_SQLITE;
    if (told && path.name.text != NULL && read_head(p, &head) && ddl_path(p, &on))
        t = ddl_table_find(p, &on);
    if (t == NULL || !ddl_room(p)) {
        ddl_leave_out(p, DDL_TRIGGER, "trigger", &path);
    } else {
        ddl_leave_out(p, DDL_TRIGGER, "trigger", NULL); /* its code is */
        const char *text = text_of(p, &head, path.name.text);
        if (ddl_grows(p, t->table.extra_count, sizeof *t->table.extras))
            *catalog_extra_add(p->c, &t->table) = (struct catalog_extra){ .what = "trigger", .text = text };
    }
    ddl_skip_body(p);
}
