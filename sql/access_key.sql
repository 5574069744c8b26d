-- SPDX-License-Identifier: Apache-2.0
-- $1: digest of an API key. One row when it is valid: the key's id.
SELECT id FROM argosy.api_key WHERE hash = $1::bytea AND revoked IS NULL
