/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cleaner.h - a process beside the test that outlives it, ends what it started and removes its folder.
 *
 * However the test ends (exit, abort, SIGKILL by ctest), its end of a pipe closes; the cleaner then waits for the
 * servers it was told of, kills those that go on, and removes the folder. It is no child of the test, so a kill of the
 * whole family misses it.
 */
#ifndef TESTS_SUPPORT_CLEANER_H
#define TESTS_SUPPORT_CLEANER_H

#include <sys/types.h>

/* The test's temporary folder (mode 0755), made at the first call together with the cleaner. From then on TMPDIR is a
 * folder in it, for the test and all whom it starts. */
const char *cleaner_folder(void);

/* pid is a child of the test, with a death signal: see to it that it ends. */
void cleaner_watch(pid_t pid);

#endif
