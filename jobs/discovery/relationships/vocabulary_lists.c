/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vocabulary_lists.c - the few English words (and their usual short forms) that mean something in the name of any
 * column, whatever the schema. All in singular, in order of the alphabet.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "jobs/discovery/relationships/vocabulary.h"

struct listed {
    const char *text;
    unsigned value;
};

static const struct listed kinds[] = {
    { "admin", WORD_AGENT },
    { "agent", WORD_AGENT },
    { "amount", WORD_VALUE },
    { "ancestor", WORD_SELF },
    { "archive", WORD_RECORD },
    { "assignee", WORD_AGENT },
    { "association", WORD_LINK },
    { "at", WORD_VALUE },
    { "audit", WORD_RECORD },
    { "author", WORD_AGENT },
    { "average", WORD_COUNT },
    { "avg", WORD_COUNT },
    { "backup", WORD_RECORD },
    { "boss", WORD_SELF | WORD_AGENT },
    { "by", WORD_AGENT },
    { "child", WORD_SELF },
    { "closure", WORD_LINK },
    { "comment", WORD_VALUE },
    { "content", WORD_VALUE },
    { "cost", WORD_VALUE },
    { "count", WORD_VALUE | WORD_COUNT },
    { "data", WORD_VALUE },
    { "date", WORD_VALUE },
    { "dependency", WORD_LINK },
    { "descendant", WORD_SELF },
    { "description", WORD_VALUE },
    { "duration", WORD_VALUE },
    { "edge", WORD_LINK },
    { "email", WORD_VALUE },
    { "employee", WORD_PERSON },
    { "enabled", WORD_VALUE },
    { "first", WORD_SIDE },
    { "flag", WORD_VALUE },
    { "format", WORD_VALUE },
    { "from", WORD_SIDE },
    { "hash", WORD_VALUE },
    { "height", WORD_VALUE },
    { "hierarchy", WORD_LINK },
    { "hist", WORD_RECORD },
    { "history", WORD_RECORD },
    { "index", WORD_VALUE },
    { "label", WORD_VALUE },
    { "latitude", WORD_VALUE },
    { "left", WORD_SIDE },
    { "length", WORD_VALUE },
    { "level", WORD_VALUE },
    { "link", WORD_LINK },
    { "log", WORD_RECORD },
    { "longitude", WORD_VALUE },
    { "manager", WORD_SELF | WORD_AGENT },
    { "master", WORD_SELF },
    { "max", WORD_COUNT },
    { "maximum", WORD_COUNT },
    { "member", WORD_PERSON },
    { "message", WORD_VALUE },
    { "mgr", WORD_SELF | WORD_AGENT },
    { "min", WORD_COUNT },
    { "minimum", WORD_COUNT },
    { "mode", WORD_VALUE },
    { "next", WORD_SELF },
    { "no", WORD_COUNT },
    { "note", WORD_VALUE },
    { "num", WORD_COUNT },
    { "number", WORD_COUNT },
    { "object", WORD_SIDE },
    { "order", WORD_VALUE },
    { "original", WORD_SELF },
    { "owner", WORD_AGENT },
    { "parent", WORD_SELF },
    { "password", WORD_VALUE },
    { "people", WORD_PERSON },
    { "percent", WORD_VALUE },
    { "person", WORD_PERSON },
    { "phone", WORD_VALUE },
    { "position", WORD_VALUE },
    { "predecessor", WORD_SELF },
    { "prev", WORD_SELF },
    { "previous", WORD_SELF },
    { "price", WORD_VALUE },
    { "priority", WORD_VALUE },
    { "quantity", WORD_VALUE },
    { "rate", WORD_VALUE },
    { "reference", WORD_LINK },
    { "relation", WORD_LINK },
    { "relationship", WORD_LINK },
    { "replacement", WORD_SELF },
    { "reply", WORD_SELF },
    { "report", WORD_SELF },
    { "rep", WORD_AGENT },
    { "result", WORD_VALUE },
    { "reversal", WORD_SELF },
    { "right", WORD_SIDE },
    { "root", WORD_SELF },
    { "score", WORD_VALUE },
    { "second", WORD_SIDE },
    { "size", WORD_VALUE },
    { "source", WORD_SIDE },
    { "staff", WORD_PERSON },
    { "state", WORD_VALUE },
    { "status", WORD_VALUE },
    { "subject", WORD_SIDE },
    { "successor", WORD_SELF },
    { "super", WORD_SELF },
    { "supervisor", WORD_SELF | WORD_AGENT },
    { "target", WORD_SIDE },
    { "temp", WORD_RECORD },
    { "text", WORD_VALUE },
    { "time", WORD_VALUE },
    { "timestamp", WORD_VALUE },
    { "title", WORD_VALUE },
    { "tmp", WORD_RECORD },
    { "to", WORD_SIDE },
    { "token", WORD_VALUE },
    { "total", WORD_VALUE | WORD_COUNT },
    { "tree", WORD_LINK },
    { "type", WORD_VALUE },
    { "url", WORD_VALUE },
    { "user", WORD_PERSON },
    { "value", WORD_VALUE },
    { "version", WORD_VALUE },
    { "weight", WORD_VALUE },
    { "width", WORD_VALUE },
    { "year", WORD_VALUE },
};

static const struct listed keys[] = {
    { "abbreviation", KEY_WORD_CODE },
    { "abbr", KEY_WORD_CODE },
    { "cd", KEY_WORD_CODE },
    { "cde", KEY_WORD_CODE },
    { "cod", KEY_WORD_CODE },
    { "code", KEY_WORD_CODE },
    { "codigo", KEY_WORD_CODE },
    { "fk", KEY_WORD_ID },
    { "guid", KEY_WORD_ID },
    { "id", KEY_WORD_ID },
    { "identifier", KEY_WORD_ID },
    { "key", KEY_WORD_ID },
    { "name", KEY_WORD_NAME },
    { "nbr", KEY_WORD_NUMBER },
    { "no", KEY_WORD_NUMBER },
    { "nr", KEY_WORD_NUMBER },
    { "num", KEY_WORD_NUMBER },
    { "number", KEY_WORD_NUMBER },
    { "oid", KEY_WORD_ID },
    { "pk", KEY_WORD_ID },
    { "ref", KEY_WORD_ID },
    { "uid", KEY_WORD_ID },
    { "uuid", KEY_WORD_ID },
};

/* In -er and -or, and nobody. */
static const struct listed things[] = {
    { "after", 1 },    { "answer", 1 },   { "armor", 1 },      { "banner", 1 },     { "barrier", 1 },
    { "behavior", 1 }, { "buffer", 1 },   { "center", 1 },     { "chapter", 1 },    { "character", 1 },
    { "cluster", 1 },  { "color", 1 },    { "computer", 1 },   { "container", 1 },  { "corner", 1 },
    { "counter", 1 },  { "cover", 1 },    { "cyber", 1 },      { "discover", 1 },   { "enter", 1 },
    { "error", 1 },    { "ether", 1 },    { "factor", 1 },     { "favor", 1 },      { "fever", 1 },
    { "fiber", 1 },    { "filter", 1 },   { "floor", 1 },      { "folder", 1 },     { "gender", 1 },
    { "header", 1 },   { "honor", 1 },    { "humor", 1 },      { "identifier", 1 }, { "inner", 1 },
    { "labor", 1 },    { "laser", 1 },    { "later", 1 },      { "layer", 1 },      { "letter", 1 },
    { "lever", 1 },    { "liter", 1 },    { "liver", 1 },      { "lower", 1 },      { "major", 1 },
    { "marker", 1 },   { "matter", 1 },   { "meter", 1 },      { "minor", 1 },      { "monitor", 1 },
    { "motor", 1 },    { "never", 1 },    { "newsletter", 1 }, { "number", 1 },     { "offer", 1 },
    { "order", 1 },    { "other", 1 },    { "outer", 1 },      { "paper", 1 },      { "parameter", 1 },
    { "pointer", 1 },  { "poster", 1 },   { "power", 1 },      { "printer", 1 },    { "quarter", 1 },
    { "refer", 1 },    { "register", 1 }, { "river", 1 },      { "rotor", 1 },      { "router", 1 },
    { "ruler", 1 },    { "semester", 1 }, { "sensor", 1 },     { "server", 1 },     { "sponsor", 1 },
    { "summer", 1 },   { "super", 1 },    { "timer", 1 },      { "tower", 1 },      { "transfer", 1 },
    { "trigger", 1 },  { "tumor", 1 },    { "under", 1 },      { "upper", 1 },      { "vapor", 1 },
    { "vector", 1 },   { "wafer", 1 },    { "wager", 1 },      { "water", 1 },      { "winter", 1 },
};

static unsigned look_up(const struct listed *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].text, text) == 0)
            return list[i].value;
    return 0;
}

unsigned word_flags(const char *text)
{
    unsigned flags = look_up(kinds, sizeof kinds / sizeof *kinds, text);
    size_t size = strlen(text);
    if (flags != 0)
        return flags;
    if (size >= 5 && (text_ends(text, "er") || text_ends(text, "or")) &&
        look_up(things, sizeof things / sizeof *things, text) == 0)
        flags |= WORD_AGENT; /* creator, revoker, publisher */
    if (size > 5 && text_ends(text, "by"))
        flags |= WORD_AGENT; /* createdby */
    if (text_ends(text, "user") || text_ends(text, "employee"))
        flags |= WORD_PERSON; /* appuser */
    return flags;
}

enum key_word word_key(const char *text)
{
    return (enum key_word)look_up(keys, sizeof keys / sizeof *keys, text);
}
