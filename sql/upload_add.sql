-- SPDX-License-Identifier: Apache-2.0
-- Upload $1 (an id of upload_next): $2 name, $3 bytes, $4 SHA-256 in hex. One row: its id.
INSERT INTO argosy.upload (id, name, size, sha256) OVERRIDING SYSTEM VALUE VALUES ($1::bigint, $2, $3::bigint, $4)
RETURNING id
