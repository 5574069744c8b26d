/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_people_read.c - a whole value as the name of a person, a place or a thing.
 *
 * Titles ("Dr.") and particles ("van der") are left out, the rest is looked up word by word. Names in Han and Hangul
 * have no blanks and no capitals: they are told by their first sign.
 */
#include "jobs/discovery/values/pii_people.h"

#include <string.h>

#include "jobs/discovery/values/pii_fold.h"

enum { VALUE_MAX = 96, TOKENS_MAX = 6 };

struct token {
    const char *text; /* folded */
    size_t size;
    bool capital, initial;
    unsigned is;
};

struct reading {
    char folded[2 * VALUE_MAX];
    struct token tokens[TOKENS_MAX];
    size_t count;
    bool capitals, comma, infix, title;
};

static bool in_words(const char *words, const char *word, size_t size)
{
    for (const char *at = words; (at = strchr(at, *word)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && strncmp(at, word, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

static bool is_title(const char *word, size_t size)
{
    return in_words(
        "mr mrs ms miss dr prof herr frau sr sra srta mme mlle dott ing mgr bc univ ddr dipl jr phd md dds dvm "
        "ii iii iv pan pani don dona sir lady rev hr fru",
        word, size);
}

static bool is_particle(const char *word, size_t size)
{
    return in_words(
        "van von de da do dos das di del della la le der den ter ten te bin ibn al el y e af av zu zur vom o d", word,
        size);
}

static bool is_place_word(const char *word, size_t size)
{
    return in_words("san santa sao saint sainte st bad los las new port fort lake mount villa rio nova novi nowy stary "
                    "velky velke dolni horni upper lower east west north south cape el la le cite gross klein",
                    word, size);
}

static bool is_place_infix(const char *word, size_t size)
{
    return in_words("am an bei ob sur sous upon under im in aan nad pri les ved", word, size);
}

/* Signs that first stand in many names of people: Chinese and Japanese surnames, Korean ones. */
static bool surname_sign(uint32_t point)
{
    static const char *const signs =
        "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董潘袁蔡蒋"
        "蔣余于杜叶葉"
        "程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸范汪廖石金韦贾賈夏傅方邹鄒熊白孟秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛"
        "郝龚邵万钱錢"
        "严嚴佐鈴渡伊山中小加吉斎斉松井木清池橋阿森前藤岡長村近後遠青坂福西太三原竹和河工津宇"
        "김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민";
    size_t step;
    for (const char *at = signs; *at != '\0'; at += step)
        if (pii_fold_point(at, strlen(at), &step) == point)
            return true;
    return false;
}

/* Signs that stand last in many given names: Japanese, Chinese, Korean ones. */
static bool given_sign(uint32_t point)
{
    static const char *const signs =
        "子美恵香奈代里織紀江枝花菜実樹太郎介也輔平人之夫雄男二三吾司志史彦哉斗翔大晃明翼陽直幹稔舞零淳篤修学亮聡り"
        "き伟偉芳娜敏静靜丽麗强強磊军軍洋勇艳艷杰傑娟涛濤超秀霞刚剛桂英华華玉兰蘭红紅玲燕萍建国國文辉輝波鹏鵬凤鳳荣榮"
        "莹瑩雪琳慧婷梅健俊峰帆欣鑫飞飛柳东東海斌浩凯凱楠坤林龙龍成宁博畅"
        "준호우진민연희영수현은지원훈아숙자";
    size_t step;
    for (const char *at = signs; *at != '\0'; at += step)
        if (pii_fold_point(at, strlen(at), &step) == point)
            return true;
    return false;
}

/* A name without capitals: 0 when the value is not written in such signs. Of two words either may be the surname. */
static unsigned read_signs(const char *text, size_t size)
{
    size_t count = 0, words = 1;
    uint32_t first = 0, second = 0, last = 0;
    for (size_t at = 0, step; at < size; at += step) {
        uint32_t point = pii_fold_point(text + at, size - at, &step);
        if (point == ' ' || point == 0x3000) {
            words++;
            second = 0;
            continue;
        }
        bool sign = (point >= 0x4E00 && point <= 0x9FFF) || (point >= 0xAC00 && point <= 0xD7A3) || point == 0x3005;
        bool kana = point >= 0x3041 && point <= 0x30FF;
        if (!sign && !kana)
            return 0;
        first = count++ == 0 ? point : first;
        second = words == 2 && second == 0 ? point : second;
        last = point;
    }
    static const char *const places = "市区區县縣町村都府道省州郡시구군도";
    size_t step;
    for (const char *at = places; *at != '\0'; at += step)
        if (count >= 2 && pii_fold_point(at, strlen(at), &step) == last)
            return PII_READS_CITY;
        else if (count < 2)
            break;
    bool kana = first >= 0x3041 && first <= 0x30FF;
    if (count > 5 || words > 2 || kana)
        return count <= 4 && words == 1 && given_sign(last) ? PII_READS_GIVEN | PII_READS_NAME_LIKE : 0;
    if (count >= 2 && (surname_sign(first) || (words == 2 && surname_sign(second))))
        return PII_READS_PERSON | PII_READS_NAME_LIKE;
    return count <= 3 && words == 1 && given_sign(last) ? PII_READS_GIVEN | PII_READS_NAME_LIKE : 0;
}

static bool is_capital(uint32_t point)
{
    return (point >= 'A' && point <= 'Z') || (point >= 0xC0 && point <= 0xDE) ||
           (point >= 0x100 && point <= 0x17F &&
            ((point & 1) == 0 || (point >= 0x139 && point <= 0x148) || point >= 0x178)) ||
           (point >= 0x391 && point <= 0x3A9) || (point >= 0x386 && point <= 0x38F) ||
           (point >= 0x400 && point <= 0x42F) ||
           (point >= 0x530 && point < 0x2000); /* most of these know no small letters */
}

static bool is_letter(uint32_t point)
{
    return (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z') ||
           (point >= 0xC0 && point < 0x2000 && point != 0xD7 && point != 0xF7) || point == 0x2019;
}

static bool token_add(struct reading *r, const char *text, size_t size, char *room, size_t room_size)
{
    size_t step;
    struct token token = { .capital = is_capital(pii_fold_point(text, size, &step)), .text = room };
    token.size = pii_fold(text, size, room, room_size);
    if (token.size > 0 && room[token.size - 1] == '.')
        room[--token.size] = '\0';
    if (token.size == 0)
        return true;
    if (is_title(room, token.size) && (r->count == 0 || r->comma || token.size > 1)) {
        r->title = true;
        return true;
    }
    if (r->count > 0 && is_place_infix(room, token.size) && !token.capital)
        r->infix = true;
    if (is_particle(room, token.size) && (!token.capital || r->count > 0 || token.size > 1) && !r->infix)
        return true;
    if (r->count == TOKENS_MAX)
        return false;
    token.initial = step == size || (size == step + 1 && text[step] == '.');
    r->capitals = r->capitals && token.capital;
    r->tokens[r->count++] = token;
    return true;
}

/* Splits at blanks and commas; false when a byte stands there that no name has. */
static bool tokens_read(struct reading *r, const char *text, size_t size)
{
    size_t used = 0, begin = 0;
    for (size_t at = 0, step; at <= size; at += step) {
        uint32_t point = at == size ? ' ' : pii_fold_point(text + at, size - at, &step);
        step = at == size ? 1 : step;
        if (point == ' ' || point == ',') {
            if (at > begin) {
                if (!token_add(r, text + begin, at - begin, r->folded + used, sizeof r->folded - used))
                    return false;
                used += strlen(r->folded + used) + 1;
                if (used + 8 > sizeof r->folded)
                    return false;
            }
            r->comma |= point == ',';
            begin = at + 1;
        } else if (!is_letter(point) && point != '.' && point != '-' && point != '\'' && point != '`') {
            return false;
        }
    }
    return r->count > 0;
}

/* "anne-marie" is what its parts are, when the whole is unknown. */
static unsigned look(const struct pii_people *people, const char *word, size_t size)
{
    unsigned is = pii_people_look(people, word, size);
    bool irish = size >= 4 && (strncmp(word, "o'", 2) == 0 || strncmp(word, "d'", 2) == 0);
    if (irish || (size >= 6 && strncmp(word, "mc", 2) == 0))
        is |= PII_SURNAME_ENDING;
    const char *hyphen = memchr(word, '-', size);
    if ((is & (PII_GIVEN | PII_SURNAME)) == 0 && hyphen != NULL && hyphen > word) {
        unsigned left = pii_people_look(people, word, (size_t)(hyphen - word));
        unsigned right = pii_people_look(people, hyphen + 1, size - (size_t)(hyphen - word) - 1);
        is |= (left | right) & (PII_GIVEN | PII_SURNAME | PII_SURNAME_ENDING);
    }
    return is;
}

static unsigned read_place(const struct pii_people *people, const struct reading *r, const char *folded, size_t size)
{
    unsigned whole = pii_people_look(people, folded, size), reads = 0;
    if ((whole & PII_COUNTRY) != 0)
        reads |= PII_READS_COUNTRY | PII_READS_THING;
    const struct token *first = &r->tokens[0], *last = &r->tokens[r->count - 1];
    bool form = (last->is & PII_PLACE_FORM) != 0 && (last->is & (PII_SURNAME | PII_GIVEN)) == 0;
    if ((whole & PII_CITY) != 0 || (r->capitals && form && r->count <= 3) || (r->infix && first->capital) ||
        (r->count >= 2 && first->capital && is_place_word(first->text, first->size)))
        reads |= PII_READS_CITY;
    return reads;
}

static unsigned read_person(const struct reading *r)
{
    size_t given = 0, surname = 0, ending = 0, thing = 0, words = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct token *t = &r->tokens[i];
        given += !t->initial && (t->is & PII_GIVEN) != 0;
        surname += !t->initial && (t->is & PII_SURNAME) != 0;
        ending += !t->initial && (t->is & (PII_SURNAME | PII_GIVEN | PII_SURNAME_ENDING)) == PII_SURNAME_ENDING;
        thing += !t->initial && (t->is & (PII_THING | PII_COUNTRY)) != 0 && (t->is & (PII_GIVEN | PII_SURNAME)) == 0;
        words += !t->initial;
    }
    unsigned reads = thing > 0 ? PII_READS_THING : 0;
    if (r->capitals && r->count <= 4)
        reads |= PII_READS_NAME_LIKE;
    if (r->count == 1 && r->tokens[0].initial)
        return reads | PII_READS_INITIAL;
    if (thing > 0 || words == 0)
        return reads;
    if (r->count == 1)
        return reads | (given > 0 ? PII_READS_GIVEN : 0) |
               (r->capitals && (surname > 0 || ending > 0) ? PII_READS_SURNAME : 0);
    if (given == r->count)
        reads |= PII_READS_GIVEN;
    size_t known = given + surname + ending;
    if ((r->capitals && known > 0) || (given > 0 && surname + ending > 0))
        reads |= PII_READS_PERSON;
    else if (r->title && r->capitals)
        reads |= PII_READS_PERSON;
    if (r->count == 2 && r->capitals && given == 0 && surname + ending == 2)
        reads |= PII_READS_SURNAME;
    return reads;
}

/* "jsmith", "anna.novak84", "smith_j": parts of small letters with a known name, and something beside it. */
static unsigned read_handle(const struct pii_people *people, const char *text, size_t size)
{
    if (size < 4 || size > 32)
        return 0;
    bool known = false, beside = false;
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        while (at < size && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z')))
            at++;
        size_t length = at - begin;
        char folded[40];
        pii_fold(text + begin, length, folded, sizeof folded);
        const unsigned names = PII_GIVEN | PII_SURNAME;
        if (length >= 4 && !known) {
            bool whole = (pii_people_look(people, folded, length) & names) != 0;
            known = whole;
            for (size_t part = 4; part < length && !known; part++) /* a name in front or behind, something beside it */
                known = (part >= 5 && (pii_people_look(people, folded, part) & names) != 0) ||
                        (length - part >= 4 && (pii_people_look(people, folded + part, length - part) & names) != 0 &&
                         (pii_people_look(people, folded, part) & names) != 0) ||
                        (part >= 5 && (pii_people_look(people, folded + length - part, part) & names) != 0);
            known = known ||
                    (length >= 5 &&
                     ((pii_people_look(people, folded + 1, length - 1) | pii_people_look(people, folded, length - 1)) &
                      names) != 0);
            beside = beside || (!whole && known);
        } else {
            beside = beside || length > 0;
        }
        if (at < size && memchr("._-0123456789", text[at], 13) == NULL)
            return 0;
        if (at < size) {
            if (at == 0)
                return 0;
            beside = beside || (text[at] >= '0' && text[at] <= '9');
            at++;
        }
    }
    return known && beside ? PII_READS_HANDLE : 0;
}

unsigned pii_people_read(const struct pii_people *people, const char *text, size_t size)
{
    while (size > 0 && *text == ' ')
        text++, size--;
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size == 0 || size > VALUE_MAX)
        return 0;
    unsigned signs = (unsigned char)*text >= 0xE3 ? read_signs(text, size) : 0;
    if (signs != 0)
        return signs;
    unsigned handle = memchr(text, ' ', size) == NULL ? read_handle(people, text, size) : 0;
    struct reading r = { .capitals = true };
    if (!tokens_read(&r, text, size))
        return handle;
    for (size_t i = 0; i < r.count; i++)
        r.tokens[i].is = look(people, r.tokens[i].text, r.tokens[i].size);
    char folded[2 * VALUE_MAX];
    size_t length = pii_fold(text, size, folded, sizeof folded);
    return handle | read_place(people, &r, folded, length) | read_person(&r);
}
