/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type.c - names of canonical types, and which dialect answers for native ones.
 */
#include "catalog/type.h"

#include <string.h>

#include "catalog/type_dialect.h"

static const char *const names[] = {
#define X(id, text) [id] = text,
    TYPE_NAMES(X)
#undef X
};

static const struct type_dialect *const dialects[] = { &type_sqlite, &type_postgresql, &type_mysql, &type_oracle,
                                                       &type_sqlserver };

const char *type_text(enum type_name name)
{
    return (size_t)name < sizeof names / sizeof *names ? names[name] : "other";
}

bool type_from_text(const char *text, enum type_name *ret_name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], text) == 0) {
            *ret_name = (enum type_name)i;
            return true;
        }
    }
    return false;
}

static const struct type_dialect *dialect_find(const char *name)
{
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (strcmp(dialects[i]->name, name) == 0)
            return dialects[i];
    return NULL;
}

struct type type_from_native(const char *dialect, const char *native_type)
{
    const struct type_dialect *d = dialect_find(dialect);
    return d != NULL ? d->from_native(native_type) : (struct type){ .name = TYPE_OTHER };
}

bool type_to_native(const char *dialect, const struct type *type, const char *native_type, char *ret_text, size_t size,
                    const char **ret_loss)
{
    const struct type_dialect *d = dialect_find(dialect);
    *ret_loss = NULL;
    return d != NULL && d->to_native != NULL && d->to_native(type, native_type, ret_text, size, ret_loss);
}
