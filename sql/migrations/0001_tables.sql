-- SPDX-License-Identifier: Apache-2.0
-- The record. Everything of ours lives in schema argosy; `argosy db migrate` and `argosy up` bring it to the
-- program's version.
--
-- job          what was submitted, immutable; its insertion is the event "submitted"; partitioned by id
-- job_live     the small hot row of a job that has not ended; deleted by the finish
-- job_history  how it ended; the row is the final event; partitioned by day
-- event        everything in between (retried, lost, cancelling, ...); partitioned by day
-- Events are read over all three by snapshot difference on xid (design, step 8); n orders them within one batch.
CREATE SCHEMA IF NOT EXISTS argosy;

CREATE TABLE argosy.setting (name text PRIMARY KEY, value text NOT NULL);
INSERT INTO argosy.setting VALUES
    ('args_max', '262144'),            -- bytes of one job's arguments
    ('after_max', '10000'),            -- dependencies of one job, steps of one pipeline
    ('retention_days', '30'),          -- history, events and arguments of finished jobs
    ('events_floor', '0');             -- highest xid whose events retention dropped: older cursors resync

CREATE TABLE argosy.kind (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
    version int NOT NULL,
    schema json NOT NULL,              -- JSON Schema of the arguments
    attempts_max int NOT NULL,
    lost_max int NOT NULL,             -- workers that may vanish under it before quarantine
    timeout_s int NOT NULL,
    backoff_ms int NOT NULL,           -- first wait; doubles, with jitter, up to backoff_max_ms
    backoff_max_ms int NOT NULL,
    target_arg text                    -- name of the argument that holds the connection written to, or NULL
);

CREATE TABLE argosy.queue (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
    paused boolean NOT NULL DEFAULT false
);
CREATE TABLE argosy.lane (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL REFERENCES argosy.queue,
    tenant text NOT NULL CHECK (tenant ~ '^[a-z][a-z0-9_.-]{0,62}$'),
    UNIQUE (queue, tenant)
);
INSERT INTO argosy.queue (name) VALUES ('default');
INSERT INTO argosy.lane (queue, tenant) VALUES ('default', 'default');

CREATE SEQUENCE argosy.event_n;

CREATE TABLE argosy.pipeline (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE argosy.job_id;
CREATE TABLE argosy.job (
    id bigint NOT NULL DEFAULT nextval('argosy.job_id'),
    n bigint NOT NULL DEFAULT nextval('argosy.event_n'),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    submitted timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    lane int NOT NULL,
    priority smallint NOT NULL,
    attempts_max smallint NOT NULL,
    timeout_s int NOT NULL,
    args json NOT NULL,
    target bigint,                     -- connection the job writes into
    pipeline bigint,
    step text,
    origin text,                       -- rest, cli, sql, job: who submitted
    correlation text,                  -- traceparent or request id, carried through
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE argosy.job_rest PARTITION OF argosy.job DEFAULT; -- an insert never fails for want of a partition
CREATE INDEX job_xid ON argosy.job (xid, n);
CREATE INDEX job_pipeline ON argosy.job (pipeline, step) WHERE pipeline IS NOT NULL;

-- Unpartitioned: a key is looked up without knowing when it was first used.
CREATE TABLE argosy.idempotency (
    key text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 255),
    job bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE argosy.job_live (
    id bigint PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 0,   -- the fence: grows at every dispatch and seal, never reset
    worker bigint,                     -- incarnation it is dispatched to
    seq bigint,                        -- count per incarnation
    lane int NOT NULL,
    state smallint NOT NULL,           -- 0 blocked 1 scheduled 2 available 3 dispatched
    priority smallint NOT NULL,
    attempts smallint NOT NULL DEFAULT 0, -- tries that counted
    lost smallint NOT NULL DEFAULT 0,  -- workers lost under it; quarantine at 3
    waits int NOT NULL DEFAULT 0,      -- unfinished dependencies
    sealing smallint,                  -- final state to record once the target's fence is advanced
    depended boolean NOT NULL DEFAULT false, -- somebody waits for it
    kind text NOT NULL,
    pipeline bigint,
    run_at timestamptz,
    touched boolean NOT NULL DEFAULT false, -- an attempt may have been to the target: its end goes through a seal
    fate json                          -- error to record with the final state while sealing; last error while retrying
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_live_available ON argosy.job_live (lane, priority, id) WHERE state = 2;
CREATE INDEX job_live_scheduled ON argosy.job_live (run_at) WHERE state = 1;
CREATE INDEX job_live_dispatched ON argosy.job_live (worker, seq) WHERE state = 3;

CREATE TABLE argosy.job_history (
    id bigint NOT NULL,
    epoch bigint NOT NULL,
    n bigint NOT NULL DEFAULT nextval('argosy.event_n'),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    finished timestamptz NOT NULL DEFAULT now(),
    state smallint NOT NULL,           -- 5 succeeded 6 failed 7 cancelled
    attempts smallint NOT NULL,
    lost smallint NOT NULL,
    lane int NOT NULL,
    worker bigint,
    run_us bigint,
    pipeline bigint,
    kind text NOT NULL,
    result json,
    error json                         -- {"error_code","message","details","class"}
) PARTITION BY RANGE (finished);
CREATE TABLE argosy.job_history_rest PARTITION OF argosy.job_history DEFAULT;
CREATE INDEX job_history_id ON argosy.job_history (id, epoch);
CREATE INDEX job_history_xid ON argosy.job_history (xid, n);

CREATE TABLE argosy.event (
    n bigint NOT NULL DEFAULT nextval('argosy.event_n'),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT now(),
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    type text NOT NULL,                -- retrying, lost, cancelling, sealing, interrupted, unblocked, revived, ...
    data json
) PARTITION BY RANGE (at);
CREATE TABLE argosy.event_rest PARTITION OF argosy.event DEFAULT;
CREATE INDEX event_xid ON argosy.event (xid, n);
CREATE INDEX event_job ON argosy.event (job, n);

CREATE TABLE argosy.job_dependency (
    job bigint NOT NULL,               -- waits for
    parent bigint NOT NULL,
    PRIMARY KEY (parent, job)
);
CREATE INDEX job_dependency_job ON argosy.job_dependency (job);

CREATE TABLE argosy.worker (
    incarnation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    host text NOT NULL,
    pid int NOT NULL,
    version text NOT NULL,
    kinds json NOT NULL,               -- {"noop":1,...} name: version
    slots int NOT NULL,
    transport text NOT NULL,
    registered timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(), -- for people; expiry compares no clocks
    beat bigint NOT NULL DEFAULT 0,
    seq bigint NOT NULL DEFAULT 0,     -- last seq given out
    got bigint NOT NULL DEFAULT 0,     -- highest contiguous seq received
    done bigint NOT NULL DEFAULT 0,    -- dispatches ended, by whatever way
    gaps json,
    progress json,
    dead boolean NOT NULL DEFAULT false,
    quiet boolean NOT NULL DEFAULT false,
    stop boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
CREATE INDEX worker_alive ON argosy.worker (incarnation) WHERE NOT dead;

-- What a worker is to stop: written by cancel, told by its beats for a while, then deleted.
CREATE TABLE argosy.cancel_notice (
    worker bigint NOT NULL,
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (worker, job, epoch)
);

-- idle: submit notifies only then, so a busy system never pays for NOTIFY's lock.
CREATE TABLE argosy.scheduler (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    idle boolean NOT NULL DEFAULT true,
    leader text,
    since timestamptz
);
INSERT INTO argosy.scheduler DEFAULT VALUES;

CREATE TABLE argosy.upload (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE argosy.connection (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    dialect text NOT NULL,
    url text NOT NULL,                 -- without the secret; upload:ID for an uploaded file
    secret bytea,                      -- nonce and ciphertext; the row id is the associated data
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE argosy.artifact (
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (job, epoch, name)
);

CREATE TABLE argosy.api_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE,        -- of a 256-bit random key: no salt or stretching needed
    created timestamptz NOT NULL DEFAULT now(),
    revoked timestamptz
);
CREATE TABLE argosy.session (
    hash bytea PRIMARY KEY,            -- of the cookie's value
    api_key bigint NOT NULL REFERENCES argosy.api_key,
    expires timestamptz NOT NULL
);
