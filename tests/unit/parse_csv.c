/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delimited texts: what each trap must give. A text is written down as its columns ("name:type") and its rows, fields
 * in
 * [], null as ~.
 */
#include "catalog/parse/csv/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"

static int write_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    struct buffer *b = context;
    buffer_char(b, '\n');
    for (size_t i = 0; i < t->column_count; i++) {
        if (values[i].text == NULL)
            buffer_text(b, "~");
        else
            buffer_format(b, "[%.*s]", (int)values[i].size, values[i].text);
    }
    return ERROR_OK;
}

struct read {
    struct arena *arena;
    struct catalog *catalog;
    enum error_class class;
    struct error error;
    struct buffer text;
};

static struct read read_text(const void *text, size_t size, struct csv_options options)
{
    struct read r = { .arena = arena_create(256 << 20), .error = ERROR_NONE };
    r.catalog = catalog_create(r.arena, "csv", "t.csv");
    buffer_init(&r.text, 1 << 24);
    struct input *in = input_of_memory(text, size);
    struct csv_table *table;
    r.class = csv_parse(r.catalog, in, "t", &options, &table, &r.error);
    if (r.class == ERROR_OK) {
        const struct catalog_table *t = &r.catalog->tables[0];
        for (size_t i = 0; i < t->column_count; i++)
            buffer_format(&r.text, "%s%s:%s%s", i > 0 ? " " : "", t->columns[i].name,
                          type_text(t->columns[i].type.name), t->columns[i].nullable ? "?" : "");
        assert_int_equal(input_rewind(in, NULL), ERROR_OK);
        assert_int_equal(csv_rows(table, in, t, NULL, 0, 0, write_row, &r.text, &r.error), ERROR_OK);
    }
    input_close(in);
    return r;
}

static void read_end(struct read *r)
{
    buffer_finish(&r->text);
    arena_destroy(r->arena);
}

static unsigned wrong;

static void expect(const char *text, const char *expected)
{
    struct read r = read_text(text, strlen(text), csv_options_default());
    if (r.class != ERROR_OK || strcmp(buffer_view(&r.text), expected) != 0) {
        print_message("--- %s\ngave %s%s\nnot  %s\n", text, buffer_view(&r.text), r.error.message, expected);
        wrong++;
    }
    read_end(&r);
}

static void test_quotes_and_newlines(void **state)
{
    (void)state;
    wrong = 0;
    expect("a,b,c\n1,2,3\n", "a:integer b:integer c:integer\n[1][2][3]");
    expect("a,b,c\r\n1,2,3\r\n", "a:integer b:integer c:integer\n[1][2][3]");
    expect("a,b,c\r1,2,3\r4,5,6", "a:integer b:integer c:integer\n[1][2][3]\n[4][5][6]");
    expect("a,b\n1,2", "a:integer b:integer\n[1][2]");
    expect("name,address\nJohn,\"120 any st., Anytown\"\n", "name:string address:string\n[John][120 any st., Anytown]");
    expect("a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", "a:integer b:string\n[1][ha \"ha\" ha]\n[3][4]");
    expect("a,b\n1,\"\"\"\"\n3,4\n", "a:integer b:string\n[1][\"]\n[3][4]");
    expect("a,b,c\n1,\"\",\"\"\n2,3,4\n", "a:integer b:integer? c:integer?\n[1]~~\n[2][3][4]");
    expect("a,b,c\n\"Once upon \na time\",5,6\n7,8,9\n",
           "a:string b:integer c:integer\n[Once upon \na time][5][6]\n[7][8][9]");
    expect("a,b\r\n\"x\r\ny\",5\r\n7,8\r\n", "a:string b:integer\n[x\r\ny][5]\n[7][8]");
    expect("k,v\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [1.5, 2]}\"\n",
           "k:integer v:string\n[1][{\"type\": \"Point\", \"at\": [1.5, 2]}]");
    expect("a,b,c\n1,2,3\n4,5,\xCA\xA4\n", "a:integer b:integer c:string\n[1][2][3]\n[4][5][\xCA\xA4]");
    expect("\xEF\xBB\xBF\"a\",b\n1,2\n", "a:integer b:integer\n[1][2]");
    expect("a,b\n\"1\" ,2\n\"3\",4\n", "a:integer b:integer\n[1][2]\n[3][4]");
    expect("a,b\n5\" pipe,2\n6\" pipe,4\n", "a:string b:integer\n[5\" pipe][2]\n[6\" pipe][4]");
    expect("a,b\nx \\\"y\\\",2\n", "a:string b:integer\n[x \\\"y\\\"][2]");
    expect("a,b\n\"x \\\"y\\\", z\",2\n\"q\",3\n", "a:string b:integer\n[x \"y\", z][2]\n[q][3]");
    expect("a,b\n'-1','yes'\n'2',\n'5','no'\n", "a:integer b:boolean?\n[-1][true]\n[2]~\n[5][false]");
    expect("a,b\n1,'tis\n2,that's\n3,o'clock\n", "a:integer b:string\n[1]['tis]\n[2][that's]\n[3][o'clock]");
    expect("a,b\n'x, y',2\n'z',3\n", "a:string b:integer\n[x, y][2]\n[z][3]");
    expect("a,b\n\"x\"y,2\nz,3\n", "a:string b:integer\n[\"x\"y][2]\n[z][3]");
    expect("a,b\n\"never closed,2\nz,3\n", "a:string b:integer\n[\"never closed][2]\n[z][3]");
    assert_int_equal(wrong, 0);
}

static void test_dialects(void **state)
{
    (void)state;
    wrong = 0;
    expect("a;b\n1,5;2\n2,25;3\n", "a:number b:integer\n[1.5][2]\n[2.25][3]");
    expect("a;b\n1.234,50;2\n7,00;3\n", "a:number b:integer\n[1234.50][2]\n[7.00][3]");
    expect("a\tb\nx, y\t2\nz\t3\n", "a:string b:integer\n[x, y][2]\n[z][3]");
    expect("a|b\nx, y|2\nz|3\n", "a:string b:integer\n[x, y][2]\n[z][3]");
    expect("sep=;\na;b\n1;2\n", "a:integer b:integer\n[1][2]");
    expect("# made by hand\n# twice\na,b\n1,2\n", "a:integer b:integer\n[1][2]");
    expect("only\n1\n2\n", "only:integer\n[1]\n[2]");
    expect("only\n1\n\n2\n", "only:integer?\n[1]\n~\n[2]");
    expect("name\nAda Lovelace\nAlan Turing\n", "name:string\n[Ada Lovelace]\n[Alan Turing]");
    expect("a^b\nx^2\nz^3\n", "a:string b:integer\n[x][2]\n[z][3]");
    expect("day;sum\n01/02/2024;1,5\n28/02/2024;2,5\n", "day:date sum:number\n[2024-02-01][1.5]\n[2024-02-28][2.5]");
    /* one column tells day from month, the other believes it */
    expect("a,b\n1/2/2024,13/2/2024\n", "a:date b:date\n[2024-02-01][2024-02-13]");
    assert_int_equal(wrong, 0);
}

static void test_headers(void **state)
{
    (void)state;
    wrong = 0;
    expect("1,x\n2,y\n3,z\n", "column_1:integer column_2:string\n[1][x]\n[2][y]\n[3][z]");
    expect("Ada,yes\nAda,no\nBob,no\n", "column_1:string column_2:boolean\n[Ada][true]\n[Ada][false]\n[Bob][false]");
    expect("2024-01-01,5.5\n2024-01-02,6.5\n", "column_1:date column_2:number\n[2024-01-01][5.5]\n[2024-01-02][6.5]");
    expect("country,1990,1991\nDenmark,5,6\n", "country:string 1990:integer 1991:integer\n[Denmark][5][6]");
    expect("parent,comment\nA1,c1\nA1,c2\n", "parent:string comment:string\n[A1][c1]\n[A1][c2]");
    expect("a,b\n", "a:string? b:string?");
    expect("\"x\",\"y\"\n\"r1\",1,2\n\"r2\",3,4\n", "column_1:string x:integer y:integer\n[r1][1][2]\n[r2][3][4]");
    expect(",a,a, b \n0,1,2,3\n", "column_1:integer a:integer a_2:integer b:integer\n[0][1][2][3]");
    expect("a,a_2,a\n1,2,3\n", "a:integer a_2:integer a_2_:integer\n[1][2][3]");
    expect("who,1001,1002\nx,TRUE,FALSE\ny,FALSE,TRUE\n",
           "who:string 1001:boolean 1002:boolean\n[x][true][false]\n[y][false][true]");
    expect("k,name,name\nA,x,y\nB,z,u\n", "k:string name:string name_2:string\n[A][x][y]\n[B][z][u]");
    /* nothing over nothing, as delimiters at the end of lines give it */
    expect("Name,Code,\nKosovo,XK,\nAruba,AW,\n",
           "Name:string Code:string column_3:string?\n[Kosovo][XK]~\n[Aruba][AW]~");
    expect("k,v\n1,x,\n2,y,\n", "k:integer v:string\n[1][x]\n[2][y]");
    /* long questions over short answers; a text over many values of a type, whatever stands empty beside it */
    expect("Which of the following best describes what you would say when you are asked about it?,b\nyes,x\nno,y\n",
           "Which of the following best describes what you would say when you are asked about it?:boolean "
           "b:string\n[true][x]\n[false][y]");
    expect("When,Who,,\n1/2/2024,a,b,c\n1/13/2024,a,b,c\n1/14/2024,a,b,c\n1/15/2024,d,e,f\n1/16/2024,d,e,f\n",
           "When:date Who:string column_3:string column_4:string\n[2024-01-02][a][b][c]\n[2024-01-13][a][b][c]\n"
           "[2024-01-14][a][b][c]\n[2024-01-15][d][e][f]\n[2024-01-16][d][e][f]");
    /* columns without names, as tools count them */
    expect(",0,1,2\n0,1.5,2.5,x\n1,3.5,4.5,y\n",
           "column_1:integer 0:number 1:number 2:string\n[0][1.5][2.5][x]\n[1][3.5][4.5][y]");
    expect("0,1,2\nA,C,G\nT,T,A\n", "0:string 1:string 2:string\n[A][C][G]\n[T][T][A]");
    expect("1,2,3\n2,5,9\n4,1,1\n",
           "column_1:integer column_2:integer column_3:integer\n[1][2][3]\n[2][5][9]\n[4][1][1]");
    /* the shape of all others */
    expect("de_DE,Deutsch\nen_US,English\nes_ES,Spanish\nfr_FR,French\nit_IT,Italian\nsv_SE,Swedish\n",
           "column_1:string column_2:string\n[de_DE][Deutsch]\n[en_US][English]\n[es_ES][Spanish]\n[fr_FR][French]\n"
           "[it_IT][Italian]\n[sv_SE][Swedish]");
    expect(",Shares of spring,\nPlace,North,South\nA,1,2\nB,3,4\n",
           "Place:string North:integer South:integer\n[A][1][2]\n[B][3][4]");
    assert_int_equal(wrong, 0);
}

static const struct catalog_diagnostic *find_diagnostic(const struct read *r, const char *text)
{
    for (size_t i = 0; i < r->catalog->diagnostic_count; i++)
        if (strstr(r->catalog->diagnostics[i].message, text) != NULL)
            return &r->catalog->diagnostics[i];
    print_message("no diagnostic says \"%s\"\n", text);
    return NULL;
}

static void expect_told(const char *text, const char *expected, const char *message, int line)
{
    struct read r = read_text(text, strlen(text), csv_options_default());
    assert_int_equal(r.class, ERROR_OK);
    assert_string_equal(buffer_view(&r.text), expected);
    const struct catalog_diagnostic *d = find_diagnostic(&r, message);
    assert_non_null(d);
    assert_int_equal(d->line, line);
    assert_string_equal(d->table, "t");
    read_end(&r);
}

static void test_what_is_odd_is_told(void **state)
{
    (void)state;
    expect_told("a,b\n1,2\n3\n4,5\n", "a:integer b:integer?\n[1][2]\n[3]~\n[4][5]", "1 fields where 2 belong", 3);
    expect_told("a,b\n1,2\n3,4,5\n6,7\n", "a:integer b:integer\n[1][2]\n[3][4]\n[6][7]", "3 fields where 2 belong", 3);
    expect_told("a,b\n1,2\n\n4,5\n", "a:integer b:integer\n[1][2]\n[4][5]", "a blank line", 3);
    expect_told("a,b\n\"x\ny\"z,2\n3,4\n", "a:string b:integer\n[\"x\ny\"z][2]\n[3][4]", "behind a closing quote", 2);
    expect_told("a,b\n1,2\n\"x,4\n", "a:string b:integer\n[1][2]\n[\"x][4]", "that nothing closes", 3);
    expect_told("Sales of 2024\n\na,b,c\n1,2,3\n4,5,6\n", "a:integer b:integer c:integer\n[1][2][3]\n[4][5][6]",
                "2 lines above the names", 1);
    expect_told("a,,a\n1,2,3\n", "a:integer column_2:integer a_2:integer\n[1][2][3]", "column 2 has no name", 0);
    expect_told("a\n1/2/2024\n", "a:date\n[2024-01-02]", "can't be told apart", 0);

    struct buffer b;
    buffer_init(&b, 1 << 20);
    buffer_text(&b, "a,b\n");
    for (int i = 0; i < 1000; i++)
        buffer_text(&b, i % 10 == 0 ? "1,2,3\n" : "1,2\n");
    struct read r = read_text(b.data, b.size, csv_options_default());
    assert_int_equal(r.catalog->tables[0].rows, 1000);
    assert_non_null(find_diagnostic(&r, "100 rows with too many fields in all"));
    assert_int_equal(r.catalog->diagnostic_count, 4);
    read_end(&r);
    buffer_finish(&b);
}

static void test_encodings(void **state)
{
    (void)state;
    static const char utf16le[] = "\xFF\xFE"
                                  "a\0,\0b\0\n\0\xE9\0,\0001\0\n\0";
    struct read r = read_text(utf16le, sizeof utf16le - 1, csv_options_default());
    assert_string_equal(buffer_view(&r.text), "a:string b:integer\n[\xC3\xA9][1]");
    read_end(&r);
    r = read_text(utf16le + 2, sizeof utf16le - 3, csv_options_default());
    assert_string_equal(buffer_view(&r.text), "a:string b:integer\n[\xC3\xA9][1]");
    read_end(&r);
    static const char utf16be[] = "\xFE\xFF\0a\0,\0b\0\r\0\n\0x\0,\0002\0\r\0\n";
    r = read_text(utf16be, sizeof utf16be - 1, csv_options_default());
    assert_string_equal(buffer_view(&r.text), "a:string b:integer\n[x][2]");
    read_end(&r);
    static const char cp1252[] = "name;price\nCaf\xE9;12 \x80\nR\xF8"
                                 "d gr\xF8"
                                 "d;7 \x80\n";
    r = read_text(cp1252, sizeof cp1252 - 1, csv_options_default());
    assert_string_equal(buffer_view(&r.text), "name:string price:number\n[Caf\xC3\xA9][12]\n[R\xC3\xB8"
                                              "d gr\xC3\xB8"
                                              "d][7]");
    read_end(&r);
    struct csv_options cyrillic = csv_options_default();
    cyrillic.encoding = "KOI8-R";
    r = read_text("a,b\n\xCB\xCF\xD4,1\n", 10, cyrillic);
    assert_string_equal(buffer_view(&r.text), "a:string b:integer\n[\xD0\xBA\xD0\xBE\xD1\x82][1]");
    read_end(&r);

    /* no UTF-8, but only far from the start: read again as a whole, and told */
    struct buffer b;
    buffer_init(&b, 4 << 20);
    buffer_text(&b, "a,b\n");
    while (b.size < 1 << 20)
        buffer_text(&b, "plain,1\n");
    buffer_text(&b, "caf\xE9,2\n");
    r = read_text(b.data, b.size, csv_options_default());
    assert_int_equal(r.class, ERROR_OK);
    assert_non_null(find_diagnostic(&r, "WINDOWS-1252"));
    assert_non_null(strstr(buffer_view(&r.text), "[caf\xC3\xA9][2]"));
    read_end(&r);
    buffer_finish(&b);
}

static void test_limits(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 64 << 20);
    for (int i = 0; i < 100000; i++)
        buffer_format(&b, "%sc%d", i > 0 ? "," : "", i);
    buffer_char(&b, '\n');
    struct read r = read_text(b.data, b.size, csv_options_default());
    assert_int_equal(r.class, ERROR_TOO_LARGE);
    assert_string_equal(r.error.code, "too_many_columns");
    read_end(&r);

    buffer_clear(&b);
    for (int i = 0; i < 20000; i++)
        buffer_format(&b, "%sc%d", i > 0 ? "," : "", i % 100);
    buffer_char(&b, '\n');
    for (int i = 0; i < 20000; i++)
        buffer_format(&b, "%s%d", i > 0 ? "," : "", i);
    r = read_text(b.data, b.size, csv_options_default());
    assert_int_equal(r.class, ERROR_OK);
    assert_int_equal(r.catalog->tables[0].column_count, 20000);
    read_end(&r);

    /* one line without an end, and a quote that swallows all */
    char *line = mem_alloc(40 << 20);
    memset(line, 'x', 40 << 20);
    memcpy(line, "a,b\n", 4);
    r = read_text(line, 40 << 20, csv_options_default());
    assert_int_equal(r.class, ERROR_TOO_LARGE);
    assert_string_equal(r.error.code, "record_too_large");
    assert_non_null(strstr(r.error.message, "line 2 is longer than 16 MB"));
    read_end(&r);
    for (size_t i = 4; i + 4 < 40 << 20; i += 4)
        memcpy(line + i, i == 4 ? "\"1,2" : "1,2\n", 4);
    r = read_text(line, 30 << 20, csv_options_default());
    assert_int_equal(r.class, ERROR_OK);
    assert_non_null(find_diagnostic(&r, "that nothing closes"));
    read_end(&r);
    free(line);
    buffer_finish(&b);

    r = read_text("", 0, csv_options_default());
    assert_int_equal(r.class, ERROR_INVALID);
    assert_string_equal(r.error.code, "no_columns");
    read_end(&r);
}

/* Whatever the size of the pieces in which a text comes, its records are the same. */
static void test_long_records(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 64 << 20);
    buffer_text(&b, "id,text\n");
    size_t lengths[] = { 10, 1 << 20, 5, (1 << 20) - 20, 3 << 20, 100, (2 << 20) + 7 };
    char *long_text = mem_alloc(4 << 20);
    for (size_t i = 0; i < 4 << 20; i++)
        long_text[i] = i % 7 == 0 ? '\n' : i % 11 == 0 ? ',' : 'a';
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        buffer_format(&b, "%zu,\"", i);
        buffer_add(&b, long_text, lengths[i]);
        buffer_text(&b, "\"\n");
    }
    struct read r = read_text(b.data, b.size, csv_options_default());
    assert_int_equal(r.class, ERROR_OK);
    assert_int_equal(r.catalog->tables[0].rows, 7);
    assert_int_equal(r.catalog->tables[0].columns[0].type.name, TYPE_INTEGER);
    assert_int_equal(r.catalog->tables[0].column_count, 2);
    assert_int_equal(r.catalog->diagnostic_count, 0);
    read_end(&r);
    free(long_text);
    buffer_finish(&b);
}

/* Longer than any buffer, with characters of two bytes across its end, whether it is odd or even. */
static void test_long_encoded_texts(void **state)
{
    (void)state;
    enum { ROWS = 60000 };
    for (size_t odd = 0; odd < 2; odd++) {
        struct buffer b;
        buffer_init(&b, 8 << 20);
        buffer_text(&b, odd ? "id;text_\n" : "id;text\n");
        for (unsigned i = 0; i < ROWS; i++)
            buffer_format(&b, "%u;\xE9\xE8\xDF\xE9\xE8\xDF\xE9\xE8\xDF\n", i);
        struct read r = read_text(b.data, b.size, csv_options_default());
        assert_int_equal(r.class, ERROR_OK);
        assert_int_equal(r.catalog->tables[0].rows, ROWS);
        read_end(&r);
        buffer_finish(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes_and_newlines),
        cmocka_unit_test(test_dialects),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_what_is_odd_is_told),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_long_records),
        cmocka_unit_test(test_long_encoded_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
