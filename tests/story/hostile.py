# SPDX-License-Identifier: Apache-2.0
"""What is too deep, too wide, too long, broken or a bomb is read in part or refused with one clear error.

ctest: release

`argosy discover` gets each source with the data limit of a slot and a limit on its CPU seconds: it must end by itself,
with a catalog that says what is wrong with it or with an error that does, within the memory that the case names.
"""
import io
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
import zlib

BIN = os.environ["ARGOSY_BIN"]
DATA_MAX, CPU_S_MAX = 2 << 30, 60
DEEP, WIDE, GIB = 10000, 100000, 1 << 30
DIALECTS = ("postgresql", "mysql", "sqlite", "oracle", "sqlserver")
XSD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
JSON_SCHEMA = '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":'


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_MAX, DATA_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def numbers(count, form="c%d", between=","):
    return between.join(form % i for i in range(count))


class Hostile(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, content):
        with open(self.path(name), "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def discover(self, path, *options, memory_mb=100):
        """(exit code, catalog or None, what it said); it ended by itself, in that much memory."""
        with open(self.path(".out"), "w+b") as out, open(self.path(".err"), "w+b") as err:
            child = subprocess.Popen([BIN, "discover", path, "--output", "json", *options], stdout=out, stderr=err,
                                     stdin=subprocess.DEVNULL, preexec_fn=limited)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = code = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            said = err.read().decode()
            self.assertIn(code, (0, 2), f"{path}: {said[-500:]}")
            self.assertLess(usage.ru_maxrss >> 10, memory_mb, f"{path}: MB of memory")
            return code, json.loads(out.read()) if code == 0 else None, said

    def refused(self, name, content, words, **more):
        code, _, said = self.discover(self.put(name, content), **more)
        self.assertEqual(2, code, name)
        self.assertIn(words, said)
        self.assertEqual(1, said.count("\n"), said)

    def read(self, name, content, tables, words=None, options=(), **more):
        """tables: how many; words: of a diagnostic."""
        code, catalog, said = self.discover(self.put(name, content), *options, **more)
        self.assertEqual(0, code, said)
        self.assertEqual(tables, len(catalog["tables"]), catalog["tables"])
        told = " | ".join(one["message"] for one in catalog["diagnostics"])
        if words:
            self.assertIn(words, told)
        return catalog

    # ---- depth ----

    def test_documents_ten_thousand_deep(self):
        for name, text in (("a.json", "[" * DEEP + "]" * DEEP), ("b.json", '{"a":' * DEEP),
                           ("a.xml", "<?xml version='1.0'?><r>" + "<a>" * DEEP), ("a.yaml", "a: " + "[" * DEEP),
                           ("b.yaml", "".join(" " * i + "a:\n" for i in range(2000))), ("c.yaml", "- " * DEEP + "1\n"),
                           ("s.json", JSON_SCHEMA + '{"a":{"properties":' * DEEP),
                           ("a.xsd", XSD + "<xs:sequence>" * DEEP)):
            with self.subTest(name):
                self.refused(name, text, "deep (limit depth_max)")

    def test_sql_ten_thousand_deep(self):
        table = "CREATE TABLE t (a int);\n"
        for dialect in DIALECTS:
            options = ("--dialect", dialect)
            with self.subTest(dialect):
                deep = "CREATE TABLE u (a int DEFAULT " + "(" * DEEP + "1" + ")" * DEEP + ");\n"
                self.read("parens.sql", deep + table, 2, options=options)
                self.discover(self.put("comments.sql", "/* " * DEEP + table + "*/ " * DEEP + table), *options)
                for opened in ("'", '"', "`", "[", "/*", "$$", "q'[", "E'", "CASE ", "BEGIN ",
                               "CREATE FUNCTION f AS $x$"):
                    code, catalog, _ = self.discover(self.put("open.sql", table + (opened + "x\n") * DEEP), *options)
                    self.assertEqual((0, "t"), (code, catalog["tables"][0]["name"]), opened)

    # ---- width ----

    def test_a_hundred_thousand_columns(self):
        for dialect in DIALECTS:
            text = "CREATE TABLE t (" + numbers(WIDE, "c%d int", ",\n") + ");"
            self.refused("wide.sql", text, "table t has more than 20000 columns")
        self.refused("wide.csv", numbers(10 * WIDE) + "\n" + numbers(10 * WIDE, "%d") + "\n", "the limit is 20001")
        self.refused("wide.xsd", XSD + "<xs:element name='a'><xs:complexType><xs:sequence>" +
                     numbers(WIDE, '<xs:element name="c%d" type="xs:int"/>', "") +
                     "</xs:sequence></xs:complexType></xs:element></xs:schema>", "more than 20000 columns of one table")
        self.refused("wide.json", JSON_SCHEMA + "{" + numbers(WIDE, '"c%d":{"type":"integer"}') + "}}",
                     "more than 20000 columns of one table")
        for name, text in (("d.json", "[{" + numbers(WIDE, '"c%d":1') + "}]"),
                           ("d.yaml", "- " + numbers(WIDE, "c%d: 1\n", "  ")),
                           ("d.xml", "<r><i " + numbers(WIDE, 'c%d="1"', " ") + "/><i/></r>")):
            catalog = self.read(name, text, 1)  # so many names are data
            self.assertEqual(["key", "value"], [one["name"] for one in catalog["tables"][0]["columns"]][-2:])

    def test_a_million_statements(self):
        for dialect in DIALECTS:
            self.read("many.sql", "CREATE TABLE t (a int);\n" + "SET x = 1;\n" * 1000000, 1,
                      options=("--dialect", dialect))

    def test_a_million_digits(self):
        digits = "9" * 1000000
        self.read("n.json", '[{"a":' + digits + '},{"a":-0.' + digits + '},{"a":1e' + "9" * 1000 + "}]", 1)
        self.read("n.csv", "a,b\n" + digits + ",1\n", 1)
        self.read("n.yaml", "- a: " + digits + "\n", 1)

    # ---- length: a gibibyte on one line ----

    def test_a_gibibyte_on_one_line(self):
        path = self.path("long")
        with open(path, "wb") as stream:
            for _ in range(1024):
                stream.write(b"x" * (1 << 20))
        for name, head, words, memory_mb in (
                ("q.csv", b'a,b\n1,"', "line 2 is longer than 16 MB", 64),
                ("p.csv", b"a,b\n1,2\n", "line 3 is longer than 16 MB", 64),
                ("s.json", b'{"a":"', "one value or name is longer than", 64),
                ("n.json", b'{"', "one value or name is longer than", 64),
                ("l.ndjson", b'{"a":1}\n{"a":"', "one value or name is longer than", 64),
                ("t.xml", b"<?xml version='1.0'?><r><a>", "one value or name is longer than", 64),
                ("n.xml", b"<?xml version='1.0'?><", "one value or name is longer than", 64),
                ("v.yaml", b"---\n- a: ", "one value or name is longer than", 96),
                ("j.json", JSON_SCHEMA.encode() + b'{"', "a schema of more than 32 MB", 96),
                ("x.xsd", XSD.encode(), "a schema of more than 32 MB", 96)):
            with self.subTest(name):
                os.rename(path, self.path(name))
                path = self.path(name)
                with open(path, "r+b") as stream:
                    stream.write(head.ljust(64, b"x"))
                code, _, said = self.discover(path, memory_mb=memory_mb)
                self.assertEqual(2, code)
                self.assertIn(words, said)
        os.rename(path, self.path("o.sql"))
        with open(self.path("o.sql"), "r+b") as stream:
            stream.write(b"CREATE TABLE t (a int);\nCREATE TABLE u (a text DEFAULT '")
        code, catalog, said = self.discover(self.path("o.sql"), memory_mb=1200)  # the text as it is
        self.assertEqual((0, "t"), (code, catalog["tables"][0]["name"]), said)
        with open(self.path("o.sql"), "r+b") as stream:
            stream.write(b"CREATE TABLE \xff ")
        code, _, said = self.discover(self.path("o.sql"), memory_mb=1200)
        self.assertIn("more than 512 MB that is no clean UTF-8", said)
        os.truncate(self.path("o.sql"), 100)
        os.truncate(self.path("o.sql"), GIB)  # holes
        code, _, said = self.discover(self.path("o.sql"))
        self.assertIn("it is binary", said)

    # ---- bytes ----

    def test_nul_bytes(self):
        self.read("a.json", b'[{"a":"x"},{"a":"x\0y"}]', 1, "no JSON")
        self.read("a.ndjson", b'{"a":1}\n\0\n{"a":2}\n', 1, "1 lines are left out")
        self.read("a.csv", b"a,b\n1,\0\n2,x\n", 1, "NUL bytes among the text")
        self.read("a.tsv", b"a\tb\n1\t\0\n2\tx\n", 1, "NUL bytes among the text")
        self.read("a.xml", b"<r><i>\0</i></r>", 1, "no XML")
        self.refused("a.yaml", b"- a: x\0y\n", "control characters are not allowed")
        self.read("a.sql", b"CREATE TABLE t (a int,\0 b int);", 1, "are no UTF-8")
        self.refused("a.xsd", XSD.encode() + b"<xs:element name='a\0'/></xs:schema>", "no XML")
        self.refused("b.csv", b"\0" * 100000, "it is binary")

    def test_cut_utf16_and_bytes_of_no_encoding(self):
        self.read("a.csv", b"\xff\xfei\0d\0\n\0" + b"1\0\n\0" * 10 + b"2", 1, "no character in this encoding")
        self.read("b.csv", b"id,name\n" + b"1,\xff\xfe\xfa\n" * 1000, 1)
        self.read("c.json", b'[{"a":"\xff\xfe"}]', 1, "")

    # ---- bombs ----

    def test_entities_and_aliases(self):
        self.refused("a.xml", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY l0 'lolololololololol'>" +
                     "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 12)) + "]><a><b>&l11;</b></a>",
                     "entities")
        secret = self.put("secret", "nobody is to see this")
        catalog = self.read("b.xml", f"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e SYSTEM 'file://{secret}'>]>"
                            "<r><i>&e;</i><i>x</i></r>", 1)
        self.assertNotIn("nobody", json.dumps(catalog))
        self.refused("a.yaml", "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" +
                     "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)), "alias")

    def test_packed(self):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b"1,2\n" * (1 << 18)
        packed = b"".join(squeeze.compress(zeros) for _ in range(2048)) + squeeze.flush()
        self.refused("flat.csv.gz", packed, "")
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("a.csv", "a\n1\n")
        for _ in range(20):
            outer = io.BytesIO()
            with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as out:
                for i in range(10):
                    out.writestr(f"{i}.zip", inner.getvalue())
            inner = outer
        code, _, _ = self.discover(self.put("nested.zip", inner.getvalue()))
        self.assertEqual(2, code)

    def test_entries_that_overlap(self):
        """One body, a thousand names in the directory of the zip."""
        body = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = b"a,b\n" + b"1,2\n" * (4 << 20)
        packed = body.compress(data) + body.flush()
        crc = zlib.crc32(data)
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(packed), len(data), 5, 0) + b"a.csv"
        directory = b""
        for i in range(999):
            name = b"%03d.csv" % i
            directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(packed), len(data),
                                     len(name), 0, 0, 0, 0, 0, 0) + name
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 999, 999, len(directory), len(local) + len(packed), 0)
        code, catalog, said = self.discover(self.put("overlap.zip", local + packed + directory + end))
        self.assertTrue(code == 2 or len(catalog["tables"]) <= 1, said)

    def test_evil_members(self):
        path = self.path("evil.tar")
        with tarfile.open(path, "w") as out:
            for name, kind, link in (("../up.csv", tarfile.REGTYPE, ""), ("/abs.csv", tarfile.REGTYPE, ""),
                                     ("link.csv", tarfile.SYMTYPE, "/etc/passwd"),
                                     ("hard.csv", tarfile.LNKTYPE, "good.csv"),
                                     ("pipe.csv", tarfile.FIFOTYPE, ""), ("device.csv", tarfile.CHRTYPE, ""),
                                     ("good.csv", tarfile.REGTYPE, "")):
                member = tarfile.TarInfo(name)
                member.type, member.linkname = kind, link
                text = b"a,b\n1,2\n" if kind == tarfile.REGTYPE else b""
                member.size = len(text)
                out.addfile(member, io.BytesIO(text))
        code, catalog, said = self.discover(path)
        self.assertEqual(0, code, said)
        self.assertEqual(["good"], [one["name"] for one in catalog["tables"]])
        told = " ".join(one["message"] for one in catalog["diagnostics"])
        for name in ("../up.csv", "/abs.csv", "link.csv", "hard.csv", "pipe.csv", "device.csv"):
            self.assertIn(name, told)
        self.assertFalse(os.path.exists(os.path.join(os.path.dirname(self.folder), "up.csv")))

    # ---- workbooks ----

    def book(self, name, sheet, shared=(b"<sst/>",)):
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        with zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("[Content_Types].xml", "<Types/>")
            out.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="http://schemas.openxmlformats.org/'
                         'officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
                         "</workbook>")
            out.writestr("xl/_rels/workbook.xml.rels",
                         '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>')
            out.writestr("xl/worksheets/sheet1.xml",
                         f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
            with out.open("xl/sharedStrings.xml", "w") as part:  # in pieces: a child's peak begins with ours
                for piece in shared:
                    part.write(piece)
        return self.path(name)

    def test_workbooks(self):
        head = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        far = '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
        code, catalog, said = self.discover(self.book("far.xlsx", head + far))
        self.assertEqual((0, 1), (code, catalog["tables"][0]["rows"]), said)
        wide = '<row r="2"><c r="XFD2"><v>7</v></c><c r="ZZZZZZ2"><v>8</v></c></row>'
        self.discover(self.book("wide.xlsx", head + wide), memory_mb=200)
        self.discover(self.book("texts.xlsx", head + '<row r="2"><c r="A2" t="s"><v>4294967295</v></c></row>',
                                [b'<sst count="4294967295" uniqueCount="4294967295"><si><t>x</t></si></sst>']))
        fat = [b"<sst>", *[b"<si><t>" + b"x" * 1000 + b"</t></si>"] * 200000, b"</sst>"]
        code, _, said = self.discover(self.book("fat.xlsx", head, fat), memory_mb=200)
        self.assertEqual(2, code)
        self.assertIn("fat.xlsx", said)
        entity = [b'<!DOCTYPE sst [<!ENTITY e "x">]><sst><si><t>&e;</t></si></sst>']
        code, _, said = self.discover(self.book("entity.xlsx", head, entity))
        self.assertEqual(2, code, said)

    # ---- circles ----

    def test_circles(self):
        self.read("a.sql", "CREATE TABLE a (x int) INHERITS (a); CREATE TABLE b (y int, LIKE b);\n"
                  "ALTER TABLE a RENAME TO b2; ALTER TABLE b2 RENAME TO a; ALTER TABLE a RENAME TO a;\n"
                  "CREATE TABLE c PARTITION OF c FOR VALUES IN (1);\n", 3, options=("--dialect", "postgresql"))
        code, _, _ = self.discover(self.put("a.json", '{"$schema":"http://json-schema.org/draft-07/schema#","$ref":'
                                            '"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"allOf":'
                                            '[{"$ref":"#/$defs/a"}]}}}'))
        self.assertEqual(0, code)
        self.discover(self.put("a.xsd", XSD + "<xs:group name='g'><xs:sequence><xs:group ref='g'/><xs:group ref='g'/>"
                               "</xs:sequence></xs:group><xs:element name='e'><xs:complexType><xs:group ref='g'/>"
                               "</xs:complexType></xs:element></xs:schema>"))


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
