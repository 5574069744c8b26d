-- SPDX-License-Identifier: Apache-2.0
-- Is job $1 in the queue where attempts that ran out of memory are tried again? One column.
SELECT a.queue = s.value FROM argosy.job_live l JOIN argosy.lane a ON a.id = l.lane JOIN argosy.setting s ON s.name = 'oom_queue'
WHERE l.id = $1::bigint
