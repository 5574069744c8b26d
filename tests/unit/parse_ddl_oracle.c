/* SPDX-License-Identifier: Apache-2.0 */
/* parse_ddl_oracle.c - Oracle's DDL, DBMS_METADATA's and SQL*Plus scripts, text in and sketch out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/ddl_sketch.h"

#define IS(text, wanted)   ddl_sketch_is(DDL_ORACLE, text, wanted)
#define SAYS(text, wanted) ddl_sketch_says(DDL_ORACLE, text, wanted)

static void tables(void **state)
{
    (void)state;
    IS("CREATE TABLE \"HR\".\"EMP\" \n   (\t\"ID\" NUMBER(*,0) NOT NULL ENABLE, \n\t\"NAME\" VARCHAR2(20 BYTE) DEFAULT "
       "q'[it's]' "
       "NOT NULL ENABLE, \n\t\"AT\" TIMESTAMP (6) WITH LOCAL TIME ZONE DEFAULT SYSTIMESTAMP, \"BOSS\" NUMBER, I "
       "INTERVAL DAY (2) TO "
       "SECOND (6),\n\t CHECK (ID > 0) ENABLE, \n\t CONSTRAINT \"PK\" PRIMARY KEY (\"ID\")\n  USING INDEX PCTFREE 10 "
       "INITRANS 2 "
       "STORAGE(INITIAL 65536 NEXT 1048576)\n  TABLESPACE \"USERS\"  ENABLE, \n\t CONSTRAINT \"FK\" FOREIGN KEY "
       "(\"BOSS\")\n\t  "
       "REFERENCES \"HR\".\"EMP\" (\"ID\") ON DELETE SET NULL ENABLE NOVALIDATE\n   ) SEGMENT CREATION IMMEDIATE \n  "
       "PCTFREE 10 "
       "NOCOMPRESS LOGGING\n  TABLESPACE \"USERS\"\n/\nCOMMENT ON TABLE HR.EMP IS 'people';\nCOMMENT ON COLUMN "
       "HR.EMP.Name IS 'who';\n",
       "HR.EMP(ID:NUMBER(*,0)! NAME:VARCHAR2(20 BYTE)!=q'[it's]'{who} AT:TIMESTAMP(6) WITH LOCAL TIME "
       "ZONE=SYSTIMESTAMP "
       "BOSS:NUMBER I:INTERVAL DAY(2) TO SECOND(6)) pk(ID) fk(BOSS)->EMP(ID)/SET NULL not valid ck(ID > 0) // "
       "people\n");
    IS("create table t (id number generated always as identity, a number default on null 5, b number as (a * 2) "
       "virtual, c "
       "generated always as (upper('x')), d long raw, s number default seq.nextval, e varchar2(5) encrypt using "
       "'AES256')\n"
       "partition by range (a) interval (10) (partition p values less than (5));",
       "partitioned t(id:number!# a:number=5 b:number<a * 2> c:<upper('x')> d:long raw s:number#=seq.nextval "
       "e:varchar2(5)) "
       "by range(a)\n");
    IS("CREATE GLOBAL TEMPORARY TABLE g (a NUMBER) ON COMMIT DELETE ROWS; CREATE TABLE n AS SELECT a x FROM g;",
       "g(a:NUMBER)\nn(x:NUMBER)\n");
}

static void alters(void **state)
{
    (void)state;
    IS("CREATE TABLE a (id NUMBER, b VARCHAR2(5), c DATE); CREATE TABLE z (k NUMBER PRIMARY KEY);"
       "ALTER TABLE a ADD (d NUMBER NOT NULL, e DATE, CONSTRAINT f FOREIGN KEY (d) REFERENCES z) ADD CONSTRAINT p "
       "PRIMARY KEY "
       "(id) USING INDEX (CREATE UNIQUE INDEX i ON a (id)) ADD UNIQUE (b);"
       "ALTER TABLE a MODIFY (b VARCHAR2(9) NOT NULL ENABLE, c DEFAULT SYSDATE); ALTER TABLE a MODIFY e NOT NULL;"
       "ALTER TABLE a DROP (c) CASCADE CONSTRAINTS; ALTER TABLE a RENAME COLUMN e TO ee; RENAME a TO aa;",
       "aa(id:NUMBER! b:VARCHAR2(9)! d:NUMBER! ee:DATE!) pk(id) fk(d)->z(k) uq(b)\nz(k:NUMBER!) pk(k)\n");
    IS("CREATE TABLE a (id NUMBER, b VARCHAR2(5)); CREATE UNIQUE INDEX \"X\".\"I\" ON a (\"ID\" DESC, UPPER(b)) "
       "TABLESPACE "
       "users; CREATE BITMAP INDEX j ON a (b) LOCAL (PARTITION p); ALTER TABLE a DROP PRIMARY KEY CASCADE;",
       "a(id:NUMBER b:VARCHAR2(5)) ux I(id desc) expr(\"ID\" DESC, UPPER(b)) ix j(b) using bitmap\n");
}

static void scripts(void **state)
{
    (void)state;
    IS("REM it's a script\nSET DEFINE OFF\nPROMPT don't stop -\n CREATE TABLE no (a NUMBER);\n@other.sql\nWHENEVER "
       "SQLERROR EXIT\n"
       "CREATE TABLE t (a NUMBER)\n/\nCREATE OR REPLACE TRIGGER x BEFORE INSERT ON t FOR EACH ROW\nBEGIN\n  :new.a := "
       "1;\nEND;\n/\n"
       "BEGIN\n  EXECUTE IMMEDIATE 'DROP TABLE no';\nEXCEPTION WHEN OTHERS THEN NULL;\nEND;\n/\nCREATE TABLE &owner..u "
       "(a NUMBER);\n"
       "CREATE PACKAGE BODY p AS\n  PROCEDURE q IS BEGIN NULL; END;\nEND p;\n/\nINSERT INTO t VALUES ('x;');\n"
       "CREATE OR REPLACE FORCE EDITIONABLE VIEW \"V\" (\"A\") AS \n  select a from t;\nCREATE PUBLIC SYNONYM s FOR "
       "hr.t;\n"
       "CREATE SEQUENCE q START WITH 1 NOCACHE;\nEXIT\n",
       "t(a:NUMBER)\n&owner..u(a:NUMBER)\nview V(A:NUMBER) select a from t\nsequence q\n");
    IS("CREATE PROCEDURE p IS\nBEGIN\n  NULL;\nEND;\n\nCREATE TABLE t (a NUMBER PRIMARY KEY);\nALTER SESSION SET "
       "CURRENT_SCHEMA = "
       "s;\nCREATE "
       "TABLE u (a NUMBER REFERENCES t);\n",
       "t(a:NUMBER!) pk(a)\ns.u(a:NUMBER) fk(a)->t(a)\n");
}

static void blocks(void **state)
{
    (void)state;
    IS("BEGIN\n  EXECUTE IMMEDIATE 'DROP TABLE t';\nEXCEPTION WHEN OTHERS THEN NULL;\nEND;\n/\n"
       "DECLARE n NUMBER;\nBEGIN\n  SELECT count(*) INTO n FROM user_tables;\n  IF n = 0 THEN\n"
       "    EXECUTE IMMEDIATE 'CREATE TABLE t (a NUMBER DEFAULT ''0'' NOT NULL)';\n  END IF;\nEND;\n/\n"
       "CREATE TABLE u (a NUMBER)\n/\n",
       "t(a:NUMBER!='0')\nu(a:NUMBER)\n");
    SAYS("CREATE PROCEDURE p AS\nBEGIN\n  NULL;\nEND;/\nCREATE TABLE t (a CLOB);/\n\nCREATE TABLE u (a NUMBER);/\n"
         "CREATE UNIQUE INDEX \"SYS_IL1$$\" ON t (\n  PCTFREE 10 INITRANS 2\n  STORAGE(INITIAL 65536)\n  TABLESPACE "
         "x);\n"
         "CREATE TABLE v (a NUMBER);",
         "t(a:CLOB)\nu(a:NUMBER)\nv(a:NUMBER)\n"
         "1:20 1 of this kind (routine) left out, the first one here: the model has no place for them\n");
}

/* On one line, as tools take it that split a script by themselves. */
static void one_line(void **state)
{
    (void)state;
    IS("CREATE FUNCTION f(s IN VARCHAR2) RETURN DATE IS d DATE; BEGIN d := s; RETURN d; END;/\nMERGE INTO x USING y ON "
       "(a = b) WHEN MATCHED THEN UPDATE SET c = d;\nCREATE TABLE t (a NUMBER);\n",
       "t(a:NUMBER)\n");
    IS("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW\n  BEGIN NULL; END g;\n/\nCREATE PROCEDURE p AS\nBEGIN\n"
       "  x := 1;/* legend;/\n*/ NULL; END;/\nCREATE TABLE u (a NUMBER);\n",
       "u(a:NUMBER)\n");
}

/* Tables that the text does not hold, or not wholly. */
static void elsewhere(void **state)
{
    (void)state;
    SAYS("CREATE TABLE t (a NUMBER REFERENCES far, b NUMBER, c NUMBER);\nALTER TABLE t ADD FOREIGN KEY (b, c) "
         "REFERENCES "
         "near;\nCREATE TABLE near (x NUMBER);",
         "near(x:NUMBER)\nt(a:NUMBER b:NUMBER c:NUMBER) fk(a)->far(a) fk(b,c)->near(b,c)\n"
         "1:26 foreign key to far, which is no table of this text: the columns of the same names are taken\n");
    IS("CREATE TABLE emp AS SELECT * FROM scott.emp;\nALTER TABLE emp ADD CONSTRAINT p PRIMARY KEY (empno);\n"
       "CREATE TABLE heap AS SELECT * FROM emp;\nALTER TABLE heap ADD PRIMARY KEY (deptno);\n"
       "CREATE PRIVATE TEMPORARY TABLE ora$ptt_x (a NUMBER) ON COMMIT DROP DEFINITION;\n"
       "CREATE GLOBAL TEMPORARY TABLE g (A NUMBER);\nALTER TABLE g ADD (a NUMBER, \"a\" NUMBER);\nDROP TABLE emp2\n"
       "ALTER TABLE\xC2\xA0g ADD b NUMBER;",
       "emp(empno:!) pk(empno)\ng(A:NUMBER a:NUMBER b:NUMBER)\nheap(deptno:!) pk(deptno)\n");
}

/* What nobody knows in a column ends at its keys. */
static void identities(void **state)
{
    (void)state;
    IS("CREATE TABLE a (id NUMBER GENERATED ALWAYS AS IDENTITY START WITH 1 INCREMENT BY -1 NOCACHE NOCYCLE PRIMARY "
       "KEY, b "
       "NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY MINVALUE 1 REFERENCES a);\n"
       "CREATE TYPE o AS OBJECT (x NUMBER(3), y DATE);\n/\nCREATE TABLE p_&suffix._t OF o (x PRIMARY KEY);\n",
       "a(id:NUMBER!# b:NUMBER!#) pk(id) fk(b)->a(id)\np_&suffix._t(x:NUMBER(3)! y:DATE) pk(x)\n"
       "composite o(x NUMBER(3),y DATE)\n");
    SAYS("CREATE TABLE t (a NUMBER STRANGE (1, 2) THINGS PRIMARY KEY, b NUMBER MORE REFERENCES t);",
         "t(a:NUMBER! b:NUMBER) pk(a) fk(b)->t(a)\n1:26 column a: \"STRANGE\" is not understood\n"
         "1:70 column b: \"MORE\" is not understood\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),   cmocka_unit_test(alters),    cmocka_unit_test(scripts),    cmocka_unit_test(blocks),
        cmocka_unit_test(one_line), cmocka_unit_test(elsewhere), cmocka_unit_test(identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
