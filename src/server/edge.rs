//! What the HTTP edge needs beside GraphQL.

use std::sync::Arc;

use domain::caller::Caller;
use futures_util::future::BoxFuture;

use super::NAMING;
use crate::{
    app::{
        Addressed, App, AppError, Download,
        exports::{Asked, Export, Format, Noun},
        notices::{Followed, Link},
        webhooks::Renderer,
    },
    documents::Receiving,
    graphql::global_id,
    http,
    store::PoolMetrics,
};

/// What the HTTP edge needs beside GraphQL, from the use cases.
pub(super) struct Edge {
    app: App,
    /// The use cases hold it weakly, because it uses them.
    _renderer: Arc<dyn Renderer>,
}

impl Edge {
    /// From these use cases, whose webhooks are rendered by this.
    pub(super) fn new(app: App, renderer: Arc<dyn Renderer>) -> Self {
        Self { app, _renderer: renderer }
    }
}

impl http::Backend for Edge {
    fn receive(&self) -> BoxFuture<'_, Result<Receiving, AppError>> {
        Box::pin(self.app.receive())
    }

    fn open_document<'a>(
        &'a self,
        caller: &'a Caller,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Download>, AppError>> {
        Box::pin(async move {
            match global_id::key(global_id::Kind::ProofDocument, id) {
                Some(id) => self.app.open_document(caller, id).await,
                None => Ok(None),
            }
        })
    }

    fn open_address<'a>(&'a self, id: &'a str, token: &'a str) -> BoxFuture<'a, Result<Option<Addressed>, AppError>> {
        Box::pin(async move {
            match global_id::key(global_id::Kind::ProofDocument, id) {
                Some(id) => self.app.open_address(id, token).await,
                None => Ok(None),
            }
        })
    }

    fn export<'a>(
        &'a self,
        caller: &'a Caller,
        noun: Noun,
        format: Format,
        since: Option<String>,
    ) -> BoxFuture<'a, Result<Export, AppError>> {
        Box::pin(self.app.export(caller, Asked { noun, format, since, naming: NAMING }))
    }

    fn follow_link(&self, link: Link) -> BoxFuture<'_, Result<Followed, AppError>> {
        Box::pin(self.app.follow_link(link))
    }

    fn meet<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, ()> {
        Box::pin(self.app.meet(caller))
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.app.ready())
    }

    fn pools(&self) -> Vec<PoolMetrics> {
        self.app.db().pools()
    }
}
