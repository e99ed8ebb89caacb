//! Requests that end before GraphQL begins: a status, a code, a sentence.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CONNECTION, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::kinds::Scope;
use serde_json::{Map, Value, json};

use super::accept::MediaType;
use super::live::Full;
use super::rate::Rate;
use crate::graphql::codes;
use crate::graphql::error::{ERROR_ID, INTERNAL_MESSAGE, log_internal};
use crate::telemetry;

/// Why a request is not answered.
#[derive(Clone, Debug)]
pub(super) struct HttpError {
    status: StatusCode,
    code: &'static str,
    message: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What the extensions have beside the code.
    extensions: Vec<(&'static str, Value)>,
}

impl HttpError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new(), extensions: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn with_extension(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.extensions.push((name, value.into()));
        self
    }

    /// The request is not well formed.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::BAD_REQUEST, message)
    }

    /// A value has a form that cannot be meant.
    pub(super) fn bad_input(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::BAD_USER_INPUT, message)
    }

    /// A client asks for a stored query by its hash alone; the message is what Apollo's clients look for.
    pub(super) fn no_stored_queries() -> Self {
        Self::new(StatusCode::BAD_REQUEST, codes::PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")
    }

    /// The request has no token. `challenge` adds to the header where the metadata are.
    pub(super) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, codes::UNAUTHENTICATED, "The request has no valid bearer token.")
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// The request has a token that is not good: the same answer for every reason (RFC 6750).
    pub(super) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, codes::UNAUTHENTICATED, "The request has no valid bearer token.")
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
    }

    /// The token is good and gives its bearer no standing here (A5).
    pub(super) fn insufficient(message: impl Into<String>) -> Self {
        Self::forbidden(message).with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"insufficient_scope\""))
    }

    /// The token is good and lacks this scope, or a role that could use it.
    pub(super) fn without_scope(message: impl Into<String>, scope: Scope) -> Self {
        let challenge = HeaderValue::try_from(format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""));
        Self::forbidden(message).with(WWW_AUTHENTICATE, challenge.unwrap_or(HeaderValue::from_static("Bearer")))
    }

    /// The keys of the token's issuer could not be fetched, so the token can be neither accepted nor refused.
    pub(super) fn no_keys() -> Self {
        let message =
            "The server cannot check tokens at the moment because it has no keys. Try again in a few seconds.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, codes::SERVICE_UNAVAILABLE, message).with(RETRY_AFTER, 5_u64)
    }

    /// The token is good and does not give its bearer this.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, codes::FORBIDDEN, message)
    }

    /// Nothing is there, or nothing for this caller: the same answer (A4).
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, "Nothing was found at this address.")
    }

    /// The token of a signed address does not open the document: forged, expired or another document's, which are answered
    /// alike.
    pub(super) fn address_not_valid() -> Self {
        let message = "This document address is invalid or expired. Addresses are valid for five minutes. Request downloadUrl again.";
        Self::new(StatusCode::FORBIDDEN, codes::DOCUMENT_ADDRESS_NOT_VALID, message)
    }

    /// The method is not one of these.
    pub(super) fn method_not_allowed(message: &str, allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, codes::METHOD_NOT_ALLOWED, message)
            .with(ALLOW, HeaderValue::from_static(allowed))
    }

    /// The client takes none of the media types that there are.
    pub(super) fn not_acceptable() -> Self {
        let message = "Accept allows none of the available media types: application/graphql-response+json, \
                       application/json, text/event-stream.";
        Self::new(StatusCode::NOT_ACCEPTABLE, codes::NOT_ACCEPTABLE, message)
    }

    /// A subscription has many answers, and the client takes one.
    pub(super) fn needs_a_stream() -> Self {
        let message = "A subscription needs a stream. Send Accept: text/event-stream (GraphQL over Server-Sent Events), or \
                       open a WebSocket with graphql-transport-ws at this address.";
        Self::new(StatusCode::NOT_ACCEPTABLE, codes::SUBSCRIPTION_NEEDS_A_STREAM, message)
    }

    /// The body is of no media type that is read here.
    pub(super) fn unsupported_media_type() -> Self {
        let message = "The media type of the request body is not supported. Send application/json in UTF-8, or multipart/form-data for uploads.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, codes::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// The body is compressed, which is not read here (RFC 9110, 15.5.16).
    pub(super) fn unsupported_encoding() -> Self {
        let message = "The request body is compressed. Send it without Content-Encoding.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, codes::UNSUPPORTED_MEDIA_TYPE, message)
            .with(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }

    /// The body is larger than the server reads.
    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("The request is larger than the limit of {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::PAYLOAD_TOO_LARGE, message)
            .with(CONNECTION, HeaderValue::from_static("close"))
    }

    /// The body came too slowly.
    pub(super) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, codes::REQUEST_TIMEOUT, "The request body did not arrive in time.")
            .with(CONNECTION, HeaderValue::from_static("close"))
    }

    /// The operation took too long.
    pub(super) fn timed_out() -> Self {
        let message = "The operation timed out. Its changes may or may not have been made: read again to find out.";
        Self::new(StatusCode::GATEWAY_TIMEOUT, codes::EXECUTION_TIMEOUT, message)
    }

    /// Too many requests, too much cost, or too many bad tokens: the quota of a minute is used up for now.
    pub(super) fn rate_limited(rate: Rate, quota: u32, seconds: u64) -> Self {
        let (what, remedy) = match rate {
            Rate::Requests => ("requests", "send fewer requests, with several fields in one"),
            Rate::Cost => ("points of cost", "ask for fewer objects or smaller pages"),
            Rate::BadTokens => ("refused tokens", "send a valid token"),
        };
        let message = format!("The limit of {quota} {what} a minute is reached. Try again in {seconds} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, codes::RATE_LIMITED, message)
            .with(RETRY_AFTER, seconds)
            .with_extension("limit", rate.name())
            .with_extension("quota", quota)
            .with_extension("retryAfter", seconds)
            .with_extension("remedy", format!("Wait for {seconds} s, and {remedy}."))
    }

    /// More at once than the quota of a whole minute: waiting does not help.
    pub(super) fn too_much_at_once(rate: Rate, quota: u32, asked: u32) -> Self {
        let message =
            format!("The operation costs {asked}; the limit is {quota} a minute, so it can never be executed.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, codes::RATE_LIMITED, message)
            .with_extension("limit", rate.name())
            .with_extension("quota", quota)
            .with_extension("remedy", "Ask for fewer objects or smaller pages.")
    }

    /// The WebSocket has as many live operations as it may have.
    pub(super) fn too_many_operations(most: usize) -> Self {
        let message = format!("This connection already has {most} live operations. Complete one of them first.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, codes::TOO_MANY_OPERATIONS, message)
    }

    /// The answer does not fit into a message of a WebSocket.
    pub(super) fn answer_too_large(limit: usize) -> Self {
        let message = format!(
            "The response is larger than the limit of {limit} bytes for a message. The changes of a mutation have been \
             made. Request fewer fields or a smaller page, or use HTTP."
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::ANSWER_TOO_LARGE, message)
    }

    /// The server cannot answer now.
    pub(super) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            codes::SERVICE_UNAVAILABLE,
            "The server is temporarily unavailable. Try again later.",
        )
    }

    /// There is no room for one more live connection.
    pub(super) fn no_room(full: Full) -> Self {
        let message = match full {
            Full::Server => "The server has reached its limit of live connections. Try again in a few seconds.",
            Full::Subject => "You have reached the limit of live connections per subject. Close one and try again.",
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, codes::SERVICE_UNAVAILABLE, message).with(RETRY_AFTER, 5_u64)
    }

    /// The limit of simultaneous transfers is reached.
    pub(super) fn no_transfer(full: Full) -> Self {
        match full {
            Full::Subject => {
                let message = "You have reached the limit of simultaneous uploads and downloads per subject. Wait until one ends, and try again.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, codes::TOO_MANY_TRANSFERS, message)
            }
            Full::Server => {
                let message = "The server has reached its limit of simultaneous uploads and downloads. Try again in a few seconds.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, codes::SERVICE_UNAVAILABLE, message)
            }
        }
        .with(RETRY_AFTER, 5_u64)
    }

    /// There is no room for one more export.
    pub(super) fn no_export(full: Full) -> Self {
        match full {
            Full::Subject => {
                let message = "You have reached the limit of simultaneous exports per subject. Wait until one ends and try again.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, codes::TOO_MANY_TRANSFERS, message)
            }
            Full::Server => {
                let message = "The server has reached its limit of simultaneous exports. Try again in a few seconds.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, codes::SERVICE_UNAVAILABLE, message)
            }
        }
        .with(RETRY_AFTER, 5_u64)
    }

    /// The part that is asked for lies beyond the end of the document (RFC 9110, 15.5.17).
    pub(super) fn beyond_the_end(size: u64) -> Self {
        let failure = Self::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            codes::RANGE_NOT_SATISFIABLE,
            format!("The range begins after the end of the document, which has {size} bytes."),
        );
        match HeaderValue::try_from(format!("bytes */{size}")) {
            Ok(whole) => failure.with(CONTENT_RANGE, whole),
            Err(_) => failure,
        }
    }

    /// An internal error; its cause is in the log under this id.
    pub(super) fn internal(cause: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, codes::INTERNAL_SERVER_ERROR, INTERNAL_MESSAGE)
            .with_extension(ERROR_ID, log_internal(cause))
    }

    /// Its code, which never changes.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The message.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The errors as JSON, an array of one.
    pub(super) fn errors(&self) -> Value {
        telemetry::error(self.code);
        let more = self.extensions.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let extensions: Map<String, Value> = [("code".to_owned(), self.code.into())].into_iter().chain(more).collect();
        json!([{"message": self.message, "extensions": extensions}])
    }

    /// The answer in this media type.
    pub(super) fn response(self, media: MediaType) -> Response {
        let body = json!({"errors": self.errors()});
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, media.content_type());
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<&HttpError> for telemetry::Outcome {
    fn from(failure: &HttpError) -> Self {
        match failure.status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited,
            StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => Self::Timeout,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            StatusCode::INTERNAL_SERVER_ERROR => Self::Fault,
            _ => Self::Refused,
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        self.response(MediaType::Json)
    }
}

/// The response for unknown paths.
pub(super) async fn unknown_path() -> HttpError {
    HttpError::not_found()
}

/// The answer to a method that a path does not have; the router adds which ones it has.
pub(super) async fn wrong_method(method: Method) -> HttpError {
    HttpError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        codes::METHOD_NOT_ALLOWED,
        format!("{method} is not allowed at this address."),
    )
}
