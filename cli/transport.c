/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport.c - `argosy transport show|switch`: which carrier the fleet uses. The choice is a row of the record; every
 * program learns of it within about a second and nothing is restarted.
 *
 * After a switch the workers are watched until all of them say that they read the new carrier. Those that can't (no
 * address of it, a version that reads one carrier all its life) get their jobs as before or by the record: nothing is
 * lost, so that is told and no failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/print.h"
#include "sql/client.h"

enum { CONNECT_TIMEOUT_S = 10, WAIT_MS = 15000, LOOK_MS = 200 };

static const char *const carriers[] = { "redis", "kafka", "postgres" };

static enum error_class open_record(struct context *context, struct client **ret_client, struct error *e)
{
    char *url;
    if (instance_setting(context->settings, SETTING_DATABASE_URL, "database_url", &url, e) != ERROR_OK)
        return e->class;
    (void)client_open(url, "argosy transport", CONNECT_TIMEOUT_S, ret_client, e);
    free(url);
    return e->class;
}

/* {"chosen","workers"}; to be released by the caller. */
static enum error_class look(struct client *client, json_t **ret_state, struct error *e)
{
    struct result *found = NULL;
    *ret_state = NULL;
    if (client_run(client, "transport_show", NULL, 0, &found, e) != ERROR_OK)
        return e->class;
    *ret_state = json_loads(result_text(found, 0, 0), 0, NULL);
    found = result_destroy(found);
    return *ret_state != NULL ? ERROR_OK : error_set(e, ERROR_FATAL, "the record's answer is no JSON");
}

static bool reads(const json_t *worker, const char *carrier)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(worker, "reads"), i, one)
    {
        if (text_equal(json_string_value(one), carrier))
            return true;
    }
    return false;
}

/* How many of the living workers do not read it. */
static size_t deaf(const json_t *state, const char *carrier)
{
    size_t i, count = 0;
    json_t *worker;
    json_array_foreach(json_object_get(state, "workers"), i, worker) count += !reads(worker, carrier);
    return count;
}

static void show(struct context *context, json_t *state)
{
    static const struct print_column columns[] = {
        { "WORKER", "incarnation", true },
        { "NAME", "name", false },
        { "VERSION", "version", false },
        { "STARTED WITH", "started_with", false },
        { "READS", "reads_text", false },
        { "KAFKA PARTITION", "partition", true },
        { NULL, NULL, false },
    };
    const char *chosen = json_string_value(json_object_get(state, "chosen"));
    size_t i, j;
    json_t *worker, *one;
    if (context->json) {
        print_json(state);
        return;
    }
    json_array_foreach(json_object_get(state, "workers"), i, worker)
    {
        char text[64] = "";
        size_t size = 0;
        json_array_foreach(json_object_get(worker, "reads"), j, one) if (size < sizeof text - 16) size +=
            (size_t)snprintf(text + size, sizeof text - size, "%s%.12s", size > 0 ? " " : "", json_string_value(one));
        (void)json_object_set_new(worker, "reads_text", json_string(text));
    }
    (void)printf("carrier: %s\n\n", chosen != NULL ? chosen : "what each program was started with (never switched)");
    print_table(json_object_get(state, "workers"), columns, "no workers");
}

enum error_class transport_show_run(struct context *context, struct error *e)
{
    struct client *client = NULL;
    json_auto_t *state = NULL;
    if (open_record(context, &client, e) == ERROR_OK && look(client, &state, e) == ERROR_OK)
        show(context, state);
    client = client_close(client);
    return e->class;
}

/* Until all workers read it, or for WAIT_MS; *ret_state is how things stand then. */
static enum error_class await(struct client *client, const char *carrier, json_t **ret_state, struct error *e)
{
    int64_t late_ms = clock_monotonic_ms() + WAIT_MS;
    while (look(client, ret_state, e) == ERROR_OK && deaf(*ret_state, carrier) > 0 && clock_monotonic_ms() < late_ms) {
        json_decref(*ret_state);
        *ret_state = NULL;
        (void)nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL); /* a beat is all that tells */
    }
    return e->class;
}

enum error_class transport_switch_run(struct context *context, struct error *e)
{
    const char *carrier = context->arguments[0];
    struct client *client = NULL;
    json_auto_t *state = NULL;
    unsigned known = 0;
    while (known < sizeof carriers / sizeof carriers[0] && !text_equal(carrier, carriers[known]))
        known++;
    if (known == sizeof carriers / sizeof carriers[0])
        return error_code(e, ERROR_INVALID, "carrier_unknown",
                          "there is no carrier \"%.40s\": redis, kafka or postgres", carrier);
    if (open_record(context, &client, e) != ERROR_OK)
        return e->class;
    if (client_run(client, "transport_switch", &SQL_TEXT(carrier), 1, NULL, e) == ERROR_OK &&
        await(client, carrier, &state, e) == ERROR_OK)
        show(context, state);
    client = client_close(client);
    size_t others = state != NULL ? deaf(state, carrier) : 0;
    if (others > 0)
        (void)fprintf(stderr, "%zu workers do not read %s: they get their jobs another way meanwhile\n", others,
                      carrier);
    return e->class;
}
