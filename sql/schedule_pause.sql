-- SPDX-License-Identifier: Apache-2.0
-- Schedule $1 fires no tick ($2 true) or goes on from now. One row: false when there is none.
SELECT argosy.schedule_pause($1, $2::boolean)
