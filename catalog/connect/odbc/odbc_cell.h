/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_cell.h - one column of a result: how it is asked for, and what a cell of it is worth. Only odbc_cursor.c
 * includes it.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_CELL_H
#define CATALOG_CONNECT_ODBC_ODBC_CELL_H

#include "catalog/connect/odbc/odbc.h"

struct odbc_cell {
    SQLSMALLINT c_type; /* SQL_C_SBIGINT, _DOUBLE, _WCHAR, _BINARY, _TYPE_DATE, ... */
    bool single;        /* a real of 4 bytes */
    bool decimal;       /* exact, as text: some drivers leave out the 0 before the point */
    SQLLEN width;       /* bytes of one cell in a block; 0: without limit, taken in pieces */
    char *cells;        /* owned; a block of them */
    SQLLEN *sizes;      /* owned; of each, or SQL_NULL_DATA */
    char *raw;          /* owned; a long value put together */
    size_t raw_capacity;
    char *text; /* owned; the value as UTF-8 */
    size_t text_capacity;
};

/* What a column that the driver describes so is asked for as. */
void odbc_cell_plan(struct odbc_cell *cell, SQLSMALLINT type, SQLULEN size, enum odbc_form form);
void odbc_cell_finish(struct odbc_cell *cell);

/* data, size: what the driver gave, its size as it says it; room: the bytes that data has. */
enum error_class odbc_cell_value(struct odbc_cell *cell, const char *data, SQLLEN size, size_t room,
                                 struct connect_value *ret_value, struct error *e);

#endif
