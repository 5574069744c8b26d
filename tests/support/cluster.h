/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - the files of a fresh PostgreSQL cluster, for server.c. Failures end the test program. */
#ifndef TESTS_SUPPORT_CLUSTER_H
#define TESTS_SUPPORT_CLUSTER_H

/* Path of a program of PostgreSQL's newest version on this machine. Static; one call for each of "initdb" and
 * "postgres". */
const char *cluster_program(const char *name);

/* Makes the folder `to` a cluster that belongs to the unprivileged user; superuser argosy, no passwords. */
void cluster_create(const char *to, const char *log);

#endif
