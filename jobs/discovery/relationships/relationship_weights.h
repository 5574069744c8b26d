/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_weights.h - what speaks for and against a reference nobody declared: the one table of weights.
 *
 * The model is a conditional logit. The candidates of one column (or one list of columns) compete with each other and
 * with "refers to nothing", whose sum is 0: the probability of candidate i is exp(s_i) / (1 + sum of exp(s_j)), s being
 * the sum of the weights of its features plus the bias. So two tables that fit equally well share the probability, and
 * neither is believed. Every feature is yes or no.
 *
 * The priors are what one who designs schemas would say. The weights are fitted by tests/measure/discovery/fit_fk.py on
 * schemas whose keys are known, with a penalty on how far they leave the priors, so that what the schemas say little
 * about stays sensible; the script writes them here and prints the cross-validated figures. No feature knows the
 * name of a schema or a table. The rows below the names (FEATURE_ROWS_*) are no part of the fit: relationship_rows.c.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_WEIGHTS_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_WEIGHTS_H

/* X(name, prior, weight, what it says) */
/* clang-format off */
#define RELATIONSHIP_FEATURES(X)                                                                                       \
    X(BIAS, -4.0, -3.99, "every candidate but nameless ones")                                                          \
    X(SAME, 3.0, 1.92, "the column is named like the key, and the name says more than id")                             \
    X(SAME_ALONE, 1.0, 0.24, "and no other table's key is, nor has its table a plain id besides")                      \
    X(SAME_ID_SHARED, 2.5, 0.69, "and it ends in id, and three or more tables have it")                                \
    X(SAME_PLAIN, -1.0, -1.13, "both are plainly named id, code, ...")                                                 \
    X(ROLE_SAME, 2.5, 1.74, "the column is named like the key, with a role before it: home_city_id, city_id")          \
    X(KEY_STEM, 1.0, -0.49, "the name less its key word is that of the key: maker, maker_id")                          \
    X(TABLE, 3.0, 4.09, "the column is named after the whole table")                                                   \
    X(ROLE_TABLE, 2.5, 3.21, "with a role before it: billing_address_id, addresses")                                   \
    X(TAIL, 1.5, 1.93, "it is named after the end of the table's name: blob_id, storage_blobs")                        \
    X(TAIL_ALONE, 0.7, 0.29, "and no other table ends so")                                                             \
    X(HEAD, 1.0, 0.90, "after its beginning: gpx_id, gpx_files")                                                       \
    X(INSIDE, 0.5, 0.43, "after words in its middle")                                                                  \
    X(ROLE_PART, 0.5, -0.35, "after a part of the table's name, with a role before it")                                \
    X(LEAD, 0.0, -0.27, "the table's name comes first, other words follow: ship_via, shippers")                        \
    X(STRIPPED, -0.5, -1.09, "and the word that all columns of the table begin with was left out")                     \
    X(SELF, 3.0, 1.88, "a word of hierarchy, and the table itself: parent_id, reports_to")                             \
    X(SELF_PURE, 1.0, 0.88, "hierarchy is all that its name says")                                                     \
    X(SELF_NUMBER, 1.5, 1.59, "and it is a number, as the key is: parent integer")                                     \
    X(SELF_SKETCH, -1.0, -2.10, "and other words besides, in a schema that is a sketch: next_entry_id")                \
    X(LINK, 2.0, 2.00, "a word of hierarchy, and the table whose name the column's table extends")                     \
    X(LINKED, -1.0, -1.00, "hierarchy in its own table, whose name extends that of another")                           \
    X(PERSON, 2.0, 1.30, "someone who does something, and a table of people: author_id, updated_by, users")            \
    X(PERSON_MAIN, 2.0, 1.41, "and no table of people is referred to more")                                            \
    X(PERSON_BY, 2.5, 1.22, "and it says by: created_by")                                                              \
    X(PERSON_BARE, -1.0, -1.63, "and neither by nor a word for a key: composer, handler")                              \
    X(PERSON_NUMBER, 1.5, 1.03, "and a number, as the key is: changed_by integer, users.id")                           \
    X(DOER, 0.5, 0.75, "someone who does something, and a table named after such: winner_id, players")                 \
    X(DOER_ONLY, 1.0, 1.27, "and it is the only one")                                                                  \
    X(ABBREVIATED, -0.5, -0.79, "a word had to be taken for an abbreviation: dept, department")                        \
    X(GLUED, -0.5, 0.04, "a word is the end of a longer one: user, appuser")                                           \
    X(WORD_ELSEWHERE, -2.0, -2.25, "but it is a whole word of another table's name")                                   \
    X(KEY_WORD_SAME, 1.0, 1.11, "column and key end in the same word for a key: id, code, no")                         \
    X(KEY_WORD_OTHER, -2.0, -2.22, "in different ones: invoice_number, invoices.id")                                   \
    X(KEY_WORD_NONE, -0.5, -0.22, "the column does not end in a word for a key")                                       \
    X(KEY_WORD_ID, 0.5, 0.61, "the column ends in id")                                                                 \
    X(VALUE_WORD, -2.0, -3.04, "the column ends in a word for a value: date, amount, name, status")                    \
    X(VALUE_TABLE, 2.0, 1.92, "but it is a number, and a table has just that name: type, types")                       \
    X(PLURAL, -3.5, -3.56, "it is written in the plural, with no word for a key: languages")                           \
    X(COUNTED, -3.5, -3.53, "a word before it says how many, or which is the largest: num_of_staff, max_connections")  \
    X(NAME_KEY, 0.5, 0.34, "column and key both end in name, and the key is one")                                      \
    X(NAMED_NUMBER, 1.0, 1.41, "a number is named after the whole table, with no word for a key: artist, artists")     \
    X(NAMED_BARE, 1.0, 1.74, "and so are most references of the schema")                                               \
    X(NUMBER_ROLE, 1.5, 1.56, "such a number names the whole table with a role before it: lost_in_battle")             \
    X(NUMBER_PART, 1.0, 1.25, "such a number names a part of the table's name: maker, car_makers")                     \
    X(TEXT_BARE, -1.0, -0.80, "a text with no word for a key names the whole table: class, classes")                   \
    X(TABLE_KEY, 1.5, 1.34, "the table's name and then the key's: sport_type_name, sport_type.name")                   \
    X(TABLE_KEY_LEAD, 2.0, 2.00, "and neither is a word for a key: professor_ssn, professor.ssn")                      \
    X(REST_1, -0.5, -1.00, "one word of the table's name is not in the column's")                                      \
    X(REST_MORE, -1.0, -1.55, "two or more are not")                                                                   \
    X(REST_SHARED, 1.0, 1.10, "but the column's own table has these words as well")                                    \
    X(REST_IS_FROM, 2.0, 1.98, "and they are its whole name: workflows, version_id, workflow_versions")                \
    X(REST_RIVAL, -2.0, -2.00, "but another table has just that name: biomaterial_dbxref, dbxref")                     \
    X(REST_GROUP, 0.7, 0.15, "they only say to which group of tables it belongs: act_re_, d_")                         \
    X(ROLE_1, 0.0, -0.14, "one word of the column is not in the table's name")                                         \
    X(ROLE_MORE, -0.5, -0.91, "two or more are not")                                                                   \
    X(GROUP_SAME, 0.5, 0.20, "both tables begin with the same word")                                                   \
    X(GROUP_OTHER, -1.5, -1.72, "another table that ends so begins like the column's own table")                       \
    X(KEY_NAME_ALONE, 1.0, 1.49, "no other table has a key of this name")                                              \
    X(KEY_NAMES_TABLE, 0.5, -1.19, "the key is named after its table")                                                 \
    X(KEY_OTHER, -2.0, -2.57, "the key has a name of its own, which the column does not have: row_id")                 \
    X(KEY_INITIALS, 2.0, 2.30, "the key's name is a short form of its table's and a word for a key: aid, aircraft")    \
    X(KEY_REFERS, -2.0, -1.99, "the key is named after a third table, and so refers itself: info.proc_def_id")         \
    X(COLUMN_SHARED, 0.3, -0.99, "three or more tables have a column of this name")                                    \
    X(KEY_PRIMARY, 1.0, 1.35, "the key is the primary key")                                                            \
    X(KEY_UNIQUE, 0.5, 0.47, "the key is unique")                                                                      \
    X(KEY_BESIDE_ID, -1.5, -2.56, "and its table has a plain id for that purpose")                                     \
    X(KEY_BESIDE_OTHER, -1.0, -1.28, "its table has a primary key named after it, and this one is not")                \
    X(KEY_PART, -2.0, -2.59, "the key is only a part of one of several columns")                                       \
    X(KEY_UNDECLARED, -1.5, -2.30, "the key's table declares no key at all")                                           \
    X(KEY_RUN_LAST, 0.5, 0.40, "the last of the ids that such a table begins with")                                    \
    X(KEY_UNDECLARED_BARE, -1.0, -1.10, "and that bears no word for a key")                                            \
    X(KEYLESS, 1.0, 0.68, "and no table of the schema declares any")                                                   \
    X(KEYLESS_ALONE, 1.5, 1.27, "and no other table has it as the last of its ids")                                    \
    X(KEY_LABEL, -3.0, -2.11, "the key is but named like its table, in a sketch, and so is the column: grapes.grape")  \
    X(KEY_LABEL_TYPE, 3.0, 3.54, "and has the column's type, which the table's key has not")                           \
    X(FROM_PRIMARY, -1.0, -1.82, "the column is the whole primary key of its table")                                   \
    X(FROM_PRIMARY_OTHER, 1.5, 1.52, "and named after the key's table, not after its own")                             \
    X(FROM_PRIMARY_OWN, -1.0, -1.40, "and named after its own table")                                                  \
    X(FROM_PRIMARY_SELF, -4.0, -4.02, "and it has just the name of its own table: order_item_id of order_items")       \
    X(FROM_IN_PRIMARY, 0.3, 0.08, "the column is a part of its table's primary key")                                   \
    X(FROM_UNIQUE, -0.5, -0.79, "the column is unique by itself")                                                      \
    X(TYPE_LENGTH, -2.0, -2.65, "the types agree, the lengths don't")                                                  \
    X(TYPE_SIZE, -1.5, -2.38, "both are whole numbers of different sizes, in a source that minds: MySQL, SQL Server")  \
    X(TYPE_SIZE_LOOSE, -0.5, -0.50, "the same in one that does not: user_id integer, users.id bigint")                 \
    X(TYPE_DIFFERS, -1.5, -1.69, "the types differ, in a source that does not mind")                                   \
    X(TYPE_STRICT, -2.0, -2.28, "and the schema is no sketch")                                                         \
    X(ITSELF, -2.0, -2.86, "the key is of the column's own table, and nothing says hierarchy")                         \
    X(POLYMORPHIC, -4.0, -3.74, "a column beside it says which table is meant: subject_type beside subject_id")        \
    X(FROM_RECORD, -0.5, -0.79, "the column's table keeps records: history, log, audit, archive, backup")              \
    X(TO_RECORD, -1.0, -1.03, "the key's table does")                                                                  \
    X(COVERED, -1.0, -1.07, "the column is part of several that refer to one key together")                            \
    X(TO_IN_FROM, 0.5, 0.81, "the column's table has the whole name of the key's in its own: order_items, orders")     \
    X(FROM_IN_TO, -1.0, -0.85, "the other way round: orders, order_items")                                             \
    X(BACKWARDS, -2.0, -2.01, "both are keys, and the other way round the name fits better")                           \
    X(COMPOSITE, 3.0, 2.00, "several columns together")                                                                \
    X(COMPOSITE_PRIMARY, 1.0, 0.31, "they are the whole primary key of the table referred to")                         \
    X(COMPOSITE_STEM, 1.5, 0.90, "one of them is named after the table referred to")                                   \
    X(COMPOSITE_WHOLE, 2.0, 1.78, "and they have all words of its name")                                               \
    X(COMPOSITE_MORE, 1.0, 0.80, "they are three or more")                                                             \
    X(COMPOSITE_EACH, -2.5, -2.68, "each of them refers to some other table by itself")                                \
    X(COMPOSITE_MIRROR, 0.0, -0.08, "they are the whole primary key on both sides")                                    \
    X(HUB, 0.3, 0.54, "five or more tables have a column that fits this key as well")                                  \
    X(NAMELESS, -5.0, -6.19, "nothing in the names; only the structure proposes it")                                   \
    X(NAMELESS_OWNER, 1.5, 1.95, "and the column's table extends the name of the key's: debate_people, people")        \
    X(NAMELESS_UNMET, 1.5, 2.50, "and no column there has a word of that name")                                        \
    X(NAMELESS_HUB, 0.5, 0.63, "and nothing is referred to more")                                                      \
    X(NAMELESS_ONLY, 4.0, 4.87, "and in this sketch nothing else can be meant")                                        \
    X(NAMELESS_STRICT, -1.5, -1.55, "and no word for a key in a schema that is no sketch: palette, leadout_offset")
/* clang-format on */

/* What the rows say is no part of the fit (schemas with keys and rows are few): added to the sum of a candidate. */
/* clang-format off */
#define RELATIONSHIP_ROWS(X)                                                                                           \
    X(ROWS_NONE, -0.4, "the column has no values")                                                                     \
    X(ROWS_CONTRADICT, -12.0, "too many values are not there")                                                         \
    X(ROWS_ORPHANS_MAX, 0.06, "the share of rows without a parent that still is an accident; of values twice that")    \
    X(ROWS_ORPHAN, -1.5, "as many orphans as that, fewer in proportion")                                               \
    X(ROWS_FOUND, 0.2, "all values are there, which dense numbers always are")                                         \
    X(ROWS_REACH, 0.6, "numbers reach to the end of the key's range")                                                  \
    X(ROWS_SURE, 5.0, "finding them by chance would be a wonder")                                                      \
    X(ROWS_SURE_BITS, 30.0, "so many bits are one, fewer in proportion")                                               \
    X(ROWS_ALONE, 5.0, "no name speaks for it, and twice as many bits do, all values being there")
/* clang-format on */

#endif
