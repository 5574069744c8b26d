-- SPDX-License-Identifier: Apache-2.0
-- Workers not declared dead: incarnation, beat, seq, got, done, name, kinds, transport, slots, quiet.
SELECT incarnation, beat, seq, got, done, name, kinds, transport, slots, quiet OR stop FROM argosy.worker WHERE NOT dead ORDER BY incarnation
