/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions with a real PostgreSQL: refused, silent, lost or limited, each says so in its own way; no secret gets out.
 */
#include "catalog/connect/connect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/customer.h"
#include "tests/support/scratch.h"

static struct error e;

#define FAILS(call, wanted_class, wanted_code)      \
    do {                                            \
        e = ERROR_NONE;                             \
        assert_int_equal((call), (wanted_class));   \
        assert_string_equal(e.code, (wanted_code)); \
    } while (0)

static struct catalog_table *find(struct connect *c, const char *name)
{
    struct catalog *catalog;
    if (connect_catalog(c, arena, "public", false, &catalog, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    struct catalog_table *t = catalog_table_find(catalog, "public", name);
    assert_non_null(t);
    return t;
}

static void errors_have_their_class(void **state)
{
    (void)state;
    const char *url = customer_database();
    struct connect *c = NULL;
    char wrong[700];
    const struct connect_options readers = { .read_only = true };

    FAILS(connect_open("postgresql://u@127.0.0.1:1/x", NULL, NULL, &c, &e), ERROR_UNAVAILABLE, "connection_refused");
    snprintf(wrong, sizeof wrong, "%s_not_there", url);
    FAILS(connect_open(wrong, NULL, NULL, &c, &e), ERROR_UNAVAILABLE, "connection_refused"); /* no such socket */
    snprintf(wrong, sizeof wrong, "%.*snope%s", (int)(strstr(url, "customer") - url), url, strchr(url, '?'));
    FAILS(connect_open(wrong, NULL, NULL, &c, &e), ERROR_INVALID, "database_not_found");
    snprintf(wrong, sizeof wrong, "postgresql://stranger@%s", strstr(url, "@") + 1);
    FAILS(connect_open(wrong, "marker-password", NULL, &c, &e), ERROR_DENIED, "login_refused");
    assert_null(strstr(e.message, "marker-password"));
    FAILS(connect_open("postgresql://%zz", NULL, NULL, &c, &e), ERROR_INVALID, "bad_url");
    assert_null(c);

    free(customer_query(url, "CREATE TABLE t (x int); CREATE ROLE weak LOGIN"));
    OK(connect_open(url, NULL, &readers, &c, &e));
    FAILS(connect_script(c, "DROP TABLE public.t", &e), ERROR_REFUSED, "read_only");
    connect_close(c);

    snprintf(wrong, sizeof wrong, "postgresql://weak@%s", strstr(url, "@") + 1);
    c = customer_open(wrong, NULL);
    struct catalog_table *t = find(c, "t");
    int64_t rows;
    FAILS(connect_count(c, t, &rows, &e), ERROR_DENIED, "permission_denied");
    connect_close(c);
}

/* The password is asked for, given apart from the URL, and in no message. */
static void passwords_stay_out_of_messages(void **state)
{
    (void)state;
    const char *url = customer_database();
    char secretive[700];
    free(customer_query(url, "CREATE ROLE secretive LOGIN PASSWORD 'marker-password'; DO $$ BEGIN EXECUTE format('COPY "
                             "(VALUES (''local all secretive scram-sha-256''), (''local all all trust'')) TO %L', "
                             "current_setting('hba_file')); END $$; SELECT pg_reload_conf()"));
    snprintf(secretive, sizeof secretive, "postgresql://secretive@%s", strstr(url, "@") + 1);
    struct connect *c = NULL;
    enum error_class class = ERROR_OK;
    for (int i = 0; i < 1000 && class == ERROR_OK; i++) { /* until the server has read its new rules */
        e = ERROR_NONE;
        class = connect_open(secretive, "marker-wrong", NULL, &c, &e);
        c = class == ERROR_OK ? connect_close(c) : NULL;
    }
    assert_int_equal(class, ERROR_DENIED);
    assert_string_equal(e.code, "login_refused");
    assert_null(strstr(e.message, "marker"));
    FAILS(connect_open(secretive, NULL, NULL, &c, &e), ERROR_DENIED, "login_refused");
    OK(connect_open(secretive, "marker-password", NULL, &c, &e));
    connect_close(c);
    customer_expect(url, "SELECT count(*) FROM pg_stat_activity WHERE pg_stat_activity::text LIKE '%marker' || '-%'",
                    "0");
}

/* A server that takes the connection and then says nothing. */
static void silence_has_an_end(void **state)
{
    (void)state;
    char folder[] = "/tmp/argosy-silent-XXXXXX", url[100];
    assert_non_null(mkdtemp(folder));
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    struct connect *c = NULL;
    const struct connect_options options = { .connect_timeout_s = 1 };
    snprintf(url, sizeof url, "postgresql://u@/d?host=%s", folder);
    FAILS(connect_open(url, NULL, &options, &c, &e), ERROR_UNAVAILABLE, "connection_refused");
    assert_non_null(strstr(e.message, "within 1 s"));
    close(fd);
    unlink(address.sun_path);
    rmdir(folder);
}

static void a_lost_session_says_so(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE t (x int)"));
    struct connect *c = customer_open(url, "argosy lost");
    struct catalog_table *t = find(c, "t");
    int64_t rows;
    OK(connect_begin(c, &e));
    free(customer_query(
        url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'argosy lost'"));
    FAILS(connect_count(c, t, &rows, &e), ERROR_UNAVAILABLE, "connection_lost");
    FAILS(connect_commit(c, &e), ERROR_UNAVAILABLE, "connection_lost"); /* never sent: not unknown */
    connect_close(c);
}

static void sessions_are_limited(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TABLE t (x int); DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil', "
             "current_database()); END $$"));
    struct connect *c = NULL;
    const struct connect_options options = { .lock_timeout_s = 1, .application = "argosy limits" };
    OK(connect_open(url, NULL, &options, &c, &e));
    struct catalog_table *t = find(c, "t");
    PGconn *other = customer_session(url);
    PQclear(PQexec(other, "BEGIN; LOCK TABLE public.t"));
    int64_t rows;
    FAILS(connect_count(c, t, &rows, &e), ERROR_RETRY, "lock_timeout");
    PQfinish(other);
    OK(connect_begin(c, &e));
    OK(connect_script(c, "CREATE TABLE public.settings AS SELECT name, setting FROM pg_settings", &e));
    OK(connect_commit(c, &e));
    connect_close(c);
    customer_expect(url,
                    "SELECT string_agg(setting, ' ' ORDER BY name COLLATE \"C\") FROM public.settings WHERE name IN "
                    "('search_path', "
                    "'standard_conforming_strings', 'TimeZone', 'idle_in_transaction_session_timeout', "
                    "'client_encoding', 'application_name', 'row_security', 'synchronous_commit')",
                    "UTC argosy limits UTF8 120000 off \"\" on on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(errors_have_their_class, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(passwords_stay_out_of_messages, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(silence_has_an_end, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_lost_session_says_so, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(sessions_are_limited, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
