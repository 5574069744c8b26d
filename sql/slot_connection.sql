-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 for the slot that opens it. Columns: dialect, url, secret (sealed, as hex; NULL: has none).
SELECT dialect, url, encode(secret, 'hex') FROM argosy.connection WHERE id = $1::bigint
