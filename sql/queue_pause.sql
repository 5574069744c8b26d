-- SPDX-License-Identifier: Apache-2.0
-- Queue $1 stops giving out jobs ($2 true) or goes on. One row: false when there is no such queue.
SELECT argosy.queue_pause($1, $2::boolean)
