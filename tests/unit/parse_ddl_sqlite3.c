/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_ddl_sqlite3.c - random tables and indexes are read as SQLite itself understood them: the same text is run in
 * memory, and what its pragmas say is compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/support/ddl_facts.h"

enum { STATEMENTS = 3000, ACCEPTED_MIN = 1500 };

static const char facts_sql[] =
    "SELECT 'column ' || ?1 || '.' || name FROM pragma_table_xinfo(?1) UNION ALL "
    "SELECT 'not null ' || ?1 || '.' || name FROM pragma_table_xinfo(?1) x WHERE \"notnull\" OR (pk AND upper(type) = "
    "'INTEGER' "
    "AND (SELECT max(pk) FROM pragma_table_xinfo(?1)) = 1) UNION ALL "
    "SELECT 'primary ' || ?1 || ' ' || group_concat(name) FROM (SELECT name FROM pragma_table_xinfo(?1) WHERE pk ORDER "
    "BY pk) "
    "HAVING count(*) > 0 UNION ALL "
    "SELECT 'foreign ' || ?1 || ' ' || group_concat(\"from\") || '->' || \"table\" || '.' || group_concat(\"to\") || ' "
    "' || "
    "on_delete FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id UNION ALL "
    "SELECT CASE WHEN l.origin = 'u' THEN 'unique ' ELSE iif(l.\"unique\", 'unique index ', 'index ') END || ?1 || ' ' "
    "|| "
    "(SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(l.name) WHERE name IS NOT NULL ORDER BY "
    "seqno)) || "
    "iif(l.partial, ' where', '') || iif((SELECT min(cid) FROM pragma_index_info(l.name)) < -1, ' expression', '') "
    "FROM pragma_index_list(?1) l WHERE l.origin <> 'pk'";

/* false: SQLite does not take the text. */
static bool theirs(const char *text, struct ddl_facts *ret_facts)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    const char *table = strstr(text, "\"The Table\"") != NULL ? "The Table" : "plain_Table";
    *ret_facts = (struct ddl_facts){ 0 };
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    bool accepted = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    if (accepted) {
        assert_int_equal(sqlite3_prepare_v2(db, facts_sql, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW)
            ddl_facts_add(ret_facts, "%s", (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return accepted;
}

/* SQLite joins unique keys over the same columns into one index: such a table is no measure. */
static bool repeats(const struct ddl_facts *facts)
{
    const char *primary = "";
    for (size_t i = 0; i < facts->count; i++)
        if (strncmp(facts->lines[i], "primary ", 8) == 0)
            primary = facts->lines[i] + 8;
    for (size_t i = 0; i < facts->count; i++) {
        bool unique = strncmp(facts->lines[i], "unique ", 7) == 0;
        if (unique && strcmp(facts->lines[i] + 7, primary) == 0)
            return true;
        for (size_t k = i + 1; unique && k < facts->count; k++)
            if (strcmp(facts->lines[i], facts->lines[k]) == 0)
                return true;
    }
    return false;
}

static void random_tables(void **state)
{
    (void)state;
    unsigned accepted = 0;
    for (unsigned seed = 0; seed < STATEMENTS; seed++) {
        struct ddl_facts ours, other;
        struct buffer text;
        ddl_random(DDL_SQLITE, seed, &text);
        if (theirs(buffer_view(&text), &other)) {
            ddl_facts_read(DDL_SQLITE, buffer_view(&text), &ours);
            if (repeats(&ours)) {
                ddl_facts_finish(&ours);
            } else {
                ddl_facts_equal(&ours, &other, buffer_view(&text));
                accepted++;
            }
        }
        ddl_facts_finish(&other);
        buffer_finish(&text);
    }
    assert_true(accepted > ACCEPTED_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_tables) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
