/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_pipeline.c - what slots lend to jobs, by the five kinds on a real file and a real target: uploads, secrets,
 * results and artifacts of earlier steps, children; and the target's password is found nowhere.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secretbox.h"
#include "jobs/kinds.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "tests/support/fleet.h"

static const char marker[] = "marker-pAss-4711";
static struct fleet fleet;
static char data[256];
#define R (&fleet.record)

static void copy_file(const char *from, const char *to)
{
    static char bytes[4 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(in) | fclose(out), 0);
}

/* Connection 1 is the upload, 2 the target with its secret, 3 the target whose secret was sealed for another row. */
static void make_connections(struct secretbox *box)
{
    struct error e = ERROR_NONE;
    char url[512], host[256], *hex[2] = { NULL, NULL };
    assert_int_equal(sscanf(strstr(R->url, "host=") + 5, "%255s", host), 1);
    (void)snprintf(url, sizeof url, "postgresql://argosy@/target?host=%s", host);
    for (int i = 0; i < 2; i++) {
        unsigned char *sealed;
        size_t size;
        assert_int_equal(secretbox_seal(box, 2, marker, strlen(marker), &sealed, &size, &e), ERROR_OK);
        hex[i] = mem_zero(2 * size + 1, 1);
        for (size_t at = 0; at < size; at++)
            (void)snprintf(hex[i] + 2 * at, 3, "%02x", sealed[at]);
        free(sealed);
    }
    record_run(R, "CREATE DATABASE target");
    record_run(
        R,
        "INSERT INTO argosy.connection (name, dialect, url, secret) VALUES ('source', 'sqlite', 'upload:1', NULL), "
        "('target', 'postgresql', '%s', decode('%s', 'hex')), ('moved', 'postgresql', '%s', decode('%s', 'hex'))",
        url, hex[0], url, hex[1]);
    free(hex[0]);
    free(hex[1]);
}

static int setup(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct secretbox *box;
    char path[512];
    (void)snprintf(data, sizeof data, "%s/data", cleaner_folder());
    (void)snprintf(path, sizeof path, "%s/uploads", data);
    assert_int_equal(mkdir(data, 0755) | mkdir(path, 0755), 0);
    (void)snprintf(path, sizeof path, "%s/uploads/1", data);
    const char *source = getenv("ARGOSY_SOURCE");
    char demo[4096];
    (void)snprintf(demo, sizeof demo, "%s/deploy/demo/chinook.sqlite", source != NULL ? source : ".");
    copy_file(demo, path);
    (void)snprintf(path, sizeof path, "%s/secret.key", data);
    assert_int_equal(secretbox_create(path, &box, &e), ERROR_OK);
    child_give(data);
    fleet_start(&fleet, &(struct fleet_options){ .slots = 2, .drain_s = 1, .data = data });
    for (const struct kind *kind = kinds; kind->name != NULL; kind++)
        record_run(R, "SELECT argosy.kind_put('%s', $schema$%s$schema$)", kind->name, kind->schema->data);
    make_connections(box);
    secretbox_destroy(box);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fleet_finish(&fleet);
    return 0;
}

/* The test as scheduler: rings until nothing is left. */
static void run_to_the_end(void)
{
    for (unsigned rounds = 0; record_int(R, "SELECT count(*) FROM argosy.job_live") > 0; rounds++) {
        if (rounds > 500)
            fleet_wait(&fleet, "SELECT false"); /* fails with the log */
        record_run(R, "SELECT argosy.due(100)");
        fleet_dispatch(&fleet, 2);
        fleet_wait(&fleet, "SELECT count(*) = 0 FROM argosy.job_live WHERE state = 3");
    }
}

static void chinook_arrives(void **state)
{
    (void)state;
    record_run(
        R, "SELECT argosy.pipeline_submit('chinook', '["
           "{\"step\":\"discovery\",\"kind\":\"discovery\",\"args\":{\"source\":1}},"
           "{\"step\":\"mapping\",\"kind\":\"mapping\",\"args\":{\"source\":1,\"target\":2},\"after\":[\"discovery\"]},"
           "{\"step\":\"codegen\",\"kind\":\"codegen\",\"args\":{\"formats\":[\"postgresql\",\"sqlalchemy\"]},"
           "\"after\":[\"mapping\"]},"
           "{\"step\":\"migration\",\"kind\":\"migration\",\"args\":{\"step\":\"ddl\",\"source\":1,\"target\":2},"
           "\"after\":[\"mapping\",\"codegen\"]},"
           "{\"step\":\"validation\",\"kind\":\"validation\",\"args\":{\"source\":1,\"target\":2},\"after\":["
           "\"migration\",\"mapping\"]}]')");
    run_to_the_end();
    if (record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state <> 5") > 0)
        fail_msg("%s", record_text(R, "SELECT string_agg(kind || ': ' || coalesce(error::text, ''), '; ') FROM "
                                      "argosy.job_history WHERE state <> 5"));
    const char *result = record_text(
        R, "SELECT concat_ws(' ', result ->> 'validation', result ->> 'tables', result ->> 'rows', "
           "result ->> 'primary_keys', result ->> 'foreign_keys') FROM argosy.job_history WHERE kind = 'validation'");
    assert_string_equal(result, "passed 11 15607 11 11");
    assert_true(record_int(R, "SELECT count(*) FROM argosy.artifact WHERE name = 'sqlalchemy/models.py'") == 1);
    assert_true(record_int(R, "SELECT count(*) FROM argosy.job WHERE step LIKE 'rows/%%'") >= 11);
}

static void a_secret_of_another_row_is_refused(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "discovery", "{\"source\":3}");
    fleet_dispatch(&fleet, 1);
    fleet_wait(&fleet, "SELECT count(*) > 0 FROM argosy.job_history WHERE id = %" PRId64 " AND state = 6", job);
    assert_string_equal(
        record_text(R, "SELECT error ->> 'error_code' FROM argosy.job_history WHERE id = %" PRId64, job),
        "secret_refused");
    job = fleet_submit(&fleet, "discovery", "{\"source\":99}");
    fleet_dispatch(&fleet, 1);
    fleet_wait(&fleet, "SELECT count(*) > 0 FROM argosy.job_history WHERE id = %" PRId64 " AND state = 6", job);
    assert_string_equal(
        record_text(R, "SELECT error ->> 'error_code' FROM argosy.job_history WHERE id = %" PRId64, job),
        "connection_missing");
}

static bool file_has(const char *path, const char *text)
{
    static char bytes[1 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;
    if (fd >= 0)
        (void)close(fd);
    return size > 0 && memmem(bytes, (size_t)size, text, strlen(text)) != NULL;
}

static void the_password_is_nowhere(void **state)
{
    (void)state;
    char path[300];
    record_run(R, "CREATE TEMP TABLE finding (place text)");
    record_run(R,
               "DO $$ DECLARE t text; n bigint; BEGIN "
               "FOR t IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace "
               "         WHERE s.nspname = 'argosy' AND c.relkind IN ('r', 'p') LOOP "
               "EXECUTE format('SELECT count(*) FROM %%s x WHERE strpos(x::text, %%L) > 0', t, '%s') INTO n; "
               "IF n > 0 THEN INSERT INTO finding VALUES (t); END IF; END LOOP; END $$",
               marker);
    assert_int_equal(record_int(R, "SELECT count(*) FROM finding"), 0);
    assert_false(file_has(fleet.log, marker));
    assert_true(file_has(fleet.log, "registered")); /* it is the log */
    pid_t slot = fleet_slot(&fleet, 0);
    static const char *const parts[] = { "cmdline", "environ" };
    for (unsigned i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)slot, parts[i]);
        assert_false(file_has(path, marker));
        assert_false(file_has(path, "host=")); /* nor the record's own address */
    }
    assert_true(file_has(path, "PATH="));
}

int main(int argc, char **argv)
{
    fleet_role(argc, argv);
    const struct CMUnitTest tests[] = { cmocka_unit_test(chinook_arrives),
                                        cmocka_unit_test(a_secret_of_another_row_is_refused),
                                        cmocka_unit_test(the_password_is_nowhere) };
    return cmocka_run_group_tests(tests, setup, teardown);
}
