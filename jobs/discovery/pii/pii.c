/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii.c - the decision about each column of a table, in two rounds.
 *
 * First round: name and values of each column by themselves. Second round: what found no class is looked at again, now
 * that it is known what stands beside it. Whatever is decided says why, in words and without a value.
 */
#include "jobs/discovery/pii/pii.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/key_marks.h"
#include "catalog/profile_pool.h"
#include "jobs/discovery/pii/pii_judge.h"
#include "jobs/discovery/pii/pii_name.h"
#include "jobs/discovery/profile/profile_column.h"

static const char *const class_texts[] = {
#define X(id, text) text,
    PII_CLASSES(X)
#undef X
};

static const char *const sensitive_texts[] = {
#define X(id, text) text,
    PII_SENSITIVES(X)
#undef X
};

static const char *const sensitive_evidence[] = {
#define X(id, text) "the name speaks of " text,
    PII_SENSITIVES(X)
#undef X
};

const char *pii_class_text(enum pii_class class)
{
    return class_texts[class];
}

enum pii_class pii_class_from_text(const char *text)
{
    for (size_t i = 0; text != NULL && i < PII_CLASS_COUNT; i++)
        if (strcmp(text, class_texts[i]) == 0)
            return (enum pii_class)i;
    return PII_NONE;
}

const char *pii_sensitive_text(enum pii_sensitive sensitive)
{
    return sensitive_texts[sensitive];
}

struct column_case {
    const struct catalog_column *column;
    const struct profile_evidence *v; /* NULL: no value was seen */
    struct pii_name name;
    struct pii_verdict verdict;
    bool by_name, key;
};

static bool is_number(enum type_name type)
{
    return type == TYPE_SMALLINT || type == TYPE_INTEGER || type == TYPE_BIGINT || type == TYPE_DECIMAL ||
           type == TYPE_NUMBER || type == TYPE_REAL || type == TYPE_DOUBLE;
}

/* Can a column of this type hold the class at all? */
static bool type_allows(const struct column_case *k, enum pii_class class)
{
    enum type_name type = k->column->type.name;
    switch (type) {
    case TYPE_BOOLEAN:
    case TYPE_TIME:
    case TYPE_INTERVAL:
    case TYPE_ENUM:
        return false;
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
    case TYPE_DATETIME:
        return class == PII_DOB || (class == PII_CREDIT_CARD && k->name.expiry);
    case TYPE_UUID:
        return class == PII_SECRET;
    case TYPE_BINARY:
        return class == PII_PASSWORD || class == PII_SECRET || class == PII_IP;
    default:
        break;
    }
    if (!is_number(type))
        return true;
    bool digits = class == PII_PHONE || class == PII_CITY_ZIP || class == PII_CREDIT_CARD || class == PII_NATIONAL_ID ||
                  class == PII_TAX_ID || class == PII_BANK_ACCOUNT || class == PII_DOB || class == PII_PASSPORT ||
                  class == PII_DRIVER_LICENSE || (class == PII_ADDRESS && k->v != NULL) ||
                  (class == PII_PASSWORD && k->v != NULL);
    return digits && !k->key && type != TYPE_REAL && type != TYPE_DOUBLE;
}

static void find_by_name(struct column_case *k, const struct pii_neighbours *n)
{
    struct pii_name *name = &k->name;
    if (name->generic && n->person_table && !k->key) {
        name->class = PII_NAME;
        name->strength = 0.78;
    }
    if (name->class == PII_NONE || !type_allows(k, name->class))
        return;
    double fits = k->v == NULL ? 0.75 : pii_judge_fits(name->class, name, k->v);
    if (fits < 0.25)
        return;
    k->by_name = true;
    k->verdict.class = name->class;
    k->verdict.confidence = name->strength * (k->v == NULL ? 0.85 : fits >= 0.9 ? 1.04 : 0.6 + 0.4 * fits);
    k->verdict.confidence = k->verdict.confidence > 0.99 ? 0.99 : k->verdict.confidence;
}

static void find_by_values(struct column_case *k, const struct pii_neighbours *n)
{
    bool strict = k->name.other || (k->by_name && k->verdict.confidence >= 0.5);
    enum type_name type = k->column->type.name;
    if (k->v == NULL || type == TYPE_BOOLEAN || type == TYPE_UUID || (k->key && is_number(type)))
        return;
    struct pii_verdict found = pii_judge_values(&k->name, k->v, strict, n);
    if (found.class == PII_NONE || !type_allows(k, found.class))
        return;
    bool surer = found.confidence > k->verdict.confidence;
    if (found.class == k->verdict.class) {
        k->verdict.why = found.why;
        k->verdict.share = found.share;
        if (surer)
            k->verdict.confidence = found.confidence;
    } else if (k->verdict.class == PII_NONE || (surer && !k->by_name)) {
        k->verdict = found;
    }
}

/* "name" in a table of things with people's data beside it, or whose values no list knows. */
static void find_generic(struct column_case *k, const struct pii_neighbours *n)
{
    if (!k->name.generic || k->verdict.class != PII_NONE || n->thing_table || n->credit_table || n->people < 1 ||
        !type_allows(k, PII_NAME) || k->key)
        return;
    if (k->v != NULL &&
        (pii_judge_fits(PII_NAME, &k->name, k->v) < 0.4 || profile_share(k->v, PII_SHAPE_NAME_ANY) < 0.25))
        return;
    k->by_name = true;
    k->verdict = (struct pii_verdict){ .class = PII_NAME, .confidence = k->v == NULL ? 0.55 : 0.7 };
}

static bool is_people(enum pii_class class)
{
    return class == PII_NAME || class == PII_EMAIL || class == PII_PHONE || class == PII_DOB || class == PII_USERNAME ||
           class == PII_NATIONAL_ID || class == PII_PASSWORD;
}

static bool is_place(enum pii_class class)
{
    return class == PII_ADDRESS || class == PII_CITY_ZIP;
}

/* What the verdicts of a table's columns come to, kept as they change: nobody counts them anew for each column. */
struct around {
    size_t people, places, contacts, codes;
};

static bool is_sure(const struct column_case *k)
{
    return !(k->verdict.confidence < 0.55);
}

/* Adds what one column says, or with -1 takes it back. */
static void around_add(struct around *a, const struct column_case *k, int times)
{
    enum pii_class class = k->verdict.class;
    if (!is_sure(k))
        return;
    size_t one = (size_t)times;
    a->people += is_people(class) ? one : 0;
    a->places += is_place(class) ? one : 0;
    a->codes += class == PII_CITY_ZIP && k->v != NULL &&
                        profile_share(k->v, PII_SHAPE_ZIP) + profile_share(k->v, PII_SHAPE_ZIP_DIGITS) >= 0.5
                    ? one
                    : 0;
    a->contacts += class == PII_EMAIL || class == PII_USERNAME || class == PII_PHONE ? one : 0;
}

/* `a` is without the column itself. */
static void look_around(const struct around *a, const struct column_case *cases, size_t count, size_t self,
                        struct pii_neighbours *n)
{
    n->people = (int)a->people;
    n->places = (int)a->places;
    n->contact = a->contacts > 0;
    n->codes = (int)a->codes;
    n->place_beside = false;
    for (size_t i = self < 2 ? 0 : self - 2; i < count && i <= self + 2; i++)
        n->place_beside = n->place_beside || (i != self && is_sure(&cases[i]) && is_place(cases[i].verdict.class));
}

static const char *evidence_of(struct arena *arena, const struct column_case *k)
{
    const struct pii_verdict *v = &k->verdict;
    int percent = (int)(v->share * 100 + 0.5);
    percent = percent > 100 ? 100 : percent;
    if (v->class == PII_NONE)
        return k->name.sensitive == PII_SENSITIVE_NOTHING ? NULL : sensitive_evidence[k->name.sensitive];
    if (v->why == NULL)
        return k->v == NULL ? "the name says so, no values were seen" : "the name says so, the values fit";
    const char *name = k->by_name ? "the name says so" : "", *joint = k->by_name ? "; " : "";
    return arena_format(arena, "%s%s%d %% of %lld values %s%s", name, joint, percent, (long long)k->v->sampled,
                        v->class == PII_NATIONAL_ID && strncmp(v->why, "have", 4) != 0 ? "fit the " : "", v->why);
}

static void store(struct catalog *c, struct profile_pool *pool, struct catalog_column *column,
                  const struct column_case *k)
{
    if (arena_room(c->arena) < PROFILE_ARENA_SPARE / 2)
        return;
    struct catalog_profile p;
    memcpy(&p, column->profile != NULL ? column->profile : &catalog_profile_unknown, sizeof p); /* padding too */
    double none = k->v != NULL ? (k->name.other ? 0.95 : 0.85) : (k->name.other ? 0.8 : 0.6);
    bool is = k->verdict.class != PII_NONE && k->verdict.confidence >= 0.5;
    p.pii_class = pii_class_text(is ? k->verdict.class : PII_NONE);
    double confidence = is ? k->verdict.confidence : none;
    p.pii_confidence = (double)(int)(confidence * 1000 + 0.5) / 1000;
    p.pii_evidence = evidence_of(c->arena, k);
    p.pii_sensitive = is || k->name.sensitive == PII_SENSITIVE_NOTHING ? NULL : pii_sensitive_text(k->name.sensitive);
    profile_pool_give(pool, column, &p);
}

/* What is kept from table to table: a name is read once, however many columns bear it. */
struct reader {
    struct pii_vocabulary *vocabulary;
    struct key_marks marks;
    struct profile_pool pool;
    struct pii_name *names; /* under the number of a column's name */
    size_t name_count, name_capacity;
    struct column_case *cases;
    size_t case_capacity;
};

static const struct pii_name *name_of(struct reader *r, const struct catalog_column *column, size_t number)
{
    r->names = mem_grow(r->names, &r->name_capacity, number + 1, sizeof *r->names);
    if (number == r->name_count)
        pii_name_read(r->vocabulary, column->name, &r->names[r->name_count++]);
    return &r->names[number];
}

/* "first" beside "last" are the parts of names; alone they may be first of anything. */
static void find_parts(struct column_case *cases, size_t count)
{
    const char *one = NULL;
    bool several = false;
    for (size_t i = 0; i < count; i++) {
        if (!cases[i].name.part)
            continue;
        several = several || (one != NULL && strcmp(one, cases[i].column->name) != 0);
        one = cases[i].column->name;
    }
    for (size_t i = 0; several && i < count; i++) {
        struct pii_name *name = &cases[i].name;
        if (!name->part)
            continue;
        name->class = PII_NAME;
        name->strength = 0.85;
    }
}

static void find_in_table(struct catalog *c, struct catalog_table *t, struct reader *r)
{
    struct pii_name table;
    struct pii_neighbours n = { 0 };
    struct around around = { 0 };
    struct column_case *cases = r->cases = mem_grow(r->cases, &r->case_capacity, t->column_count + 1, sizeof *r->cases);
    pii_name_read_table(r->vocabulary, t->name, &table);
    n.person_table = table.person;
    n.thing_table = table.other && !table.person;
    n.credit_table = table.credit;
    key_marks_read(&r->marks, t);
    for (size_t i = 0; i < t->column_count; i++) {
        struct column_case *k = &cases[i];
        const struct catalog_column *column = &t->columns[i];
        const struct catalog_profile *p = column->profile;
        *k = (struct column_case){ .column = column, .name = *name_of(r, column, key_marks_number(&r->marks, i)) };
        k->v = p == NULL || p->evidence == NULL || p->evidence->sampled == 0 ? NULL : p->evidence;
        k->key = (key_marks_of(&r->marks, i) & (KEY_MARK_PRIMARY | KEY_MARK_FOREIGN)) != 0;
    }
    find_parts(cases, t->column_count);
    for (size_t i = 0; i < t->column_count; i++) {
        find_by_name(&cases[i], &n);
        find_by_values(&cases[i], &n);
        around_add(&around, &cases[i], 1);
    }
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < t->column_count; i++) {
            if (cases[i].verdict.class != PII_NONE && cases[i].verdict.confidence >= 0.5)
                continue;
            around_add(&around, &cases[i], -1);
            look_around(&around, cases, t->column_count, i, &n);
            find_generic(&cases[i], &n);
            find_by_values(&cases[i], &n);
            around_add(&around, &cases[i], 1);
        }
    for (size_t i = 0; i < t->column_count; i++)
        store(c, &r->pool, &t->columns[i], &cases[i]);
}

void pii_find(struct catalog *c)
{
    struct reader r = { .vocabulary = pii_vocabulary_create() };
    key_marks_init(&r.marks);
    profile_pool_init(&r.pool, c->arena);
    for (size_t i = 0; i < c->table_count; i++)
        find_in_table(c, &c->tables[i], &r);
    key_marks_finish(&r.marks);
    profile_pool_finish(&r.pool);
    pii_vocabulary_destroy(r.vocabulary);
    free(r.names);
    free(r.cases);
}
