-- SPDX-License-Identifier: Apache-2.0
-- Removes connection $1. One row: JSON as argosy.connection_remove() says, NULL: there is none.
SELECT argosy.connection_remove($1::bigint)
