/* SPDX-License-Identifier: Apache-2.0 */
/* parse_schema_xsd.c - XSD as tables: types, what is inline, extensions, restrictions, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/schema_sample.h"

#define HEAD "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t'>"
#define TAIL "</xs:schema>"

static void test_inline(void **state)
{
    (void)state;
    schema_sample_expect(
        SCHEMA_XSD,
        HEAD
        "<xs:element name='ships'><xs:complexType><xs:sequence><xs:element name='ship' maxOccurs='unbounded'>"
        "<xs:complexType><xs:sequence><xs:element name='name' type='xs:string'/>"
        "<xs:element name='built' type='xs:date' minOccurs='0'/>"
        "<xs:element name='tag' type='xs:string' minOccurs='0' maxOccurs='unbounded'/>"
        "<xs:element name='home'><xs:complexType><xs:attribute name='port' type='xs:string' use='required'/>"
        "</xs:complexType></xs:element>"
        "<xs:element name='holds'><xs:complexType><xs:sequence><xs:element name='hold' maxOccurs='9'>"
        "<xs:complexType><xs:sequence><xs:element name='tons' type='t:weight'/></xs:sequence></xs:complexType>"
        "</xs:element></xs:sequence></xs:complexType></xs:element>"
        "<xs:choice><xs:element name='sail' type='xs:int'/><xs:element name='steam' type='xs:boolean'/></xs:choice>"
        "</xs:sequence><xs:attribute name='id' type='xs:long' use='required'/></xs:complexType></xs:element>"
        "</xs:sequence></xs:complexType></xs:element>"
        "<xs:simpleType name='weight'><xs:restriction base='xs:decimal'><xs:totalDigits value='8'/>"
        "<xs:fractionDigits value='2'/><xs:minInclusive value='0'/></xs:restriction></xs:simpleType>" TAIL,
        "hold < ship [-1]: ship_id> bigint, position# integer, tons decimal\n"
        "ship [-1] #id: name string, built date?, tag array?, home object, home_port string, hold array, sail "
        "integer?, "
        "steam boolean?, id bigint\n"
        "tag < ship [-1]: ship_id> bigint, position# integer, value string\n");
}

static void test_named(void **state)
{
    (void)state;
    schema_sample_expect(
        SCHEMA_XSD,
        HEAD
        "<xs:complexType name='Base'><xs:sequence><xs:element name='id' type='xs:int'/></xs:sequence>"
        "</xs:complexType>"
        "<xs:complexType name='Order'><xs:complexContent><xs:extension base='t:Base'><xs:sequence>"
        "<xs:group ref='t:common'/><xs:element name='buyer' type='t:Person'/>"
        "<xs:element name='line' type='t:Line' maxOccurs='unbounded'/><xs:element ref='t:note' minOccurs='0'/>"
        "</xs:sequence><xs:attributeGroup ref='t:marks'/></xs:extension></xs:complexContent></xs:complexType>"
        "<xs:complexType name='Person'><xs:attribute name='id' type='xs:ID' use='required'/></xs:complexType>"
        "<xs:complexType name='Line'><xs:sequence><xs:element name='price'><xs:complexType><xs:simpleContent>"
        "<xs:extension base='xs:double'><xs:attribute name='currency' type='t:Currency'/></xs:extension>"
        "</xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType>"
        "<xs:simpleType name='Currency'><xs:restriction base='xs:string'><xs:enumeration value='EUR'/>"
        "<xs:enumeration value='USD'/></xs:restriction></xs:simpleType>"
        "<xs:group name='common'><xs:sequence><xs:element name='when' type='xs:dateTime'/></xs:sequence></xs:group>"
        "<xs:attributeGroup name='marks'><xs:attribute name='mark' type='xs:string'/></xs:attributeGroup>"
        "<xs:element name='note' type='xs:string'/><xs:element name='order' type='t:Order'/>" TAIL,
        "Base [-1] #id: id integer\n"
        "Line [-1]: price double, price_currency enum?\n"
        "Order [-1] #id: id integer, when datetime, buyer> object, line array, note string?, mark string?\n"
        "Person [-1] #id: id string\n"
        "Order.line -> Line (one_to_many)\n");
}

static void test_keys(void **state)
{
    (void)state;
    schema_sample_expect(
        SCHEMA_XSD,
        HEAD "<xs:element name='db'><xs:complexType><xs:sequence>"
             "<xs:element name='port' maxOccurs='unbounded'><xs:complexType><xs:attribute name='locode' "
             "type='xs:string' use='required'/></xs:complexType></xs:element>"
             "<xs:element name='call' maxOccurs='unbounded'><xs:complexType><xs:sequence>"
             "<xs:element name='at' type='xs:string'/></xs:sequence></xs:complexType></xs:element>"
             "</xs:sequence></xs:complexType>"
             "<xs:key name='k'><xs:selector xpath='.//port'/><xs:field xpath='@locode'/></xs:key>"
             "<xs:keyref name='r' refer='k'><xs:selector xpath='call'/><xs:field xpath='at'/></xs:keyref>"
             "<xs:unique name='u'><xs:selector xpath='nothing'/><xs:field xpath='@x'/></xs:unique></xs:element>" TAIL,
        "call < db [-1]: position# integer, at> string\n"
        "db [-1]: port array, call array\n"
        "port < db [-1] #locode: position# integer, locode string\n");
}

static void test_hostile(void **state)
{
    (void)state;
    struct nested_sample s;
    /* Groups and types in circles end. */
    static const char circle[] = HEAD
        "<xs:complexType name='A'><xs:complexContent><xs:extension base='A'><xs:group ref='g'/></xs:extension>"
        "</xs:complexContent></xs:complexType>"
        "<xs:group name='g'><xs:sequence><xs:group ref='g'/><xs:group ref='g'/></xs:sequence></xs:group>"
        "<xs:simpleType name='s'><xs:restriction base='s'/></xs:simpleType><xs:element name='e' type='s'/>" TAIL;
    schema_sample_open(&s, SCHEMA_XSD, circle, strlen(circle));
    assert_string_equal(s.error.code, "schema_too_large");
    nested_sample_close(&s);
    static const char *const odd[] = { "<a/>", HEAD TAIL, HEAD "<xs:element/><xs:complexType/>" TAIL,
                                       "<xs:schema><x/><y" };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        schema_sample_open(&s, SCHEMA_XSD, odd[i], strlen(odd[i]));
        assert_non_null(s.catalog);
        assert_int_equal(s.catalog->table_count, 0);
        nested_sample_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inline),
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
