-- SPDX-License-Identifier: Apache-2.0
-- $1: does a submit have to notify? Written only when it changes.
UPDATE argosy.scheduler SET idle = $1::boolean WHERE idle <> $1::boolean
