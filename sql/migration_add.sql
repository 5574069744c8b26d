-- SPDX-License-Identifier: Apache-2.0
-- $1 version, $2 file name, $3 its text.
INSERT INTO argosy.migration (version, name, sha) VALUES ($1::int, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
