-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 has advanced the fence of job $2 to epoch $3. One row: its id if its final state is recorded.
SELECT $2::bigint WHERE argosy.sealed($1::bigint, $2::bigint, $3::bigint)
