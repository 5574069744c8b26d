-- SPDX-License-Identifier: Apache-2.0
-- What was applied: each row is one file of sql/migrations as it was, by its hash.
CREATE TABLE IF NOT EXISTS argosy.migration (
    version int PRIMARY KEY,
    name text NOT NULL,
    sha text NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
)
