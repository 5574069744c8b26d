-- SPDX-License-Identifier: Apache-2.0
-- Pipelines: jobs that wait for one another, by names of steps.

-- Steps that already are jobs of this pipeline. The caller holds the pipeline's row, so none is added meanwhile.
CREATE FUNCTION argosy.steps_of(p_pipeline bigint) RETURNS TABLE (step text, job bigint) LANGUAGE sql STABLE AS $$
    SELECT step, id FROM argosy.job WHERE pipeline = p_pipeline AND step IS NOT NULL;
$$;

-- Refuses what is no DAG of well-named steps. p_old: steps that exist already and may be waited for.
CREATE FUNCTION argosy.steps_check(p_steps jsonb, p_old text[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_text text;
    v_rest text[];
    v_next text[];
BEGIN
    IF jsonb_typeof(p_steps) <> 'array' OR jsonb_array_length(p_steps) NOT BETWEEN 1 AND argosy.setting_int('after_max') THEN
        RAISE EXCEPTION 'steps must be a JSON array of 1 to % objects', argosy.setting_int('after_max') USING ERRCODE = 'AG007';
    END IF;
    SELECT left(s::text, 80) INTO v_text FROM jsonb_array_elements(p_steps) s
    WHERE jsonb_typeof(s) <> 'object' OR jsonb_typeof(s -> 'step') IS DISTINCT FROM 'string' OR jsonb_typeof(s -> 'kind') IS DISTINCT FROM 'string'
       OR length(s ->> 'step') NOT BETWEEN 1 AND 400 OR jsonb_typeof(coalesce(s -> 'after', '[]')) <> 'array' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a step is {"step", "kind", "args", "after": [steps]}, not %', v_text USING ERRCODE = 'AG007';
    END IF;
    SELECT s INTO v_text FROM (SELECT e ->> 'step' FROM jsonb_array_elements(p_steps) e UNION ALL SELECT unnest(p_old)) x(s) GROUP BY s HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'step "%" exists twice', left(v_text, 80) USING ERRCODE = 'AG007';
    END IF;
    SELECT a INTO v_text FROM jsonb_array_elements(p_steps) e, jsonb_array_elements_text(coalesce(e -> 'after', '[]')) a
    WHERE NOT (a = ANY (p_old)) AND a NOT IN (SELECT x ->> 'step' FROM jsonb_array_elements(p_steps) x) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no step "%" to wait for', left(v_text, 80) USING ERRCODE = 'AG007';
    END IF;
    -- A cycle is what is left when every step whose parents are done was taken away, level by level.
    SELECT array_agg(e ->> 'step') INTO v_rest FROM jsonb_array_elements(p_steps) e;
    LOOP
        SELECT array_agg(r) INTO v_next FROM unnest(v_rest) r WHERE r IN (
            SELECT e ->> 'step' FROM jsonb_array_elements(p_steps) e, jsonb_array_elements_text(coalesce(e -> 'after', '[]')) a
            WHERE a IN (SELECT unnest(v_rest)));
        EXIT WHEN v_next IS NULL;
        IF cardinality(v_next) = cardinality(v_rest) THEN
            RAISE EXCEPTION 'the steps wait for one another in a circle: %', left(array_to_string(v_next, ', '), 200) USING ERRCODE = 'AG007';
        END IF;
        v_rest := v_next;
    END LOOP;
END $$;

-- Adds steps to a pipeline: jobs, and what they wait for. Returns their ids in the order of the array.
CREATE FUNCTION argosy.steps_submit(p_pipeline bigint, p_steps jsonb, p_queue text, p_tenant text, p_origin text, p_correlation text)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_jobs bigint[];
    v_parents bigint[];
    s record;
BEGIN
    PERFORM FROM argosy.pipeline WHERE id = p_pipeline FOR UPDATE;
    PERFORM argosy.steps_check(p_steps, coalesce((SELECT array_agg(step) FROM argosy.steps_of(p_pipeline)), '{}'));
    SELECT array_agg(e ->> 'kind' ORDER BY o) AS kinds, array_agg(coalesce(e ->> 'args', '{}') ORDER BY o) AS args,
           array_agg(coalesce(e ->> 'queue', p_queue) ORDER BY o) AS queues, array_agg(coalesce(e ->> 'tenant', p_tenant) ORDER BY o) AS tenants,
           array_agg((e ->> 'priority')::bigint ORDER BY o) AS priorities, array_agg((e ->> 'attempts_max')::bigint ORDER BY o) AS attempts,
           array_agg((e ->> 'timeout_s')::bigint ORDER BY o) AS timeouts, array_agg(e ->> 'step' ORDER BY o) AS steps
    INTO s FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o);
    v_ids := argosy.submit_rows(s.kinds, s.args, s.queues, s.tenants, s.priorities, NULL, NULL, s.attempts, s.timeouts,
                                array_fill(p_origin, ARRAY[cardinality(s.kinds)]), array_fill(p_correlation, ARRAY[cardinality(s.kinds)]), p_pipeline, s.steps, true);
    SELECT array_agg(v_ids[u.o]), array_agg(p.job) INTO v_jobs, v_parents
    FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o), jsonb_array_elements_text(coalesce(u.e -> 'after', '[]')) a
    JOIN argosy.steps_of(p_pipeline) p ON p.step = a;
    IF v_jobs IS NOT NULL THEN
        PERFORM argosy.depend(v_jobs, v_parents);
    END IF;
    PERFORM argosy.release(v_ids);
    RETURN v_ids;
END $$;

-- Public. {"pipeline": id, "jobs": {step: id}}
CREATE FUNCTION argosy.pipeline_submit(name text, steps json, queue text DEFAULT 'default', tenant text DEFAULT 'default', origin text DEFAULT 'sql',
                                       correlation text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_pipeline bigint;
BEGIN
    IF length(name) NOT BETWEEN 1 AND 200 OR name IS NULL THEN
        RAISE EXCEPTION 'a pipeline has a name of 1 to 200 characters' USING ERRCODE = 'AG007';
    END IF;
    INSERT INTO argosy.pipeline (name) VALUES (pipeline_submit.name) RETURNING id INTO v_pipeline;
    PERFORM argosy.steps_submit(v_pipeline, steps::jsonb, queue, tenant, origin, correlation);
    RETURN json_build_object('pipeline', v_pipeline, 'jobs', (SELECT json_object_agg(step, job) FROM argosy.steps_of(v_pipeline)));
END $$;
