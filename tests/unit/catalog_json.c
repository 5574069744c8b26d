/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_json.c - the JSON form both ways: nothing is lost, order does not matter, what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "bridge/bridge.h"
#include "catalog/catalog.h"
#include "catalog/observed.h"
#include "catalog/profile.h"
#include "catalog/write_json.h"
#include "tests/support/scratch.h"

static const char *const hostile[] = { "Robert'); DROP TABLE x;--",
                                       "\"quoted\"",
                                       "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\xA2",
                                       "line\nbreak\ttab\x01",
                                       "\\back\\slash",
                                       "select",
                                       "{{ template }}",
                                       "</script>",
                                       "%s%n" };
enum { HOSTILE = sizeof hostile / sizeof *hostile };

static void fill_profile(struct catalog_column *column)
{
    static struct profile_value common[] = { { "x", 4 }, { "", 2 } };
    static const char *samples[] = { "x", "" };
    struct catalog_profile *p = column->profile = catalog_profile_create(arena);
    p->rows = 7;
    p->nulls = 1;
    p->distinct = 3;
    p->estimated = true;
    p->min = "";
    p->max = "x";
    p->length_min = 0;
    p->length_max = 1;
    p->length_mean = 0.1;
    p->common = common;
    p->common_count = 2;
    p->samples = (struct catalog_names){ .items = samples, .count = 2 };
    p->pii_class = "email";
    p->pii_confidence = 0.75;
    p->pii_evidence = "name and values";
    p->completeness = 1.0 / 3;
    p->uniqueness = p->conformity = p->quality = 1;
    p->indexing = "skip";
    p->indexing_reason = "personal data";
}

static void fill_table(struct catalog *c, struct catalog_table *t, const char *name)
{
    t->kind = "partitioned";
    t->size_bytes = 8192;
    t->quality = 0.5;
    t->junction = true;
    t->parent = name;
    t->document = "What it holds.";
    t->primary_key.deferrable = true;
    t->partition = arena_alloc(arena, sizeof *t->partition);
    *t->partition = (struct catalog_partition){ "range", "a", "main", name, "FROM (1) TO (2)" };
    catalog_name_add(c, &t->inherits, name);
    *catalog_extra_add(c, t) = (struct catalog_extra){ .what = "storage", .text = name };
    *catalog_finding_add(c, t) = (struct catalog_finding){
        .check = "range", .severity = "warning", .column = name, .message = "too low", .rows = 3
    };
}

/* What a catalog holds beside tables. */
static void fill_beside(struct catalog *c, const char *name)
{
    struct catalog_view *v = catalog_view_add(c, "", name);
    v->materialized = true;
    v->definition = v->comment = name;
    catalog_view_column_add(c, v, name)->native_type = "int";
    struct catalog_sequence *s = catalog_sequence_add(c, "main", name);
    s->native_type = "bigint";
    s->start = s->increment = s->min = s->max = "1";
    s->cycle = true;
    s->owner_schema = s->owner_table = s->owner_column = name;
    struct catalog_named_type *t = catalog_type_add(c, "main", name);
    t->kind = "enum";
    t->comment = t->base = t->check = t->default_text = name;
    t->not_null = true;
    catalog_name_add(c, &t->members, name);
    catalog_name_add(c, &t->members, "");
    *catalog_extra_add(c, NULL) = (struct catalog_extra){ .what = "trigger", .text = name };
    catalog_name_add(c, catalog_cycle_add(c), name);
}

static void fill_column(struct catalog_column *column)
{
    column->type = (struct type){ .name = TYPE_DECIMAL, .precision = 10, .scale = -2, .is_unsigned = true };
    column->native_type = "NUMBER(10,-2)";
    column->nullable = false;
    column->default_text = "'it''s'";
    column->generated = "a + 1";
    column->identity = true;
    column->collation = "NOCASE";
    column->comment = "";
    column->target_type = "numeric(10,2)";
    column->source_column = "old";
    column->observed = arena_alloc(arena, sizeof *column->observed);
    observed_integer(column->observed, -5);
    observed_text(column->observed, "2024-01-01", 10);
    column->observed->unclean_key = "[1]";
    column->generated_stored = column->identity_always = true;
    column->on_update = "CURRENT_TIMESTAMP";
    column->path = "/a/b";
    fill_profile(column);
}

/* Every field that there is, with every hostile name; `order` only changes in which order things are added. */
static struct catalog *full(int order)
{
    struct catalog *c = catalog_create(arena, "sqlite", "all of it");
    for (int n = 0; n < HOSTILE; n++) {
        const char *name = hostile[order > 0 ? n : HOSTILE - 1 - n];
        struct catalog_table *t = catalog_table_add(c, "main", name);
        t->rows = 5;
        t->rows_exact = true;
        t->comment = name;
        t->source_schema = "s";
        t->source_table = name;
        fill_table(c, t, name);
        fill_beside(c, name);
        for (int i = 0; i < HOSTILE; i++)
            fill_column(catalog_column_add(c, t, hostile[i]));
        t->columns[1].type = (struct type){ .name = TYPE_TIMESTAMP, .precision = -1, .timezone = true };
        t->columns[2].type = (struct type){ .name = TYPE_TIMESTAMP, .precision = 0 };
        t->columns[3].type = (struct type){ .name = TYPE_ENUM, .element = "[\"a\",\"b\"]" };
        catalog_name_add(c, &t->primary_key.columns, hostile[1]);
        catalog_name_add(c, &t->primary_key.columns, hostile[0]);
        t->primary_key.name = name;
        for (int i = 0; i < 5; i++) {
            const char *column = hostile[order > 0 ? i : 4 - i];
            catalog_name_add(c, &catalog_unique_add(c, t)->columns, column);
            struct catalog_index *index = catalog_index_add(c, t);
            *index = (struct catalog_index){
                .name = column, .unique = true, .where = "a > 1", .expression = "lower(a)", .method = "gin"
            };
            catalog_name_add(c, &index->columns, column);
            catalog_name_add(c, &index->orders, "desc");
            catalog_name_add(c, &index->include, column);
            *catalog_check_add(c, t) = (struct catalog_check){ .name = column, .expression = "a > 1" };
            struct catalog_foreign_key *fk = catalog_foreign_key_add(c, t);
            *fk = (struct catalog_foreign_key){ .name = column,
                                                .ref_schema = "main",
                                                .ref_table = hostile[2],
                                                .on_delete = "CASCADE",
                                                .on_update = "SET NULL",
                                                .match = "FULL",
                                                .deferrable = true,
                                                .initially_deferred = true,
                                                .orphans = 2,
                                                .not_valid = true };
            catalog_name_add(c, &fk->columns, column);
            catalog_name_add(c, &fk->ref_columns, column);
        }
        struct catalog_relationship *r = catalog_relationship_add(c);
        *r = (struct catalog_relationship){ .from_schema = "main",
                                            .from_table = name,
                                            .to_schema = "main",
                                            .to_table = name,
                                            .cardinality = "many_to_one",
                                            .confidence = 0.25,
                                            .origin = "found",
                                            .evidence = "words" };
        catalog_name_add(c, &r->from_columns, name);
        catalog_name_add(c, &r->to_columns, name);
        struct catalog_diagnostic *d = catalog_diagnostic_add(c, "warning", name);
        d->table = name;
        d->line = 3;
        d->column = 4;
    }
    catalog_sort(c);
    return c;
}

static char *text_of(const struct catalog *c)
{
    json_auto_t *json = catalog_to_json(c);
    return json_dumps(json, JSON_INDENT(1));
}

/* docs/reference/catalog.schema.json allows no member that it does not name. */
static void the_schema_describes_it(void **state)
{
    (void)state;
    char path[1024], *text = NULL;
    struct bridge_schema *schema = NULL;
    const char *source = getenv("ARGOSY_SOURCE");
    assert_non_null(source);
    (void)snprintf(path, sizeof path, "%s/docs/reference/catalog.schema.json", source);
    json_auto_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    char *compact = json_dumps(json, JSON_COMPACT);
    if (bridge_schema_compile(compact, &schema, &text) != 0)
        fail_msg("%s", text);
    struct buffer b;
    buffer_init(&b, 64 << 20);
    catalog_write(full(1), &b);
    if (bridge_schema_check(schema, b.data, b.size, &text) != BRIDGE_VALID)
        fail_msg("%s", text);
    (void)buffer_text(&b, " ");
    b.data[b.size - 2] = ',';
    b.data[b.size - 1] = '"'; /* one member more than there may be */
    (void)buffer_text(&b, "other\":1}");
    assert_int_equal(bridge_schema_check(schema, b.data, b.size, &text), BRIDGE_INVALID);
    bridge_text_free(text);
    buffer_finish(&b);
    bridge_schema_destroy(schema);
    free(compact);
}

static void there_and_back(void **state)
{
    (void)state;
    char *first = text_of(full(1));
    json_auto_t *json = json_loads(first, 0, NULL);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    if (catalog_from_json(arena, json, &c, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    char *second = text_of(c);
    assert_string_equal(first, second);
    const struct catalog_column *column = catalog_column_find(catalog_table_find(c, "main", hostile[0]), hostile[0]);
    assert_int_equal(column->observed->integer_min, -5);
    assert_int_equal(column->observed->texts_date, 1);
    assert_int_equal(column->type.scale, -2);
    assert_true(column->identity);
    free(first);
    free(second);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    char *first = text_of(full(1)), *second = text_of(full(-1));
    assert_string_equal(first, second);
    free(first);
    free(second);
}

#define TABLE(rest)                                                                                \
    "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\",\"columns\":[" \
    "{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"b\",\"type\":\"text\"}]" rest "}]}"

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *json, *pointer;
    } cases[] = {
        { "[]", "must be a JSON object" },
        { "{\"name\":\"n\"}", "/dialect must be a text" },
        { "{\"dialect\":\"x\",\"name\":7}", "/name must be a text" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"format\":2}", "/format must be 1" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":{}}", "/tables must be an array" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[7]}", "/tables/0 must be an object" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\"}]}", "/tables/0/name must be a text" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"\"}]}",
          "/tables/0/name must not be empty" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\",\"columns\":[{\"name\":\"a\"}"
          "]}]}",
          "/tables/0/columns/0/type must be a text" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\",\"columns\":[{\"name\":\"a\","
          "\"type\":"
          "\"wrong\"}]}]}",
          "/tables/0/columns/0/type is no type" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\",\"columns\":[{\"name\":\"a\","
          "\"type\":"
          "\"text\",\"observed\":{\"nulls\":-1}}]}]}",
          "/tables/0/columns/0/observed/nulls is out of its range" },
        { TABLE(",\"rows\":-1"), "/tables/0/rows is out of its range" },
        { TABLE(",\"rows\":1.5"), "/tables/0/rows must be a whole number" },
        { TABLE(",\"primary_key\":[\"c\"]"), "/tables/0/primary_key/0 is no column of the table" },
        { TABLE(",\"primary_key\":[5]"), "/tables/0/primary_key/0 must be a name" },
        { TABLE(",\"uniques\":[{\"columns\":[]}]"), "/tables/0/uniques/0/columns must not be empty" },
        { TABLE(
              ",\"foreign_keys\":[{\"columns\":[\"a\"],\"ref_schema\":\"s\",\"ref_table\":\"t\",\"ref_columns\":[]}]"),
          "/tables/0/foreign_keys/0/columns must be as many" },
        { TABLE(",\"checks\":[{}]"), "/tables/0/checks/0/expression must be a text" },
        { TABLE(",\"source\":4"), "/tables/0/source must be an object" },
        { TABLE(",\"comment\":\"a\\u0000b\""), "/tables/0/comment must not hold a NUL" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\"},{\"schema\":\"s\",\"name\":"
          "\"t\"}]}",
          "/tables holds \"t\" twice" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"tables\":[{\"schema\":\"s\",\"name\":\"t\",\"columns\":[{\"name\":\"a\","
          "\"type\":"
          "\"text\"},{\"name\":\"a\",\"type\":\"text\"}]}]}",
          "/tables/0/columns holds a name twice" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"relationships\":[{\"from_schema\":\"a\",\"from_table\":\"b\",\"to_"
          "schema\":\"a\","
          "\"to_table\":\"b\",\"cardinality\":\"c\",\"confidence\":2,\"origin\":\"o\"}]}",
          "/relationships/0/confidence is out of its range" },
        { "{\"dialect\":\"x\",\"name\":\"n\",\"diagnostics\":[{\"severity\":\"s\",\"message\":[]}]}",
          "/diagnostics/0/message must be a text" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_auto_t *json = json_loads(cases[i].json, JSON_ALLOW_NUL, NULL);
        struct catalog *c = NULL;
        struct error e = ERROR_NONE;
        assert_non_null(json);
        assert_int_equal(catalog_from_json(arena, json, &c, &e), ERROR_INVALID);
        assert_null(c);
        if (strstr(e.message, cases[i].pointer) == NULL)
            fail_msg("%s\n said: %s\n instead of: %s", cases[i].json, e.message, cases[i].pointer);
    }
}

static void a_small_arena_is_an_error(void **state)
{
    (void)state;
    struct catalog *c = full(1), *back = NULL;
    json_auto_t *json = catalog_to_json(c);
    struct arena *small = arena_create((1 << 20) + 4096);
    struct error e = ERROR_NONE;
    assert_int_equal(catalog_from_json(small, json, &back, &e), ERROR_TOO_LARGE);
    arena_destroy(small);
}

static void cut_messages_stay_text(void **state)
{
    (void)state;
    struct catalog *c = catalog_create(arena, "x", "n");
    const struct catalog_diagnostic *d = catalog_diagnostic_add(c, "warning", "cut \xE2\x82");
    assert_string_equal(d->message, "cut ??");
}

/* Reals are written as the shortest text that reads back the same. */
static void reals_are_short(void **state)
{
    (void)state;
    static const double odd[] = { 0,        1,
                                  -1,       0.1,
                                  1e-3,     9.99e-4,
                                  0.123456, 0.1234567,
                                  1e6,      999999.999999,
                                  1e15,     1e300,
                                  5e-324,   0.30000000000000004,
                                  123456.7, -0.8,
                                  2.5,      100.25 };
    size_t count = sizeof odd / sizeof *odd;
    for (size_t i = 0; i < count + 200000; i++) {
        double value = i < count ? odd[i] : (double)((i - count) % 1000) / 1000 + (double)((i - count) / 1000) * 7.25;
        char expected[40], shown[48];
        for (int digits = 1; digits <= 17; digits++) {
            (void)snprintf(expected, sizeof expected, "%.*g", digits < 15 ? 15 : digits, value);
            if (strtod(expected, NULL) == value)
                break;
        }
        (void)snprintf(shown, sizeof shown, "%s%s", expected, strpbrk(expected, ".e") == NULL ? ".0" : "");
        struct buffer b;
        buffer_init(&b, 64);
        write_json_real(&b, NULL, value);
        assert_string_equal(buffer_view(&b), shown);
        buffer_finish(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_schema_describes_it, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(order_does_not_matter, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_small_arena_is_an_error, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(cut_messages_stay_text, scratch_setup, scratch_teardown),
        cmocka_unit_test(reals_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
