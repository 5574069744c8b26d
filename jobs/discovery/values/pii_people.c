/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_people.c - the lists as one hash table of folded words, and the endings that surnames have in many languages.
 *
 * A word may be several things at once ("austin" is a given name and a city): the bits are joined, and the column
 * decides by what most of its values are.
 */
#include "jobs/discovery/values/pii_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jobs/discovery/values/pii_lists.h"
#include "jobs/discovery/values/pii_map.h"

struct pii_people {
    struct pii_map words;
};

static void add_list(struct pii_people *people, const char *const *lines, char separator, uint32_t is)
{
    for (; *lines != NULL; lines++)
        pii_map_add_line(&people->words, *lines, separator, is);
}

struct pii_people *pii_people_create(void)
{
    struct pii_people *people = mem_zero(1, sizeof *people);
    pii_map_init(&people->words);
    add_list(people, pii_given_names, ' ', PII_GIVEN);
    add_list(people, pii_given_names_more, ' ', PII_GIVEN);
    add_list(people, pii_surnames, ' ', PII_SURNAME);
    add_list(people, pii_surnames_more, ' ', PII_SURNAME);
    add_list(people, pii_cities, ',', PII_CITY);
    add_list(people, pii_countries, ',', PII_COUNTRY);
    add_list(people, pii_things, ' ', PII_THING);
    return people;
}

struct pii_people *pii_people_destroy(struct pii_people *people)
{
    if (people != NULL)
        pii_map_finish(&people->words);
    free(people);
    return NULL;
}

static bool ends_with(const char *word, size_t size, const char *const *endings, size_t longer)
{
    for (; *endings != NULL; endings++) {
        size_t length = strlen(*endings);
        if (size >= length + longer && memcmp(word + size - length, *endings, length) == 0)
            return true;
    }
    return false;
}

/* Folded, so "ova" stands for -ová as well. Only endings that few other words have. */
static bool surname_ending(const char *word, size_t size)
{
    static const char *const endings[] = {
        "ova",   "eva",   "ovic",  "evic",   "ovich",  "evich",  "enko",  "czyk",  "wicz",    "ewicz",   "owski",
        "ewski", "inski", "owska", "ewska",  "inska",  "ynski",  "ynska", "sson",  "dottir",  "opoulos", "opoulou",
        "akis",  "aki",   "idis",  "iadis",  "oglu",   "shvili", "adze",  "escu",  "eanu",    "akov",    "nikov",
        "skaya", "skaja", "skyi",  "mann",   "meier",  "meyer",  "bauer", "huber", "stein",   "berger",  "hoff",
        "strom", "quist", "qvist", "gren",   "kvist",  "gaard",  "nen",   "sen",   "sdotter", "wala",    "walla",
        "yan",   "stra",  "ов",    "ова",    "ев",     "ева",    "ин",    "ина",   "скии",    "ский",    "ская",
        "енко",  "чук",   "ук",    "πουλοσ", "πουλου", "ακησ",   "ιδησ",  "ιου",   "ακη",     "ιδου",    "ιαδησ",
        "ατοσ",  "ατου",  "ωτησ",  "ελλησ",  "ελλη",   "ουλασ",  "ουλησ", "ουλη",  "αιοσ",    "αριδησ",  "ογλου",
        "ανου",  "юк",    "як",    "ський",  "ська",   "цький",  "цька",  "ович",  NULL,
    };
    return ends_with(word, size, endings, 3);
}

static bool place_form(const char *word, size_t size)
{
    static const char *const endings[] = {
        "ville",   "burg",  "burgh", "borough", "bury",      "shire",    "stadt",     "hausen", "heim",    "dorf",
        "furt",    "ford",  "bruck", "brucken", "haven",     "hafen",    "mouth",     "port",   "chester", "cester",
        "minster", "wick",  "stead", "hampton", "ington",    "ingham",   "grad",      "gorod",  "polis",   "abad",
        "pur",     "pura",  "holm",  "koping",  "borg",      "vik",      "stad",      "sund",   "kirchen", "kirk",
        "walde",   "tal",   "berg",  "bach",    "field",     "wood",     "ton",       "town",   "vale",    "view",
        "side",    "hamn",  "torp",  "fors",    "jarvi",     "kyla",     "joki",      "niemi",  "salmi",   "saari",
        "koski",   "ranta", "lahti", "vaara",   "kunta",     "kaupunki", "dijk",      "drecht", "wijk",    "hoven",
        "broek",   "veen",  "beek",  "wolde",   "kerk",      "kerke",    "zele",      "lede",   "voorde",  "oord",
        "haza",    "falva", "hely",  "varos",   "vasarhely", "fured",    "keresztur", "esti",   "eni",     "ovice",
        "град",    "ово",   "ское",  "город",   "ськ",       "евка",     "івка",      "ичи",    NULL,
    };
    return ends_with(word, size, endings, 3);
}

unsigned pii_people_look(const struct pii_people *people, const char *folded, size_t size)
{
    if (size == 0 || size > 64)
        return 0;
    return pii_map_find(&people->words, folded, size) | (surname_ending(folded, size) ? PII_SURNAME_ENDING : 0) |
           (place_form(folded, size) ? PII_PLACE_FORM : 0);
}
