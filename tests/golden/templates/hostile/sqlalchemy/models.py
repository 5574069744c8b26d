"""Tables as SQLAlchemy classes, for SQLAlchemy 1.4 and 2.

Base.metadata.create_all(engine) makes them in PostgreSQL; a schema must be there before.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import declarative_base

Base = declarative_base()
tables = Base.metadata.tables


class DropTableX(Base):
    __tablename__ = "\"; DROP TABLE x; --"
    __table_args__ = (
        sa.PrimaryKeyConstraint("select", "a.b", name="pk \"odd\""),
        sa.UniqueConstraint("a b", "50%", name="uq%s"),
        sa.CheckConstraint(sa.text("(\"50%\" OR \"sa\" % 2 = 0)"), name="check 'it'"),
        sa.Index("ix; DROP", "line\nbreak"),
        sa.Index("ix partial", "metadata", postgresql_where=sa.text("(\"sa\" > 0 AND \"a b\" <> ';\\:z')")),
        sa.Index("ix unique", "class", "a_b", unique=True),
        sa.Index("ix lower", sa.text("lower(\"a b\"), \"select\" DESC")),
        {"schema": "it's \"odd\" %s {{ 7*7 }}", "comment": "*/ '; DROP TABLE x; --\n\\! id"},
    )

    select = sa.Column("select", sa.Integer(), autoincrement=False, nullable=False)
    a_b = sa.Column("a.b", sa.String(40), server_default=sa.text("( E'it''s; -- \\\\ %(x)s \\:y {{ 1 }}')"), autoincrement=False, nullable=False, comment="quote ' back\\slash\nnew line\t%s")
    a_b_2 = sa.Column("a b", sa.Text(collation="C"), nullable=True)
    a_b_3 = sa.Column("a_b", sa.Text(), nullable=True)
    metadata_2 = sa.Column("metadata", postgresql.JSONB(), nullable=True)
    sa_2 = sa.Column("sa", sa.Numeric(10, 2), server_default=sa.text("(-1.5)"), nullable=True)
    _init__ = sa.Column("__init__", postgresql.TIMESTAMP(timezone=True, precision=3), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=True)
    Gr__e_____ = sa.Column("Größe 日本 \U0001f600", postgresql.DOUBLE_PRECISION(), nullable=True)
    line_break = sa.Column("line\nbreak", postgresql.ARRAY(sa.Text()), nullable=True)
    tri_ple___quote = sa.Column("tri'ple\"\"\"quote", sa.LargeBinary(), nullable=True)
    _50_ = sa.Column("50%", sa.Boolean(), server_default=sa.text("true"), nullable=True)
    class_ = sa.Column("class", sa.Date(), nullable=True)
    _ = sa.Column("\\", postgresql.UUID(as_uuid=True), nullable=True)
    twice = sa.Column("twice", sa.Integer(), sa.Computed(sa.text("(\"select\" * 2)"), persisted=True), nullable=True)
    ends_in__ = sa.Column("ends in \"", sa.CHAR(3), nullable=True)


class BC(Base):
    __tablename__ = "b.c"
    __table_args__ = (
        sa.PrimaryKeyConstraint("x.y"),
        {"schema": "it's \"odd\" %s {{ 7*7 }}"},
    )

    x_y = sa.Column("x.y", sa.Text(), autoincrement=False, nullable=False)
    up = sa.Column("up", sa.Text(), nullable=True)
    one = sa.Column("one", sa.Integer(), nullable=True)
    two = sa.Column("two", sa.String(40), nullable=True)


class User(Base):
    __tablename__ = "user"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="user_pkey"),
        {"schema": "public"},
    )

    id = sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)
    NAME = sa.Column("NAME", sa.String(), nullable=True)


User_2 = sa.Table(
    "User",
    Base.metadata,
    sa.Column("Id", sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column("n", sa.SmallInteger(), nullable=True),
    sa.UniqueConstraint("Id"),
    sa.Index("ix \"0\"", "n"),
    **{"schema": "public", "comment": "no primary key"},
)


_ = sa.Table(
    "!!!",
    Base.metadata,
    **{"schema": "public"},
)


class Column(Base):
    __tablename__ = "Column"
    __table_args__ = (
        sa.PrimaryKeyConstraint("Base"),
        {"schema": "public"},
    )

    Base_2 = sa.Column("Base", sa.REAL(), autoincrement=False, nullable=False)
    def_ = sa.Column("def", sa.Time(), nullable=True)
    i = sa.Column("i", postgresql.INTERVAL(), nullable=True)
    j = sa.Column("j", sa.JSON(), nullable=True)

tables["it's \"odd\" %s {{ 7*7 }}.\"; DROP TABLE x; --"].append_constraint(
    sa.ForeignKeyConstraint(
        ["a_b"],
        [
            tables["it's \"odd\" %s {{ 7*7 }}.b.c"].c["x.y"],
        ],
        name="self \"ref\"",
        onupdate="CASCADE",
        ondelete="SET NULL",
    )
)

tables["it's \"odd\" %s {{ 7*7 }}.b.c"].append_constraint(
    sa.ForeignKeyConstraint(
        ["up"],
        [
            tables["it's \"odd\" %s {{ 7*7 }}.b.c"].c["x.y"],
        ],
        name="to self",
    )
)

tables["it's \"odd\" %s {{ 7*7 }}.b.c"].append_constraint(
    sa.ForeignKeyConstraint(
        ["one", "two"],
        [
            tables["it's \"odd\" %s {{ 7*7 }}.\"; DROP TABLE x; --"].c["select"],
            tables["it's \"odd\" %s {{ 7*7 }}.\"; DROP TABLE x; --"].c["a.b"],
        ],
        name="circle",
        ondelete="NO ACTION",
    )
)
