/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_cut.c - which index to cut, the values between two values, and the statements of mysql_spread.c.
 *
 * Numbers and times are cut evenly. Text is cut as if it were ASCII: where the collation has another order, the server
 * sorts the bounds, so parts never overlap; at worst they are of uneven size, and are cut again. Bytes are numbers to
 * base 256.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/connect/mysql/mysql_spread.h"

enum { FIRST_CHARACTER = ' ', LAST_CHARACTER = '~', DIGITS = 6, NUMBER_SIZE = 80, SCALE_MAX = 9 };

static bool kind_of(const struct catalog_column *column, enum mysql_key_kind *ret_kind, int *ret_scale)
{
    *ret_scale = 0;
    if (column == NULL || column->unreadable)
        return false;
    switch (column->type.name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        *ret_kind = MYSQL_KEY_NUMBER;
        return true;
    case TYPE_DECIMAL:
    case TYPE_REAL:
    case TYPE_DOUBLE:
        *ret_kind = MYSQL_KEY_NUMBER;
        *ret_scale =
            column->type.name == TYPE_DECIMAL && column->type.scale < SCALE_MAX ? column->type.scale : SCALE_MAX;
        *ret_scale = *ret_scale < 0 ? 0 : *ret_scale;
        return true;
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
        *ret_kind = MYSQL_KEY_TIME;
        return true;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        *ret_kind = MYSQL_KEY_TEXT;
        return true;
    case TYPE_BINARY:
        *ret_kind = MYSQL_KEY_BYTES;
        return column->native_type != NULL && strstr(column->native_type, "binary") != NULL;
    default:
        return false;
    }
}

static bool try_key(const struct catalog_table *t, const char *index, const struct catalog_names *columns,
                    struct mysql_key *ret_key)
{
    if (index == NULL || columns->count == 0)
        return false;
    *ret_key = (struct mysql_key){ .index = index, .columns = columns };
    return kind_of(catalog_column_find(t, columns->items[0]), &ret_key->kind, &ret_key->scale);
}

bool mysql_key_choose(const struct catalog_table *t, struct mysql_key *ret_key)
{
    bool found = try_key(t, "PRIMARY", &t->primary_key.columns, ret_key);
    for (size_t i = 0; !found && i < t->unique_count; i++)
        found = try_key(t, t->uniques[i].name, &t->uniques[i].columns, ret_key);
    for (size_t i = 0; !found && i < t->index_count; i++)
        found = t->indexes[i].method == NULL && t->indexes[i].expression == NULL && t->indexes[i].where == NULL &&
                t->indexes[i].orders.count == 0 && try_key(t, t->indexes[i].name, &t->indexes[i].columns, ret_key);
    return found;
}

bool mysql_key_has_next(const struct catalog_table *t, const struct mysql_key *key)
{
    struct mysql_key next = *key;
    return key->column + 1 < key->columns->count && key->column + 1 < MYSQL_KEY_COLUMNS_MAX &&
           kind_of(catalog_column_find(t, key->columns->items[key->column + 1]), &next.kind, &next.scale);
}

void mysql_key_next(const struct catalog_table *t, struct mysql_key *key)
{
    key->column++;
    (void)kind_of(catalog_column_find(t, key->columns->items[key->column]), &key->kind, &key->scale);
}

/* ---- values between values ---- */
static bool between_numbers(struct arena *arena, int scale, const struct mysql_bound *from,
                            const struct mysql_bound *to, double share, struct mysql_bound *ret)
{
    char text[NUMBER_SIZE];
    long double low = strtold(from->data, NULL), high = strtold(to->data, NULL);
    if (!isfinite(low) || !isfinite(high) || fabsl(low) > 1e60L || fabsl(high) > 1e60L)
        return false;
    long double middle = low + (high - low) * (long double)share;
    int size = snprintf(text, sizeof text, "%.*Lf", scale, scale == 0 ? floorl(middle) : middle);
    long double is = strtold(text, NULL);
    if (size < 0 || (size_t)size >= sizeof text || !(is > low && is < high))
        return false;
    *ret = (struct mysql_bound){ arena_text_n(arena, text, (size_t)size), (size_t)size };
    return true;
}

/* The digit of a text or of bytes at that place, 0 behind its end. */
static unsigned digit_at(const struct mysql_bound *b, size_t at, bool bytes)
{
    unsigned char c = at < b->size ? (unsigned char)b->data[at] : 0;
    if (bytes)
        return c;
    return c < FIRST_CHARACTER ? 0 : c > LAST_CHARACTER ? LAST_CHARACTER - FIRST_CHARACTER : c - FIRST_CHARACTER;
}

static bool between_texts(struct arena *arena, bool bytes, const struct mysql_bound *from, const struct mysql_bound *to,
                          double share, struct mysql_bound *ret)
{
    unsigned base = bytes ? 256 : LAST_CHARACTER - FIRST_CHARACTER + 1;
    size_t same = 0;
    while (same < from->size && same < to->size && from->data[same] == to->data[same])
        same++;
    while (!bytes && same > 0 && same < from->size && ((unsigned char)from->data[same] & 0xC0) == 0x80)
        same--; /* not within a character */
    double low = 0, high = 0, unit = 1;
    for (size_t i = 0; i < DIGITS; i++) {
        unit /= base;
        low += unit * digit_at(from, same + i, bytes);
        high += unit * digit_at(to, same + i, bytes);
    }
    double middle = low + (high - low) * share;
    if (!(middle > low && middle < high))
        return false;
    char *text = arena_alloc(arena, same + DIGITS + 1);
    size_t size = same;
    memcpy(text, from->data, same);
    for (double rest = middle; size < same + DIGITS; size++) {
        unsigned digit = (unsigned)(rest * base);
        digit = digit < base ? digit : base - 1;
        rest = rest * base - digit;
        text[size] = (char)(bytes ? digit : digit + FIRST_CHARACTER);
    }
    while (!bytes && size > same && text[size - 1] == ' ') /* blanks at the end count for nothing */
        size--;
    *ret = (struct mysql_bound){ text, size };
    return size > 0;
}

bool mysql_bound_between(struct arena *arena, const struct mysql_key *key, const struct mysql_bound *from,
                         const struct mysql_bound *to, double share, struct mysql_bound *ret)
{
    if (key->kind == MYSQL_KEY_NUMBER || key->kind == MYSQL_KEY_TIME)
        return between_numbers(arena, key->kind == MYSQL_KEY_TIME ? 0 : key->scale, from, to, share, ret);
    return between_texts(arena, key->kind == MYSQL_KEY_BYTES, from, to, share, ret);
}

bool mysql_bound_after(const struct mysql_key *key, const struct mysql_bound *before, const struct mysql_bound *bound)
{
    if (key->kind == MYSQL_KEY_NUMBER || key->kind == MYSQL_KEY_TIME)
        return strtold(bound->data, NULL) > strtold(before->data, NULL);
    size_t size = before->size < bound->size ? before->size : bound->size;
    int order = memcmp(bound->data, before->data, size);
    return order > 0 || (order == 0 && bound->size > before->size);
}

/* ---- statements ---- */
static bool is_number(const struct mysql_bound *b)
{
    return b->size > 0 && strspn(b->data, "0123456789+-.eE") == b->size;
}

static void write_bound(struct sqltext *s, enum mysql_key_kind kind, const struct mysql_bound *b)
{
    const struct connect_value bytes = { .type = CONNECT_BINARY, .data = b->data, .size = b->size };
    switch (kind) {
    case MYSQL_KEY_NUMBER:
        sqltext_raw(s, is_number(b) ? b->data : "0");
        break;
    case MYSQL_KEY_TIME:
        sqltext_raw(s, "TIMESTAMP '1970-01-01 00:00:00' + INTERVAL ");
        sqltext_raw(s, is_number(b) ? b->data : "0");
        sqltext_raw(s, " SECOND");
        break;
    case MYSQL_KEY_TEXT:
        sqltext_literal(s, b->data, b->size);
        break;
    case MYSQL_KEY_BYTES:
        sqltext_value(s, &bytes);
        break;
    }
}

static void write_from(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key)
{
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " FORCE INDEX (");
    sqltext_ident(s, key->index);
    sqltext_raw(s, ")");
}

static void write_where(struct sqltext *s, const struct mysql_key *key, const struct mysql_where *where)
{
    const char *word = " WHERE ";
    for (size_t i = 0; i < where->count; i++, word = " AND ") {
        sqltext_raw(s, word);
        sqltext_ident(s, key->columns->items[i]);
        sqltext_raw(s, " = ");
        write_bound(s, where->kinds[i], &where->values[i]);
    }
    if (where->null) {
        sqltext_raw(s, word);
        sqltext_ident(s, key->columns->items[key->column]);
        sqltext_raw(s, " IS NULL");
        return;
    }
    const struct mysql_bound *const ends[] = { where->from, where->to };
    for (size_t i = 0; i < 2; i++) {
        if (ends[i] == NULL)
            continue;
        sqltext_raw(s, word);
        sqltext_ident(s, key->columns->items[key->column]);
        sqltext_raw(s, i == 0 ? " >= " : " < ");
        write_bound(s, key->kind, ends[i]);
        word = " AND ";
    }
}

struct sqltext *mysql_write_ends(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                                 const struct mysql_where *where)
{
    static const char *const functions[] = { "MIN(", "MAX(" };
    sqltext_clear(s);
    for (size_t i = 0; i < 2; i++) {
        sqltext_raw(s, i == 0 ? "SELECT " : ", ");
        sqltext_raw(s, key->kind == MYSQL_KEY_TIME ? "TIMESTAMPDIFF(SECOND, '1970-01-01', " : "");
        sqltext_raw(s, functions[i]);
        sqltext_ident(s, key->columns->items[key->column]);
        sqltext_raw(s, key->kind == MYSQL_KEY_TIME ? "))" : ")");
    }
    write_from(s, t, key);
    write_where(s, key, where);
    return s;
}

struct sqltext *mysql_write_explain(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                                    const struct mysql_where *where, const struct mysql_bound *bounds, size_t count)
{
    struct mysql_where part = *where;
    sqltext_clear(s);
    for (size_t i = 0; i < count; i++) {
        part.from = i > 0 || count == 1 ? &bounds[i] : NULL;
        part.to = i + 1 < count ? &bounds[i + 1] : NULL;
        sqltext_raw(s, i == 0 ? "EXPLAIN SELECT 1" : " UNION ALL SELECT 1");
        write_from(s, t, key);
        write_where(s, key, &part);
    }
    return s;
}

void mysql_write_part(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                      const struct mysql_where *where, int64_t limit)
{
    sqltext_clear(s);
    mysql_write_columns(s, t);
    write_from(s, t, key);
    write_where(s, key, where);
    sqltext_raw(s, " ORDER BY ");
    sqltext_idents(s, NULL, key->columns);
    sqltext_raw(s, " LIMIT ");
    sqltext_integer(s, limit);
}

enum error_class mysql_run_spread(struct mysql *m, struct sqltext *sql, MYSQL_RES **ret_result, struct error *e)
{
    const char *text;
    enum error_class class = sqltext_view(sql, &text, e);
    return class == ERROR_OK ? mysql_run(m, text, ret_result, e) : class;
}

enum error_class mysql_bounds_sort(struct mysql *m, struct arena *arena, const struct catalog_table *t,
                                   const struct mysql_key *key, struct mysql_bound *bounds, size_t *count,
                                   struct error *e)
{
    MYSQL_RES *result = NULL;
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "(SELECT "); /* the column gives the union its collation */
    sqltext_ident(&m->sql, key->columns->items[key->column]);
    sqltext_raw(&m->sql, " AS k FROM ");
    sqltext_table(&m->sql, t->schema, t->name);
    sqltext_raw(&m->sql, " LIMIT 0)");
    for (size_t i = 0; i < *count; i++) {
        sqltext_raw(&m->sql, " UNION SELECT ");
        write_bound(&m->sql, key->kind, &bounds[i]);
    }
    sqltext_raw(&m->sql, " ORDER BY k");
    enum error_class class = mysql_run_spread(m, &m->sql, &result, e);
    if (class != ERROR_OK || result == NULL)
        return class;
    size_t kept = 0;
    for (MYSQL_ROW row; kept < *count && (row = m->api->do_fetch_row(result)) != NULL;) {
        size_t size = row[0] != NULL ? m->api->do_fetch_lengths(result)[0] : 0;
        if (row[0] != NULL)
            bounds[kept++] = (struct mysql_bound){ arena_text_n(arena, row[0], size), size };
    }
    m->api->do_free_result(result);
    *count = kept;
    return kept > 0 ? ERROR_OK : error_set(e, ERROR_FATAL, "%s: the server sorts nothing", t->name);
}
