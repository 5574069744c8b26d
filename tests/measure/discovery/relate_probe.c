/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relate_probe.c - the search for relationships by itself: catalogs as JSON in, what was found out. For measuring and
 * for fitting its weights, never installed.
 *
 *   relate_probe IN.json OUT.json        the relationships of one catalog
 *   relate_probe --features IN.json...   every candidate with its features, one JSON object a line
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "jobs/discovery/relationships/relationship_candidates.h"
#include "jobs/discovery/relationships/relationships.h"

static struct catalog *load(struct arena *arena, const char *path)
{
    json_error_t where;
    struct error e = ERROR_NONE;
    struct catalog *c = NULL;
    json_t *json = json_load_file(path, 0, &where);
    if (json == NULL || catalog_from_json(arena, json, &c, &e) != ERROR_OK) {
        fprintf(stderr, "relate_probe: %s: %s\n", path, json == NULL ? where.text : e.message);
        exit(1);
    }
    json_decref(json);
    catalog_sort(c);
    return c;
}

static json_t *names_of(const struct catalog_table *t, const unsigned *columns, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list, json_string(t->columns[columns[i]].name));
    return list;
}

static void print(const struct related_model *m, const char *path, const struct related_candidate *c, size_t group)
{
    const struct catalog_table *from = m->tables[c->from_table].table, *to = m->tables[c->to_table].table;
    json_t *features = json_array();
    for (unsigned i = 0; i < FEATURE_COUNT; i++)
        if (related_has(c, i))
            json_array_append_new(features, json_string(feature_names[i]));
    json_t *line = json_pack("{s:s, s:I, s:s, s:o, s:s, s:o, s:o}", "file", path, "group", (json_int_t)group,
                             "from_table", from->name, "from_columns", names_of(from, c->from, c->count), "to_table",
                             to->name, "to_columns", names_of(to, c->to, c->count), "features", features);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

/* A group is all candidates of the same columns. */
static void print_features(const char *path)
{
    struct arena *arena = arena_create((size_t)1 << 32);
    struct catalog *c = load(arena, path);
    struct related_model m;
    struct related_list list = { 0 };
    size_t group = 0;
    if (!related_model_make(c, arena, NULL, &m))
        exit(1);
    related_composites(&m, &list);
    for (size_t i = 0; i < list.count; i++) {
        struct related_candidate *a = &list.items[i], *b = i > 0 ? &list.items[i - 1] : a;
        group += a->from_table != b->from_table || a->count != b->count ||
                 memcmp(a->from, b->from, a->count * sizeof *a->from) != 0;
        related_features(&m, a, false);
        print(&m, path, a, group);
    }
    size_t composites = list.count;
    for (unsigned t = 0; t < c->table_count; t++)
        for (unsigned k = 0; k < c->tables[t].column_count; k++) {
            size_t first = list.count;
            bool covered = false;
            for (size_t i = 0; i < composites; i++)
                for (unsigned n = 0; n < list.items[i].count; n++)
                    covered = covered || (related_covers(&list.items[i]) && list.items[i].from_table == t &&
                                          list.items[i].from[n] == k);
            related_candidates(&m, t, k, &list);
            group++;
            for (size_t i = first; i < list.count; i++) {
                related_features(&m, &list.items[i], covered);
                print(&m, path, &list.items[i], group);
            }
        }
    arena_destroy(arena);
}

int main(int count, char **args)
{
    if (count > 1 && strcmp(args[1], "--features") == 0) {
        for (int i = 2; i < count; i++)
            print_features(args[i]);
        return 0;
    }
    if (count != 3) {
        fprintf(stderr, "usage: relate_probe IN.json OUT.json | relate_probe --features IN.json...\n");
        return 2;
    }
    struct arena *arena = arena_create((size_t)1 << 32);
    struct catalog *c = load(arena, args[1]);
    struct error e = ERROR_NONE;
    struct relationships_options options = { .confidence_min = 0.5 };
    if (relationships_find(c, &options, &e) != ERROR_OK) {
        fprintf(stderr, "relate_probe: %s\n", e.message);
        return 1;
    }
    json_t *json = catalog_to_json(c);
    json_t *list = json_object_get(json, "relationships");
    bool written = json_dump_file(list, args[2], JSON_INDENT(1)) == 0;
    json_decref(json);
    arena_destroy(arena);
    return written ? 0 : 1;
}
