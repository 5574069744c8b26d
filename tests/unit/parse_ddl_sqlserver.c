/* SPDX-License-Identifier: Apache-2.0 */
/* parse_ddl_sqlserver.c - SQL Server's DDL and the scripts of its tools, text in and sketch out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/ddl_sketch.h"

#define IS(text, wanted)   ddl_sketch_is(DDL_SQLSERVER, text, wanted)
#define SAYS(text, wanted) ddl_sketch_says(DDL_SQLSERVER, text, wanted)

static void tables(void **state)
{
    (void)state;
    IS("USE [shop]\nGO\nSET ANSI_NULLS ON\nGO\nCREATE TABLE [dbo].[Or]]ders](\n\t[Id] [int] IDENTITY(1,1) NOT FOR "
       "REPLICATION NOT NULL,\n"
       "\t[Name] [nvarchar](max) COLLATE Latin1_General_CI_AS NULL,\n\t[Price] [decimal](18, 2) NOT NULL CONSTRAINT "
       "[DF_P]  DEFAULT ((0)),\n"
       "\t[Total]  AS ([Price]*(2)) PERSISTED,\n\t[Row] [uniqueidentifier] ROWGUIDCOL  NOT NULL DEFAULT (newid()),\n"
       "\t[Flag] [dbo].[Flag] NOT NULL,\n CONSTRAINT [PK] PRIMARY KEY CLUSTERED \n(\n\t[Id] ASC\n)WITH (PAD_INDEX  = "
       "OFF) ON [PRIMARY],\n"
       " UNIQUE NONCLUSTERED ([Name] DESC), INDEX ix NONCLUSTERED ([Price]) INCLUDE ([Name]) WHERE [Price] > 0\n) ON "
       "[PRIMARY] TEXTIMAGE_ON "
       "[PRIMARY]\nGO\nALTER TABLE [dbo].[Or]]ders] ADD  CONSTRAINT [DF_R]  DEFAULT (getdate()) FOR [Name]\nGO\n",
       "dbo.Or]ders(Id:int!# Name:nvarchar(max)=(getdate())~Latin1_General_CI_AS Price:decimal(18, 2)!=((0)) "
       "Total:<[Price]*(2)> Row:uniqueidentifier!=(newid()) Flag:dbo.Flag!) pk(Id) uq(Name) ix ix(Price) include(Name) "
       "where([Price] > 0)\n");
    SAYS("CREATE TABLE t (a bit DEFAULT 0 NOT NULL INDEX i NONCLUSTERED, b int);\nSELECT * INTO u FROM far",
         "dbo.t(a:bit!=0 b:int) ix i(a)\ndbo.u()\n2:1 u is made of a query: not all of its columns are known\n");
    IS("CREATE TABLE a (id int NOT NULL PRIMARY KEY, b varchar(5)) CREATE TABLE b (id int CONSTRAINT f FOREIGN KEY "
       "REFERENCES a(id) ON "
       "DELETE CASCADE, x AS id + 1, CONSTRAINT u UNIQUE (id)) ALTER TABLE b ADD c int NULL, d int NOT NULL CONSTRAINT "
       "q CHECK (d > 0) "
       "CREATE UNIQUE NONCLUSTERED INDEX i ON b (c ASC) WHERE c IS NOT NULL WITH (FILLFACTOR = 80) ON [PRIMARY] INSERT "
       "INTO a VALUES (1)",
       "dbo.a(id:int! b:varchar(5)) pk(id)\n"
       "dbo.b(id:int x:<id + 1> c:int d:int!) fk(id)->a(id)/CASCADE uq(id) ux i(c) where(c IS NOT NULL) ck(d > 0)\n");
}

static void alters(void **state)
{
    (void)state;
    IS("CREATE TABLE a (id int NOT NULL, b int, c int, d int, CONSTRAINT p PRIMARY KEY (id));\nCREATE TABLE z (x "
       "int)\nGO\n"
       "ALTER TABLE z  WITH NOCHECK ADD  CONSTRAINT f FOREIGN KEY(x)\nREFERENCES a (id) NOT FOR REPLICATION\nGO\nALTER "
       "TABLE z CHECK "
       "CONSTRAINT f\nGO\nALTER TABLE a ALTER COLUMN b varchar(10) NOT NULL;\nALTER TABLE a DROP COLUMN c, d;\nALTER "
       "TABLE a ADD e int, "
       "CONSTRAINT u UNIQUE (e);\nALTER TABLE a DROP CONSTRAINT u;\nEXEC sp_rename 'dbo.a.e', 'ee', 'COLUMN';\nEXEC "
       "sp_rename N'z', N'zz'\nGO 2\n"
       "EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'it''s a' , "
       "@level0type=N'SCHEMA',@level0name=N'dbo', "
       "@level1type=N'TABLE',@level1name=N'a'\nGO\nexecute sp_addextendedproperty 'MS_Description', 'bee', 'SCHEMA', "
       "'dbo', 'TABLE', 'a', "
       "'COLUMN', 'b'\nGO\n",
       "dbo.a(id:int! b:varchar(10)!{bee} ee:int) pk(id) // it's a\ndbo.zz(x:int) fk(x)->a(id) not valid\n");
}

static void scripts(void **state)
{
    (void)state;
    IS("IF EXISTS (SELECT * FROM sys.objects WHERE name = 'CREATE TABLE no') DROP TABLE [dbo].[t]\nGO\nIF NOT EXISTS "
       "(SELECT 1 FROM x)\n"
       "BEGIN\nCREATE TABLE [dbo].[t]([a] [int] NULL)\nEND\nGO\nCREATE PROCEDURE p AS\nBEGIN\n CREATE TABLE #no (a "
       "int)\nEND\nGO\n"
       "IF OBJECT_ID('u') IS NULL CREATE TABLE u (a int) ELSE ALTER TABLE u ADD b int\nGO\nEXEC dbo.sp_executesql "
       "@statement = N'CREATE VIEW "
       "[dbo].[v] AS SELECT a FROM t WHERE x = ''y'''\nGO\nEXEC('CREATE TABLE w (a int)')\nGO\nCREATE TRIGGER g ON t "
       "FOR INSERT AS\nSELECT 1;\nCREATE "
       "TABLE no (a int);\nGO\nCREATE TABLE #tmp (a int)\nGO\nCREATE TYPE [dbo].[Flag] FROM [bit] NOT NULL\nGO\nexec "
       "sp_addtype id, 'varchar(11)', "
       "'NOT NULL'\ngo\n/****** Object:  View /* nested */ [dbo].[x] ******/\nCREATE VIEW x AS\nSELECT a AS b FROM "
       "t\nGO\n",
       "dbo.t(a:int)\ndbo.u(a:int b:int)\ndbo.w(a:int)\n"
       "view v(a:int) SELECT a FROM t WHERE x = 'y'\nview x(b:int) SELECT a AS b FROM t\n"
       "domain Flag = bit()\ndomain id = varchar(11)()\n");
}

static void scripts_run_twice(void **state)
{
    (void)state;
    SAYS("IF EXISTS (SELECT 1 FROM sys.foreign_keys)\nBEGIN\n  ALTER TABLE [dbo].[t] DROP CONSTRAINT [f]\n  ALTER "
         "TABLE dbo.t "
         "DROP CONSTRAINT g\nEND\nGO\nCREATE TABLE dbo.t (a int, b int DEFAULT NEXT VALUE FOR [dbo].[s]\n, c int)\nGO\n"
         "IF COL_LENGTH('t', 'z') IS NOT NULL\n  ALTER TABLE dbo.t DROP COLUMN z\nGO\n"
         "EXEC sp_rename '[dbo].[t].[c]', 'd'\nGO\nCREATE CLUSTERED COLUMNSTORE INDEX i ON dbo.t\nGO\n"
         "BULK INSERT dbo.t FROM 'x.csv'\nDISABLE TRIGGER x ON DATABASE;\nBEGIN TRANSACTION one\nTHROW;\nUSE $(Db);\n"
         "ALTER TABLE dbo.t DROP CONSTRAINT h",
         "dbo.t(a:int b:int#=NEXT VALUE FOR [dbo].[s] d:int) ix i(a,b,d) using columnstore\n"
         "22:35 t has no constraint or index h to drop\n");
}

/* Nothing ends a statement but the word that begins the next; only GO, outside of comments, ends code. */
static void without_semicolons(void **state)
{
    (void)state;
    IS("DROP TABLE t\n\nCREATE TABLE t (a int)\nDROP TABLE u -- gone\nDROP TABLE w\nCREATE TABLE u (a int)\n"
       "EXEC dbo.prepare\n\nCREATE TABLE w (a int)\nDROP SEQUENCE s\nCREATE TYPE f FROM int\nDROP VIEW v\n"
       "ALTER TABLE w ADD b int",
       "dbo.t(a:int)\ndbo.u(a:int)\ndbo.w(a:int b:int)\ndomain f = int()\n");
    IS("CREATE PROC p AS\nBEGIN\n/* GO\ngo\n*/ CREATE TABLE no (a int)\nEND\nINSERT x VALUES ('\nGO\n')\nCREATE TABLE "
       "no2 (a int)\nGO\nALTER PROC p AS CREATE TABLE no (a int)\nGO\nCREATE EVENT SESSION e ON SERVER ADD EVENT "
       "x;\n/*\n"
       "GO\nCREATE TABLE no (a int)\n*/\nCREATE TABLE t (a int)\nGO\nCREATE PROC last AS\nSELECT 1\nEND\nCREATE TABLE "
       "no (a "
       "int)\n",
       "dbo.t(a:int)\n");
    IS("CREATE VIEW v AS SELECT 1 AS a;\nCREATE TABLE t (a int);\nCREATE PROC p AS\nBEGIN\n SELECT 1;\nEND\nCREATE "
       "TABLE u "
       "(a int);",
       "dbo.t(a:int)\ndbo.u(a:int)\nview v(a:) SELECT 1 AS a\n");
    IS("CREATE TABLE {owner}[{prefix}t] (a int)\nCREATE EXTERNAL TABLE {owner}{prefix}u (a int) WITH (LOCATION = "
       "'x')\nCREATE TABLE {s}.v (a int)",
       "foreign dbo.{owner}{prefix}u(a:int)\ndbo.{prefix}t(a:int)\n{s}.v(a:int)\n");
    IS("// don't mind\nCREATE TABLE t (a int)\nGO\n// it's\nCREATE TABLE u (a int)", "dbo.t(a:int)\ndbo.u(a:int)\n");
}

/* A column that differs by case alone is the one that is there. */
static void twins(void **state)
{
    (void)state;
    IS("CREATE TABLE t ([Id] int)\nIF COL_LENGTH('t', 'ID') IS NULL ALTER TABLE t ADD ID int NOT NULL, b int",
       "dbo.t(Id:int b:int)\n");
#define NBSP "\xC2\xA0"
    IS("CREATE TABLE" NBSP "t (a" NBSP "int,\xE3\x80\x80"
       "caf\xC3\xA9 int)\n\xEF\xBB\xBF-- x\nCREATE TABLE u (a int)",
       "dbo.t(a:int caf\xC3\xA9:int)\ndbo.u(a:int)\n");
}

/* SELECT ... INTO makes a table, but for #t and variables. */
static void into(void **state)
{
    (void)state;
    IS("CREATE TABLE a (x int, y nvarchar(9))\nSELECT TOP 0 * INTO b FROM a\nSELECT TOP (5) PERCENT a.x, y AS [z z] "
       "INTO [s].[c] FROM dbo.a\nSELECT x INTO #d FROM a\nSELECT @n = x FROM a\nMERGE INTO e USING a ON 1 = 0 WHEN "
       "MATCHED THEN DELETE;\nSELECT x FROM a INSERT INTO a (x) SELECT 1\nGO\nSELECT x, n = COUNT(*) + x INTO f FROM a "
       "ALTER TABLE f ADD "
       "y "
       "int;\n",
       "dbo.a(x:int y:nvarchar(9))\ndbo.b(x:int y:nvarchar(9))\ndbo.f(x:int n: y:int)\ns.c(x:int z z:nvarchar(9))\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(into),
        cmocka_unit_test(tables),
        cmocka_unit_test(alters),
        cmocka_unit_test(scripts),
        cmocka_unit_test(scripts_run_twice),
        cmocka_unit_test(without_semicolons),
        cmocka_unit_test(twins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
