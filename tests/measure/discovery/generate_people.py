#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of people who do not exist, and harmless tables beside them, with the truth about every column.

usage: generate_people.py OUT [--seed N] [--rows N] [--harmless N]

People come from the generators of Debian's python3-fake-factory, in the locales below: other lists than those that
discovery knows. Each locale gives three tables: names of columns in English and in its own language, in shuffled order,
and one whose columns are called col1, col2, ..., so that only the values speak. The harmless tables hold what databases
are full of.
OUT/NAME.csv and OUT/NAME.truth.json ({"file", "columns": {column: class}}) have the form of the measuring corpora; in
OUT/kinds.json stands what each harmless column is.
"""
import argparse
import csv
import json
import os
import random
import string
import sys

try:
    from faker import Faker
except ImportError:
    sys.exit("skipped: python3-fake-factory is not installed")

LOCALES = {
    "en_US": "en", "en_GB": "en", "en_CA": "en", "en_AU": "en", "de_DE": "de", "de_AT": "de", "fr_FR": "fr",
        "fr_CH": "fr",
    "es_ES": "es", "es_MX": "es", "it_IT": "it", "nl_NL": "nl", "nl_BE": "nl", "pl_PL": "pl", "pt_BR": "pt",
        "pt_PT": "pt",
    "cs_CZ": "cs", "sv_SE": "sv", "fi_FI": "fi", "no_NO": "no", "dk_DK": "da", "hu_HU": "hu", "ro_RO": "ro",
        "hr_HR": "hr",
    "tr_TR": "tr", "ru_RU": "en", "ja_JP": "en", "zh_CN": "en", "el_GR": "en", "sl_SI": "en", "bg_BG": "en",
        "uk_UA": "en",
}

PLAIN = Faker("en_US")

# class, what the generator makes -> column names by language; "en" is also what a language without its own uses
NAMES = {
    "first": ("name", {"en": "first_name FirstName given_name fname customer_first_name", "de": "vorname",
        "fr": "prenom",
                       "es": "nombre primer_nombre", "it": "nome", "nl": "voornaam", "pl": "imie",
                           "pt": "nome primeiro_nome",
                       "cs": "jmeno", "sv": "fornamn", "fi": "etunimi", "no": "fornavn", "da": "fornavn",
                           "hu": "keresztnev",
                       "ro": "prenume", "hr": "ime", "tr": "ad_soyad"}),
    "last": ("name", {"en": "last_name LastName surname lname family_name", "de": "nachname familienname",
        "fr": "nom_de_famille",
                      "es": "apellidos apellido", "it": "cognome", "nl": "achternaam", "pl": "nazwisko",
                          "pt": "sobrenome apelido",
                      "cs": "prijmeni", "sv": "efternamn", "fi": "sukunimi", "no": "etternavn", "da": "efternavn",
                      "hu": "vezeteknev", "hr": "prezime", "tr": "soyadi"}),
    "full": ("name", {"en": "full_name contact_name customer_name PatientName", "de": "kundenname ansprechpartner",
                      "fr": "nom_complet", "es": "nombre_completo", "it": "nominativo", "nl": "volledige_naam",
                      "pl": "imie_i_nazwisko", "pt": "nome_completo"}),
    "email": ("email", {"en": "email e_mail EmailAddress contact_email", "fr": "courriel", "es": "correo_electronico",
                        "sv": "epost", "fi": "sahkoposti"}),
    "phone": ("phone", {"en": "phone telephone mobile_phone cell PhoneNumber", "de": "telefon rufnummer handynummer",
                        "fr": "telephone tel", "es": "telefono movil", "it": "telefono cellulare",
                            "nl": "telefoonnummer",
                        "pl": "telefon nr_telefonu", "pt": "telefone celular", "fi": "puhelin", "no": "tlf"}),
    "street": ("address", {"en": "address street_address AddressLine1 mailing_address", "de": "strasse anschrift",
        "fr": "adresse rue",
                           "es": "direccion domicilio", "it": "indirizzo", "nl": "straat adres", "pl": "ulica adres",
                           "pt": "endereco morada", "cs": "ulice", "sv": "gatuadress", "fi": "katuosoite",
                               "ro": "strada"}),
    "city": ("city_zip", {"en": "city town City", "de": "ort stadt wohnort", "fr": "ville commune",
        "es": "ciudad poblacion",
                          "it": "citta comune", "nl": "woonplaats plaats", "pl": "miasto miejscowosc",
                              "pt": "cidade localidade",
                          "cs": "mesto", "sv": "ort", "fi": "kaupunki", "hu": "varos", "ro": "oras", "tr": "sehir"}),
    "zip": ("city_zip", {"en": "zip postal_code ZipCode postcode", "de": "plz postleitzahl", "fr": "code_postal",
                         "es": "codigo_postal", "it": "codice_postale", "nl": "postcode", "pl": "kod_pocztowy",
                             "pt": "cep",
                         "cs": "psc", "sv": "postnummer", "fi": "postinumero", "hu": "iranyitoszam"}),
    "dob": ("dob", {"en": "dob birth_date DateOfBirth birthday", "de": "geburtsdatum", "fr": "date_naissance",
                    "es": "fecha_nacimiento", "it": "data_nascita", "nl": "geboortedatum", "pl": "data_urodzenia",
                    "pt": "data_nascimento", "cs": "datum_narozeni", "sv": "fodelsedatum", "fi": "syntymaaika",
                    "hu": "szuletesi_datum"}),
    "card": ("credit_card", {"en": "credit_card card_number CCNumber", "de": "kreditkarte", "fr": "numero_carte",
        "es": "tarjeta",
                             "it": "carta_credito", "pt": "cartao"}),
    "ssn": ("national_id", {"en": "ssn national_id SocialSecurityNumber", "de": "sozialversicherungsnummer",
        "fr": "nir",
                            "es": "dni", "it": "codice_fiscale", "nl": "bsn", "pl": "pesel", "pt": "cpf",
                                "cs": "rodne_cislo",
                            "sv": "personnummer", "fi": "hetu", "no": "fodselsnummer", "da": "cpr", "ro": "cnp",
                                "hr": "oib",
                            "tr": "tc_kimlik_no"}),
    "user": ("username", {"en": "username login user_name UserName", "de": "benutzername", "fr": "identifiant",
        "es": "usuario",
                          "it": "nome_utente", "nl": "gebruikersnaam"}),
    "password": ("password", {"en": "password passwd pwd", "de": "passwort", "fr": "mot_de_passe", "es": "contrasena",
                              "it": "password", "nl": "wachtwoord", "pl": "haslo", "pt": "senha"}),
    "hash": ("password", {"en": "password_hash pw_hash hashed_password"}),
    "ip": ("ip", {"en": "ip ip_address last_login_ip client_ip"}),
    "iban": ("iban", {"en": "iban account_iban"}),
    "mac": ("mac_address", {"en": "mac mac_address"}),
    "company": ("none", {"en": "company employer company_name", "de": "firma", "fr": "entreprise", "es": "empresa",
        "it": "azienda"}),
    "job": ("none", {"en": "job_title occupation", "de": "beruf", "fr": "profession"}),
    "country": ("none", {"en": "country Country", "de": "land", "fr": "pays", "es": "pais"}),
    "hired": ("none", {"en": "hire_date created_at member_since last_order_date"}),
    "amount": ("none", {"en": "balance total_spent order_count"}),
    "status": ("none", {"en": "status account_status tier"}),
    "id": ("none", {"en": "id customer_id CustomerID"}),
    "uuid": ("none", {"en": "uuid external_ref"}),
    "notes": ("none", {"en": "notes remarks comment"}),
}

# Locales whose generator of national numbers gives those of the country and not those of the United States
WITH_SSN = {"en_US", "en_GB", "en_CA", "fr_FR", "it_IT", "nl_NL", "nl_BE", "pl_PL", "pt_BR", "cs_CZ", "sv_SE",
    "fi_FI", "no_NO",
            "dk_DK", "hr_HR", "ro_RO", "tr_TR", "zh_CN", "es_ES"}


def iban(rng):
    bban = "".join(rng.choice(string.digits) for _ in range(18))
    check = 98 - int(bban + "131400") % 97
    return "DE%02d%s" % (check, bban)


def birthday(rng, form):
    day = (rng.randint(1940, 2004), rng.randint(1, 12), rng.randint(1, 28))
    return form.format(y=day[0], m=day[1], d=day[2])


class Maker:
    """One table's values: a format is drawn once a table, as people do."""

    def __init__(self, locale, rng):
        self.fake = Faker(locale)
        self.fake.seed_instance(rng.randint(0, 1 << 30))
        self.plain = PLAIN
        self.rng = rng
        self.birth = rng.choice(["{y:04d}-{m:02d}-{d:02d}", "{d:02d}.{m:02d}.{y:04d}", "{m}/{d}/{y:04d}",
            "{d:02d}/{m:02d}/{y:04d}"])
        self.rows = 0
        self.makers = self.all_makers()

    def make(self, what):
        self.rows += 1
        return self.makers[what]()

    def all_makers(self):
        rng, fake = self.rng, self.fake
        return {
            "first": fake.first_name, "last": fake.last_name,
            "full": lambda: "%s %s" % (fake.first_name(), fake.last_name()),
            "email": fake.email, "phone": fake.phone_number,
            "street": lambda: fake.street_address().replace("\n", ", "), "city": fake.city, "zip": fake.postcode,
            "dob": lambda: birthday(rng, self.birth),
            "card": fake.credit_card_number, "ssn": fake.ssn, "user": fake.user_name,
            "password": lambda: self.plain.password(length=10, special_chars=False),
            "hash": lambda: "$2b$12$" + "".join(rng.choices(string.ascii_letters + string.digits, k=53)),
            "ip": lambda: fake.ipv4() if rng.random() < 0.8 else fake.ipv6(), "iban": lambda: iban(rng),
            "mac": fake.mac_address,
            "company": fake.company, "job": fake.job, "country": self.plain.country,
            "hired": lambda: "%04d-%02d-%02d" % (rng.randint(2015, 2024), rng.randint(1, 12), rng.randint(1, 28)),
            "amount": lambda: "%.2f" % rng.uniform(0, 5000),
            "status": lambda: rng.choice(["active", "inactive", "pending", "gold"]),
            "id": lambda: str(self.rows), "uuid": lambda: str(fake.uuid4()),
            "notes": lambda: self.plain.sentence(nb_words=9),
        }


def harmless_kinds(rng):
    """name of a kind -> (names a column of it may have, what makes a value)."""
    plain = PLAIN
    words = "copper steel oak delta prime nova arc pixel river stone cloud spark carbon amber pulse harbor".split()
    goods = "pump valve lamp chair cable filter table sensor bracket bottle jacket tea camera drill".split()
    genres = "Rock Jazz Metal Blues Drama Comedy Horror Classical Reggae Western Thriller Fantasy".split()
    hexa = lambda n: "".join(rng.choices("0123456789abcdef", k=n))
    digits = lambda n: "".join(rng.choices(string.digits, k=n))
    letters = lambda n: "".join(rng.choices(string.ascii_uppercase, k=n))
    counter = iter(range(1, 1 << 60))
    return {
        "sequence": ("id row_id item_id order_line_id", lambda: str(next(counter))),
        "large_id": ("legacy_id external_id batch_id", lambda: digits(rng.choice([8, 9, 10]))),
        "fixed_id": ("account_no shipment_id ticket_number", lambda: str(rng.randint(10**9, 10**10 - 1))),
        "thirteen": ("ean barcode gtin", lambda: "40" + digits(11)),
        "isbn": ("isbn", lambda: plain.isbn13()),
        "product_code": ("sku product_code part_no", lambda: "%s-%s" % (letters(2), digits(4))),
        "article": ("article_number material", lambda: "%s.%s.%s" % (digits(3), digits(3), digits(2))),
        "version": ("version app_version release", lambda: "%d.%d.%d" % (rng.randint(0, 9), rng.randint(0, 20),
            rng.randint(0, 40))),
        "version4": ("file_version build", lambda: "%d.%d.%d.%d" % (rng.randint(0, 9), rng.randint(0, 9),
            rng.randint(0, 9), rng.randint(0, 9))),
        "sha1": ("commit_id etag digest", lambda: hexa(40)), "md5": ("checksum file_hash", lambda: hexa(32)),
        "uuid": ("uuid correlation_id", lambda: str(plain.uuid4())),
        "latitude": ("lat latitude", lambda: "%.6f" % rng.uniform(-90, 90)),
        "timestamp": ("created_at updated_at logged_at",
            lambda: "2024-%02d-%02d %02d:%02d:%02d" % (rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23),
                rng.randint(0, 59), rng.randint(0, 59))),
        "day": ("order_date due_date valid_from", lambda: "%04d-%02d-%02d" % (rng.randint(2005, 2025),
            rng.randint(1, 12), rng.randint(1, 28))),
        "epoch": ("ts event_time", lambda: str(rng.randint(1500000000, 1700000000))),
        "url": ("url link image_url", plain.url), "path": ("file_path filename", plain.file_path),
        "mime": ("mime_type content_type", plain.mime_type),
        "quantity": ("quantity stock reorder_level", lambda: str(rng.randint(0, 500))),
        "price": ("price unit_price amount", lambda: "%.2f" % rng.uniform(1, 900)),
        "percent": ("discount tax_rate", lambda: "%.3f" % rng.random()),
        "year": ("model_year release_year", lambda: str(rng.randint(1950, 2024))),
        "status": ("status state order_status", lambda: rng.choice(["open", "closed", "pending", "shipped"])),
        "boolean": ("is_active enabled", lambda: rng.choice(["true", "false"])),
        "currency": ("currency", lambda: rng.choice(["EUR", "USD", "GBP", "CHF", "SEK"])),
        "country": ("country country_name", plain.country), "country_code": ("country_code iso2", plain.country_code),
        "language": ("language locale", plain.locale), "color": ("color colour", plain.color_name),
        "genre": ("genre category", lambda: rng.choice(genres)),
        "product": ("product_name title name", lambda: "%s %s %s" % (rng.choice(words).title(),
            rng.choice(words).title(), rng.choice(goods).title())),
        "product2": ("description_short label", lambda: "%s %s %d" % (rng.choice(words).title(), rng.choice(goods),
            rng.randint(1, 99))),
        "sentence": ("description comment summary", lambda: plain.sentence(nb_words=8)),
        "paragraph": ("body content", lambda: plain.text(150)),
        "company": ("company supplier manufacturer", plain.company), "job": ("job_title position", plain.job),
        "department": ("department unit", lambda: rng.choice(["Sales", "Marketing", "Finance", "Production",
            "Support", "Legal"])),
        "slug": ("slug key", lambda: "%s-%s" % (rng.choice(words), rng.choice(goods))),
        "hostname": ("host server_name", lambda: "srv-%s-%02d" % (rng.choice(words), rng.randint(1, 99))),
        "domain": ("domain", plain.domain_name), "agent": ("user_agent browser", plain.user_agent),
        "duration": ("duration elapsed_ms", lambda: str(rng.randint(1, 600000))),
        "clock": ("opening_time start_time", lambda: "%02d:%02d" % (rng.randint(0, 23), rng.randint(0, 59))),
        "size": ("bytes file_size", lambda: str(rng.randint(1000, 10**8))),
        "dimension": ("dimensions resolution", lambda: "%dx%d" % (rng.randint(1, 4000), rng.randint(1, 4000))),
        "tracking": ("tracking_number awb", lambda: "1Z%s%s" % (letters(3), digits(13))),
        "invoice": ("invoice_no document_no", lambda: "2024-%05d" % rng.randint(1, 99999)),
        "temperature": ("temperature reading", lambda: "%.1f" % rng.gauss(15, 10)),
        "level": ("log_level priority", lambda: rng.choice(["INFO", "WARN", "ERROR", "DEBUG"])),
        "json": ("payload attributes", lambda: json.dumps({"k": rng.randint(1, 9)})),
        "base64": ("cursor etag_b64",
            lambda: "".join(rng.choices(string.ascii_letters + string.digits + "+/", k=24)) + "=="),
        "month": ("month", plain.month_name), "weekday": ("weekday", plain.day_of_week),
        "score": ("score rating", lambda: str(rng.randint(1, 5))),
    }


def write(out, name, header, truth, columns):
    with open(os.path.join(out, name + ".csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(zip(*columns))
    with open(os.path.join(out, name + ".truth.json"), "w", encoding="utf-8") as file:
        json.dump({"file": name + ".csv", "columns": truth}, file, indent=1)


def people_table(out, locale, style, rng, rows):
    maker = Maker(locale, rng)
    wanted = [what for what in NAMES if what != "ssn" or locale in WITH_SSN]
    wanted.remove(rng.choice(["password", "hash"]))
    if style == "hidden":  # a name in two columns or in one
        wanted = [what for what in wanted if what not in (("first", "last") if rng.random() < 0.3 else ("full",))]
    rng.shuffle(wanted)
    header, truth, columns = [], {}, []
    for place, what in enumerate(wanted):
        kind, names = NAMES[what]
        language = LOCALES[locale] if style == "native" else "en"
        name = "col%d" % (place + 1) if style == "hidden" else rng.choice(names.get(language, names["en"]).split())
        if name in truth:
            name += "_2"
        header.append(name)
        truth[name] = kind
        empty = rng.choice([0, 0, 0.1, 0.4])
        values = [maker.make(what) for _ in range(rows)]
        columns.append([value if rng.random() >= empty else "" for value in values])
    write(out, "people_%s_%s" % (locale, style), header, truth, columns)


def harmless_table(out, number, rng, rows, kinds, kinds_out):
    name, hidden = "stock_%03d" % number, number % 2 == 1
    header, truth, columns = [], {}, []
    for place, kind in enumerate(rng.sample(sorted(kinds), 12)):
        names, make = kinds[kind]
        column = "col%d" % (place + 1) if hidden else rng.choice(names.split())
        if column in truth:
            column += "_2"
        header.append(column)
        truth[column] = "none"
        kinds_out["%s.csv/%s" % (name, column)] = kind
        columns.append([make() for _ in range(rows)])
    write(out, name, header, truth, columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--harmless", type=int, default=100, help="tables of 12 columns")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    rng = random.Random(options.seed)
    PLAIN.seed_instance(options.seed)
    for locale in LOCALES:
        for style in ("english", "native", "hidden"):
            people_table(options.out, locale, style, rng, options.rows)
    kinds, makers = {}, harmless_kinds(rng)
    for number in range(options.harmless):
        harmless_table(options.out, number, rng, options.rows, makers, kinds)
    with open(os.path.join(options.out, "kinds.json"), "w", encoding="utf-8") as file:
        json.dump(kinds, file, indent=1)


if __name__ == "__main__":
    main()
