-- SPDX-License-Identifier: Apache-2.0
-- Lines that jobs said: $1 jobs, $2 epochs, $3 numbers within the attempt, $4 times in ms, $5 levels, $6 messages. May be repeated.
SELECT argosy.job_log_add($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
