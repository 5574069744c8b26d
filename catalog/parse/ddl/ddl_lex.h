/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_lex.h - SQL text as tokens, by the rules of one dialect. Nothing is copied: a token is a piece of the text.
 *
 * Comments, optimizer hints and blanks are passed over; MySQL's versioned comments are opened. What ends a statement
 * (`;`, the client's own delimiter, a line GO or /) is TOKEN_STOP. What is never closed ends at its line, so that one
 * lost quote costs one statement.
 */
#ifndef CATALOG_PARSE_DDL_DDL_LEX_H
#define CATALOG_PARSE_DDL_DDL_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/parse/ddl/ddl.h"
#include "catalog/parse/ddl/ddl_word.h"

enum ddl_token_kind {
    TOKEN_END,  /* of the text */
    TOKEN_STOP, /* of the statement */
    TOKEN_WORD,
    TOKEN_NAME,   /* in the dialect's quotes for names */
    TOKEN_STRING, /* in any of the quotes for values */
    TOKEN_NUMBER,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_MARK /* any other byte, or :: */
};

struct ddl_token {
    enum ddl_token_kind kind;
    enum ddl_word word; /* of TOKEN_WORD */
    char mark;          /* the byte of a mark; the quote of a name or string, '$' for dollar quotes, 'q' for Oracle's */
    bool escapes;       /* string in which a backslash escapes */
    bool line_first;    /* first one of its line */
    const char *text;   /* with its quotes */
    size_t size;
};

enum { UNCLOSED_MAX = 16 }; /* then quotes are closed by the end of their line */

struct ddl_lex {
    const char *begin, *at, *end;
    enum ddl_dialect dialect;
    const char *delimiter; /* MySQL client's own instead of ';' */
    size_t delimiter_size; /* 0: ';' */
    bool backslash;        /* plain strings have backslash escapes */
    bool versioned;        /* within a versioned comment */
    bool mariadb;          /* a dump of MariaDB, which does not open MySQL's newer comments */
    bool batches_over;     /* no line GO from here on */
    unsigned unclosed;     /* quotes that were never closed */
    unsigned char word_mask;
    struct ddl_word_table words;
};

void ddl_lex_init(struct ddl_lex *lex, const char *text, size_t size, enum ddl_dialect dialect);
void ddl_lex_next(struct ddl_lex *lex, struct ddl_token *ret_token);

/* Pieces that the skippers need as well. `at` stands on the opening quote; they return behind the closing one, or
 * NULL when there is none. */
const char *ddl_lex_quoted(const struct ddl_lex *lex, const char *at, bool escapes);
const char *ddl_lex_oracle_quoted(const struct ddl_lex *lex, const char *at); /* q'[...]', at on the quote */
const char *ddl_lex_dollar(struct ddl_lex *lex, const char *at);
/* `at` stands on the comment's first byte; returns behind it, `at` itself when no comment begins there. */
const char *ddl_lex_comment(struct ddl_lex *lex, const char *at);
/* `at` is the first byte of a line; returns its end when the line is GO or /, else NULL. */
const char *ddl_lex_stop_line(const struct ddl_lex *lex, const char *at);
const char *ddl_lex_line_end(const struct ddl_lex *lex, const char *at); /* at the line feed or the text's end */
bool ddl_lex_go(const struct ddl_lex *lex, const char *at);              /* \g, \gexec */
bool ddl_lex_word_byte(const struct ddl_lex *lex, char byte);

#endif
