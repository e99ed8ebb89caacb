//! The schema: the parts of both roots put together.

use std::sync::{Arc, LazyLock};

use async_graphql::{ID, SDLExportOptions, Schema, SchemaBuilder};

use super::{
    arbitration::{ArbitrationMutation, ArbitrationQuery},
    association::AssociationQuery,
    bulk::BulkMutation,
    calendar::CalendarQuery,
    claim::{ClaimQuery, CustomerMutation, EligibilityQuery, PartnerMutation, ReviewMutation, StatisticsQuery},
    comment::{CommentMutation, CommentQuery},
    customer::CustomerQuery,
    described::{self, Described},
    direct::Direct,
    directory::{DirectoryMutation, DirectoryQuery},
    document::{Rules, ValidatesAlone},
    execute::Api,
    history::HistoryQuery,
    live::Subscription,
    node::{Node, NodeQuery},
    notice::{NoticeMutation, NoticeQuery},
    proof::ProofQuery,
    reviewer::{ReviewerMutation, ReviewerQuery},
    revocation::RevocationMutation,
    root::root,
    sandbox::SandboxMutation,
    viewer::ViewerQuery,
    webhook::{WebhookMutation, WebhookQuery},
};
use crate::app::App;

/// The maximum depth of fields, should a document bypass the gate.
const MAX_DEPTH: usize = 32;
/// The maximum depth of selections with fragments expanded, likewise.
const MAX_RECURSION: usize = 64;

root! {
    /// Reads. Every field needs a token; its description names the scope that it needs.
    Query {
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
        ProofQuery,
        CalendarQuery,
        WebhookQuery,
    }
}

root! {
    /// Changes. A refusal by the rules is data: the payload's object is null, and `problems` lists the reasons. The
    /// mutations of one operation run one after the other, each in its own transaction.
    Mutation {
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
    }
}

/// The schema of the API.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_output_type::<Node>()
        .override_output_type_description::<ID>(described::ID)
}

/// The schema on top of the use cases. Without introspection, errors do not suggest names of the schema either.
#[must_use]
pub fn build(app: App, introspection: bool) -> ApiSchema {
    let builder = builder().limit_depth(MAX_DEPTH).limit_recursive_depth(MAX_RECURSION).data(app);
    let builder = builder.extension(ValidatesAlone).extension(Described);
    if introspection { builder.finish() } else { builder.disable_introspection().disable_suggestions().finish() }
}

/// Only the rules of the schema, for validating documents without executing them.
#[must_use]
pub fn rules() -> Arc<Rules> {
    Arc::new(Rules::of(builder().extension(ValidatesAlone).finish()))
}

/// What executes operations, and the rules by which the gate validates them; see [`build`].
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
    let text = described::complete(&text);
    // Lines without trailing spaces, and one line break at the end.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
});

/// The schema as text, sorted.
#[must_use]
pub fn sdl() -> String {
    SDL.clone()
}
