/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal_words.c - names of months and days of the week as they stand in dates, of all languages in one list a month:
 * a word is folded (lower case, no accents) and looked for. Of languages with cases both that dates have. Where two
 * languages call different months alike the one that more people write is taken (listopad is November).
 */
#include "catalog/parse/value/temporal_words.h"

#include <string.h>

#include "catalog/parse/value/temporal.h"

enum { WORD_BYTES = 32, WORD_FOLDED = 48 };

/* Words are parted by blanks and have one on either side. */
static const char *const month_long[] = {
    " january januar janvier enero gennaio janeiro xaneiro januari gener styczen stycznia leden ledna ianuarie ocak "
    "tammikuu tammikuuta sausis sausio janvaris jaanuar январь января січень січня януари јануар ιανουαριοσ "
    "ιανουαριου يناير ינואר ",
    " february februar fevrier febrero febbraio fevereiro febreiro februari febrer luty lutego unor unora februarie "
    "subat helmikuu helmikuuta vasaris vasario februaris veebruar февраль февраля лютий лютого февруари фебруар "
    "φεβρουαριοσ φεβρουαριου فبراير פברואר ",
    " march marz maerz mars marzo marco maart marts marzec marca marec brezen brezna martie mart maaliskuu "
    "maaliskuuta marc marcius maret kovas kovo март марта березень березня μαρτιοσ μαρτιου مارس מרץ ",
    " april avril abril aprile kwiecien kwietnia duben dubna aprilie nisan huhtikuu huhtikuuta aprilis balandis "
    "balandzio aprill апрель апреля квітень квітня април απριλιοσ απριλιου أبريل ابريل אפריל ",
    " may mai mayo maggio maio mei maj maja kveten kvetna mayis toukokuu toukokuuta maig majus geguze geguzes maijs "
    "май мая травень травня мај μαιοσ μαιου مايو מאי ",
    " june juni juin junio giugno junho iunie czerwiec czerwca cerven cervna haziran kesakuu kesakuuta juny junius "
    "birzelis birzelio junijs juuni июнь июня червень червня юни јун ιουνιοσ ιουνιου يونيو יוני ",
    " july juli juillet julio luglio julho iulie lipiec lipca cervenec cervence temmuz heinakuu heinakuuta juliol "
    "julius liepa liepos julijs juuli июль июля липень липня юли јул ιουλιοσ ιουλιου يوليو יולי ",
    " august aout agosto augustus sierpien sierpnia srpen srpna agustos elokuu elokuuta agost augusti augusztus "
    "rugpjutis rugpjucio augusts agustus август августа серпень серпня αυγουστοσ αυγουστου أغسطس אוגוסט ",
    " september septembre septiembre setiembre settembre setembro wrzesien wrzesnia zari septembrie eylul syyskuu "
    "syyskuuta setembre szeptember rugsejis rugsejo septembris сентябрь сентября вересень вересня септември "
    "септембар σεπτεμβριοσ σεπτεμβριου سبتمبر ספטמבר ",
    " october oktober octobre octubre ottobre outubro pazdziernik pazdziernika rijen rijna octombrie ekim lokakuu "
    "lokakuuta spalis spalio oktobris oktoober октябрь октября жовтень жовтня октомври октобар οκτωβριοσ οκτωβριου "
    "أكتوبر אוקטובר ",
    " november novembre noviembre novembro listopad listopada noiembrie kasim marraskuu marraskuuta lapkritis "
    "lapkricio novembris ноябрь ноября листопад листопада ноември новембар νοεμβριοσ νοεμβριου نوفمبر נובמבר ",
    " december dezember decembre diciembre dicembre dezembro grudzien grudnia prosinec prosince decembrie aralik "
    "joulukuu joulukuuta desember desembre gruodis gruodzio decembris detsember декабрь декабря грудень грудня "
    "декември децембар δεκεμβριοσ δεκεμβριου ديسمبر דצמבר ",
};

static const char *const month_short[] = {
    " jan janv ene gen ian sty led oca янв січ ιαν ", /* */
    " feb fev febr fevr lut uno sub фев февр лют φεβ ",
    " mar mrt marz brz bre мар март бер μαρ ",
    " apr avr abr kwi dub nis апр кві απρ ",
    " may mai mei maj mag kve май мая тра μαι ",
    " jun juin giu cze haz июн чер ιουν ",
    " jul juil lug lip tem июл лип ιουλ ",
    " aug ago aou aout sie srp agu авг сер αυγ ",
    " sep sept set wrz zar eyl сен сент вер σεπ ",
    " oct okt out ott paz rij eki окт жов οκτ ",
    " nov lis kas noi ноя нояб лис νοε ",
    " dec dez dic des gru pro ara дек гру δεκ ",
};

static const char day_long[] =
    " monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes "
    "sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica segunda terca quarta quinta sexta "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag fredag lordag sondag "
    "tisdag poniedzialek wtorek sroda czwartek piatek sobota niedziela pondeli utery streda ctvrtek patek nedele "
    "pazartesi sali carsamba persembe cuma cumartesi pazar понедельник вторник среда четверг пятница суббота "
    "воскресенье понеділок вівторок середа четвер пʼятниця субота неділя ";
/* Not "mar" of mardi and martes: that is March. */
static const char day_short[] = " mon tue tues wed thu thur thurs fri sat sun mo di mi do fr sa so lun mer jeu ven sam "
                                "dim mie jue vie sab dom seg ter qua qui sex gio пн вт ср чт пт сб вс ";

/* ---- folding ---- */

/* Of U+00C0 to U+017F; '*': stays as it is. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof latin == 0x180 - 0xC0 + 1, "one for each letter");

static unsigned fold_greek(unsigned code)
{
    static const struct {
        unsigned short from, to;
    } accents[] = { { 0x386, 0x3B1 }, { 0x388, 0x3B5 }, { 0x389, 0x3B7 }, { 0x38A, 0x3B9 }, { 0x38C, 0x3BF },
                    { 0x38E, 0x3C5 }, { 0x38F, 0x3C9 }, { 0x390, 0x3B9 }, { 0x3AA, 0x3B9 }, { 0x3AC, 0x3B1 },
                    { 0x3AD, 0x3B5 }, { 0x3AE, 0x3B7 }, { 0x3AF, 0x3B9 }, { 0x3CA, 0x3B9 }, { 0x3CC, 0x3BF },
                    { 0x3CD, 0x3C5 }, { 0x3CE, 0x3C9 }, { 0x3C2, 0x3C3 } };
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        if (accents[i].from == code)
            return accents[i].to;
    return code >= 0x391 && code <= 0x3A9 ? code + 0x20 : code;
}

/* Two bytes of UTF-8; the letter without its accent, in lower case. */
static size_t fold_two(unsigned code, char *into)
{
    if (code >= 0xC0 && code < 0xC0 + sizeof latin - 1 && latin[code - 0xC0] != '*') {
        *into = latin[code - 0xC0];
        return 1;
    }
    if (code >= 0x410 && code <= 0x42F)
        code += 0x20;
    else if (code >= 0x400 && code <= 0x40F)
        code += 0x50;
    else if (code >= 0x386 && code <= 0x3CE)
        code = fold_greek(code);
    into[0] = (char)(0xC0 | code >> 6);
    into[1] = (char)(0x80 | (code & 0x3F));
    return 2;
}

/* Between blanks; 0: too long to be one of the words. */
static size_t fold(const char *word, size_t size, char ret_word[static WORD_FOLDED])
{
    size_t used = 0;
    if (size < 2 || size > WORD_BYTES)
        return 0;
    ret_word[used++] = ' ';
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)word[i];
        bool two = (c & 0xE0) == 0xC0 && i + 1 < size && ((unsigned char)word[i + 1] & 0xC0) == 0x80;
        if (two)
            used += fold_two((c & 0x1FU) << 6 | ((unsigned char)word[++i] & 0x3FU), ret_word + used);
        else
            ret_word[used++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    ret_word[used++] = ' ';
    ret_word[used] = '\0';
    return used;
}

/* ---- words ---- */

bool temporal_words_month(const char *word, size_t size, int *ret_month, uint32_t *ret_kind)
{
    char folded[WORD_FOLDED];
    if (size < 3 || fold(word, size, folded) == 0)
        return false;
    for (int i = 0; i < 12; i++) {
        bool is_long = strstr(month_long[i], folded) != NULL, is_short = strstr(month_short[i], folded) != NULL;
        if (!is_long && !is_short)
            continue;
        *ret_month = i + 1;
        *ret_kind = (is_long ? TEMPORAL_MONTH_LONG : 0U) | (is_short ? TEMPORAL_MONTH_SHORT : 0U);
        return true;
    }
    return false;
}

bool temporal_words_weekday(const char *word, size_t size, uint32_t *ret_kind)
{
    char folded[WORD_FOLDED];
    if (fold(word, size, folded) == 0)
        return false;
    bool is_long = strstr(day_long, folded) != NULL;
    if (!is_long && strstr(day_short, folded) == NULL)
        return false;
    *ret_kind = is_long ? TEMPORAL_WEEKDAY_LONG : TEMPORAL_WEEKDAY_SHORT;
    return true;
}

bool temporal_words_of(const char *word, size_t size)
{
    char folded[WORD_FOLDED];
    return fold(word, size, folded) != 0 && strstr(" de del of di ", folded) != NULL;
}

bool temporal_words_year(const char *word, size_t size)
{
    char folded[WORD_FOLDED];
    if (size == 1 && *word == 'r')
        return true;
    return fold(word, size, folded) != 0 && strstr(" г год года р року roku ", folded) != NULL;
}

bool temporal_words_zone(const char *word, size_t size, int *ret_minutes)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = { { "UTC", 0 },    { "GMT", 0 },    { "EST", -300 }, { "EDT", -240 }, { "CST", -360 },
                  { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 }, { "PST", -480 }, { "PDT", -420 },
                  { "CET", 60 },   { "CEST", 120 }, { "BST", 60 },   { "WET", 0 },    { "EET", 120 } };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (strlen(zones[i].name) == size && memcmp(zones[i].name, word, size) == 0) {
            *ret_minutes = zones[i].minutes;
            return true;
        }
    }
    return false;
}
