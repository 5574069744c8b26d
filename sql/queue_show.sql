-- SPDX-License-Identifier: Apache-2.0
-- $1 queue. One row, one column: JSON, or NULL when there is no such queue.
SELECT argosy.queue_show($1)
