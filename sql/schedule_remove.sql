-- SPDX-License-Identifier: Apache-2.0
-- Removes schedule $1; what it has submitted stays. One row: false when there is none.
SELECT argosy.schedule_remove($1)
