/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs_probe.c - what a probe says of databases that are not there and of files; and who reads a file that is no
 * database, and who refuses it.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jobs/job.h"
#include "jobs/port.h"
#include "jobs/side.h"

static struct job_connection lent;
static char phases[100];

static enum error_class on_connection(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                      struct error *e)
{
    (void)arg, (void)e;
    *ret = lent;
    ret->id = id;
    ret->secret = lent.secret != NULL ? arena_text(arena, lent.secret) : NULL;
    return ERROR_OK;
}

static enum error_class on_phase(void *arg, int64_t connection, const char *phase, struct error *e)
{
    (void)arg, (void)e;
    size_t used = strlen(phases);
    (void)snprintf(phases + used, sizeof phases - used, "%lld:%s ", (long long)connection, phase);
    return ERROR_OK;
}

static const struct job_port port = { .connection = on_connection, .phase = on_phase };

static json_t *probe(void)
{
    const struct job_begin begin = { .id = 7, .epoch = 1, .attempt = 1, .kind = "probe" };
    struct job *job = job_create(&begin, &port);
    struct error e = ERROR_NONE;
    json_auto_t *args = json_pack("{s:i}", "source", 1);
    json_t *result = NULL;
    assert_int_equal(job_kind_find("probe")->run(job, args, &result, &e), ERROR_OK);
    assert_true(json_integer_value(json_object_get(result, "took_ms")) >= 0);
    job_destroy(job);
    return result;
}

static const char *of_error(const json_t *result, const char *member)
{
    return json_string_value(json_object_get(json_object_get(result, "error"), member));
}

static void nobody_there(void **state)
{
    (void)state;
    lent = (struct job_connection){
        .name = "c", .dialect = "postgresql", .url = "postgresql://u@127.0.0.1:1/d", .secret = "127.0.0.1"
    }; /* a password that the message would hold */
    json_auto_t *result = probe();
    assert_true(json_is_false(json_object_get(result, "reachable")));
    assert_string_equal(of_error(result, "error_code"), "connection_refused");
    assert_string_equal(of_error(result, "class"), "unavailable");
    assert_non_null(strstr(of_error(result, "advice"), "host and port"));
    mem_auto char *text = json_dumps(result, 0);
    assert_null(strstr(text, "127.0.0.1"));
}

static void no_address(void **state)
{
    (void)state;
    lent = (struct job_connection){ .name = "c", .dialect = "postgresql", .url = "postgresql://[" };
    json_auto_t *result = probe();
    assert_string_equal(of_error(result, "class"), "invalid");
    assert_non_null(strstr(of_error(result, "advice"), "address"));
}

static void files(void **state)
{
    (void)state;
    char path[] = "/tmp/jobs_probe_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    lent = (struct job_connection){ .name = "c", .dialect = "file", .url = "file:x", .path = path, .file = "shop.csv" };
    json_auto_t *there = probe();
    assert_true(json_is_true(json_object_get(there, "reachable")));
    assert_string_equal(json_string_value(json_object_get(there, "file")), "shop.csv");
    (void)unlink(path);
    json_auto_t *gone = probe();
    assert_string_equal(of_error(gone, "error_code"), "upload_missing");
    assert_null(strstr(of_error(gone, "message"), path));
}

static void other_kinds_refuse_a_file(void **state)
{
    (void)state;
    const struct job_begin begin = { .id = 7, .epoch = 1, .attempt = 1, .kind = "migration" };
    struct job *job = job_create(&begin, &port);
    struct error e = ERROR_NONE;
    struct connect *c = NULL;
    json_auto_t *args = json_pack("{s:i}", "source", 1);
    lent =
        (struct job_connection){ .name = "shop", .dialect = "file", .url = "file:/x/1", .path = "/x/1", .file = "a" };
    assert_int_equal(side_open(job, args, "source", true, &c, &e), ERROR_REFUSED);
    assert_string_equal(e.code, "no_database");
    assert_null(strstr(e.message, "/x/1"));
    job_destroy(job);
}

static void a_phase_is_said_once(void **state)
{
    (void)state;
    const struct job_begin begin = { .id = 7, .epoch = 1, .attempt = 1, .kind = "discovery" };
    struct job *job = job_create(&begin, &port);
    *phases = '\0';
    job_phase(job, 3, "analyzing");
    job_phase(job, 3, "analyzing");
    job_phase(job, 3, "indexing");
    job_phase(job, 3, "indexing");
    assert_string_equal(phases, "3:analyzing 3:indexing ");
    job_destroy(job);
}

/* A file of any format, by the name that it came with. */
static void discovery_reads_a_file_and_says_where_it_is(void **state)
{
    (void)state;
    static const char rows[] = "id,town\n1,Turin\n2,Lyon\n";
    const struct job_begin begin = { .id = 7, .epoch = 1, .attempt = 1, .kind = "discovery" };
    char path[] = "/tmp/jobs_probe_XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, rows, strlen(rows)), strlen(rows));
    (void)close(fd);
    lent =
        (struct job_connection){ .name = "c", .dialect = "file", .url = "file:x", .path = path, .file = "place.csv" };
    *phases = '\0';
    struct job *job = job_create(&begin, &port);
    struct error e = ERROR_NONE;
    json_auto_t *args = json_pack("{s:i}", "source", 3), *result = NULL;
    json_t *made = NULL;
    assert_int_equal(job_kind_find("discovery")->run(job, args, &made, &e), ERROR_OK);
    result = made;
    const json_t *table = json_array_get(json_object_get(json_object_get(result, "catalog"), "tables"), 0);
    assert_string_equal(json_string_value(json_object_get(table, "name")), "place");
    assert_int_equal(json_array_size(json_object_get(table, "columns")), 2);
    assert_string_equal(phases, "3:analyzing 3:indexing ");
    assert_int_equal(job_outcome(job).artifact_count, 1);
    assert_null(strstr(job_outcome(job).artifacts[0].text, path)); /* nobody is shown where it lies */
    job_destroy(job);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(no_address),
        cmocka_unit_test(files),
        cmocka_unit_test(other_kinds_refuse_a_file),
        cmocka_unit_test(a_phase_is_said_once),
        cmocka_unit_test(discovery_reads_a_file_and_says_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
