//! Saved e-mails: text that begins with header fields of RFC 5322 and an empty line after them. Mail programs that keep
//! messages in an mbox file write its `From ` line before them (RFC 4155).

/// Mail gateways add many fields, but no honest header is longer.
const HEADER_MAX: usize = 256 * 1024;
/// The longest line that an mbox file begins with.
const MBOX_LINE_MAX: usize = 1024;
/// One of these is in every message.
const TELLING: [&[u8]; 5] = [b"from", b"date", b"received", b"message-id", b"mime-version"];

/// Whether the content is a saved e-mail.
pub(super) fn is_message(content: &[u8]) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let content = without_mbox_line(content);
    let header = &content[..content.len().min(HEADER_MAX)];
    let mut telling = false;
    let mut first = true;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else {
            return false; // cut off before the header's end
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return telling;
        }
        if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return false;
        }
        let continues = line.starts_with(b" ") || line.starts_with(b"\t");
        match field_name(line) {
            _ if continues && !first => {}
            Some(name) => telling |= TELLING.iter().any(|telling| name.eq_ignore_ascii_case(telling)),
            None => return false,
        }
        first = false;
    }
    false
}

/// The content after the line that an mbox file begins with: `From `, an address or a dash, a date.
fn without_mbox_line(content: &[u8]) -> &[u8] {
    let rest = content.strip_prefix(b"From ").or_else(|| content.strip_prefix(b">From "));
    let line = rest.and_then(|rest| rest.iter().take(MBOX_LINE_MAX).position(|byte| *byte == b'\n'));
    match (rest, line) {
        (Some(rest), Some(end)) => &rest[end + 1..],
        _ => content,
    }
}

/// The text before the colon, if it can be the name of a header field.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?;
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}
