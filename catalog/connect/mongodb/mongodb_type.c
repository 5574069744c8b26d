/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_type.c - types of columns by what BSON says of their values.
 *
 * One type at a place is that type; whole numbers, doubles and decimals are taken together as the widest of them; any
 * other mixture is text. Each mixture is told with its shares. Texts in which every value is a day or a time keep the
 * type that the rules for documents have found, their native type says that they are strings.
 */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "catalog/connect/mongodb/mongodb.h"

enum { NATIVE_MAX = 256, OBJECT_ID_CHARS = 24, DATE_PRECISION = 3, TOLD_MAX = 200 };

static struct type type_of(enum mongodb_native native, const struct type *found)
{
    switch (native) {
    case MONGODB_OBJECT_ID:
        return (struct type){ .name = TYPE_CHAR, .length = OBJECT_ID_CHARS };
    case MONGODB_INT:
        return (struct type){ .name = TYPE_INTEGER };
    case MONGODB_LONG:
        return (struct type){ .name = TYPE_BIGINT };
    case MONGODB_DOUBLE:
        return (struct type){ .name = TYPE_DOUBLE };
    case MONGODB_DECIMAL:
        return (struct type){ .name = TYPE_DECIMAL };
    case MONGODB_BOOL:
        return (struct type){ .name = TYPE_BOOLEAN };
    case MONGODB_DATE:
        return (struct type){ .name = TYPE_TIMESTAMP, .precision = DATE_PRECISION, .timezone = true };
    case MONGODB_TIMESTAMP:
        return (struct type){ .name = TYPE_TIMESTAMP, .timezone = true };
    case MONGODB_UUID:
        return (struct type){ .name = TYPE_UUID };
    case MONGODB_BIN_DATA:
        return (struct type){ .name = TYPE_BINARY };
    case MONGODB_OBJECT:
        return (struct type){ .name = TYPE_OBJECT };
    case MONGODB_ARRAY:
        return (struct type){ .name = TYPE_ARRAY };
    case MONGODB_STRING:
        if (found->name == TYPE_DATE || found->name == TYPE_TIME)
            return *found;
        if (found->name == TYPE_DATETIME)
            return (struct type){ .name = TYPE_TIMESTAMP, .precision = -1, .timezone = found->timezone };
        break;
    default:
        break;
    }
    return (struct type){ .name = TYPE_TEXT };
}

/* Of a list its items count; a column of values has no objects, those at its place are rows. */
static bool counts(const struct nested_facts *f, int native)
{
    return f->natives[native] > 0 && native != MONGODB_ARRAY && (native != MONGODB_OBJECT || f->list || f->object);
}

/* Of several numbers: the widest. false: something else is among them. */
static bool number_of(const struct nested_facts *f, struct type *ret_type)
{
    for (int i = 0; i < MONGODB_NATIVE_COUNT; i++)
        if (counts(f, i) && i != MONGODB_INT && i != MONGODB_LONG && i != MONGODB_DOUBLE && i != MONGODB_DECIMAL)
            return false;
    ret_type->name = f->natives[MONGODB_DECIMAL] > 0  ? TYPE_DECIMAL
                     : f->natives[MONGODB_DOUBLE] > 0 ? TYPE_DOUBLE
                                                      : TYPE_BIGINT;
    return true;
}

/* "int|string"; the shares of each in ret_shares. */
static int native_of(const struct nested_facts *f, char ret_native[static NATIVE_MAX],
                     char ret_shares[static NATIVE_MAX], enum mongodb_native *ret_only)
{
    int kinds = 0;
    size_t native = 0, shares = 0;
    int64_t all = 0;
    for (int i = 0; i < MONGODB_NATIVE_COUNT; i++)
        all += counts(f, i) ? f->natives[i] : 0;
    ret_native[0] = ret_shares[0] = '\0';
    for (int i = 0; i < MONGODB_NATIVE_COUNT; i++) {
        if (!counts(f, i))
            continue;
        const char *name = mongodb_native_name((enum mongodb_native)i);
        *ret_only = (enum mongodb_native)i;
        native += (size_t)snprintf(ret_native + native, NATIVE_MAX - native, "%s%s", kinds > 0 ? "|" : "", name);
        shares += (size_t)snprintf(ret_shares + shares, NATIVE_MAX - shares, "%s%s %.1f %%", kinds > 0 ? ", " : "",
                                   name, 100.0 * (double)f->natives[i] / (double)all);
        kinds++;
    }
    return kinds;
}

static void tell(struct catalog *c, const struct catalog_table *t, const char *message)
{
    size_t told = 0; /* of this table, which is being made: the last ones */
    for (size_t i = c->diagnostic_count; i > 0 && c->diagnostics[i - 1].table == t->name; i--)
        told++;
    if (told < TOLD_MAX)
        catalog_diagnostic_add(c, "warning", message)->table = t->name;
}

static void settle_list(struct catalog *c, const struct catalog_table *t, struct catalog_column *column,
                        const struct nested_facts *f, const char *native, const char *shares, int kinds)
{
    column->type = (struct type){ .name = TYPE_ARRAY };
    column->native_type = kinds > 0 ? arena_format(c->arena, "%s[]", native) : "array";
    column->type.element = column->native_type;
    if (f->single > 0 && f->lists > 0)
        tell(c, t,
             arena_format(c->arena, "column %.300s holds a list in %.1f %% and a single value in %.1f %%: read as list",
                          column->name, 100.0 * (double)f->lists / (double)(f->lists + f->single),
                          100.0 * (double)f->single / (double)(f->lists + f->single)));
    if (kinds > 1)
        tell(c, t, arena_format(c->arena, "lists of column %.300s hold %s", column->name, shares));
}

void mongodb_type_settle(void *self, struct catalog *c, struct catalog_table *t, struct catalog_column *column,
                         const struct nested_facts *f)
{
    (void)self;
    char native[NATIVE_MAX], shares[NATIVE_MAX];
    enum mongodb_native only = MONGODB_STRING;
    int kinds = native_of(f, native, shares, &only);
    if (f->list) {
        settle_list(c, t, column, f, native, shares, kinds);
        return;
    }
    column->native_type = kinds > 0 ? arena_text(c->arena, native) : "null";
    if (kinds == 0) {
        column->type = (struct type){ .name = TYPE_TEXT };
        return;
    }
    if (kinds == 1) {
        column->type = type_of(only, &column->type);
        return;
    }
    struct type type = { .name = f->object ? TYPE_OBJECT : TYPE_TEXT };
    if (!f->object)
        (void)number_of(f, &type);
    column->type = type;
    tell(c, t,
         arena_format(c->arena, "column %.300s holds %s: read as %s", column->name, shares, type_text(type.name)));
}
