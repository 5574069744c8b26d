-- SPDX-License-Identifier: Apache-2.0
-- Job $1 at epoch $2 is in phase $4 with connection $3. One row: false when the attempt is over.
SELECT argosy.connection_phase($1::bigint, $2::bigint, $3::bigint, $4)
