-- SPDX-License-Identifier: Apache-2.0
-- Connection named $1 of dialect $2 to upload $3. One row: its id; no row: there is no such upload.
INSERT INTO argosy.connection (name, dialect, url)
SELECT $1, $2, 'upload:' || id FROM argosy.upload WHERE id = $3::bigint RETURNING id
