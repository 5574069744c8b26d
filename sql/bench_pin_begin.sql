-- SPDX-License-Identifier: Apache-2.0
-- With bench_pin.sql: holds a snapshot until the connection ends.
BEGIN ISOLATION LEVEL REPEATABLE READ
