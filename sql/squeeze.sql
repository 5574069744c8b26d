-- SPDX-License-Identifier: Apache-2.0
-- Writes the hot table anew that has the most dead rows, if any has too many; for the leading scheduler, every second. One row: its name or NULL.
SELECT argosy.squeeze()
