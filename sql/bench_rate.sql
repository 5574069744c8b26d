-- SPDX-License-Identifier: Apache-2.0
-- What the record says of the jobs above an id. $1 id bigint.
-- Columns: how many succeeded, seconds from the first finish to the last, how many have a result.
SELECT count(*) FILTER (WHERE state = 5), coalesce(extract(epoch FROM max(finished) - min(finished)), 0)::float8,
       count(result)
FROM argosy.job_history WHERE id > $1::bigint;
