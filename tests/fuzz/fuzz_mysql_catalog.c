/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_mysql_catalog.c - a server that answers whatever it likes when its catalog is read: a catalog that stands as
 * JSON, or one error. A line is a row, a line "." ends an answer, fields are parted by tabs, \N is NULL; the first
 * byte's bits say how many columns an answer has and which of the two servers it is.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words mysql */

#include <stdlib.h>

#include "base/mem.h"
#include "catalog/connect/mysql/mysql.h"
#include "tests/support/parse_fuzz.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 64 << 20, FIELDS_MAX = 12, ROWS_MAX = 200 };

/* The answers, front to back. */
static struct answers {
    char *rest;
    unsigned fields, rows;
    char *row[FIELDS_MAX];
} answers;

static int ask(MYSQL *session, const char *sql, unsigned long size)
{
    (void)session;
    answers.rows = 0;
    return size == strlen(sql) ? 0 : 1;
}

static MYSQL_RES *answer(MYSQL *session)
{
    (void)session;
    return (MYSQL_RES *)&answers;
}

static MYSQL_ROW next_row(MYSQL_RES *result)
{
    (void)result;
    char *line = fuzz_line(&answers.rest);
    if (strcmp(line, ".") == 0 || (*line == '\0' && *answers.rest == '\0') || ++answers.rows > ROWS_MAX)
        return NULL;
    for (unsigned i = 0; i < FIELDS_MAX; i++) {
        answers.row[i] = line != NULL && strncmp(line, "\\N", 2) != 0 ? line : NULL;
        char *tab = line != NULL ? strchr(line, '\t') : NULL;
        if (tab != NULL)
            *tab++ = '\0';
        line = tab;
    }
    return answers.row;
}

static unsigned field_count(MYSQL_RES *result)
{
    (void)result;
    return answers.fields;
}

static unsigned long long row_count(MYSQL_RES *result)
{
    (void)result;
    return answers.fields & 1;
}

static void give_back(MYSQL_RES *result)
{
    (void)result;
}

static unsigned number_of_error(MYSQL *session)
{
    (void)session;
    return 0;
}

static const char *text_of_error(MYSQL *session)
{
    (void)session;
    return "refused";
}

/* What says a thing twice is refused when it is read back; what is not is the same again. */
static void is_json(struct arena *arena, struct catalog *c)
{
    struct catalog *back = NULL;
    struct error e = ERROR_NONE;
    json_t *json = catalog_to_json(c);
    if (json == NULL)
        abort();
    if (catalog_from_json(arena, json, &back, &e) == ERROR_OK)
        parse_fuzz_reads_back(arena, c);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mysql_api api = { .do_real_query = ask,
                                          .do_store_result = answer,
                                          .do_fetch_row = next_row,
                                          .do_num_fields = field_count,
                                          .do_num_rows = row_count,
                                          .do_free_result = give_back,
                                          .do_errno = number_of_error,
                                          .do_error = text_of_error };
    if (size == 0 || size > INPUT_MAX)
        return 0;
    char *text = mem_text_n((const char *)data + 1, size - 1);
    answers = (struct answers){ .rest = text, .fields = data[0] & 15 };
    struct mysql m = { .api = &api, .mariadb = data[0] & 16 };
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    sqltext_init(&m.sql, "mysql");
    if (mysql_catalog(&m.base, arena, NULL, false, &c, &e) == ERROR_OK)
        is_json(arena, c);
    else if (e.message[0] == '\0')
        abort();
    sqltext_finish(&m.sql);
    arena_destroy(arena);
    free(text);
    return 0;
}
