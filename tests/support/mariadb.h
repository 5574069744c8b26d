/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mariadb.h - a private MariaDB for one test program: a child on a unix socket in a folder of its own, without
 * durability, gone with the test. Anything that goes wrong ends the test with a message.
 */
#ifndef TESTS_SUPPORT_MARIADB_H
#define TESTS_SUPPORT_MARIADB_H

/* Starts the server at the first call and makes an empty database of that name. The address of it, as root or as a user
 * that mariadb_run() made; good until the next call. */
const char *mariadb_database(const char *name);
const char *mariadb_address(const char *user, const char *name);

/* Runs statements, one after another, each ended by a line with ";;" or the text's end. */
void mariadb_run(const char *database, const char *statements);

#endif
