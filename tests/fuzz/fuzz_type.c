/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_type.c - any text as the type of a column, in every dialect: what it is taken for has a name, its spelling in
 * PostgreSQL and SQLite fits where it is written to, and PostgreSQL's is read as the same type again.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql postgresql mysql oracle sqlserver */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/type.h"

enum { INPUT_MAX = 4096, SPELLING_SIZE = 256 };

static const char *const dialects[] = { "sqlite", "postgresql", "mysql", "oracle", "sqlserver" };
enum { DIALECTS = sizeof dialects / sizeof *dialects };

static void is_right(const struct type *type)
{
    if (type_text(type->name) == NULL || type->length < 0 || type->precision < -1)
        abort();
    if (type->name == TYPE_ENUM && type->element != NULL && type->element[0] == '[') {
        json_t *members = json_loads(type->element, 0, NULL);
        if (!json_is_array(members))
            abort();
        json_decref(members);
    }
}

/* The exact kinds that PostgreSQL has as well, when nothing is said to be lost. */
static bool is_kept(const struct type *type)
{
    return type->name >= TYPE_BOOLEAN && type->name <= TYPE_BIGINT && !type->is_unsigned;
}

static void spell(const struct type *type, const char *native)
{
    for (size_t i = 0; i < 2; i++) {
        char text[SPELLING_SIZE];
        const char *loss = NULL;
        memset(text, 0x55, sizeof text);
        if (!type_to_native(dialects[i], type, native, text, sizeof text, &loss))
            continue;
        if (memchr(text, 0, sizeof text) == NULL)
            abort();
        struct type again = type_from_native(dialects[i], text);
        is_right(&again);
        if (i == 1 && loss == NULL && is_kept(type) && again.name != type->name) {
            (void)fprintf(stderr, "%s became %s\n", type_text(type->name), text);
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return 0;
    char *text = mem_text_n((const char *)data, size);
    for (size_t i = 0; i < DIALECTS; i++) {
        struct type type = type_from_native(dialects[i], text);
        is_right(&type);
        spell(&type, text);
    }
    free(text);
    return 0;
}
