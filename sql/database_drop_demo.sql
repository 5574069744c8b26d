-- SPDX-License-Identifier: Apache-2.0
-- Removes the target of an earlier `argosy demo`; it holds nothing of the user's.
DROP DATABASE IF EXISTS argosy_demo WITH (FORCE);
