# SPDX-License-Identifier: Apache-2.0
"""Refuses an include that docs/rooms.txt does not allow. check({path: text}, table) returns lines "path:line: what"."""
import re

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Table:
    """docs/rooms.txt, read."""

    def __init__(self, text):
        self.rooms, self.libraries, self.generated = {}, {}, set()
        section = None
        for line in text.splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            if words[0].startswith("["):
                section = words[0].strip("[]")
            elif section == "rooms":
                self.rooms[words[0]] = set(words[1:])
            elif section == "libraries":
                self.libraries[words[0]] = set(words[1:])
            elif section == "generated":
                self.generated.add(words[0])
        if not (self.rooms and self.libraries and self.generated):
            raise ValueError("docs/rooms.txt lacks a section")

    def room_of(self, path):
        """The room of a path: the longest folder of it that the table knows."""
        folder = path.rpartition("/")[0]
        while folder and folder not in self.rooms:
            folder = folder.rpartition("/")[0]
        return folder or None

    def allows(self, room, header):
        allowed = self.rooms[room]
        target = self.room_of(header)
        if target is None:
            return False
        if target == room or target in allowed or header in allowed:
            return True
        return "*" in allowed and target != "tests"

    def library_allows(self, room, header):
        for library, rooms in self.libraries.items():
            if header == library or library.endswith("/") and header.startswith(library):
                return room in rooms
        return True


def check(files, table):
    findings = []
    for path, text in files.items():
        if not path.endswith((".c", ".h")):
            continue
        room = table.room_of(path)
        if room is None:
            findings.append(f"{path}:1: its folder is no room: docs/rooms.txt lists them")
            continue
        first = True
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            kind, header = match.groups()
            own = path[:-2] + ".h"
            if first and path.endswith(".c") and own in files and header != own:
                findings.append(f'{path}:{number}: the first include must be its own header "{own}"')
            first = False
            if kind == "<":
                if not table.library_allows(room, header):
                    findings.append(f"{path}:{number}: {room} may not use <{header}>: docs/rooms.txt says who wraps it")
            elif header not in files and header not in table.generated:
                findings.append(f'{path}:{number}: no "{header}": includes are written from the root, "room/file.h"')
            elif not table.allows(room, header):
                findings.append(f'{path}:{number}: {room} may not include "{header}": see docs/rooms.txt')
    return findings
