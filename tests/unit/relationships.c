/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationships.c - what is found between tables that declare nothing, from names and keys alone; who wins when several
 * fit, and what is told about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "jobs/discovery/relationships/relationship_candidates.h"
#include "jobs/discovery/relationships/relationships.h"
#include "tests/support/related.h"

static void plain_names(void **state)
{
    (void)state;
    related_make("artists: id*, name~text; albums: id*, artist_id, title~text; tracks: TrackId*, AlbumId, name~text;"
                 "categories: category_id*, label~text; products: product_id*, category_id, price");
    related_find(NULL);
    EXPECT("albums.artist_id -> artists.id", "tracks.AlbumId -> albums.id",
           "products.category_id -> categories.category_id");
}

static void roles_and_persons(void **state)
{
    (void)state;
    related_make(
        "addresses: address_id*, street~text; customers: customer_id*, billing_address_id, shipping_address_id;"
        "users: id*, login~text; documents: id*, author_id, updated_by, user_id, title~text");
    related_find(NULL);
    EXPECT("customers.billing_address_id -> addresses.address_id",
           "customers.shipping_address_id -> addresses.address_id", "documents.author_id -> users.id",
           "documents.updated_by -> users.id", "documents.user_id -> users.id");
}

static void hierarchy(void **state)
{
    (void)state;
    related_make("employees: employee_id*, reports_to, name~text; nodes: id*, parent_id, name~text;"
                 "items: id*, node_id, employee_id");
    related_find(NULL);
    EXPECT("employees.reports_to -> employees.employee_id", "nodes.parent_id -> nodes.id", "items.node_id -> nodes.id",
           "items.employee_id -> employees.employee_id");
}

static void short_forms(void **state)
{
    (void)state;
    related_make(
        "departments: dept_no*, name~text; dept_emp: emp_no*, dept_no*, since~date; employees: emp_no*, name~text");
    related_find(NULL);
    EXPECT("dept_emp.emp_no -> employees.emp_no", "dept_emp.dept_no -> departments.dept_no");
    assert_true(word_abbreviates("dept", "department"));
    assert_true(word_abbreviates("cust", "customer"));
    assert_true(word_abbreviates("mgr", "manager"));
    assert_false(word_abbreviates("or", "organization"));
    assert_false(word_abbreviates("dpm", "departments-of-the-world"));
    assert_false(word_abbreviates("customer", "cust"));
}

static void prefixes(void **state)
{
    (void)state;
    related_make("wp_posts: ID*, post_author, post_title~text; wp_users: ID*, user_login~text;"
                 "wp_comments: comment_ID*, comment_post_ID, comment_content~text, comment_parent;"
                 "wp_postmeta: meta_id*, post_id, meta_key~text, meta_value~text");
    related_find(NULL);
    assert_non_null(related_found("wp_comments", "comment_post_ID"));
    assert_string_equal(related_found("wp_comments", "comment_post_ID")->to_table, "wp_posts");
    assert_string_equal(related_found("wp_postmeta", "post_id")->to_table, "wp_posts");
    assert_null(related_found("wp_postmeta", "meta_key"));
    assert_null(related_found("wp_posts", "post_title"));
}

static void values_are_no_references(void **state)
{
    (void)state;
    related_make(
        "status: id*, name~text; types: id*, name~text; orders: id*, total_count, created_at~timestamp, name~text,"
        "description~text, version; items: id*, name~text, position, price~real");
    related_find(NULL);
    assert_int_equal(related_catalog->relationship_count, 0);
}

/* Rails says in a second column which table is meant: then it is none in particular. */
static void polymorphic(void **state)
{
    (void)state;
    related_make("subjects: id*, name~text; notes: id*, subject_id, subject_type~varchar, body~text;"
                 "marks: id*, subject_id, body~text");
    related_find(NULL);
    EXPECT("marks.subject_id -> subjects.id");
}

/* "id_client", "fk_crate": the word for a key comes first; team1, seat_id_1: the number of what comes several times. */
static void ways_of_writing(void **state)
{
    (void)state;
    related_make("clients: id*, label~text, stamp+~text; crates: id*, label~text;"
                 "sales: sale_no*, id_client, fk_crate, id_total;"
                 "teams: id*, label~text; seats: seat_id*, row~text; games: id*, team1_id, team2_id, seat_id_1");
    related_find(NULL);
    EXPECT("sales.id_client -> clients.id", "sales.fk_crate -> crates.id", "games.team1_id -> teams.id",
           "games.team2_id -> teams.id", "games.seat_id_1 -> seats.seat_id");
}

/* A table's key that is called after it refers to nothing, though its name ends like that of another table. */
static void keys_of_their_own(void **state)
{
    (void)state;
    related_make("tags: tag_id*, label~text, stamp+~text; posts: post_id*, body~text;"
                 "post_tags: post_tag_id*, post_id, tag_id");
    related_find(NULL);
    EXPECT("post_tags.post_id -> posts.post_id", "post_tags.tag_id -> tags.tag_id");
}

/* A number that is called after somebody or a place in a hierarchy, with no word for a key, can be nothing else. */
static void bare_numbers(void **state)
{
    (void)state;
    related_make("users: id*, login~text, stamp+~text; areas: id*, parent, changed_by, creator~text, motto~text");
    related_find(NULL);
    EXPECT("areas.parent -> areas.id", "areas.changed_by -> users.id");
}

static void sides_of_links(void **state)
{
    (void)state;
    related_make("genes: gene_id*, label~text, stamp+~text; crops: crop_id*, label~text;"
                 "gene_relationships: id*, subject_id, object_id, rank~text");
    related_find(NULL);
    EXPECT("gene_relationships.subject_id -> genes.gene_id", "gene_relationships.object_id -> genes.gene_id");
}

/* "unit_class" is a table: so the column of that name refers to it and says nothing about unit_id beside it. */
static void kinds_with_a_table(void **state)
{
    (void)state;
    related_make("unit: id*, label~text, stamp+~text; unit_class: id*, label~text;"
                 "accounts: id*, unit_id, unit_class, sum~text");
    related_find(NULL);
    EXPECT("accounts.unit_id -> unit.id", "accounts.unit_class -> unit_class.id");
}

/* Two tables that fit alike share the probability, and neither is believed. */
static void a_tie_is_none(void **state)
{
    (void)state;
    related_make("red_boxes: id*, a~text; blue_boxes: id*, a~text; things: id*, box_id");
    related_find(NULL);
    assert_null(related_found("things", "box_id"));
    struct error e = ERROR_NONE;
    const struct relationships_options weak = { .confidence_min = 0.01 };
    assert_int_equal(relationships_find(related_catalog, &weak, &e), ERROR_OK);
    const struct catalog_relationship *r = related_found("things", "box_id");
    assert_non_null(r);
    assert_true(r->confidence < 0.5);
    assert_non_null(strstr(r->evidence, "would fit as well"));
}

static void several_columns(void **state)
{
    (void)state;
    related_make("q_triggers: sched_name*~varchar, trigger_name*~varchar, trigger_group*~varchar, state~text;"
                 "q_cron_triggers: sched_name*~varchar, trigger_name*~varchar, trigger_group*~varchar, expression~text;"
                 "q_simple_triggers: sched_name*~varchar, trigger_name*~varchar, trigger_group*~varchar, times;"
                 "q_locks: lock_id*, sched_name~varchar");
    related_find(NULL);
    EXPECT("q_cron_triggers.sched_name -> q_triggers.sched_name",
           "q_simple_triggers.sched_name -> q_triggers.sched_name");
    const struct catalog_relationship *r = related_found("q_cron_triggers", "sched_name");
    assert_int_equal(r->from_columns.count, 3);
    assert_string_equal(r->to_columns.items[2], "trigger_group");
    assert_string_equal(r->cardinality, "one_to_one");
    assert_non_null(strstr(r->evidence, "\"sched_name\", \"trigger_name\" and \"trigger_group\" together"));
}

/* The pair of a junction is no key that others refer to: each of its columns has a table of its own. */
static void pairs_of_references(void **state)
{
    (void)state;
    related_make(
        "playlist: playlist_id*, name~text; track: track_id*, name~text; playlist_track: playlist_id*, track_id*;"
        "plays: play_id*, playlist_id, track_id, at~timestamp");
    related_find(NULL);
    EXPECT("playlist_track.playlist_id -> playlist.playlist_id", "playlist_track.track_id -> track.track_id",
           "plays.playlist_id -> playlist.playlist_id", "plays.track_id -> track.track_id");
    assert_true(catalog_table_find(related_catalog, "main", "playlist_track")->junction);
    assert_false(catalog_table_find(related_catalog, "main", "track")->junction);
}

static void circles(void **state)
{
    (void)state;
    related_make("workflows: id*, published_version_id, name~text; workflow_versions: id*, workflow_id, text~text;"
                 "nodes: id*, parent_id");
    related_find(NULL);
    EXPECT("workflows.published_version_id -> workflow_versions.id", "workflow_versions.workflow_id -> workflows.id",
           "nodes.parent_id -> nodes.id");
    assert_int_equal(related_catalog->cycle_count, 1); /* a hierarchy is none */
    assert_int_equal(related_catalog->cycles[0].count, 2);
    assert_string_equal(related_catalog->cycles[0].items[0], "main.workflow_versions");
}

static void declared_stay_as_they_are(void **state)
{
    (void)state;
    related_make("artists: id*, name~text; albums: id*, artist_id, label_id; labels: id*, name~text");
    struct catalog_table *albums = catalog_table_find(related_catalog, "main", "albums");
    struct catalog_foreign_key *fk = catalog_foreign_key_add(related_catalog, albums);
    catalog_name_add(related_catalog, &fk->columns, "artist_id");
    catalog_name_add(related_catalog, &fk->ref_columns, "id");
    fk->ref_schema = "main";
    fk->ref_table = "artists";
    related_find(NULL);
    EXPECT("albums.artist_id -> artists.id", "albums.label_id -> labels.id");
    assert_string_equal(related_found("albums", "artist_id")->origin, "declared");
    assert_true(related_found("albums", "artist_id")->confidence >= 1);
    assert_string_equal(related_found("albums", "label_id")->origin, "found");
    assert_true(related_found("albums", "label_id")->confidence < 1);
}

/* Partitions and tables with a number behind say what the first of them says. */
static void copies(void **state)
{
    (void)state;
    related_make(
        "hosts: host_id*, name~text; events: event_id*, host_id, text~text; events_1: event_id*, host_id, text~text;"
        "events_2: event_id*, host_id, text~text");
    related_find(NULL);
    EXPECT("events.host_id -> hosts.host_id");
}

static bool cancelled(void *context)
{
    (void)context;
    return true;
}

static void stops_when_told(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    const struct watch watch = { .cancelled = cancelled };
    const struct relationships_options o = { .watch = &watch };
    related_make("artists: id*, name~text; albums: id*, artist_id");
    assert_int_equal(relationships_find(related_catalog, &o, &e), ERROR_CANCELLED);
}

/* Names nobody would give, and many of them. */
static void hostile_names(void **state)
{
    (void)state;
    char name[512];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    related_catalog = catalog_create(related_arena, "postgresql", "test");
    for (int i = 0; i < 40; i++) {
        struct catalog_table *t =
            catalog_table_add(related_catalog, "main", arena_format(related_arena, "%s%d", name, i));
        related_column(t, arena_text(related_arena, "__*"));
        for (int k = 0; k < 20; k++)
            related_column(t, arena_format(related_arena, "%.*s_%d_%%s\"", k * 20, name, k));
    }
    related_find(NULL);
    assert_int_equal(related_catalog->cycle_count, 0);
}

/* Ten thousand tables are looked up, not compared in pairs. */
static void many_tables(void **state)
{
    (void)state;
    enum { TABLES = 3000 };
    related_catalog = catalog_create(related_arena, "postgresql", "test");
    for (int i = 0; i < TABLES; i++) {
        struct catalog_table *t = catalog_table_add(related_catalog, "main", arena_format(related_arena, "thing%d", i));
        related_column(t, arena_text(related_arena, "id*"));
        related_column(t, arena_format(related_arena, "thing%d_id", (i * 7 + 1) % TABLES));
        related_column(t, arena_text(related_arena, "status~text"));
        related_column(t, arena_text(related_arena, "type_id"));
    }
    clock_t start = clock();
    related_find(NULL);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 20); /* sanitizers and a busy machine included */
    assert_true(related_catalog->relationship_count > TABLES * 9 / 10);
}

/* A habit of the schema: references bear the table's name alone. A table that ties rows together points to them. */
static void habits(void **state)
{
    (void)state;
    related_make(
        "artist: id*, name~text; label: id*, name~text; recording: id*, artist, label, length; "
        "artist_alias: id*, artist, title~text; part: id*, name~text; part_relationship: id*, parent_id, child_id");
    related_find(NULL);
    EXPECT("recording.artist -> artist.id", "recording.label -> label.id", "artist_alias.artist -> artist.id",
           "part_relationship.parent_id -> part.id", "part_relationship.child_id -> part.id");
}

/* A schema that declares keys of one column and nothing else: what a table is called, and short forms, may be keys. */
static void sketches(void **state)
{
    (void)state;
    related_make("teas: id*, tea~text, colour~text; cups: cup_no*, tea~text, price;"
                 "vessels: vid*, name~text; pilots: pid*, name~text; licences: pid*, vid, since~date;"
                 "mast_status_codes: mast_status_code*~text, words~text; masts: mast_id*, mast_status_code~text");
    related_find(NULL);
    EXPECT("cups.tea -> teas.tea", "licences.vid -> vessels.vid", "licences.pid -> pilots.pid",
           "masts.mast_status_code -> mast_status_codes.mast_status_code");
}

/* The same column beside something that is declared unique: then only keys are referred to. */
static void labels_are_no_keys(void **state)
{
    (void)state;
    related_make("teas: id*, tea~text, colour~text; cups: cup_no*, tea~text, price, stamp+~text");
    related_find(NULL);
    assert_null(related_found("cups", "tea"));
}

static void counts_are_no_references(void **state)
{
    (void)state;
    related_make("guests: guest_id*, name~text; rooms: room_id*, num_of_guests, max_guest, guests, last_guest_id");
    related_find(NULL);
    EXPECT("rooms.last_guest_id -> guests.guest_id");
}

/* A table that ties two others together is not what either refers to. */
static void ties_are_not_meant(void **state)
{
    (void)state;
    related_make("clubs: id*, name~text; players: id*, club_id, name~text; club_players: id*, club_id, player_id");
    related_find(NULL);
    EXPECT("players.club_id -> clubs.id", "club_players.club_id -> clubs.id", "club_players.player_id -> players.id");
}

/* Keys grew to 64 bits, and what refers to them did not: PostgreSQL does not mind. */
static void sizes_may_differ(void **state)
{
    (void)state;
    related_make("users: id*~bigint, login+~text; notes: id*~bigint, user_id~integer, body~text; logs: id*~bigint,"
                 "user_id~integer, at~timestamp; holds: id*~bigint, user_id~integer");
    related_find(NULL);
    EXPECT("notes.user_id -> users.id", "logs.user_id -> users.id", "holds.user_id -> users.id");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_names),
        cmocka_unit_test(roles_and_persons),
        cmocka_unit_test(hierarchy),
        cmocka_unit_test(short_forms),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(values_are_no_references),
        cmocka_unit_test(polymorphic),
        cmocka_unit_test(ways_of_writing),
        cmocka_unit_test(keys_of_their_own),
        cmocka_unit_test(bare_numbers),
        cmocka_unit_test(sides_of_links),
        cmocka_unit_test(kinds_with_a_table),
        cmocka_unit_test(a_tie_is_none),
        cmocka_unit_test(several_columns),
        cmocka_unit_test(pairs_of_references),
        cmocka_unit_test(circles),
        cmocka_unit_test(declared_stay_as_they_are),
        cmocka_unit_test(copies),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(many_tables),
        cmocka_unit_test(habits),
        cmocka_unit_test(sketches),
        cmocka_unit_test(labels_are_no_keys),
        cmocka_unit_test(counts_are_no_references),
        cmocka_unit_test(ties_are_not_meant),
        cmocka_unit_test(sizes_may_differ),
    };
    return cmocka_run_group_tests(tests, related_setup, related_teardown);
}
