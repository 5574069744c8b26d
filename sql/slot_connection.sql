-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 for the slot that opens it. Columns: dialect, url, secret (sealed, as hex; NULL: has none), name.
SELECT dialect, url, encode(secret, 'hex'), name FROM argosy.connection WHERE id = $1::bigint
