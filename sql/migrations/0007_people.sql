-- SPDX-License-Identifier: Apache-2.0
-- What people ask for: cancel, retry, pause.

-- Public. 'not_found', 'cancelled', 'cancelling' (its target is told first), 'final' (it had ended, or its end is decided).
CREATE FUNCTION argosy.cancel(job bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r argosy.job_live;
BEGIN
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

-- A job that has ended goes back into the live table under its id, above its last epoch. The lock on its row of argosy.job keeps two
-- retries apart.
CREATE FUNCTION argosy.revive(p_job bigint, p_type text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_waits int;
    h argosy.job_history;
    j argosy.job;
    v_epoch bigint;
BEGIN
    SELECT * INTO j FROM argosy.job WHERE id = p_job FOR UPDATE;
    SELECT * INTO h FROM argosy.job_history WHERE id = p_job ORDER BY epoch DESC, n DESC LIMIT 1;
    IF EXISTS (SELECT FROM argosy.job_live WHERE id = p_job) THEN
        RETURN false;
    END IF;
    v_epoch := argosy.next_epoch(h.epoch); -- so that it never ends twice under one epoch
    SELECT count(*) INTO v_waits FROM (
        SELECT l.id FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.parent WHERE d.job = p_job ORDER BY l.id FOR UPDATE OF l) p;
    UPDATE argosy.job_live l SET depended = true FROM argosy.job_dependency d WHERE d.job = p_job AND l.id = d.parent AND NOT l.depended;
    INSERT INTO argosy.job_live (id, epoch, lane, state, priority, waits, depended, kind, pipeline)
    VALUES (p_job, v_epoch, j.lane, CASE WHEN v_waits > 0 THEN 0 ELSE 2 END, j.priority, v_waits,
            EXISTS (SELECT FROM argosy.job_dependency WHERE parent = p_job), j.kind, j.pipeline);
    INSERT INTO argosy.event (job, epoch, type) VALUES (p_job, v_epoch, p_type);
    RETURN true;
END $$;

-- A parent of this job that has neither succeeded nor is on its way.
CREATE FUNCTION argosy.parent_in_the_way(p_job bigint) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT d.parent FROM argosy.job_dependency d WHERE d.job = p_job AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = d.parent)
        AND argosy.last_state(d.parent) <> 5 ORDER BY d.parent LIMIT 1);

-- Public. 'not_found', 'again', 'not_final'. Whoever was cancelled because this job did not succeed is revived with it, as soon as none of
-- its other parents stands in the way.
CREATE FUNCTION argosy.retry(job bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_parent bigint;
    v_level bigint[] := ARRAY[job];
    v_next bigint[];
    v_child bigint;
BEGIN
    PERFORM FROM argosy.job j WHERE j.id = job FOR UPDATE;
    IF EXISTS (SELECT FROM argosy.job_live l WHERE l.id = job) THEN
        RETURN 'not_final';
    ELSIF argosy.last_state(job) IS NULL THEN
        RETURN 'not_found';
    ELSIF argosy.last_state(job) = 5 THEN
        RAISE EXCEPTION 'job % has succeeded', job USING ERRCODE = 'AG012', HINT = 'a result is recorded once: submit a new job';
    END IF;
    v_parent := argosy.parent_in_the_way(job);
    IF v_parent IS NOT NULL THEN
        RAISE EXCEPTION 'job % waits for job %, which did not succeed', job, v_parent USING ERRCODE = 'AG009', HINT = format('retry job %s first', v_parent);
    END IF;
    PERFORM argosy.revive(job, 'retried');
    WHILE v_level IS NOT NULL LOOP
        v_next := NULL;
        FOR v_child IN SELECT DISTINCT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (v_level) ORDER BY 1 LOOP
            IF argosy.last_error(v_child) = 'dependency_failed' AND argosy.parent_in_the_way(v_child) IS NULL AND argosy.revive(v_child, 'revived') THEN
                v_next := v_next || v_child;
            END IF;
        END LOOP;
        v_level := v_next;
    END LOOP;
    PERFORM argosy.wake();
    RETURN 'again';
END $$;

-- error_code of the last end.
CREATE FUNCTION argosy.last_error(p_job bigint) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT error ->> 'error_code' FROM argosy.job_history WHERE id = p_job ORDER BY epoch DESC, n DESC LIMIT 1);

-- Public. False: there is no such queue.
CREATE FUNCTION argosy.queue_pause(queue text, paused boolean DEFAULT true) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_found boolean;
BEGIN
    UPDATE argosy.queue q SET paused = queue_pause.paused WHERE q.name = queue;
    v_found := FOUND; -- before another statement sets it
    PERFORM argosy.wake();
    RETURN v_found;
END $$;
