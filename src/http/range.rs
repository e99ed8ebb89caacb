//! Parts of documents, and documents that a client has already (RFC 9110, 13 and 14).
//!
//! The tag of a document is its hash: content never changes, so the tag is strong, and the same on every server.

use std::ops::Range;

use axum::http::HeaderMap;
use axum::http::header::{IF_NONE_MATCH, IF_RANGE, RANGE};

/// The requested part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it: no range is requested, or an unsupported one, such as several parts.
    Whole,
    /// One part.
    Part(Range<u64>),
    /// A part that lies behind the end.
    Beyond,
}

/// The tag of content with this hash.
pub(super) fn tag(sha256: &str) -> String {
    format!("\"{sha256}\"")
}

/// Whether the client has the content with this tag already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    // Weak comparison, as RFC 9110 asks for.
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Which part of a document of this size and tag is asked for.
pub(super) fn asked(headers: &HeaderMap, tag: &str, size: u64) -> Asked {
    let mut ranges = headers.get_all(RANGE).iter();
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return Asked::Whole };
    // A part of something that has changed is useless; a date names nothing here.
    if headers.get(IF_RANGE).is_some_and(|condition| condition.as_bytes() != tag.as_bytes()) {
        return Asked::Whole;
    }
    range.to_str().ok().and_then(|range| part(range, size)).unwrap_or(Asked::Whole)
}

/// A range in bytes; `None` for any other text.
fn part(range: &str, size: u64) -> Option<Asked> {
    let (unit, part) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = part.trim().split_once('-')?;
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More than there are numbers is behind every end.
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (start, end) = match (first.trim(), last.trim()) {
        ("", last) => (size.saturating_sub(number(last)?), size),
        (first, "") => (number(first)?, size),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.saturating_add(1).min(size))
        }
    };
    Some(if start >= size { Asked::Beyond } else { Asked::Part(start..end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(axum::http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn parts_are_read_as_clients_ask_for_them() {
        // P2
        for (range, expected) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=0-99", Asked::Part(0..100)),
            ("bytes=10-", Asked::Part(10..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-1000", Asked::Part(0..100)),
            ("Bytes = 5 - 9", Asked::Part(5..10)),
            ("bytes=50-1000", Asked::Part(50..100)),
            ("bytes=50-99999999999999999999999", Asked::Part(50..100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=100-200", Asked::Beyond),
            ("bytes=99999999999999999999999-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            // Not understood, or several: the whole.
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=9-5", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes", Asked::Whole),
            ("pages=1-2", Asked::Whole),
            ("", Asked::Whole),
        ] {
            assert_eq!(asked(&of(&[(RANGE, range)]), "\"x\"", 100), expected, "{range}");
        }
        assert_eq!(asked(&HeaderMap::new(), "\"x\"", 100), Asked::Whole);
        let twice: HeaderMap = HeaderMap::new();
        let mut twice = twice;
        twice.append(RANGE, "bytes=0-1".parse().unwrap());
        twice.append(RANGE, "bytes=2-3".parse().unwrap());
        assert_eq!(asked(&twice, "\"x\"", 100), Asked::Whole);
    }

    #[test]
    fn a_part_of_something_else_is_not_sent() {
        // P2
        for (condition, expected) in [
            ("\"x\"", Asked::Part(0..1)),
            ("\"y\"", Asked::Whole),
            ("W/\"x\"", Asked::Whole),
            ("Mon, 02 Mar 2026 09:00:00 GMT", Asked::Whole),
        ] {
            let headers = of(&[(RANGE, "bytes=0-0"), (IF_RANGE, condition)]);
            assert_eq!(asked(&headers, "\"x\"", 100), expected, "{condition}");
        }
    }

    #[test]
    fn what_a_client_has_is_known_by_its_tag() {
        // P2
        for (tags, known) in
            [("\"x\"", true), ("W/\"x\"", true), ("\"y\", \"x\"", true), ("*", true), ("\"y\"", false), ("x", false)]
        {
            assert_eq!(is_known(&of(&[(IF_NONE_MATCH, tags)]), "\"x\""), known, "{tags}");
        }
    }
}
