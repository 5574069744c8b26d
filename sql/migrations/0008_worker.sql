-- SPDX-License-Identifier: Apache-2.0
-- Workers as the record knows them: incarnations that beat, die for good, and whose jobs go back. No clocks are compared here: whether a
-- beat stands still is the scheduler's own observation (design, step 6).

CREATE FUNCTION argosy.worker_register(p_name text, p_host text, p_pid int, p_version text, p_kinds json, p_slots int, p_transport text) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO argosy.worker (name, host, pid, version, kinds, slots, transport)
    VALUES (p_name, p_host, p_pid, p_version, p_kinds, p_slots, p_transport) RETURNING incarnation;
$$;

-- No row: you are dead. Notices are told again for a while: the answer to one beat may get lost. A beat that is lost in a crash of the
-- server costs nothing, so it does not wait for the disk.
CREATE FUNCTION argosy.beat(p_worker bigint, p_got bigint, p_done bigint, p_gaps json, p_progress json)
RETURNS TABLE (quiet boolean, stop boolean, cancels json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN QUERY
    UPDATE argosy.worker w SET beat = w.beat + 1, seen = now(), got = greatest(w.got, p_got), done = greatest(w.done, p_done), gaps = p_gaps,
           progress = p_progress
    WHERE w.incarnation = p_worker AND NOT w.dead
    RETURNING w.quiet, w.stop, (SELECT json_agg(json_build_object('id', n.job, 'epoch', n.epoch) ORDER BY n.job) FROM argosy.cancel_notice n WHERE n.worker = p_worker);
    DELETE FROM argosy.cancel_notice n WHERE n.worker = p_worker AND n.created < now() - interval '30 s';
END $$;

-- 1: declared dead (now or before); 0: it has moved since.
CREATE FUNCTION argosy.worker_dead(p_worker bigint, p_beat bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE argosy.worker SET dead = true WHERE incarnation = p_worker AND beat = p_beat;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    DELETE FROM argosy.cancel_notice WHERE worker = p_worker AND v_count > 0;
    RETURN v_count;
END $$;

-- Jobs of a dead worker go back, a batch. What it had received counts as lost, up to the kind's limit, then quarantine; what it had never
-- received counts nothing. Returns how many were taken.
CREATE FUNCTION argosy.expire(p_worker bigint, p_limit int) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_got bigint;
    v_gaps bigint[];
    v_ids bigint[];
    v_fates json[];
    v_count bigint;
BEGIN
    SELECT got, ARRAY(SELECT json_array_elements_text(gaps)::bigint) INTO v_got, v_gaps FROM argosy.worker WHERE incarnation = p_worker AND dead FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH pick AS MATERIALIZED (
        SELECT l.id, l.epoch, l.seq <= v_got AND NOT l.seq = ANY (v_gaps) AND l.sealing IS NULL AS lost FROM argosy.job_live l
        WHERE l.worker = p_worker AND l.state = 3 ORDER BY l.seq LIMIT p_limit FOR UPDATE
    ), back AS (
        UPDATE argosy.job_live l SET state = 2, worker = NULL, seq = NULL, lost = l.lost + p.lost::int, touched = true
        FROM pick p WHERE l.id = p.id RETURNING l.id, p.epoch, p.lost AS was, l.lost, l.kind
    ), told AS (
        INSERT INTO argosy.event (job, epoch, type, data)
        SELECT id, epoch, 'lost', json_build_object('worker', p_worker, 'lost', b.lost) FROM back b WHERE was
    )
    SELECT count(*), array_agg(b.id ORDER BY b.id) FILTER (WHERE was AND b.lost >= k.lost_max),
           array_agg(argosy.fate('fatal', 'quarantined', format('%s workers vanished while they held this job', b.lost)) ORDER BY b.id)
               FILTER (WHERE was AND b.lost >= k.lost_max)
    INTO v_count, v_ids, v_fates FROM back b JOIN argosy.kind k ON k.name = b.kind;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.job_end(v_ids, 6, v_fates, 0);
    END IF;
    RETURN v_count;
END $$;

-- What an alive worker has not received up to p_upto: the same dispatches again, with the same epoch and seq. A seq whose row has left
-- (cancelled, given back) comes with id 0: its place is to be voided.
CREATE FUNCTION argosy.unreceived(p_worker bigint, p_upto bigint, p_limit int)
RETURNS TABLE (id bigint, epoch bigint, seq bigint, kind text, args text, attempt int, timeout_s int, seal boolean) LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    WITH w AS (
        SELECT got, gaps FROM argosy.worker WHERE incarnation = p_worker AND NOT dead
    ), missing AS (
        SELECT s FROM w, generate_series(w.got + 1, p_upto) s UNION SELECT json_array_elements_text(w.gaps)::bigint FROM w ORDER BY 1 LIMIT p_limit
    )
    SELECT coalesce(l.id, 0), coalesce(l.epoch, 0), m.s, coalesce(l.kind, ''), CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args::text END,
           coalesce(l.attempts + 1, 0), coalesce(j.timeout_s, 0), l.sealing IS NOT NULL
    FROM missing m LEFT JOIN argosy.job_live l ON l.worker = p_worker AND l.seq = m.s AND l.state = 3 LEFT JOIN argosy.job j ON j.id = l.id
    WHERE m.s <= p_upto;
END $$;
