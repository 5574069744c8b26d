-- SPDX-License-Identifier: Apache-2.0
-- Workers not declared dead: incarnation, beat, seq, got, done, name, kinds, transport, slots, quiet, mean_us.
SELECT incarnation, beat, seq, got, done, name, kinds, transport, slots, quiet OR stop, progress ->> 'mean_us'
FROM argosy.worker WHERE NOT dead ORDER BY incarnation
