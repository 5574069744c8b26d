-- SPDX-License-Identifier: Apache-2.0
-- The cookie of digest $1 is worth nothing any more. No rows.
DELETE FROM argosy.session WHERE hash = $1::bytea
