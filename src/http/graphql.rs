//! `POST /graphql` and `GET /graphql` (GraphQL over HTTP, draft of August 2026).
//!
//! Statuses are those of graphql-http's audits: a request that is refused after it was understood as GraphQL is 400 for
//! clients of `application/graphql-response+json` and 200 for those of `application/json`; what is wrong with the HTTP
//! request itself is always 4xx. Clients of `text/event-stream` get the same in [`sse`]'s form; a subscription has no other.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::accept::{self, Accepted, Form, MediaType};
use super::error::HttpError;
use super::rate::Budget;
use super::{Edge, body, multipart, params, rate, session, sse, websocket};
use crate::auth::Session;
use crate::graphql::answer;
use crate::graphql::answer::{Answer, OperationCost};
use crate::graphql::endpoint::{Kind, Operation, Parts};
use crate::telemetry::{self, Outcome, Transport};

/// `POST /graphql`.
pub(super) async fn post(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let mut counted = telemetry::Request::begin(Transport::Http);
    match accept::negotiate(request.headers()) {
        Ok(accepted) => {
            let mut budget = Budget::default();
            let done = edge.post(request, accepted, (&mut counted, &mut budget)).await;
            edge.with_budget(told(done, accepted.once, &mut counted), &budget)
        }
        Err(failure) => told(Err(failure), MediaType::Json, &mut counted),
    }
}

/// `GET /graphql`, which may become a WebSocket.
pub(super) async fn get(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    if websocket::is_wanted(request.headers()) {
        let upgraded = websocket::upgrade(edge, request.into_parts().0).await;
        return upgraded.unwrap_or_else(IntoResponse::into_response);
    }
    let mut counted = telemetry::Request::begin(Transport::Http);
    let head = request.into_parts().0;
    match accept::negotiate(&head.headers) {
        Ok(accepted) => {
            let mut budget = Budget::default();
            let done = edge.get(&head, accepted, (&mut counted, &mut budget)).await;
            edge.with_budget(told(done, accepted.once, &mut counted), &budget)
        }
        Err(failure) => told(Err(failure), MediaType::Json, &mut counted),
    }
}

/// The response, with errors in this media type; an operation that was not counted yet counts as failed.
fn told(done: Result<Response, HttpError>, media: MediaType, counted: &mut telemetry::Request) -> Response {
    done.unwrap_or_else(|failure| {
        counted.ends(&failure);
        failure.response(media)
    })
}

/// An answer in the form that the client wants.
fn write(answer: Answer, form: Form) -> Response {
    let Form::Once(media) = form else { return sse::over(&answer.body) };
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = match (answer.outcome, media) {
        (answer::Outcome::Executed, _) | (answer::Outcome::Refused, MediaType::Json) => StatusCode::OK,
        (answer::Outcome::Refused, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (answer::Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
    };
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response
}

/// The kinds of bodies.
enum Content {
    Json,
    Multipart,
}

/// Who asks, and in which way.
struct Asking<'a> {
    session: Option<Session>,
    address: IpAddr,
    accepted: Accepted,
    by_get: bool,
    /// The last event that the client of a stream received.
    last_event: Option<String>,
    counted: &'a mut telemetry::Request,
    budget: &'a mut Budget,
}

impl Edge {
    /// The cost of an operation for its response; nothing if the client did not ask for it.
    pub(super) fn operation_cost(&self, operation: &Operation, budget: &Budget) -> Option<OperationCost> {
        let most = self.config.limits.max_cost;
        operation.tells_cost().then(|| OperationCost {
            requested: operation.cost(),
            allowed: (most != usize::MAX).then_some(most),
            remaining: budget.cost_left(),
        })
    }

    async fn post(
        &self,
        request: Request,
        accepted: Accepted,
        (counted, budget): (&mut telemetry::Request, &mut Budget),
    ) -> Result<Response, HttpError> {
        let content = content(request.headers()).ok_or_else(HttpError::unsupported_media_type)?;
        if is_encoded(request.headers()) {
            return Err(HttpError::unsupported_encoding());
        }
        let address = session::address(request.extensions());
        let session = self.admit(request.headers(), address, budget).await?;
        let last_event = sse::last_event(request.headers());
        let mut transfer = None;
        let parts = match content {
            Content::Json => {
                let (head, content) = request.into_parts();
                params::from_json(&body::read(&head.headers, content, self.sizes.json).await?)?
            }
            // No page of another origin can send this header unasked (T32).
            Content::Multipart => {
                let session = session.as_ref().ok_or_else(HttpError::unauthenticated)?;
                transfer = Some(self.transfers.enter(&session.caller.subject).map_err(HttpError::no_transfer)?);
                // On the heap, as what follows a subscription: they are large, and most requests are neither.
                Box::pin(multipart::read(request, self.sizes, self.backend.as_ref())).await?
            }
        };
        let answer =
            self.run(parts, Asking { session, address, accepted, by_get: false, last_event, counted, budget }).await;
        // An upload has its place until its file is stored.
        drop(transfer);
        answer
    }

    async fn get(
        &self,
        head: &Head,
        accepted: Accepted,
        (counted, budget): (&mut telemetry::Request, &mut Budget),
    ) -> Result<Response, HttpError> {
        let address = session::address(&head.extensions);
        let session = self.admit(&head.headers, address, budget).await?;
        let Ok(Query(pairs)) = Query::try_from_uri(&head.uri) else {
            return Err(HttpError::malformed("The query string cannot be parsed."));
        };
        let last_event = sse::last_event(&head.headers);
        self.run(
            params::from_query(pairs)?,
            Asking { session, address, accepted, by_get: true, last_event, counted, budget },
        )
        .await
    }

    /// Lets callers in, and where the schema is public everybody; counts the request.
    async fn admit(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
        budget: &mut Budget,
    ) -> Result<Option<Session>, HttpError> {
        let session = self.session(headers, address).await?;
        if session.is_none() && !self.endpoint.is_schema_public() {
            return Err(HttpError::unauthenticated());
        }
        self.rates.request(&who(session.as_ref(), address), budget)?;
        Ok(session)
    }

    /// Takes a request through the gate and answers it.
    async fn run(&self, parts: Parts, asking: Asking<'_>) -> Result<Response, HttpError> {
        let Asking { session, address, accepted, by_get, last_event, counted, budget } = asking;
        if accepted.best == Form::Stream {
            counted.by(Transport::EventStream);
        }
        let who = who(session.as_ref(), address);
        let operation = match self.endpoint.prepare(parts, &who) {
            Ok(operation) => operation,
            // A caller without a token learns only that one is required.
            Err(_) if session.is_none() => return Err(HttpError::unauthenticated()),
            Err(answer) => {
                counted.ends(&answer);
                return Ok(write(answer, accepted.best));
            }
        };
        counted.is(operation.kind().as_str(), operation.label());
        if session.is_none() && !operation.is_introspection() {
            return Err(HttpError::unauthenticated());
        }
        match operation.kind() {
            Kind::Mutation if by_get => {
                return Err(HttpError::method_not_allowed("The operation is a mutation. Send it with POST.", "POST"));
            }
            Kind::Subscription if !accepted.streams => return Err(HttpError::needs_a_stream()),
            _ => self.rates.cost(&who, operation.cost(), budget)?,
        }
        if operation.kind() == Kind::Subscription {
            let session = session.ok_or_else(HttpError::unauthenticated)?;
            return Box::pin(self.follow(operation, session, last_event, counted)).await;
        }
        let span = telemetry::traced_operation_span(operation.kind().as_str(), operation.label());
        let cost = self.operation_cost(&operation, budget);
        let executing = self.endpoint.execute(operation, session.map(|session| session.caller)).instrument(span);
        match (tokio::time::timeout(self.config.limits.request_timer(), executing).await, accepted.best) {
            (Ok(answer), form) => {
                counted.ends(&answer);
                Ok(write(answer.with_cost(cost), form))
            }
            (Err(_), Form::Stream) => {
                counted.ends(Outcome::Timeout);
                Ok(sse::failed(&HttpError::timed_out()))
            }
            (Err(_), Form::Once(_)) => Err(HttpError::timed_out()),
        }
    }
}

/// Whether the body is compressed.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// By what a request is counted.
fn who(session: Option<&Session>, address: IpAddr) -> String {
    session.map_or_else(|| rate::network(address), |session| session.caller.subject.clone())
}

/// Whether this is a name of UTF-8; the one without a hyphen is not registered, but used by clients.
fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// The kind of the body, if it is one that is read here.
fn content(headers: &HeaderMap) -> Option<Content> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next()?.to_str().ok()?;
    let mut parts = value.split(';').map(str::trim);
    let content = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/json" => Content::Json,
        "multipart/form-data" => Content::Multipart,
        _ => return None,
    };
    let charset = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    let is_utf8 = charset.is_none_or(|(_, name)| is_utf8(name.trim_matches('"')));
    (is_utf8 && values.next().is_none()).then_some(content)
}
