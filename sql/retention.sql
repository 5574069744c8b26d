-- SPDX-License-Identifier: Apache-2.0
-- A piece of retention, for the leading scheduler: on a session of its own, because it may copy for minutes. $1, $2, $3 how many seconds jobs that
-- succeeded, failed, were cancelled are kept (NULL: setting retention_days). One row: partitions dropped or replaced, in how many seconds there is
-- more to do (NULL: not soon).
SELECT s.done, s.again_s FROM (SELECT argosy.retention_set($1::bigint, $2::bigint, $3::bigint) IS NULL) told, LATERAL argosy.retention_step(true) s
