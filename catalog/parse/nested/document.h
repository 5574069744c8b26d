/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h - the events of a nested document, the same for JSON, YAML and XML. For this room, and for whoever has
 * events of its own (nested_events.h).
 *
 * A reader (document_json.c, _yaml.c, _xml.c) pulls bytes from an input and calls a sink, front to back. It keeps the
 * limits on depth, on the size of a value and on what aliases and entities may add; whoever is the sink keeps those on
 * names and places. What the reader can't read ends the document (or one line of NDJSON) and is told in document_end:
 * that is no error, what came before holds.
 */
#ifndef CATALOG_PARSE_NESTED_DOCUMENT_H
#define CATALOG_PARSE_NESTED_DOCUMENT_H

#include "catalog/parse/nested/nested.h"

enum document_kind {
    DOCUMENT_NULL,
    DOCUMENT_BOOLEAN, /* true or false, as the source spells it */
    DOCUMENT_NUMBER,  /* as the source spells it */
    DOCUMENT_STRING,  /* the source says that it is text: only days and times are looked for in it */
    DOCUMENT_TEXT,    /* the source has no types: anything may be meant */
    DOCUMENT_WORD,    /* yes, no, on, off of YAML 1.1: a boolean when the whole column is, else a text */
    DOCUMENT_OPAQUE,  /* the source has a type of its own for it (native()): nothing is looked for in it, not even UTF-8
                       */
};

/* What a sink answers besides ERROR_OK and errors, which end the reading. */
enum {
    DOCUMENT_ENOUGH = -1, /* end the reading, it is no error */
    DOCUMENT_SKIP = -2,   /* key() only, of a weak key or of NESTED_EVENTS: the value is not wanted */
};

/* Texts are not NUL-terminated and good until the call returns. */
struct document_sink {
    int (*object)(void *context, struct error *e);
    int (*list)(void *context, struct error *e);
    int (*end)(void *context, struct error *e); /* of the innermost object or list */
    /* Of the value that follows. weak: an own key of the object goes before (YAML's merge). */
    int (*key)(void *context, const char *name, size_t size, bool weak, struct error *e);
    int (*scalar)(void *context, enum document_kind kind, const char *text, size_t size, struct error *e);
    void (*abandon)(void *context); /* all that is open is given up: a broken line */
    /* NULL: not wanted. Of the value that follows: its type in the source, a number below NESTED_NATIVES. */
    void (*native)(void *context, unsigned type);
    void *context;
};

/* How the reading ended. */
struct document_end {
    bool broken;           /* the rest could not be read */
    uint64_t lines_wrong;  /* NDJSON: lines left out */
    uint64_t line, column; /* of the first wrong thing */
    char message[256];     /* about it */
    char root[256];        /* XML: name of the root element; cut when longer */
};

/* XML: a key of an attribute begins with this, and this is the key of a text beside attributes or elements. */
#define DOCUMENT_ATTRIBUTE '@'
#define DOCUMENT_TEXT_KEY  "#text"

enum { DOCUMENT_CHUNK = 64 * 1024 };

struct nested_events;

struct document_ask {
    struct input *in;                   /* read from where it stands; NULL: there are events */
    const struct nested_events *events; /* of NESTED_EVENTS */
    const struct nested_limits *limits;
    const struct nested_watch *watch; /* or NULL */
    const struct document_sink *sink;
};

/* ERROR_OK also after DOCUMENT_ENOUGH and after a document that breaks off. */
enum error_class document_read(const struct document_ask *ask, enum nested_format format, struct document_end *ret_end,
                               struct error *e);
enum error_class document_read_json(const struct document_ask *ask, bool lines, struct document_end *ret_end,
                                    struct error *e);
enum error_class document_read_yaml(const struct document_ask *ask, struct document_end *ret_end, struct error *e);
enum error_class document_read_xml(const struct document_ask *ask, struct document_end *ret_end, struct error *e);

/* For the readers: document_say.c */
enum error_class document_watch(const struct document_ask *ask, struct error *e); /* once a chunk */
enum error_class document_too_deep(const struct document_ask *ask, uint64_t line, struct error *e);
enum error_class document_too_long(const struct document_ask *ask, uint64_t line, struct error *e);
void document_broken(struct document_end *end, uint64_t line, uint64_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
