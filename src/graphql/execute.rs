//! Executing an operation.

use async_graphql::{Request, Response};
use domain::caller::Caller;
use futures_util::future::BoxFuture;

use super::{
    batch::{Queue, drive},
    endpoint::Engine,
    error::{Failure, classify},
    loader::Loaders,
    response,
    schema::ApiSchema,
};
use crate::app::App;

/// Executes an operation for a caller. Every error of the answer has an `extensions.code`.
pub async fn execute(schema: &ApiSchema, request: Request, caller: Caller) -> Response {
    let Some(app) = schema.data::<App>() else {
        let failure = Failure::internal("the schema was built without its use cases");
        return Response::from_errors(vec![
            async_graphql::Error::from(failure).into_server_error(async_graphql::Pos::default()),
        ]);
    };
    let queue = Queue::default();
    let loaders = Loaders::new(app.clone(), caller, queue.clone());
    run(schema, &queue, request.data(loaders)).await
}

/// Runs an operation with its reads, and brings its answer into form.
async fn run(schema: &ApiSchema, queue: &Queue, mut request: Request) -> Response {
    let document = request.parsed_query().cloned();
    let operation_name = request.operation_name.clone();
    let mut response = drive(queue, schema.execute(request)).await;
    if let Ok(document) = document {
        response::finish(&mut response, &document, operation_name.as_deref());
    }
    classify(&mut response);
    response
}

impl Engine for ApiSchema {
    fn execute(&self, request: Request, caller: Caller) -> BoxFuture<'_, Response> {
        Box::pin(execute(self, request, caller))
    }

    fn introspect(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move { run(self, &Queue::default(), request).await })
    }
}
