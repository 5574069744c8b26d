-- SPDX-License-Identifier: Apache-2.0
-- One row: the id that the next connection takes; its secret is sealed for that id.
SELECT nextval(pg_get_serial_sequence('argosy.connection', 'id'))
