/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_file.h - SQLite databases for tests: made from SQL, or the demo's own. */
#ifndef TESTS_SUPPORT_SQLITE_FILE_H
#define TESTS_SUPPORT_SQLITE_FILE_H

/* Runs sql on a new file in a folder of its own; returns its URL "sqlite:/...". One at a time: making the next one, or
 * the end of the program, removes it. Fails the test when the SQL fails. */
const char *sqlite_file_make(const char *sql);
/* The path behind sqlite_file_make()'s URL. */
const char *sqlite_file_path(void);
/* The same with these bytes instead of a database. */
const char *sqlite_file_bytes(const void *bytes, unsigned long size);

/* URL of deploy/demo/chinook.sqlite. */
const char *sqlite_file_chinook(void);

#endif
