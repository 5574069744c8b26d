/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"

enum { BAR_MAX = 28, BAR_MIN = 6, MORE_MIN = 23, DRAW_EVERY_MS = 100, COLUMNS_USUAL = 80, LINE_SIZE = 1024 };

void progress_init(struct progress *p)
{
    const char *kind = getenv("TERM"), *plain = getenv("NO_COLOR");
    *p = (struct progress){ .terminal = isatty(STDERR_FILENO) && kind != NULL && !text_equal(kind, "dumb"),
                            .colours = plain == NULL || *plain == '\0',
                            .blocks = text_equal(nl_langinfo(CODESET), "UTF-8") };
}

void progress_finish(struct progress *p)
{
    free(p->jobs);
    p->jobs = NULL;
    p->job_count = p->job_capacity = 0;
}

static bool is_final(const char *state)
{
    return strcmp(state, "succeeded") == 0 || strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0;
}

/* The line of a kind: children have the kind of the step that made them. */
static unsigned line_of(struct progress *p, const char *kind)
{
    for (unsigned i = 0; i < p->line_count; i++)
        if (strcmp(p->lines[i].step, kind) == 0)
            return i;
    if (p->line_count == PROGRESS_LINES_MAX)
        return PROGRESS_LINES_MAX - 1;
    struct progress_line *line = &p->lines[p->line_count];
    *line = (struct progress_line){ .state = "waiting" };
    (void)text_copy(line->step, sizeof line->step, kind); /* cleaned where it is shown */
    return p->line_count++;
}

static struct progress_job *job_of(struct progress *p, int64_t id, unsigned line)
{
    for (size_t i = 0; i < p->job_count; i++) { /* answers come in the same order each time */
        size_t at = (p->job_next + i) % p->job_count;
        if (p->jobs[at].id == id) {
            p->job_next = at + 1;
            return &p->jobs[at];
        }
    }
    if (p->job_count == PROGRESS_JOBS_MAX)
        return NULL;
    p->jobs = mem_grow(p->jobs, &p->job_capacity, p->job_count + 1, sizeof *p->jobs);
    p->jobs[p->job_count] = (struct progress_job){ .id = id, .line = line };
    return &p->jobs[p->job_count++];
}

static void set_state(struct progress *p, struct progress_line *line, const char *state)
{
    if (strcmp(line->state, state) == 0)
        return;
    (void)text_copy(line->state, sizeof line->state, state);
    if (!p->terminal) {
        mem_auto char *step = print_cut(line->step, COLUMNS_USUAL);
        (void)fprintf(stderr, "%-10s %s\n", step, state);
    }
}

/* What a line shows follows from its jobs alone. */
static void sum_up(struct progress *p)
{
    for (unsigned i = 0; i < p->line_count; i++)
        p->lines[i].jobs = p->lines[i].ended = 0, p->lines[i].percent = 0;
    for (size_t i = 0; i < p->job_count; i++) {
        struct progress_line *line = &p->lines[p->jobs[i].line];
        line->jobs++;
        line->ended += p->jobs[i].ended;
        line->percent += p->jobs[i].ended ? 100 : p->jobs[i].percent;
    }
    for (unsigned i = 0; i < p->line_count; i++)
        if (p->lines[i].jobs > 0)
            p->lines[i].percent /= p->lines[i].jobs;
}

void progress_update(struct progress *p, const json_t *jobs)
{
    size_t index;
    json_t *row;
    const char *bad[PROGRESS_LINES_MAX] = { NULL };
    bool running[PROGRESS_LINES_MAX] = { false };
    json_array_foreach(jobs, index, row)
    {
        const char *kind = json_string_value(json_object_get(row, "kind"));
        const char *state = json_string_value(json_object_get(row, "state"));
        int64_t id = json_integer_value(json_object_get(row, "id"));
        if (kind == NULL || state == NULL || id <= 0)
            continue;
        unsigned line = line_of(p, kind);
        struct progress_job *job = job_of(p, id, line);
        if (job != NULL)
            job->ended = is_final(state);
        running[line] = running[line] || strcmp(state, "dispatched") == 0 || strcmp(state, "running") == 0;
        if (strcmp(state, "failed") == 0 || (strcmp(state, "cancelled") == 0 && bad[line] == NULL))
            bad[line] = state;
    }
    sum_up(p);
    for (unsigned i = 0; i < p->line_count; i++) {
        struct progress_line *line = &p->lines[i];
        bool begun = running[i] || line->ended > 0 || line->percent > 0;
        bool over = line->jobs > 0 && line->ended == line->jobs;
        set_state(p, line, over ? (bad[i] != NULL ? bad[i] : "succeeded") : begun ? "running" : "waiting");
    }
    progress_draw(p, true);
}

void progress_event(struct progress *p, const json_t *event)
{
    int64_t id = json_integer_value(json_object_get(event, "job"));
    const char *message = json_string_value(json_object_get(event, "message"));
    for (size_t i = 0; i < p->job_count; i++) {
        struct progress_job *job = &p->jobs[i];
        if (job->id != id || job->ended)
            continue;
        struct progress_line *line = &p->lines[job->line];
        double percent = json_number_value(json_object_get(event, "percent"));
        job->percent = percent >= 100 ? 100 : percent > 0 ? (int)percent : 0;
        if (message != NULL)
            (void)text_copy(line->message, sizeof line->message, message);
        sum_up(p);
        set_state(p, line, "running");
        progress_draw(p, false);
        return;
    }
}

static const char *colour(const char *state)
{
    return strcmp(state, "succeeded") == 0 ? "\x1b[32m"
           : strcmp(state, "running") == 0 ? "\x1b[36m"
           : strcmp(state, "waiting") == 0 ? "\x1b[2m"
                                           : "\x1b[31m";
}

static unsigned terminal_columns(void)
{
    struct winsize size = { 0 };
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : COLUMNS_USUAL;
}

/* Step, bar, percent, state and what is going on, in at most that many columns: a line that wrapped would spoil the way
 * back up. */
static void draw_line(const struct progress *p, const struct progress_line *line, unsigned columns)
{
    struct buffer text;
    char more[LINE_SIZE] = "";
    unsigned fixed = 2 + 10 + 1 + 5 + 2 + 9; /* all but the bar and what follows */
    unsigned width = columns >= fixed + BAR_MAX + MORE_MIN  ? BAR_MAX
                     : columns > fixed + BAR_MIN + MORE_MIN ? columns - fixed - MORE_MIN
                                                            : BAR_MIN;
    unsigned full = (unsigned)(line->percent * width / 100);
    if (line->jobs > 1)
        (void)snprintf(more, sizeof more, " %u of %u jobs", line->ended, line->jobs);
    if (strcmp(line->state, "running") == 0 && line->message[0] != '\0')
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "%s %s", line->jobs > 1 ? "," : "",
                       line->message);
    mem_auto char *step = print_cut(line->step, 10);
    mem_auto char *shown = print_cut(more, columns > fixed + width ? columns - fixed - width : 0);
    buffer_init(&text, LINE_SIZE * 4);
    (void)buffer_format(&text, "\x1b[2K  %-10s %s", step, p->colours ? colour(line->state) : "");
    for (unsigned cell = 0; cell < width; cell++)
        (void)buffer_text(&text, cell < full ? (p->blocks ? "█" : "#") : p->blocks ? "░" : ".");
    (void)buffer_format(&text, " %3.0f%%  %-9.9s%s%s\n", line->percent, line->state, p->colours ? "\x1b[0m" : "",
                        shown);
    (void)fputs(buffer_view(&text), stderr);
    buffer_finish(&text);
}

void progress_draw(struct progress *p, bool now)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!p->terminal || (!now && now_ms - p->drawn_ms < DRAW_EVERY_MS))
        return;
    p->drawn_ms = now_ms;
    if (p->drawn > 0)
        (void)fprintf(stderr, "\x1b[%dA", p->drawn);
    unsigned columns = terminal_columns();
    for (unsigned i = 0; i < p->line_count; i++)
        draw_line(p, &p->lines[i], columns);
    p->drawn = (int)p->line_count;
    (void)fflush(stderr);
}
