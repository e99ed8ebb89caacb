//! The schema: the parts of both roots put together.

use std::sync::{Arc, LazyLock};

use async_graphql::{MergedObject, SDLExportOptions, Schema, SchemaBuilder};

use super::{
    arbitration::{ArbitrationMutation, ArbitrationQuery},
    association::AssociationQuery,
    bulk::BulkMutation,
    claim::{ClaimQuery, CustomerMutation, EligibilityQuery, PartnerMutation, ReviewMutation, StatisticsQuery},
    comment::{CommentMutation, CommentQuery},
    customer::CustomerQuery,
    direct::Direct,
    directory::{DirectoryMutation, DirectoryQuery},
    document::{Rules, ValidatesAlone},
    execute::Api,
    history::HistoryQuery,
    live::Subscription,
    node::{Node, NodeQuery},
    notice::{NoticeMutation, NoticeQuery},
    reviewer::{ReviewerMutation, ReviewerQuery},
    revocation::RevocationMutation,
    sandbox::SandboxMutation,
    viewer::ViewerQuery,
    webhook::{WebhookMutation, WebhookQuery},
};
use crate::app::App;

/// The deepest nesting of fields, in case that a document comes without its gate.
const MAX_DEPTH: usize = 32;
/// The deepest nesting of selections, fragments expanded, in the same case.
const MAX_RECURSION: usize = 64;

/// What can be read. Every field needs a token; what it needs beside is said with it.
#[derive(MergedObject, Default)]
pub struct Query(
    ViewerQuery,
    NodeQuery,
    ClaimQuery,
    EligibilityQuery,
    StatisticsQuery,
    DirectoryQuery,
    ReviewerQuery,
    CustomerQuery,
    CommentQuery,
    HistoryQuery,
    AssociationQuery,
    ArbitrationQuery,
    NoticeQuery,
    WebhookQuery,
);

/// What can be done. A refusal by the rules is data: the payload's object is null, and `problems` tells why. Several
/// mutations of one operation run one after the other, each in a transaction of its own.
#[derive(MergedObject, Default)]
pub struct Mutation(
    PartnerMutation,
    BulkMutation,
    ReviewMutation,
    CustomerMutation,
    ArbitrationMutation,
    CommentMutation,
    DirectoryMutation,
    ReviewerMutation,
    RevocationMutation,
    NoticeMutation,
    WebhookMutation,
    SandboxMutation,
);

/// The schema of the API.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription).register_output_type::<Node>()
}

/// The schema over the use cases. Without introspection, errors do not suggest names of the schema either.
#[must_use]
pub fn build(app: App, introspection: bool) -> ApiSchema {
    let builder = builder().limit_depth(MAX_DEPTH).limit_recursive_depth(MAX_RECURSION).data(app);
    let builder = builder.extension(ValidatesAlone);
    if introspection { builder.finish() } else { builder.disable_introspection().disable_suggestions().finish() }
}

/// The rules of the schema alone, for judging documents where nothing is executed.
#[must_use]
pub fn rules() -> Arc<Rules> {
    Arc::new(Rules::of(builder().extension(ValidatesAlone).finish()))
}

/// What executes operations over the use cases, and the rules by which the gate before it validates; see [`build`].
#[must_use]
pub fn engine(app: App, introspection: bool) -> (Api, Arc<Rules>) {
    let schema = build(app.clone(), introspection);
    let rules = Arc::new(Rules::of(schema.clone()));
    let direct = rules.env().cloned().and_then(Direct::new);
    (Api { app, schema, direct }, rules)
}

static SDL: LazyLock<String> = LazyLock::new(|| {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let text = builder().finish().sdl_with_options(options.include_specified_by().use_space_ident());
    // Lines without anything in them, and one end.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
});

/// The schema as text, sorted.
#[must_use]
pub fn sdl() -> String {
    SDL.clone()
}
