/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_bench.c - what discovery of a MongoDB is measured beside: a bare loop over the same documents.
 *
 *   mongodb_bench URL fill N     N orders with items into bench.orders
 *   mongodb_bench URL bare       find({}) of bench.orders, each document touched
 *   mongodb_bench URL argosy     connect_catalog() of the same, and the rows of each table once
 *
 * Prints documents or tables, bytes or rows, wall and own CPU seconds.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mongoc/mongoc.h>

#include "base/buffer.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/mongodb/mongodb_api.h"

enum { BATCH = 2000 };

static const struct mongodb_api *api;
static mongoc_client_t *client;
static struct error e;

static _Noreturn void end(const char *what, const char *why)
{
    (void)fprintf(stderr, "mongodb_bench: %s: %s\n", what, why);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fill(int count)
{
    void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    bool (*run)(mongoc_client_t *, const char *, const bson_t *, const mongoc_read_prefs_t *, bson_t *,
                bson_error_t *) = (__typeof__(run))dlsym(library, "mongoc_client_command_simple");
    bson_t *(*parse)(const uint8_t *, ssize_t, bson_error_t *) =
        (__typeof__(parse))dlsym(library, "bson_new_from_json");
    for (int from = 0; from < count; from += BATCH) {
        struct buffer b;
        bson_error_t why = { 0 };
        bson_t reply;
        buffer_init(&b, 64 << 20);
        (void)buffer_text(&b, "{\"insert\":\"orders\",\"documents\":[");
        for (int i = from; i < from + BATCH && i < count; i++)
            (void)buffer_format(
                &b,
                "%s{\"_id\":{\"$oid\":\"%024x\"},\"customer\":\"customer "
                "%d\",\"email\":\"c%d@example.org\",\"total\":%d.25,"
                "\"at\":{\"$date\":{\"$numberLong\":\"%lld\"}},\"paid\":%s,\"address\":{\"street\":\"Street "
                "%d\",\"city\":"
                "\"Lyon\",\"zip\":\"6900%d\"},\"items\":[{\"sku\":\"A%d\",\"qty\":%d,\"price\":1.5},{\"sku\":\"B%d\","
                "\"qty\":1,\"price\":9.0}],\"tags\":[\"new\",\"web\"],\"note\":\"a text of some length about the order "
                "%d\"}",
                i > from ? "," : "", i, i % 5000, i % 5000, i % 900, 1700000000000LL + i * 1000LL,
                i % 3 == 0 ? "true" : "false", i % 200, i % 9, i % 700, i % 5 + 1, i % 300, i);
        (void)buffer_text(&b, "]}");
        bson_t *command = parse((const uint8_t *)buffer_view(&b), -1, &why);
        if (command == NULL || !run(client, "bench", command, NULL, &reply, &why))
            end("fill", why.message);
        api->do_bson_destroy(&reply);
        api->do_bson_destroy(command);
        buffer_finish(&b);
    }
}

static void bare(void)
{
    long long documents = 0, bytes = 0;
    bson_t *filter = api->do_bson_new();
    const bson_t *document;
    mongoc_collection_t *collection = api->do_mongoc_client_get_collection(client, "bench", "orders");
    mongoc_cursor_t *cursor = api->do_mongoc_collection_find_with_opts(collection, filter, NULL, NULL);
    while (api->do_mongoc_cursor_next(cursor, &document)) {
        documents++;
        bytes += document->len;
    }
    (void)printf("bare: %lld documents, %lld bytes", documents, bytes);
    api->do_mongoc_cursor_destroy(cursor);
    api->do_mongoc_collection_destroy(collection);
    api->do_bson_destroy(filter);
}

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *error)
{
    (void)values;
    (void)error;
    ++*(long long *)arg;
    return ERROR_OK;
}

static void argosy(const char *url)
{
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    struct arena *arena = arena_create((size_t)1 << 30);
    if (connect_open(url, NULL, NULL, &c, &e) != ERROR_OK ||
        connect_catalog(c, arena, "bench", false, &catalog, &e) != ERROR_OK)
        end("argosy", e.message);
    double wall = seconds(CLOCK_MONOTONIC);
    long long rows = 0;
    const struct connect_range all = { .raw = true };
    for (size_t i = 0; i < catalog->table_count; i++)
        if (connect_read(c, &catalog->tables[i], &all, on_row, &rows, &e) != ERROR_OK)
            end("argosy", e.message);
    (void)printf("argosy: %zu tables, %lld rows (rows alone %.2f s)", catalog->table_count, rows,
                 seconds(CLOCK_MONOTONIC) - wall);
    connect_close(c);
    arena_destroy(arena);
}

int main(int argc, char **argv)
{
    bson_error_t why = { 0 };
    if (argc < 3)
        end("usage", "mongodb_bench URL fill N | bare | argosy");
    api = mongodb_api_load(&e);
    if (api == NULL)
        end("libmongoc", e.message);
    mongoc_uri_t *uri = api->do_mongoc_uri_new_with_error(argv[1], &why);
    client = uri != NULL ? api->do_mongoc_client_new_from_uri_with_error(uri, &why) : NULL;
    if (client == NULL)
        end(argv[1], why.message);
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(argv[2], "fill") == 0 && argc > 3)
        fill((int)strtol(argv[3], NULL, 10));
    else if (strcmp(argv[2], "bare") == 0)
        bare();
    else
        argosy(argv[1]);
    (void)printf(" %.2f s wall, %.2f s CPU\n", seconds(CLOCK_MONOTONIC) - wall,
                 seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    api->do_mongoc_client_destroy(client);
    api->do_mongoc_uri_destroy(uri);
    return 0;
}
