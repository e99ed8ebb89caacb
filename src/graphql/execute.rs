//! Executing an operation.

use std::sync::{Arc, OnceLock};

use async_graphql::{Error, Pos, Request, Response, parser::types::ExecutableDocument};
use domain::caller::Caller;
use futures_util::{StreamExt, future::BoxFuture, stream::BoxStream};

use super::{
    batch::{Queue, drive},
    endpoint::Engine,
    error::{Failure, classify},
    live::Occasion,
    loader::Loaders,
    response,
    schema::ApiSchema,
};
use crate::{app::App, events::Follower, store::records::HistoryEntry};

/// What executes operations on the use cases.
pub struct Api {
    /// Validates what it executes.
    pub(super) schema: ApiSchema,
    /// The same schema for documents that were validated before: a subscription is executed for every event.
    pub(super) validated: ApiSchema,
}

/// Executes an operation for a caller. Every error of the answer has an `extensions.code`.
pub async fn execute(schema: &ApiSchema, request: Request, caller: Caller) -> Response {
    let queue = Queue::default();
    match prepared(schema, &queue, request, caller) {
        Ok((_, request)) => run(schema, &queue, request).await,
        Err(response) => *response,
    }
}

/// The request with the caller's loaders.
fn prepared(
    schema: &ApiSchema,
    queue: &Queue,
    request: Request,
    caller: Caller,
) -> Result<(App, Request), Box<Response>> {
    let Some(app) = schema.data::<App>() else {
        return Err(Box::new(fault("the schema was built without its use cases")));
    };
    let loaders = Loaders::new(app.clone(), caller, queue.clone());
    Ok((app.clone(), request.data(loaders)))
}

fn fault(cause: &str) -> Response {
    Response::from_errors(vec![Error::from(Failure::internal(cause)).into_server_error(Pos::default())])
}

/// Runs an operation with its reads, and brings its answer into form.
async fn run(schema: &ApiSchema, queue: &Queue, mut request: Request) -> Response {
    let form = Form::of(&mut request);
    form.put(drive(queue, schema.execute(request)).await)
}

/// The one answer of a stream, in form; nothing when it ends without.
async fn first(queue: &Queue, mut stream: BoxStream<'static, Response>, form: &Form) -> Option<Response> {
    drive(queue, stream.next()).await.map(|response| form.put(response))
}

/// What is needed to bring an answer into form.
struct Form {
    document: Option<ExecutableDocument>,
    operation_name: Option<String>,
}

impl Form {
    /// Every request comes with its document parsed; one that did not could not be brought into form.
    fn of(request: &mut Request) -> Self {
        Self { document: request.parsed_query().cloned().ok(), operation_name: request.operation_name.clone() }
    }

    fn put(&self, mut response: Response) -> Response {
        if let Some(document) = &self.document {
            response::finish(&mut response, document, self.operation_name.as_deref());
        }
        classify(&mut response);
        response
    }
}

impl Api {
    /// Executes the opening of a subscription: its field says what it follows.
    async fn opened(&self, request: Request, caller: Caller) -> Result<Follower, Response> {
        let queue = Queue::default();
        let opened = Arc::new(OnceLock::new());
        let (app, request) = prepared(&self.schema, &queue, request, caller.clone()).map_err(|response| *response)?;
        let mut request = request.data(Occasion::Opening(Arc::clone(&opened)));
        let form = Form::of(&mut request);
        match (first(&queue, self.schema.execute_stream(request), &form).await, opened.get().cloned()) {
            (None, Some((feed, after))) => Ok(app.tail().follow(caller, feed, after).await),
            (Some(refused), _) => Err(refused),
            (None, None) => Err(fault("a subscription did not say what it follows")),
        }
    }

    /// Executes a subscription for an entry.
    async fn resolved(&self, request: Request, caller: Caller, entry: HistoryEntry) -> Response {
        let queue = Queue::default();
        let mut request = match prepared(&self.validated, &queue, request, caller) {
            Ok((_, request)) => request.data(Occasion::Event(Box::new(entry))),
            Err(response) => return *response,
        };
        let form = Form::of(&mut request);
        let stream = self.validated.execute_stream(request);
        first(&queue, stream, &form).await.unwrap_or_else(|| fault("a subscription had no answer for an event"))
    }
}

impl Engine for Api {
    fn execute(&self, request: Request, caller: Caller) -> BoxFuture<'_, Response> {
        Box::pin(execute(&self.schema, request, caller))
    }

    fn open(&self, request: Request, caller: Caller) -> BoxFuture<'_, Result<Follower, Response>> {
        Box::pin(self.opened(request, caller))
    }

    fn resolve(&self, request: Request, caller: Caller, entry: HistoryEntry) -> BoxFuture<'_, Response> {
        Box::pin(self.resolved(request, caller, entry))
    }

    fn introspect(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { run(&self.schema, &Queue::default(), request).await })
    }
}
