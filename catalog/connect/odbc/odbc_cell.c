/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_cell.c - see odbc_cell.h.
 *
 * Whole numbers, reals, bytes, GUIDs, dates and points in time are asked for in ODBC's own C types, everything else as
 * wide text: so no driver's idea of how a date is spelled, and no code page, gets into a value. A size that can't be
 * (longer than the cell, odd for UTF-16) is an error: the value would be cut in silence.
 */
#include "catalog/connect/odbc/odbc_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/odbc/odbc_text.h"

enum {
    TIME2 = -154, /* SQL Server's time and datetimeoffset, as its drivers call them */
    OFFSET = -155,
    SHORT_UNITS = 64, /* times, decimals that say no size */
    UNITS_MAX = 8192, /* wider columns are taken in pieces */
    BYTES_MAX = 16384,
    MOMENT_SIZE = 48,
    SINGLE_DIGITS_MAX = 9
};

static void plan_text(struct odbc_cell *cell, SQLULEN units)
{
    cell->c_type = SQL_C_WCHAR;
    cell->width = units > 0 && units <= UNITS_MAX ? (SQLLEN)((2 * units + 1) * sizeof(SQLWCHAR)) : 0;
}

static void plan_fixed(struct odbc_cell *cell, SQLSMALLINT c_type, size_t width)
{
    cell->c_type = c_type;
    cell->width = (SQLLEN)width;
}

void odbc_cell_plan(struct odbc_cell *cell, SQLSMALLINT type, SQLULEN size, enum odbc_form form)
{
    switch (type) {
    case SQL_BIT:
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
        plan_fixed(cell, SQL_C_SBIGINT, sizeof(int64_t));
        break;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
        plan_fixed(cell, SQL_C_DOUBLE, sizeof(double));
        cell->single = type == SQL_REAL;
        break;
    case SQL_TYPE_DATE:
    case SQL_DATE:
        plan_fixed(cell, SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT));
        break;
    case SQL_TYPE_TIMESTAMP:
    case SQL_TIMESTAMP:
        plan_fixed(cell, SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT));
        break;
    case SQL_BINARY:
    case SQL_VARBINARY:
        plan_fixed(cell, SQL_C_BINARY, size <= BYTES_MAX ? size : 0);
        break;
    case SQL_LONGVARBINARY:
        plan_fixed(cell, SQL_C_BINARY, 0);
        break;
    case SQL_GUID:
        plan_fixed(cell, SQL_C_GUID, sizeof(SQLGUID));
        break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
    case SQL_TYPE_TIME:
    case SQL_TIME:
    case TIME2:
    case OFFSET:
        plan_text(cell, size > SHORT_UNITS ? size + SHORT_UNITS : SHORT_UNITS);
        break;
    case SQL_LONGVARCHAR:
    case SQL_WLONGVARCHAR:
        plan_text(cell, 0);
        break;
    default:
        plan_text(cell, size);
    }
    cell->decimal = type == SQL_DECIMAL || type == SQL_NUMERIC || form == ODBC_TEXT;
    if (form == ODBC_TEXT && (cell->c_type == SQL_C_DOUBLE || cell->c_type == SQL_C_SBIGINT))
        plan_text(cell, SHORT_UNITS * 2);
}

void odbc_cell_finish(struct odbc_cell *cell)
{
    free(cell->cells);
    free(cell->sizes);
    free(cell->raw);
    free(cell->text);
}

/* The fewest digits that give the same real of 4 bytes again: 0.1, not 0.10000000149. */
static double widen(double value)
{
    char text[32];
    for (int digits = 6; digits <= SINGLE_DIGITS_MAX; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtof(text, NULL) == (float)value)
            return strtod(text, NULL);
    }
    return value;
}

static struct connect_value made_text(struct odbc_cell *cell, int size)
{
    return (struct connect_value){ .type = CONNECT_TEXT, .data = cell->text, .size = (size_t)size };
}

static void text_room(struct odbc_cell *cell, size_t size)
{
    cell->text = mem_grow(cell->text, &cell->text_capacity, size, 1);
}

static struct connect_value date_of(struct odbc_cell *cell, const char *data)
{
    SQL_DATE_STRUCT d;
    memcpy(&d, data, sizeof d);
    text_room(cell, MOMENT_SIZE);
    return made_text(cell, snprintf(cell->text, MOMENT_SIZE, "%04d-%02u-%02u", d.year, d.month, d.day));
}

/* 2024-02-03 04:05:06.789: the fraction without the zeros at its end. */
static struct connect_value timestamp_of(struct odbc_cell *cell, const char *data)
{
    SQL_TIMESTAMP_STRUCT t;
    memcpy(&t, data, sizeof t);
    text_room(cell, MOMENT_SIZE);
    int size = snprintf(cell->text, MOMENT_SIZE, "%04d-%02u-%02u %02u:%02u:%02u.%09u", t.year, t.month, t.day, t.hour,
                        t.minute, t.second, (unsigned)t.fraction);
    size = size < MOMENT_SIZE ? size : MOMENT_SIZE - 1;
    while (cell->text[size - 1] == '0')
        size--;
    if (cell->text[size - 1] == '.')
        size--;
    return made_text(cell, size);
}

/* In small letters, whatever the driver likes. */
static struct connect_value guid_of(struct odbc_cell *cell, const char *data)
{
    SQLGUID g;
    memcpy(&g, data, sizeof g);
    text_room(cell, MOMENT_SIZE);
    const unsigned char *b = g.Data4;
    return made_text(cell,
                     snprintf(cell->text, MOMENT_SIZE, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                              (unsigned)g.Data1, g.Data2, g.Data3, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]));
}

/* .5 and -.5 become 0.5 and -0.5. */
static size_t with_zero(char *text, size_t size)
{
    size_t at = size > 0 && text[0] == '-';
    if (at >= size || text[at] != '.')
        return size;
    memmove(text + at + 1, text + at, size - at + 1);
    text[at] = '0';
    return size + 1;
}

static struct connect_value text_of(struct odbc_cell *cell, const char *data, size_t size)
{
    size_t units = size / sizeof(SQLWCHAR);
    bool unclean = false;
    text_room(cell, units * ODBC_TEXT_BYTES_A_UNIT + 2);
    size_t bytes = odbc_text_narrow((const SQLWCHAR *)(const void *)data, units, cell->text, &unclean);
    bytes = cell->decimal ? with_zero(cell->text, bytes) : bytes;
    return (struct connect_value){ .type = CONNECT_TEXT, .data = cell->text, .size = bytes, .unclean = unclean };
}

static enum error_class check(const struct odbc_cell *cell, SQLLEN size, size_t room, struct error *e)
{
    bool wide = cell->c_type == SQL_C_WCHAR;
    if (!wide && cell->c_type != SQL_C_BINARY)
        return ERROR_OK; /* of a fixed size, whatever the driver says */
    if (size == SQL_NO_TOTAL || (size >= 0 && (size_t)size > room))
        return error_code(e, ERROR_FATAL, "value_too_long",
                          "a value is longer than its column is described: it would be cut off");
    if (size < 0 || (wide && size % (SQLLEN)sizeof(SQLWCHAR) != 0))
        return error_code(e, ERROR_FATAL, "protocol_error", "the driver gave a value of a size that can't be (%ld)",
                          (long)size);
    return ERROR_OK;
}

enum error_class odbc_cell_value(struct odbc_cell *cell, const char *data, SQLLEN size, size_t room,
                                 struct connect_value *ret_value, struct error *e)
{
    struct connect_value v = { .type = CONNECT_NULL };
    if (size == SQL_NULL_DATA) {
        *ret_value = v;
        return ERROR_OK;
    }
    enum error_class class = check(cell, size, room, e);
    if (class != ERROR_OK)
        return class;
    switch (cell->c_type) {
    case SQL_C_SBIGINT:
        v.type = CONNECT_INTEGER;
        memcpy(&v.integer, data, sizeof v.integer);
        break;
    case SQL_C_DOUBLE:
        v.type = CONNECT_REAL;
        memcpy(&v.real, data, sizeof v.real);
        v.real = cell->single ? widen(v.real) : v.real;
        break;
    case SQL_C_TYPE_DATE:
        v = date_of(cell, data);
        break;
    case SQL_C_TYPE_TIMESTAMP:
        v = timestamp_of(cell, data);
        break;
    case SQL_C_GUID:
        v = guid_of(cell, data);
        break;
    case SQL_C_BINARY:
        v = (struct connect_value){ .type = CONNECT_BINARY, .data = data, .size = (size_t)size };
        break;
    default:
        v = text_of(cell, data, (size_t)size);
    }
    *ret_value = v;
    return ERROR_OK;
}
