/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_guess.c - whose SQL is this? Each sign that is there speaks for one dialect with its weight, a few times at most.
 *
 * Signs are words that others don't have, what dump programs write at the top, and lines that only one client knows.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_lex.h"

enum { LOOK_MAX = 256 * 1024, DIALECTS = DDL_SQLSERVER + 1, TIMES_MAX = 3 };

struct sign {
    const char *text;
    enum ddl_dialect dialect;
    int weight;
};

/* Words outside of strings and comments. */
static const struct sign words[] = {
    { "SERIAL", DDL_POSTGRESQL, 4 },
    { "BIGSERIAL", DDL_POSTGRESQL, 8 },
    { "JSONB", DDL_POSTGRESQL, 8 },
    { "TIMESTAMPTZ", DDL_POSTGRESQL, 8 },
    { "BYTEA", DDL_POSTGRESQL, 8 },
    { "OWNER", DDL_POSTGRESQL, 4 },
    { "NEXTVAL", DDL_POSTGRESQL, 2 },
    { "EXTENSION", DDL_POSTGRESQL, 6 },
    { "PLPGSQL", DDL_POSTGRESQL, 10 },
    { "VARYING", DDL_POSTGRESQL, 3 },
    { "PUBLIC", DDL_POSTGRESQL, 2 },
    { "STDIN", DDL_POSTGRESQL, 8 },
    { "INHERITS", DDL_POSTGRESQL, 6 },
    { "UUID", DDL_POSTGRESQL, 1 },
    { "TEXT", DDL_POSTGRESQL, 1 },
    { "BOOLEAN", DDL_POSTGRESQL, 1 },
    { "SMALLINT", DDL_POSTGRESQL, 1 },
    { "TIMESTAMP", DDL_POSTGRESQL, 1 },
    { "SCHEMA", DDL_POSTGRESQL, 2 },
    { "CASCADE", DDL_POSTGRESQL, 1 },
    { "SEARCH_PATH", DDL_POSTGRESQL, 10 },
    { "ENGINE", DDL_MYSQL, 10 },
    { "AUTO_INCREMENT", DDL_MYSQL, 10 },
    { "UNSIGNED", DDL_MYSQL, 5 },
    { "CHARSET", DDL_MYSQL, 8 },
    { "DELIMITER", DDL_MYSQL, 10 },
    { "TINYINT", DDL_MYSQL, 1 },
    { "MEDIUMINT", DDL_MYSQL, 6 },
    { "MEDIUMTEXT", DDL_MYSQL, 6 },
    { "LONGTEXT", DDL_MYSQL, 6 },
    { "LONGBLOB", DDL_MYSQL, 6 },
    { "DATETIME", DDL_MYSQL, 1 },
    { "ENUM", DDL_MYSQL, 1 },
    { "FULLTEXT", DDL_MYSQL, 4 },
    { "INNODB", DDL_MYSQL, 10 },
    { "UTF8MB4", DDL_MYSQL, 8 },
    { "ZEROFILL", DDL_MYSQL, 8 },
    { "AUTOINCREMENT", DDL_SQLITE, 12 },
    { "ROWID", DDL_SQLITE, 5 },
    { "PRAGMA", DDL_SQLITE, 12 },
    { "STRFTIME", DDL_SQLITE, 6 },
    { "SQLITE_SEQUENCE", DDL_SQLITE, 12 },
    { "INTEGER", DDL_SQLITE, 1 },
    { "REAL", DDL_SQLITE, 1 },
    { "VARCHAR2", DDL_ORACLE, 10 },
    { "NVARCHAR2", DDL_ORACLE, 10 },
    { "NUMBER", DDL_ORACLE, 6 },
    { "CLOB", DDL_ORACLE, 3 },
    { "SYSDATE", DDL_ORACLE, 6 },
    { "SYSTIMESTAMP", DDL_ORACLE, 6 },
    { "PCTFREE", DDL_ORACLE, 8 },
    { "NOCACHE", DDL_ORACLE, 5 },
    { "NOCYCLE", DDL_ORACLE, 5 },
    { "SPOOL", DDL_ORACLE, 6 },
    { "PROMPT", DDL_ORACLE, 4 },
    { "WHENEVER", DDL_ORACLE, 6 },
    { "TABLESPACE", DDL_ORACLE, 2 },
    { "ENABLE", DDL_ORACLE, 1 },
    { "PURGE", DDL_ORACLE, 2 },
    { "NVARCHAR", DDL_SQLSERVER, 2 },
    { "DBO", DDL_SQLSERVER, 8 },
    { "CLUSTERED", DDL_SQLSERVER, 8 },
    { "NONCLUSTERED", DDL_SQLSERVER, 10 },
    { "UNIQUEIDENTIFIER", DDL_SQLSERVER, 8 },
    { "DATETIME2", DDL_SQLSERVER, 8 },
    { "OBJECT_ID", DDL_SQLSERVER, 10 },
    { "SYSOBJECTS", DDL_SQLSERVER, 10 },
    { "NOCOUNT", DDL_SQLSERVER, 8 },
    { "ANSI_NULLS", DDL_SQLSERVER, 12 },
    { "QUOTED_IDENTIFIER", DDL_SQLSERVER, 12 },
    { "VARBINARY", DDL_SQLSERVER, 1 },
    { "BIT", DDL_SQLSERVER, 1 },
    { "NOCHECK", DDL_SQLSERVER, 8 },
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
    { "SQL Server", DDL_SQLSERVER, 8 },
    { "[dbo]", DDL_SQLSERVER, 20 },
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

static void look_at_word(const struct ddl_token *t, int *scores, unsigned char *times)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *text = words[i].text;
        if ((t->text[0] & ~0x20) != text[0] || strncasecmp(text, t->text, t->size) != 0 || text[t->size] != '\0')
            continue;
        if (times[i]++ < TIMES_MAX)
            scores[words[i].dialect] += words[i].weight;
        else
            times[i] = TIMES_MAX;
        return;
    }
}

/* Quotes of names: ` is MySQL's, [] SQL Server's and SQLite's. */
static void look_at_tokens(const char *text, size_t size, int *scores)
{
    unsigned char times[sizeof words / sizeof *words] = { 0 };
    unsigned ticks = 0, brackets = 0;
    struct ddl_lex lex;
    struct ddl_token t;
    ddl_lex_init(&lex, text, size, DDL_GUESS);
    for (ddl_lex_next(&lex, &t); t.kind != TOKEN_END; ddl_lex_next(&lex, &t)) {
        if (t.kind == TOKEN_WORD)
            look_at_word(&t, scores, times);
        ticks += t.kind == TOKEN_NAME && t.mark == '`';
        bool bracket = t.kind == TOKEN_MARK && t.mark == '[' && lex.at < lex.end;
        brackets +=
            bracket && ((*lex.at >= 'A' && *lex.at <= 'Z') || (*lex.at >= 'a' && *lex.at <= 'z') || *lex.at == '_');
    }
    if (ticks > 0)
        scores[DDL_MYSQL] += ticks > 3 ? 12 : 4;
    if (brackets > 2) {
        scores[DDL_SQLSERVER] += 8;
        scores[DDL_SQLITE] += 8;
    }
}

/* Lines that are GO, or / alone. */
static void look_at_lines(const char *text, size_t size, int *scores)
{
    struct ddl_lex lex = { .begin = text, .at = text, .end = text + size };
    unsigned slashes = 0, gos = 0;
    for (const char *at = text; at < lex.end; at = ddl_lex_line_end(&lex, at) + 1) {
        lex.dialect = DDL_ORACLE;
        slashes += ddl_lex_stop_line(&lex, at) != NULL;
        lex.dialect = DDL_SQLSERVER;
        gos += ddl_lex_stop_line(&lex, at) != NULL;
    }
    scores[DDL_ORACLE] += slashes > 0 ? 10 : 0;
    scores[DDL_SQLSERVER] += gos > 1 ? 30 : gos > 0 ? 10 : 0;
}

enum ddl_dialect ddl_guess(const char *text, size_t size)
{
    int scores[DIALECTS] = { 0 };
    size = size > LOOK_MAX ? LOOK_MAX : size;
    if (size > 0) {
        look_at_tokens(text, size, scores);
        look_at_lines(text, size, scores);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (memmem(text, size, texts[i].text, strlen(texts[i].text)) != NULL)
            scores[texts[i].dialect] += texts[i].weight;
    enum ddl_dialect best = DDL_POSTGRESQL;
    for (int i = DDL_POSTGRESQL; i < DIALECTS; i++)
        if (scores[i] > scores[best])
            best = (enum ddl_dialect)i;
    return best;
}
