//! Which media type the answer has (GraphQL over HTTP, `Accept`).

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

use super::failure::Failure;

/// The media types of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`, whose status tells whether anything was executed.
    GraphqlResponse,
    /// `application/json`, what clients of old read: 200 for every well-formed request.
    Json,
}

impl MediaType {
    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::GraphqlResponse => HeaderValue::from_static("application/graphql-response+json; charset=utf-8"),
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
        }
    }
}

/// The media type that the client likes best; of several, the first it names. Without a wish: `application/json`.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<MediaType, Failure> {
    let mut best: Option<(u16, MediaType)> = None;
    let mut wishes = false;
    for header in headers.get_all(ACCEPT) {
        let ranges = header.to_str().map_err(|_| Failure::not_acceptable())?;
        for range in ranges.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            wishes = true;
            if let Some((quality, media)) = read(range)
                && quality > best.map_or(0, |(quality, _)| quality)
            {
                best = Some((quality, media));
            }
        }
    }
    match best {
        Some((_, media)) => Ok(media),
        None if wishes => Err(Failure::not_acceptable()),
        None => Ok(MediaType::Json),
    }
}

/// A media range and its quality in thousandths; nothing for one that we do not have.
fn read(range: &str) -> Option<(u16, MediaType)> {
    let mut parts = range.split(';').map(str::trim);
    let media = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => MediaType::GraphqlResponse,
        "application/json" | "application/*" | "*/*" => MediaType::Json,
        _ => return None,
    };
    let quality =
        parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let quality =
        quality.map_or(Some(1.0), |(_, value)| value.trim().parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    let thousandths = (quality * 1000.0) as u16;
    Some((thousandths, media))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        negotiate(&headers).ok()
    }

    #[test]
    fn the_best_liked_media_type_is_taken() {
        use MediaType::{GraphqlResponse, Json};
        assert_eq!(negotiate(&HeaderMap::new()).ok(), Some(Json));
        for (accept, media) in [
            ("*/*", Some(Json)),
            ("", Some(Json)),
            ("application/json", Some(Json)),
            ("application/json; charset=utf-8", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/json;q=0.9, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0.1, */*;q=0.2", Some(Json)),
            ("Application/GraphQL-Response+JSON ; Q=0.5, text/html", Some(GraphqlResponse)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphqlResponse),
            ),
            ("text/html", None),
            ("application/json;q=0", None),
            ("text/event-stream, image/*", None),
        ] {
            assert_eq!(of(accept), media, "{accept}");
        }
    }
}
