-- SPDX-License-Identifier: Apache-2.0
-- Changes connection $1; NULL stays as it is: $2 name, $3 dialect, $4 url, $5 the url spelt the one way, $6 sealed secret, $7 whether the secret changes,
-- $8 hours between analyses. One row: JSON as argosy.connection_change() says, NULL: there is none.
SELECT argosy.connection_change($1::bigint, $2, $3, $4, $5, $6::bytea, $7::boolean, $8::int)
