// SPDX-License-Identifier: Apache-2.0
//! Filters that make a hostile name or value safe in a target's text. They are the only way a template may print what
//! came from somebody's database; a value that has no safe spelling is an error, never something shortened or
//! dropped.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use std::collections::HashSet;
use std::fmt::Write;

/// PostgreSQL cuts longer names in silence, and two of them may become one.
const PG_IDENT_MAX: usize = 63;

const PY_KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "type", "while", "with", "yield",
];

fn refused(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `pg_ident`: a name of PostgreSQL, always in double quotes, so that its spelling is kept.
pub fn pg_ident(name: &str) -> Result<String, Error> {
    if name.is_empty() || name.contains('\0') {
        return Err(refused("pg_ident: a name of PostgreSQL is not empty and holds no NUL".into()));
    }
    if name.len() > PG_IDENT_MAX {
        let length = name.len();
        return Err(refused(format!(
            "pg_ident: {name:?} has {length} bytes and PostgreSQL keeps {PG_IDENT_MAX}: map it to a shorter name"
        )));
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// `pg_literal`: a constant of PostgreSQL. Right whatever standard_conforming_strings says.
pub fn pg_literal(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::None => return Ok("NULL".into()),
        ValueKind::Bool => return Ok(if value.is_true() { "TRUE".into() } else { "FALSE".into() }),
        ValueKind::Number => return Ok(value.to_string()),
        _ => (),
    }
    let Some(text) = value.as_str() else {
        return Err(refused(format!("pg_literal: takes text, number, boolean or none, not {}", value.kind())));
    };
    if text.contains('\0') {
        return Err(refused("pg_literal: PostgreSQL's text can't hold a NUL".into()));
    }
    let quoted = text.replace('\'', "''");
    Ok(match quoted.contains('\\') {
        true => format!(" E'{}'", quoted.replace('\\', "\\\\")), // the space keeps it apart from a word before it
        false => format!("'{quoted}'"),
    })
}

/// `sql_comment`: what may stand after `--` up to the end of the line.
pub fn sql_comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect()
}

/// `py_string`: a string literal of Python. Letters and digits of any script stay readable; every other sign beyond
/// ASCII (direction marks, line separators, look-alike spaces) is escaped.
pub fn py_string(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for c in text.chars() {
        let written = match c {
            '"' => write!(result, "\\\""),
            '\\' => write!(result, "\\\\"),
            '\n' => write!(result, "\\n"),
            '\r' => write!(result, "\\r"),
            '\t' => write!(result, "\\t"),
            ' '..='~' => write!(result, "{c}"),
            _ if !c.is_ascii() && c.is_alphanumeric() => write!(result, "{c}"),
            _ if (c as u32) < 0x100 => write!(result, "\\x{:02x}", c as u32),
            _ if (c as u32) < 0x10000 => write!(result, "\\u{:04x}", c as u32),
            _ => write!(result, "\\U{:08x}", c as u32),
        };
        debug_assert!(written.is_ok(), "writing to a String can't fail");
    }
    result.push('"');
    result
}

/// `py_ident`: an ASCII identifier of Python, made from any name; not unique, see `py_idents`. Two underscores at the
/// start are made one: Python gives such names a meaning of their own.
pub fn py_ident(name: &str) -> String {
    let mut result: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if result.starts_with("__") {
        result = format!("_{}", result.trim_start_matches('_'));
    }
    if result.is_empty() || result.starts_with(|c: char| c.is_ascii_digit()) {
        result.insert(0, '_');
    }
    if PY_KEYWORDS.contains(&result.as_str()) {
        result.push('_');
    }
    result
}

/// `py_idents`: the identifiers of a list of names, each different from the others and from `reserved`.
pub fn py_idents(names: &Value, reserved: Option<&Value>) -> Result<Vec<String>, Error> {
    let texts = |list: &Value| -> Result<Vec<String>, Error> {
        list.try_iter()?
            .map(|item| {
                item.as_str().map(str::to_string).ok_or_else(|| refused("py_idents: takes lists of text".into()))
            })
            .collect()
    };
    let mut taken: HashSet<String> = match reserved {
        Some(list) => texts(list)?.into_iter().collect(),
        None => HashSet::new(),
    };
    let mut result = Vec::new();
    for name in texts(names)? {
        let wanted = py_ident(&name);
        let mut ident = wanted.clone();
        let mut n = 1;
        while !taken.insert(ident.clone()) {
            n += 1;
            ident = format!("{wanted}_{n}");
        }
        result.push(ident);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgresql_names() {
        assert_eq!(pg_ident("Album").unwrap(), "\"Album\"");
        assert_eq!(pg_ident("\"; DROP TABLE x; --").unwrap(), "\"\"\"; DROP TABLE x; --\"");
        assert_eq!(pg_ident("a\nb\\").unwrap(), "\"a\nb\\\"");
        assert!(pg_ident("").is_err() && pg_ident("a\0b").is_err());
        assert!(pg_ident(&"é".repeat(31)).is_ok());
        assert!(pg_ident(&"é".repeat(32)).unwrap_err().to_string().contains("64 bytes"));
    }

    #[test]
    fn postgresql_constants() {
        assert_eq!(pg_literal(&Value::from("it's")).unwrap(), "'it''s'");
        assert_eq!(pg_literal(&Value::from("\\'; DROP")).unwrap(), " E'\\\\''; DROP'");
        assert_eq!(pg_literal(&Value::from("")).unwrap(), "''");
        assert_eq!(pg_literal(&Value::from(-7)).unwrap(), "-7");
        assert_eq!(pg_literal(&Value::from(false)).unwrap(), "FALSE");
        assert_eq!(pg_literal(&Value::from(())).unwrap(), "NULL");
        assert!(pg_literal(&Value::from("a\0")).is_err());
        assert!(pg_literal(&Value::from(vec![1])).is_err());
        assert!(pg_literal(&Value::UNDEFINED).is_err());
    }

    #[test]
    fn comments_stay_on_their_line() {
        assert_eq!(sql_comment("a\nDROP TABLE x;\r\u{2028}b"), "a DROP TABLE x;  b");
    }

    #[test]
    fn python_strings() {
        assert_eq!(py_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\n\"");
        assert_eq!(py_string("Größe 日本"), "\"Größe 日本\"");
        assert_eq!(py_string("\u{202e}\u{2028}\u{7f}\0\u{1f600}"), "\"\\u202e\\u2028\\x7f\\x00\\U0001f600\"");
    }

    #[test]
    fn python_names() {
        for (name, expected) in [
            ("AlbumId", "AlbumId"),
            ("2nd", "_2nd"),
            ("class", "class_"),
            ("a b", "a_b"),
            ("__init__", "_init__"),
            ("____", "_"),
            ("", "_"),
            ("é", "_"),
            ("x); import os", "x___import_os"),
        ] {
            assert_eq!(py_ident(name), expected, "{name:?}");
        }
        let names = Value::from(vec!["a b", "a_b", "a.b", "metadata", "a_b_2"]);
        let reserved = Value::from(vec!["metadata"]);
        let idents = py_idents(&names, Some(&reserved)).unwrap();
        assert_eq!(idents, ["a_b", "a_b_2", "a_b_3", "metadata_2", "a_b_2_2"]);
        assert!(py_idents(&Value::from(vec![1]), None).is_err());
    }
}
