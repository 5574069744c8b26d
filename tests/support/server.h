/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - private servers for one test program.
 *
 * Each is a child that dies with the test and listens on a unix socket only, in a folder of its own below the temporary
 * folder; exit() stops it and removes the folder. As root it runs as an unprivileged user. Anything that goes wrong
 * ends the test program with a message: a test without its server has nothing to say.
 *
 * Blocking; call from the test's main thread. Strings live as long as the program.
 */
#ifndef TESTS_SUPPORT_SERVER_H
#define TESTS_SUPPORT_SERVER_H

#include <sys/types.h>

/* A fresh cluster, no durability (fsync=off). Returns a libpq conninfo of a superuser on an empty database. Each call
 * starts another server. */
const char *support_postgres_start(void);

/* An empty Redis without persistence. Returns the path of its socket. */
const char *support_redis_start(void);

/* Of the server started last, for tests that stop, kill or restart it. */
pid_t support_postgres_pid(void);
pid_t support_redis_pid(void);

/* Kills the server started last (SIGKILL: a crash) and starts it again on the same data and the same socket. Redis
 * comes back empty. */
void support_postgres_restart(void);
void support_redis_restart(void);

#endif
