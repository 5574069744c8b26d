-- SPDX-License-Identifier: Apache-2.0
-- Submits one no-op job as a stranger would. $1 arguments json. Column: its id.
SELECT argosy.submit('noop', $1::json);
