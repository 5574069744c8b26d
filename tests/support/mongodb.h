/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb.h - an imitation of MongoDB (mongo-java-server) for a test, in memory, on a free port; a package with the
 * real one is not to be had. It knows neither users nor validators, views and time series: what needs those is tested
 * against tests/support/mongodb_wire.h.
 */
#ifndef TESTS_SUPPORT_MONGODB_H
#define TESTS_SUPPORT_MONGODB_H

/* "mongodb://127.0.0.1:PORT"; it lives as long as the program. */
const char *support_mongodb_start(void);

/* Runs a command, given as extended JSON; the test fails with the server's words when it fails. */
void support_mongodb_run(const char *database, const char *command);

#endif
