-- SPDX-License-Identifier: Apache-2.0
-- Records an API key by its digest; the same key again is content.
-- $1 name text, $2 hash bytea.
INSERT INTO argosy.api_key (name, hash) VALUES ($1::text, $2::bytea) ON CONFLICT (hash) DO NOTHING;
