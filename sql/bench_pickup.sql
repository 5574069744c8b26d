-- SPDX-License-Identifier: Apache-2.0
-- From just before the submit call to the handler's first line, of the jobs above an id. $1 id bigint.
-- Columns: jobs, median and 99th percentile in ms.
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY us) / 1000, percentile_cont(0.99) WITHIN GROUP (ORDER BY us) / 1000
FROM (SELECT (h.result ->> 'started_us')::bigint - (j.args ->> 'submitted_us')::bigint AS us
      FROM argosy.job_history h JOIN argosy.job j ON j.id = h.id WHERE h.id > $1::bigint AND h.state = 5) waited;
