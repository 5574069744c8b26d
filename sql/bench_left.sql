-- SPDX-License-Identifier: Apache-2.0
-- Is any job still on its way? No parameters. Column: boolean.
SELECT EXISTS (SELECT FROM argosy.job_bulk) OR EXISTS (SELECT FROM argosy.job_live);
