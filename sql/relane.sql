-- SPDX-License-Identifier: Apache-2.0
-- At most $1 jobs of an earlier schema move into lanes of today. One row: how many.
SELECT argosy.relane($1::int)
