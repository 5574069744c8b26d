-- SPDX-License-Identifier: Apache-2.0
-- Submits the probe of connection $1, or of an address that nobody keeps: $2 dialect, $3 url, $4 secret sealed for $1; $5 origin. One row: the job;
-- NULL: there is no such connection.
SELECT argosy.connection_probe($1::bigint, $2, $3, $4::bytea, $5)
