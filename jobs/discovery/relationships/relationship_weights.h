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
    X(BIAS, -4.0, -4.16, "every candidate but nameless ones")                                                          \
    X(SAME, 3.0, 2.73, "the column is named like the key, and the name says more than id")                             \
    X(SAME_ID_ALONE, 2.0, -0.26, "and it ends in id, and is the key of one table only")                                \
    X(SAME_ID_SHARED, 2.5, 0.89, "and three or more tables have it")                                                   \
    X(SAME_PLAIN, -1.0, -1.12, "both are plainly named id, code, ...")                                                 \
    X(ROLE_SAME, 2.5, 1.69, "the column is named like the key, with a role before it: home_city_id, city_id")          \
    X(KEY_STEM, 1.0, -0.92, "the name less its key word is that of the key: maker, maker_id")                          \
    X(TABLE, 3.0, 3.92, "the column is named after the whole table")                                                   \
    X(ROLE_TABLE, 2.5, 3.22, "with a role before it: billing_address_id, addresses")                                   \
    X(TAIL, 1.5, 1.89, "it is named after the end of the table's name: blob_id, storage_blobs")                        \
    X(TAIL_ALONE, 0.7, 0.48, "and no other table ends so")                                                             \
    X(HEAD, 1.0, 1.04, "after its beginning: gpx_id, gpx_files")                                                       \
    X(INSIDE, 0.5, 0.51, "after words in its middle")                                                                  \
    X(ROLE_PART, 0.5, -0.22, "after a part of the table's name, with a role before it")                                \
    X(LEAD, 0.0, -0.22, "the table's name comes first, other words follow: ship_via, shippers")                        \
    X(SELF, 3.0, 1.66, "a word of hierarchy, and the table itself: parent_id, reports_to")                             \
    X(SELF_PURE, 1.0, 0.76, "hierarchy is all that its name says")                                                     \
    X(LINK, 2.0, 2.00, "a word of hierarchy, and the table whose name the column's table extends")                     \
    X(LINKED, -1.0, -1.00, "hierarchy in its own table, whose name extends that of another")                           \
    X(PERSON, 2.0, 1.01, "someone who does something, and a table of people: author_id, updated_by, users")            \
    X(PERSON_MAIN, 2.0, 1.25, "and no table of people is referred to more")                                            \
    X(PERSON_BY, 2.5, 1.22, "and it says by: created_by")                                                              \
    X(DOER, 0.5, 0.70, "someone who does something, and a table named after such: winner_id, players")                 \
    X(DOER_ONLY, 1.0, 1.23, "and it is the only one")                                                                  \
    X(ABBREVIATED, -0.5, -0.91, "a word had to be taken for an abbreviation: dept, department")                        \
    X(GLUED, -0.5, 0.13, "a word is the end of a longer one: user, appuser")                                           \
    X(WORD_ELSEWHERE, -2.0, -2.02, "but it is a whole word of another table's name")                                   \
    X(KEY_WORD_SAME, 1.0, 1.04, "column and key end in the same word for a key: id, code, no")                         \
    X(KEY_WORD_OTHER, -2.0, -2.26, "in different ones: invoice_number, invoices.id")                                   \
    X(KEY_WORD_NONE, -0.5, -0.48, "the column does not end in a word for a key")                                       \
    X(KEY_WORD_ID, 0.5, 0.32, "the column ends in id")                                                                 \
    X(VALUE_WORD, -2.0, -2.93, "the column ends in a word for a value: date, amount, name, status")                    \
    X(VALUE_TABLE, 2.0, 1.97, "but it is a number, and a table has just that name: type, types")                       \
    X(NAME_KEY, 0.5, 0.15, "column and key both end in name, and the key is one")                                      \
    X(NAMED_NUMBER, 1.0, 1.34, "a number is named after the whole table, with no word for a key: artist, artists")     \
    X(NAMED_BARE, 1.0, 1.65, "and so are most references of the schema")                                               \
    X(TABLE_KEY, 1.5, 1.57, "the table's name and then the key's: sport_type_name, sport_type.name")                   \
    X(REST_1, -0.5, -1.21, "one word of the table's name is not in the column's")                                      \
    X(REST_MORE, -1.0, -1.70, "two or more are not")                                                                   \
    X(REST_SHARED, 1.0, 0.96, "but the column's own table has these words as well")                                    \
    X(REST_IS_FROM, 2.0, 1.77, "and they are its whole name: workflows, version_id, workflow_versions")                \
    X(REST_GROUP, 0.7, 0.28, "they only say to which group of tables it belongs: act_re_, d_")                         \
    X(ROLE_1, 0.0, -0.26, "one word of the column is not in the table's name")                                         \
    X(ROLE_MORE, -0.5, -1.00, "two or more are not")                                                                   \
    X(GROUP_SAME, 0.5, 0.25, "both tables begin with the same word")                                                   \
    X(GROUP_OTHER, -1.5, -1.73, "another table that ends so begins like the column's own table")                       \
    X(KEY_NAME_ALONE, 1.0, 1.81, "no other table has a key of this name")                                              \
    X(KEY_NAMES_TABLE, 0.5, -1.33, "the key is named after its table")                                                 \
    X(KEY_OTHER, -2.0, -1.90, "the key has a name of its own, which the column does not have: row_id")                 \
    X(KEY_REFERS, -2.0, -2.05, "the key is named after a third table, and so refers itself: info.proc_def_id")         \
    X(COLUMN_SHARED, 0.3, -0.95, "three or more tables have a column of this name")                                    \
    X(KEY_PRIMARY, 1.0, 1.94, "the key is the primary key")                                                            \
    X(KEY_UNIQUE, 0.5, 0.53, "the key is unique")                                                                      \
    X(KEY_BESIDE_ID, -1.5, -2.59, "and its table has a plain id for that purpose")                                     \
    X(KEY_BESIDE_OTHER, -1.0, -1.36, "its table has a primary key named after it, and this one is not")                \
    X(KEY_PART, -2.0, -2.63, "the key is only a part of one of several columns")                                       \
    X(KEY_UNDECLARED, -1.5, -2.39, "the key's table declares no key at all")                                           \
    X(KEY_RUN_LAST, 0.5, 0.48, "the last of the ids that such a table begins with")                                    \
    X(KEYLESS, 1.0, 0.58, "and no table of the schema declares any")                                                   \
    X(KEYLESS_ALONE, 1.5, 1.25, "and no other table has it as the last of its ids")                                    \
    X(FROM_PRIMARY, -1.0, -1.99, "the column is the whole primary key of its table")                                   \
    X(FROM_PRIMARY_OTHER, 1.5, 1.60, "and named after the key's table, not after its own")                             \
    X(FROM_PRIMARY_OWN, -1.0, -1.40, "and named after its own table")                                                  \
    X(FROM_IN_PRIMARY, 0.3, 0.10, "the column is a part of its table's primary key")                                   \
    X(FROM_UNIQUE, -0.5, -0.82, "the column is unique by itself")                                                      \
    X(TYPE_LENGTH, -0.5, -1.76, "the types agree, the lengths don't")                                                  \
    X(TYPE_SIZE, -0.5, -1.54, "both are whole numbers of different sizes")                                             \
    X(TYPE_DIFFERS, -1.5, -2.32, "the types differ, in a source that does not mind")                                   \
    X(ITSELF, -2.0, -2.93, "the key is of the column's own table, and nothing says hierarchy")                         \
    X(POLYMORPHIC, -4.0, -3.67, "a column beside it says which table is meant: subject_type beside subject_id")        \
    X(FROM_RECORD, -0.5, -0.64, "the column's table keeps records: history, log, audit, archive, backup")              \
    X(TO_RECORD, -1.0, -1.02, "the key's table does")                                                                  \
    X(COVERED, -1.0, -1.10, "the column is part of several that refer to one key together")                            \
    X(TO_IN_FROM, 0.5, 0.79, "the column's table has the whole name of the key's in its own: order_items, orders")     \
    X(FROM_IN_TO, -1.0, -0.70, "the other way round: orders, order_items")                                             \
    X(BACKWARDS, -2.0, -2.01, "both are keys, and the other way round the name fits better")                           \
    X(COMPOSITE, 3.0, 2.04, "several columns together")                                                                \
    X(COMPOSITE_PRIMARY, 1.0, 0.33, "they are the whole primary key of the table referred to")                         \
    X(COMPOSITE_STEM, 1.5, 0.92, "one of them is named after the table referred to")                                   \
    X(COMPOSITE_WHOLE, 2.0, 1.80, "and they have all words of its name")                                               \
    X(COMPOSITE_MORE, 1.0, 0.82, "they are three or more")                                                             \
    X(COMPOSITE_EACH, -2.5, -2.67, "each of them refers to some other table by itself")                                \
    X(COMPOSITE_MIRROR, 0.0, -0.08, "they are the whole primary key on both sides")                                    \
    X(HUB, 0.3, 0.52, "five or more tables have a column that fits this key as well")                                  \
    X(NAMELESS, -5.0, -6.36, "nothing in the names; only the structure proposes it")                                   \
    X(NAMELESS_OWNER, 1.5, 2.50, "and the column's table extends the name of the key's: debate_people, people")        \
    X(NAMELESS_HUB, 0.5, 0.13, "and nothing is referred to more")
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
