//! Which form the answer has (GraphQL over HTTP and over Server-Sent Events, `Accept`).

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

use super::error::HttpError;

/// The media types of an answer that comes at once.
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

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One answer, of this media type.
    Once(MediaType),
    /// `text/event-stream`: any number of answers.
    Stream,
}

/// What the client takes, of what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// What it likes best; of several, the first it names. Without a wish: `application/json`.
    pub(super) best: Form,
    /// What it likes best for a single answer, which is also the form of what goes wrong before GraphQL begins.
    pub(super) once: MediaType,
    /// Whether it takes event streams: also one that likes something better, where nothing else can be had.
    pub(super) streams: bool,
}

/// What the client takes; `*/*` does not mean event streams, since whoever asks without a wish reads an answer to its end.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<Accepted, HttpError> {
    let (mut wishes, mut streams) = (false, false);
    let (mut best, mut once): (Best<Form>, Best<MediaType>) = (Best::default(), Best::default());
    for header in headers.get_all(ACCEPT) {
        let ranges = header.to_str().map_err(|_| HttpError::not_acceptable())?;
        for range in ranges.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            wishes = true;
            let Some((quality, form)) = read(range) else { continue };
            best.is_offered(quality, form);
            match form {
                Form::Once(media) => once.is_offered(quality, media),
                Form::Stream => streams |= quality > 0,
            }
        }
    }
    let once = once.0.map_or(MediaType::Json, |(_, media)| media);
    match best.0 {
        Some((_, best)) => Ok(Accepted { best, once, streams }),
        None if wishes => Err(HttpError::not_acceptable()),
        None => Ok(Accepted { best: Form::Once(once), once, streams }),
    }
}

/// The best of what was offered, with its quality.
struct Best<T>(Option<(u16, T)>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    /// Takes this if it is better than what there was; a quality of 0 is worse than nothing.
    fn is_offered(&mut self, quality: u16, thing: T) {
        if quality > self.0.as_ref().map_or(0, |(quality, _)| *quality) {
            self.0 = Some((quality, thing));
        }
    }
}

/// A media range and its quality in thousandths; nothing for one that we do not have.
fn read(range: &str) -> Option<(u16, Form)> {
    let mut parts = range.split(';').map(str::trim);
    let form = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => Form::Once(MediaType::GraphqlResponse),
        "application/json" | "application/*" | "*/*" => Form::Once(MediaType::Json),
        "text/event-stream" => Form::Stream,
        _ => return None,
    };
    let quality =
        parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let quality =
        quality.map_or(Some(1.0), |(_, value)| value.trim().parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    let thousandths = (quality * 1000.0) as u16;
    Some((thousandths, form))
}

#[cfg(test)]
mod tests {
    use super::{Form::Once, Form::Stream, MediaType::GraphqlResponse, MediaType::Json, *};

    fn of(accept: &str) -> Option<Accepted> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        negotiate(&headers).ok()
    }

    #[test]
    fn the_best_liked_media_type_is_taken() {
        assert_eq!(negotiate(&HeaderMap::new()).ok().map(|accepted| accepted.best), Some(Once(Json)));
        for (accept, form) in [
            ("*/*", Some(Once(Json))),
            ("", Some(Once(Json))),
            ("application/json", Some(Once(Json))),
            ("application/json; charset=utf-8", Some(Once(Json))),
            ("application/graphql-response+json", Some(Once(GraphqlResponse))),
            ("application/graphql-response+json, application/json;q=0.9", Some(Once(GraphqlResponse))),
            ("application/json;q=0.9, application/graphql-response+json", Some(Once(GraphqlResponse))),
            ("application/graphql-response+json;q=0.1, */*;q=0.2", Some(Once(Json))),
            ("Application/GraphQL-Response+JSON ; Q=0.5, text/html", Some(Once(GraphqlResponse))),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(Once(GraphqlResponse)),
            ),
            ("text/html", None),
            ("application/json;q=0", None),
            ("text/event-stream, image/*", Some(Stream)),
            ("text/event-stream;q=0, image/*", None),
            ("text/event-stream, application/json", Some(Stream)),
            ("application/json, text/event-stream", Some(Once(Json))),
            ("application/json;q=0.9, Text/Event-Stream", Some(Stream)),
            ("text/event-stream;q=0.5, */*", Some(Once(Json))),
        ] {
            assert_eq!(of(accept).map(|accepted| accepted.best), form, "{accept}");
        }
    }

    #[test]
    fn streams_are_taken_where_they_are_named() {
        // As urql sends it, for every kind of operation.
        let urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        for (accept, streams) in [
            (urql, true),
            ("*/*", false),
            ("text/event-stream;q=0, */*", false),
            ("text/event-stream;q=0.1, */*", true),
        ] {
            assert_eq!(of(accept).map(|accepted| accepted.streams), Some(streams), "{accept}");
        }
        // What goes wrong before GraphQL begins is told as JSON.
        assert_eq!(of("text/event-stream").map(|accepted| accepted.once), Some(Json));
        assert_eq!(of("text/event-stream, application/graphql-response+json;q=0.1").unwrap().once, GraphqlResponse);
    }
}
