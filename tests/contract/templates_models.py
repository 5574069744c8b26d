# SPDX-License-Identifier: Apache-2.0
"""Runs a generated models.py on an empty database: create_all, then what SQLAlchemy reflects must be what it made.

templates_postgresql.c starts it: python3 templates_models.py CONNINFO MODELS create|reflect. Prints what differs and
exits with 1. create leaves reflection out: SQLAlchemy's own can't read a foreign key to a name that holds a dot.
"""

import importlib.util
import sys

import psycopg2
import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema


def load(path):
    spec = importlib.util.spec_from_file_location("models", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def foreign_keys(table):
    return sorted(
        (
            str(key.name) if key.name else f"{table.name}_{'_'.join(c.name for c in key.columns)}_fkey",
            tuple((e.parent.name, e.column.table.schema, e.column.table.name, e.column.name) for e in key.elements),
            None if key.onupdate in (None, "NO ACTION") else key.onupdate,
            None if key.ondelete in (None, "NO ACTION") else key.ondelete,
        )
        for key in table.foreign_key_constraints
    )


def shape(table, dialect):
    """What both sides must agree on, in words. Expressions and collations are compared by the C test, in PostgreSQL:
    SQLAlchemy 1.4 does not reflect the latter."""
    columns = [
        (
            column.name,
            column.type.compile(dialect=dialect).partition(" COLLATE ")[0],
            column.nullable,
            column.server_default is not None,
            column.identity is not None,
            column.computed is not None,
            column.comment,
        )
        for column in table.columns
    ]
    uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    indexes = [i for i in table.indexes if not i.dialect_options["postgresql"].get("duplicates_constraint")]
    return {
        "columns": columns,
        "primary key": [column.name for column in table.primary_key.columns],
        "foreign keys": foreign_keys(table),
        "uniques": sorted([column.name for column in unique.columns] for unique in uniques),
        # SQLAlchemy 1.4 does not reflect indexes on expressions.
        "indexes": sorted((i.name, i.unique or False, [c.name for c in i.columns]) for i in indexes if len(i.columns)),
        "comment": table.comment,
    }


def main(conninfo, path, mode):
    models = load(path)
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(conninfo))
    metadata = models.Base.metadata
    sa.orm.configure_mappers()
    schemas = sorted({table.schema for table in metadata.tables.values()})
    with engine.begin() as connection:
        for schema in schemas:
            if schema != "public":
                connection.execute(CreateSchema(schema))
        metadata.create_all(connection)
    if mode == "create":
        return 0

    reflected = sa.MetaData()
    for schema in schemas:
        reflected.reflect(engine, schema=schema)
    different = 0
    if set(reflected.tables) - {"public.x"} != set(metadata.tables):  # x is the test's own
        different = print("tables:", sorted(metadata.tables), "reflected:", sorted(reflected.tables)) or 1
    for key in sorted(set(metadata.tables) & set(reflected.tables)):
        made = shape(metadata.tables[key], engine.dialect)
        found = shape(reflected.tables[key], engine.dialect)
        for what in made:
            if made[what] != found[what]:
                different = print(f"{key!r} {what}:\n  made  {made[what]}\n  found {found[what]}") or 1
    return different


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3]))
