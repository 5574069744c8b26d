-- SPDX-License-Identifier: Apache-2.0
-- Submits no-op jobs one by one, in one transaction. $1 arguments text[], one a job. Column: the ids.
SELECT argosy.submit('noop', a::json) FROM unnest($1::text[]) a
