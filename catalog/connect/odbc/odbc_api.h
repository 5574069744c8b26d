/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_api.h - the functions of unixODBC's driver manager that a session uses. It is loaded when the first address that
 * needs it is opened: who has neither SQL Server nor Oracle needs no such library.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_API_H
#define CATALOG_CONNECT_ODBC_ODBC_API_H

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "base/error.h"

#define ODBC_FUNCTIONS(X) \
    X(AllocHandle)        \
    X(FreeHandle)         \
    X(SetEnvAttr)         \
    X(SetConnectAttr)     \
    X(DriverConnectW)     \
    X(Disconnect)         \
    X(Drivers)            \
    X(EndTran)            \
    X(SetStmtAttr)        \
    X(ExecDirectW)        \
    X(NumResultCols)      \
    X(DescribeColW)       \
    X(BindCol)            \
    X(FetchScroll)        \
    X(GetData)            \
    X(FreeStmt)           \
    X(GetDiagRecW)

struct odbc_api {
#define X(function) __typeof__(SQL##function) *do_##function;
    ODBC_FUNCTIONS(X)
#undef X
};

/* The functions; NULL with the error set when the library is not there. what: "SQL Server", for the message. */
const struct odbc_api *odbc_api_load(const char *what, struct error *e);

#endif
