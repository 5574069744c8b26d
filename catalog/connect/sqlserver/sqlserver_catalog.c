/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_catalog.c - introspection of one database: a fixed list of statements, whatever the number of tables.
 *
 * The server shows only what the login has rights on, and hides definitions without VIEW DEFINITION: both are told in
 * the catalog's diagnostics.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/sqlserver/sqlserver.h"

const char sqlserver_system_schemas[] = "'sys', 'INFORMATION_SCHEMA'";
const char sqlserver_rights_sql[] = "SELECT HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION')";

/* Does a word stand there, and nothing that would make it longer? */
static bool word_at(const char *text, const char *at, const char *word)
{
    size_t size = strlen(word);
    bool begins = at == text || (!isalnum((unsigned char)at[-1]) && strchr("_@#$", at[-1]) == NULL);
    return begins && strncasecmp(at, word, size) == 0 && !isalnum((unsigned char)at[size]) && at[size] != '_';
}

/* Behind a comment, a quoted name or a text that begins there; `at` itself when none does. */
static const char *behind_quoted(const char *at)
{
    const char *end = NULL;
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        return end != NULL ? end + 2 : at + strlen(at);
    }
    if (*at != '[' && *at != '"' && *at != '\'')
        return at;
    end = strchr(at + 1, *at == '[' ? ']' : *at);
    return end != NULL ? end + 1 : at + strlen(at);
}

/* The first AS that stands alone ends the head: CREATE VIEW [a].[b] ([c]) WITH SCHEMABINDING AS SELECT ... */
const char *sqlserver_view_body(const char *definition)
{
    for (const char *at = definition; *at != '\0';) {
        const char *behind = behind_quoted(at);
        if (behind != at) {
            at = behind;
        } else if (word_at(definition, at, "AS")) {
            at += 2;
            return at + strspn(at, " \t\r\n");
        } else {
            at++;
        }
    }
    return definition;
}

/* What the login can't see, the server does not tell: only that something is missing can be asked. */
static void ask_rights(struct odbc_reading *r)
{
    struct error why = ERROR_NONE;
    int64_t may = 0;
    if (odbc_number(r->odbc, sqlserver_rights_sql, &may, &why) != ERROR_OK)
        odbc_diagnostic(r, NULL, "what the login may see could not be asked, so parts may be missing: %.600s",
                        why.message);
    else if (may != 1)
        odbc_diagnostic(r, NULL,
                        "the login lacks VIEW DEFINITION in this database: only what it has rights on is here, "
                        "without definitions; GRANT VIEW DEFINITION to see all");
}

enum error_class sqlserver_read_catalog(struct odbc *o, struct arena *arena, const char *name, const char *schema,
                                        bool exact_rows, struct catalog **ret_catalog, struct error *e)
{
    static const struct odbc_lists lists = { .objects = sqlserver_objects,
                                             .columns = sqlserver_columns,
                                             .indexes = sqlserver_indexes,
                                             .keys = sqlserver_keys,
                                             .beside = sqlserver_beside,
                                             .settle_indexes = sqlserver_settle_indexes };
    struct odbc_reading r = { .odbc = o };
    struct sqltext in;
    sqltext_init(&in, "sqlserver");
    enum error_class class = odbc_schema_filter(&in, schema, sqlserver_system_schemas, &r.in, e);
    r.catalog = catalog_create(arena, "sqlserver", name);
    if (class == ERROR_OK) {
        ask_rights(&r);
        class = odbc_lists_read(&r, &lists, exact_rows, e);
    }
    sqltext_finish(&in);
    if (class != ERROR_OK)
        return class;
    if (r.catalog->table_count == 0)
        odbc_diagnostic(&r, NULL,
                        "no table is visible to this login: grant it SELECT, or VIEW DEFINITION, in this "
                        "database");
    catalog_sort(r.catalog);
    *ret_catalog = r.catalog;
    return ERROR_OK;
}
