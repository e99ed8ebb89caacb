//! The name of an uploaded file, from the `Content-Disposition` of its part, as the person saw it.
//!
//! Clients write it in several ways: as it is, in UTF-8 (RFC 7578); with `"`, carriage return and line feed
//! percent-encoded and nothing else, as browsers do (WHATWG HTML); with backslashes before `"` and `\`, as older clients do;
//! in `filename*`, wholly percent-encoded (RFC 8187). Encoded words (RFC 2047) have no place there and stay as they are.

/// The file name of a part; `None` if the header has none.
pub(super) fn of_part(header: &[u8]) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(header) {
        if name.eq_ignore_ascii_case(b"filename*") {
            if let Some(decoded) = extended(&value) {
                return Some(decoded);
            }
        } else if name.eq_ignore_ascii_case(b"filename") && plain.is_none() {
            plain = Some(without_browser_escapes(&text(&value)));
        }
    }
    plain
}

/// The parameters of a header with their values, out of their quotes.
fn parameters(header: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = after(header, b';');
    while let Some(part) = rest {
        let equals = part.iter().position(|byte| *byte == b'=');
        let end = part.iter().position(|byte| *byte == b';').unwrap_or(part.len());
        let Some(equals) = equals.filter(|equals| *equals < end) else {
            rest = after(part, b';');
            continue;
        };
        let name = part[..equals].trim_ascii();
        let value = part[equals + 1..].trim_ascii_start();
        let (value, left) = match value {
            [b'"', quoted @ ..] => unquoted(quoted),
            plain => {
                let end = plain.iter().position(|byte| *byte == b';').unwrap_or(plain.len());
                (plain[..end].trim_ascii_end().to_vec(), &plain[end..])
            }
        };
        found.push((name, value));
        rest = after(left, b';');
    }
    found
}

/// The rest after the first such byte.
fn after(text: &[u8], sign: u8) -> Option<&[u8]> {
    text.iter().position(|byte| *byte == sign).map(|at| &text[at + 1..])
}

/// A quoted text without its escapes, and what comes after it. A backslash before the last quotation mark is a character of
/// its own: browsers escape none.
fn unquoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'\\', Some(next @ (b'"' | b'\\'))) if *next == b'\\' || text[at + 2..].contains(&b'"') => {
                value.push(*next);
                at += 2;
            }
            (b'"', _) => return (value, &text[at + 1..]),
            (other, _) => {
                value.push(*other);
                at += 1;
            }
        }
    }
    (value, &[])
}

/// Bytes as text: UTF-8, otherwise one character per byte, as older clients write it.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// What browsers escape, and nothing else: a name may well have a percent sign.
fn without_browser_escapes(name: &str) -> String {
    [("%22", "\""), ("%0D", "\r"), ("%0d", "\r"), ("%0A", "\n"), ("%0a", "\n")]
        .iter()
        .fold(name.to_owned(), |name, (escaped, plain)| name.replace(escaped, plain))
}

/// The value of an extended parameter: a charset, a language, and the text, percent-encoded (RFC 8187).
fn extended(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (charset, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = percent_decoded(encoded)?;
    if charset.eq_ignore_ascii_case(b"UTF-8") {
        String::from_utf8(bytes).ok()
    } else if charset.eq_ignore_ascii_case(b"ISO-8859-1") {
        Some(bytes.iter().map(|byte| char::from(*byte)).collect())
    } else {
        None
    }
}

fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, left)) = rest.split_first() {
        rest = left;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let [high, low, left @ ..] = rest else { return None };
        decoded.push(digit(high)? * 16 + digit(low)?);
        rest = left;
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::of_part;

    #[test]
    fn a_name_is_what_the_person_saw_whatever_the_client() {
        // P1
        for (header, name) in [
            (&b"form-data; name=\"0\"; filename=\"proof.pdf\""[..], "proof.pdf"),
            (b"form-data; name=0; filename=proof.pdf", "proof.pdf"),
            (b"form-data;filename = \"a; b=c.pdf\" ;name=\"0\"", "a; b=c.pdf"),
            (b"form-data; name=\"filename=x\"; filename=\"y.pdf\"", "y.pdf"),
            (b"Form-Data; NAME=\"0\"; FILENAME=\"proof.pdf\"", "proof.pdf"),
            ("form-data; name=\"0\"; filename=\"Abnahme – Übergabe.pdf\"".as_bytes(), "Abnahme – Übergabe.pdf"),
            (b"form-data; name=\"0\"; filename=\"100%25 %41 done%.pdf\"", "100%25 %41 done%.pdf"),
            (b"form-data; name=\"0\"; filename=\"the %22final%22%0D%0A one.pdf\"", "the \"final\"\r\n one.pdf"),
            (b"form-data; name=\"0\"; filename=\"the \\\"final\\\" one.pdf\"", "the \"final\" one.pdf"),
            (b"form-data; name=\"0\"; filename=\"C:\\\\proofs\\\\a.pdf\"", "C:\\proofs\\a.pdf"),
            (b"form-data; name=\"0\"; filename=\"C:\\proofs\\a.pdf\"", "C:\\proofs\\a.pdf"),
            (b"form-data; name=\"0\"; filename=\"odd\\\"", "odd\\"),
            (b"form-data; name=\"0\"; filename=\"odd\\\"; x=1", "odd\\"),
            (b"form-data; name=\"0\"; filename*=UTF-8''%C3%9Cbergabe%20%E2%82%AC.pdf", "Übergabe €.pdf"),
            (b"form-data; name=\"0\"; filename=\"_bergabe.pdf\"; filename*=utf-8'de'%c3%9cbergabe.pdf", "Übergabe.pdf"),
            (b"form-data; filename*=UTF-8''%C3%9C.pdf; filename=\"_.pdf\"; name=\"0\"", "Ü.pdf"),
            (b"form-data; name=\"0\"; filename*=iso-8859-1''%A3%20rates.pdf", "£ rates.pdf"),
            (b"form-data; name=\"0\"; filename*=\"UTF-8''%C3%9C.pdf\"", "Ü.pdf"),
            (b"form-data; name=\"0\"; filename=\"a.pdf\"; filename*=UTF-8''%ZZ", "a.pdf"),
            (b"form-data; name=\"0\"; filename=\"a.pdf\"; filename*=utf-16''a", "a.pdf"),
            (b"form-data; name=\"0\"; filename=\"=?UTF-8?B?w5w=?=.pdf\"", "=?UTF-8?B?w5w=?=.pdf"),
            (b"form-data; name=\"0\"; filename=\"\xdcbergabe.pdf\"", "Übergabe.pdf"),
            (b"form-data; name=\"0\"; filename=\"\"", ""),
        ] {
            assert_eq!(of_part(header).as_deref(), Some(name), "{}", String::from_utf8_lossy(header));
        }
        for header in [
            &b""[..],
            b"form-data",
            b"form-data; name=\"filename\"",
            b"form-data; filename",
            b"form-data; xfilename=\"a\"",
        ] {
            assert_eq!(of_part(header), None, "{}", String::from_utf8_lossy(header));
        }
    }

    proptest! {
        #[test]
        fn any_name_survives_the_ways_of_writing_it(name in "[^%\\\\\"\\p{C}]{0,40}") {
            let raw = format!("form-data; name=\"0\"; filename=\"{name}\"");
            prop_assert_eq!(of_part(raw.as_bytes()), Some(name.clone()));
            let encoded = name.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
            let extended = format!("form-data; name=\"0\"; filename=\"x\"; filename*=UTF-8''{encoded}");
            prop_assert_eq!(of_part(extended.as_bytes()), Some(name));
        }

        #[test]
        fn any_header_is_read(header: Vec<u8>) {
            let _ = of_part(&[b"form-data; filename".as_slice(), &header].concat());
        }
    }
}
