/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ddl_postgresql.c - any bytes as SQL of PostgreSQL: tests/support/ddl_fuzz.h says what must hold; and a text of
 * nothing but CREATE TABLEs that PostgreSQL's own parser takes makes as many tables here as it has names there.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql postgresql */

#include <ctype.h>
#include <jansson.h>
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/support/ddl_fuzz.h"

enum { COMPARED_MAX = 4096, DEPTH_MAX = 60, NAME_MAX_BYTES = 62 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* Adds its name; false: it is no plain table that stays, so the text is no measure. */
static bool take(const json_t *statement, json_t *names)
{
    const json_t *node = json_object_get(statement, "CreateStmt"), *relation = json_object_get(node, "relation");
    const char *schema = text_of(relation, "schemaname"), *name = text_of(relation, "relname");
    if (node == NULL || *text_of(relation, "catalogname") != '\0' || strlen(name) > NAME_MAX_BYTES ||
        strlen(schema) > NAME_MAX_BYTES || strcmp(text_of(relation, "relpersistence"), "t") == 0 ||
        strcmp(schema, "pg_temp") == 0)
        return false;
    json_t *full = json_sprintf("%s.%s", *schema != '\0' ? schema : "public", name);
    int failed = json_object_set_new(names, json_string_value(full), json_true());
    json_decref(full);
    return failed == 0;
}

/* -1: PostgreSQL does not take it, or it is no measure. */
static long tables_of_postgresql(const char *text)
{
    PgQueryParseResult result = pg_query_parse(text);
    json_t *tree = result.error == NULL ? json_loads(result.parse_tree, 0, NULL) : NULL;
    json_t *names = json_object();
    bool measure = tree != NULL;
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(tree, "stmts"), i, item) measure =
        measure && take(json_object_get(item, "stmt"), names);
    long count = measure ? (long)json_object_size(names) : -1;
    json_decref(names);
    json_decref(tree);
    pg_query_free_parse_result(result);
    return count;
}

/* Plain text that is not deep: PostgreSQL's parser recurses. */
static bool is_asked(const uint8_t *data, size_t size)
{
    size_t depth = 0;
    for (size_t i = 0; i < size; i++) {
        depth += strchr("([", data[i]) != NULL && data[i] != '\0';
        if (data[i] >= 0x7f || (data[i] < 0x20 && !isspace(data[i])))
            return false;
    }
    return size <= COMPARED_MAX && depth <= DEPTH_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > DDL_FUZZ_MAX)
        return 0;
    long ours = ddl_fuzz_one(DDL_POSTGRESQL, data, size);
    if (ours < 0 || !is_asked(data, size))
        return 0;
    char *text = mem_text_n((const char *)data, size);
    long theirs = tables_of_postgresql(text);
    if (theirs >= 0)
        ddl_fuzz_same_tables("PostgreSQL", theirs, ours);
    free(text);
    return 0;
}
