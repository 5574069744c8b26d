/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_catalog.c - introspection through the ALL_ views: a fixed list of statements, whatever the number of tables.
 *
 * A user sees what it owns or has a grant on. Which schemas are the server's own, it says itself from 12.1 on; before
 * that they are known by name.
 */
#include "catalog/connect/oracle/oracle.h"

const char oracle_maintained_sql[] = "SELECT COUNT(*) FROM ALL_USERS WHERE ORACLE_MAINTAINED = 'Y'";
const char oracle_system_new[] = "SELECT USERNAME FROM ALL_USERS WHERE ORACLE_MAINTAINED = 'Y'";
const char oracle_system_old[] =
    "'SYS', 'SYSTEM', 'OUTLN', 'DBSNMP', 'SYSMAN', 'MGMT_VIEW', 'XDB', 'ANONYMOUS', 'CTXSYS', 'MDSYS', 'MDDATA', "
    "'ORDSYS', 'ORDDATA', 'ORDPLUGINS', 'SI_INFORMTN_SCHEMA', 'EXFSYS', 'WMSYS', 'OLAPSYS', 'OWBSYS', 'OWBSYS_AUDIT', "
    "'APPQOSSYS', 'DIP', 'ORACLE_OCM', 'FLOWS_FILES', 'APEX_PUBLIC_USER', 'APEX_030200', 'APEX_040000', "
    "'SPATIAL_CSW_ADMIN_USR', 'SPATIAL_WFS_ADMIN_USR', 'XS$NULL', 'TSMSYS', 'DMSYS', 'LBACSYS', 'DVSYS', 'DVF'";

enum error_class oracle_read_catalog(struct odbc *o, struct arena *arena, const char *name, const char *schema,
                                     bool exact_rows, struct catalog **ret_catalog, struct error *e)
{
    static const struct odbc_lists lists = { .objects = oracle_objects,
                                             .columns = oracle_columns,
                                             .indexes = oracle_indexes,
                                             .keys = oracle_keys,
                                             .beside = oracle_beside,
                                             .settle_indexes = oracle_settle_indexes };
    struct odbc_reading r = { .odbc = o };
    struct sqltext in;
    struct error unasked = ERROR_NONE;
    int64_t maintained = 0;
    bool new = odbc_number(o, oracle_maintained_sql, &maintained, &unasked) == ERROR_OK;
    sqltext_init(&in, "oracle");
    enum error_class class = odbc_schema_filter(&in, schema, new ? oracle_system_new : oracle_system_old, &r.in, e);
    r.catalog = catalog_create(arena, "oracle", name);
    if (class == ERROR_OK)
        class = odbc_lists_read(&r, &lists, exact_rows, e);
    sqltext_finish(&in);
    if (class != ERROR_OK)
        return class;
    if (r.catalog->table_count == 0)
        odbc_diagnostic(&r, NULL,
                        "no table is visible to this user: GRANT SELECT on the tables that are to be seen, "
                        "or connect as their owner");
    catalog_sort(r.catalog);
    *ret_catalog = r.catalog;
    return ERROR_OK;
}
