/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.c - magic bytes of binary files first, then the first character of a text, then its words; the name decides
 * between what looks alike, and alone when the contents say nothing.
 */
#include "catalog/parse/format.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/parse/csv/csv_guess.h"

static const struct {
    const char *name, *instead;
} formats[] = {
#define X(id, name, instead) { name, instead },
    FORMATS(X)
#undef X
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats, WORDS_LOOK = 64 * 1024, CSV_LOOK = 64 * 1024 };

const char *format_name(enum format format)
{
    return formats[format].name;
}

const char *format_instead(enum format format)
{
    return formats[format].instead;
}

bool format_from_name(const char *name, enum format *ret_format)
{
    for (size_t f = FORMAT_DDL; f < FORMAT_COUNT; f++)
        if (strcasecmp(name, formats[f].name) == 0) {
            *ret_format = (enum format)f;
            return true;
        }
    if (strcasecmp(name, "sql") != 0)
        return false;
    *ret_format = FORMAT_DDL;
    return true;
}

enum format format_of_name(const char *name)
{
    static const char *const packed[] = { ".gz", ".zst", ".xz", ".bz2" };
    static const struct {
        const char *ending;
        enum format format;
    } endings[] = {
        { ".csv", FORMAT_CSV },       { ".tsv", FORMAT_TSV },         { ".tab", FORMAT_TSV },
        { ".psv", FORMAT_CSV },       { ".sql", FORMAT_DDL },         { ".ddl", FORMAT_DDL },
        { ".ndjson", FORMAT_NDJSON }, { ".jsonl", FORMAT_NDJSON },    { ".json", FORMAT_JSON },
        { ".geojson", FORMAT_JSON },  { ".xml", FORMAT_XML },         { ".xsd", FORMAT_XSD },
        { ".yaml", FORMAT_YAML },     { ".yml", FORMAT_YAML },        { ".xlsx", FORMAT_XLSX },
        { ".xlsm", FORMAT_XLSX },     { ".zip", FORMAT_ZIP },         { ".tar", FORMAT_TAR },
        { ".tgz", FORMAT_TAR },       { ".sqlite", FORMAT_SQLITE },   { ".sqlite3", FORMAT_SQLITE },
        { ".db", FORMAT_SQLITE },     { ".parquet", FORMAT_PARQUET }, { ".xls", FORMAT_XLS },
        { ".html", FORMAT_HTML },     { ".pdf", FORMAT_PDF },
    };
    size_t size = name != NULL ? strlen(name) : 0;
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        size_t length = strlen(packed[i]);
        if (size > length && strcasecmp(name + size - length, packed[i]) == 0) {
            size -= length;
            break;
        }
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i].ending);
        if (size > length && strncasecmp(name + size - length, endings[i].ending, length) == 0)
            return endings[i].format;
    }
    return FORMAT_UNKNOWN;
}

/* ---- binary ---- */

static bool holds(const char *head, size_t size, const char *text)
{
    return memmem(head, size, text, strlen(text)) != NULL;
}

static enum format by_magic(const char *head, size_t size)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum format format;
    } magics[] = {
        { "SQLite format 3", 16, FORMAT_SQLITE },
        { "PGDMP", 5, FORMAT_PG_CUSTOM },
        { "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, FORMAT_XLS },
        { "PAR1", 4, FORMAT_PARQUET },
        { "%PDF-", 5, FORMAT_PDF },
        { "\x89PNG", 4, FORMAT_BINARY },
        { "\x7F"
          "ELF",
          4, FORMAT_BINARY },
        { "PK\5\6", 4, FORMAT_ZIP },
    };
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (size >= magics[i].size && memcmp(head, magics[i].bytes, magics[i].size) == 0)
            return magics[i].format;
    if (size >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        return holds(head, size, "[Content_Types].xml") || holds(head, size, "xl/workbook.xml") ? FORMAT_XLSX
                                                                                                : FORMAT_ZIP;
    if (size >= 262 && memcmp(head + 257, "ustar", 5) == 0)
        return FORMAT_TAR;
    return FORMAT_UNKNOWN;
}

/* More than a stray NUL or control character: no text in any encoding that was tried. */
static bool is_binary(const char *head, size_t size)
{
    size_t odd = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)head[i];
        odd += (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 1 && c != 0x1a && c != 0x1b &&
                c != 0x1f);
    }
    return odd > 4 && odd > size / 50;
}

/* ---- texts ---- */

static size_t skip_space(const char *head, size_t size, size_t at)
{
    while (at < size && isspace((unsigned char)head[at]))
        at++;
    return at;
}

/* Blanks and comments of SQL, one after the other. */
static size_t skip_comments(const char *head, size_t size)
{
    size_t at = 0;
    for (;;) {
        at = skip_space(head, size, at);
        const char *end = NULL;
        if (size - at > 2 && memcmp(head + at, "--", 2) == 0)
            end = memchr(head + at, '\n', size - at);
        else if (size - at > 2 && memcmp(head + at, "/*", 2) == 0 && head[at + 2] != '!')
            end = memmem(head + at, size - at, "*/", 2);
        else if (at < size && head[at] == '#')
            end = memchr(head + at, '\n', size - at);
        else
            return at;
        if (end == NULL)
            return size;
        at = (size_t)(end - head) + (*end == '*' ? 2 : 1);
    }
}

static bool word_at(const char *at, size_t left, const char *word)
{
    size_t size = strlen(word);
    return left > size && strncasecmp(at, word, size) == 0 && !isalnum((unsigned char)at[size]) && at[size] != '_' &&
           at[size] != ',' && at[size] != ';';
}

/* "create" and, not far behind it, what can be created. */
static bool holds_create(const char *head, size_t size)
{
    static const char *const what[] = { "table", "view", "index", "schema", "database", "sequence", "type", "or" };
    static const char *const between[] = { "temporary", "temp",         "unlogged", "global",
                                           "unique",    "materialized", "external" };
    for (size_t at = 0; at + 12 < size; at++) {
        if ((head[at] | 0x20) != 'c' || (at > 0 && isalnum((unsigned char)head[at - 1])) ||
            !word_at(head + at, size - at, "create"))
            continue;
        size_t next = skip_space(head, size, at + 6);
        for (size_t i = 0; i < sizeof between / sizeof *between; i++)
            if (word_at(head + next, size - next, between[i]))
                next = skip_space(head, size, next + strlen(between[i]));
        for (size_t i = 0; i < sizeof what / sizeof *what; i++)
            if (word_at(head + next, size - next, what[i]))
                return true;
    }
    return false;
}

static bool is_sql(const char *head, size_t size)
{
    static const char *const begins[] = { "create", "set",    "drop",     "insert", "begin",     "use",
                                          "alter",  "pragma", "comment",  "grant",  "delimiter", "rem",
                                          "prompt", "start",  "declare",  "exec",   "if",        "print",
                                          "spool",  "define", "whenever", "select" };
    size_t at = skip_comments(head, size);
    bool commented = at > 0 && at < size && (head[0] == '-' || head[0] == '/');
    bool begun = at < size && (memcmp(head + at, "/*", size - at < 2 ? size - at : 2) == 0 || head[at] == '\\');
    for (size_t i = 0; !begun && i < sizeof begins / sizeof *begins; i++)
        begun = at < size && word_at(head + at, size - at, begins[i]);
    return (begun || commented) && holds_create(head, size < WORDS_LOOK ? size : WORDS_LOOK);
}

/* Members are looked for as they stand in a document, near its start or at the start of a line. */
static bool has_member(const char *head, size_t size, const char *name)
{
    size_t length = strlen(name), look = size < WORDS_LOOK ? size : WORDS_LOOK;
    for (const char *at = head; (at = memmem(at, look - (size_t)(at - head), name, length)) != NULL; at += length) {
        size_t next = skip_space(head, size, (size_t)(at - head) + length);
        if (next < size && head[next] == ':')
            return true;
    }
    return false;
}

static enum format kind_of_json(const char *head, size_t size, const char *name)
{
    if (*head == '{') {
        if (has_member(head, size, "\"openapi\"") || has_member(head, size, "\"swagger\""))
            return FORMAT_OPENAPI;
        if (has_member(head, size, "\"$schema\"") && holds(head, size, "json-schema.org"))
            return FORMAT_JSON_SCHEMA;
        if (has_member(head, size, "\"properties\"") && has_member(head, size, "\"type\"") && name != NULL &&
            holds(name, strlen(name), "schema"))
            return FORMAT_JSON_SCHEMA;
        if (format_of_name(name) == FORMAT_NDJSON)
            return FORMAT_NDJSON;
        /* one object a line: the first line ends with its brace and another follows */
        const char *line = memchr(head, '\n', size);
        if (line != NULL && line > head) {
            const char *end = line - (line[-1] == '\r');
            size_t next = skip_space(head, size, (size_t)(line - head));
            if (end > head && end[-1] == '}' && next < size && head[next] == '{')
                return FORMAT_NDJSON;
        }
    }
    return FORMAT_JSON;
}

static enum format kind_of_xml(const char *head, size_t size, enum format named)
{
    if (size > 14 && (strncasecmp(head, "<!doctype html", 14) == 0 || strncasecmp(head, "<html", 5) == 0))
        return FORMAT_HTML;
    bool schema = holds(head, size, "http://www.w3.org/2001/XMLSchema\"") &&
                  (holds(head, size, ":schema") || holds(head, size, "<schema"));
    return schema || named == FORMAT_XSD ? FORMAT_XSD : FORMAT_XML;
}

/* Most lines are "key: value", "- item" or deeper, and it begins so. */
static bool is_yaml(const char *head, size_t size)
{
    if (size > 4 && (memcmp(head, "---", 3) == 0 || memcmp(head, "%YAML", 5) == 0))
        return true;
    size_t lines = 0, keys = 0;
    for (const char *at = head, *end = head + size; at < end && lines < 100;) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((line != NULL ? line : end) - at), blanks = 0;
        while (blanks < length && at[blanks] == ' ')
            blanks++;
        if (blanks < length && at[blanks] != '#') {
            lines++;
            bool item = at[blanks] == '-' && (blanks + 1 == length || at[blanks + 1] == ' ');
            const char *colon = memchr(at, ':', length);
            bool key = colon != NULL && (colon + 1 == at + length || colon[1] == ' ' || colon[1] == '\r') &&
                       memchr(at, ',', (size_t)(colon - at)) == NULL;
            keys += item || key;
        }
        at = line != NULL ? line + 1 : end;
    }
    return lines > 0 && keys * 10 >= lines * 9;
}

static enum format kind_of_yaml(const char *head, size_t size)
{
    bool openapi = strncmp(head, "openapi:", 8) == 0 || strncmp(head, "swagger:", 8) == 0 ||
                   holds(head, size, "\nopenapi:") || holds(head, size, "\nswagger:");
    return openapi ? FORMAT_OPENAPI : FORMAT_YAML;
}

static enum format kind_of_table(const char *head, size_t size, bool whole, enum format named)
{
    size_t look = size < CSV_LOOK ? size : CSV_LOOK;
    struct csv_guess g = csv_guess(head, look, whole && look == size, 0);
    if (g.score >= CSV_REGULAR || named == FORMAT_CSV || named == FORMAT_TSV)
        return g.dialect.delimiter == '\t' ? FORMAT_TSV : FORMAT_CSV;
    return FORMAT_UNKNOWN;
}

enum format format_guess(const char *head, size_t size, bool whole, const char *name)
{
    enum format named = format_of_name(name), found = by_magic(head, size);
    if (size == 0)
        return FORMAT_EMPTY;
    if (found == FORMAT_ZIP && named == FORMAT_XLSX)
        return FORMAT_XLSX;
    if (found != FORMAT_UNKNOWN)
        return found;
    if (is_binary(head, size))
        return FORMAT_BINARY;
    size_t mark = size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    size_t at = skip_space(head, size, mark);
    if (at == size)
        return FORMAT_EMPTY;
    bool template = named == FORMAT_DDL && strchr("{[<", head[at]) != NULL; /* SQL that a tool fills in */
    if (template && holds_create(head + at, size - at < WORDS_LOOK ? size - at : WORDS_LOOK))
        return FORMAT_DDL;
    if (head[at] == '{' || head[at] == '[')
        return kind_of_json(head + at, size - at, name);
    if (head[at] == '<')
        return kind_of_xml(head + at, size - at, named);
    if (named == FORMAT_DDL || is_sql(head + at, size - at))
        return FORMAT_DDL;
    if (named == FORMAT_YAML || (named != FORMAT_CSV && named != FORMAT_TSV && is_yaml(head + at, size - at)))
        return kind_of_yaml(head + at, size - at);
    found = kind_of_table(head + mark, size - mark, whole, named);
    return found != FORMAT_UNKNOWN || named == FORMAT_SQLITE || named == FORMAT_XLSX || named == FORMAT_ZIP ? found
                                                                                                            : named;
}
