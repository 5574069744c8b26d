/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_ddl_libpg_query.c - random tables and indexes are read as PostgreSQL's own parser reads them: its parse tree
 * says the same columns, keys, foreign keys and indexes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <pg_query.h>

#include "tests/support/ddl_facts.h"

enum { STATEMENTS = 3000, ACCEPTED_MIN = 1500, NAMES_SIZE = 1024 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* [{"String": {"sval": "a"}}, ...] as "a,b" */
static void names_of(const json_t *list, char *ret_names)
{
    size_t used = 0;
    const json_t *item;
    size_t i;
    ret_names[0] = '\0';
    json_array_foreach(list, i, item)
    {
        int size = snprintf(ret_names + used, NAMES_SIZE - used, "%s%s", i > 0 ? "," : "",
                            text_of(json_object_get(item, "String"), "sval"));
        assert_true(size >= 0 && (size_t)size < NAMES_SIZE - used);
        used += (size_t)size;
    }
}

struct table {
    struct ddl_facts *facts;
    const char *name;
    char primary[NAMES_SIZE];
};

static const char *action(char letter)
{
    return letter == 'c' ? "CASCADE" : letter == 'n' ? "SET NULL" : letter == 'd' ? "SET DEFAULT" : "NO ACTION";
}

/* column NULL: of the table. */
static void constraint(struct table *t, const json_t *node, const char *column)
{
    const char *type = text_of(node, "contype");
    char names[NAMES_SIZE], others[NAMES_SIZE];
    names_of(json_object_get(node, "keys"), names);
    if (column != NULL)
        (void)snprintf(names, sizeof names, "%s", column);
    if (strcmp(type, "CONSTR_PRIMARY") == 0) {
        (void)snprintf(t->primary, sizeof t->primary, "%s", names);
        ddl_facts_add(t->facts, "primary %s %s", t->name, names);
    } else if (strcmp(type, "CONSTR_UNIQUE") == 0) {
        ddl_facts_add(t->facts, "unique %s %s", t->name, names);
    } else if (strcmp(type, "CONSTR_FOREIGN") == 0) {
        if (column == NULL)
            names_of(json_object_get(node, "fk_attrs"), names);
        names_of(json_object_get(node, "pk_attrs"), others);
        ddl_facts_add(t->facts, "foreign %s %s->%s.%s %s", t->name, names,
                      text_of(json_object_get(node, "pktable"), "relname"), others,
                      action(text_of(node, "fk_del_action")[0]));
    }
}

static bool in_primary(const struct table *t, const char *column)
{
    size_t size = strlen(column);
    for (const char *at = t->primary; (at = strstr(at, column)) != NULL; at++)
        if ((at == t->primary || at[-1] == ',') && (at[size] == ',' || at[size] == '\0'))
            return true;
    return false;
}

static void table_facts(const json_t *node, struct ddl_facts *facts)
{
    struct table t = { .facts = facts, .name = text_of(json_object_get(node, "relation"), "relname") };
    const json_t *element, *item;
    size_t i, k;
    if (strncmp(t.name, "other", 5) == 0)
        return;
    json_array_foreach(json_object_get(node, "tableElts"), i, element)
    {
        const json_t *column = json_object_get(element, "ColumnDef");
        const char *name = column != NULL ? text_of(column, "colname") : NULL;
        if (column == NULL)
            constraint(&t, json_object_get(element, "Constraint"), NULL);
        else
            ddl_facts_add(facts, "column %s.%s", t.name, name);
        json_array_foreach(json_object_get(column, "constraints"), k, item)
            constraint(&t, json_object_get(item, "Constraint"), name);
    }
    json_array_foreach(json_object_get(node, "tableElts"), i, element)
    {
        const json_t *column = json_object_get(element, "ColumnDef");
        bool not_null = column != NULL && in_primary(&t, text_of(column, "colname"));
        json_array_foreach(json_object_get(column, "constraints"), k, item) not_null =
            not_null || strcmp(text_of(json_object_get(item, "Constraint"), "contype"), "CONSTR_NOTNULL") == 0;
        if (not_null)
            ddl_facts_add(facts, "not null %s.%s", t.name, text_of(column, "colname"));
    }
}

static void index_facts(const json_t *node, struct ddl_facts *facts)
{
    char names[NAMES_SIZE] = "";
    bool expression = false;
    const json_t *item;
    size_t i, used = 0;
    json_array_foreach(json_object_get(node, "indexParams"), i, item)
    {
        const json_t *element = json_object_get(item, "IndexElem");
        const char *name = text_of(element, "name");
        expression = expression || name[0] == '\0';
        if (name[0] != '\0')
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? "," : "", name);
    }
    ddl_facts_add(facts, "%sindex %s %s%s%s", json_is_true(json_object_get(node, "unique")) ? "unique " : "",
                  text_of(json_object_get(node, "relation"), "relname"), names,
                  json_object_get(node, "whereClause") != NULL ? " where" : "", expression ? " expression" : "");
}

/* false: PostgreSQL does not take the text. */
static bool theirs(const char *text, struct ddl_facts *ret_facts)
{
    *ret_facts = (struct ddl_facts){ 0 };
    PgQueryParseResult result = pg_query_parse(text);
    bool accepted = result.error == NULL;
    json_t *tree = accepted ? json_loads(result.parse_tree, 0, NULL) : NULL;
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(tree, "stmts"), i, item)
    {
        const json_t *node = json_object_get(item, "stmt");
        if (json_object_get(node, "CreateStmt") != NULL)
            table_facts(json_object_get(node, "CreateStmt"), ret_facts);
        if (json_object_get(node, "IndexStmt") != NULL)
            index_facts(json_object_get(node, "IndexStmt"), ret_facts);
    }
    json_decref(tree);
    pg_query_free_parse_result(result);
    return accepted;
}

static void random_tables(void **state)
{
    (void)state;
    unsigned accepted = 0;
    for (unsigned seed = 0; seed < STATEMENTS; seed++) {
        struct ddl_facts ours, other;
        struct buffer text;
        ddl_random(DDL_POSTGRESQL, seed, &text);
        if (theirs(buffer_view(&text), &other)) {
            ddl_facts_read(DDL_POSTGRESQL, buffer_view(&text), &ours);
            ddl_facts_equal(&ours, &other, buffer_view(&text));
            accepted++;
        }
        ddl_facts_finish(&other);
        buffer_finish(&text);
    }
    assert_true(accepted > ACCEPTED_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_tables) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pg_query_exit();
    return failed;
}
