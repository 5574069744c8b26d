// SPDX-License-Identifier: Apache-2.0
//! Filters for the two pieces of PostgreSQL that no quoting makes safe, because they are code: a type and an
//! expression.
//!
//! Both may have come from a stranger's database. A type must look like one. An expression is read token by token and
//! comes out in parentheses, so that whatever it says it stays one expression: it can't end the statement, open a
//! comment, or reach psql's commands. What its functions do is not judged here: whoever makes the target catalog
//! chooses.

use minijinja::{Error, ErrorKind};

fn refused(filter: &str, text: &str, why: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    Error::new(ErrorKind::InvalidOperation, format!("{filter}: {shown:?} {why}"))
}

/// A type taken apart: `timestamp(3) with time zone[]` is words "timestamp with time zone", numbers [3], one dimension.
pub struct Type {
    pub words: String,
    pub numbers: Vec<u32>,
    pub dimensions: usize,
}

pub fn parse_type(text: &str) -> Option<Type> {
    let mut rest = text.trim();
    let mut dimensions = 0;
    while let Some(element) = rest.strip_suffix("[]") {
        rest = element.trim_end();
        dimensions += 1;
    }
    let (before, numbers, after) = match rest.split_once('(') {
        None => (rest, Vec::new(), ""),
        Some((before, tail)) => {
            let (inside, after) = tail.split_once(')')?;
            let numbers: Option<Vec<u32>> = inside.split(',').map(|number| number.trim().parse().ok()).collect();
            (before, numbers?, after)
        }
    };
    let is_word = |word: &str| {
        !word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let words: Vec<String> = before.split_whitespace().chain(after.split_whitespace()).map(str::to_lowercase).collect();
    if words.is_empty() || !words.iter().all(|word| is_word(word)) || numbers.len() > 2 || dimensions > 6 {
        return None;
    }
    Some(Type { words: words.join(" "), numbers, dimensions })
}

/// `pg_type`: the native text of a type, as it stands.
pub fn pg_type(text: &str) -> Result<String, Error> {
    match parse_type(text) {
        Some(_) => Ok(text.trim().to_string()),
        None => Err(refused("pg_type", text, "is no type of PostgreSQL like numeric(10,2) or text[]")),
    }
}

/// The end of the quoted thing that begins at `start`, after its closing sign; doubled signs belong to it.
fn quoted_end(signs: &[char], start: usize, escapes: bool) -> Option<usize> {
    let quote = *signs.get(start)?;
    let mut i = start + 1;
    loop {
        let sign = *signs.get(i)?;
        if escapes && sign == '\\' {
            i += 2;
        } else if sign != quote {
            i += 1;
        } else if signs.get(i + 1) == Some(&quote) {
            i += 2;
        } else {
            return Some(i + 1);
        }
    }
}

/// The word that touches the sign at `at`: in date'x' the string is no E'' string, although an e stands before it.
fn word_before(signs: &[char], at: usize) -> &[char] {
    let before = signs.get(..at).unwrap_or_default();
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_' || !c.is_ascii();
    let length = before.iter().rev().take_while(|c| is_part(c)).count();
    before.get(at - length..).unwrap_or_default()
}

/// Checks and copies an expression. A plain string with a backslash becomes an E'' one: what a backslash means in a
/// plain string is a setting of the server.
fn copied(text: &str) -> Result<String, &'static str> {
    let signs: Vec<char> = text.trim().chars().collect();
    let mut result = String::new();
    let mut open = Vec::new();
    let mut i = 0;
    while let Some(&sign) = signs.get(i) {
        let next = signs.get(i + 1).copied();
        let mut end = i + 1;
        match sign {
            '\'' => {
                let word = word_before(&signs, i);
                if signs.get(..i).is_some_and(|before| before.ends_with(&['&'])) {
                    return Err("holds a string with U& or a dangling &");
                }
                let escapes = matches!(word, ['e' | 'E']);
                end = quoted_end(&signs, i, escapes).ok_or("has a string without end")?;
                let plain = !escapes && signs.get(i..end).is_some_and(|string| string.contains(&'\\'));
                if plain && !word.is_empty() {
                    return Err("holds a backslash in a string with a prefix");
                }
                if plain {
                    let string: String = signs.get(i..end).unwrap_or_default().iter().collect();
                    result.push_str(&format!(" E{}", string.replace('\\', "\\\\")));
                    i = end;
                    continue;
                }
            }
            '"' => end = quoted_end(&signs, i, false).ok_or("has a quoted name without end")?,
            '(' | '[' => open.push(if sign == '(' { ')' } else { ']' }),
            ')' | ']' if open.pop() != Some(sign) => return Err("has brackets that don't match"),
            '-' if next == Some('-') => return Err("holds a comment"),
            '/' if next == Some('*') => return Err("holds a comment"),
            ';' | '$' | '\\' | '{' | '}' | '`' => return Err("holds one of ; $ \\ { } ` outside a string"),
            _ if sign.is_control() && !sign.is_whitespace() => return Err("holds a control character"),
            _ => (),
        }
        result.extend(signs.get(i..end).unwrap_or_default());
        i = end;
    }
    match (open.is_empty(), result.is_empty() || result.contains('\0')) {
        (false, _) => Err("has brackets that don't match"),
        (_, true) => Err("is empty or holds a NUL"),
        _ => Ok(result),
    }
}

/// `pg_elements`: what an index stands on, like `lower("a"), "b" DESC`; to be put between parentheses.
pub fn pg_elements(text: &str) -> Result<String, Error> {
    copied(text).map_err(|why| refused("pg_elements", text, why))
}

/// `pg_expression`: an expression of PostgreSQL, in parentheses unless it is a word, a number or one string.
pub fn pg_expression(text: &str) -> Result<String, Error> {
    let expression = copied(text).map_err(|why| refused("pg_expression", text, why))?;
    let signs: Vec<char> = expression.chars().collect();
    let one_string = signs.first() == Some(&'\'') && quoted_end(&signs, 0, false) == Some(signs.len());
    let one_word = signs.iter().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.'));
    Ok(if one_string || one_word { expression } else { format!("({expression})") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for good in
            ["integer", "numeric(10,2)", "timestamp(3) with time zone", "text[]", "double precision", "int4[][]"]
        {
            assert_eq!(pg_type(good).unwrap(), good);
        }
        for bad in [
            "",
            "int; DROP",
            "int)",
            "int(a)",
            "int(1",
            "int--",
            "\"x\"",
            "int default 0,",
            "9",
            "numeric(1,2,3)",
            "int[1]",
            "é",
        ] {
            assert!(pg_type(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn expressions_that_pass() {
        for (text, expected) in [
            ("0", "0"),
            ("-1", "(-1)"),
            ("'it''s'", "'it''s'"),
            ("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
            ("now()", "(now())"),
            ("'a' || 'b'", "('a' || 'b')"),
            ("';' || '--'", "(';' || '--')"),
            ("'a\\'", "( E'a\\\\')"),
            ("E'a\\'b'", "(E'a\\'b')"),
            ("\"a;\"\"b\" > 0", "(\"a;\"\"b\" > 0)"),
            ("'x'::text", "('x'::text)"),
            ("date'2020-01-01'", "(date'2020-01-01')"),
            ("ARRAY[1,2]", "(ARRAY[1,2])"),
            (" 5 ", "5"),
        ] {
            assert_eq!(pg_expression(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn elements() {
        assert_eq!(pg_elements("lower(\"a\"), \"b\" DESC").unwrap(), "lower(\"a\"), \"b\" DESC");
        assert!(pg_elements("a) WHERE (true").is_err() && pg_elements("a; b").is_err());
    }

    #[test]
    fn expressions_that_are_refused() {
        for bad in [
            "",
            "0; DROP TABLE x",
            "0) , (1",
            "(",
            "[)",
            "'",
            "'a\\'; --",
            "\"a",
            "0 -- x",
            "0 /* x",
            "$$x$$",
            "$1",
            "\\! id",
            "U&'\\0041'",
            "date'\\'; DROP TABLE x; --'",
            "éE'\\'; DROP TABLE x; --'",
            "b'\\'",
            "E'a\\",
            "a\0b",
            "'a\0b'",
            "`id`",
            "0\u{1b}",
        ] {
            let answer = pg_expression(bad);
            assert!(answer.is_err(), "{bad:?} was taken as {answer:?}");
        }
    }
}
