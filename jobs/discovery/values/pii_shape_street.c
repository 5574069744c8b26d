/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_shape_street.c - postal addresses: a word of streets and a number, or a post box.
 *
 * A word of streets stands alone ("Rue", "St.") or at the end of one ("Mattenstrasse", "Algade"). Without any such
 * word a number beside one to four words of a name will do when it stands where house numbers stand, but not at the
 * end of a word of things (that is pii.c's to weigh: the column must have many such values).
 */
#include "jobs/discovery/values/pii_shape.h"

#include <string.h>

enum { WORD_MAX = 48 };

static const char *const streets[] = {
    "street",     "st",        "str",       "road",     "rd",         "avenue",     "ave",        "av",
    "boulevard",  "blvd",      "lane",      "ln",       "drive",      "dr",         "court",      "ct",
    "place",      "pl",        "square",    "sq",       "terrace",    "crescent",   "cres",       "close",
    "highway",    "hwy",       "parkway",   "pkwy",     "circle",     "cir",        "trail",      "alley",
    "mews",       "grove",     "gardens",   "route",    "rte",        "way",        "loop",       "plaza",
    "rue",        "chemin",    "impasse",   "allee",    "quai",       "cours",      "passage",    "via",
    "viale",      "vicolo",    "piazza",    "piazzale", "corso",      "largo",      "strada",     "contrada",
    "calle",      "c/",        "avenida",   "avda",     "paseo",      "plaza",      "carrer",     "ronda",
    "camino",     "carretera", "travesia",  "rua",      "praca",      "travessa",   "alameda",    "estrada",
    "rodovia",    "strasse",   "weg",       "platz",    "gasse",      "ring",       "ul",         "ulica",
    "al",         "aleja",     "os",        "plac",     "ulice",      "namesti",    "trida",      "utca",
    "ut",         "u",         "ter",       "korut",    "sokak",      "sok",        "cadde",      "caddesi",
    "cad",        "mah",       "mahallesi", "bulvari",  "ulitsa",     "prospekt",   "ул",         "улица",
    "пр",         "проспект",  "пер",       "бульвар",  "шоссе",      "вул",        "вулиця",     "strada",
    "bulevardul", "gata",      "gatan",     "vei",      "veien",      "vej",        "alle",       "katu",
    "tie",        "kuja",      "tn",        "mnt",      "tanav",      "poik",       "iela",       "gatve",
    "g",          "leoforos",  "odos",      "οδοσ",     "λεωφοροσ",   "jalan",      "jl",         "chome",
    "dori",       "nagar",     "marg",      "ext",      "extension",  "expressway", "extensions", "isle",
    "isles",      "point",     "points",    "ridge",    "ridges",     "valley",     "valleys",    "village",
    "villages",   "plains",    "manor",     "manors",   "landing",    "junction",   "junctions",  "harbor",
    "harbors",    "haven",     "heights",   "hills",    "hollow",     "island",     "islands",    "knoll",
    "knolls",     "lake",      "lakes",     "meadow",   "meadows",    "mill",       "mills",      "mission",
    "motorway",   "mount",     "mountain",  "neck",     "orchard",    "oval",       "overpass",   "park",
    "parks",      "path",      "pike",      "pine",     "pines",      "port",       "prairie",    "radial",
    "ramp",       "ranch",     "rapid",     "rapids",   "rest",       "river",      "row",        "run",
    "shoal",      "shoals",    "shore",     "shores",   "skyway",     "spring",     "springs",    "spur",
    "station",    "stravenue", "stream",    "summit",   "throughway", "trace",      "track",      "trafficway",
    "tunnel",     "turnpike",  "underpass", "union",    "view",       "views",      "ville",      "vista",
    "walk",       "walks",     "wall",      "well",     "wells",      "ways",       "unions",     "trails",
    "causeway",   "center",    "centers",   "cliff",    "cliffs",     "club",       "common",     "corner",
    "corners",    "course",    "courts",    "cove",     "coves",      "creek",      "crest",      "crossing",
    "crossroad",  "curve",     "dale",      "dam",      "divide",     "estate",     "estates",    "falls",
    "ferry",      "field",     "fields",    "flat",     "flats",      "ford",       "fords",      "forest",
    "forge",      "forges",    "fork",      "forks",    "fort",       "freeway",    "garden",     "gateway",
    "glen",       "glens",     "green",     "greens",   "branch",     "bridge",     "brook",      "brooks",
    "burg",       "burgs",     "bypass",    "camp",     "canyon",     "cape",       "bend",       "bluff",
    "bluffs",     "bottom",    "beach",     "bayou",    "annex",      "anex",       "arcade",     "inlet",
    "key",        "keys",      "locks",     "lodge",    "mall",       "light",      "lights",     "fall",
    NULL,
};

static const char *const endings[] = {
    "strasse", "straße", "str",  "gasse", "weg",   "platz",  "allee", "damm",  "ufer",   "ring",   "markt",
    "steig",   "straat", "laan", "plein", "kade",  "gracht", "dijk",  "steeg", "singel", "gatan",  "vagen",
    "grand",   "gata",   "gate", "vegen", "veien", "vei",    "gade",  "vej",   "alle",   "bakken", "stien",
    "katu",    "tie",    "kuja", "polku", "utca",  "tanav",  "iela",  "gatve", "street", "sokak",  "braut",
    "vegur",   "stigur", "hof",  "pad",   "hofje", "baan",   "lei",   "dreef", NULL,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool among(const char *const *words, const char *word, size_t size)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == size && memcmp(*words, word, size) == 0)
            return true;
    return false;
}

static bool has_ending(const char *word, size_t size)
{
    for (const char *const *ending = endings; *ending != NULL; ending++) {
        size_t length = strlen(*ending);
        if (size >= length + 2 && memcmp(word + size - length, *ending, length) == 0)
            return true;
    }
    return false;
}

static bool contains(const char *folded, const char *part)
{
    return strstr(folded, part) != NULL;
}

/* Han and Kana: a number of a house, a block, a road. */
static bool far_east(const char *folded)
{
    static const char *const parts[] = { "丁目", "番地", "番",   "号",  "號",  "路", "街",
                                         "段",   "巷",   "번길", "로 ", "길 ", "町" };
    bool number = false;
    for (const char *at = folded; *at != '\0'; at++)
        number = number || is_digit(*at) || strncmp(at, "座", 3) == 0;
    for (size_t i = 0; number && i < sizeof parts / sizeof *parts; i++)
        if (contains(folded, parts[i]))
            return true;
    return false;
}

static bool post_box(const char *folded)
{
    return strncmp(folded, "po box", 6) == 0 || strncmp(folded, "p.o. box", 8) == 0 ||
           strncmp(folded, "p.o.box", 7) == 0 || strncmp(folded, "postfach", 8) == 0 ||
           strncmp(folded, "postbus", 7) == 0 || strncmp(folded, "apartado", 8) == 0 ||
           strncmp(folded, "casella postale", 15) == 0 || strncmp(folded, "boite postale", 13) == 0;
}

static bool apartment(const char *folded)
{
    static const char *const begins[] = { "apt. ",  "apt ",    "suite ",       "unit ",  "flat ",
                                          "floor ", "studio ", "appartement ", "zimmer " };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(folded, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* "12", "4b", "12-14", "4b/3" */
static bool house_number(const char *word, size_t size)
{
    size_t digits = 0;
    for (size_t i = 0; i < size; i++) {
        bool letter = (word[i] | 0x20) >= 'a' && (word[i] | 0x20) <= 'z';
        if (is_digit(word[i]))
            digits++;
        else if (i == 0 || !(letter ? is_digit(word[i - 1]) : word[i] == '/' || word[i] == '-'))
            return false;
        digits = is_digit(word[i]) || letter ? digits : 0;
        if (digits > 4)
            return false;
    }
    return size > 0 && is_digit(word[0]);
}

/* One to five words, the first with a capital (signs beyond ASCII are taken for letters), then the number of a house
 * and nothing else but a blank. */
bool pii_shape_street_like(const char *text, size_t size)
{
    size_t words = 0, end = size;
    while (end > 0 && text[end - 1] != ' ')
        end--;
    if (end < 4 || !house_number(text + end, size - end))
        return false;
    for (size_t at = 0; at + 1 < end; at++) {
        bool begins = at == 0 || text[at - 1] == ' ';
        bool high = (unsigned char)text[at] >= 0x80, letter = (text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z';
        if (!high && !letter && (begins || strchr(" .'-,", text[at]) == NULL || text[at] == '\0'))
            return false;
        words += begins && text[at] != ' ';
    }
    return words >= 1 && words <= 5 && ((unsigned char)text[0] >= 0x80 || (text[0] >= 'A' && text[0] <= 'Z'));
}

bool pii_shape_street(const char *folded, size_t size)
{
    if (size < 4 || size > 160)
        return false;
    if (post_box(folded) || ((unsigned char)folded[0] >= 0xE3 && far_east(folded)))
        return true;
    bool number = false, street = false, first_number = false;
    size_t words = 0, letters = 0;
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        while (at < size && folded[at] != ' ' && folded[at] != ',' && folded[at] != '.' && folded[at] != ';' &&
               folded[at] != '\n')
            at++;
        size_t length = at - begin;
        const char *word = folded + begin;
        at++;
        if (length == 0 || length > WORD_MAX)
            continue;
        if (is_digit(word[0])) {
            first_number = first_number || words == 0;
            number = number || length <= 6;
        } else {
            letters++;
            street = street || among(streets, word, length) || has_ending(word, length);
        }
        words++;
    }
    if (words < 2 || words > 14 || letters == 0)
        return false;
    return number && (street || apartment(folded));
}
