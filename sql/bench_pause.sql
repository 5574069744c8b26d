-- SPDX-License-Identifier: Apache-2.0
-- Holds or releases the default queue. $1 paused boolean.
INSERT INTO argosy.queue (name, paused) VALUES ('default', $1::boolean)
ON CONFLICT (name) DO UPDATE SET paused = excluded.paused;
