-- SPDX-License-Identifier: Apache-2.0
-- The record's own database on a private server. No parameters: the name of a database can't be one.
CREATE DATABASE argosy;
