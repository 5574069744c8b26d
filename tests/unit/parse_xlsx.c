/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workbooks: texts of all kinds, days by style, sparse rows, titles, several sheets; and mapping documents, in
 * workbooks and as delimited texts, told from tables that only look like one.
 */
#include "catalog/parse/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "catalog/parse/mapping_sheet.h"
#include "catalog/parse/xlsx/xlsx_style.h"
#include "tests/support/packer.h"

static char folder[] = "/tmp/argosy-xlsx-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

struct read {
    struct arena *arena;
    struct parsed parsed;
    struct error error;
    enum error_class class;
    struct buffer text; /* tables, columns and rows, as in parse_csv.c */
};

static int write_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    struct buffer *b = context;
    for (size_t i = 0; i < t->column_count; i++)
        buffer_format(b, values[i].text != NULL ? "[%.*s]" : "~", (int)values[i].size, values[i].text);
    buffer_char(b, '\n');
    return ERROR_OK;
}

static struct read read_file(const char *name)
{
    struct read r = { .arena = arena_create(256 << 20), .error = ERROR_NONE };
    struct parse_options options = { 0 };
    buffer_init(&r.text, 1 << 20);
    r.class = parse_path(r.arena, path_of(name), &options, &r.parsed, &r.error);
    for (size_t i = 0; r.class == ERROR_OK && i < r.parsed.catalog->table_count; i++) {
        const struct catalog_table *t = &r.parsed.catalog->tables[i];
        buffer_format(&r.text, "%s(", t->name);
        for (size_t k = 0; k < t->column_count; k++)
            buffer_format(&r.text, "%s%s:%s", k > 0 ? " " : "", t->columns[k].name, type_text(t->columns[k].type.name));
        buffer_text(&r.text, ")\n");
        struct rows_ask ask = { .only = t };
        assert_int_equal(r.parsed.rows.face->read(r.parsed.rows.self, &ask, write_row, &r.text, &r.error), ERROR_OK);
    }
    return r;
}

static void read_end(struct read *r)
{
    parsed_close(&r->parsed);
    buffer_finish(&r->text);
    arena_destroy(r->arena);
}

#define BOOK(sheets)    "<?xml version=\"1.0\"?><workbook xmlns:r=\"http://x\"><sheets>" sheets "</sheets></workbook>"
#define RELATION(id, n) "<Relationship Id=\"" id "\" Target=\"worksheets/sheet" n ".xml\"/>"
static const char one_sheet[] = BOOK("<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>");
static const char two_sheets[] = BOOK("<sheet name=\"People\" sheetId=\"7\" r:id=\"rId1\"/>"
                                      "<sheet name=\"Empty\" sheetId=\"8\" r:id=\"rId3\"/>"
                                      "<sheet name=\"Towns\" sheetId=\"9\" r:id=\"rId2\"/>");
static const char relations[] =
    "<Relationships>" RELATION("rId2", "2") RELATION("rId1", "1") RELATION("rId3", "3") "</Relationships>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-409]d\\-mmm\\-yy;@\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"#,##0.00\\ &quot;days&quot;\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
    "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"21\"/>"
    "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>";
static const char texts[] = "<sst><si><t>name</t></si><si><r><t>bo</t></r><r><t>rn</t></r></si><si><t>Ada \"A\" L</t>"
                            "</si><si><t>Bob, Jr</t><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si></sst>";

static void write_book(const char *book, const char *sheet1, const char *sheet2)
{
    struct packer *p = packer_create(path_of("t.xlsx"), "zip", "none");
    packer_member(p, "[Content_Types].xml", "<Types/>");
    packer_member(p, "xl/worksheets/sheet1.xml", sheet1);
    packer_member(p, "xl/workbook.xml", book);
    packer_member(p, "xl/_rels/workbook.xml.rels", relations);
    packer_member(p, "xl/styles.xml", styles);
    packer_member(p, "xl/sharedStrings.xml", texts);
    if (sheet2 != NULL)
        packer_member(p, "xl/worksheets/sheet2.xml", sheet2);
    packer_member(p, "xl/worksheets/sheet3.xml", "<worksheet><sheetData/></worksheet>");
    packer_close(p);
}

#define SHEET(rows)         "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define S(at, index)        "<c r=\"" at "\" t=\"s\"><v>" index "</v></c>"
#define N(at, style, value) "<c r=\"" at "\" s=\"" style "\"><v>" value "</v></c>"
#define T(at, text)         "<c r=\"" at "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"

static void expect(const char *expected)
{
    struct read r = read_file("t.xlsx");
    assert_string_equal(r.error.message, "");
    assert_string_equal(buffer_view(&r.text), expected);
    read_end(&r);
}

static void test_cells(void **state)
{
    (void)state;
    write_book(
        one_sheet,
        SHEET("<row r=\"1\">" S("A1", "0") S("B1", "1") T("C1", "at") T("D1", "hour") T("E1", "sum")
                  T("F1", "ok") "</row><row r=\"2\">" S("A2", "2") N("B2", "1", "44927") N("C2", "2", "44927.5")
                      N("D2", "3", "0.25")
                          N("E2", "5", "1234.5") "<c r=\"F2\" t=\"b\"><v>1</v></c></row>"
                                                 "<row r=\"5\">" S("A5", "3") N("B5", "4", "1")
                                                     N("E5", "0",
                                                       "-1E-3") "<c r=\"F5\" t=\"b\"><f>1=2</f><v>0</v></c></row><row "
                                                                "r=\"6\"><c r=\"A6\" s=\"1\"/></row>"),
        NULL);
    expect("t(name:string born:date at:datetime hour:time sum:number ok:boolean)\n"
           "[Ada \"A\" L][2023-01-01][2023-01-01 12:00:00][06:00:00][1234.5][true]\n"
           "[Bob, Jr][1900-01-01]~~[-1E-3][false]\n");
}

static void test_sheets(void **state)
{
    (void)state;
    write_book(two_sheets,
               SHEET("<row>" T("A1", "All our people") "</row><row/><row>" S("A3", "0") S("B3", "1")
                         T("C3", "x") "</row><row>" S("A4", "2") N("B4", "0", "1815")
                             N("C4", "0", "1") "</row><row>" S("A5", "3") N("C5", "0", "2") "</row>"),
               SHEET("<row><c t=\"str\"><v>town</v></c><c t=\"str\"><v>size</v></c></row>"
                     "<row><c t=\"str\"><f>1</f><v>Bonn</v></c><c><v>3</v></c></row>"));
    expect("People(name:string born:integer x:integer)\n[Ada \"A\" L][1815][1]\n[Bob, Jr]~[2]\n"
           "Towns(town:string size:integer)\n[Bonn][3]\n");
}

static void expect_refused(const char *code)
{
    struct read r = read_file("t.xlsx");
    assert_int_not_equal(r.class, ERROR_OK);
    assert_string_equal(r.error.code, code);
    read_end(&r);
}

static void test_damage(void **state)
{
    (void)state;
    write_book(one_sheet, "<worksheet><sheetData><row>", NULL);
    expect_refused("workbook_damaged");
    write_book("<!DOCTYPE x [<!ENTITY a \"b\">]><workbook/>", SHEET(""), NULL);
    expect_refused("workbook_damaged");
    write_book(one_sheet, "<!DOCTYPE x [<!ENTITY a \"b\">]>" SHEET(""), NULL);
    expect_refused("workbook_damaged");
    write_book(one_sheet, SHEET(""), NULL);
    expect_refused("no_columns");
    struct packer *p = packer_create(path_of("t.xlsx"), "zip", "none");
    packer_member(p, "[Content_Types].xml", "<Types/>");
    packer_close(p);
    expect_refused("workbook_damaged");

    /* cells far apart make no more text than is allowed; references that lie do no harm */
    struct buffer b;
    buffer_init(&b, 64 << 20);
    buffer_text(&b, "<worksheet><sheetData>");
    for (int i = 0; i < 20000; i++)
        buffer_text(&b, "<row>" N("XFD1", "0", "1") "</row>");
    buffer_text(&b, "</sheetData></worksheet>");
    write_book(one_sheet, b.data, NULL);
    buffer_finish(&b);
    expect_refused("sheet_too_large");
    write_book(one_sheet,
               SHEET("<row>" T("A1", "a") T("B1", "b") "</row><row>" S("A2", "999999999999999999999999")
                         N("ZZZZZZZZZZZZ9", "99999999999", "2") "</row>"),
               NULL);
    struct read r = read_file("t.xlsx");
    assert_int_equal(r.class, ERROR_OK);
    read_end(&r);
}

static void test_styles(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum xlsx_style style;
    } codes[] = { { "General", XLSX_PLAIN },   { "0.00E+00", XLSX_PLAIN },      { "#,##0 \"days\"", XLSX_PLAIN },
                  { "[Red]0.00", XLSX_PLAIN }, { "yyyy\\-mm\\-dd", XLSX_DATE }, { "dd/mm/yyyy hh:mm", XLSX_DATETIME },
                  { "h:mm AM/PM", XLSX_TIME }, { "[h]:mm:ss", XLSX_TIME },      { "mmm-yy", XLSX_DATE },
                  { "mm:ss.0", XLSX_TIME },    { "\"unclosed", XLSX_PLAIN },    { "", XLSX_PLAIN } };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (xlsx_style_of_code(codes[i].code) != codes[i].style)
            fail_msg("%s: %d", codes[i].code, (int)xlsx_style_of_code(codes[i].code));
    static const struct {
        const char *number, *text;
        bool from_1904;
    } days[] = { { "1", "1900-01-01", false },      { "59", "1900-02-28", false },    { "61", "1900-03-01", false },
                 { "36526", "2000-01-01", false },  { "45351", "2024-02-29", false }, { "0", "1904-01-01", true },
                 { "2958465", "9999-12-31", false } };
    char text[48];
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_true(xlsx_style_spell(XLSX_DATE, days[i].from_1904, days[i].number, text, sizeof text) > 0);
        assert_string_equal(text, days[i].text);
    }
    assert_int_equal(xlsx_style_spell(XLSX_DATE, false, "-1", text, sizeof text), 0);
    assert_int_equal(xlsx_style_spell(XLSX_DATE, false, "1e300", text, sizeof text), 0);
    assert_int_equal(xlsx_style_spell(XLSX_DATE, false, "nan", text, sizeof text), 0);
}

static void expect_mappings(const char *name, const char *expected)
{
    struct read r = read_file(name);
    assert_string_equal(r.error.message, "");
    assert_int_equal(r.parsed.catalog->table_count, 0);
    char *text = json_dumps(r.parsed.mappings, JSON_COMPACT);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
    read_end(&r);
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void test_mappings(void **state)
{
    (void)state;
    write_text("m.csv",
               "Source Table,Source Column,Target Table,Target Column,Transformation Rule,Target Data Type,Notes\n"
               "CUST,CUST_NM,customer,name,trim(CUST_NM),varchar(50),\"as, is\"\n"
               ",CUST_DOB,,born,,date,\n"
               ",CUST_X,,,not needed,,\n");
    expect_mappings("m.csv", "{\"format\":1,\"mappings\":["
                             "{\"source_table\":\"CUST\",\"source_column\":\"CUST_NM\",\"target_table\":\"customer\","
                             "\"target_column\":\"name\",\"rule\":\"trim(CUST_NM)\",\"target_type\":\"varchar(50)\","
                             "\"comment\":\"as, is\",\"line\":2},"
                             "{\"source_table\":\"CUST\",\"source_column\":\"CUST_DOB\",\"target_table\":\"customer\","
                             "\"target_column\":\"born\",\"target_type\":\"date\",\"line\":3},"
                             "{\"source_table\":\"CUST\",\"source_column\":\"CUST_X\",\"target_table\":\"customer\","
                             "\"rule\":\"not needed\",\"line\":4}]}");
    write_text("m.csv", "Source;Target;Mapping logic\nold.cust.nm;customer.name;\nold.cust.id;customer.id;cast\n");
    expect_mappings("m.csv", "{\"format\":1,\"mappings\":["
                             "{\"source_table\":\"old.cust\",\"source_column\":\"nm\",\"target_table\":\"customer\","
                             "\"target_column\":\"name\",\"line\":2},"
                             "{\"source_table\":\"old.cust\",\"source_column\":\"id\",\"target_table\":\"customer\","
                             "\"target_column\":\"id\",\"rule\":\"cast\",\"line\":3}]}");
    write_book(one_sheet,
               SHEET("<row>" T("A1", "srcTable") T("B1", "srcField") T("C1", "tgtTable") T(
                   "D1", "tgtField") "</row><row>" T("A2", "A") T("B2", "b") T("C2", "C") T("D2", "d") "</row>"),
               NULL);
    expect_mappings("t.xlsx", "{\"format\":1,\"mappings\":[{\"source_table\":\"A\",\"source_column\":\"b\","
                              "\"target_table\":\"C\",\"target_column\":\"d\",\"line\":2}]}");
}

static void test_no_mappings(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "source,target,weight\na,b,1\n", "Source,Target,Type,Weight\na,b,Directed,1\n",
        "from,to,amount\na,b,1\n",       "from_currency,to_currency,rate\nEUR,USD,1.1\n",
        "table,column,type\na,b,c\n",    "source_column,comment\na,b\n",
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        write_text("m.csv", tables[i]);
        struct read r = read_file("m.csv");
        assert_int_equal(r.class, ERROR_OK);
        assert_null(r.parsed.mappings);
        assert_int_equal(r.parsed.catalog->table_count, 1);
        read_end(&r);
    }
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    (void)unlink(path_of("t.xlsx"));
    (void)unlink(path_of("m.csv"));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),  cmocka_unit_test(test_sheets),   cmocka_unit_test(test_damage),
        cmocka_unit_test(test_styles), cmocka_unit_test(test_mappings), cmocka_unit_test(test_no_mappings),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
