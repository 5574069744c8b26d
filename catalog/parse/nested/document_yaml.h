/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_yaml.h - what a YAML reader is made of: where it stands in the document, and what anchors keep. Only for
 * document_yaml*.c.
 *
 * A kept value is written to a log as it is read, once for all anchors around it; an alias inside it stays an alias
 * there, so a bomb costs nothing until it is unrolled, and unrolling is counted. What << merges into an object is
 * unrolled when the object ends, so that its own keys go before.
 */
#ifndef CATALOG_PARSE_NESTED_DOCUMENT_YAML_H
#define CATALOG_PARSE_NESTED_DOCUMENT_YAML_H

#include <yaml.h>

#include "base/buffer.h"
#include "catalog/parse/nested/document.h"

enum yaml_what { YAML_OBJECT, YAML_LIST, YAML_END, YAML_SCALAR, YAML_ALIAS };

/* One event of the document, read or kept. */
struct yaml_item {
    enum yaml_what what;
    enum document_kind kind;
    bool merge; /* a plain <<, which merges where it is a key */
    const char *text;
    size_t size;
    size_t anchor; /* of an alias: number of what it stands for */
};

struct yaml_frame {
    bool list, have_key;
    bool merging;  /* the key was <<, or: a list of what is to be merged */
    bool silent;   /* the sink knows nothing of it: its content is merged into the object around */
    size_t merges; /* where its merges begin in yaml_reader.merges */
};

enum { YAML_ANCHORS_MAX = 100000, YAML_BUCKETS = 4096 };

struct yaml_anchor {
    char *name;        /* owned */
    size_t start, end; /* in the log */
    size_t level;      /* containers around it */
    uint32_t next;     /* in its bucket, 1 + number */
    bool open, lost;   /* lost: too large to keep */
};

struct yaml_reader {
    const struct document_ask *ask;
    struct error *error;
    yaml_parser_t parser;
    uint64_t line;
    struct yaml_frame *frames;
    size_t depth, frame_capacity;
    bool skipping; /* the value that comes is not wanted by the sink */
    size_t skip_depth;
    size_t level; /* containers of the text itself that are open */
    struct yaml_anchor *anchors;
    size_t anchor_count, anchor_capacity;
    uint32_t buckets[YAML_BUCKETS]; /* newest anchor, 1 + number */
    size_t *opened;                 /* anchors whose value is being read */
    size_t opened_count, opened_capacity;
    struct buffer log;
    size_t *merges; /* anchors, to be merged when their object ends */
    size_t merge_count, merge_capacity;
    uint64_t replayed;
    size_t silent_bytes; /* read since the last event */
    bool too_long;
    enum error_class input_class;
};

/* Gives an item to the sink where the reader stands; answers as the sink does. */
int document_yaml_item(struct yaml_reader *r, const struct yaml_item *item, bool weak);

/* document_yaml_scalar.c: what a scalar means that has this tag (or NULL). */
enum document_kind document_yaml_kind(const char *text, size_t size, bool plain, const char *tag);

/* document_yaml_alias.c */
enum error_class document_yaml_open(struct yaml_reader *r, const char *name); /* before its item is kept */
void document_yaml_keep(struct yaml_reader *r, const struct yaml_item *item); /* while anchors are open */
void document_yaml_close(struct yaml_reader *r);                              /* anchors whose value has just ended */
enum error_class document_yaml_find(struct yaml_reader *r, const char *name, size_t *ret_anchor);
int document_yaml_replay(struct yaml_reader *r, size_t anchor);
int document_yaml_merge(struct yaml_reader *r, size_t anchor); /* its keys into the object that is open */
void document_yaml_forget(struct yaml_reader *r);              /* all anchors: the document ends */

#endif
