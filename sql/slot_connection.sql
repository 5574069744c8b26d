-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 for the slot that opens it, or an address that is only tried. Columns: dialect, url, secret (sealed, as hex; NULL: has none), name, what its
-- file is called (NULL: it is no upload).
SELECT c.dialect, c.url, encode(c.secret, 'hex'), c.name, u.name
FROM argosy.connection c LEFT JOIN argosy.upload u ON u.id = argosy.upload_of(c.url) WHERE c.id = $1::bigint
UNION ALL
SELECT dialect, url, encode(secret, 'hex'), 'address', NULL FROM argosy.connection_trial WHERE id = $1::bigint
