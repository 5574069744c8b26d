-- SPDX-License-Identifier: Apache-2.0
-- What must know bulk (0012), too: cancel and fsck.

-- Public. 'not_found', 'cancelled', 'cancelling' (its target is told first), 'final' (it had ended, or its end is decided).
CREATE OR REPLACE FUNCTION argosy.cancel(job bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r argosy.job_live;
BEGIN
    PERFORM argosy.bulk_break(ARRAY[job]);
    SELECT * INTO r FROM argosy.job_live l WHERE l.id = job FOR UPDATE;
    IF NOT FOUND THEN
        RETURN CASE WHEN argosy.last_state(job) IS NULL THEN 'not_found' ELSE 'final' END;
    ELSIF r.sealing IS NOT NULL THEN
        RETURN CASE r.sealing WHEN 7 THEN 'cancelling' ELSE 'final' END;
    END IF;
    IF r.state = 3 THEN -- its worker is told with its next beat; the epoch keeps it from recording anything
        INSERT INTO argosy.cancel_notice (worker, job, epoch) VALUES (r.worker, r.id, r.epoch) ON CONFLICT DO NOTHING;
        UPDATE argosy.job_live l SET touched = true WHERE l.id = r.id;
    END IF;
    PERFORM argosy.job_end(ARRAY[job], 7, ARRAY[argosy.fate('cancelled', 'cancelled', 'cancelled on request')], 0);
    PERFORM argosy.wake();
    RETURN CASE WHEN EXISTS (SELECT FROM argosy.job_live l WHERE l.id = job) THEN 'cancelling' ELSE 'cancelled' END;
END $$;

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

-- Public. check, violations, up to five ids.
CREATE OR REPLACE FUNCTION argosy.fsck() RETURNS TABLE ("check" text, violations bigint, sample bigint[]) LANGUAGE sql AS $$
    WITH bad AS MATERIALIZED (SELECT * FROM argosy.fsck_rows())
    SELECT c, count(b.id), (array_agg(b.id ORDER BY b.id) FILTER (WHERE b.id IS NOT NULL))[:5]
    FROM unnest(ARRAY['lost', 'live_without_job', 'bulk_and_more', 'bulk_without_job', 'final_twice', 'final_after_success', 'live_after_success',
                      'epoch_fell', 'live_below_final', 'final_before_submitted', 'dispatched_to_dead', 'seq_not_given_out', 'seq_twice',
                      'worker_without_dispatch', 'waits_wrong',
                      'blocked_for_nothing', 'blocked_for_ever', 'not_depended', 'dependency_of_nobody', 'sealing_without_target',
                      'scheduled_without_time']) WITH ORDINALITY u(c, o)
    LEFT JOIN bad b ON b.name = c GROUP BY c, o ORDER BY o;
$$;
