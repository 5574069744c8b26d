-- SPDX-License-Identifier: Apache-2.0
-- What SQL Server's catalog views say of sqlserver.ddl.sql: their names, columns and codes as documented below
-- learn.microsoft.com/sql/relational-databases/system-catalog-views/ (a page a view, sys-tables-transact-sql and so on).
-- Only the columns that are asked for; for SQLite, in a database attached as "sys". No server is behind it.
CREATE TABLE schemas (schema_id int, name varchar(128));
INSERT INTO schemas VALUES (1, 'dbo'), (4, 'sys'), (5, 'sales');
CREATE TABLE tables (object_id int, schema_id int, name varchar(128), is_ms_shipped int, temporal_type int, is_memory_optimized int, is_external int);
INSERT INTO tables VALUES (11, 1, 'Customer', 0, 0, 0, 0), (12, 5, 'Order', 0, 0, 0, 0), (13, 5, 'Note', 0, 0, 0, 0),
    (14, 1, 'spt_monitor', 1, 0, 0, 0), (15, 1, 'sysdiagrams', 0, 0, 0, 0);
CREATE TABLE views (object_id int, schema_id int, name varchar(128), is_ms_shipped int);
INSERT INTO views VALUES (21, 1, 'Active', 0);
CREATE TABLE objects (object_id int, schema_id int, name varchar(128), type char(2), is_ms_shipped int);
INSERT INTO objects SELECT object_id, schema_id, name, 'U', is_ms_shipped FROM tables;
INSERT INTO objects SELECT object_id, schema_id, name, 'V', is_ms_shipped FROM views;
INSERT INTO objects VALUES (22, 1, 'Refresh', 'P', 0), (23, 5, 'Tax', 'FN', 0);
CREATE TABLE sql_modules (object_id int, definition text);
INSERT INTO sql_modules VALUES (21, 'CREATE VIEW [dbo].[Active] WITH SCHEMABINDING AS
SELECT [Id], [Name] FROM [dbo].[Customer] WHERE [Credit] > 0');
CREATE TABLE extended_properties (class int, major_id int, minor_id int, name varchar(128), value text);
INSERT INTO extended_properties VALUES (1, 11, 0, 'MS_Description', 'who buys'),
    (1, 11, 2, 'MS_Description', 'it''s the ''display'' name'), (1, 15, 0, 'microsoft_database_tools_support', '1'),
    (1, 11, 1, 'Other', 'not a comment');
CREATE TABLE types (user_type_id int, system_type_id int, schema_id int, name varchar(128), max_length int, precision int, scale int, is_nullable int,
    is_user_defined int, is_assembly_type int, is_table_type int);
INSERT INTO types (name, user_type_id, system_type_id) VALUES ('uniqueidentifier', 36, 36), ('date', 40, 40), ('datetime2', 42, 42),
    ('datetimeoffset', 43, 43), ('smallint', 52, 52), ('int', 56, 56), ('money', 60, 60), ('float', 62, 62), ('bit', 104, 104),
    ('decimal', 106, 106), ('bigint', 127, 127), ('varbinary', 165, 165), ('varchar', 167, 167), ('char', 175, 175),
    ('timestamp', 189, 189), ('nvarchar', 231, 231);
UPDATE types SET schema_id = 4, is_nullable = 1, is_user_defined = 0, is_assembly_type = 0, is_table_type = 0;
INSERT INTO types VALUES (257, 104, 1, 'Flag', 1, 1, 0, 0, 1, 0, 0);
CREATE TABLE columns (object_id int, column_id int, name varchar(128), user_type_id int, max_length int, precision int, scale int, is_nullable int,
    collation_name varchar(128), is_identity int, is_computed int, default_object_id int, is_hidden int, generated_always_type int);
INSERT INTO columns (object_id, column_id, name, user_type_id, max_length, precision, scale, is_nullable, collation_name, default_object_id) VALUES
    (11, 1, 'Id', 56, 4, 10, 0, 0, NULL, 0), (11, 2, 'Name', 231, 100, 0, 0, 0, 'Latin1_General_CI_AS', 0),
    (11, 3, 'Born', 40, 3, 10, 0, 1, NULL, 0), (11, 4, 'Credit', 106, 9, 18, 2, 0, NULL, 31),
    (11, 5, 'Notes', 231, -1, 0, 0, 1, 'Latin1_General_CI_AS', 0), (11, 6, 'Photo', 165, -1, 0, 0, 1, NULL, 0),
    (11, 7, 'Active', 257, 1, 1, 0, 0, NULL, 0), (11, 8, 'Version', 189, 8, 0, 0, 0, NULL, 0),
    (11, 9, 'Doubled', 106, 13, 22, 2, 1, NULL, 0), (11, 10, 'Changed', 42, 8, 27, 7, 1, NULL, 32),
    (11, 11, 'Größe', 62, 8, 53, 0, 1, NULL, 0),
    (12, 1, 'Id', 127, 8, 19, 0, 0, NULL, 0), (12, 2, 'Line', 52, 2, 5, 0, 0, NULL, 0),
    (12, 3, 'CustomerId', 56, 4, 10, 0, 1, NULL, 0), (12, 4, 'AgentId', 56, 4, 10, 0, 1, NULL, 0),
    (12, 5, 'Code', 175, 3, 0, 0, 1, 'Latin1_General_BIN2', 0), (12, 6, 'At', 43, 9, 30, 3, 0, NULL, 0),
    (12, 7, 'Total', 60, 8, 19, 4, 1, NULL, 0), (12, 8, 'Key', 36, 16, 0, 0, 0, NULL, 33),
    (13, 1, 'OrderId', 127, 8, 19, 0, 1, NULL, 0), (13, 2, 'OrderLine', 52, 2, 5, 0, 1, NULL, 0),
    (13, 3, 'Text', 167, 200, 0, 0, 1, 'Latin1_General_CI_AS', 0), (14, 1, 'x', 56, 4, 10, 0, 1, NULL, 0),
    (21, 1, 'Id', 56, 4, 10, 0, 0, NULL, 0), (21, 2, 'Name', 231, 100, 0, 0, 0, 'Latin1_General_CI_AS', 0);
UPDATE columns SET is_identity = 0, is_computed = 0, is_hidden = 0, generated_always_type = 0;
UPDATE columns SET is_identity = 1 WHERE object_id = 11 AND column_id = 1;
UPDATE columns SET is_computed = 1 WHERE object_id = 11 AND column_id = 9;
CREATE TABLE identity_columns (object_id int, column_id int, seed_value int, increment_value int);
INSERT INTO identity_columns VALUES (11, 1, 1, 1);
CREATE TABLE computed_columns (object_id int, column_id int, name varchar(128), is_persisted int, definition text);
INSERT INTO computed_columns VALUES (11, 9, 'Doubled', 1, '([Credit]*(2))');
CREATE TABLE default_constraints (object_id int, name varchar(128), definition text);
INSERT INTO default_constraints VALUES (31, 'DF_Credit', '((0))'), (32, 'DF__Customer__Change__1', '(sysutcdatetime())'), (33, 'DF__Order__Key__2', '(newid())');
CREATE TABLE indexes (object_id int, index_id int, name varchar(128), type int, is_unique int, is_primary_key int, is_unique_constraint int, is_disabled int,
    is_hypothetical int, has_filter int, filter_definition text, data_space_id int);
INSERT INTO indexes VALUES (11, 1, 'PK_Customer', 1, 1, 1, 0, 0, 0, 0, NULL, 1), (11, 2, 'UQ_Customer_Name', 2, 1, 0, 1, 0, 0, 0, NULL, 1),
    (12, 1, 'PK__Order__3214EC07', 1, 1, 1, 0, 0, 0, 0, NULL, 1), (12, 2, 'IX_At', 2, 0, 0, 0, 0, 0, 0, NULL, 1),
    (12, 3, 'IX_Code', 2, 1, 0, 0, 0, 0, 1, '([Code] IS NOT NULL)', 1), (13, 0, NULL, 0, 0, 0, 0, 0, 0, 0, NULL, 1),
    (13, 2, 'NCCI', 6, 0, 0, 0, 0, 0, 0, NULL, 1), (12, 4, '_dta_index', 2, 0, 0, 0, 0, 1, 0, NULL, 1);
CREATE TABLE index_columns (object_id int, index_id int, index_column_id int, column_id int, key_ordinal int, partition_ordinal int, is_descending_key int,
    is_included_column int);
INSERT INTO index_columns VALUES (11, 1, 1, 1, 1, 0, 0, 0), (11, 2, 1, 2, 1, 0, 0, 0), (12, 1, 1, 1, 1, 0, 0, 0),
    (12, 1, 2, 2, 2, 0, 0, 0), (12, 2, 3, 7, 0, 0, 0, 1), (12, 2, 1, 6, 1, 0, 1, 0), (12, 2, 2, 5, 2, 0, 0, 0),
    (12, 3, 1, 5, 1, 0, 0, 0), (13, 2, 1, 1, 0, 0, 0, 1), (13, 2, 2, 3, 0, 0, 0, 1), (12, 4, 1, 3, 1, 0, 0, 0);
CREATE TABLE key_constraints (parent_object_id int, unique_index_id int, name varchar(128), is_system_named int);
INSERT INTO key_constraints VALUES (11, 1, 'PK_Customer', 0), (11, 2, 'UQ_Customer_Name', 0), (12, 1, 'PK__Order__3214EC07', 1);
CREATE TABLE foreign_keys (object_id int, name varchar(128), parent_object_id int, referenced_object_id int, is_system_named int, is_disabled int,
    is_not_trusted int, delete_referential_action int, update_referential_action int);
INSERT INTO foreign_keys VALUES (41, 'FK_Order_Customer', 12, 11, 0, 0, 0, 1, 0), (42, 'FK_Order_Agent', 12, 11, 0, 1, 1, 0, 2),
    (43, 'FK__Note__1', 13, 12, 1, 0, 0, 0, 0);
CREATE TABLE foreign_key_columns (constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int, referenced_object_id int,
    referenced_column_id int);
INSERT INTO foreign_key_columns VALUES (41, 1, 12, 3, 11, 1), (42, 1, 12, 4, 11, 1), (43, 2, 13, 2, 12, 2), (43, 1, 13, 1, 12, 1);
CREATE TABLE check_constraints (object_id int, name varchar(128), parent_object_id int, is_system_named int, is_disabled int, definition text);
INSERT INTO check_constraints VALUES (51, 'CK_Total', 12, 0, 0, '([Total]>(0))');
CREATE TABLE partitions (partition_id int, object_id int, index_id int, "rows" int);
INSERT INTO partitions VALUES (61, 11, 1, 250), (62, 11, 2, 250), (63, 12, 1, 5000), (64, 13, 0, 7), (65, 13, 0, 5);
CREATE TABLE allocation_units (container_id int, type int, total_pages int);
INSERT INTO allocation_units VALUES (61, 1, 10), (61, 2, 4), (62, 1, 3), (63, 1, 90), (64, 1, 1), (65, 1, 1);
CREATE TABLE partition_schemes (data_space_id int, function_id int);
INSERT INTO partition_schemes VALUES (70, 71);
CREATE TABLE partition_functions (function_id int, type_desc varchar(60), fanout int, boundary_value_on_right int);
INSERT INTO partition_functions VALUES (71, 'RANGE', 4, 1);
CREATE TABLE sequences (object_id int, schema_id int, name varchar(128), user_type_id int, precision int, scale int, start_value int, increment int,
    minimum_value int, maximum_value int, is_cycling int);
INSERT INTO sequences VALUES (81, 5, 'Numbers', 127, 19, 0, 100, 5, 1, 9999, 1);
CREATE TABLE synonyms (schema_id int, name varchar(128), base_object_name varchar(1035));
INSERT INTO synonyms VALUES (1, 'Kunde', '[dbo].[Customer]');
CREATE TABLE triggers (object_id int, parent_id int, name varchar(128), is_disabled int, is_instead_of_trigger int, is_ms_shipped int);
INSERT INTO triggers VALUES (91, 12, 'tr_order', 1, 0, 0);
CREATE TABLE trigger_events (object_id int, type_desc varchar(60));
INSERT INTO trigger_events VALUES (91, 'INSERT');
