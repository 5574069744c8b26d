-- SPDX-License-Identifier: Apache-2.0
-- How many workers the backlog wants, and which one costs least to stop. One row, one column: JSON.
SELECT argosy.scale()
