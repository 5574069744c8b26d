# SPDX-License-Identifier: Apache-2.0
"""The tree is tidy; and each rule of support/tidy_rules.py sees what is planted for it, where it is planted."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import tidy_rules, tree  # noqa: E402

C = "/* SPDX-License-Identifier: Apache-2.0 */\n"
PY = "# SPDX-License-Identifier: Apache-2.0\n"
GUARDED = "#ifndef BASE_A_H\n#define BASE_A_H\n%s#endif\n"
SQL = "-- SPDX-License-Identifier: Apache-2.0\n"

# (rule, path, text, line of the finding)
PLANTED = [
    ("spdx", "base/a.c", "int a;\n", 1),
    ("spdx", "tests/story/a.sh", "#!/bin/bash\necho\n", 2),
    ("spdx", "gateway/console/index.html", "<!doctype html>\n<p>\n", 2),
    ("file_length", "base/a.c", C + "int a;\n" * 400, 401),
    ("file_length", "base/a.h", C + GUARDED % ("int a;\n" * 150), 154),
    ("line_length", "base/a.c", C + "/*" + "-" * 120 + "*/\n", 2),
    ("line_length", "sql/a.sql", SQL + "-- Says what it does.\nSELECT '" + "-" * 170 + "';\n", 3),
    ("function_length", "base/a.c", C + "void f(void)\n{\n" + "    f();\n" * 69 + "}\n", 3),
    ("function_length", "tests/story/a.py", PY + "def f():\n" + "    f()\n" * 70, 2),
    ("banned_calls", "base/a.c", C + "void f(void)\n{\n    strcpy (a, b);\n}\n", 4),
    ("banned_calls", "jobs/x/a.c", C + "/* a\n   comment */ int n = atoi(text);\n", 3),
    ("banned_calls", "cli/a.c", C + "char *text = \"\\\"\"; int n = system(text);\n", 2),
    ("blocking_calls", "scheduler/a.c", C + "PGresult *r = PQexecParams(c, 0);\n", 2),
    ("blocking_calls", "worker/a.c", C + "int n = sleep(1);\n", 2),
    ("blocking_calls", "gateway/a.c", C + "void *r = redisCommand(c, 0);\n", 2),
    ("tabs", "base/a.c", C + "\tint a;\n", 2),
    ("white_space", "base/a.c", C + "int a; \n", 2),
    ("white_space", "base/a.c", C + "int a;", 2),
    ("header_guard", "catalog/connect/a.h", C + "#ifndef CONNECT_A_H\n#define CONNECT_A_H\n#endif\n", 1),
    ("typedefs", "base/a.c", C + "typedef struct job job_t;\n", 2),
    ("unfinished", "base/README.md", "one\nTO" + "DO: two\n", 2),
    ("machine_paths", "docs/a.md", "see /ho" + "me/anna/argosy\n", 1),
    ("machine_paths", "cmake/a.cmake", PY + 'set(a "/wo' + 'rk/a")\n', 2),
    ("sql_story", "sql/job_a.sql", SQL + "SELECT 1;\n", 2),
    ("sql_story", "sql/migrations/0009_a.sql", SQL + "\nSELECT 1;\n", 2),
    ("rooms_have_readme", "remote/a.c", C, 1),
]
ROOMS = {f"{room}/README.md": "# room\n" for room in ("base", "scheduler", "worker", "gateway", "cli")}
FINE = {
    "base/a.c": C + '/* sprintf(), PQexec() and /home are words here. */\nstatic const char *text = "strcpy(";\n',
    "base/a.h": C + GUARDED % "",
    "sql/job_a.sql": SQL + "-- Takes $1 = job; gives nothing.\nSELECT 1;\n",
    "cli/a.c": C + "void f(void)\n{\n" + "    f();\n" * 68 + "}\n",
    "dev": "#!/bin/bash\n" + PY,
    "tests/story/a.py": PY + 'HERE = "https://example.org/root/x"\n',
}


class Tidy(unittest.TestCase):
    maxDiff = None

    def test_the_tree(self):
        files = tree.read()
        self.assertGreater(sum(path.endswith(".c") for path in files), 10, "the tree was not found")
        self.assertEqual("", "\n".join(what for _, what in tidy_rules.check(files)))

    def test_what_is_fine(self):
        self.assertEqual([], tidy_rules.check({**ROOMS, **FINE}))

    def test_each_rule_sees_what_is_planted(self):
        for rule, path, text, line in PLANTED:
            with self.subTest(rule=rule, path=path):
                findings = tidy_rules.check({**ROOMS, path: text})
                self.assertEqual([rule], [name for name, _ in findings], findings)
                place = path.rpartition("/")[0] if rule == "rooms_have_readme" else path
                self.assertTrue(findings[0][1].startswith(f"{place}:{line}: "), findings)

    def test_no_rule_is_untried(self):
        tried = {rule for rule, *_ in PLANTED}
        self.assertEqual({rule.__name__ for rule in tidy_rules.RULES + tidy_rules.TREE_RULES}, tried)


if __name__ == "__main__":
    unittest.main()
