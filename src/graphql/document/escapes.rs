//! Escapes in strings that the parser does not know: `\u{1F600}`, and pairs of surrogates such as `\uD83D\uDE00` (GraphQL,
//! September 2025). They are written out before parsing.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Refusal;
use super::refusal::GRAPHQL_PARSE_FAILED;

/// The text with such escapes written out; mostly the text as it is.
///
/// # Errors
/// For an escape that names no character.
pub(super) fn written_out(text: &str) -> Result<Cow<'_, str>, Refusal> {
    if !text.contains("\\u") {
        return Ok(Cow::Borrowed(text));
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '#']) {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        let length = if from.starts_with('#') {
            from.find(['\n', '\r']).unwrap_or(from.len())
        } else if let Some(block) = from.strip_prefix("\"\"\"") {
            block_length(block) + 3
        } else {
            let end = string_end(&from[1..]) + 1;
            write_out(&from[..end], &mut plain)?;
            rest = &from[end..];
            continue;
        };
        plain.push_str(&from[..length]);
        rest = &from[length..];
    }
    plain.push_str(rest);
    Ok(Cow::Owned(plain))
}

/// How long the rest of a block string is, its end included.
fn block_length(block: &str) -> usize {
    let mut at = 0;
    while let Some(found) = block[at..].find("\"\"\"") {
        at += found + 3;
        if !block[..at - 3].ends_with('\\') {
            return at;
        }
    }
    block.len()
}

/// Where the rest of a string ends: after its quotation mark, or where the line does.
fn string_end(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            '\n' | '\r' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    inside.len()
}

/// Writes a string with its escapes of characters written out.
fn write_out(string: &str, plain: &mut String) -> Result<(), Refusal> {
    let mut rest = string;
    while let Some(start) = rest.find('\\') {
        plain.push_str(&rest[..start]);
        let escape = &rest[start + 1..];
        let Some(code) = escape.strip_prefix('u') else {
            let length = 1 + escape.chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[start..start + length]);
            rest = &rest[start + length..];
            continue;
        };
        rest = character(code, plain)?;
    }
    plain.push_str(rest);
    Ok(())
}

/// Writes the character of an escape, after its `\u`, and returns the rest. Escapes that the parser supports are not
/// changed.
fn character<'a>(code: &'a str, plain: &mut String) -> Result<&'a str, Refusal> {
    let refuse = |what: &str| {
        Err(Refusal::new(GRAPHQL_PARSE_FAILED, format!("The escape \\u{what} does not stand for a character.")))
    };
    if let Some(braced) = code.strip_prefix('{') {
        let end = braced.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(braced.len());
        let found = u32::from_str_radix(&braced[..end], 16).ok().and_then(char::from_u32);
        return match (found, braced[end..].strip_prefix('}')) {
            (Some(found), Some(rest)) => {
                push(found, plain);
                Ok(rest)
            }
            _ => refuse(&code[..=end]),
        };
    }
    let Some(first) = unit(code) else {
        plain.push_str("\\u");
        return Ok(code);
    };
    if let Some(known) = char::from_u32(first.into()) {
        push(known, plain);
        return Ok(&code[4..]);
    }
    let second = code[4..].strip_prefix("\\u").and_then(unit);
    match char::decode_utf16(std::iter::once(first).chain(second)).next() {
        Some(Ok(found)) => {
            push(found, plain);
            Ok(&code[10..])
        }
        _ => refuse(&code[..4]),
    }
}

/// A unit of four digits.
fn unit(code: &str) -> Option<u16> {
    let digits = code.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Writes a character into a string: as it is, but for what has to be escaped there.
fn push(c: char, plain: &mut String) {
    match c {
        '"' | '\\' => plain.extend(['\\', c]),
        c if c.is_control() => {
            // Writing to a string cannot fail.
            let _ = write!(plain, "\\u{:04X}", u32::from(c));
        }
        c => plain.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::written_out;

    #[test]
    fn characters_beyond_four_digits_are_written_out() {
        for (text, expected) in [
            (r#"{ f(a: "\u{1F600} \uD83D\uDE00 \u00e9 \u{22}\u{5c}\u{a}") }"#, "{ f(a: \"😀 😀 é \\\"\\\\\\u000A\") }"),
            (
                r#"{ f(a: """\u{41}""") # \u{42}
 g(b: "\\u{43} \u{44}") }"#,
                "{ f(a: \"\"\"\\u{41}\"\"\") # \\u{42}\n g(b: \"\\\\u{43} D\") }",
            ),
            (r#"{ f(a: "\u12") }"#, r#"{ f(a: "\u12") }"#),
            (r#"{ f(a: "\u{1F600}"#, "{ f(a: \"😀"),
        ] {
            assert_eq!(written_out(text).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_character_is_refused() {
        for text in
            [r"\uD83D", r"\uDE00\uD83D", r"\u{}", r"\u{110000}", r"\u{D83D}", r"\u{41", r"\u{xyz}", r"\uD83D\u0041"]
        {
            assert!(written_out(&format!("{{ f(a: \"{text}\") }}")).is_err(), "{text}");
        }
    }
}
