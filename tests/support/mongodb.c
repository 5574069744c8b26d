/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb.c - see mongodb.h. Ready is a server that has answered a command, which a Java of whose classes none is
 * loaded yet takes its time for. libmongoc is loaded, as by whoever it tests.
 */
#include "tests/support/mongodb.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <mongoc/mongoc.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalog/connect/mongodb/mongodb_api.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "tests/support/port.h"

enum { READY_WAIT_MS = 180000, READY_POLL_MS = 50 };

static char address[64];
static unsigned port;
static mongoc_client_t *client;

static bool answers(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ready = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return ready;
}

const char *support_mongodb_start(void)
{
    char folder[320], script[512], log_path[352], arguments[360], number[16];
    const char *source = getenv("ARGOSY_SOURCE");
    port = port_keep();
    snprintf(address, sizeof address, "mongodb://127.0.0.1:%u", port);
    snprintf(folder, sizeof folder, "%s/mongodb", cleaner_folder());
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    snprintf(arguments, sizeof arguments, "@%s/java.args", folder);
    if (mkdir(folder, 0700) != 0)
        child_fail("mkdir %s", folder);
    snprintf(script, sizeof script, "%s/tests/support/mongodb/prepare.py", source ? source : ".");
    snprintf(number, sizeof number, "%u", port);
    child_prepare((const char *const[]){ "/usr/bin/python3", "-B", script, folder, number, NULL },
                  "the imitation of MongoDB");
    child_give(folder);
    pid_t server = child_start((const char *const[]){ "java", arguments, NULL }, log_path, SIGKILL);
    cleaner_watch(server);
    for (unsigned waited_ms = 0; !answers(); waited_ms += READY_POLL_MS) {
        if (waited_ms >= READY_WAIT_MS || waitpid(server, NULL, WNOHANG) != 0) {
            child_show(log_path);
            errno = ETIMEDOUT;
            child_fail("the imitation of MongoDB did not come up");
        }
        nanosleep(&(struct timespec){ .tv_nsec = READY_POLL_MS * 1000000L }, NULL);
    }
    support_mongodb_run("admin", "{\"ping\":1}");
    return address;
}

static void *function(const char *name)
{
    void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    void *found = library != NULL ? dlsym(library, name) : NULL;
    if (found == NULL)
        child_fail("libmongoc: %s", name);
    return found;
}

#define FUNCTION(name) __typeof__(name) *do_##name = (__typeof__(name) *)function(#name)

void support_mongodb_run(const char *database, const char *command)
{
    struct error e = ERROR_NONE;
    const struct mongodb_api *api = mongodb_api_load(&e); /* first: it says how the library is to be loaded */
    FUNCTION(mongoc_client_new);
    FUNCTION(mongoc_client_command_simple);
    FUNCTION(bson_new_from_json);
    bson_error_t why = { 0 };
    bson_t reply;
    if (api == NULL)
        child_fail("%s", e.message);
    if (client == NULL) {
        char patient[160];
        snprintf(patient, sizeof patient, "%s/?connectTimeoutMS=%d&serverSelectionTimeoutMS=%d&socketTimeoutMS=%d",
                 address, READY_WAIT_MS, READY_WAIT_MS, READY_WAIT_MS);
        client = do_mongoc_client_new(patient);
    }
    bson_t *bson = do_bson_new_from_json((const uint8_t *)command, -1, &why);
    if (client == NULL || bson == NULL)
        child_fail("%.300s: %s", command, why.message);
    bool done = do_mongoc_client_command_simple(client, database, bson, NULL, &reply, &why);
    bson_iter_t at;
    if (done && api->do_bson_iter_init_find(&at, &reply, "writeErrors"))
        child_fail("%.300s: the imitation refused a document", command);
    if (!done)
        child_fail("%.300s: %s", command, why.message);
    api->do_bson_destroy(&reply);
    api->do_bson_destroy(bson);
}
