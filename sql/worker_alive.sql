-- SPDX-License-Identifier: Apache-2.0
-- Workers not declared dead: incarnation, beat, seq, got (the highest seq below which no gap is left, so that a gap is rung again
-- though later seqs have arrived), done, name, kinds, transport, slots, quiet, mean_us, reads, tags.
SELECT incarnation, beat, seq, coalesce((gaps ->> 0)::bigint - 1, got), done, name, kinds, transport, slots, quiet OR stop,
    progress ->> 'mean_us', progress ->> 'reads', tags
FROM argosy.worker WHERE NOT dead ORDER BY incarnation
