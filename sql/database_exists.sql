-- SPDX-License-Identifier: Apache-2.0
-- Is there a database of this name on the server?
-- $1 name text. Column: found boolean.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1::text) AS found;
