//! A reader of Rust text that is just good enough to find what is public.

use std::collections::BTreeSet;

/// The code without comments, without what strings hold, and without the test module at its end.
pub(super) fn plain_code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let (keep, skip) = if rest.starts_with("//") {
            ("", rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            ("", rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if c == '"' {
            ("\"\"", length_of_string(rest))
        } else if let Some(raw) = length_of_raw_string(rest).filter(|_| !ends_in_word(&plain)) {
            ("\"\"", raw)
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            ("' '", 3)
        } else {
            (&rest[..c.len_utf8()], c.len_utf8())
        };
        plain.push_str(keep);
        rest = &rest[skip..];
    }
    plain
}

fn length_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

fn length_of_raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&end).map_or(text.len(), |at| 2 + hashes + at + end.len()))
}

fn ends_in_word(text: &str) -> bool {
    text.ends_with(is_word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a text, each with what follows it.
pub(super) fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(|c| !is_word(c)).filter(|w| !w.is_empty()).map(|word| {
        let end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
        (word, &text[end..])
    })
}

/// Everything declared `pub`: heads of functions and types, bodies of enums and traits, public fields, re-exports.
pub(super) fn public_signatures(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, after) in words(text).filter(|(word, after)| *word == "pub" && !after.trim_start().starts_with('(')) {
        let kind = words(after).map(|(w, _)| w).find(|w| !matches!(*w, "unsafe" | "async" | "extern" | "C"));
        let end = match kind.unwrap_or_default() {
            "mod" => continue,
            "enum" | "trait" => end_of_block(after),
            "struct" => after.find(['{', ';', '(']).unwrap_or(after.len()),
            "fn" | "type" | "use" | "static" => end_outside_brackets(after, &['{', ';']),
            "const" if after.trim_start().starts_with("const fn") => end_outside_brackets(after, &['{', ';']),
            "const" => end_outside_brackets(after, &['=', ';']),
            // A field.
            _ => end_outside_brackets(after, &[',', ';']),
        };
        // A re-export lists its names in braces.
        let end = if kind == Some("use") { after.find(';').unwrap_or(after.len()) } else { end };
        found.push(format!("{word}{}", &after[..end]));
    }
    found
}

/// The heads of `impl From<…> for T` and `impl TryFrom<…> for T` where `T` is public.
pub(super) fn conversions_into(text: &str, public_types: &BTreeSet<String>) -> Vec<String> {
    let heads =
        words(text).filter(|(word, _)| *word == "impl").map(|(_, after)| after.split('{').next().unwrap_or(after));
    heads
        .filter(|head| head.contains("From<"))
        .filter(|head| {
            let target = head.rsplit_once(" for ").and_then(|(_, target)| words(target).next());
            target.is_some_and(|(name, _)| public_types.contains(name))
        })
        .map(|head| format!("impl{head}"))
        .collect()
}

/// The names of the types declared `pub`.
pub(super) fn public_types(text: &str) -> impl Iterator<Item = String> {
    public_signatures(text).into_iter().filter_map(|signature| {
        let mut names = words(&signature).map(|(word, _)| word).skip(1);
        matches!(names.next(), Some("struct" | "enum")).then(|| names.next().unwrap_or_default().to_owned())
    })
}

fn end_of_block(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Where one of `ends`, or a closing bracket too many, stands outside every bracket.
fn end_outside_brackets(text: &str, ends: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            _ if depth == 0 && ends.contains(&c) => return at,
            '(' | '[' | '<' | '{' => depth += 1,
            '>' if previous == '-' || previous == '=' => {}
            ')' | ']' | '>' | '}' if depth == 0 => return at,
            ')' | ']' | '>' | '}' => depth -= 1,
            _ => {}
        }
        previous = c;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_gone() {
        let code = "a // b\n/* c */ \"d \\\" e\" r#\"f \" g\"# 'h' var\"\" '{'";
        assert_eq!(plain_code(code), "a \n \"\" \"\" 'h' var\"\" ' '");
    }

    #[test]
    fn a_signature_ends_where_its_body_starts() {
        let code =
            "pub fn a<T: Fn(u8) -> u8>(x: [u8; 4]) -> Vec<T> { body }\npub struct B { pub c: Map<u8, u16>, d: u8 }";
        assert_eq!(
            public_signatures(code),
            ["pub fn a<T: Fn(u8) -> u8>(x: [u8; 4]) -> Vec<T> ", "pub struct B ", "pub c: Map<u8, u16>"]
        );
        assert_eq!(public_types(code).collect::<Vec<_>>(), ["B"]);
    }
}
