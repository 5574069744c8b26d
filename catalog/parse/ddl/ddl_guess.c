/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_guess.c - whose SQL is this? Each sign that is there speaks for one dialect with its weight, a few times at most.
 *
 * Signs are words that others don't have, what dump programs write at the top, and lines that only one client knows.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_lex.h"

enum { LOOK_MAX = 256 * 1024, TIMES_MAX = 3 };

struct sign {
    const char *text;
    enum ddl_dialect dialect;
    int weight;
};

/* Types, where a column's type stands: behind its name. */
static const struct sign types[] = {
    { "SERIAL", DDL_POSTGRESQL, 4 },
    { "BIGSERIAL", DDL_POSTGRESQL, 8 },
    { "JSONB", DDL_POSTGRESQL, 8 },
    { "TIMESTAMPTZ", DDL_POSTGRESQL, 8 },
    { "BYTEA", DDL_POSTGRESQL, 8 },
    { "CITEXT", DDL_POSTGRESQL, 8 },
    { "INET", DDL_POSTGRESQL, 4 },
    { "TSVECTOR", DDL_POSTGRESQL, 8 },
    { "INT4", DDL_POSTGRESQL, 4 },
    { "INT8", DDL_POSTGRESQL, 4 },
    { "UUID", DDL_POSTGRESQL, 2 },
    { "TEXT", DDL_POSTGRESQL, 1 },
    { "BOOLEAN", DDL_POSTGRESQL, 1 },
    { "SMALLINT", DDL_POSTGRESQL, 1 },
    { "TIMESTAMP", DDL_POSTGRESQL, 1 },
    { "TINYINT", DDL_MYSQL, 1 },
    { "MEDIUMINT", DDL_MYSQL, 6 },
    { "TINYTEXT", DDL_MYSQL, 6 },
    { "MEDIUMTEXT", DDL_MYSQL, 6 },
    { "LONGTEXT", DDL_MYSQL, 6 },
    { "MEDIUMBLOB", DDL_MYSQL, 6 },
    { "LONGBLOB", DDL_MYSQL, 6 },
    { "DATETIME", DDL_MYSQL, 1 },
    { "ENUM", DDL_MYSQL, 2 },
    { "INTEGER", DDL_SQLITE, 1 },
    { "REAL", DDL_SQLITE, 1 },
    { "TEXT", DDL_SQLITE, 1 },
    { "NUMBER", DDL_ORACLE, 8 },
    { "CLOB", DDL_ORACLE, 4 },
    { "NCLOB", DDL_ORACLE, 6 },
    { "RAW", DDL_ORACLE, 6 },
    { "BINARY_DOUBLE", DDL_ORACLE, 8 },
    { "XMLTYPE", DDL_ORACLE, 6 },
    { "LONG", DDL_ORACLE, 3 },
    { "NVARCHAR", DDL_SQLSERVER, 1 },
    { "NTEXT", DDL_SQLSERVER, 6 },
    { "UNIQUEIDENTIFIER", DDL_SQLSERVER, 8 },
    { "DATETIME2", DDL_SQLSERVER, 8 },
    { "DATETIMEOFFSET", DDL_SQLSERVER, 8 },
    { "SMALLDATETIME", DDL_SQLSERVER, 8 },
    { "SMALLMONEY", DDL_SQLSERVER, 8 },
    { "HIERARCHYID", DDL_SQLSERVER, 8 },
    { "ROWVERSION", DDL_SQLSERVER, 8 },
    { "DATETIME", DDL_SQLSERVER, 1 },
    { "IMAGE", DDL_SQLSERVER, 3 },
    { "VARBINARY", DDL_SQLSERVER, 1 },
    { "BIT", DDL_SQLSERVER, 2 },
};

/* Other words outside of strings and comments; at the head of an element they are the name of a column. */
static const struct sign words[] = {
    { "NEXTVAL", DDL_POSTGRESQL, 2 },
    { "EXTENSION", DDL_POSTGRESQL, 6 },
    { "PLPGSQL", DDL_POSTGRESQL, 10 },
    { "VARYING", DDL_POSTGRESQL, 3 },
    { "PUBLIC", DDL_POSTGRESQL, 2 },
    { "STDIN", DDL_POSTGRESQL, 8 },
    { "INHERITS", DDL_POSTGRESQL, 6 },
    { "SCHEMA", DDL_POSTGRESQL, 2 },
    { "CASCADE", DDL_POSTGRESQL, 1 },
    { "SEARCH_PATH", DDL_POSTGRESQL, 10 },
    { "OWNER", DDL_POSTGRESQL, 3 },
    { "CONCURRENTLY", DDL_POSTGRESQL, 6 },
    { "UNLOGGED", DDL_POSTGRESQL, 6 },
    { "GEN_RANDOM_UUID", DDL_POSTGRESQL, 8 },
    { "ENGINE", DDL_MYSQL, 10 },
    { "AUTO_INCREMENT", DDL_MYSQL, 10 },
    { "UNSIGNED", DDL_MYSQL, 5 },
    { "CHARSET", DDL_MYSQL, 8 },
    { "DELIMITER", DDL_MYSQL, 10 },
    { "FULLTEXT", DDL_MYSQL, 4 },
    { "INNODB", DDL_MYSQL, 10 },
    { "UTF8MB4", DDL_MYSQL, 8 },
    { "ZEROFILL", DDL_MYSQL, 8 },
    { "AUTOINCREMENT", DDL_SQLITE, 12 },
    { "ROWID", DDL_SQLITE, 5 },
    { "PRAGMA", DDL_SQLITE, 12 },
    { "STRFTIME", DDL_SQLITE, 6 },
    { "SQLITE_SEQUENCE", DDL_SQLITE, 12 },
    { "JSON_VALID", DDL_SQLITE, 1 },
    { "VARCHAR2", DDL_ORACLE, 10 },
    { "NVARCHAR2", DDL_ORACLE, 10 },
    { "SYSDATE", DDL_ORACLE, 6 },
    { "SYSTIMESTAMP", DDL_ORACLE, 6 },
    { "PCTFREE", DDL_ORACLE, 8 },
    { "NOCACHE", DDL_ORACLE, 5 },
    { "NOCYCLE", DDL_ORACLE, 5 },
    { "NOMAXVALUE", DDL_ORACLE, 6 },
    { "SYS_GUID", DDL_ORACLE, 8 },
    { "TO_DATE", DDL_ORACLE, 2 },
    { "DUAL", DDL_ORACLE, 4 },
    { "ORGANIZATION", DDL_ORACLE, 3 },
    { "INITRANS", DDL_ORACLE, 6 },
    { "NOLOGGING", DDL_ORACLE, 6 },
    { "SPOOL", DDL_ORACLE, 6 },
    { "PROMPT", DDL_ORACLE, 4 },
    { "WHENEVER", DDL_ORACLE, 6 },
    { "TABLESPACE", DDL_ORACLE, 2 },
    { "ENABLE", DDL_ORACLE, 1 },
    { "PURGE", DDL_ORACLE, 2 },
    { "DBO", DDL_SQLSERVER, 8 },
    { "CLUSTERED", DDL_SQLSERVER, 8 },
    { "NONCLUSTERED", DDL_SQLSERVER, 10 },
    { "OBJECT_ID", DDL_SQLSERVER, 10 },
    { "SYSOBJECTS", DDL_SQLSERVER, 10 },
    { "NOCOUNT", DDL_SQLSERVER, 8 },
    { "ANSI_NULLS", DDL_SQLSERVER, 12 },
    { "QUOTED_IDENTIFIER", DDL_SQLSERVER, 12 },
    { "NOCHECK", DDL_SQLSERVER, 8 },
    { "GETUTCDATE", DDL_SQLSERVER, 6 },
    { "SYSDATETIME", DDL_SQLSERVER, 6 },
    { "SYSUTCDATETIME", DDL_SQLSERVER, 6 },
    { "NEWID", DDL_SQLSERVER, 6 },
    { "NEWSEQUENTIALID", DDL_SQLSERVER, 8 },
    { "SP_RENAME", DDL_SQLSERVER, 10 },
    { "COL_LENGTH", DDL_SQLSERVER, 10 },
    { "NVARCHAR", DDL_SQLSERVER, 2 },
    { "DATETIME2", DDL_SQLSERVER, 4 },
    { "GETDATE", DDL_SQLSERVER, 6 },
    { "RAISERROR", DDL_SQLSERVER, 8 },
};

/* Anywhere, comments of dump programs first of all. */
static const struct sign texts[] = {
    { "PostgreSQL database dump", DDL_POSTGRESQL, 100 },
    { "Dumped by pg_dump", DDL_POSTGRESQL, 100 },
    { "MySQL dump ", DDL_MYSQL, 100 },
    { "MariaDB dump ", DDL_MYSQL, 100 },
    { "phpMyAdmin SQL Dump", DDL_MYSQL, 100 },
    { "/*!40", DDL_MYSQL, 60 },
    { "/*!50", DDL_MYSQL, 60 },
    { "OWNER TO", DDL_POSTGRESQL, 10 },
    { "sqlite_", DDL_SQLITE, 20 },
    { "SQLite", DDL_SQLITE, 8 },
    { "Sqlite", DDL_SQLITE, 8 },
    { "DBMS_METADATA", DDL_ORACLE, 40 },
    { "EXECUTE IMMEDIATE", DDL_ORACLE, 8 },
    { "BYTE)", DDL_ORACLE, 6 },
    { " CHAR)", DDL_ORACLE, 6 },
    { "Oracle", DDL_ORACLE, 3 },
    { "PostgreSQL", DDL_POSTGRESQL, 4 },
    { "MySQL", DDL_MYSQL, 4 },
    { "MySql", DDL_MYSQL, 4 },
    { "SQL Server", DDL_SQLSERVER, 8 },
    { "[dbo]", DDL_SQLSERVER, 20 },
    { "].[", DDL_SQLSERVER, 8 },
    { "] [", DDL_SQLSERVER, 8 },
    { "/****** Object:", DDL_SQLSERVER, 60 },
    { "sp_addextendedproperty", DDL_SQLSERVER, 20 },
    { "IDENTITY(", DDL_SQLSERVER, 10 },
    { "IDENTITY (", DDL_SQLSERVER, 10 },
    { "(max)", DDL_SQLSERVER, 5 },
    { "(MAX)", DDL_SQLSERVER, 5 },
    { "INDEX ON ", DDL_POSTGRESQL, 6 },
    { "$$", DDL_POSTGRESQL, 4 },
    { "::", DDL_POSTGRESQL, 4 },
    { "without time zone", DDL_POSTGRESQL, 6 },
};

static void look_at_word(const struct sign *signs, size_t count, const struct ddl_token *t, int *scores,
                         unsigned char *times)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = signs[i].text;
        if ((t->text[0] & ~0x20) != text[0] || strncasecmp(text, t->text, t->size) != 0 || text[t->size] != '\0')
            continue;
        if (times[i] < TIMES_MAX) {
            times[i]++;
            scores[signs[i].dialect] += signs[i].weight;
        }
    }
}

/* Where in a list of columns a token stands; an element that begins with KEY or INDEX may be MySQL's: KEY name (column.
 */
enum place { PLACE_OTHER, PLACE_HEAD, PLACE_TYPE, PLACE_KEY_NAME, PLACE_KEY_OPEN, PLACE_KEY_COLUMN };

static enum place next_place(enum place place, const struct ddl_token *t)
{
    bool name = t->kind == TOKEN_WORD || t->kind == TOKEN_NAME;
    if (place == PLACE_KEY_NAME && name)
        return PLACE_KEY_OPEN;
    if ((place == PLACE_KEY_NAME || place == PLACE_KEY_OPEN) && t->kind == TOKEN_OPEN)
        return PLACE_KEY_COLUMN;
    if (t->kind == TOKEN_OPEN || t->kind == TOKEN_COMMA || t->word == WORD_ADD || t->word == WORD_COLUMN)
        return PLACE_HEAD;
    if (place == PLACE_HEAD && (t->word == WORD_KEY || t->word == WORD_INDEX))
        return PLACE_KEY_NAME;
    return name && place == PLACE_HEAD ? PLACE_TYPE : PLACE_OTHER;
}

/* Signs that need the token before: seq.NEXTVAL, nextval(, IDENTITY that is not GENERATED ... AS. */
static void look_at_pair(const struct ddl_token *t, const struct ddl_token *before, int *scores)
{
    if (t->size == 7 && strncasecmp(t->text, "NEXTVAL", 7) == 0 && before->kind == TOKEN_DOT)
        scores[DDL_ORACLE] += 6;
    if (t->word == WORD_IDENTITY && before->word != WORD_AS && before->word != WORD_NONE)
        scores[DDL_SQLSERVER] += 6;
    else if (t->word == WORD_IDENTITY && (before->kind == TOKEN_CLOSE || before->kind == TOKEN_WORD) &&
             before->word != WORD_AS)
        scores[DDL_SQLSERVER] += 6;
}

/* Quotes of names: ` is MySQL's, [] SQL Server's and SQLite's. */
static void look_at_tokens(const char *text, size_t size, int *scores)
{
    unsigned char times[sizeof words / sizeof *words] = { 0 }, type_times[sizeof types / sizeof *types] = { 0 };
    unsigned ticks = 0, brackets = 0, keys = 0, quoted = 0;
    enum place place = PLACE_OTHER;
    struct ddl_lex lex;
    struct ddl_token t, before = { .kind = TOKEN_STOP };
    ddl_lex_init(&lex, text, size, DDL_GUESS);
    for (ddl_lex_next(&lex, &t); t.kind != TOKEN_END; before = t, ddl_lex_next(&lex, &t)) {
        if (t.kind == TOKEN_WORD && (place == PLACE_TYPE || place == PLACE_KEY_NAME))
            look_at_word(types, sizeof types / sizeof *types, &t, scores, type_times);
        if (t.kind == TOKEN_WORD && place != PLACE_HEAD) {
            look_at_word(words, sizeof words / sizeof *words, &t, scores, times);
            look_at_pair(&t, &before, scores);
        }
        keys += place == PLACE_KEY_COLUMN && (t.kind == TOKEN_WORD || t.kind == TOKEN_NAME);
        quoted += t.kind == TOKEN_STRING && t.mark == '\'' && before.word == WORD_TABLE;
        place = next_place(place, &t);
        ticks += t.kind == TOKEN_NAME && t.mark == '`';
        bool bracket = t.kind == TOKEN_MARK && t.mark == '[' && lex.at < lex.end;
        brackets +=
            bracket && ((*lex.at >= 'A' && *lex.at <= 'Z') || (*lex.at >= 'a' && *lex.at <= 'z') || *lex.at == '_');
    }
    scores[DDL_MYSQL] += keys > 0 ? 8 : 0;
    scores[DDL_SQLITE] += quoted > 0 ? 8 : 0; /* CREATE TABLE 'x' */
    if (ticks > 0)
        scores[DDL_MYSQL] += ticks > 3 ? 20 : 4;
    if (brackets > 2) {
        scores[DDL_SQLSERVER] += 8;
        scores[DDL_SQLITE] += 8;
    }
}

/* Lines that are GO, or / alone, or a comment behind #. */
static void look_at_lines(const char *text, size_t size, int *scores)
{
    struct ddl_lex lex = { .begin = text, .at = text, .end = text + size };
    unsigned slashes = 0, gos = 0, hashes = 0;
    for (const char *at = text; at < lex.end; at = ddl_lex_line_end(&lex, at) + 1) {
        lex.dialect = DDL_ORACLE;
        slashes += ddl_lex_stop_line(&lex, at) != NULL;
        lex.dialect = DDL_SQLSERVER;
        gos += ddl_lex_stop_line(&lex, at) != NULL;
        hashes += *at == '#' && lex.end - at > 1 && strchr("# \t\r\n", at[1]) != NULL;
    }
    scores[DDL_ORACLE] += slashes > 0 ? 10 : 0;
    scores[DDL_MYSQL] += hashes > 1 ? 10 : hashes > 0 ? 2 : 0;
    scores[DDL_SQLSERVER] += gos > 1 ? 30 : gos > 0 ? 10 : 0;
}

/* What the file is called speaks where the text could be anybody's. */
static void look_at_name(const char *name, int *scores)
{
    static const struct sign parts[] = {
        { "postgres", DDL_POSTGRESQL, 6 },  { "pgsql", DDL_POSTGRESQL, 6 },    { "mysql", DDL_MYSQL, 6 },
        { "mariadb", DDL_MYSQL, 6 },        { "sqlite", DDL_SQLITE, 6 },       { "oracle", DDL_ORACLE, 6 },
        { "plsql", DDL_ORACLE, 6 },         { "sqlserver", DDL_SQLSERVER, 6 }, { "sql-server", DDL_SQLSERVER, 6 },
        { "sql_server", DDL_SQLSERVER, 6 }, { "mssql", DDL_SQLSERVER, 6 },     { "tsql", DDL_SQLSERVER, 6 },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(name, parts[i].text) != NULL)
            scores[parts[i].dialect] += parts[i].weight;
}

void ddl_guess_scores(const char *text, size_t size, const char *name, int scores[DDL_DIALECTS])
{
    size = size > LOOK_MAX ? LOOK_MAX : size;
    if (size > 0) {
        look_at_tokens(text, size, scores);
        look_at_lines(text, size, scores);
    }
    if (name != NULL)
        look_at_name(name, scores);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (memmem(text, size, texts[i].text, strlen(texts[i].text)) != NULL)
            scores[texts[i].dialect] += texts[i].weight;
}

enum ddl_dialect ddl_guess_best(const int scores[DDL_DIALECTS])
{
    enum ddl_dialect best = DDL_POSTGRESQL;
    for (int i = DDL_POSTGRESQL; i < DDL_DIALECTS; i++)
        if (scores[i] > scores[best])
            best = (enum ddl_dialect)i;
    return best;
}

enum ddl_dialect ddl_guess(const char *text, size_t size, const char *name)
{
    int scores[DDL_DIALECTS] = { 0 };
    ddl_guess_scores(text, size, name, scores);
    return ddl_guess_best(scores);
}
