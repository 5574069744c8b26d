/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_xlsx.c - the parts of a workbook, in a real zip: sheet, shared texts, styles, workbook and its relations, parted
 * by a byte 0x1d; what is missing is a plain one. tests/support/parse_fuzz.h says what must hold.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words xml archive values */

#include "tests/support/packed_fuzz.h"
#include "tests/support/packer.h"
#include "tests/support/parse_fuzz.h"

enum { INPUT_MAX = 64 * 1024 };

#define MAIN   "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const struct {
    const char *name, *text;
} parts_of_book[] = {
    { "xl/worksheets/sheet1.xml", "<worksheet xmlns=\"" MAIN "\"><sheetData/></worksheet>" },
    { "xl/sharedStrings.xml", "<sst xmlns=\"" MAIN "\"><si><t>id</t></si><si><t>name</t></si></sst>" },
    { "xl/styles.xml", "<styleSheet xmlns=\"" MAIN "\"><cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs></styleSheet>" },
    { "xl/workbook.xml", "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>"
                         "<sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels",
      "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>" },
};
enum { PARTS = sizeof parts_of_book / sizeof *parts_of_book };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packed_part parts[PARTS];
    if (size > INPUT_MAX)
        return 0;
    size_t count = packed_fuzz_split(data, size, parts, PARTS);
    const char *path = packed_fuzz_path();
    struct packer *p = packer_create(path, "zip", "none");
    packer_member(p, "[Content_Types].xml", "<Types/>");
    for (size_t i = 0; i < PARTS; i++) {
        if (i >= count || parts[i].size == 0) {
            packer_member(p, parts_of_book[i].name, parts_of_book[i].text);
            continue;
        }
        packer_begin(p, parts_of_book[i].name, parts[i].size, NULL);
        packer_data(p, parts[i].data, parts[i].size);
    }
    packer_close(p);
    (void)parse_fuzz_path(path, NULL);
    return 0;
}
