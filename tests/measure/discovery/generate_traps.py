#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Columns that look like personal data and are none, alone and beside people; and people under names of many habits.

usage: generate_traps.py OUT [--seed N] [--rows N] [--tables N]

Three sorts of tables, with the truth about every column in the form of generate_people.py:
goods_N_STYLE    twelve harmless columns of kinds other than those of generate_people.py, telling names or col1, col2
mixed_N_STYLE    people's columns with harmless ones of the sort that stands beside people: numbers, points, titles
names_N_STYLE    telling names of people's data in many languages and spellings, and names that only sound like it
"""
import argparse
import json
import os
import random
import string
import sys

import generate_people
from generate_people import Maker, write

LOCALES = ("en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pl_PL pt_BR cs_CZ sv_SE fi_FI tr_TR ro_RO hu_HU pt_PT ru_RU "
           "ja_JP").split()

PEOPLE = {  # class and maker of generate_people -> names
    "first": ("name", "firstName given-name FNAME cust_fname usrFirstName strVorname rufname prenom_client forename "
                      "voornaam_klant imie_klienta musteri_adi seimei namae_kanji nombre_pila primeiro_nome first_nm "
                      "emp_first nome_proprio"),
    "last": ("name",
        "lastName family-name LNAME cust_lname usrLastName strNachname nom_famille apellido1 apellido_paterno "
                     "achternaam_klant nazwisko_klienta soyad_musteri myouji last_nm emp_last cognome_cliente "
                     "sobrenome_cliente ultimo_nome"),
    "full": ("name", "custName patient-name FULLNAME name_full kundenname nom_prenom nombre_apellidos naam_klant "
                     "contact_nm ad_soyad shimei applicantName name_of_owner billing_name ship_to_name emp_nm"),
    "email": ("email", "eMail EMAIL_ADDR cust_email e-mail-adresse mail_addr correo_e emailAdres adres_email eposta "
                       "meeru contactEmail primaryEmail work_email email1 mailAddress user_mail"),
    "phone": ("phone",
        "phoneNo TEL tel_nr cust_phone telnr mobileNumber handy_nr no_tel telefono_fijo num_tel gsm_nr "
                       "telefoonnr nr_tel cep_tel denwa denwa_bangou keitai ph_no contact_phone fone celular_cliente "
                       "tel1 home_tel mob_no"),
    "street": ("address",
        "streetAddress ADDR1 cust_addr strasse_hausnr adresse_1 direccion_envio indirizzo_residenza "
                          "straat_huisnr adres_zamieszkania jusho adres_satiri shipAddr addressLine2 billing_street "
                          "endereco_entrega str_nr"),
    "city": ("city_zip", "cityName CITY_NM cust_city wohnort_stadt nom_ville ciudad_envio citta_residenza "
                         "woonplaats_klant miasto_klienta sehir_adi shipCity billing_city cidade_entrega ville_client"),
    "zip": ("city_zip", "zipCode POSTAL_CD cust_zip plz_ort_plz code_post cod_postal cap_residenza postcode_klant "
                        "kod_poczt posta_kodu yubin yuubin_bangou shipZip billing_postcode cep_entrega zip5 pcode"),
    "dob": ("dob", "birthDate DOB cust_dob geb_datum gebdatum date_nais fecha_nac data_nasc data_nasc_cliente "
                   "geb_dat dt_nascimento dogum_tarihi seinengappi tanjoubi birth_dt d_o_b dateBirth data_ur"),
    "card": ("credit_card", "cardNumber CC_NUM cust_cc kreditkarten_nr num_carte nro_tarjeta numero_carta kart_no "
                            "cardNo payment_card_number cc_number pan_number"),
    "ssn": ("national_id", "SSN socialSecurityNo cust_ssn ssn_nr soc_sec_no nationalIdNumber id_card_no national_no"),
    "user": ("username",
        "userName LOGIN usr_login loginId benutzer_name nom_util nombre_usuario user_nm acct_username "
                         "kullanici_adi twitter_handle nickName login_nm"),
    "password": ("password", "passWord PASSWD usr_pwd pass_word kennwort_klar mot_passe clave_acceso user_password "
                             "pwd_plain hasloUzytkownika"),
    "hash": ("password", "passwordHash PWD_HASH pass_hash passwort_hash pw_digest encryptedPassword hashed_pwd"),
    "ip": ("ip", "ipAddress IP_ADDR client-ip last_ip ip_adresse remote_ip login_ip source_ip ipAdres userIp"),
}


def digits(rng, count):
    return "".join(rng.choices(string.digits, k=count))


def letters(rng, count):
    return "".join(rng.choices(string.ascii_uppercase, k=count))


def hexa(rng, count):
    return "".join(rng.choices("0123456789abcdef", k=count))


def ean(rng):
    body = digits(rng, 12)
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body))
    return body + str(-total % 10)


WORDS = ("amber birch cobalt dune ember fjord garnet harbor indigo juniper kelp lunar maple nimbus onyx prairie quartz "
         "raven sierra tundra umber vertex willow zephyr").split()
GOODS = "kettle blender sofa rug shelf mug drawer scanner router helmet tent kayak rope ladder hinge bolt".split()
TRADES = "Accountant Welder Nurse Teacher Plumber Architect Chemist Actuary Surveyor Librarian Barrister Joiner".split()
ANIMALS = "Otter Lynx Heron Badger Stoat Marten Osprey Puffin Gannet Weasel Falcon Bison".split()
GENRES = "Ambient Techno Folk Opera Grunge Disco Ska Gospel Polka Trance House Punk".split()
FOODS = "Lasagne Borscht Paella Ratatouille Goulash Risotto Moussaka Ramen Tagine Gazpacho Pierogi Falafel".split()
BRANDS = "Acton Belvara Cortexa Dynalab Everest Fluxon Gravita Helios Ionix Kyntra Lumora Novaxis".split()


def day(rng, low, high, form="%04d-%02d-%02d"):
    return form % (rng.randint(low, high), rng.randint(1, 12), rng.randint(1, 28))


def numbers_of_goods(rng):
    """Numbers, days and digests; kind -> (names a column of it may have, what makes a value)."""
    plain = generate_people.PLAIN
    pick, number = rng.choice, rng.randint
    steps, fine = iter(range(10001, 1 << 40)), iter(range(5000001, 1 << 40))
    return {
        "ean": ("ean13 product_ean", lambda: ean(rng)), "upc": ("upc_code", lambda: digits(rng, 12)),
        "isbn10": ("isbn10 book_isbn", plain.isbn10),
        "asin": ("asin listing", lambda: "B0" + "".join(rng.choices(string.ascii_uppercase + string.digits, k=8))),
        "version": ("firmware lib_version driver_version", lambda: "%d.%d.%d.%d" % (
            number(1, 12), number(0, 40), number(0, 99), number(0, 9000))),
        "small_version": ("sw_version", lambda: "%d.%d.%d.%d" % (number(0, 3), number(0, 9), number(0, 20),
            number(0, 99))),
        "semver": ("semver pkg", lambda: "v%d.%d.%d-rc%d" % (number(0, 9), number(0, 30), number(0, 30),
            number(1, 9))),
        "sha256": ("file_sha256 artifact_digest", lambda: hexa(rng, 64)),
        "sha1": ("blob_oid tree_hash", lambda: hexa(rng, 40)),
        "crc": ("crc32", lambda: hexa(rng, 8)), "hexid": ("trace_id object_id", lambda: hexa(rng, 24)),
        "uuid": ("guid request_id", lambda: str(plain.uuid4())),
        "ulid": ("ulid event_key", lambda: "01" + "".join(rng.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24))),
        "longitude": ("lon_deg x_coord", lambda: "%.5f" % rng.uniform(-180, 180)),
        "point": ("position center", lambda: "%.4f, %.4f" % (rng.uniform(-90, 90), rng.uniform(-180, 180))),
        "price": ("price_eur list_price msrp", lambda: "%.2f" % rng.uniform(0.5, 2000)),
        "price_comma": ("preis betrag", lambda: ("%.2f" % rng.uniform(0.5, 2000)).replace(".", ",")),
        "money": ("revenue budget", lambda: "$%s" % format(number(1000, 9999999), ",")),
        "round": ("budget_round capacity", lambda: str(number(10, 99) * 1000)),
        "order_day": ("order_date ship_date invoice_day", lambda: day(rng, 2012, 2025)),
        "german_day": ("bestelldatum lieferdatum", lambda: "%02d.%02d.%04d" % (
            number(1, 28), number(1, 12), number(2008, 2024))),
        "founding": ("founded_on built_on", lambda: day(rng, 1900, 2020)),
        "release": ("released first_aired", lambda: day(rng, 1960, 2020)),
        "stamp": ("password_changed_at email_verified_at last_login last_seen", lambda: "%sT%02d:%02d:%02dZ" % (
            day(rng, 2015, 2024), number(0, 23), number(0, 59), number(0, 59))),
        "epoch_ms": ("ts_ms", lambda: str(number(1400000000000, 1700000000000))),
        "epoch": ("mtime ctime", lambda: str(number(1300000000, 1700000000))),
        "counter5": ("seq batch_no lot", lambda: str(next(steps))), "counter7": ("rec_no", lambda: str(next(fine))),
        "ref5": ("store_no plant_code", lambda: str(number(10000, 99999))),
        "ref6": ("lot_code job_number", lambda: digits(rng, 6)),
        "ref4": ("shelf_code pos_terminal", lambda: digits(rng, 4)),
        "ref8": ("material_no", lambda: digits(rng, 8)), "ref11": ("waybill", lambda: digits(rng, 11)),
        "ref16": ("reference order_ref", lambda: "9" + digits(rng, 15)),
    }


def goods_kinds(rng):
    """The same with codes and names; none of it tells of a person."""
    plain = generate_people.PLAIN
    pick, number = rng.choice, rng.randint
    return numbers_of_goods(rng) | {
        "sku": ("sku item_code", lambda: "%s%s-%s" % (letters(rng, 3), digits(rng, 3), letters(rng, 1))),
        "article": ("article_no", lambda: "%s-%s-%s" % (digits(rng, 2), digits(rng, 4), digits(rng, 2))),
        "parts": ("part_number oem", lambda: "%s %s %s" % (digits(rng, 3), digits(rng, 3), digits(rng, 3))),
        "plan": ("contract_ref policy_ref", lambda: "%s/%s/%s" % (letters(rng, 2), digits(rng, 4), digits(rng, 3))),
        "parcel": ("tracking_no parcel", lambda: "JJD%s" % digits(rng, 16)),
        "parcel2": ("shipment awb_no", lambda: "%s%sDE" % (letters(rng, 2), digits(rng, 9))),
        "flight": ("flight_no", lambda: "%s%d" % (letters(rng, 2), number(100, 9999))),
        "vin": ("vin chassis", lambda: "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=17))),
        "serial": ("serial_no", lambda: "SN%s%s" % (letters(rng, 2), digits(rng, 8))),
        "licence": ("license_key", lambda: "-".join(letters(rng, 2) + digits(rng, 3) for _ in range(4))),
        "bucket": ("bucket topic_name queue_name", lambda: "%s.%s.%d" % (pick(WORDS), pick(GOODS), number(1, 99))),
        "table": ("table_name column_name", lambda: "%s_%s" % (pick(WORDS), pick(GOODS))),
        "file": ("filename zip archive attachment_name", lambda: "%s_%s.zip" % (pick(WORDS), digits(rng, 3))),
        "host": ("hostname node_name", lambda: "%s%02d.int.example.net" % (pick(WORDS), number(1, 40))),
        "url": ("homepage link_address", plain.url), "path": ("file_address uri", plain.file_path),
        "product": ("product_name item_name name", lambda: "%s %s" % (pick(WORDS).title(), pick(GOODS).title())),
        "brand": ("brand_name make", lambda: pick(BRANDS)), "animal": ("species_name name", lambda: pick(ANIMALS)),
        "genre": ("genre_name name style", lambda: pick(GENRES)), "dish": ("dish_name title", lambda: pick(FOODS)),
        "code_name": ("code_name project_name", lambda: "%s %s" % (pick(ANIMALS), pick(["Alpha", "Beta", "Two",
            "Prime"]))),
        "country": ("country_name name_country", plain.country), "alpha3": ("iso3", lambda: letters(rng, 3)),
        "locale": ("locale_code", plain.locale), "zone": ("tz timezone_name", plain.timezone),
        "trade": ("occupation trade", lambda: pick(TRADES)), "mime": ("media_type", plain.mime_type),
        "card_type": ("card_type card_brand payment_method", lambda: pick(["visa", "mastercard", "amex", "paypal"])),
        "rights": ("ip_rights ip_status", lambda: pick(["owned", "licensed", "expired", "disputed"])),
        "verified": ("phone_verified email_confirmed has_password is_city address_valid", lambda: pick(["true",
            "false"])),
        "count": ("email_count phone_count name_length address_count city_population", lambda: str(number(0, 400))),
        "address_id": ("address_id city_id phone_type_id user_id name_id", lambda: str(number(1, 90000))),
        "kind": ("phone_type email_type address_kind city_tier", lambda: pick(["home", "work", "other"])),
        "template": ("email_template email_subject mail_body", lambda: "Your %s order has shipped" % pick(WORDS)),
        "percent": ("vat_rate share_pct", lambda: "%.1f%%" % rng.uniform(0, 100)),
        "score": ("credit_rating grade", lambda: pick(["AAA", "AA", "A", "BBB", "BB", "B"])),
        "dims": ("box_size", lambda: "%d x %d x %d" % (number(1, 99), number(1, 99), number(1, 99))),
        "range": ("page_range", lambda: "%d-%d" % (number(100, 400), number(401, 900))),
        "ratio": ("aspect odds", lambda: "%d:%d" % (number(1, 32), number(1, 20))),
        "clock": ("duration_hms", lambda: "%02d:%02d:%02d" % (number(0, 99), number(0, 59), number(0, 59))),
        "base64": ("nonce_b64", lambda: "".join(rng.choices(string.ascii_letters + string.digits, k=22)) + "=="),
        "mixed_code": ("promo_code coupon voucher", lambda: "".join(
            rng.choices(string.ascii_uppercase + string.digits, k=10))),
        "short_link": ("short_id slug_hash video_key", lambda: "".join(
            rng.choices(string.ascii_letters + string.digits, k=11))),
        "science": ("reading_si", lambda: "%.3e" % rng.uniform(1e-9, 1e9)),
        "bytes": ("heap_bytes", lambda: str(number(1, 10**10))),
        "year": ("vintage", lambda: str(number(1990, 2024))),
        "postal_rate": ("postage", lambda: "%.2f" % rng.uniform(1, 20)),
        "sentence": ("remark abstract", lambda: plain.sentence(nb_words=7)),
        "airport": ("airport_iata", lambda: letters(rng, 3)),
        "chemical": ("cas_number", lambda: "%d-%02d-%d" % (number(50, 99999), number(0, 99), number(0, 9))),
        "doi": ("doi", lambda: "10.%d/%s.%d" % (number(1000, 9999), pick(WORDS), number(1, 9999))),
        "hs": ("hs_code tariff", lambda: "%s.%s.%s" % (digits(rng, 4), digits(rng, 2), digits(rng, 2))),
        "color": ("hex_color", lambda: "#" + hexa(rng, 6)), "cidr_like": ("section clause", lambda: "%d.%d.%d" % (
            number(1, 20), number(1, 20), number(1, 20))),
    }


def beside_people(rng):
    """What stands beside people and tells nobody from another, or is a number of ours and no nation's."""
    plain = generate_people.PLAIN
    pick, number = rng.choice, rng.randint
    steps = iter(range(10250, 1 << 40))
    return {
        "member_no": ("member_no customer_no employee_no", lambda: str(number(10000, 99999))),
        "member_7": ("loyalty_no badge", lambda: digits(rng, 7)),
        "counted": ("cust_id emp_id", lambda: str(next(steps))),
        "salary": ("salary annual_pay", lambda: str(number(24, 140) * 1000)),
        "points": ("points loyalty", lambda: str(number(0, 9999))),
        "salary_fine": ("yearly_income", lambda: str(number(20000, 99999))),
        "extension": ("extension ext", lambda: str(number(1000, 9999))),
        "joined": ("joined_on signup_date hired", lambda: day(rng, 2005, 2024)),
        "seen": ("last_login_at updated", lambda: "%s %02d:%02d:%02d" % (day(rng, 2020, 2024), number(0, 23),
            number(0, 59), number(0, 59))),
        "age": ("age years", lambda: str(number(18, 90))), "gender": ("gender sex", lambda: pick("MF")),
        "department": ("department dept", lambda: pick("Sales Finance Legal Research Logistics Support".split())),
        "title": ("job_title position_title", plain.job), "company": ("company employer_name", plain.company),
        "country": ("country country_of_residence", plain.country), "state": ("state region", plain.state),
        "trade": ("occupation", lambda: pick(TRADES)),
        "plan": ("plan tier_name", lambda: pick(["Basic", "Gold", "Silver", "Trial"])),
        "brand": ("favourite_brand", lambda: pick(BRANDS)), "dish": ("favourite_dish", lambda: pick(FOODS)),
        "animal": ("pet_kind", lambda: pick(ANIMALS)),
        "team": ("team squad", lambda: "%s %s" % (pick(WORDS).title(), pick(ANIMALS) + "s")),
        "product": ("last_product", lambda: "%s %s" % (pick(WORDS).title(), pick(GOODS).title())),
        "balance": ("balance total_spent", lambda: "%.2f" % rng.uniform(-50, 9000)),
        "orders": ("order_count visits", lambda: str(number(0, 60))),
        "uuid": ("external_id", lambda: str(plain.uuid4())),
        "code": ("referral_code promo", lambda: "%s%s" % (letters(rng, 3), digits(rng, 4))),
        "active": ("is_active newsletter email_opt_in", lambda: pick(["yes", "no"])),
        "language": ("language", lambda: pick("en de fr es it".split())),
        "hash": ("avatar_hash", lambda: hexa(rng, 32)), "remark": ("remarks", lambda: plain.sentence(nb_words=6)),
        "version": ("app_version", lambda: "%d.%d.%d.%d" % (number(1, 9), number(0, 30), number(0, 30),
            number(0, 400))),
        "year": ("graduation_year", lambda: str(number(1970, 2024))), "agent": ("user_agent", plain.user_agent),
        "card_type": ("card_type", lambda: pick(["visa", "mastercard", "amex"])),
        "expiry_day": ("contract_end", lambda: day(rng, 2025, 2031)),
    }


def table(out, name, rng, rows, wanted, hidden, kinds_out):
    """wanted: (class, kind, names, make); written in shuffled order."""
    rng.shuffle(wanted)
    header, truth, columns = [], {}, []
    for place, (kind, what, names, make) in enumerate(wanted):
        column = "col%d" % (place + 1) if hidden else rng.choice(names.split())
        while column in truth:
            column += "_2"
        header.append(column)
        truth[column] = kind
        kinds_out["%s.csv/%s" % (name, column)] = what
        empty = rng.choice([0, 0, 0.1, 0.3])
        columns.append(["" if rng.random() < empty else make() for _ in range(rows)])
    write(out, name, header, truth, columns)


def people_of(rng, locale, keys):
    maker = Maker(locale, rng)
    return [(PEOPLE[key][0], key, PEOPLE[key][1], lambda key=key: maker.make(key)) for key in keys]


def harmless_of(kinds, picked):
    return [("none", kind, kinds[kind][0], kinds[kind][1]) for kind in picked]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--tables", type=int, default=90, help="of harmless columns; as many of the others by a half")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    rng = random.Random(options.seed)
    generate_people.PLAIN.seed_instance(options.seed)
    goods, beside, kinds = goods_kinds(rng), beside_people(rng), {}
    for number in range(options.tables):
        style = ("told", "hidden")[number % 2]
        table(options.out, "goods_%03d_%s" % (number, style), rng, options.rows,
              harmless_of(goods, rng.sample(sorted(goods), 12)), style == "hidden", kinds)
    for number in range(options.tables // 2):
        style, locale = ("told", "hidden")[number % 2], LOCALES[number // 2 % len(LOCALES)]
        keys = rng.sample("first last full email phone street city zip dob user ip card password".split(), 6)
        table(options.out, "mixed_%s_%03d_%s" % (locale, number, style), rng, options.rows,
              people_of(rng, locale, keys) + harmless_of(beside,
                  rng.sample(sorted(beside), 9)), style == "hidden", kinds)
    for number in range(options.tables // 2):
        locale = LOCALES[number % len(LOCALES)]
        keys = [key for key in PEOPLE if key != "ssn" or locale in generate_people.WITH_SSN]
        table(options.out, "names_%s_%03d_told" % (locale, number), rng, options.rows,
              people_of(rng, locale, keys) + harmless_of(goods, rng.sample(sorted(goods), 8)), False, kinds)
    with open(os.path.join(options.out, "kinds.json"), "w", encoding="utf-8") as file:
        json.dump(kinds, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
