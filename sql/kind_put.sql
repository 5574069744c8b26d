-- SPDX-License-Identifier: Apache-2.0
-- $1 kind, $2 its JSON Schema with x-argosy (version, limits). What a newer program wrote stays.
SELECT argosy.kind_put($1, $2::json)
