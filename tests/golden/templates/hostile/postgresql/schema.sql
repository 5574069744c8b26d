-- Tables without keys. Load the rows, then run keys.sql.

CREATE SCHEMA IF NOT EXISTS "it's ""odd"" %s {{ 7*7 }}";

CREATE TABLE "it's ""odd"" %s {{ 7*7 }}"."""; DROP TABLE x; --" (
    "select" integer NOT NULL,
    "a.b" varchar(40) DEFAULT ( E'it''s; -- \\ %(x)s :y {{ 1 }}') NOT NULL,
    "a b" text COLLATE "C",
    "a_b" text,
    "metadata" jsonb,
    "sa" numeric(10,2) DEFAULT (-1.5),
    "__init__" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP,
    "Größe 日本 😀" double precision,
    "line
break" text[],
    "tri'ple""""""quote" bytea,
    "50%" boolean DEFAULT true,
    "class" date,
    "\" uuid,
    "twice" integer GENERATED ALWAYS AS (("select" * 2)) STORED,
    "ends in """ char(3)
);

CREATE TABLE "it's ""odd"" %s {{ 7*7 }}"."b.c" (
    "x.y" text NOT NULL,
    "up" text,
    "one" integer,
    "two" varchar(40)
);

CREATE TABLE "public"."user" (
    "id" bigint NOT NULL,
    "NAME" varchar
);

CREATE TABLE "public"."User" (
    "Id" integer NOT NULL,
    "n" smallint
);

CREATE TABLE "public"."!!!" (
);

CREATE TABLE "public"."Column" (
    "Base" real NOT NULL,
    "def" time,
    "i" interval,
    "j" json
);
