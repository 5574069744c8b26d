/* SPDX-License-Identifier: Apache-2.0 */
/* port.h - a TCP port for a server that has to be told one. */
#ifndef TESTS_SUPPORT_PORT_H
#define TESTS_SUPPORT_PORT_H

/* One of 127.0.0.1 that is the test's as long as it runs: a server of its own may listen there, whenever and as often
 * as it likes (every one sets SO_REUSEADDR), nobody else is given it. */
unsigned port_keep(void);

#endif
