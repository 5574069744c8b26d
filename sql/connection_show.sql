-- SPDX-License-Identifier: Apache-2.0
-- Connection $1 as JSON, never its secret; no row: there is none.
SELECT row_to_json(x) FROM (
    SELECT c.id, c.name, c.dialect, c.url, c.secret IS NOT NULL AS has_secret, c.created, s.status, s.since AS status_since,
           CASE WHEN c.error_code IS NOT NULL THEN json_build_object('error_code', c.error_code, 'message', c.error_message) END AS error,
           (SELECT json_build_object('percent', p -> 'percent', 'message', p -> 'message') FROM argosy.worker w, json_array_elements(w.progress -> 'jobs') p
            WHERE w.incarnation = s.worker AND p ->> 'job' = s.running::text AND p ->> 'epoch' = s.epoch::text LIMIT 1) AS progress,
           greatest(s.running, c.analysis_job, t.last_job) AS job, c.analyzed,
           (SELECT json_build_object('id', d.id, 'project', p.name, 'version', (SELECT max(h.schema_version) FROM argosy.schema_history h
                                                                               WHERE h.project_id = d.project_id AND h.connection_id = d.connection_id),
                                     'job', d.job, 'tables', d.table_count, 'columns', d.column_count, 'relationships', d.relationship_count)
            FROM argosy.discovered_schemas d JOIN argosy.project p ON p.id = d.project_id WHERE d.id = c.catalog_id) AS catalog,
           c.reanalyze_hours, CASE WHEN isfinite(t.next_run) AND NOT t.paused THEN t.next_run END AS next_analysis, t.error AS schedule_error
    FROM argosy.connection c JOIN argosy.connection_status s USING (id)
    LEFT JOIN argosy.schedule t ON t.name = argosy.connection_schedule_name(c.id)
    WHERE c.id = $1::bigint) x
