-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 gives back what it has not begun: $2 ids, $3 epochs. One row: how many.
SELECT argosy.give_back($1::bigint, $2::bigint[], $3::bigint[])
