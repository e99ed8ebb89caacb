//! Executing an operation.

use std::sync::{Arc, OnceLock};

use async_graphql::{Data, Error, Pos, Request, Response};
use domain::caller::Caller;
use futures_util::future::BoxFuture;

use super::{
    batch::{Queue, drive},
    direct::Direct,
    endpoint::{Engine, Execution},
    error::ApiError,
    live::Occasion,
    loader::Loaders,
    schema::ApiSchema,
};
use crate::{app::App, events::Follower, store::history::HistoryEntry};

/// What executes operations on the use cases.
pub struct Api {
    pub(super) app: App,
    /// Executes what asks for the schema.
    pub(super) schema: ApiSchema,
    /// Executes all other operations.
    pub(super) direct: Option<Direct>,
}

/// The answer to what failed by a fault of the server.
pub(super) fn fault(cause: &str) -> Response {
    Response::from_errors(vec![Error::from(ApiError::internal(cause)).into_server_error(Pos::default())])
}

impl Api {
    /// The loaders of a caller, for one operation.
    fn loaders(&self, queue: &Queue, caller: Arc<Caller>) -> Loaders {
        Loaders::new(self.app.clone(), caller, queue.clone())
    }

    fn direct(&self) -> Result<&Direct, Box<Response>> {
        self.direct.as_ref().ok_or_else(|| Box::new(fault("the library did not pass on the execution's parts")))
    }

    async fn executed(&self, mut execution: Execution, caller: Arc<Caller>) -> Result<Response, Response> {
        let queue = Queue::default();
        let loaders = self.loaders(&queue, caller);
        if execution.introspects {
            // On the heap: the library's own execution is large, and this one is rare.
            return Ok(Box::pin(drive(&queue, self.schema.execute(execution.request().data(loaders)))).await);
        }
        let mut data = Data::default();
        data.insert(loaders.executing(&execution.form));
        data.insert(std::mem::take(&mut execution.files));
        Ok(drive(&queue, self.direct().map_err(|fault| *fault)?.execute(execution, data)).await)
    }

    /// Executes a subscription: the one answer of its field, or nothing.
    async fn first(
        &self,
        execution: Execution,
        caller: Arc<Caller>,
        occasion: Occasion,
    ) -> Result<Option<Response>, Response> {
        let queue = Queue::default();
        let mut data = Data::default();
        data.insert(self.loaders(&queue, caller).executing(&execution.form));
        data.insert(occasion);
        Ok(drive(&queue, self.direct().map_err(|fault| *fault)?.first(execution, data)).await)
    }

    /// Executes the start of a subscription, whose field returns the events to follow.
    async fn opened(
        &self,
        execution: Execution,
        caller: Arc<Caller>,
        last: Option<String>,
    ) -> Result<Follower, Response> {
        let opened = Arc::new(OnceLock::new());
        let answer = self.first(execution, Arc::clone(&caller), Occasion::Opening(Arc::clone(&opened), last)).await?;
        match (answer, opened.get().cloned()) {
            (None, Some((feed, after))) => Ok(self.app.tail().follow(caller, feed, after).await),
            (Some(refused), _) => Err(refused),
            (None, None) => Err(fault("a subscription did not name its events")),
        }
    }

    /// Executes a subscription for an entry.
    async fn resolved(&self, execution: Execution, caller: Arc<Caller>, entry: HistoryEntry) -> Response {
        match self.first(execution, caller, Occasion::Event(Box::new(entry))).await {
            Ok(answer) => answer.unwrap_or_else(|| fault("a subscription returned no response for an event")),
            Err(fault) => fault,
        }
    }
}

impl Engine for Api {
    fn execute(&self, execution: Execution, caller: Arc<Caller>) -> BoxFuture<'_, Response> {
        Box::pin(async move { self.executed(execution, caller).await.unwrap_or_else(|fault| fault) })
    }

    fn open(
        &self,
        execution: Execution,
        caller: Arc<Caller>,
        last: Option<String>,
    ) -> BoxFuture<'_, Result<Follower, Response>> {
        Box::pin(self.opened(execution, caller, last))
    }

    fn resolve(&self, execution: Execution, caller: Arc<Caller>, entry: HistoryEntry) -> BoxFuture<'_, Response> {
        Box::pin(self.resolved(execution, caller, entry))
    }

    fn introspect(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(self.schema.execute(request))
    }
}
