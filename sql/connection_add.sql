-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 (an id of connection_next): $2 name, $3 dialect, $4 url without secret, $5 the url spelt the one way, $6 sealed secret or NULL, $7 upload
-- instead of a url, $8 whether the url may be there only once, $9 whether it is analysed now, $10 hours between analyses, $11 origin. One row: JSON as
-- argosy.connection_add() says.
SELECT argosy.connection_add($1::bigint, $2, $3, $4, $5, $6::bytea, $7::bigint, $8::boolean, $9::boolean, $10::int, $11)
