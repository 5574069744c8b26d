-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 (an id of connection_next): $2 name, $3 dialect, $4 url without secret, $5 sealed secret or NULL.
-- One row: its id.
INSERT INTO argosy.connection (id, name, dialect, url, secret) OVERRIDING SYSTEM VALUE
VALUES ($1::bigint, $2, $3, $4, $5::bytea) RETURNING id
