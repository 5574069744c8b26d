// SPDX-License-Identifier: Apache-2.0
//! Filters for models in SQLAlchemy, 1.4 and 2 alike.
//!
//! sa_type spells a type of PostgreSQL so that create_all() makes that type and reflection gives it back; one that
//! has no spelling there is an error, not something near it.

use crate::escape::py_string;
use crate::sql::{parse_type, Type};
use minijinja::{Error, ErrorKind};

/// `sa_text`: a string literal for sqlalchemy.text(), which would take a colon before a word for a parameter.
pub fn sa_text(text: &str) -> String {
    py_string(&text.replace(':', "\\:"))
}

/// Types without numbers.
const PLAIN: &[(&str, &str)] = &[
    ("boolean", "sa.Boolean()"),
    ("bool", "sa.Boolean()"),
    ("smallint", "sa.SmallInteger()"),
    ("int2", "sa.SmallInteger()"),
    ("integer", "sa.Integer()"),
    ("int", "sa.Integer()"),
    ("int4", "sa.Integer()"),
    ("bigint", "sa.BigInteger()"),
    ("int8", "sa.BigInteger()"),
    ("real", "sa.REAL()"),
    ("float4", "sa.REAL()"),
    ("double precision", "postgresql.DOUBLE_PRECISION()"),
    ("float8", "postgresql.DOUBLE_PRECISION()"),
    ("float", "postgresql.DOUBLE_PRECISION()"),
    ("bytea", "sa.LargeBinary()"),
    ("date", "sa.Date()"),
    ("json", "sa.JSON()"),
    ("jsonb", "postgresql.JSONB()"),
    ("uuid", "postgresql.UUID(as_uuid=True)"),
    ("inet", "postgresql.INET()"),
    ("cidr", "postgresql.CIDR()"),
    ("macaddr", "postgresql.MACADDR()"),
    ("money", "postgresql.MONEY()"),
    ("oid", "postgresql.OID()"),
    ("tsvector", "postgresql.TSVECTOR()"),
];

fn element(kind: &Type, collation: Option<&str>) -> Option<String> {
    let collated = collation.map(|name| format!("collation={}", py_string(name)));
    let text = |class: &str| {
        let length = kind.numbers.first().map(u32::to_string);
        let arguments: Vec<String> = length.into_iter().chain(collated.clone()).collect();
        format!("sa.{class}({})", arguments.join(", "))
    };
    let time = |class: &str, zone: bool| match (kind.numbers.first(), zone) {
        (Some(precision), _) => {
            let zone = if zone { "True" } else { "False" };
            format!("postgresql.{}(timezone={zone}, precision={precision})", class.to_uppercase())
        }
        (None, true) => format!("sa.{}(timezone=True)", if class == "time" { "Time" } else { "DateTime" }),
        (None, false) => format!("sa.{}()", if class == "time" { "Time" } else { "DateTime" }),
    };
    let spelled = match (kind.words.as_str(), kind.numbers.as_slice()) {
        ("text", []) => text("Text"),
        ("varchar" | "character varying", [] | [_]) => text("String"),
        ("char" | "character", []) => text("CHAR").replacen("CHAR(", "CHAR(1, ", 1).replace("1, )", "1)"),
        ("char" | "character", [_]) => text("CHAR"),
        ("numeric" | "decimal", []) => "sa.Numeric()".into(),
        ("numeric" | "decimal", [precision]) => format!("sa.Numeric({precision}, 0)"),
        ("numeric" | "decimal", [precision, scale]) => format!("sa.Numeric({precision}, {scale})"),
        ("timestamp" | "timestamp without time zone", [] | [_]) => time("timestamp", false),
        ("timestamptz" | "timestamp with time zone", [] | [_]) => time("timestamp", true),
        ("time" | "time without time zone", [] | [_]) => time("time", false),
        ("timetz" | "time with time zone", [] | [_]) => time("time", true),
        ("interval", []) => "postgresql.INTERVAL()".into(),
        ("interval", [precision]) => format!("postgresql.INTERVAL(precision={precision})"),
        ("bit", []) => "postgresql.BIT(1)".into(),
        ("bit", [length]) => format!("postgresql.BIT({length})"),
        (words, []) => PLAIN.iter().find(|(name, _)| *name == words).map(|(_, spelled)| spelled.to_string())?,
        _ => return None,
    };
    (collation.is_none() || spelled.contains("collation=")).then_some(spelled)
}

/// `sa_type`: the native text of a type of PostgreSQL, and the collation if there is one.
pub fn sa_type(text: &str, collation: Option<&str>) -> Result<String, Error> {
    let kind = parse_type(text);
    let spelled = kind.as_ref().and_then(|kind| Some((element(kind, collation)?, kind.dimensions)));
    match spelled {
        Some((spelled, 0)) => Ok(spelled),
        Some((spelled, 1)) => Ok(format!("postgresql.ARRAY({spelled})")),
        Some((spelled, dimensions)) => Ok(format!("postgresql.ARRAY({spelled}, dimensions={dimensions})")),
        None => {
            let shown: String = text.chars().take(80).collect();
            let with = if collation.is_some() { " with a collation" } else { "" };
            let message = format!("sa_type: {shown:?}{with} has no spelling in SQLAlchemy here");
            Err(Error::new(ErrorKind::InvalidOperation, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (text, expected) in [
            ("integer", "sa.Integer()"),
            ("numeric(10,2)", "sa.Numeric(10, 2)"),
            ("NUMERIC", "sa.Numeric()"),
            ("varchar(40)", "sa.String(40)"),
            ("varchar", "sa.String()"),
            ("char", "sa.CHAR(1)"),
            ("char(3)", "sa.CHAR(3)"),
            ("timestamp", "sa.DateTime()"),
            ("timestamp with time zone", "sa.DateTime(timezone=True)"),
            ("timestamp(3) with time zone", "postgresql.TIMESTAMP(timezone=True, precision=3)"),
            ("time(0)", "postgresql.TIME(timezone=False, precision=0)"),
            ("text[][]", "postgresql.ARRAY(sa.Text(), dimensions=2)"),
        ] {
            assert_eq!(sa_type(text, None).unwrap(), expected, "{text}");
        }
        assert_eq!(sa_type("text", Some("C")).unwrap(), "sa.Text(collation=\"C\")");
        assert_eq!(sa_type("char", Some("C")).unwrap(), "sa.CHAR(1, collation=\"C\")");
        for bad in ["citext", "text(3)", "integer(4)", "x'); import os", ""] {
            assert!(sa_type(bad, None).is_err(), "{bad:?} was taken");
        }
        assert!(sa_type("integer", Some("C")).is_err());
    }

    #[test]
    fn texts() {
        assert_eq!(sa_text("'a :b'::text"), "\"'a \\\\:b'\\\\:\\\\:text\"");
    }
}
