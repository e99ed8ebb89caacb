//! PDF: the header within the first kilobyte, as readers look for it, and the parts that every document has.

use domain::proof::{LOCKED, PDF};
use memchr::memmem;

/// Readers look for the header within so many bytes (ISO 32000-1, annex H).
const HEADER_WITHIN: usize = 1024;
const MARK: &[u8] = b"%PDF-";
/// How far the dictionary of a trailer reaches, at most.
const DICTIONARY_MAX: usize = 64 * 1024;
/// How many places that may make a file encrypted are looked at, from the end.
const LOOKS_MAX: usize = 256;

/// The media type of a PDF, or [`LOCKED`]; `None` if it is not a document.
pub(super) fn detect(content: &[u8]) -> Option<&'static str> {
    let head = &content[..content.len().min(HEADER_WITHIN)];
    let start = memmem::find_iter(head, MARK).find(|at| is_version(&content[at + MARK.len()..]))?;
    let body = &content[start..];
    let is_whole = has_object(body) && [&b"startxref"[..], b"trailer", b"%%EOF"].iter().any(|end| has(body, end));
    is_whole.then(|| if is_encrypted(body) { LOCKED } else { PDF })
}

/// Whether nothing but white space and a byte order mark comes before the header.
pub(super) fn begins(content: &[u8]) -> bool {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start().starts_with(MARK)
}

fn is_version(text: &[u8]) -> bool {
    matches!(text, [major, b'.', minor, ..] if major.is_ascii_digit() && minor.is_ascii_digit())
}

fn has(content: &[u8], part: &[u8]) -> bool {
    memmem::find(content, part).is_some()
}

/// Whether there is an object, such as `1 0 obj`.
fn has_object(content: &[u8]) -> bool {
    memmem::find_iter(content, b" obj").any(|at| at > 0 && content[at - 1].is_ascii_digit())
}

/// Whether a trailer marks the file as encrypted: the dictionary after `trailer`, or that of a cross-reference stream.
fn is_encrypted(content: &[u8]) -> bool {
    memmem::rfind_iter(content, b"/Encrypt").take(LOOKS_MAX).any(|at| {
        let is_key = content.get(at + b"/Encrypt".len()).is_some_and(|next| !next.is_ascii_alphanumeric());
        let before = &content[at.saturating_sub(DICTIONARY_MAX)..at];
        let last = |word: &[u8]| memmem::rfind(before, word);
        let (trailer, object, stream) = (last(b"trailer"), last(b" obj"), last(b"stream"));
        let in_trailer = trailer > object && trailer > stream;
        is_key && (in_trailer || (object > stream && is_of_cross_references(content, at, object, before)))
    })
}

/// Whether the object around this place is a cross-reference stream.
fn is_of_cross_references(content: &[u8], at: usize, object: Option<usize>, before: &[u8]) -> bool {
    let after = &content[at..content.len().min(at + DICTIONARY_MAX)];
    let after = &after[..memmem::find(after, b"stream").unwrap_or(after.len())];
    has(&before[object.unwrap_or_default()..], b"/XRef") || has(after, b"/XRef")
}
