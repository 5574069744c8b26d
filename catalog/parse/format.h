/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - what a file is: by its first bytes, and by its name where these say too little. Pure. */
#ifndef CATALOG_PARSE_FORMAT_H
#define CATALOG_PARSE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/* X(ENUM, name for people and options, what to do with it instead; NULL: it is read) */
#define FORMATS(X)                                                                                                   \
    X(FORMAT_UNKNOWN, "unknown", "its contents are of no format that is known here")                                 \
    X(FORMAT_DDL, "ddl", NULL)                                                                                       \
    X(FORMAT_CSV, "csv", NULL)                                                                                       \
    X(FORMAT_TSV, "tsv", NULL)                                                                                       \
    X(FORMAT_JSON, "json", NULL)                                                                                     \
    X(FORMAT_NDJSON, "ndjson", NULL)                                                                                 \
    X(FORMAT_JSON_SCHEMA, "json-schema", NULL)                                                                       \
    X(FORMAT_OPENAPI, "openapi", NULL)                                                                               \
    X(FORMAT_XML, "xml", NULL)                                                                                       \
    X(FORMAT_XSD, "xsd", NULL)                                                                                       \
    X(FORMAT_YAML, "yaml", NULL)                                                                                     \
    X(FORMAT_XLSX, "xlsx", NULL)                                                                                     \
    X(FORMAT_ZIP, "zip", NULL)                                                                                       \
    X(FORMAT_TAR, "tar", NULL)                                                                                       \
    X(FORMAT_FOLDER, "folder", NULL)                                                                                 \
    X(FORMAT_SQLITE, "sqlite", "it is a SQLite database: discover it as sqlite:FILE")                                \
    X(FORMAT_EMPTY, "empty", "it is empty")                                                                          \
    X(FORMAT_PG_CUSTOM, "pg-custom", "it is a dump of pg_dump's own format: make a script of it with pg_restore -f") \
    X(FORMAT_XLS, "xls", "it is an old Excel file: save it as .xlsx or .csv")                                        \
    X(FORMAT_PARQUET, "parquet", "it is a Parquet file: export it as CSV or JSON lines")                             \
    X(FORMAT_HTML, "html", "it is a web page, not data: save the file itself")                                       \
    X(FORMAT_PDF, "pdf", "it is a PDF: the data it was made of are needed")                                          \
    X(FORMAT_BINARY, "binary", "it is binary, of no format that is known here")

enum format {
#define X(id, name, instead) id,
    FORMATS(X)
#undef X
};

const char *format_name(enum format format);
const char *format_instead(enum format format); /* NULL: it is read */
bool format_from_name(const char *name, enum format *ret_format);

/* head: as UTF-8 but for binary files; whole: there is no more. name: of the file, may be NULL. A zip is FORMAT_XLSX
 * by what its first members are called. */
enum format format_guess(const char *head, size_t size, bool whole, const char *name);
/* By the end of the name alone, that of packed files aside ("x.csv.gz"); FORMAT_UNKNOWN: it says nothing. */
enum format format_of_name(const char *name);

#endif
