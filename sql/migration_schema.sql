-- SPDX-License-Identifier: Apache-2.0
-- Before the first migration: where the list of migrations lives.
CREATE SCHEMA IF NOT EXISTS argosy
