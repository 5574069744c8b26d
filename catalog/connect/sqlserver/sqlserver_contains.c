/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_contains.c - how the values of columns lie in the keys of another table, compared by the server.
 *
 * Only while both tables are small enough to be read whole: then the statement is one that SQL Server understands too.
 */
#include "catalog/connect/inclusion.h"
#include "catalog/connect/sqlserver/sqlserver.h"

bool sqlserver_contains_text(struct sqltext *s, const struct rows_pair *pair)
{
    static const struct inclusion_dialect dialect = { .text_before = "CAST(",
                                                      .text_after = " AS nvarchar(4000))",
                                                      .collations = true };
    bool exact = false, small = pair->from->rows >= 0 && pair->from->rows <= pair->rows_max && pair->to->rows >= 0 &&
                                pair->to->rows <= pair->rows_max;
    return small && inclusion_write(s, &dialect, pair, &exact) && exact;
}

enum error_class sqlserver_contains(struct connect *c, const struct rows_pair *pair,
                                    struct rows_inclusion *ret_inclusion, struct error *e)
{
    struct odbc *o = odbc_of(c);
    struct rows_inclusion found = { .known = true, .exact = true };
    struct odbc_cursor *cursor = NULL;
    const struct connect_value *values = NULL;
    const char *sql;
    if (!sqlserver_contains_text(&o->sql, pair))
        return ERROR_OK;
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    if (class == ERROR_OK)
        class = odbc_query(o, sql, NULL, &cursor, e);
    if (class == ERROR_OK)
        class = odbc_fetch(cursor, &values, e);
    if (class == ERROR_OK && (values == NULL || odbc_columns(cursor) != 4))
        class = error_code(e, ERROR_FATAL, "protocol_error", "the server did not answer with a row");
    if (class == ERROR_OK) {
        const struct odbc_reading r = { .odbc = o, .values = values };
        found.rows = odbc_number_at(&r, 0, 0);
        found.distinct = odbc_number_at(&r, 1, 0);
        found.rows_missing = odbc_number_at(&r, 2, 0);
        found.distinct_missing = odbc_number_at(&r, 3, 0);
        *ret_inclusion = found;
    }
    odbc_finish(cursor);
    return class == ERROR_OK
               ? class
               : error_wrap(e, "compare table %.200s with the keys of %.200s", pair->from->name, pair->to->name);
}
