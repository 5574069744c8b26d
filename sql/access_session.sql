-- SPDX-License-Identifier: Apache-2.0
-- $1: digest of a cookie. One row while it is valid: the id of the API key that it was traded for.
SELECT k.id FROM argosy.session s JOIN argosy.api_key k ON k.id = s.api_key
WHERE s.hash = $1::bytea AND s.expires > now() AND k.revoked IS NULL
