// SPDX-License-Identifier: Apache-2.0
//! Filters plural and singular for English names, by the common rules and a short list. They are for names that
//! people read in generated code, never for keys: a wrong guess is ugly, not wrong. Only the last word changes; its
//! spelling is kept otherwise.

const ODD: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("mouse", "mice"),
    ("movie", "movies"),
    ("cookie", "cookies"),
    ("series", "series"),
    ("species", "species"),
    ("news", "news"),
    ("data", "data"),
    ("metadata", "metadata"),
    ("analysis", "analyses"),
    ("index", "indexes"),
];

/// Where the last word begins: after the last sign that is no letter, or at the last capital that follows a small
/// letter.
fn last_word(name: &str) -> usize {
    let mut start = 0;
    let mut small = false;
    for (i, c) in name.char_indices() {
        if !c.is_alphabetic() {
            start = i + c.len_utf8();
        } else if c.is_uppercase() && small {
            start = i;
        }
        small = c.is_lowercase();
    }
    start
}

/// `word` spelled as `like` is: all capitals, first capital, or as it stands.
fn spelled(word: &str, like: &str) -> String {
    let capitals = like.chars().filter(|c| c.is_uppercase()).count();
    if capitals > 1 && capitals == like.chars().count() {
        return word.to_uppercase();
    }
    let mut letters = word.chars();
    match (capitals > 0, letters.next()) {
        (true, Some(first)) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_string(),
    }
}

fn respelled(name: &str, respell: fn(&str) -> String) -> String {
    let (head, word) = name.split_at(last_word(name));
    if word.is_empty() {
        return name.to_string();
    }
    format!("{head}{}", spelled(&respell(&word.to_lowercase()), word))
}

fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| word.ends_with(ending))
}

fn plural_word(word: &str) -> String {
    if let Some((_, odd)) = ODD.iter().find(|(one, many)| *one == word || *many == word) {
        return odd.to_string();
    }
    match word.strip_suffix('y') {
        Some(stem) if !stem.is_empty() && !ends(stem, &["a", "e", "i", "o", "u"]) => format!("{stem}ies"),
        _ if ends(word, &["s", "x", "z", "ch", "sh"]) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

fn singular_word(word: &str) -> String {
    if let Some((odd, _)) = ODD.iter().find(|(one, many)| *one == word || *many == word) {
        return odd.to_string();
    }
    if ends(word, &["ss", "us", "is"]) {
        return word.to_string();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let cut_es = ends(word, &["sses", "xes", "ches", "shes", "zzes", "tuses", "ruses", "nuses", "buses", "puses"]);
    word.strip_suffix(if cut_es { "es" } else { "s" }).unwrap_or(word).to_string()
}

pub fn plural(name: &str) -> String {
    respelled(name, plural_word)
}

pub fn singular(name: &str) -> String {
    respelled(name, singular_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (one, many) in [
            ("album", "albums"),
            ("category", "categories"),
            ("day", "days"),
            ("status", "statuses"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("batch", "batches"),
            ("SalesPerson", "SalesPeople"),
            ("INVOICE_LINE", "INVOICE_LINES"),
            ("house", "houses"),
            ("series", "series"),
            ("größe", "größes"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn nothing_to_change() {
        for name in ["", "___", "\u{0}", "123", "x_1"] {
            assert_eq!(plural(name), name);
            assert_eq!(singular(name), name);
        }
    }
}
