/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_traps.h - SQL that makes databases of what SQLite allows and others don't. */
#ifndef TESTS_SUPPORT_SQLITE_TRAPS_H
#define TESTS_SUPPORT_SQLITE_TRAPS_H

extern const char sqlite_traps_columns[]; /* one table, two rows: values that their declared types don't promise */
extern const char sqlite_traps_keys[];    /* keys over NULL, orphans, mixed types, names that meet or are too long */
extern const char sqlite_traps_rows[];    /* several chunks of rows under odd keys, hostile names, hostile text */

#endif
