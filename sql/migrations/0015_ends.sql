-- SPDX-License-Identifier: Apache-2.0
-- How attempts end badly: retry policies by kind, quarantine, out of memory; and arguments that are hidden.
INSERT INTO argosy.setting VALUES
    ('oom_queue', 'oom');              -- where an attempt that ran out of memory is tried again; '': where it was

-- Fewer at once there: one, until somebody says otherwise (`argosy limit set`).
SELECT argosy.limit_set('queue', 'oom', running_max => 1);

-- ---- hidden arguments ----

-- What people are shown of arguments: every value whose schema says "x-argosy-hidden" or "writeOnly" is stars. A branch of anyOf and the
-- like hides whether it matches or not: rather too much than too little.
CREATE FUNCTION argosy.args_mask(p_schema jsonb, p_value jsonb, p_root jsonb, p_depth int) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_result jsonb := p_value;
    v_key text;
    v_part jsonb;
    v_ref text := p_schema ->> '$ref';
BEGIN
    IF p_depth > 64 OR p_schema -> 'x-argosy-hidden' = 'true' OR p_schema -> 'writeOnly' = 'true' THEN
        RETURN '"***"';
    ELSIF jsonb_typeof(p_schema) <> 'object' THEN
        RETURN p_value;
    END IF;
    IF v_ref LIKE '#%' AND v_ref <> '#' THEN
        v_part := p_root #> string_to_array(substr(v_ref, 3), '/');
        v_result := CASE WHEN v_part IS NOT NULL THEN argosy.args_mask(v_part, v_result, p_root, p_depth + 1) ELSE v_result END;
    END IF;
    FOREACH v_key IN ARRAY ARRAY['allOf', 'anyOf', 'oneOf'] LOOP
        IF jsonb_typeof(p_schema -> v_key) = 'array' THEN
            FOR v_part IN SELECT jsonb_array_elements(p_schema -> v_key) LOOP
                v_result := argosy.args_mask(v_part, v_result, p_root, p_depth + 1);
            END LOOP;
        END IF;
    END LOOP;
    FOREACH v_key IN ARRAY ARRAY['if', 'then', 'else'] LOOP
        IF p_schema ? v_key THEN
            v_result := argosy.args_mask(p_schema -> v_key, v_result, p_root, p_depth + 1);
        END IF;
    END LOOP;
    IF jsonb_typeof(v_result) = 'object' THEN
        SELECT coalesce(jsonb_object_agg(k, CASE
            WHEN p_schema -> 'properties' ? k THEN argosy.args_mask(p_schema -> 'properties' -> k, v, p_root, p_depth + 1)
            WHEN jsonb_typeof(p_schema -> 'additionalProperties') = 'object'
            THEN argosy.args_mask(p_schema -> 'additionalProperties', v, p_root, p_depth + 1) ELSE v END), '{}')
        INTO v_result FROM jsonb_each(v_result) e(k, v);
    ELSIF jsonb_typeof(v_result) = 'array' AND jsonb_typeof(p_schema -> 'items') = 'object' THEN
        SELECT coalesce(jsonb_agg(argosy.args_mask(p_schema -> 'items', v, p_root, p_depth + 1) ORDER BY o), '[]')
        INTO v_result FROM jsonb_array_elements(v_result) WITH ORDINALITY e(v, o);
    END IF;
    RETURN v_result;
END $$;

-- The arguments of a job of that kind as every view shows them. A kind with "hide_args" shows its members' names only.
CREATE FUNCTION argosy.args_shown(p_kind text, p_args json) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_schema jsonb;
BEGIN
    SELECT schema::jsonb INTO v_schema FROM argosy.kind WHERE name = p_kind
    AND (schema::text LIKE '%x-argosy-hidden%' OR schema::text LIKE '%writeOnly%' OR schema::text LIKE '%hide_args%');
    IF NOT FOUND THEN
        RETURN p_args;
    ELSIF v_schema -> 'x-argosy' -> 'hide_args' = 'true' THEN
        RETURN (SELECT coalesce(json_object_agg(k, '***'), '{}') FROM json_object_keys(p_args) k);
    END IF;
    RETURN argosy.args_mask(v_schema, p_args::jsonb, v_schema, 0)::json;
END $$;

-- The same for steps of a pipeline that is still to be submitted.
CREATE FUNCTION argosy.steps_shown(p_steps json) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_agg(CASE WHEN s -> 'args' IS NULL THEN s
                    ELSE (s::jsonb || jsonb_build_object('args', argosy.args_shown(s ->> 'kind', s -> 'args')))::json END ORDER BY o)
    FROM json_array_elements(p_steps) WITH ORDINALITY u(s, o);
$$;

-- ---- retry policies ----
-- KIND.schema.json, "x-argosy": {"retry": {NAME: RULE}}; NAME is an error_code, a cause (crashed, stalled, timed_out) or a class of error
-- (unavailable, retry, ...), looked for in this order. RULE: retry (yes or no), attempts_max (a budget of its own), backoff (exponential,
-- fixed, list), wait_ms, wait_max_ms, waits_ms, jitter (0 to 1: the part of the wait that is up to chance). docs/retries.md.

CREATE FUNCTION argosy.rule_number(p_rule jsonb, p_name text, p_fallback numeric, p_max numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(p_rule -> p_name) = 'number' THEN least(greatest((p_rule ->> p_name)::numeric, 0), p_max) ELSE p_fallback END;

-- {"name", "rule"}; NULL: no rule of this kind speaks of it.
CREATE FUNCTION argosy.retry_rule(p_schema json, p_code text, p_cause text, p_class text) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_build_object('name', n, 'rule', r -> n)
        FROM (SELECT (p_schema -> 'x-argosy' -> 'retry')::jsonb AS r) x, unnest(ARRAY[p_code, p_cause, p_class]) WITH ORDINALITY u(n, o)
        WHERE jsonb_typeof(r -> n) = 'object' ORDER BY o LIMIT 1);

-- The wait before try p_try + 1, in ms. p_random: 0 to 1.
CREATE FUNCTION argosy.retry_wait_ms(p_rule jsonb, p_backoff_ms int, p_backoff_max_ms int, p_try int, p_random double precision) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_backoff text := coalesce(p_rule ->> 'backoff', CASE WHEN jsonb_typeof(p_rule -> 'waits_ms') = 'array' THEN 'list' ELSE 'exponential' END);
    v_first numeric := argosy.rule_number(p_rule, 'wait_ms', p_backoff_ms, 604800000);
    v_wait numeric;
BEGIN
    v_wait := CASE v_backoff
        WHEN 'fixed' THEN v_first
        WHEN 'list' THEN coalesce((SELECT argosy.rule_number(jsonb_build_object('w', w), 'w', v_first, 604800000)
                                   FROM jsonb_array_elements(p_rule -> 'waits_ms') WITH ORDINALITY u(w, o) WHERE o <= p_try ORDER BY o DESC LIMIT 1), v_first)
        ELSE least(v_first * 2.0 ^ least(p_try - 1, 30), argosy.rule_number(p_rule, 'wait_max_ms', p_backoff_max_ms, 604800000)) END;
    RETURN round(v_wait * (1 - argosy.rule_number(p_rule, 'jitter', CASE WHEN v_backoff = 'exponential' THEN 0.5 ELSE 0 END, 1) * (1 - p_random)::numeric));
END $$;

-- What becomes of a job after an attempt that did not succeed. over: why it ends ('never', 'rule', 'class', 'attempts', 'poison'), NULL: it is
-- tried again after wait_ms. tries: what fate remembers of it. A rule with a budget of its own does not draw on the job's attempts_max,
-- unless the submitter gave one: then that is the most of all.
CREATE FUNCTION argosy.retry_decide(p_attempts int, p_lost_tries jsonb, p_attempts_max int, k argosy.kind, p_cause text, p_again boolean, p_error json,
                                    p_random double precision, OUT over text, OUT wait_ms bigint, OUT tries jsonb)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_found jsonb := argosy.retry_rule(k.schema, p_error ->> 'error_code', p_cause, p_error ->> 'class');
    v_rule jsonb := v_found -> 'rule';
    v_own numeric := argosy.rule_number(v_rule, 'attempts_max', NULL, 1000000);
    v_by int;
    v_word jsonb := (p_error -> 'details')::jsonb -> 'retry';
    v_after numeric := argosy.rule_number((p_error -> 'details')::jsonb, 'retry_after_s', NULL, 604800);
    v_poison boolean := p_cause = 'crashed' AND p_error ->> 'error_code' <> 'out_of_memory';
BEGIN
    tries := coalesce(p_lost_tries, '{}');
    IF v_found IS NOT NULL THEN
        v_by := argosy.rule_number(tries, v_found ->> 'name', 0, 1000000) + 1;
        tries := tries || jsonb_build_object(v_found ->> 'name', v_by);
    END IF;
    IF v_own IS NOT NULL THEN
        tries := tries || jsonb_build_object('*own', argosy.rule_number(tries, '*own', 0, 1000000) + 1);
    END IF;
    IF v_poison THEN
        tries := tries || jsonb_build_object('*crashed', argosy.rule_number(tries, '*crashed', 0, 1000000) + 1);
    END IF;
    over := CASE
        WHEN v_word = '"never"' THEN 'never'
        WHEN v_rule -> 'retry' = 'false' AND v_after IS NULL THEN 'rule'
        WHEN NOT p_again AND v_after IS NULL AND v_rule -> 'retry' IS DISTINCT FROM 'true' THEN 'class'
        WHEN v_own IS NOT NULL AND v_by >= v_own THEN 'attempts'
        WHEN v_own IS NOT NULL AND p_attempts_max <> k.attempts_max AND p_attempts + 1 >= p_attempts_max THEN 'attempts'
        WHEN v_own IS NULL AND p_attempts + 1 - argosy.rule_number(tries, '*own', 0, 1000000) >= p_attempts_max THEN 'attempts'
        WHEN v_poison AND (tries ->> '*crashed')::int >= k.lost_max THEN 'poison' END;
    wait_ms := coalesce(v_after * 1000, argosy.retry_wait_ms(v_rule, k.backoff_ms, k.backoff_max_ms, coalesce(v_by, p_attempts + 1), p_random));
END $$;

-- One attempt that did not succeed; r is its live row, locked. Returns the error to end with as failed; NULL: it goes on.
DROP FUNCTION argosy.fail_one(argosy.job_live, text, boolean, json);
CREATE FUNCTION argosy.fail_one(r argosy.job_live, p_cause text, p_retry boolean, p_error json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_tries int;
    v_lane int := r.lane;
    v_queue text;
    v_at timestamptz;
    d record;
BEGIN
    IF r.sealing IS NOT NULL THEN -- for ever: the job has ended, only its target must hear of it
        v_tries := coalesce((r.fate ->> 'seal_tries')::int, 0) + CASE WHEN p_cause = 'interrupted' THEN 0 ELSE 1 END;
        UPDATE argosy.job_live SET state = CASE WHEN p_cause = 'interrupted' THEN 2 ELSE 1 END, worker = NULL, seq = NULL,
               run_at = CASE WHEN p_cause <> 'interrupted' THEN clock_timestamp() + argosy.backoff(r.kind, v_tries) END,
               fate = (r.fate::jsonb || jsonb_build_object('seal_tries', v_tries, 'seal_error', p_error))::json
        WHERE id = r.id;
        INSERT INTO argosy.event (job, epoch, type, data) VALUES (r.id, r.epoch, 'seal_retrying', p_error);
        RETURN NULL;
    ELSIF p_cause = 'interrupted' THEN
        UPDATE argosy.job_live SET state = 2, worker = NULL, seq = NULL, touched = true WHERE id = r.id;
        INSERT INTO argosy.event (job, epoch, type, data) VALUES (r.id, r.epoch, 'interrupted', p_error);
        RETURN NULL;
    END IF;
    IF NOT r.touched AND p_error -> 'details' ->> 'target' IS DISTINCT FROM 'untouched' THEN -- only the slot itself can say so
        UPDATE argosy.job_live SET touched = true WHERE id = r.id;
    END IF;
    SELECT x.* INTO d FROM argosy.job j, argosy.kind k,
           argosy.retry_decide(r.attempts, (r.fate -> 'tries')::jsonb, j.attempts_max, k, p_cause, p_retry, p_error, random()) x
    WHERE j.id = r.id AND k.name = r.kind;
    IF d.over = 'poison' THEN
        RETURN argosy.fate('fatal', 'quarantined', format('%s slots crashed while they ran this job', d.tries ->> '*crashed'),
                           json_build_object('cause', 'crashed', 'error', p_error));
    ELSIF d.over IS NOT NULL THEN
        RETURN p_error;
    END IF;
    IF p_error ->> 'error_code' = 'out_of_memory' THEN -- among its like, where fewer run at once
        SELECT nullif(s.value, '') INTO v_queue FROM argosy.setting s WHERE s.name = 'oom_queue';
        IF v_queue IS NOT NULL THEN
            v_lane := argosy.lane_like(r.lane, r.kind, (SELECT j.target FROM argosy.job j WHERE j.id = r.id), v_queue);
        END IF;
    END IF;
    v_at := clock_timestamp() + make_interval(secs => d.wait_ms / 1000.0);
    UPDATE argosy.job_live SET state = 1, run_at = v_at, lane = v_lane, worker = NULL, seq = NULL, attempts = r.attempts + 1,
           fate = (p_error::jsonb || jsonb_build_object('tries', d.tries))::json
    WHERE id = r.id;
    INSERT INTO argosy.event (job, epoch, type, data)
    VALUES (r.id, r.epoch, 'retrying', json_build_object('error', p_error, 'attempt', r.attempts + 1, 'wait_ms', d.wait_ms, 'run_at', v_at, 'queue', v_queue));
    RETURN NULL;
END $$;

-- p_causes: failed, timed_out, stalled, crashed, interrupted, seal. The kind's rules decide; without one, the classes retry, unavailable and
-- timed_out are tried again. Returns the ids that are recorded.
CREATE OR REPLACE FUNCTION argosy.fail(p_worker bigint, p_ids bigint[], p_epochs bigint[], p_causes text[], p_classes text[], p_codes text[],
                                       p_messages text[], p_details text[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_done bigint[] := '{}';
    v_end bigint[] := '{}';
    v_fates json[] := '{}';
    v_never bigint[] := '{}'; -- arguments that miss the schema: the handler was not called, no attempt is counted
    v_never_fates json[] := '{}';
    v_error json;
    i record;
    r argosy.job_live;
BEGIN
    FOR i IN SELECT * FROM unnest(p_ids, p_epochs, p_causes, p_classes, p_codes, p_messages, p_details)
                           u(id, epoch, cause, class, code, message, details) ORDER BY id LOOP
        SELECT * INTO r FROM argosy.job_live l WHERE l.id = i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3 FOR UPDATE;
        IF FOUND THEN
            v_error := argosy.fate(i.class, i.code, i.message, (coalesce(i.details::jsonb, '{}') || jsonb_build_object('cause', i.cause))::json);
            v_error := argosy.fail_one(r, i.cause, i.class IN ('retry', 'unavailable', 'timed_out'), v_error);
            IF v_error IS NULL THEN
                NULL;
            ELSIF i.code = 'invalid_arguments' THEN
                v_never := v_never || i.id;
                v_never_fates := v_never_fates || v_error;
            ELSE
                v_end := v_end || i.id;
                v_fates := v_fates || v_error;
            END IF;
            v_done := v_done || i.id;
        ELSIF EXISTS (SELECT FROM argosy.event e WHERE e.job = i.id AND e.epoch = i.epoch
                      AND (e.type IN ('retrying', 'interrupted', 'seal_retrying') OR e.type = 'sealing' AND e.data ->> 'state' = 'failed'))
           OR EXISTS (SELECT FROM argosy.job_history h WHERE h.id = i.id AND h.epoch = i.epoch AND h.state = 6 AND h.worker = p_worker) THEN
            v_done := v_done || i.id;
        END IF;
    END LOOP;
    PERFORM argosy.job_end(v_never, 6, v_never_fates, 0);
    PERFORM argosy.job_end(v_end, 6, v_fates, 1);
    RETURN v_done;
END $$;
