-- SPDX-License-Identifier: Apache-2.0
-- The target of `argosy demo` on a private server.
CREATE DATABASE argosy_demo;
