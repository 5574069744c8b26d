#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The file sqlalchemy/models.py of a real migration, as the API gives it: create_all makes a database of it on a fresh
PostgreSQL, what SQLAlchemy reflects from there is what it made, and it is what the migration made in its target.
"""

import json
import os
import subprocess
import unittest
import urllib.parse
import urllib.request

from support import api, fleet, servers

COMPARE = os.path.join(fleet.SOURCE, "tests", "contract", "templates_models.py")

# The database in words: columns with type, place and NOT NULL; keys by their columns.
COLUMNS = (
    "SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
    " AND c.relname <> 'argosy_fence'"
    " ORDER BY 1, 2"
)
KEYS = (
    "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u')"
    " AND conrelid <> coalesce(to_regclass('argosy_fence'), 0) ORDER BY 1, 2, 3"
)


class SqlalchemyModels(unittest.TestCase):
    def test_create_all_and_reflect(self):
        with fleet.Fleet(workers=1) as f:
            target = f.database("migrated")
            f.run("migrate", f"sqlite:{fleet.CHINOOK}", target)
            (job,) = (
                j["id"]
                for j in api.call(f, "/api/v1/jobs?kind=codegen")["jobs"]
                if j["state"] == "succeeded"
            )
            listed = {a["name"]: a for a in api.call(f, f"/api/v1/jobs/{job}/artifacts")["artifacts"]}
            self.assertIn("sqlalchemy/models.py", listed)
            name = urllib.parse.quote("sqlalchemy/models.py", safe="")
            request = urllib.request.Request(
                f"{f.state['url']}/api/v1/jobs/{job}/artifacts?name={name}",
                headers={"Authorization": f"Bearer {f.key}"},
            )
            with urllib.request.urlopen(request, timeout=servers.PATIENCE_S) as answer:
                text = answer.read()
            self.assertEqual(listed["sqlalchemy/models.py"]["bytes"], len(text))
            stored = f.rows("SELECT content FROM argosy.artifact WHERE job = %s AND name = 'sqlalchemy/models.py'", job)
            self.assertEqual(stored[0][0].encode(), text)
            models = os.path.join(servers.folder(), "models.py")
            with open(models, "wb") as out:
                out.write(text)

            made = f.database("made")
            done = subprocess.run(
                ["/usr/bin/python3", "-B", COMPARE, made, models, "reflect"],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            columns = f.rows(COLUMNS, database="made")
            self.assertEqual(11, len({table for table, *_ in columns}))
            self.assertEqual(f.rows(COLUMNS, database="migrated"), columns)
            keys = f.rows(KEYS, database="made")
            self.assertEqual([11, 11], [sum(kind == k for _, kind, _ in keys) for k in "pf"], json.dumps(keys))
            self.assertEqual(f.rows(KEYS, database="migrated"), keys)


if __name__ == "__main__":
    unittest.main(verbosity=2)
