/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_server.h - a private MariaDB or MySQL 8 for one test program: a child on a unix socket in a folder of its own,
 * without durability, gone with the test. Anything that goes wrong ends the test with a message.
 *
 * MariaDB is Debian's; MySQL is fetched once by tests/support/mysql/prepare.py.
 */
#ifndef TESTS_SUPPORT_MYSQL_SERVER_H
#define TESTS_SUPPORT_MYSQL_SERVER_H

enum mysql_flavour { MYSQL_MARIADB, MYSQL_MYSQL8, MYSQL_FLAVOURS };

/* What follows is that server's; MariaDB until then. */
void mysql_server_use(enum mysql_flavour flavour);
enum mysql_flavour mysql_server_flavour(void);

/* Starts the server at the first call and makes an empty database of that name. The address of it, as root or as a user
 * that mysql_server_run() made; good until the next call. */
const char *mysql_server_database(const char *name);
const char *mysql_server_address(const char *user, const char *name);

/* Runs statements, one after another, each ended by ";;" or the text's end. */
void mysql_server_run(const char *database, const char *statements);

/* A session of its own runs the statement and stays, with what it holds, until it is let go. One at a time. */
void mysql_server_hold(const char *database, const char *statement);
void mysql_server_let_go(void);

/* Ends the user's sessions, of which there is one at least, and comes back when the server has none of them. */
void mysql_server_end_sessions(const char *user);

#endif
