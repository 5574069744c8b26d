/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `argosy demo`: a fleet of its own, and the main job on the bundled Chinook database: discovery to validation, with
 * live bars. The target is a database of the private server that is made anew each time. A fleet that already runs on
 * the data folder is used.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/launch.h"
#include "cli/migrate.h"
#include "sql/client.h"

enum { PATH_SIZE = 4096, CONNECT_TIMEOUT_S = 10 };

/* Beside the program: in the source tree, or installed. free(). */
static enum error_class find_source(struct context *context, char **ret_path, struct error *e)
{
    static const char *const places[] = { "../deploy/demo/chinook.sqlite", "../../deploy/demo/chinook.sqlite",
                                          "../share/argosy/demo/chinook.sqlite" };
    const char *given = command_option(context, "source");
    char program[PATH_SIZE];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (given != NULL) {
        *ret_path = mem_text(given);
        return ERROR_OK;
    }
    program[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash != NULL)
        *slash = '\0';
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = mem_format("%s/%s", program, places[i]);
        if (access(path, R_OK) == 0) {
            *ret_path = path;
            return ERROR_OK;
        }
        free(path);
    }
    return error_code(e, ERROR_NOT_FOUND, "demo_data_missing",
                      "chinook.sqlite is not beside the program: give --source FILE");
}

/* postgresql:///argosy?… -> postgresql:///argosy_demo?… */
static char *target_url(const char *database_url)
{
    const char *query = strchr(database_url, '?');
    return mem_format("postgresql:///argosy_demo%s", query != NULL ? query : "");
}

static enum error_class make_target(const char *database_url, struct error *e)
{
    struct client *client = NULL;
    if (client_open(database_url, "argosy demo", CONNECT_TIMEOUT_S, &client, e) != ERROR_OK)
        return e->class;
    if (client_run(client, "demo_cancel", NULL, 0, NULL, e) == ERROR_OK &&
        client_run(client, "database_drop_demo", NULL, 0, NULL, e) == ERROR_OK)
        (void)client_run(client, "database_create_demo", NULL, 0, NULL, e);
    client = client_close(client);
    return e->class;
}

static enum error_class run_pipeline(struct context *context, const struct launch *fleet, const char *source,
                                     struct error *e)
{
    const char *database_url = json_string_value(json_object_get(fleet->state, "database_url"));
    struct api api;
    struct migrate_report report = { 0 };
    if (!json_is_true(json_object_get(fleet->state, "private")) || !text_starts(database_url, "postgresql:///"))
        return error_code(e, ERROR_REFUSED, "not_private",
                          "the fleet on %s keeps its record on a server of yours: the demo "
                          "makes its target on a private one only; give another --data-dir",
                          fleet->folder);
    if (make_target(database_url, e) != ERROR_OK)
        return error_wrap(e, "the demo's target");
    mem_auto char *target = target_url(database_url);
    mem_auto char *from = mem_format("sqlite:%s", source);
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    if (!context->json)
        (void)fprintf(stderr, "\nMigrating %s to PostgreSQL in five steps:\n\n",
                      strrchr(source, '/') != NULL ? strrchr(source, '/') + 1 : source);
    enum error_class class = migrate_through(&api, from, target, context->json, &report, e);
    if (class == ERROR_OK) {
        migrate_report_print(&report, context->json);
        (void)fflush(stdout);
        class = migrate_verdict(&report, e);
    }
    if (!context->json && class == ERROR_OK)
        (void)fprintf(stderr, "\nIn the browser, with the API key above:\n  %s/\nIn the database:\n  psql '%s'\n\n",
                      api.url, target);
    migrate_report_finish(&report);
    api_close(&api);
    return class;
}

/* One demo at a time on a folder: they share the target, and the first one's fleet may end with it. */
static enum error_class take_turn(const char *folder, int *ret_fd, struct error *e)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_code(e, ERROR_REFUSED, "folder_refused", "can't open %s: %m", folder);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)fprintf(stderr, "argosy demo: another demo is at work on %s: waiting for its report\n", folder);
        while (flock(fd, LOCK_EX) != 0 && errno == EINTR)
            ;
    }
    *ret_fd = fd;
    return ERROR_OK;
}

enum error_class demo_run(struct context *context, struct error *e)
{
    char *folder_text = NULL, *source_text = NULL;
    struct launch fleet;
    if (find_source(context, &source_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *source = source_text;
    if (instance_folder(context->settings, true, &folder_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *folder = folder_text;
    int turn = -1;
    if (take_turn(folder, &turn, e) != ERROR_OK)
        return e->class;
    if (launch_start(context, folder, NULL, &fleet, e) != ERROR_OK) {
        (void)close(turn);
        return e->class;
    }
    /* The commands below must find this fleet, whatever the environment says. */
    (void)settings_flag(context->settings, SETTING_URL, json_string_value(json_object_get(fleet.state, "url")), e);
    char *key_text = NULL;
    enum error_class class = instance_line(folder, "api.key", &key_text, e);
    mem_auto char *key = key_text;
    if (class == ERROR_OK)
        class = settings_flag(context->settings, SETTING_API_KEY, key, e);
    if (class == ERROR_OK)
        class = run_pipeline(context, &fleet, source, e);
    if (class == ERROR_OK && !command_switch(context, "once") && fleet.pid > 0) {
        (void)fprintf(stderr, "The fleet stays up; Ctrl-C stops it.\n");
        (void)close(turn);
        turn = -1;
        class = launch_wait(&fleet, e);
    }
    launch_stop(&fleet);
    if (turn >= 0)
        (void)close(turn);
    return class;
}
