-- SPDX-License-Identifier: Apache-2.0
-- What job $1 waits for; no row: there is no such job. One column: JSON {"id", "state", "why", "waits_for"}.
WITH j AS (
    SELECT j.*, CASE WHEN argosy.bulk_has(j.id) THEN 2 ELSE l.state END AS live, l.waits, l.sealing, l.run_at AS due, l.worker, l.seq, l.lost, l.attempts,
           coalesce(l.lane, j.lane) AS live_lane, q.queue,
           q.tenant
    FROM argosy.job j JOIN argosy.lane q ON q.id = j.lane
    LEFT JOIN argosy.job_live l ON l.id = j.id WHERE j.id = $1::bigint
), parents AS (
    SELECT p.id, p.kind, p.state, s.step FROM j JOIN argosy.job_dependency d ON d.job = j.id
    JOIN argosy.job_live p ON p.id = d.parent JOIN argosy.job s ON s.id = p.id ORDER BY p.id LIMIT 20
), holding AS (
    SELECT d.parent FROM j JOIN argosy.job_dependency d ON d.job = j.id
    WHERE j.live = 0 AND d.policy = 2 AND NOT d.settled AND argosy.fell_short(d.parent) ORDER BY d.parent LIMIT 20
), ahead AS (
    SELECT least(10000, b.n + l.n) AS n FROM
        (SELECT count(*) AS n FROM (SELECT 1 FROM j JOIN argosy.job_live o ON o.lane = j.live_lane AND o.state = 2
            AND (o.priority, o.id) < (j.priority, j.id) WHERE j.live = 2 LIMIT 10000) x) l,
        (SELECT coalesce(sum(n), 0)::bigint AS n FROM (
            SELECT CASE WHEN o.priority = j.priority THEN least(o.last + 1, j.id) ELSE o.last + 1 END - o.next AS n
            FROM j JOIN argosy.job_bulk o ON o.lane = j.live_lane AND (o.priority, o.next) < (j.priority, j.id)
            WHERE j.live = 2 LIMIT 1000) x) b
), able AS (
    SELECT count(*) AS n FROM j JOIN argosy.worker w
    ON NOT w.dead AND w.kinds -> j.kind IS NOT NULL
)
SELECT json_build_object('id', j.id, 'state', argosy.state_name(coalesce(j.live, argosy.last_state(j.id))::int),
    'why', CASE
    WHEN j.live IS NULL THEN argosy.why_ended(j.id)
    WHEN j.sealing IS NOT NULL THEN 'It is ' || argosy.state_name(j.sealing::int) || ', but the fence in its target'
        || ' (connection ' || coalesce(j.target::text, '?') || ') must be advanced first' || CASE
        WHEN j.live = 3 THEN ': worker ' || j.worker || ' does that now.'
        WHEN able.n = 0 THEN ': no worker is alive that knows kind ' || j.kind || '.'
        WHEN j.live = 1 THEN '; this was tried in vain, ' || argosy.why_scheduled(j.id)
        ELSE '; this waits for a worker.' END
    WHEN j.live = 0 AND EXISTS (SELECT FROM holding) THEN 'It is held: job(s) ' || (SELECT string_agg(parent::text, ', ') FROM holding)
        || ' did not succeed. Retry them, or let it go on without: `argosy job release ' || j.id || '`.'
    WHEN j.live = 0 THEN 'It waits for ' || j.waits || ' job(s) to succeed: ' || coalesce((SELECT string_agg(
        p.id || ' (' || coalesce(p.step || ', ', '') || argosy.state_name(p.state::int) || ')', ', ' ORDER BY p.id)
        FROM parents p), 'children that its steps submit') || '.'
    WHEN j.live = 1 THEN argosy.why_scheduled(j.id)
    WHEN j.live = 3 THEN 'Worker ' || coalesce(w.name, '?') || ' (' || j.worker || ') has it'
        || CASE WHEN w.dead THEN ', but is dead: it is being taken back.'
           WHEN j.seq > w.got OR w.gaps::jsonb @> to_jsonb(j.seq)
           THEN ', but has not received it yet.' ELSE ' and works on it or holds it in its queue.' END
    WHEN held.why IS NOT NULL THEN held.why
    WHEN ahead.n > 0 THEN ahead.n || CASE WHEN ahead.n = 10000 THEN ' or more' ELSE '' END
        || ' job(s) are ahead of it in queue ' || j.queue || ', tenant ' || j.tenant || '.'
    ELSE 'It is next in queue ' || j.queue || ': it waits for a free slot.' END,
    'waits_for', (SELECT coalesce(json_agg(p.id ORDER BY p.id), '[]') FROM parents p))
FROM j CROSS JOIN ahead CROSS JOIN able
CROSS JOIN LATERAL (SELECT CASE WHEN j.live = 2 AND j.sealing IS NULL THEN argosy.why_held(j.live_lane, j.kind) END AS why) held
LEFT JOIN argosy.worker w ON w.incarnation = j.worker
WHERE j.live IS NOT NULL OR argosy.last_state(j.id) IS NOT NULL
