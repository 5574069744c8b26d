/* SPDX-License-Identifier: Apache-2.0 */
/* made_rows.c - see made_rows.h. */
#include "tests/support/made_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "jobs/discovery/document.h"
#include "jobs/discovery/pii/pii.h"
#include "jobs/discovery/quality/quality.h"

enum { ARENA_MAX = 256 << 20 };

struct arena *made_arena;
struct catalog *made_catalog;

int made_setup(void **state)
{
    (void)state;
    made_arena = arena_create(ARENA_MAX);
    made_catalog = catalog_create(made_arena, "csv", "made");
    return 0;
}

int made_teardown(void **state)
{
    (void)state;
    made_arena = arena_destroy(made_arena);
    return 0;
}

static enum error_class made_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e)
{
    const struct made *made = self;
    const struct catalog_table *t = &made_catalog->tables[0];
    (void)ask;
    for (int row = 0; row < made->rows; row++) {
        char room[MADE_COLUMNS_MAX][300];
        struct rows_value values[MADE_COLUMNS_MAX] = { 0 };
        for (size_t i = 0; i < t->column_count; i++) {
            values[i].text = made->makers[i](row, room[i], sizeof room[i]);
            values[i].size = values[i].text == NULL ? 0 : strlen(values[i].text);
        }
        int answer = sink(context, t, values, e);
        if (answer == ROWS_ENOUGH)
            return ERROR_OK;
        if (answer != ERROR_OK)
            return (enum error_class)answer;
    }
    return ERROR_OK;
}

const struct rows_face made_face = { .read = made_read };

struct catalog_table *made_table(const char *name, const char *columns)
{
    struct catalog_table *t = catalog_table_add(made_catalog, "", name);
    char copy[256], *rest = copy;
    assert_true(text_copy(copy, sizeof copy, columns));
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        struct catalog_column *column = catalog_column_add(made_catalog, t, word);
        column->type.name = TYPE_STRING;
        column->nullable = true;
    }
    return t;
}

void made_judge(struct made *made, const struct profile_options *options)
{
    struct rows_source source = { .face = &made_face, .self = made };
    struct error e = ERROR_NONE;
    assert_int_equal(ERROR_OK, profile_tables(made_catalog, &source, options, NULL, &e));
    pii_find(made_catalog);
    assert_int_equal(ERROR_OK, quality_judge(made_catalog, NULL, &e));
    document_write(made_catalog);
}

const char *made_count(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row + 1);
    return room;
}

const char *made_spread(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", 1000 + row * 37 % 211);
    return room;
}
