-- SPDX-License-Identifier: Apache-2.0
-- One row: the id that the next upload takes; its file is in place before its row exists.
SELECT nextval(pg_get_serial_sequence('argosy.upload', 'id'))
