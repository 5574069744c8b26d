/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_graph.c - the lineage graph: layers go one way, circles are cut, nothing overlaps; its languages quote names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/complexity.h"
#include "catalog/graph.h"
#include "tests/support/scratch.h"

static void add_table(struct catalog *c, const char *name)
{
    struct catalog_table *t = catalog_table_add(c, "main", name);
    catalog_column_add(c, t, "id")->type.name = TYPE_INTEGER;
    catalog_name_add(c, &t->primary_key.columns, "id");
}

static void relate(struct catalog *c, const char *from, const char *to, double confidence)
{
    struct catalog_relationship *r = catalog_relationship_add(c);
    r->from_schema = r->to_schema = "main";
    r->from_table = arena_text(c->arena, from);
    r->to_table = arena_text(c->arena, to);
    r->cardinality = "many_to_one";
    r->confidence = confidence;
    r->origin = confidence == 1 ? "declared" : "found";
    catalog_name_add(c, &r->from_columns, "x\"id");
    catalog_name_add(c, &r->to_columns, "id");
}

static struct catalog *tables(const char *const *names)
{
    struct catalog *c = catalog_create(arena, "sqlite", "test");
    for (; *names != NULL; names++)
        add_table(c, *names);
    return c;
}

static const struct graph_node *node(const struct graph *g, const char *name)
{
    for (size_t i = 0; i < g->node_count; i++)
        if (strcmp(g->nodes[i].table->name, name) == 0)
            return &g->nodes[i];
    fail_msg("no node %s", name);
    return NULL;
}

static void nothing_overlaps(const struct graph *g)
{
    for (size_t i = 0; i < g->node_count; i++) {
        const struct graph_node *a = &g->nodes[i];
        assert_true(a->x >= 0 && a->y >= 0 && a->x + a->width <= g->width && a->y + a->height <= g->height);
        for (size_t k = i + 1; k < g->node_count; k++) {
            const struct graph_node *b = &g->nodes[k];
            bool apart = a->x + a->width <= b->x || b->x + b->width <= a->x || a->y + a->height <= b->y ||
                         b->y + b->height <= a->y;
            assert_true(apart);
        }
    }
}

static void layers_go_from_who_is_referred_to(void **state)
{
    (void)state;
    struct catalog *c = tables((const char *[]){ "line", "order", "customer", "product", "log", NULL });
    relate(c, "line", "order", 1);
    relate(c, "line", "product", 1);
    relate(c, "order", "customer", 1);
    relate(c, "log", "customer", 0.2); /* below what is asked for */
    catalog_sort(c);
    struct graph *g = graph_create(arena, c, 0.5);
    assert_int_equal(g->node_count, 5);
    assert_int_equal(g->edge_count, 3);
    assert_int_equal(g->layers, 3);
    assert_int_equal(node(g, "customer")->layer, 0);
    assert_int_equal(node(g, "product")->layer, 1); /* beside order: only a line refers to it */
    assert_int_equal(node(g, "order")->layer, 1);
    assert_int_equal(node(g, "line")->layer, 2);
    assert_true(node(g, "customer")->x < node(g, "order")->x && node(g, "order")->x < node(g, "line")->x);
    assert_true(node(g, "log")->y > node(g, "line")->y);
    nothing_overlaps(g);
}

static void circles_are_cut(void **state)
{
    (void)state;
    struct catalog *c = tables((const char *[]){ "a", "b", "c", "self", NULL });
    relate(c, "a", "b", 1);
    relate(c, "b", "c", 1);
    relate(c, "c", "a", 1);
    relate(c, "self", "self", 1);
    catalog_sort(c);
    struct graph *g = graph_create(arena, c, 0);
    size_t against = 0;
    for (size_t i = 0; i < g->edge_count; i++)
        against += g->edges[i].against;
    assert_int_equal(against, 1);
    assert_int_equal(g->layers, 3);
    assert_int_equal(node(g, "self")->degree, 0);
    nothing_overlaps(g);
}

/* A long chain and a wide fan: no recursion, no quadratic time. */
static void large_ones_come_to_an_end(void **state)
{
    (void)state;
    enum { MANY = 50000 };
    struct catalog *c = catalog_create(arena, "sqlite", "test");
    char name[16], other[16];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "t%05d", i);
        add_table(c, name);
        (void)snprintf(other, sizeof other, "t%05d", i - 1);
        if (i > 0 && i < MANY / 2)
            relate(c, name, other, 1);
        else if (i > 0)
            relate(c, name, "t00000", 1);
    }
    catalog_sort(c);
    struct graph *g = graph_create(arena, c, 0.5);
    assert_int_equal(g->edge_count, MANY - 1);
    assert_int_equal(g->layers, MANY / 2);
}

static void same_input_same_bytes(void **state)
{
    (void)state;
    char *texts[2];
    for (int round = 0; round < 2; round++) {
        struct catalog *c = round == 0 ? tables((const char *[]){ "a", "b", "c", NULL })
                                       : tables((const char *[]){ "c", "b", "a", NULL });
        relate(c, round == 0 ? "a" : "b", "c", 1);
        relate(c, round == 0 ? "b" : "a", "c", 1);
        catalog_sort(c);
        struct buffer b;
        buffer_init(&b, 1 << 20);
        struct graph *g = graph_create(arena, c, 0);
        graph_write_json(g, &b, NULL);
        graph_write_svg(g, &b);
        texts[round] = buffer_take(&b);
    }
    assert_string_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static void names_are_quoted(void **state)
{
    (void)state;
    struct catalog *c = tables((const char *[]){ "a\"b\\", "<t&>", "x]]>\xEF\xBF\xBF", NULL });
    relate(c, "<t&>", "a\"b\\", 0.7);
    catalog_sort(c);
    struct graph *g = graph_create(arena, c, 0.5);
    struct buffer b;
    buffer_init(&b, 1 << 20);
    graph_write_dot(g, &b);
    assert_non_null(strstr(buffer_view(&b), "\"main.<t&>\" -> \"main.a\\\"b\\\\\" [label=\"x\\\"id\", style=dashed]"));
    buffer_clear(&b);
    graph_write_mermaid(g, &b);
    assert_non_null(strstr(buffer_view(&b), "    \"main.a'b'\" ||..o{ \"main.<t&>\" : \"x'id\"\n"));
    assert_non_null(strstr(buffer_view(&b), "        integer id PK\n"));
    buffer_clear(&b);
    graph_write_svg(g, &b);
    assert_non_null(strstr(buffer_view(&b), "&lt;t&amp;&gt;</text>"));
    assert_non_null(strstr(buffer_view(&b), "x]]&gt;?</text>"));
    assert_null(strstr(buffer_view(&b), "<t&>"));
    buffer_clear(&b);
    graph_write_json(g, &b, NULL);
    json_auto_t *json = json_loads(buffer_view(&b), 0, NULL);
    assert_non_null(json);
    assert_string_equal("main.<t&>",
                        json_string_value(json_object_get(json_array_get(json_object_get(json, "edges"), 0), "from")));
    buffer_finish(&b);
}

static void complexity_grows(void **state)
{
    (void)state;
    struct catalog *small = tables((const char *[]){ "a", NULL });
    catalog_sort(small);
    struct complexity low = complexity_of(small, graph_create(arena, small, 0.5));
    struct catalog *large = catalog_create(arena, "sqlite", "test");
    char name[16], other[16];
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "t%d", i);
        (void)snprintf(other, sizeof other, "t%d", i / 2);
        add_table(large, name);
        relate(large, name, other, 1);
        relate(large, other, name, 1);
    }
    catalog_sort(large);
    struct complexity high = complexity_of(large, graph_create(arena, large, 0.5));
    assert_true(low.score >= 0 && low.score < 1);
    assert_true(high.score > low.score + 3 && high.score <= 10);
    double points = 0;
    for (size_t i = 0; i < COMPLEXITY_PARTS; i++)
        points += high.parts[i].weight;
    assert_true(points == 10);
}

static void nothing_gives_an_empty_picture(void **state)
{
    (void)state;
    struct catalog *c = catalog_create(arena, "sqlite", "test");
    catalog_sort(c);
    struct graph *g = graph_create(arena, c, 0.5);
    assert_int_equal(g->node_count + g->edge_count + g->layers, 0);
    struct complexity x = complexity_of(c, g);
    assert_true(x.score == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(layers_go_from_who_is_referred_to, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(circles_are_cut, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(large_ones_come_to_an_end, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(same_input_same_bytes, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(names_are_quoted, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(complexity_grows, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(nothing_gives_an_empty_picture, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
