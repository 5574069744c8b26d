-- SPDX-License-Identifier: Apache-2.0
-- Workers that are alive, with what each has been given. One row, one column: JSON {"workers": [...]}.
SELECT json_build_object('workers', coalesce(json_agg(row_to_json(x) ORDER BY x.name, x.incarnation), '[]')) FROM (
    SELECT w.incarnation, w.name, w.host, w.pid, w.version, w.kinds, w.slots, w.tags, w.transport, w.registered, w.seen,
           CASE WHEN w.stop THEN 'stopping' WHEN w.quiet THEN 'quiet' ELSE 'alive' END AS state, w.beat,
           (SELECT count(*) FROM argosy.job_live l WHERE l.worker = w.incarnation AND l.state = 3) AS dispatched
    FROM argosy.worker w WHERE NOT w.dead) x
