-- SPDX-License-Identifier: Apache-2.0
-- What discovery found, as rows that a project can ask for. The job leaves the whole document as an artifact of the media type
-- application/vnd.argosy.catalog+json; whoever inserts that artifact fills these tables, so they are there with the job's finish or not at all.

CREATE TABLE argosy.project (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    name text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant, name)
);

-- Files that were handed in to be discovered.
CREATE TABLE argosy.schema_files (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES argosy.project ON DELETE CASCADE,
    upload_id bigint NOT NULL,
    filename text NOT NULL,
    file_size bigint NOT NULL,
    file_type text NOT NULL,           -- as discovery read it: ddl, csv, json, ...
    dialect text NOT NULL,
    status text NOT NULL CHECK (status IN ('uploading', 'processing', 'ready', 'error')),
    preview_data jsonb,                -- the first tables with their columns
    created_at timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz,
    UNIQUE (project_id, upload_id)
);

CREATE TABLE argosy.discovered_schemas (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES argosy.project ON DELETE CASCADE,
    connection_id bigint,              -- what was read; NULL when it is no connection
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    schema_content jsonb NOT NULL,     -- the catalog: docs/reference/catalog.md
    lineage_graph jsonb,
    compliance jsonb,
    table_count int NOT NULL,
    column_count int NOT NULL,
    relationship_count int NOT NULL,
    complexity_score numeric(3, 1),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (job, epoch)
);
CREATE INDEX ON argosy.discovered_schemas (project_id, connection_id, id);

-- Versions of a source: one more only when its catalog is another one than before.
CREATE TABLE argosy.schema_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES argosy.project ON DELETE CASCADE,
    connection_id bigint,
    schema_version int NOT NULL,
    schema_id bigint NOT NULL REFERENCES argosy.discovered_schemas ON DELETE CASCADE,
    structure_hash text NOT NULL,      -- of tables, columns, keys: not of rows, statistics and samples
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (project_id, connection_id, schema_version)
);
CREATE INDEX ON argosy.schema_history (schema_id);

CREATE TABLE argosy.table_nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_id bigint NOT NULL REFERENCES argosy.discovered_schemas ON DELETE CASCADE,
    position int NOT NULL,             -- in the catalog, from 1
    name text NOT NULL,
    schema_name text NOT NULL,
    table_type text NOT NULL,          -- source, target
    dialect text NOT NULL,
    row_count bigint,
    size_mb numeric(14, 2),
    last_updated timestamptz NOT NULL DEFAULT now(),
    position_x int,
    position_y int,
    metadata jsonb NOT NULL,           -- the table without its columns
    UNIQUE (schema_id, position)
);

CREATE TABLE argosy.column_nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_id bigint NOT NULL REFERENCES argosy.table_nodes ON DELETE CASCADE,
    position int NOT NULL,
    name text NOT NULL,
    data_type text NOT NULL,           -- as the source spells it
    nullable boolean NOT NULL,
    is_primary_key boolean NOT NULL,
    is_foreign_key boolean NOT NULL,
    references_table text,
    references_column text,
    sample_values text[],
    description text,
    UNIQUE (table_id, position)
);

CREATE TABLE argosy.relationships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_id bigint NOT NULL REFERENCES argosy.discovered_schemas ON DELETE CASCADE,
    source_table text NOT NULL,
    source_column text NOT NULL,       -- several: with a comma and a blank between
    target_table text NOT NULL,
    target_column text NOT NULL,
    relationship_type text NOT NULL,   -- many_to_one, one_to_one
    confidence numeric(3, 2) NOT NULL,
    origin text NOT NULL,              -- declared, found
    evidence text,
    ai_generated boolean NOT NULL DEFAULT false
);
CREATE INDEX ON argosy.relationships (schema_id);

CREATE TABLE argosy.table_insights (
    table_id bigint PRIMARY KEY REFERENCES argosy.table_nodes ON DELETE CASCADE,
    document text,                     -- the table in sentences
    quality_score real,
    findings jsonb,
    junction boolean NOT NULL
);

CREATE TABLE argosy.column_metadata (
    column_id bigint PRIMARY KEY REFERENCES argosy.column_nodes ON DELETE CASCADE,
    canonical_type text NOT NULL,
    statistics jsonb,
    categorical_values jsonb,          -- of a column with few of them
    indexing_strategy text,            -- categorical, vector, skip
    indexing_reason text,
    pii_class text,
    pii_confidence real,
    quality_score real
);

-- What two discoveries of one source are compared by. Rows, samples and findings change every day and are not the schema.
CREATE FUNCTION argosy.catalog_structure_hash(p_catalog jsonb) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT md5(string_agg(t.said, E'\n' ORDER BY t.ordinal)) FROM (
    SELECT ordinal, (item - '{rows,rows_exact,size_bytes,quality,document,junction,columns}'::text[])::text
        || (SELECT coalesce(string_agg((c - '{statistics,pii,quality,indexing,observed}'::text[])::text, E'\n' ORDER BY n), '')
            FROM jsonb_array_elements(item -> 'columns') WITH ORDINALITY x (c, n)) AS said
    FROM jsonb_array_elements(p_catalog -> 'tables') WITH ORDINALITY y (item, ordinal)
    UNION ALL SELECT 0, coalesce(p_catalog ->> 'views', '') || coalesce(p_catalog ->> 'sequences', '') || coalesce(p_catalog ->> 'types', '')) t);

CREATE FUNCTION argosy.catalog_store_tables(p_schema bigint, p_document jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO argosy.table_nodes (schema_id, position, name, schema_name, table_type, dialect, row_count, size_mb, position_x, position_y, metadata)
    SELECT p_schema, t.n, t.item ->> 'name', coalesce(t.item ->> 'schema', ''), CASE WHEN t.item ? 'source' THEN 'target' ELSE 'source' END,
           p_document ->> 'dialect', (t.item ->> 'rows')::bigint, round((t.item ->> 'size_bytes')::numeric / 1048576, 2),
           (g.item ->> 'x')::int, (g.item ->> 'y')::int, t.item - 'columns'
    FROM jsonb_array_elements(p_document -> 'tables') WITH ORDINALITY t (item, n)
    LEFT JOIN jsonb_array_elements(p_document -> 'graph' -> 'nodes') g (item)
           ON g.item ->> 'table' = t.item ->> 'name' AND g.item ->> 'schema' = coalesce(t.item ->> 'schema', '');

    WITH key AS ( -- the first foreign key that a column is part of
        SELECT DISTINCT ON (t.n, c.name) t.n, c.name, f.item ->> 'ref_table' AS ref_table, f.item -> 'ref_columns' ->> (c.n - 1)::int AS ref_column
        FROM jsonb_array_elements(p_document -> 'tables') WITH ORDINALITY t (item, n),
             jsonb_array_elements(t.item -> 'foreign_keys') WITH ORDINALITY f (item, n),
             jsonb_array_elements_text(f.item -> 'columns') WITH ORDINALITY c (name, n)
        ORDER BY t.n, c.name, f.n
    ), added AS (
        INSERT INTO argosy.column_nodes (table_id, position, name, data_type, nullable, is_primary_key, is_foreign_key, references_table,
                                         references_column, sample_values, description)
        SELECT node.id, c.n, c.item ->> 'name', coalesce(nullif(c.item ->> 'native_type', ''), c.item ->> 'type'), (c.item ->> 'nullable')::boolean,
               (t.item -> 'primary_key') ? (c.item ->> 'name'), key.name IS NOT NULL, key.ref_table, key.ref_column,
               (SELECT array_agg(s) FROM jsonb_array_elements_text(c.item -> 'statistics' -> 'samples') s), c.item ->> 'comment'
        FROM jsonb_array_elements(p_document -> 'tables') WITH ORDINALITY t (item, n)
        JOIN argosy.table_nodes node ON node.schema_id = p_schema AND node.position = t.n
        CROSS JOIN jsonb_array_elements(t.item -> 'columns') WITH ORDINALITY c (item, n)
        LEFT JOIN key ON key.n = t.n AND key.name = c.item ->> 'name'
        RETURNING id, table_id, position
    )
    INSERT INTO argosy.column_metadata (column_id, canonical_type, statistics, categorical_values, indexing_strategy, indexing_reason, pii_class,
                                        pii_confidence, quality_score)
    SELECT added.id, c.item ->> 'type', c.item -> 'statistics',
           CASE WHEN c.item -> 'indexing' ->> 'strategy' = 'categorical' THEN c.item -> 'statistics' -> 'common' END,
           c.item -> 'indexing' ->> 'strategy', c.item -> 'indexing' ->> 'reason', c.item -> 'pii' ->> 'class', (c.item -> 'pii' ->> 'confidence')::real,
           (c.item -> 'quality' ->> 'score')::real
    FROM jsonb_array_elements(p_document -> 'tables') WITH ORDINALITY t (item, n)
    JOIN argosy.table_nodes node ON node.schema_id = p_schema AND node.position = t.n
    CROSS JOIN jsonb_array_elements(t.item -> 'columns') WITH ORDINALITY c (item, n)
    JOIN added ON added.table_id = node.id AND added.position = c.n;

    INSERT INTO argosy.table_insights (table_id, document, quality_score, findings, junction)
    SELECT id, metadata ->> 'document', (metadata -> 'quality' ->> 'score')::real, metadata -> 'quality' -> 'findings',
           coalesce((metadata ->> 'junction')::boolean, false)
    FROM argosy.table_nodes WHERE schema_id = p_schema;

    INSERT INTO argosy.relationships (schema_id, source_table, source_column, target_table, target_column, relationship_type, confidence, origin, evidence)
    SELECT p_schema, r ->> 'from_table', (SELECT string_agg(c, ', ') FROM jsonb_array_elements_text(r -> 'from_columns') c),
           r ->> 'to_table', (SELECT string_agg(c, ', ') FROM jsonb_array_elements_text(r -> 'to_columns') c),
           r ->> 'cardinality', (r ->> 'confidence')::numeric, r ->> 'origin', r ->> 'evidence'
    FROM jsonb_array_elements(p_document -> 'relationships') r;
END $$;

-- p_told: of the connection, "file" when nobody said; p_found: what the catalog calls it, a dialect of SQL or the format itself.
CREATE FUNCTION argosy.catalog_file_type(p_told text, p_found text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_found IN ('postgresql', 'mysql', 'oracle', 'sqlserver') OR p_told IN ('postgresql', 'mysql', 'oracle', 'sqlserver') THEN 'ddl'
            ELSE p_found END;

-- The latest ten discoveries of a source stay, and every one that is a version of its history.
CREATE FUNCTION argosy.catalog_store() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_document jsonb := NEW.content::jsonb;
    v_args jsonb;
    v_project bigint;
    v_connection bigint;
    v_schema bigint;
    v_hash text;
    v_last argosy.schema_history;
BEGIN
    SELECT j.args::jsonb, (j.args ->> 'source')::bigint INTO v_args, v_connection FROM argosy.job j WHERE j.id = NEW.job;
    INSERT INTO argosy.project AS p (tenant, name)
    SELECT lane.tenant, coalesce(v_args ->> 'project', 'default') FROM argosy.job j JOIN argosy.lane ON lane.id = j.lane WHERE j.id = NEW.job
    ON CONFLICT (tenant, name) DO UPDATE SET name = p.name RETURNING id INTO v_project;

    INSERT INTO argosy.discovered_schemas (project_id, connection_id, job, epoch, schema_content, lineage_graph, compliance, table_count, column_count,
                                           relationship_count, complexity_score)
    VALUES (v_project, v_connection, NEW.job, NEW.epoch, v_document - '{graph,compliance,complexity}'::text[], v_document -> 'graph',
            v_document -> 'compliance', jsonb_array_length(v_document -> 'tables'),
            (SELECT coalesce(sum(jsonb_array_length(t -> 'columns')), 0) FROM jsonb_array_elements(v_document -> 'tables') t),
            jsonb_array_length(v_document -> 'relationships'), (v_document -> 'complexity' ->> 'score')::numeric)
    RETURNING id INTO v_schema;
    PERFORM argosy.catalog_store_tables(v_schema, v_document);

    INSERT INTO argosy.schema_files AS f (project_id, upload_id, filename, file_size, file_type, dialect, status, preview_data, processed_at)
    SELECT v_project, u.id, u.name, u.size, argosy.catalog_file_type(c.dialect, v_document ->> 'dialect'), v_document ->> 'dialect', 'ready',
           (SELECT jsonb_agg(jsonb_build_object('table', t -> 'name', 'columns', jsonb_path_query_array(t, '$.columns[*].name')))
            FROM jsonb_array_elements(v_document -> 'tables') WITH ORDINALITY x (t, n) WHERE n <= 20), clock_timestamp()
    FROM argosy.connection c JOIN argosy.upload u ON u.id = substring(c.url FROM '^upload:([0-9]{1,18})$')::bigint WHERE c.id = v_connection
    ON CONFLICT (project_id, upload_id) DO UPDATE SET status = 'ready', preview_data = excluded.preview_data, processed_at = excluded.processed_at,
           dialect = excluded.dialect, file_type = excluded.file_type;

    v_hash := argosy.catalog_structure_hash(v_document);
    SELECT * INTO v_last FROM argosy.schema_history h WHERE h.project_id = v_project AND h.connection_id IS NOT DISTINCT FROM v_connection
    ORDER BY h.schema_version DESC LIMIT 1;
    IF v_last.structure_hash IS DISTINCT FROM v_hash THEN
        INSERT INTO argosy.schema_history (project_id, connection_id, schema_version, schema_id, structure_hash)
        VALUES (v_project, v_connection, coalesce(v_last.schema_version, 0) + 1, v_schema, v_hash);
    END IF;
    DELETE FROM argosy.discovered_schemas d WHERE d.project_id = v_project AND d.connection_id IS NOT DISTINCT FROM v_connection
       AND d.id < (SELECT min(id) FROM (SELECT id FROM argosy.discovered_schemas WHERE project_id = v_project AND connection_id IS NOT DISTINCT FROM v_connection
                                        ORDER BY id DESC LIMIT 10) kept)
       AND NOT EXISTS (SELECT FROM argosy.schema_history h WHERE h.schema_id = d.id);
    RETURN NULL;
END $$;

CREATE TRIGGER catalog_store AFTER INSERT ON argosy.artifact FOR EACH ROW
WHEN (NEW.media_type = 'application/vnd.argosy.catalog+json') EXECUTE FUNCTION argosy.catalog_store();
