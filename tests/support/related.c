/* SPDX-License-Identifier: Apache-2.0 */
/* related.c - see related.h. */
#include "tests/support/related.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "jobs/discovery/relationships/relationships.h"

struct arena *related_arena;
struct catalog *related_catalog;

int related_setup(void **state)
{
    (void)state;
    related_arena = arena_create((size_t)1 << 30);
    return 0;
}

int related_teardown(void **state)
{
    (void)state;
    related_arena = arena_destroy(related_arena);
    return 0;
}

void related_column(struct catalog_table *t, char *word)
{
    bool primary = strchr(word, '*') != NULL, unique = strchr(word, '+') != NULL;
    char *tilde = strchr(word, '~');
    enum type_name type = TYPE_INTEGER;
    word[strcspn(word, "*+~")] = '\0';
    if (tilde != NULL)
        assert_true(type_from_text(tilde + 1, &type));
    struct catalog_column *column = catalog_column_add(related_catalog, t, word);
    column->type = (struct type){ .name = type };
    column->nullable = !primary;
    if (primary)
        catalog_name_add(related_catalog, &t->primary_key.columns, word);
    if (unique)
        catalog_name_add(related_catalog, &catalog_unique_add(related_catalog, t)->columns, word);
}

void related_make(const char *schema)
{
    char *copy = arena_text(related_arena, schema), *rest = copy, *line;
    related_catalog = catalog_create(related_arena, "postgresql", "test");
    while ((line = strsep(&rest, ";")) != NULL) {
        char *colon = strchr(line, ':'), *word, *columns = colon + 1;
        assert_non_null(colon);
        *colon = '\0';
        line += strspn(line, " ");
        struct catalog_table *t = catalog_table_add(related_catalog, "main", line);
        while ((word = strsep(&columns, ", ")) != NULL)
            if (*word != '\0')
                related_column(t, word);
    }
}

void related_find(const struct rows_source *rows)
{
    struct error e = ERROR_NONE;
    const struct relationships_options o = { .rows = rows };
    assert_int_equal(relationships_find(related_catalog, &o, &e), ERROR_OK);
}

const struct catalog_relationship *related_found(const char *table, const char *column)
{
    for (size_t i = 0; i < related_catalog->relationship_count; i++) {
        const struct catalog_relationship *r = &related_catalog->relationships[i];
        if (strcmp(r->from_table, table) == 0 && strcmp(r->from_columns.items[0], column) == 0)
            return r;
    }
    return NULL;
}

void related_expect(const char *const *lines)
{
    size_t count = 0;
    for (; lines[count] != NULL; count++) {
        bool there = false;
        for (size_t i = 0; i < related_catalog->relationship_count; i++) {
            const struct catalog_relationship *r = &related_catalog->relationships[i];
            const char *text = arena_format(related_arena, "%s.%s -> %s.%s", r->from_table, r->from_columns.items[0],
                                            r->to_table, r->to_columns.items[0]);
            there = there || strcmp(text, lines[count]) == 0;
        }
        if (!there)
            fail_msg("not found: %s", lines[count]);
    }
    for (size_t i = count; i < related_catalog->relationship_count; i++)
        print_message("told: %s.%s -> %s\n", related_catalog->relationships[i].from_table,
                      related_catalog->relationships[i].from_columns.items[0],
                      related_catalog->relationships[i].to_table);
    assert_int_equal(related_catalog->relationship_count, count);
}
