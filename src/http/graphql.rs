//! `POST /graphql` and `GET /graphql` (GraphQL over HTTP, draft of August 2026).
//!
//! Statuses are those of graphql-http's audits: a request that is refused after it was understood as GraphQL is 400 for
//! clients of `application/graphql-response+json` and 200 for those of `application/json`; what is wrong with the HTTP
//! request itself is always 4xx.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::caller::Caller;

use super::accept::{self, MediaType};
use super::failure::Failure;
use super::{Edge, body, multipart, params, rate, session};
use crate::graphql::answer::{Answer, Outcome};
use crate::graphql::endpoint::{Kind, Parts};

/// `POST /graphql`.
pub(super) async fn post(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    answer(accept::negotiate(request.headers()), edge.post(request)).await
}

/// `GET /graphql`.
pub(super) async fn get(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    answer(accept::negotiate(request.headers()), edge.get(request.into_parts().0)).await
}

/// Writes what a handler gives in the media type that the client wants; without one that can be written, nothing is done.
async fn answer(
    media: Result<MediaType, Failure>,
    handling: impl Future<Output = Result<Answer, Failure>>,
) -> Response {
    match media {
        Ok(media) => handling.await.map_or_else(|failure| failure.response(media), |answer| write(answer, media)),
        Err(failure) => failure.response(MediaType::Json),
    }
}

fn write(answer: Answer, media: MediaType) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = match (answer.outcome, media) {
        (Outcome::Executed, _) | (Outcome::Refused, MediaType::Json) => StatusCode::OK,
        (Outcome::Refused, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
    };
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response
}

/// The forms of a body.
enum Form {
    Json,
    Multipart,
}

impl Edge {
    async fn post(&self, request: Request) -> Result<Answer, Failure> {
        let form = form(request.headers()).ok_or_else(Failure::unsupported_media_type)?;
        let address = session::address(request.extensions());
        let caller = self.admit(request.headers(), address)?;
        let parts = match form {
            Form::Json => {
                let (head, content) = request.into_parts();
                params::from_json(&body::read(&head.headers, content, self.sizes.json).await?)?
            }
            // No page of another origin can send this header unasked (T32).
            Form::Multipart if caller.is_none() => return Err(Failure::unauthenticated()),
            Form::Multipart => multipart::read(request, self.sizes).await?,
        };
        self.run(parts, caller, address, &[Kind::Query, Kind::Mutation]).await
    }

    async fn get(&self, head: Head) -> Result<Answer, Failure> {
        let address = session::address(&head.extensions);
        let caller = self.admit(&head.headers, address)?;
        let Ok(Query(pairs)) = Query::try_from_uri(&head.uri) else {
            return Err(Failure::malformed("The query string cannot be read."));
        };
        self.run(params::from_query(pairs)?, caller, address, &[Kind::Query]).await
    }

    /// Lets callers in, and where the schema is public everybody; counts the request.
    fn admit(&self, headers: &HeaderMap, address: IpAddr) -> Result<Option<Caller>, Failure> {
        if !self.endpoint.is_schema_public() {
            return self.known_caller(headers, address).map(Some);
        }
        let caller = self.caller(headers, address)?;
        self.rates.request(&who(caller.as_ref(), address))?;
        Ok(caller)
    }

    /// Takes a request through the gate and executes it.
    async fn run(
        &self,
        parts: Parts,
        caller: Option<Caller>,
        address: IpAddr,
        kinds: &[Kind],
    ) -> Result<Answer, Failure> {
        let operation = match self.endpoint.prepare(parts) {
            Ok(operation) => operation,
            // Whoever has no token learns nothing but that one is needed.
            Err(_) if caller.is_none() => return Err(Failure::unauthenticated()),
            Err(answer) => return Ok(answer),
        };
        if caller.is_none() && !operation.is_introspection() {
            return Err(Failure::unauthenticated());
        }
        if operation.kind() == Kind::Mutation && !kinds.contains(&Kind::Mutation) {
            return Err(Failure::method_not_allowed("A mutation is sent by POST.", "POST"));
        }
        self.rates.cost(&who(caller.as_ref(), address), operation.cost())?;
        let executing = self.endpoint.execute(operation, caller);
        tokio::time::timeout(self.config.limits.patience(), executing).await.map_err(|_| Failure::timed_out())
    }
}

/// By what a request is counted.
fn who(caller: Option<&Caller>, address: IpAddr) -> String {
    caller.map_or_else(|| rate::network(address), |caller| caller.subject.clone())
}

/// The form of the body, if it is one that is read here.
fn form(headers: &HeaderMap) -> Option<Form> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next()?.to_str().ok()?;
    let mut parts = value.split(';').map(str::trim);
    let form = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/json" => Form::Json,
        "multipart/form-data" => Form::Multipart,
        _ => return None,
    };
    let charset = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    let is_utf8 = charset.is_none_or(|(_, name)| name.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    (is_utf8 && values.next().is_none()).then_some(form)
}
