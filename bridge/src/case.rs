// SPDX-License-Identifier: Apache-2.0
//! Filters that respell a name: snake_case, kebab_case, PascalCase, camelCase.
//!
//! Words end at anything that is no letter or digit, where a small letter meets a capital (`albumId`), and before the
//! last capital of a run that a small letter follows (`HTTPServer` is HTTP and Server). Digits stay with the word
//! before them.

fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut result = Vec::new();
    let mut word = String::new();
    for (i, &c) in letters.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !word.is_empty() {
                result.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = i.checked_sub(1).and_then(|n| letters.get(n));
        let after = letters.get(i + 1);
        let starts = c.is_uppercase()
            && (before.is_some_and(|b| b.is_lowercase() || b.is_numeric())
                || (before.is_some_and(|b| b.is_uppercase()) && after.is_some_and(|a| a.is_lowercase())));
        if starts && !word.is_empty() {
            result.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        result.push(word);
    }
    result
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

pub fn snake(name: &str) -> String {
    words(name).join("_")
}

pub fn kebab(name: &str) -> String {
    words(name).join("-")
}

pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

pub fn camel(name: &str) -> String {
    let words = words(name);
    let rest = words.iter().skip(1).map(|word| capitalized(word));
    words.first().cloned().into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("AlbumId", "album_id"),
            ("HTTPServer", "http_server"),
            ("order line-item", "order_line_item"),
            ("  __x__ ", "x"),
            ("utf8Text", "utf8_text"),
            ("Größe ÄNDERUNG", "größe_änderung"),
            ("İstanbul", "i\u{307}stanbul"),
            ("\"; DROP TABLE x", "drop_table_x"),
            ("", ""),
            ("\u{0}\n", ""),
        ] {
            assert_eq!(snake(name), expected, "{name:?}");
        }
        assert_eq!(kebab("AlbumTitle"), "album-title");
        assert_eq!(pascal("playlist_track"), "PlaylistTrack");
        assert_eq!(pascal("ßtraße"), "SStraße");
        assert_eq!(camel("Playlist_Track"), "playlistTrack");
        assert_eq!(camel(""), "");
    }
}
