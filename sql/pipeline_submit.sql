-- SPDX-License-Identifier: Apache-2.0
-- $1 name, $2 steps as JSON, $3 queue, $4 tenant, $5 origin, $6 correlation. One row: JSON
-- {"pipeline", "jobs": {step: id}}.
SELECT argosy.pipeline_submit($1, $2::json, $3, $4, $5, $6)
