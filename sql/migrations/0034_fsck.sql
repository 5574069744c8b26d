-- SPDX-License-Identifier: Apache-2.0
-- argosy.fsck proves promises 1 and 2 from the rows of a live system: one row a check, violations 0 when it holds. It reads everything: for now and
-- then, not for each minute. `dispatched_to_dead` passes by itself while a dead worker's jobs are taken back.

CREATE OR REPLACE FUNCTION argosy.fsck_rows() RETURNS TABLE (name text, id bigint) LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE argosy.job_live, argosy.job_bulk IN ACCESS SHARE MODE; -- before the snapshot is taken: see squeeze()
    RETURN QUERY
    -- promise 1: accepted means live or final; of those that are so old that their end may have been dropped nothing is known
    SELECT 'lost', j.id FROM argosy.job j
    WHERE NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = j.id) AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = j.id)
      AND NOT argosy.bulk_has(j.id) AND j.submitted >= (SELECT s.value::timestamptz + interval '1 day' FROM argosy.setting s WHERE s.name = 'history_floor')
    UNION ALL
    SELECT 'bulk_and_more', l.id FROM (SELECT x.id FROM argosy.job_live x UNION ALL SELECT x.id FROM argosy.job_history x) l WHERE argosy.bulk_has(l.id)
    UNION ALL
    SELECT 'bulk_without_job', b.first FROM argosy.job_bulk b
    WHERE b.last - b.next + 1 <> (SELECT count(*) FROM argosy.job j WHERE j.id BETWEEN b.next AND b.last AND j.lane = b.lane AND j.priority = b.priority
                                  AND j.kind = b.kind)
    UNION ALL
    SELECT 'live_without_job', l.id FROM argosy.job_live l WHERE NOT EXISTS (SELECT FROM argosy.job j WHERE j.id = l.id)
    UNION ALL
    -- promise 2: recorded once
    SELECT 'final_twice', h.id FROM argosy.job_history h GROUP BY h.id, h.epoch HAVING count(*) > 1
    UNION ALL
    SELECT 'final_after_success', h.id FROM (SELECT x.id, x.state, lead(x.n) OVER (PARTITION BY x.id ORDER BY x.n) AS later FROM argosy.job_history x) h
    WHERE h.state = 5 AND h.later IS NOT NULL
    UNION ALL
    SELECT 'live_after_success', l.id FROM argosy.job_live l WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = l.id AND h.state = 5)
    UNION ALL
    SELECT 'epoch_fell', e.id FROM (
        SELECT x.id, x.epoch, lag(x.epoch) OVER (PARTITION BY x.id ORDER BY x.n) AS before FROM (
            SELECT h.id, h.epoch, h.n FROM argosy.job_history h UNION ALL SELECT v.job, v.epoch, v.n FROM argosy.event v
            UNION ALL SELECT l.id, l.epoch, 9223372036854775807 FROM argosy.job_live l) x) e
    WHERE e.epoch < e.before
    UNION ALL
    SELECT 'live_below_final', l.id FROM argosy.job_live l WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = l.id AND h.epoch >= l.epoch)
    UNION ALL
    SELECT 'final_before_submitted', j.id FROM argosy.job j WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = j.id AND h.n <= j.n)
    UNION ALL
    -- dispatch
    SELECT 'dispatched_to_dead', l.id FROM argosy.job_live l LEFT JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE l.state = 3 AND coalesce(w.dead, true)
    UNION ALL
    SELECT 'seq_not_given_out', l.id FROM argosy.job_live l JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE l.state = 3 AND (l.seq IS NULL OR l.seq NOT BETWEEN 1 AND w.seq)
    UNION ALL
    SELECT 'seq_twice', min(l.id) FROM argosy.job_live l WHERE l.state = 3 GROUP BY l.worker, l.seq HAVING count(*) > 1
    UNION ALL
    SELECT 'worker_without_dispatch', l.id FROM argosy.job_live l WHERE (l.state = 3) <> (l.worker IS NOT NULL AND l.seq IS NOT NULL)
    UNION ALL
    -- dependencies
    SELECT 'waits_wrong', l.id FROM argosy.job_live l WHERE l.sealing IS NULL AND l.waits <> (
        SELECT count(*) FROM argosy.job_dependency d LEFT JOIN argosy.job_live p ON p.id = d.parent
        WHERE d.job = l.id AND NOT d.settled AND (p.id IS NOT NULL OR d.policy = 2 AND argosy.fell_short(d.parent)))
    UNION ALL
    SELECT 'blocked_for_nothing', l.id FROM argosy.job_live l WHERE (l.state = 0) <> (l.waits > 0) AND l.sealing IS NULL
    UNION ALL
    SELECT 'blocked_for_ever', l.id FROM argosy.job_live l WHERE l.state = 0 AND argosy.parent_in_the_way(l.id) IS NOT NULL
    UNION ALL
    SELECT 'not_depended', p.id FROM argosy.job_live p
    WHERE NOT p.depended AND EXISTS (SELECT FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.job WHERE d.parent = p.id AND l.state = 0)
    UNION ALL
    SELECT 'dependency_of_nobody', d.job FROM argosy.job_dependency d WHERE NOT EXISTS (SELECT FROM argosy.job j WHERE j.id = d.job)
    UNION ALL
    -- seals
    SELECT 'sealing_without_target', l.id FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id WHERE l.sealing IS NOT NULL AND (j.target IS NULL OR l.epoch = 0)
    UNION ALL
    SELECT 'scheduled_without_time', l.id FROM argosy.job_live l WHERE l.state = 1 AND l.run_at IS NULL;
END $$;

-- Batches, unique jobs, schedules, dead letters, events, connections. id: of the job, the batch or the connection; for a schedule its last job. What is
-- older than what retention has dropped can't be compared.
CREATE FUNCTION argosy.fsck_more() RETURNS TABLE (name text, id bigint) LANGUAGE plpgsql AS $$
DECLARE
    v_floor timestamptz := (SELECT s.value::timestamptz + interval '1 day' FROM argosy.setting s WHERE s.name = 'history_floor');
BEGIN
    LOCK TABLE argosy.job_live, argosy.job_bulk, argosy.batch_delta IN ACCESS SHARE MODE; -- before the snapshot is taken: see squeeze()
    RETURN QUERY
    -- what a batch counts is what its jobs are
    SELECT 'batch_counts_wrong', b.id FROM argosy.batch b, argosy.batch_counts(b) c
    WHERE b.created >= v_floor AND (c.total, c.succeeded, c.failed, c.cancelled) IS DISTINCT FROM (
        SELECT (count(*), count(*) FILTER (WHERE e.state = 5), count(*) FILTER (WHERE e.state = 6), count(*) FILTER (WHERE e.state = 7))
        FROM argosy.job j LEFT JOIN argosy.job_live l ON l.id = j.id
        LEFT JOIN LATERAL (SELECT h.state FROM argosy.job_history h WHERE h.id = j.id ORDER BY h.epoch DESC, h.n DESC LIMIT 1) e ON l.id IS NULL
        WHERE j.pipeline = b.id)
    UNION ALL
    -- a claim is a job's; one that has ended may keep it until it is swept
    SELECT 'claim_without_job', u.job FROM argosy.unique_claim u
    WHERE u.job < 1 OR u.job > (SELECT last_value FROM argosy.job_id) OR NOT EXISTS (SELECT FROM argosy.job j WHERE j.id = u.job)
      AND u.job > (SELECT min(j.id) FROM argosy.job j WHERE j.submitted >= v_floor)
    UNION ALL
    -- a tick is submitted once, and the next one comes after the last
    SELECT 'tick_twice', min(j.id) FROM argosy.job j
    WHERE j.origin = 'schedule' AND j.correlation ~ '^schedule:.*:[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$'
    GROUP BY j.correlation HAVING count(DISTINCT coalesce(j.pipeline, -j.id)) > 1
    UNION ALL
    SELECT 'next_tick_wrong', coalesce(s.last_job, s.last_pipeline, 0) FROM argosy.schedule s WHERE isfinite(s.next_run) AND s.next_run <= s.last_tick
    UNION ALL
    -- a dead letter is a job whose last end is that failure
    SELECT 'dead_letter_wrong', d.job FROM argosy.dead_letter d
    LEFT JOIN LATERAL (SELECT h.n, h.state FROM argosy.job_history h WHERE h.id = d.job ORDER BY h.epoch DESC, h.n DESC LIMIT 1) e ON true
    WHERE (e.n IS NOT NULL OR d.at >= v_floor) AND ((e.n, e.state::int) IS DISTINCT FROM (d.n, 6) OR argosy.bulk_has(d.job)
          OR EXISTS (SELECT FROM argosy.job_live l WHERE l.id = d.job))
    UNION ALL
    -- every end is an event that a reader comes to, once; between two ends of a job it was brought back
    SELECT 'final_without_event', h.id FROM argosy.job_history h
    WHERE h.n IS NULL OR NOT pg_visible_in_snapshot(h.xid, pg_current_snapshot()) AND h.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
    UNION ALL
    SELECT 'event_twice', min(e.id) FROM (
        SELECT j.id, j.n FROM argosy.job j UNION ALL SELECT h.id, h.n FROM argosy.job_history h UNION ALL SELECT v.job, v.n FROM argosy.event v) e
    GROUP BY e.n HAVING count(*) > 1
    UNION ALL
    SELECT 'revived_without_event', h.id FROM (SELECT x.id, x.n, lag(x.n) OVER w AS before, lag(x.finished) OVER w AS at FROM argosy.job_history x
                                               WINDOW w AS (PARTITION BY x.id ORDER BY x.n)) h
    WHERE h.at >= v_floor AND NOT EXISTS (SELECT FROM argosy.event v WHERE v.job = h.id AND v.n > h.before AND v.n < h.n AND v.type IN ('retried', 'revived'))
    UNION ALL
    -- what a slot says of an analysis is of a live job and its connection, and goes with its end
    SELECT 'analysis_wrong', r.job FROM argosy.connection_run r LEFT JOIN argosy.job_live l ON l.id = r.job LEFT JOIN argosy.job j ON j.id = r.job
    WHERE l.id IS NULL OR l.kind <> 'discovery' OR r.epoch > l.epoch OR argosy.connection_named(j.args, 'source') IS DISTINCT FROM r.connection
    UNION ALL
    -- what a connection says of its last analysis is how that ended, and no later one ended unnoticed
    SELECT 'connection_state_wrong', c.id FROM argosy.connection c
    WHERE (c.state = 'error') <> (c.error_code IS NOT NULL) OR c.state = 'ready' AND c.analyzed IS NULL
       OR c.state = 'error' AND c.state_since >= v_floor AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = c.state_job AND h.state = 6)
    UNION ALL
    SELECT 'analysis_unnoticed', h.id FROM argosy.job_history h JOIN argosy.job j ON j.id = h.id
    JOIN argosy.connection c ON c.id = argosy.connection_named(j.args, 'source')
    WHERE h.kind = 'discovery' AND h.state IN (5, 6) AND h.id > coalesce(c.state_job, 0) AND h.finished > c.state_since
    UNION ALL
    -- an address that is only tried goes, with its secret, when it was tried
    SELECT 'trial_left', t.id FROM argosy.connection_trial t
    WHERE NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = t.job) AND NOT coalesce(argosy.bulk_has(t.job), false);
END $$;

-- Public. check, violations, up to five ids.
CREATE OR REPLACE FUNCTION argosy.fsck() RETURNS TABLE ("check" text, violations bigint, sample bigint[]) LANGUAGE sql AS $$
    WITH bad AS MATERIALIZED (SELECT * FROM argosy.fsck_rows() UNION ALL SELECT * FROM argosy.fsck_more())
    SELECT c, count(b.id), (array_agg(b.id ORDER BY b.id) FILTER (WHERE b.id IS NOT NULL))[:5]
    FROM unnest(ARRAY['lost', 'live_without_job', 'bulk_and_more', 'bulk_without_job', 'final_twice', 'final_after_success', 'live_after_success',
                      'epoch_fell', 'live_below_final', 'final_before_submitted', 'dispatched_to_dead', 'seq_not_given_out', 'seq_twice',
                      'worker_without_dispatch', 'waits_wrong',
                      'blocked_for_nothing', 'blocked_for_ever', 'not_depended', 'dependency_of_nobody', 'sealing_without_target',
                      'scheduled_without_time', 'batch_counts_wrong', 'claim_without_job', 'tick_twice', 'next_tick_wrong', 'dead_letter_wrong',
                      'final_without_event', 'event_twice', 'revived_without_event', 'analysis_wrong', 'connection_state_wrong',
                      'analysis_unnoticed', 'trial_left']) WITH ORDINALITY u(c, o)
    LEFT JOIN bad b ON b.name = c GROUP BY c, o ORDER BY o;
$$;
