-- SPDX-License-Identifier: Apache-2.0
-- How many workers the backlog wants, which one costs least to stop, and what holds a job back.

-- Public. A job shorter than its queue's SLO takes its share of a slot, a longer one a slot of its own; what is held back (paused, outside its
-- windows, by limits) wants no more than it may have. By tags, because only workers that have them help.
CREATE FUNCTION argosy.scale() RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    c_unmeasured_us CONSTANT bigint := 1000000;
    v_slo int := argosy.setting_int('scale_slo_s');
    -- scaled to nothing: as the last one that was there
    v_slots numeric := greatest(1, coalesce((SELECT avg(slots) FROM argosy.worker WHERE NOT dead),
                                            (SELECT slots FROM argosy.worker ORDER BY incarnation DESC LIMIT 1), 1));
    v_queues json;
    v_groups json;
    v_wanted numeric;
BEGIN
    WITH work AS MATERIALIZED (
        SELECT b.queue, b.kind, b.tags, CASE WHEN b.held THEN 0 ELSE b.jobs END AS jobs, b.jobs AS backlog, b.estimated, a.limits
        FROM argosy.backlog() b JOIN argosy.lane a ON a.id = b.lane
    ), out AS MATERIALIZED (
        SELECT a.queue, a.kind, argosy.tags_needed(a.tags, k.tags, q.tags) AS tags, d.n AS jobs
        FROM (SELECT l.lane, count(*) AS n FROM argosy.job_live l WHERE l.state = 3 GROUP BY l.lane) d
        JOIN argosy.lane a ON a.id = d.lane JOIN argosy.queue q ON q.name = a.queue LEFT JOIN argosy.kind k ON k.name = a.kind
    ), lane AS (
        SELECT queue, kind, tags, jobs, backlog, 0::bigint AS running, estimated, limits FROM work
        UNION ALL SELECT queue, kind, tags, jobs, 0, jobs, false, NULL FROM out
    ), wanted AS (
        SELECT l.*, coalesce(c.mean_us, c_unmeasured_us) AS mean_us, coalesce(q.slo_s, v_slo) AS slo_s,
               least(l.jobs * least(1, coalesce(c.mean_us, c_unmeasured_us) / 1e6 / coalesce(q.slo_s, v_slo)),
                     (SELECT min(m.running_max) FROM argosy.limit m WHERE m.id = ANY (l.limits))) AS slots
        FROM lane l JOIN argosy.queue q ON q.name = l.queue LEFT JOIN argosy.kind_cost c ON c.kind = l.kind
    )
    SELECT (SELECT json_agg(x ORDER BY x.queue) FROM (
                SELECT w.queue, sum(w.backlog) AS backlog, sum(w.running) AS running, round(sum(w.backlog * w.mean_us) / 1e6, 3) AS backlog_cost_s,
                       max(w.slo_s) AS slo_s, ceil(sum(w.slots)) AS slots, ceil(sum(w.slots) / v_slots) AS desired_replicas, bool_or(w.estimated) AS estimated
                FROM wanted w GROUP BY w.queue) x),
           (SELECT json_agg(x ORDER BY x.tags) FROM (
                SELECT coalesce(w.tags, '') AS tags, ceil(sum(w.slots)) AS slots, ceil(sum(w.slots) / v_slots) AS desired_replicas FROM wanted w GROUP BY 1) x),
           (SELECT sum(w.slots) FROM wanted w)
    INTO v_queues, v_groups, v_wanted;
    RETURN json_build_object('desired_replicas', ceil(coalesce(v_wanted, 0) / v_slots), 'slots_wanted', ceil(coalesce(v_wanted, 0)),
        'slots_per_worker', round(v_slots, 1),
        'slo_s', v_slo, 'workers', (SELECT count(*) FROM argosy.worker WHERE NOT dead), 'queues', coalesce(v_queues, '[]'), 'tags', coalesce(v_groups, '[]'),
        'cheapest_to_stop', (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT w.incarnation, w.name, w.host, w.quiet OR w.stop AS leaving, coalesce((w.progress ->> 'running')::bigint, 0) AS running,
                   round(coalesce((w.progress ->> 'running_us')::numeric, 0) / 1e6, 3) AS lost_s, greatest(0, w.seq - w.done) AS dispatched
            FROM argosy.worker w WHERE NOT w.dead ORDER BY 4 DESC, 6, 7, 1 LIMIT 10) x));
END $$;

-- Why no worker that knows a kind has these tags: those that none has, or that no one has them all.
CREATE FUNCTION argosy.why_tags(p_tags text, p_kind text, p_version int) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.missing IS NULL THEN 'No worker that knows kind ' || p_kind || ' has all of the tags ' || p_tags
                WHEN strpos(m.missing, ',') = 0 THEN 'No worker that knows kind ' || p_kind || ' has the tag ' || m.missing
                ELSE 'No worker that knows kind ' || p_kind || ' has the tags ' || m.missing END || ': `argosy worker --tags ' || p_tags || '`.'
    FROM (SELECT string_agg(t, ',' ORDER BY t) AS missing FROM unnest(string_to_array(p_tags, ',')) t
          WHERE NOT EXISTS (SELECT FROM argosy.worker w WHERE NOT w.dead AND (w.kinds ->> p_kind)::int >= p_version
                            AND t = ANY (string_to_array(w.tags, ',')))) m;
$$;

-- What holds an available job back, in words; NULL: nothing that is known here.
CREATE FUNCTION argosy.why_held(p_lane int, p_kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    a argosy.lane;
    q argosy.queue;
    k argosy.kind;
    m record;
    w record;
    v_tags text;
BEGIN
    SELECT * INTO a FROM argosy.lane x WHERE x.id = p_lane;
    SELECT * INTO q FROM argosy.queue x WHERE x.name = a.queue;
    SELECT * INTO k FROM argosy.kind x WHERE x.name = p_kind;
    IF q.paused THEN
        RETURN 'Queue ' || q.name || ' is paused: `argosy queue resume ' || q.name || '`.';
    END IF;
    SELECT * INTO w FROM argosy.window_at(q.name);
    IF NOT w.open THEN
        RETURN 'Queue ' || q.name || ' is outside its windows'
               || coalesce(': it opens at ' || to_char(w.until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', '') || '.';
    END IF;
    v_tags := argosy.tags_needed(a.tags, k.tags, q.tags);
    IF NOT EXISTS (SELECT FROM argosy.worker x WHERE NOT x.dead AND x.kinds -> p_kind IS NOT NULL) THEN
        RETURN 'No worker is alive that knows kind ' || p_kind || '.';
    ELSIF NOT EXISTS (SELECT FROM argosy.worker x WHERE NOT x.dead AND (x.kinds ->> p_kind)::int >= k.version) THEN
        RETURN 'No worker is alive that knows version ' || k.version || ' of kind ' || p_kind || ': those that are there are of an earlier program.';
    ELSIF v_tags IS NOT NULL AND NOT EXISTS (SELECT FROM argosy.worker x WHERE NOT x.dead AND (x.kinds ->> p_kind)::int >= k.version
                                             AND string_to_array(v_tags, ',') <@ string_to_array(x.tags, ',')) THEN
        RETURN argosy.why_tags(v_tags, p_kind, k.version);
    ELSIF NOT EXISTS (SELECT FROM argosy.worker x WHERE NOT x.dead AND NOT x.quiet AND NOT x.stop AND (x.kinds ->> p_kind)::int >= k.version
                      AND (v_tags IS NULL OR string_to_array(v_tags, ',') <@ string_to_array(x.tags, ','))) THEN
        RETURN 'Every worker that knows kind ' || p_kind || ' is quiet.';
    END IF;
    FOR m IN SELECT x.scope, x.name, r.* FROM argosy.limit_rows(coalesce(a.limits, '{}')) r JOIN argosy.limit x ON x.id = r.id LOOP
        IF m.running >= m.running_max THEN
            RETURN 'The limit of ' || m.scope || ' ' || m.name || ' is reached: ' || m.running || ' of ' || m.running_max || ' run'
                   || coalesce(' (jobs ' || (SELECT string_agg(h.job::text, ', ') FROM (
                       SELECT o.job FROM argosy.limit_hold o JOIN argosy.job_live l ON l.id = o.job AND l.epoch = o.epoch AND l.state = 3
                       WHERE o.held_by = m.id ORDER BY o.job LIMIT 5) h) || ')', '') || '.';
        ELSIF m.tokens < 1 THEN
            RETURN 'The rate of ' || m.scope || ' ' || m.name || ' is used up: ' || m.rate_per_s || ' a second; the next may go in '
                   || ceil((1 - m.tokens) / m.rate_per_s * 1000) || ' ms.';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
