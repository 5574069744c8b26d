# SPDX-License-Identifier: Apache-2.0
"""The checkout as {path: text}, so that a rule can be tried on a tree that exists only in a test."""
import os

SKIPPED = {".git", "build", "target", "__pycache__", ".cache", "node_modules"}
# Text that is not ours to shape: inputs and expected outputs of tests, and libraries of others.
FOREIGN = ("tests/golden/", "tests/fuzz/corpus/", "gateway/console/vendor/", "deploy/demo/")


def root():
    return os.environ.get("ARGOSY_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")


def read(folder=None):
    """Every text file of ours; binary files are left out."""
    folder = folder or root()
    files = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            path = os.path.relpath(os.path.join(parent, name), folder)
            if path.startswith(FOREIGN) or name == ".git":
                continue
            with open(os.path.join(parent, name), "rb") as stream:
                data = stream.read()
            try:
                files[path] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
    return files


def code_of_c(text):
    """C without comments and without what stands in quotes; lines stay where they are."""
    result = []
    index = 0
    while index < len(text):
        two = text[index:index + 2]
        if two == "/*":
            end = text.find("*/", index + 2)
            end = len(text) if end < 0 else end + 2
        elif two == "//":
            end = text.find("\n", index)
            end = len(text) if end < 0 else end
        elif text[index] in "\"'":
            end = index + 1
            while end < len(text) and text[end] != text[index] and text[end] != "\n":
                end += 2 if text[end] == "\\" else 1
            end += 1
            result.append(text[index] * 2)
            index = end
            continue
        else:
            result.append(text[index])
            index += 1
            continue
        result.append("\n" * text.count("\n", index, end) or " ")
        index = end
    return "".join(result)
