//! Executes planned operations on the library's resolvers.
//!
//! `Schema::execute` needs an owned document for every request, walks it for its own checks, and evaluates `@skip`. The
//! plan has already done that, so the resolvers are called directly with its selection. The library's parts used here
//! are public but not documented; its version is pinned.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    Context, Data, EmptyMutation, EmptySubscription, IntrospectionMode, Object, QueryEnv, QueryEnvInner, Response,
    Schema, SchemaEnv, SubscriptionType,
    extensions::Extensions,
    parser::types::{OperationType, Selection},
    resolver_utils::{resolve_container, resolve_container_serial},
};
use futures_util::{FutureExt, StreamExt};

use super::{
    endpoint::Execution,
    live::Subscription,
    schema::{Mutation, Query},
};

/// The roots of the API with what the library executes them in.
pub(super) struct Direct {
    env: SchemaEnv,
    extensions: Extensions,
    session: Arc<Data>,
    query: Query,
    mutation: Mutation,
    subscription: Subscription,
}

impl Direct {
    /// The roots in this schema; nothing if the library does not give its parts away.
    pub(super) fn new(env: SchemaEnv) -> Option<Self> {
        let session = Arc::default();
        let (query, mutation) = (Query::default(), Mutation::default());
        Some(Self { env, extensions: no_extensions()?, session, query, mutation, subscription: Subscription })
    }

    /// Executes a query or a mutation.
    pub(super) async fn execute(&self, execution: Execution, data: Data) -> Response {
        let form = Arc::clone(&execution.form);
        let env = self.query_env(execution, data);
        let ctx = env.create_context(&self.env, None, &form.selection, None);
        let done = match form.operation.node.ty {
            OperationType::Mutation => resolve_container_serial(&ctx, &self.mutation).await,
            _ => resolve_container(&ctx, &self.query).await,
        };
        let mut response = done.map_or_else(|error| Response::from_errors(vec![error]), Response::new);
        response.errors.extend(mem::take(&mut *env.errors.lock().unwrap_or_else(PoisonError::into_inner)));
        response
    }

    /// Executes a subscription's field until its first answer; nothing when it ends without.
    pub(super) async fn first(&self, execution: Execution, data: Data) -> Option<Response> {
        let form = Arc::clone(&execution.form);
        let env = self.query_env(execution, data);
        let ctx = env.create_context(&self.env, None, &form.selection, None);
        let Selection::Field(field) = &form.selection.node.items.first()?.node else { return None };
        let ctx = ctx.with_field(field);
        self.subscription.create_field_stream(&ctx)?.next().await
    }

    fn query_env(&self, execution: Execution, data: Data) -> QueryEnv {
        QueryEnv::new(QueryEnvInner {
            extensions: self.extensions.clone(),
            variables: execution.variables,
            operation_name: None,
            // The library looks here for the variables' defaults only.
            operation: execution.form.operation.clone(),
            fragments: HashMap::new(),
            uploads: execution.uploads,
            session_data: Arc::clone(&self.session),
            query_data: Arc::new(data),
            http_headers: Mutex::default(),
            introspection_mode: IntrospectionMode::Disabled,
            errors: Mutex::default(),
        })
    }
}

/// The library's extensions of a schema that has none: it makes them for an execution only.
fn no_extensions() -> Option<Extensions> {
    struct Seen(Mutex<Option<Extensions>>);
    struct Probe;

    #[Object]
    impl Probe {
        async fn probe(&self, ctx: &Context<'_>) -> bool {
            let Some(Seen(seen)) = ctx.data_opt::<Seen>() else { return false };
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(ctx.query_env.extensions.clone());
            true
        }
    }

    let schema = Schema::build(Probe, EmptyMutation, EmptySubscription).data(Seen(Mutex::default())).finish();
    schema.execute("{ probe }").now_or_never()?;
    schema.data::<Seen>()?.0.lock().unwrap_or_else(PoisonError::into_inner).take()
}
