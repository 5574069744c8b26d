-- SPDX-License-Identifier: Apache-2.0
-- Makes a schedule, or with $17 puts it in place of the one of that name: $1 name, $2 cron, $3 kind, $4 args, $5 steps, $6 zone, $7 queue, $8 tenant,
-- $9 priority, $10 attempts_max, $11 timeout_s, $12 catch_up, $13 catch_up_max, $14 grace_s, $15 overlap, $16 paused, $18 tags as
-- "eu,gpu". One row: whether it is new.
SELECT argosy.schedule_put($1, $2, $3, $4::json, $5::json, $6, $7, $8, $9::int, $10::int, $11::int, $12, $13::int, $14::int, $15, $16::boolean, $17::boolean,
                           string_to_array($18, ','))
