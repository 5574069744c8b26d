-- SPDX-License-Identifier: Apache-2.0
-- The version of the schema that a program must know to work with this database. One row: bigint; 0: not said.
SELECT coalesce((SELECT value::bigint FROM argosy.setting WHERE name = 'compatible_from'), 0)
