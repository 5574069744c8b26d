-- SPDX-License-Identifier: Apache-2.0
-- What a program asks once a second: the carrier that was chosen for the fleet (NULL: each its own setting), and the last seq that was
-- given to incarnation $1 (NULL: there is no such worker). One row.
SELECT (SELECT value FROM argosy.setting WHERE name = 'transport'), (SELECT seq FROM argosy.worker WHERE incarnation = $1::bigint)
