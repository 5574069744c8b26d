-- SPDX-License-Identifier: Apache-2.0
-- Fires ticks; $1 is JSON as argosy.schedules_fire() says. One row: how much was submitted.
SELECT argosy.schedules_fire($1::json)
