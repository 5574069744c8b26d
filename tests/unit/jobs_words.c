/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_words.c - the small pure parts of discovery and mapping: words of names, names in a target, defaults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "jobs/discovery/words.h"
#include "jobs/mapping/default.h"
#include "jobs/mapping/names.h"
#include "tests/support/scratch.h"

static void words_of_names(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "artist_id", "artist id" },
        { "ArtistId", "artist id" },
        { "artistID", "artist id" },
        { "HTTPServerId", "http server id" },
        { "PlaylistTracks", "playlist track" },
        { "categories", "category" },
        { "boxes", "box" },
        { "address", "address" },
        { "status", "status" },
        { "order details", "order detail" },
        { "__", "" },
        { "a1_b2", "a1 b2" },
        { "houses", "house" },
        { "gas", "gas" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct words w;
        char joined[256] = "";
        words_read(cases[i][0], &w);
        words_singular(&w);
        for (size_t k = 0; k < w.count; k++)
            snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", k > 0 ? " " : "", w.items[k]);
        assert_string_equal(joined, cases[i][1]);
    }
    char endless[400], text[WORDS_SIZE];
    struct words w;
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    words_read(endless, &w);
    assert_int_equal(w.count, 0);
    words_read("a_b_c_d_e_f_g_h_i_j_k_l_m", &w);
    assert_int_equal(w.count, 0);
    words_read("PlayList_Track", &w);
    assert_true(words_join(&w, 0, 3, text));
    assert_string_equal(text, "playlisttrack");
}

static void names_of_a_target(void **state)
{
    (void)state;
    struct names names;
    char endless[200], other[200];
    memset(endless, 'n', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    memcpy(other, endless, sizeof other);
    other[100] = 'm';
    names_init(&names);
    assert_string_equal(names_take(&names, arena, "Track"), "Track");
    assert_string_equal(names_take(&names, arena, "track"), "track");
    assert_string_equal(names_take(&names, arena, "Track"), "Track_2");
    assert_string_equal(names_take(&names, arena, "Track"), "Track_3");
    assert_string_equal(names_take(&names, arena, "ctid"), "ctid_2");
    const char *a = names_take(&names, arena, endless), *b = names_take(&names, arena, other);
    assert_int_equal(strlen(a), 63);
    assert_int_equal(strlen(b), 63);
    assert_string_not_equal(a, b);
    for (size_t i = 0; i + 2 < sizeof endless; i += 2)
        memcpy(endless + i, "\xC3\xA4", 2);
    endless[sizeof endless - 2] = '\0';
    const char *c = names_take(&names, arena, endless);
    assert_true(strlen(c) <= 63 && text_utf8_valid(c, strlen(c)));
    names_finish(&names);
}

static void defaults(void **state)
{
    (void)state;
    static const struct {
        const char *sqlite;
        struct type type;
        const char *postgresql;
    } cases[] = {
        { "5", { .name = TYPE_BIGINT }, "5" },
        { " ( -5 ) ", { .name = TYPE_BIGINT }, "-5" },
        { "5.5", { .name = TYPE_BIGINT }, NULL },
        { "99999999999999999999", { .name = TYPE_BIGINT }, NULL },
        { "'7'", { .name = TYPE_BIGINT }, "7" },
        { "'x'", { .name = TYPE_BIGINT }, NULL },
        { "1.25", { .name = TYPE_DECIMAL, .precision = 4, .scale = 2 }, "1.25" },
        { "1.255", { .name = TYPE_DECIMAL, .precision = 4, .scale = 2 }, NULL },
        { "125", { .name = TYPE_DECIMAL, .precision = 4, .scale = 2 }, NULL },
        { "1e3", { .name = TYPE_DECIMAL, .precision = 4, .scale = 2 }, NULL },
        { "1e3", { .name = TYPE_DOUBLE }, "1e3" },
        { "0", { .name = TYPE_BOOLEAN }, "false" },
        { "TRUE", { .name = TYPE_BOOLEAN }, "true" },
        { "2", { .name = TYPE_BOOLEAN }, NULL },
        { "'it''s'", { .name = TYPE_TEXT }, "'it''s'" },
        { "'a' || 'b'", { .name = TYPE_TEXT }, NULL },
        { "''); DROP TABLE x; --'", { .name = TYPE_TEXT }, NULL },
        { "'back\\slash'", { .name = TYPE_TEXT }, "'back\\slash'" },
        { "007", { .name = TYPE_TEXT }, "'7'" },
        { "'abcd'", { .name = TYPE_VARCHAR, .length = 3 }, NULL },
        { "current_timestamp",
          { .name = TYPE_TIMESTAMP },
          "date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')" },
        { "datetime('now')",
          { .name = TYPE_TEXT },
          "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" },
        { "CURRENT_TIMESTAMP", { .name = TYPE_BIGINT }, NULL },
        { "CURRENT_DATE", { .name = TYPE_DATE }, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date" },
        { "'2024-01-01'", { .name = TYPE_DATE }, "'2024-01-01'" },
        { "'now'", { .name = TYPE_DATE }, NULL },
        { "x'00'", { .name = TYPE_BINARY }, NULL },
        { "random()", { .name = TYPE_BIGINT }, NULL },
        { "\"word\"", { .name = TYPE_TEXT }, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool none = true;
        const char *text = default_to_postgresql(arena, cases[i].sqlite, &cases[i].type, &none);
        assert_false(none);
        if (cases[i].postgresql == NULL ? text != NULL : text == NULL || strcmp(text, cases[i].postgresql) != 0)
            fail_msg("%s gives %s", cases[i].sqlite, text != NULL ? text : "(nothing)");
    }
    bool none = false;
    assert_null(default_to_postgresql(arena, "(NULL)", &(struct type){ .name = TYPE_TEXT }, &none));
    assert_true(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_of_names, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(names_of_a_target, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(defaults, scratch_setup, scratch_teardown)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
