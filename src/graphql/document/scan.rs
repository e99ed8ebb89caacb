//! What is counted on the text alone, before any parser recurses into it.

use super::Refusal;
use super::refusal::GRAPHQL_PARSE_FAILED;
use crate::config::Limits;

/// The deepest nesting of brackets. The parser recurses with every one of them, so this limit cannot be turned off.
const MAX_NESTING: usize = 64;

/// Checks size, number of tokens and nesting of brackets.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.max_document_bytes {
        return Err(Refusal::too_large("bytes", limits.max_document_bytes));
    }
    let (mut tokens, mut nesting) = (0_usize, 0_usize);
    for token in (Scanner { rest: text }) {
        tokens += 1;
        match token {
            Token::Open => nesting += 1,
            Token::Close => nesting = nesting.saturating_sub(1),
            Token::String(body) => check_escapes(body)?,
            Token::Other => {}
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

/// Refuses escapes that name no character (half of a surrogate pair), over which the parser would stumble.
fn check_escapes(body: &str) -> Result<(), Refusal> {
    let mut rest = body;
    while let Some(start) = rest.find('\\') {
        let escape = &rest[start + 1..];
        if let Some(digits) = escape.strip_prefix('u').and_then(|hex| hex.get(..4))
            && let Ok(code) = u32::from_str_radix(digits, 16)
            && char::from_u32(code).is_none()
        {
            return Err(Refusal::new(GRAPHQL_PARSE_FAILED, format!("The escape \\u{digits} is no character.")));
        }
        let step = escape.chars().next().map_or(0, char::len_utf8);
        rest = &escape[step..];
    }
    Ok(())
}

/// A token, as far as counting needs it.
enum Token<'a> {
    Open,
    Close,
    /// The inside of a quoted string, save block strings (they have no escapes of characters).
    String(&'a str),
    Other,
}

/// Cuts a text into tokens. What is no GraphQL is cut somehow; the parser will say so.
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
            '{' | '[' | '(' => (Token::Open, 1),
            '}' | ']' | ')' => (Token::Close, 1),
            '.' => (Token::Other, self.run(|c| c == '.').min(3)),
            c if is_word(c) || c == '-' => (Token::Other, self.run(|c| is_word(c) || matches!(c, '-' | '+' | '.'))),
            c => (Token::Other, c.len_utf8()),
        };
        self.advance(length);
        Some(token)
    }
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

    fn skip_ignored(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
            if !self.rest.starts_with('#') {
                return;
            }
            self.advance(self.run(|c| c != '\n' && c != '\r'));
        }
    }

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
            self.rest = "";
            return Token::Other;
        }
        let inside = &self.rest[1..];
        let mut escaped = false;
        let end = inside.find(|c| {
            let ends = matches!(c, '\n' | '\r') || (c == '"' && !escaped);
            escaped = c == '\\' && !escaped;
            ends
        });
        let body = &inside[..end.unwrap_or(inside.len())];
        self.rest = end.map_or("", |end| &inside[end + 1..]);
        Token::String(body)
    }
}
