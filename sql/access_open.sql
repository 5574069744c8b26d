-- SPDX-License-Identifier: Apache-2.0
-- Trades an API key (digest $1) for a cookie (digest $2) of $3 seconds; forgets expired ones. One row when the key is
-- valid: its id and name.
WITH expired AS (DELETE FROM argosy.session WHERE expires < now()),
     k AS (SELECT id, name FROM argosy.api_key WHERE hash = $1::bytea AND revoked IS NULL),
     made AS (INSERT INTO argosy.session (hash, api_key, expires)
              SELECT $2::bytea, id, now() + make_interval(secs => $3::int) FROM k)
SELECT id, name FROM k
