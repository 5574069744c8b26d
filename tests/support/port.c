/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.c - keeps a port by a socket that is bound to it and never listens: whoever asks for any port is given another,
 * whoever names it and sets SO_REUSEADDR gets it.
 */
#include "tests/support/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/support/child.h"

unsigned port_keep(void)
{
    const int yes = 1;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int keeper = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* open until the test ends */
    if (keeper < 0 || setsockopt(keeper, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(keeper, (struct sockaddr *)&at, size) != 0 || getsockname(keeper, (struct sockaddr *)&at, &size) != 0)
        child_fail("a port");
    return ntohs(at.sin_port);
}
