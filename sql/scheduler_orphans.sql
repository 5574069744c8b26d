-- SPDX-License-Identifier: Apache-2.0
-- Dead workers to whom jobs are still dispatched, at most 100: an earlier leader did not get to take them back.
SELECT w.incarnation FROM argosy.worker w
WHERE w.dead AND EXISTS (SELECT FROM argosy.job_live l WHERE l.worker = w.incarnation AND l.state = 3)
LIMIT 100
