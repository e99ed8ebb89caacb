//! A small schema for tests of the endpoint and of the transports: no database, every kind of answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions, InputObject, MaybeUndefined, Object, Request, Response, Schema,
    Upload,
};
use domain::caller::Caller;
use futures_util::future::{BoxFuture, FutureExt};

use super::{Engine, Execution, Files};
use crate::{
    events::Follower,
    graphql::document::{Rules, ValidatesAlone},
    store::history::HistoryEntry,
};

struct Query;
struct Mutation;

#[derive(InputObject)]
struct Patch {
    text: MaybeUndefined<String>,
}

fn coded(code: &str) -> Error {
    Error::new("no").extend_with(|_, extensions| extensions.set("code", code))
}

#[expect(clippy::unused_async, reason = "resolvers are async")]
#[Object]
impl Query {
    async fn echo(&self, text: Option<String>) -> String {
        text.unwrap_or_default()
    }

    async fn number(&self, of: i32) -> i32 {
        of
    }

    async fn patched(&self, patch: Patch) -> String {
        match patch.text {
            MaybeUndefined::Undefined => "kept".into(),
            MaybeUndefined::Null => "cleared".into(),
            MaybeUndefined::Value(text) => format!("set to {text}"),
        }
    }

    async fn total(&self, context: &Context<'_>) -> i32 {
        context.data_unchecked::<Arc<AtomicI32>>().load(Ordering::SeqCst)
    }

    async fn fails(&self) -> Result<Option<i32>, Error> {
        Err(coded("FORBIDDEN"))
    }

    async fn missing(&self) -> Result<i32, Error> {
        Err(coded("SERVICE_UNAVAILABLE"))
    }

    async fn sleeps(&self) -> i32 {
        tokio::time::sleep(Duration::from_mins(1)).await;
        0
    }

    async fn panics(&self, really: Option<bool>) -> i32 {
        assert!(really == Some(false), "secret");
        0
    }
}

#[expect(clippy::unused_async, reason = "resolvers are async")]
#[Object]
impl Mutation {
    async fn add(&self, context: &Context<'_>, by: i32) -> i32 {
        context.data_unchecked::<Arc<AtomicI32>>().fetch_add(by, Ordering::SeqCst) + by
    }

    async fn upload(&self, context: &Context<'_>, file: Upload) -> Result<String, Error> {
        let file = file.value(context).map_err(|_| coded("INTERNAL_SERVER_ERROR"))?;
        let received = &context.data_unchecked::<Files>().0[0];
        Ok(format!("{} {} {}", file.filename, file.content_type.unwrap_or_default(), received.kept))
    }
}

struct Tiny(Schema<Query, Mutation, EmptySubscription>);

impl Engine for Tiny {
    fn execute(&self, execution: Execution, caller: Arc<Caller>) -> BoxFuture<'_, Response> {
        self.0.execute(execution.request().data(caller)).boxed()
    }

    fn open(&self, _: Execution, _: Arc<Caller>, _: Option<String>) -> BoxFuture<'_, Result<Follower, Response>> {
        async { Err(Response::from_errors(Vec::new())) }.boxed()
    }

    fn resolve(&self, _: Execution, _: Arc<Caller>, _: HistoryEntry) -> BoxFuture<'_, Response> {
        async { Response::default() }.boxed()
    }

    fn introspect(&self, request: Request) -> BoxFuture<'_, Response> {
        self.0.execute(request).boxed()
    }
}

/// The schema, with a total that begins at 0, and its rules.
#[must_use]
pub fn engine() -> (impl Engine, Arc<Rules>) {
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(Arc::new(AtomicI32::new(0)));
    let schema = schema.disable_suggestions().extension(ValidatesAlone).finish();
    let rules = Arc::new(Rules::of(schema.clone()));
    (Tiny(schema), rules)
}
