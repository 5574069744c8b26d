-- SPDX-License-Identifier: Apache-2.0
-- $1 scope, $2 name. One row: false when there is no such limit.
SELECT argosy.limit_remove($1, $2)
