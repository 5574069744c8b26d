/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.c - what a table is, is for, holds and is tied to, one sentence a fact.
 *
 * The purpose is guessed from names and structure, and the sentence says that it is a guess. Values appear only where
 * they are categories and not of a person.
 */
#include "jobs/discovery/document.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/profile.h"
#include "jobs/discovery/pii/pii_mask.h"
#include "jobs/discovery/pii/pii_name.h"
#include "jobs/discovery/profile/profile_column.h"
#include "jobs/discovery/profile/profile_index.h"
#include "jobs/discovery/words.h"

/* Several texts, NULL behind the last. */
static void texts_write(struct buffer *b, const char *first, ...) __attribute__((sentinel));

static void texts_write(struct buffer *b, const char *first, ...)
{
    va_list args;
    va_start(args, first);
    for (const char *text = first; text != NULL; text = va_arg(args, const char *))
        buffer_text(b, text);
    va_end(args);
}

static void names_write(struct buffer *b, const struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        texts_write(b, i == 0 ? "" : i + 1 == names->count ? " and " : ", ", names->items[i], NULL);
}

static void table_name_write(struct buffer *b, const char *schema, const char *name)
{
    if (schema != NULL && schema[0] != '\0')
        texts_write(b, schema, ".", NULL);
    buffer_text(b, name);
}

/* "order_items" is "order items". */
static void words_write(struct buffer *b, const struct words *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        texts_write(b, i == 0 ? "" : " ", w->items[i], NULL);
    if (w->count == 0)
        buffer_text(b, name);
}

static bool has_word(const struct words *w, const char *const *words)
{
    for (size_t i = 0; i < w->count; i++)
        for (const char *const *word = words; *word != NULL; word++)
            if (w->items[i][0] == (*word)[0] && strcmp(w->items[i], *word) == 0)
                return true;
    return false;
}

static bool is_pii(const struct catalog_profile *p)
{
    return p != NULL && p->pii_class != NULL && strcmp(p->pii_class, "none") != 0;
}

static size_t pii_columns(const struct catalog_table *t)
{
    size_t count = 0;
    for (size_t i = 0; i < t->column_count; i++)
        count += is_pii(t->columns[i].profile);
    return count;
}

static const char *purpose(const struct pii_vocabulary *v, const struct catalog_table *t, const struct words *w,
                           size_t pii)
{
    static const char *const logs[] = { "log",   "logs",   "audit", "history", "hist",
                                        "event", "events", "trace", "archive", NULL };
    static const char *const settings[] = { "setting", "settings",    "config",    "configuration", "option",
                                            "options", "preferences", "parameter", "parameters",    NULL };
    static const char *const types[] = { "type",  "types",  "status", "statuses", "category", "categories", "kind",
                                         "kinds", "lookup", "code",   "codes",    "state",    "states",     NULL };
    static const char *const deals[] = { "order",    "orders", "invoice",     "invoices",    "payment",      "payments",
                                         "sale",     "sales",  "purchase",    "transaction", "transactions", "booking",
                                         "bookings", "rental", "reservation", NULL };
    struct pii_name name = { .person = false };
    if (t->junction)
        return "ties rows of other tables together";
    if (has_word(w, logs))
        return "seems to record what happened, row by row";
    if (has_word(w, settings))
        return "seems to hold settings";
    if (pii < 4)
        pii_name_read_table(v, t->name, &name);
    if (name.person || pii >= 4)
        return "seems to hold people and how to reach them";
    if (has_word(w, deals))
        return "seems to hold business transactions";
    if (has_word(w, types) || (t->column_count <= 3 && t->rows >= 0 && t->rows < 200 && t->foreign_key_count == 0))
        return "seems to be a list of values that other tables choose from";
    if (t->parent != NULL)
        return "holds what is nested in another table's rows";
    return NULL;
}

static void columns_write(struct buffer *b, const struct catalog *c, const struct catalog_table *t)
{
    size_t shown = t->column_count < DOCUMENT_COLUMNS_MAX ? t->column_count : DOCUMENT_COLUMNS_MAX;
    for (size_t i = 0; i < shown && b->size < DOCUMENT_MAX - 2048; i++) {
        const struct catalog_column *column = &t->columns[i];
        const struct catalog_profile *p = column->profile;
        texts_write(b, column->name, " is ", type_text(column->type.name), column->nullable ? NULL : ", always there",
                    NULL);
        if (is_pii(p))
            texts_write(b, ", personal data (", p->pii_class, ")", NULL);
        else if (p != NULL && p->pii_sensitive != NULL)
            texts_write(b, ", sensitive (", p->pii_sensitive, ")", NULL);
        if (p != NULL && p->distinct >= 0 && p->rows > 0)
            buffer_format(b, ", %s%lld different values", p->estimated ? "about " : "", (long long)p->distinct);
        bool category =
            p != NULL && p->indexing != NULL && strcmp(p->indexing, "categorical") == 0 && p->pii_sensitive == NULL;
        for (size_t j = 0; category && j < p->common_count && j < 8; j++)
            if (strlen(p->common[j].value) <= 40)
                buffer_format(b, "%s%s", j == 0 ? ": " : ", ", pii_mask_inside(c->arena, p->common[j].value));
        if (column->comment != NULL && column->comment[0] != '\0')
            buffer_format(b, " (%.200s)", column->comment);
        buffer_text(b, ". ");
    }
    if (shown < t->column_count)
        buffer_format(b, "%zu more columns. ", t->column_count - shown);
}

static void keys_write(struct buffer *b, const struct catalog_table *t)
{
    if (t->primary_key.columns.count > 0) {
        buffer_text(b, "Its primary key is ");
        names_write(b, &t->primary_key.columns);
        buffer_text(b, ". ");
    } else {
        buffer_text(b, "It has no primary key. ");
    }
    for (size_t i = 0; i < t->foreign_key_count && i < 50; i++) {
        const struct catalog_foreign_key *key = &t->foreign_keys[i];
        buffer_text(b, "Each row may refer to one of ");
        table_name_write(b, key->ref_schema, key->ref_table);
        buffer_text(b, " by ");
        names_write(b, &key->columns);
        buffer_text(b, ". ");
    }
}

/* The relationships of each table, by lists over one array: entry 2 * i is the side that refers in relationship i. */
struct ties {
    size_t *head, *next; /* SIZE_MAX: the end */
};

static void tie(struct ties *ties, const struct catalog *c, const char *schema, const char *name, size_t entry)
{
    const struct catalog_table *t = catalog_table_find(c, schema, name);
    if (t == NULL)
        return;
    size_t place = (size_t)(t - c->tables);
    ties->next[entry] = ties->head[place];
    ties->head[place] = entry;
}

static void ties_init(struct ties *ties, const struct catalog *c)
{
    ties->head = mem_alloc((c->table_count + 1) * sizeof *ties->head);
    ties->next = mem_alloc((2 * c->relationship_count + 1) * sizeof *ties->next);
    memset(ties->head, 0xFF, (c->table_count + 1) * sizeof *ties->head);
    for (size_t i = c->relationship_count; i-- > 0;) {
        const struct catalog_relationship *r = &c->relationships[i];
        tie(ties, c, r->to_schema, r->to_table, 2 * i + 1);
        tie(ties, c, r->from_schema, r->from_table, 2 * i);
    }
}

/* Relationships that were found, and those who refer here. */
static void ties_write(struct buffer *b, const struct catalog *c, const struct ties *ties, size_t table)
{
    size_t shown = 0;
    for (size_t entry = ties->head[table]; entry != SIZE_MAX && shown < 50; entry = ties->next[entry]) {
        const struct catalog_relationship *r = &c->relationships[entry / 2];
        if (entry % 2 == 1) {
            table_name_write(b, r->from_schema, r->from_table);
            buffer_text(b, " refers to it by ");
        } else if (text_equal(r->origin, "found")) {
            buffer_text(b, "It seems to refer to ");
            table_name_write(b, r->to_schema, r->to_table);
            buffer_text(b, " by ");
        } else {
            continue; /* said with the keys */
        }
        names_write(b, &r->from_columns);
        buffer_text(b, ". ");
        shown++;
    }
}

static const char *write_one(struct catalog *c, const struct catalog_table *t, const struct pii_vocabulary *v,
                             const struct ties *ties, struct buffer *b)
{
    struct words w;
    size_t pii = pii_columns(t);
    words_read(t->name, &w);
    buffer_clear(b);
    buffer_text(b, "Table ");
    table_name_write(b, t->schema, t->name);
    buffer_text(b, " (");
    words_write(b, &w, t->name);
    const char *what = purpose(v, t, &w, pii);
    texts_write(b, ")", what == NULL ? "" : " ", what == NULL ? "" : what, ". ", NULL);
    if (t->comment != NULL && t->comment[0] != '\0')
        buffer_format(b, "%.500s. ", t->comment);
    if (t->rows >= 0)
        buffer_format(b, "It has %s%lld row%s and %zu column%s. ", t->rows_exact ? "" : "about ", (long long)t->rows,
                      t->rows == 1 ? "" : "s", t->column_count, t->column_count == 1 ? "" : "s");
    else
        buffer_format(b, "It has %zu column%s. ", t->column_count, t->column_count == 1 ? "" : "s");
    keys_write(b, t);
    ties_write(b, c, ties, (size_t)(t - c->tables));
    columns_write(b, c, t);
    if (pii > 0)
        buffer_format(b, "%zu of its columns hold personal data. ", pii);
    while (b->size > 0 && b->data[b->size - 1] == ' ')
        b->size--;
    return catalog_clean_text_n(c->arena, b->data, b->size);
}

void document_write(struct catalog *c)
{
    profile_index(c);
    struct pii_vocabulary *v = pii_vocabulary_create();
    struct ties ties;
    struct buffer b;
    buffer_init(&b, DOCUMENT_MAX);
    ties_init(&ties, c);
    for (size_t i = 0; i < c->table_count && arena_room(c->arena) > PROFILE_ARENA_SPARE / 2; i++)
        c->tables[i].document = write_one(c, &c->tables[i], v, &ties, &b);
    buffer_finish(&b);
    free(ties.head);
    free(ties.next);
    pii_vocabulary_destroy(v);
}
