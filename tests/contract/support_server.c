/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support_server.c - the fixture that every other contract test stands on: servers come up private and unprivileged,
 * survive a crash with their data, and nothing is left when the test that owns them is killed.
 */
#include "tests/support/server.h"

#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/child.h"

static char *query(const char *conninfo, const char *sql)
{
    PGconn *session = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(session), CONNECTION_OK);
    PGresult *result = PQexec(session, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(session));
    char *value = strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(session);
    return value;
}

static void assert_value(const char *conninfo, const char *sql, const char *expected)
{
    char *value = query(conninfo, sql);
    assert_string_equal(value, expected);
    free(value);
}

static void postgres_is_private_and_survives_a_crash(void **state)
{
    (void)state;
    const char *conninfo = support_postgres_start();
    assert_value(conninfo, "SELECT current_setting('listen_addresses')", "");
    assert_value(conninfo, "CREATE TABLE kept AS SELECT 41 + 1 AS n", "");
    pid_t before = support_postgres_pid();
    support_postgres_restart();
    assert_int_not_equal(before, support_postgres_pid());
    assert_value(conninfo, "SELECT n FROM kept", "42");

    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", (int)support_postgres_pid());
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, child_uid());
    assert_int_not_equal(status.st_uid, 0);
}

static void two_clusters_are_apart(void **state)
{
    (void)state;
    char *first = strdup(support_postgres_start());
    const char *second = support_postgres_start();
    assert_string_not_equal(first, second);
    assert_value(first, "CREATE TABLE only_here ()", "");
    assert_value(second, "SELECT to_regclass('only_here') IS NULL", "t");
    free(first);
}

static void redis_answers_and_comes_back_empty(void **state)
{
    (void)state;
    const char *path = support_redis_start();
    redisContext *context = redisConnectUnix(path);
    redisReply *reply = redisCommand(context, "SET k v");
    assert_string_equal(reply->str, "OK");
    freeReplyObject(reply);
    redisFree(context);
    support_redis_restart();
    context = redisConnectUnix(path);
    reply = redisCommand(context, "GET k");
    assert_int_equal(reply->type, REDIS_REPLY_NIL);
    freeReplyObject(reply);
    redisFree(context);
}

/* Another life of this program that starts servers, says where, and waits to be killed. */
static _Noreturn void be_the_victim(void)
{
    support_postgres_start();
    const char *path = support_redis_start();
    printf("%s %d %d\n", path, (int)support_redis_pid(), (int)support_postgres_pid());
    fflush(stdout);
    for (;;)
        pause();
}

/* Segments of System V that a process has made: the kernel has a fixed number of them for all. */
static unsigned segments(int maker)
{
    FILE *stream = fopen("/proc/sysvipc/shm", "r");
    assert_non_null(stream);
    char line[512];
    unsigned count = 0;
    for (int pid; fgets(line, sizeof line, stream) != NULL;)
        count += sscanf(line, "%*s %*s %*s %*s %d", &pid) == 1 && pid == maker;
    fclose(stream);
    return count;
}

static void a_killed_test_leaves_nothing(void **state)
{
    const char *self = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t victim = fork();
    assert_true(victim >= 0);
    if (victim == 0) {
        dup2(ends[1], 1);
        execl(self, self, "victim", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    char path[256];
    int pid, postgres;
    assert_int_equal(fscanf(stream, "%255s %d %d", path, &pid, &postgres), 3);
    fclose(stream);
    assert_int_equal(segments(postgres), 1);
    int server = pidfd_open(pid, 0);
    assert_true(server >= 0);
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    struct pollfd event = { .fd = server, .events = POLLIN };
    assert_int_equal(poll(&event, 1, 120000), 1);
    close(server);

    *strrchr(path, '/') = '\0'; /* the server's folder: the cleaner removes it, which nobody tells us */
    unsigned waited_ms = 0;
    for (; access(path, F_OK) == 0 && waited_ms < 120000; waited_ms += 10)
        nanosleep(&(struct timespec){ .tv_nsec = 10000000L }, NULL);
    assert_true(waited_ms < 120000);
    assert_int_equal(segments(postgres), 0);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "victim") == 0)
        be_the_victim();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postgres_is_private_and_survives_a_crash),
        cmocka_unit_test(two_clusters_are_apart),
        cmocka_unit_test(redis_answers_and_comes_back_empty),
        cmocka_unit_test_prestate(a_killed_test_leaves_nothing, argv[0]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
