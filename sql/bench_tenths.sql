-- SPDX-License-Identifier: Apache-2.0
-- How fast each tenth of the jobs above an id was finished, in the order in which they were. $1 id bigint. Column: JSON array of jobs/s.
SELECT json_agg(round((n / greatest(extract(epoch FROM upto - least(before, since)), 0.001))::numeric) ORDER BY tenth)::text FROM (
    SELECT tenth, count(*) AS n, min(finished) AS since, max(finished) AS upto, lag(max(finished), 1, min(finished)) OVER (ORDER BY tenth) AS before
    FROM (SELECT finished, ntile(10) OVER (ORDER BY finished) AS tenth FROM argosy.job_history WHERE id > $1::bigint) ended GROUP BY tenth) x
