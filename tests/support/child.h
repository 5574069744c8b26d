/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - starts a program for a test: unprivileged when we are root, dead when the test is dead.
 *
 * Failures end the test program with a message on stderr.
 */
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H

#include <sys/types.h>

/* Prints "test support: ...: errno's text" and exits with 1. */
_Noreturn void child_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs argv[0] (a path or a name in PATH), stdout and stderr appended to log. It gets signal death when we end; its
 * HOME is the test's temporary folder. */
pid_t child_start(const char *const argv[], const char *log, int death);

/* Runs to the end; fails the test with the log's text unless it exits with 0. */
void child_run(const char *const argv[], const char *log);

/* Runs argv[0], a path, as ourselves: it may write into the build folder. Fails the test, naming `what`, unless it
 * exits with 0. */
void child_prepare(const char *const argv[], const char *what);

/* Prints the file on stderr. */
void child_show(const char *log);

/* Gives path and all below it to the unprivileged user, if we are root. */
void child_give(const char *path);

/* The user that children run as. */
uid_t child_uid(void);

#endif
