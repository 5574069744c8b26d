# SPDX-License-Identifier: Apache-2.0
"""Style as rules.

Each is a function (path, text) -> [(line, what)], or (files) -> [(path, line, what)] where the whole tree matters.
"""
import ast
import re

from support import tree

CODE = (".c", ".h", ".py", ".sh", ".sql", ".rs", ".js", ".css", ".html", ".cmake")
SCRIPTS = ("dev", "tests/fresh/run")
LOOP_ROOMS = ("scheduler/", "worker/", "notifier/", "gateway/")
LINES_MAX, FUNCTION_MAX, HEADER_MAX, COLUMNS_MAX = 400, 70, 150, 120
COLUMNS_SQL_MAX = 170   # a column list or a CASE reads better whole

BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|system|popen|alloca)\s*\(")
BLOCKING = re.compile(r"\b(PQexec\w*|PQconnectdb\w*|PQprepare|PQreset|sleep|usleep|nanosleep|curl_easy_perform|"
                      r"redisCommand\w*|redisConnect\w*)\s*\(")
# Written in pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
MACHINE = re.compile("(?<![A-Za-z0-9_.}])/(wo" + "rk|ro" + r"ot|ho" + r"me)/[A-Za-z0-9_.]")


def matching(text, pattern, what):
    return [(number, what) for number, line in enumerate(text.splitlines(), 1) if re.search(pattern, line)]


def is_code(path):
    return path.endswith(CODE) or path in SCRIPTS


def spdx(path, text):
    if not is_code(path) or not text.strip():
        return []
    lines = text.splitlines()
    line = 1 if lines[0].startswith(("#!", "<!")) and "SPDX" not in lines[0] else 0
    if len(lines) > line and "SPDX-License-Identifier: Apache-2.0" in lines[line]:
        return []
    return [(line + 1, "the SPDX line is missing: SPDX-License-Identifier: Apache-2.0")]


def file_length(path, text):
    count = text.count("\n")
    if path.endswith(".h") and count > HEADER_MAX:
        return [(count, f"a header of {count} lines: at most {HEADER_MAX}, one subject")]
    if is_code(path) and count > LINES_MAX:
        return [(count, f"a file of {count} lines: at most {LINES_MAX}")]
    return []


def line_length(path, text):
    if not is_code(path) or path.endswith((".html", ".css")):
        return []
    most = COLUMNS_SQL_MAX if path.endswith(".sql") else COLUMNS_MAX
    return matching(text, ".{%d}" % (most + 1), f"a line of more than {most} characters")


def function_length(path, text):
    """C: from a { to a } in the first column."""
    findings = []
    if path.endswith((".c", ".h")):
        start = None
        for number, line in enumerate(text.splitlines(), 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start + 1 > FUNCTION_MAX:
                    findings.append((start, f"a function of {number - start + 1} lines: at most {FUNCTION_MAX}"))
                start = None
    elif path.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            count = node.end_lineno - node.lineno + 1 if isinstance(node, ast.FunctionDef) else 0
            if count > FUNCTION_MAX:
                findings.append((node.lineno, f"a function of {count} lines: at most {FUNCTION_MAX}"))
    return findings


def calls(path, text, pattern, why):
    return [(number, f"{match.group(1)}() {why}")
            for number, line in enumerate(tree.code_of_c(text).splitlines(), 1) for match in pattern.finditer(line)]


def banned_calls(path, text):
    if not path.endswith((".c", ".h")):
        return []
    return calls(path, text, BANNED, "is banned: it can't be used safely, or hides its errors")


def blocking_calls(path, text):
    if not path.endswith((".c", ".h")) or not path.startswith(LOOP_ROOMS):
        return []
    return calls(path, text, BLOCKING, "blocks: this room is a loop")


def tabs(path, text):
    if not path.endswith(CODE):
        return []
    return matching(text, r"\t", "a tab: indent with 4 spaces")


def white_space(path, text):
    if not is_code(path):
        return []
    findings = matching(text, r"\s$", "white space at the end of the line")
    if text and not text.endswith("\n"):
        findings.append((text.count("\n") + 1, "the last line has no end"))
    return findings


def header_guard(path, text):
    if not path.endswith(".h"):
        return []
    guard = re.sub(r"[^A-Z0-9]", "_", path.upper())
    if f"#ifndef {guard}\n#define {guard}\n" in text:
        return []
    return [(1, f"its guard must be {guard}")]


def typedefs(path, text):
    if not path.endswith((".c", ".h")):
        return []
    return matching(tree.code_of_c(text), r"\btypedef\s+(struct|union|enum)\b", "typedef of a struct: write struct out")


def unfinished(path, text):
    return matching(text, UNFINISHED, "unfinished: do it, or write an issue")


def machine_paths(path, text):
    return matching(text, MACHINE, "a path of one machine")


def sql_story(path, text):
    """Named statements and migrations open with what they do, after the SPDX line."""
    if not re.fullmatch(r"sql/(migrations/)?[^/]+\.sql", path):
        return []
    lines = text.splitlines()
    if len(lines) > 1 and re.match(r"-- \S.{9,}", lines[1]):
        return []
    return [(2, "the second line must be a comment that says what the SQL does, its $n and its columns")]


def rooms_have_readme(files):
    """Every folder at the root, or below catalog/ and jobs/, that has C."""
    rooms = {"/".join(path.split("/")[:-1]) for path in files if path.endswith(".c") and not path.startswith("tests/")}
    rooms = {room for room in rooms if not room.startswith("jobs/")}
    return [(room, 1, "a room without README.md") for room in sorted(rooms) if f"{room}/README.md" not in files]


RULES = [spdx, file_length, line_length, function_length, banned_calls, blocking_calls, tabs, white_space, header_guard,
         typedefs, unfinished, machine_paths, sql_story]
TREE_RULES = [rooms_have_readme]


def check(files):
    """[(rule's name, "path:line: what")]"""
    findings = []
    for path, text in files.items():
        for rule in RULES:
            findings += [(rule.__name__, f"{path}:{line}: {what}") for line, what in rule(path, text)]
    for rule in TREE_RULES:
        findings += [(rule.__name__, f"{path}:{line}: {what}") for path, line, what in rule(files)]
    return findings
