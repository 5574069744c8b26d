-- SPDX-License-Identifier: Apache-2.0
-- The carrier that was chosen, and what each living worker reads: as its last beat said, or as it registered (of a version that reads one
-- carrier all its life). One row, one column: JSON {"chosen": name or null, "workers": [...]}.
SELECT json_build_object('chosen', (SELECT value FROM argosy.setting WHERE name = 'transport'), 'workers', coalesce((
    SELECT json_agg(json_build_object('incarnation', w.incarnation, 'name', w.name, 'version', w.version, 'started_with', w.transport,
                                      'reads', coalesce(w.progress -> 'reads', json_build_array(w.transport)), 'partition', p.number)
                    ORDER BY w.name, w.incarnation)
    FROM argosy.worker w LEFT JOIN argosy.kafka_partition p ON p.incarnation = w.incarnation WHERE NOT w.dead), '[]'))
