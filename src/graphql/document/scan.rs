//! Measures the text alone, before any parser recurses into it.
//!
//! The parser is laxer than the specification: it takes `[1-1]`, `[00]` and `[truetrue]` for two values each, and the
//! beginning of a block string that does not end for an empty string. So the text is cut into tokens as finely as the parser
//! does: nothing it could see may go uncounted.

use std::borrow::Cow;

use super::Refusal;
use super::refusal::GRAPHQL_VALIDATION_FAILED;
use crate::config::Limits;

/// The deepest nesting of brackets. The parser recurses with every one of them, so this limit cannot be turned off.
const MAX_NESTING: usize = 64;

/// Checks size, number of tokens and nesting of brackets.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.max_document_bytes {
        return Err(Refusal::too_large("bytes", limits.max_document_bytes));
    }
    let (mut tokens, mut nesting) = (0_usize, 0_usize);
    let mut values = Values::default();
    for token in (Scanner { rest: text }) {
        tokens += 1;
        match token {
            Token::Open(_) => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            Token::Name(_) | Token::Colon | Token::Other => {}
        }
        if let Some(twice) = values.take(&token) {
            let message = format!("There can be only one input field named \"{twice}\".");
            return Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, message));
        }
        if nesting > MAX_NESTING {
            return Err(Refusal::too_large("levels of brackets", MAX_NESTING));
        }
        if tokens > limits.max_tokens {
            return Err(Refusal::too_large("tokens", limits.max_tokens));
        }
    }
    Ok(())
}

/// The text with a space for the sign of each `-0`, a whole number that the parser would take for one with a point.
pub(super) fn without_negative_zeros(text: &str) -> Cow<'_, str> {
    if !text.contains("-0") {
        return Cow::Borrowed(text);
    }
    let mut scanner = Scanner { rest: text };
    let mut plain = String::with_capacity(text.len());
    loop {
        scanner.skip_ignored();
        let start = text.len() - scanner.rest.len();
        let is_zero = scanner.rest.starts_with("-0") && number(scanner.rest) == 2;
        if is_zero {
            plain.push_str(&text[plain.len()..start]);
            plain.push(' ');
        }
        if scanner.next().is_none() {
            plain.push_str(&text[plain.len()..]);
            return Cow::Owned(plain);
        }
    }
}

/// The values that are open at a place of the text, to find fields that an input object has twice: the parser keeps one of
/// them and says nothing.
#[derive(Default)]
struct Values<'a> {
    open: Vec<Bracket<'a>>,
    /// The name before this token.
    name: Option<&'a str>,
}

/// A bracket that is open.
enum Bracket<'a> {
    /// A selection, or anything else outside values.
    Selection,
    /// Of arguments, variables or a list.
    Value,
    /// Of an input object, with the fields that it has so far.
    Object(Vec<&'a str>),
}

impl<'a> Values<'a> {
    /// Takes the next token in; inside, the name of a field that is there twice.
    fn take(&mut self, token: &Token<'a>) -> Option<&'a str> {
        let name = self.name.take();
        match token {
            Token::Open('{') if matches!(self.open.last(), Some(Bracket::Value | Bracket::Object(_))) => {
                self.open.push(Bracket::Object(Vec::new()));
            }
            Token::Open('{') => self.open.push(Bracket::Selection),
            Token::Open(_) => self.open.push(Bracket::Value),
            Token::Close => drop(self.open.pop()),
            Token::Name(word) => self.name = Some(word),
            Token::Colon => {
                if let (Some(Bracket::Object(fields)), Some(name)) = (self.open.last_mut(), name) {
                    if fields.contains(&name) {
                        return Some(name);
                    }
                    fields.push(name);
                }
            }
            Token::Other => {}
        }
        None
    }
}

/// A token, as far as counting needs it.
enum Token<'a> {
    Open(char),
    Close,
    Colon,
    Name(&'a str),
    Other,
}

/// Splits a text into tokens. Invalid text is split arbitrarily; the parser will reject it.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_ignored();
        let first = self.rest.chars().next()?;
        if first == '"' {
            return Some(self.string());
        }
        let (token, length) = match first {
            '{' | '[' | '(' => (Token::Open(first), 1),
            '}' | ']' | ')' => (Token::Close, 1),
            ':' => (Token::Colon, 1),
            '.' => (Token::Other, self.run(|c| c == '.').min(3)),
            c if c.is_ascii_digit() || c == '-' => (Token::Other, number(self.rest)),
            c if is_word(c) => {
                let length = self.word();
                (Token::Name(&self.rest[..length]), length)
            }
            c => (Token::Other, c.len_utf8()),
        };
        self.advance(length);
        Some(token)
    }
}

/// The length of the number at the beginning of this text, or of the sign.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = usize::from(bytes.first() == Some(&b'-'));
    // A number has no digit after a zero at its beginning.
    end += if bytes.get(end) == Some(&b'0') { 1 } else { digits(end) };
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    end
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl<'a> Scanner<'a> {
    fn advance(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    /// How long the run of such characters is that starts here.
    fn run(&self, is_part: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len())
    }

    /// How long the word is that starts here. Of `truefalse` the parser takes `true` for a value of its own; a name before a colon
    /// is one name, whatever it begins with.
    fn word(&self) -> usize {
        let whole = self.run(is_word);
        let is_name = self.rest[whole..].trim_start_matches([' ', '\t', '\n', '\r', ',']).starts_with(':');
        let keyword = ["true", "false", "null"].iter().find(|keyword| !is_name && self.rest.starts_with(**keyword));
        keyword.map_or(whole, |keyword| keyword.len())
    }

    fn skip_ignored(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
            if !self.rest.starts_with('#') {
                return;
            }
            self.advance(self.run(|c| c != '\n' && c != '\r'));
        }
    }

    /// Passes a string.
    fn string(&mut self) -> Token<'a> {
        if let Some(block) = self.rest.strip_prefix("\"\"\"") {
            let escaped_or_end = |text: &str| text.find("\"\"\"");
            let mut end = 0;
            while let Some(found) = escaped_or_end(&block[end..]) {
                end += found + 3;
                if !block[..end - 3].ends_with('\\') {
                    self.rest = &block[end..];
                    return Token::Other;
                }
            }
            // It does not end, so the parser takes its first two quotes for an empty string.
            self.advance(2);
            return Token::Other;
        }
        let inside = &self.rest[1..];
        let mut escaped = false;
        let end = inside.find(|c| {
            let ends = matches!(c, '\n' | '\r') || (c == '"' && !escaped);
            escaped = c == '\\' && !escaped;
            ends
        });
        self.rest = end.map_or("", |end| &inside[end + 1..]);
        Token::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        Scanner { rest: text }.count()
    }

    #[test]
    fn every_value_is_a_token() {
        // However densely they are written (issue 10, number 16).
        for (text, count) in [
            ("[1 2 3]", 5),
            ("[1,2,3]", 5),
            ("[1-1-1]", 5),
            ("[000]", 5),
            ("[-0-0]", 4),
            ("[1.5-1.5]", 4),
            ("[1e5-1e5]", 4),
            ("[1e+5 1E-5]", 4),
            ("[truefalsenull]", 5),
            ("[truetruex]", 5),
            ("[\"a\"\"b\"\"c\"]", 5),
            ("[\"\"\"a\"\"\"\"\"\"b\"\"\"]", 4),
            ("[$a$b]", 6),
            ("[a b]", 4),
            ("-", 1),
            ("--1", 2),
            ("1.", 2),
        ] {
            assert_eq!(tokens(text), count, "{text}");
        }
    }

    #[test]
    fn a_negative_zero_is_a_whole_number() {
        for (text, expected) in [
            ("{ f(a: -0, b: [-0 -0.0 -0e1 -1 -01]) }", "{ f(a:  0, b: [ 0 -0.0 -0e1 -1  01]) }"),
            ("{ f(a: \"-0\" # -0\n b: \"\"\"-0\"\"\" c: -0) }", "{ f(a: \"-0\" # -0\n b: \"\"\"-0\"\"\" c:  0) }"),
            ("--0 é -0", "- 0 é  0"),
            ("{ f(a: 10) }", "{ f(a: 10) }"),
        ] {
            assert_eq!(without_negative_zeros(text), expected);
        }
    }

    #[test]
    fn what_follows_a_block_string_without_end_is_counted() {
        // The parser reads on behind the first two quotes; so must what protects it (T08).
        let deep = format!("{{ a(b: [\"\"\"x\" {}{}]) }}", "[".repeat(5_000), "]".repeat(5_000));
        let refused = check(&deep, &Limits::default()).unwrap_err();
        assert!(format!("{refused:?}").contains("levels of brackets"), "{refused:?}");
        let many = format!("{{ a(b: [\"\"\"x\" {}]) }}", "1 ".repeat(5_000));
        let refused = check(&many, &Limits::default()).unwrap_err();
        assert!(format!("{refused:?}").contains("tokens"), "{refused:?}");
    }
}
