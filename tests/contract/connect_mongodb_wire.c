/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_mongodb_wire.c - connect.h against a server that speaks MongoDB's protocol and answers from a list: rights,
 * validators, views, time series, indexes of every kind, and servers that stall, hang up or talk rubbish.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/connect_probe.h"
#include "tests/support/look.h"
#include "tests/support/mongodb_wire.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;

#define NOT_AUTHORIZED "{\"ok\":0,\"code\":13,\"codeName\":\"Unauthorized\",\"errmsg\":\"not authorized on shop\"}"
#define BATCH(ns, documents) \
    "{\"cursor\":{\"id\":{\"$numberLong\":\"0\"},\"ns\":\"" ns "\",\"firstBatch\":[" documents "]}}"
#define COLLECTIONS(infos) BATCH("shop.$cmd.listCollections", infos)

static int teardown(void **state)
{
    (void)scratch_teardown(state);
    wire_stop();
    return 0;
}

static struct connect *open_shop(const char *server)
{
    struct connect *c = NULL;
    mem_auto char *url = mem_format("%s/shop", server);
    OK(connect_open(url, NULL, NULL, &c, &e));
    return c;
}

static const struct catalog_column *column(const struct catalog_table *t, const char *name)
{
    const struct catalog_column *found = catalog_column_find(t, name);
    if (found == NULL)
        fail_msg("%s has no column %s", t->name, name);
    return found;
}

static const char *extra(const struct catalog_table *t, const char *what)
{
    for (size_t i = 0; i < t->extra_count; i++)
        if (strcmp(t->extras[i].what, what) == 0)
            return t->extras[i].text;
    fail_msg("%s has no extra %s", t->name, what);
    return "";
}

static bool says(const struct catalog *c, const char *part)
{
    for (size_t i = 0; i < c->diagnostic_count; i++)
        if (strstr(c->diagnostics[i].message, part) != NULL)
            return true;
    return false;
}

/* ---- what only a real server has ---- */

static const struct wire_answer shop[] = {
    { .command = "listCollections",
      .json = COLLECTIONS(
          "{\"name\":\"system.views\",\"type\":\"collection\"},"
          "{\"name\":\"people\",\"type\":\"collection\",\"options\":{\"validator\":{\"$jsonSchema\":{\"title\":"
          "\"Person\","
          "\"required\":[\"name\",\"state\"],\"properties\":{\"_id\":{},\"name\":{\"bsonType\":\"string\","
          "\"description\":"
          "\"as in the passport\"},\"state\":{\"enum\":[\"new\",\"old\"]},\"age\":{\"bsonType\":[\"int\",\"null\"],"
          "\"minimum\":0},\"boss\":{\"bsonType\":\"objectId\"},\"home\":{\"bsonType\":\"object\",\"properties\":{"
          "\"zip\":"
          "{\"bsonType\":\"string\"}}}}}}}},"
          "{\"name\":\"log\",\"type\":\"collection\",\"options\":{\"capped\":true,\"size\":4096,\"max\":10,"
          "\"validator\":"
          "{\"n\":{\"$gt\":0}}}},"
          "{\"name\":\"heat\",\"type\":\"timeseries\",\"options\":{\"timeseries\":{\"timeField\":\"at\",\"metaField\":"
          "\"m\"},"
          "\"expireAfterSeconds\":{\"$numberLong\":\"3600\"}}},"
          "{\"name\":\"adults\",\"type\":\"view\",\"options\":{\"viewOn\":\"people\",\"pipeline\":[{\"$match\":{"
          "\"age\":"
          "{\"$gt\":17}}}]}}") },
    { .command = "count", .json = "{\"n\":2}" },
    { .command = "collStats", .json = "{\"storageSize\":4096,\"totalIndexSize\":{\"$numberLong\":\"8192\"}}" },
    { .command = "find",
      .holds = "\"find\" : \"heat\"",
      .json = BATCH("shop.heat", "{\"_id\":1,\"at\":{\"$date\":\"2024-01-01T00:00:00Z\"},\"m\":\"a\",\"c\":1.5}") },
    { .command = "find", .holds = "\"find\" : \"log\"", .json = BATCH("shop.log", "") },
    { .command = "find",
      .json =
          BATCH("shop.people",
                "{\"_id\":1,\"name\":\"Ada\",\"state\":\"new\",\"age\":3,\"home\":{\"city\":\"x\"},\"tags\":[\"t\"]},"
                "{\"_id\":2,\"name\":\"Bob\",\"state\":\"old\",\"age\":4,\"home\":{\"city\":\"y\"},\"tags\":[]}") },
    { .command = "listIndexes",
      .holds = "people",
      .json = BATCH(
          "shop.people",
          "{\"key\":{\"_id\":1},\"name\":\"_id_\"},"
          "{\"key\":{\"name\":1},\"name\":\"whole\",\"unique\":true},"
          "{\"key\":{\"state\":1},\"name\":\"part\",\"unique\":true,\"partialFilterExpression\":{\"age\":{\"$gt\":1}}},"
          "{\"key\":{\"age\":1},\"name\":\"thin\",\"unique\":true,\"sparse\":true},"
          "{\"key\":{\"tags\":1},\"name\":\"many\",\"unique\":true},"
          "{\"key\":{\"home.city\":1,\"age\":-1},\"name\":\"two\"},"
          "{\"key\":{\"_fts\":\"text\",\"_ftsx\":1},\"name\":\"words\",\"weights\":{\"name\":1}},"
          "{\"key\":{\"$**\":1},\"name\":\"any\"},{\"key\":{\"home\":\"2dsphere\"},\"name\":\"place\"},"
          "{\"key\":{\"age\":1},\"name\":\"gone\",\"expireAfterSeconds\":60}") },
    { .command = "listIndexes", .json = BATCH("shop.log", "{\"key\":{\"_id\":1},\"name\":\"_id_\"}") },
};

static const struct catalog_index *index_of(const struct catalog_table *t, const char *name)
{
    for (size_t i = 0; i < t->index_count; i++)
        if (strcmp(t->indexes[i].name, name) == 0)
            return &t->indexes[i];
    fail_msg("there is no index %s", name);
    return NULL;
}

static void what_a_server_knows(void **state)
{
    (void)state;
    struct connect *c = open_shop(wire_start(shop, sizeof shop / sizeof *shop));
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    const struct catalog_table *people = look_table(catalog, "people"), *log = look_table(catalog, "log"),
                               *heat = look_table(catalog, "heat");
    assert_int_equal(people->size_bytes, 4096 + 8192);
    /* The validator. */
    assert_int_equal(column(people, "state")->type.name, TYPE_ENUM);
    assert_string_equal(column(people, "state")->type.element, "[\"new\",\"old\"]");
    assert_string_equal(column(people, "name")->comment, "as in the passport");
    assert_false(column(people, "name")->nullable);
    assert_true(column(people, "age")->nullable); /* though both documents have one */
    assert_int_equal(column(people, "boss")->type.name, TYPE_CHAR);
    assert_string_equal(column(people, "boss")->native_type, "objectId");
    assert_true(column(people, "boss")->nullable);
    assert_string_equal(column(people, "home_zip")->native_type, "string");
    assert_int_equal(people->check_count, 1);
    assert_string_equal(people->checks[0].expression, "age >= 0");
    assert_string_equal(log->checks[0].expression, "{ \"n\" : { \"$gt\" : 0 } }");
    /* Kinds. */
    assert_string_equal(log->kind, "capped");
    assert_string_equal(extra(log, "capped"), "4096 bytes, 10 documents");
    assert_string_equal(heat->kind, "timeseries");
    assert_int_equal(heat->primary_key.columns.count, 0);
    assert_non_null(strstr(extra(heat, "timeseries"), "metaField"));
    assert_string_equal(extra(heat, "expires"), "3600 s after its time");
    assert_int_equal(catalog->view_count, 1);
    assert_non_null(strstr(catalog->views[0].definition, "db.people.aggregate([ { \"$match\""));
    assert_string_equal(catalog->views[0].columns[1].name, "name");
    assert_null(catalog_table_find(catalog, "shop", "system.views"));
    connect_close(c);

    mem_auto char *commands = wire_commands();
    static const char *const harmless[] = { "listCollections", "count", "collStats",  "find", "listIndexes", "ping",
                                            "isMaster",        "hello", "endSessions" };
    for (char *line = commands, *next; *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        bool known = false, greeting = strstr(line, "aster\"") || strstr(line, "hello") || strstr(line, "\"ping\"") ||
                                       strstr(line, "endSessions");
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
            known |= strncasecmp(line + 3, harmless[i], strlen(harmless[i])) == 0;
        if (!known || (!greeting && strstr(line, "maxTimeMS") == NULL))
            fail_msg("sent: %s", line);
    }
}

static void indexes_of_every_kind(void **state)
{
    (void)state;
    struct connect *c = open_shop(wire_start(shop, sizeof shop / sizeof *shop));
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    const struct catalog_table *t = look_table(catalog, "people");
    assert_int_equal(t->unique_count, 1);
    assert_string_equal(t->uniques[0].name, "whole");
    assert_int_equal(t->index_count, 8);
    assert_true(index_of(t, "part")->unique);
    assert_string_equal(index_of(t, "part")->where, "{ \"age\" : { \"$gt\" : 1 } }");
    assert_non_null(strstr(index_of(t, "thin")->where, "sparse"));
    assert_non_null(index_of(t, "many")->expression);
    assert_string_equal(index_of(t, "two")->columns.items[0], "home_city");
    assert_string_equal(index_of(t, "two")->orders.items[1], "desc");
    assert_string_equal(index_of(t, "words")->method, "text");
    assert_string_equal(index_of(t, "words")->columns.items[0], "name");
    assert_string_equal(index_of(t, "any")->method, "wildcard");
    assert_string_equal(index_of(t, "place")->method, "2dsphere");
    assert_string_equal(extra(t, "ttl"), "gone: documents go 60 s after { \"age\" : 1 }");
    connect_close(c);
}

/* ---- rights ---- */

static void missing_rights_are_told(void **state)
{
    (void)state;
    static const struct wire_answer some[] = {
        { .command = "listCollections",
          .holds = "nameOnly\" : true, \"authorized",
          .json =
              COLLECTIONS("{\"name\":\"open\",\"type\":\"collection\"},{\"name\":\"shut\",\"type\":\"collection\"}") },
        { .command = "listCollections", .json = NOT_AUTHORIZED },
        { .command = "count", .json = NOT_AUTHORIZED },
        { .command = "find", .holds = "\"open\"", .json = BATCH("shop.open", "{\"_id\":1,\"a\":2}") },
        { .command = "find", .json = NOT_AUTHORIZED },
        { .command = "listIndexes", .json = NOT_AUTHORIZED },
    };
    struct connect *c = open_shop(wire_start(some, sizeof some / sizeof *some));
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    column(look_table(catalog, "open"), "a");
    assert_int_equal(look_table(catalog, "shut")->column_count, 1);
    assert_true(says(catalog, "only the names of collections may be listed"));
    assert_true(says(catalog, "its documents could not be read: not authorized on shop"));
    assert_true(says(catalog, "its indexes could not be read: not authorized"));
    connect_close(c);
}

static void a_probe_says_what_is_missing(void **state)
{
    (void)state;
    static const struct wire_answer some[] = {
        { .command = "buildInfo", .json = "{\"version\":\"7.0.1\"}" },
        { .command = "listCollections",
          .json = COLLECTIONS("{\"name\":\"open\",\"type\":\"collection\"},{\"name\":\"shut\",\"type\":\"view\"}") },
        { .command = "find", .holds = "\"open\"", .json = BATCH("shop.open", "{\"_id\":1}") },
        { .command = "find", .json = NOT_AUTHORIZED },
    };
    struct connect *c = open_shop(wire_start(some, sizeof some / sizeof *some));
    struct connect_probe probe;
    OK(connect_probe(c, arena, &probe, &e));
    assert_string_equal(probe.version, "7.0.1");
    assert_int_equal(probe.tables, 2);
    assert_int_equal(probe.missing_all, 1);
    assert_non_null(strstr(probe.missing[0], "no right to read shop.shut"));
    connect_close(c);
}

static void nothing_may_be_listed(void **state)
{
    (void)state;
    static const struct wire_answer none[] = { { .command = "listCollections", .json = NOT_AUTHORIZED },
                                               { .command = "listDatabases", .json = NOT_AUTHORIZED } };
    const char *server = wire_start(none, 2);
    struct connect *c = open_shop(server);
    struct catalog *catalog = NULL;
    assert_int_equal(connect_catalog(c, arena, NULL, false, &catalog, &e), ERROR_DENIED);
    assert_string_equal(e.code, "permission_denied");
    connect_close(c);
    OK(connect_open(server, NULL, NULL, &c, &e));
    assert_int_equal(connect_catalog(c, arena, NULL, false, &catalog, &e), ERROR_DENIED);
    assert_non_null(strstr(e.message, "name one in the address"));
    connect_close(c);
}

/* ---- servers that are none ---- */

static void a_login_is_refused(void **state)
{
    (void)state;
    static const struct wire_answer answers[] = {
        { .command = "saslStart", .json = "{\"ok\":0,\"code\":18,\"errmsg\":\"Authentication failed.\"}" }
    };
    const char *server = wire_start(answers, 1);
    mem_auto char *url = mem_format("mongodb://ada@%s/shop?authMechanism=SCRAM-SHA-256", server + strlen("mongodb://"));
    struct connect *c = NULL;
    assert_int_equal(connect_open(url, "hunter2-secret", NULL, &c, &e), ERROR_DENIED);
    assert_string_equal(e.code, "login_refused");
    assert_null(strstr(e.message, "hunter2"));
}

/* connect_ms: for the greeting, which some of them answer like anybody. */
static void assert_ends(const struct wire_answer *answers, int connect_ms, enum error_class expected, const char *code)
{
    const char *server = wire_start(answers, 1);
    mem_auto char *url = mem_format("%s/shop?socketTimeoutMS=400&connectTimeoutMS=%d&serverSelectionTimeoutMS=%d",
                                    server, connect_ms, connect_ms);
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    time_t began = time(NULL);
    enum error_class class = connect_open(url, NULL, NULL, &c, &e);
    if (class == ERROR_OK)
        class = connect_catalog(c, arena, NULL, false, &catalog, &e);
    if (class != expected || strcmp(e.code, code) != 0)
        fail_msg("%s: %d %s: %s", answers->command, (int)class, e.code, e.message);
    assert_in_range(time(NULL) - began, 0, 100);
    connect_close(c);
}

static void servers_that_are_none(void **state)
{
    (void)state;
    static const struct {
        struct wire_answer answer;
        int connect_ms;
        const char *code;
    } cases[] = { { { .command = "isMaster", .what = WIRE_STALL }, 400, "connection_refused" },
                  { { .command = "isMaster", .what = WIRE_RUBBISH }, 400, "connection_refused" },
                  { { .command = "listCollections", .what = WIRE_STALL }, 60000, "connection_lost" },
                  { { .command = "listCollections", .what = WIRE_HANG_UP }, 60000, "connection_lost" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ends(&cases[i].answer, cases[i].connect_ms, ERROR_UNAVAILABLE, cases[i].code);
        wire_stop();
    }
}

static void no_tls_where_it_is_asked_for(void **state)
{
    (void)state;
    const struct wire_answer none = { .command = "-" };
    mem_auto char *url = mem_format("%s/shop?tls=true&connectTimeoutMS=500", wire_start(&none, 1));
    struct connect *c = NULL;
    assert_int_equal(connect_open(url, NULL, NULL, &c, &e), ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "does it speak TLS there"));
}

static void answers_too_large(void **state)
{
    (void)state;
    const struct wire_answer large = { .command = "isMaster",
                                       .json = "{\"ismaster\":true,\"maxBsonObjectSize\":16777216,"
                                               "\"maxMessageSizeBytes\":2000000000,\"maxWriteBatchSize\":1000,"
                                               "\"minWireVersion\":0,\"maxWireVersion\":13}" };
    assert_ends(&large, 60000, ERROR_FATAL, "bad_answer");
}

static void a_list_that_makes_no_sense(void **state)
{
    (void)state;
    static const struct wire_answer odd[] = {
        { .command = "listCollections",
          .json = COLLECTIONS("{\"name\":7},{\"type\":\"view\"},{\"name\":\"a\",\"type\":3,\"options\":\"x\"},"
                              "{\"name\":\"b\",\"type\":\"view\",\"options\":{\"pipeline\":1}}") },
        { .command = "count", .json = "{\"n\":\"many\"}" },
        { .command = "find", .json = BATCH("shop.a", "{\"a\":1}") },
        { .command = "listIndexes", .json = BATCH("shop.a", "{\"key\":1},{\"name\":2},{}") },
    };
    struct connect *c = open_shop(wire_start(odd, sizeof odd / sizeof *odd));
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    assert_int_equal(look_table(catalog, "a")->rows, 1);
    assert_int_equal(catalog->view_count, 1);
    connect_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_server_knows, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(indexes_of_every_kind, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(missing_rights_are_told, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(a_probe_says_what_is_missing, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_may_be_listed, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(a_login_is_refused, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(servers_that_are_none, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(no_tls_where_it_is_asked_for, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(answers_too_large, scratch_setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_that_makes_no_sense, scratch_setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
