/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_cursor.c - a statement and its rows, taken in blocks.
 *
 * Happy path: when every column has a size that fits, a block of rows is bound and fetched at once. A column without a
 * limit makes the whole result go row by row, each value taken in pieces. Failure modes: a value over VALUE_MAX or
 * longer than described is an error and never cut; a row that the driver could not make is the driver's error.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/odbc/odbc_cell.h"
#include "catalog/connect/odbc/odbc_text.h"

enum { BLOCK_BYTES = 1 << 20, BLOCK_ROWS = 500, COLUMNS_MAX = 4096, PIECE_SIZE = 16384, VALUE_MAX = 64 << 20 };

struct odbc_cursor {
    struct odbc *odbc; /* not owned */
    SQLHSTMT statement;
    struct odbc_cell *cells;
    struct connect_value *values;
    size_t columns, block_rows; /* block_rows 0: nothing is bound */
    SQLULEN fetched;
    SQLUSMALLINT *states; /* of each row of the block */
    size_t row;           /* next of the block */
};

static enum error_class failed(struct odbc_cursor *c, struct error *e)
{
    return odbc_failed(c->odbc, SQL_HANDLE_STMT, c->statement, NULL, e);
}

static bool set(struct odbc_cursor *c, SQLINTEGER attribute, void *value)
{
    return SQL_SUCCEEDED(c->odbc->api->do_SetStmtAttr(c->statement, attribute, value, SQL_IS_POINTER));
}

static bool set_number(struct odbc_cursor *c, SQLINTEGER attribute, size_t value)
{
    return SQL_SUCCEEDED(
        c->odbc->api->do_SetStmtAttr(c->statement, attribute, (SQLPOINTER)(uintptr_t)value, SQL_IS_UINTEGER));
}

static enum error_class describe(struct odbc_cursor *c, const enum odbc_form *forms, struct error *e)
{
    SQLSMALLINT count = 0;
    if (!SQL_SUCCEEDED(c->odbc->api->do_NumResultCols(c->statement, &count)))
        return failed(c, e);
    if (count > COLUMNS_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_columns", "a result has more than %d columns", COLUMNS_MAX);
    c->columns = count > 0 ? (size_t)count : 0;
    c->cells = mem_zero(c->columns + 1, sizeof *c->cells);
    c->values = mem_zero(c->columns + 1, sizeof *c->values);
    for (size_t i = 0; i < c->columns; i++) {
        SQLWCHAR name[2];
        SQLSMALLINT name_units = 0, type = 0, digits = 0, nullable = 0;
        SQLULEN size = 0;
        SQLRETURN code = c->odbc->api->do_DescribeColW(c->statement, (SQLUSMALLINT)(i + 1), name, 2, &name_units, &type,
                                                       &size, &digits, &nullable);
        if (!SQL_SUCCEEDED(code))
            return failed(c, e);
        odbc_cell_plan(&c->cells[i], type, size, forms != NULL ? forms[i] : ODBC_AS_IS);
    }
    return ERROR_OK;
}

/* How many rows go into a block; 0 when a column has no limit. */
static size_t block_rows(const struct odbc_cursor *c)
{
    size_t width = 0;
    for (size_t i = 0; i < c->columns; i++) {
        if (c->cells[i].width == 0)
            return 0;
        width += (size_t)c->cells[i].width + sizeof(SQLLEN);
    }
    size_t rows = width > 0 ? BLOCK_BYTES / width : 0;
    return rows > BLOCK_ROWS ? BLOCK_ROWS : rows;
}

/* Column-wise. A driver that knows no blocks gives a row a block. */
static enum error_class bind(struct odbc_cursor *c, struct error *e)
{
    size_t rows = block_rows(c);
    if (rows == 0)
        return ERROR_OK;
    if (rows > 1 && !set_number(c, SQL_ATTR_ROW_ARRAY_SIZE, rows))
        rows = 1;
    c->states = mem_zero(rows, sizeof *c->states);
    if (!set(c, SQL_ATTR_ROWS_FETCHED_PTR, &c->fetched) || !set(c, SQL_ATTR_ROW_STATUS_PTR, c->states))
        return failed(c, e);
    for (size_t i = 0; i < c->columns; i++) {
        struct odbc_cell *cell = &c->cells[i];
        cell->cells = mem_zero(rows, (size_t)cell->width);
        cell->sizes = mem_zero(rows, sizeof *cell->sizes);
        if (!SQL_SUCCEEDED(c->odbc->api->do_BindCol(c->statement, (SQLUSMALLINT)(i + 1), cell->c_type, cell->cells,
                                                    cell->width, cell->sizes)))
            return failed(c, e);
    }
    c->block_rows = rows;
    return ERROR_OK;
}

enum error_class odbc_query(struct odbc *o, const char *sql, const enum odbc_form *forms,
                            struct odbc_cursor **ret_cursor, struct error *e)
{
    size_t units = 0;
    enum error_class class = odbc_usable(o, e);
    if (class != ERROR_OK)
        return class;
    struct odbc_cursor *c = mem_zero(1, sizeof *c);
    c->odbc = o;
    if (!SQL_SUCCEEDED(o->api->do_AllocHandle(SQL_HANDLE_STMT, o->connection, &c->statement))) {
        free(c);
        return odbc_failed(o, SQL_HANDLE_DBC, o->connection, NULL, e);
    }
    if (o->statement_timeout_s > 0)
        (void)set_number(c, SQL_ATTR_QUERY_TIMEOUT, (size_t)o->statement_timeout_s);
    SQLWCHAR *wide = odbc_text_wide(sql, &units);
    SQLRETURN code = o->api->do_ExecDirectW(c->statement, wide, (SQLINTEGER)units);
    free(wide);
    if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA)
        class = failed(c, e);
    if (class == ERROR_OK)
        class = describe(c, forms, e);
    if (class == ERROR_OK)
        class = bind(c, e);
    if (class != ERROR_OK) {
        odbc_finish(c);
        return class;
    }
    *ret_cursor = c;
    return ERROR_OK;
}

struct odbc_cursor *odbc_finish(struct odbc_cursor *c)
{
    if (c == NULL)
        return NULL;
    (void)c->odbc->api->do_FreeHandle(SQL_HANDLE_STMT, c->statement); /* first: it may still know the cells */
    for (size_t i = 0; i < c->columns; i++)
        odbc_cell_finish(&c->cells[i]);
    free(c->cells);
    free(c->values);
    free(c->states);
    free(c);
    return NULL;
}

size_t odbc_columns(const struct odbc_cursor *c)
{
    return c->columns;
}

/* A value of any length, piece by piece, into cell->raw. */
static enum error_class take_long(struct odbc_cursor *c, size_t column, SQLLEN *ret_size, struct error *e)
{
    struct odbc_cell *cell = &c->cells[column];
    size_t used = 0, end = cell->c_type == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 0; /* what ends a piece of text */
    *ret_size = 0;
    for (;;) {
        SQLLEN size = 0;
        size_t piece = used + PIECE_SIZE;
        if (used > VALUE_MAX)
            return error_code(e, ERROR_TOO_LARGE, "value_too_large", "a value is larger than %d MB", VALUE_MAX >> 20);
        cell->raw = mem_grow(cell->raw, &cell->raw_capacity, piece, 1);
        size_t room = cell->raw_capacity - used;
        room -= room % sizeof(SQLWCHAR);
        SQLRETURN code = c->odbc->api->do_GetData(c->statement, (SQLUSMALLINT)(column + 1), cell->c_type,
                                                  cell->raw + used, (SQLLEN)room, &size);
        if (code == SQL_NO_DATA)
            break;
        if (!SQL_SUCCEEDED(code))
            return failed(c, e);
        if (size == SQL_NULL_DATA) {
            *ret_size = SQL_NULL_DATA;
            return ERROR_OK;
        }
        bool more = code == SQL_SUCCESS_WITH_INFO && (size == SQL_NO_TOTAL || size > (SQLLEN)(room - end));
        if (!more && (size < 0 || (size_t)size > room))
            return error_code(e, ERROR_FATAL, "protocol_error", "the driver gave a piece of a size that can't be (%ld)",
                              (long)size);
        used += more ? room - end : (size_t)size;
        if (!more)
            break;
    }
    *ret_size = (SQLLEN)used;
    return ERROR_OK;
}

static enum error_class take_unbound(struct odbc_cursor *c, size_t column, struct error *e)
{
    struct odbc_cell *cell = &c->cells[column];
    SQLLEN size = 0;
    if (cell->c_type == SQL_C_WCHAR || cell->c_type == SQL_C_BINARY) {
        enum error_class class = take_long(c, column, &size, e);
        return class != ERROR_OK ? class
                                 : odbc_cell_value(cell, cell->raw, size, cell->raw_capacity, &c->values[column], e);
    }
    cell->raw = mem_grow(cell->raw, &cell->raw_capacity, (size_t)cell->width, 1);
    if (!SQL_SUCCEEDED(c->odbc->api->do_GetData(c->statement, (SQLUSMALLINT)(column + 1), cell->c_type, cell->raw,
                                                cell->width, &size)))
        return failed(c, e);
    return odbc_cell_value(cell, cell->raw, size, cell->raw_capacity, &c->values[column], e);
}

static enum error_class take_bound(struct odbc_cursor *c, size_t column, struct error *e)
{
    struct odbc_cell *cell = &c->cells[column];
    size_t end = cell->c_type == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 0;
    return odbc_cell_value(cell, cell->cells + c->row * (size_t)cell->width, cell->sizes[c->row],
                           (size_t)cell->width - end, &c->values[column], e);
}

/* The next block; *ret_any: false at the end. */
static enum error_class fetch_block(struct odbc_cursor *c, bool *ret_any, struct error *e)
{
    c->fetched = 0;
    c->row = 0;
    SQLRETURN code = c->odbc->api->do_FetchScroll(c->statement, SQL_FETCH_NEXT, 0);
    *ret_any = code != SQL_NO_DATA;
    if (code == SQL_NO_DATA)
        return ERROR_OK;
    if (!SQL_SUCCEEDED(code))
        return failed(c, e);
    if (c->block_rows == 0)
        return ERROR_OK;
    if (c->fetched > c->block_rows)
        return error_code(e, ERROR_FATAL, "protocol_error", "the driver gave more rows than were asked for");
    for (size_t i = 0; i < c->fetched; i++)
        if (c->states[i] == SQL_ROW_ERROR)
            return failed(c, e);
    *ret_any = c->fetched > 0;
    return ERROR_OK;
}

enum error_class odbc_fetch(struct odbc_cursor *c, const struct connect_value **ret_values, struct error *e)
{
    bool any = true;
    *ret_values = NULL;
    if (c->columns == 0)
        return ERROR_OK;
    enum error_class class = ERROR_OK;
    if (c->block_rows == 0 || c->row >= c->fetched)
        class = fetch_block(c, &any, e);
    if (class != ERROR_OK || !any)
        return class;
    for (size_t i = 0; class == ERROR_OK && i < c->columns; i++)
        class = c->block_rows == 0 ? take_unbound(c, i, e) : take_bound(c, i, e);
    c->row++;
    if (class == ERROR_OK)
        *ret_values = c->values;
    return class;
}

enum error_class odbc_run(struct odbc *o, const char *sql, struct error *e)
{
    struct odbc_cursor *c = NULL;
    enum error_class class = odbc_query(o, sql, NULL, &c, e);
    odbc_finish(c);
    return class;
}

enum error_class odbc_number(struct odbc *o, const char *sql, int64_t *ret_number, struct error *e)
{
    struct odbc_cursor *c = NULL;
    const struct connect_value *values = NULL;
    enum error_class class = odbc_query(o, sql, NULL, &c, e);
    if (class == ERROR_OK)
        class = odbc_fetch(c, &values, e);
    bool given = false;
    if (values != NULL && values[0].type == CONNECT_INTEGER) {
        *ret_number = values[0].integer;
        given = true;
    } else if (values != NULL && values[0].type == CONNECT_TEXT) {
        given = text_to_int64(values[0].data, INT64_MIN, INT64_MAX, ret_number);
    } else if (values != NULL && values[0].type == CONNECT_REAL) { /* Oracle's NUMBER without precision */
        given = values[0].real >= 0 && values[0].real < 9e15;
        *ret_number = given ? (int64_t)values[0].real : 0;
    }
    if (class == ERROR_OK && !given)
        class = error_code(e, ERROR_FATAL, "protocol_error", "the server gave no number");
    odbc_finish(c);
    return class;
}
