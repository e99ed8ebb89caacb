//! The fields of the three roots: what each asks of the token, and how many rows it may bring.
//!
//! The guard, the labels of metrics and the cost of operations derive from this one list. A field that is missing here is
//! refused to every caller; a test compares the list with the schema.

use async_graphql::parser::types::OperationType;
use domain::kinds::{Role, Scope};

/// What a field of a root asks of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Any token.
    Nothing,
    /// The scope of the object that is looked up, see `ByKind`.
    ScopeOfKind,
    /// This scope.
    Scope(Scope),
    /// This scope, and a role of a partner.
    OfPartner(Scope),
    /// This scope and this role.
    Role(Scope, Role),
}

/// How many rows a field brings, as far as its cost is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One object or value, or a list that is known to be short.
    One,
    /// A connection: as many as its page has.
    Page,
    /// A bulk mutation: as many as this list of its input has (B1).
    Input(&'static str),
}

/// A field of a root.
#[derive(Clone, Copy, Debug)]
pub struct RootField {
    /// Its name; no two roots share one.
    pub name: &'static str,
    /// The operations that it belongs to.
    pub kind: OperationType,
    /// What it asks of the token.
    pub needs: Needs,
    /// How many rows it brings.
    pub rows: Rows,
}

const fn query(name: &'static str, needs: Needs) -> RootField {
    RootField { name, kind: OperationType::Query, needs, rows: Rows::One }
}

const fn mutation(name: &'static str, needs: Needs) -> RootField {
    RootField { name, kind: OperationType::Mutation, needs, rows: Rows::One }
}

const fn subscription(name: &'static str, needs: Needs) -> RootField {
    RootField { name, kind: OperationType::Subscription, needs, rows: Rows::One }
}

impl RootField {
    const fn page(self) -> Self {
        Self { rows: Rows::Page, ..self }
    }

    const fn rows_of(self, list: &'static str) -> Self {
        Self { rows: Rows::Input(list), ..self }
    }
}

/// Every field of the roots. The roles of the mutations on claims are a matter of the lifecycle table.
pub const ROOT_FIELDS: &[RootField] = &[
    query("viewer", Needs::Nothing),
    query("node", Needs::ScopeOfKind),
    query("nodes", Needs::ScopeOfKind),
    query("claim", Needs::Scope(Scope::ClaimsRead)),
    query("claimByNumber", Needs::Scope(Scope::ClaimsRead)),
    query("claimByExternalReference", Needs::Scope(Scope::ClaimsRead)),
    query("claims", Needs::Scope(Scope::ClaimsRead)).page(),
    query("claimEligibility", Needs::OfPartner(Scope::ClaimsRead)),
    query("claimStatistics", Needs::Scope(Scope::ClaimsRead)),
    query("comments", Needs::Scope(Scope::ClaimsRead)).page(),
    query("associations", Needs::Scope(Scope::ClaimsRead)).page(),
    query("arbitrations", Needs::Scope(Scope::ClaimsRead)).page(),
    query("history", Needs::Scope(Scope::HistoryRead)).page(),
    query("uploadLimits", Needs::Nothing),
    query("calendar", Needs::Nothing),
    query("activityOptions", Needs::Scope(Scope::DirectoryRead)),
    query("customer", Needs::Scope(Scope::DirectoryRead)),
    query("customerByTenant", Needs::Scope(Scope::DirectoryRead)),
    query("customers", Needs::Scope(Scope::DirectoryRead)).page(),
    query("subscriptions", Needs::Scope(Scope::DirectoryRead)).page(),
    query("products", Needs::Scope(Scope::DirectoryRead)).page(),
    query("partners", Needs::Scope(Scope::DirectoryRead)).page(),
    query("reviewers", Needs::Scope(Scope::DirectoryRead)).page(),
    query("notices", Needs::Scope(Scope::NoticesRead)).page(),
    query("webhookEndpoints", Needs::Scope(Scope::WebhooksRead)).page(),
    mutation("createClaim", Needs::Scope(Scope::ClaimsWrite)),
    mutation("createClaims", Needs::Scope(Scope::ClaimsWrite)).rows_of("rows"),
    mutation("submitClaims", Needs::Scope(Scope::ClaimsWrite)).rows_of("claims"),
    mutation("updateClaim", Needs::Scope(Scope::ClaimsWrite)),
    mutation("deleteClaimDraft", Needs::Scope(Scope::ClaimsWrite)),
    mutation("attachProofOfExecution", Needs::Scope(Scope::ClaimsWrite)),
    mutation("removeProofOfExecution", Needs::Scope(Scope::ClaimsWrite)),
    mutation("submitClaim", Needs::Scope(Scope::ClaimsWrite)),
    mutation("respondToReview", Needs::Scope(Scope::ClaimsWrite)),
    mutation("withdrawClaim", Needs::Scope(Scope::ClaimsWrite)),
    mutation("disputeClaim", Needs::Scope(Scope::ClaimsWrite)),
    mutation("declineConsent", Needs::Scope(Scope::ClaimsWrite)),
    mutation("startReview", Needs::Scope(Scope::ReviewsWrite)),
    mutation("assignReviewer", Needs::Scope(Scope::ReviewsWrite)),
    mutation("requestPartnerAction", Needs::Scope(Scope::ReviewsWrite)),
    mutation("approveClaim", Needs::Scope(Scope::ReviewsWrite)),
    mutation("rejectClaim", Needs::Scope(Scope::ReviewsWrite)),
    mutation("awardArbitration", Needs::Scope(Scope::ReviewsWrite)),
    mutation("addComment", Needs::Scope(Scope::CommentsWrite)),
    mutation("upsertPartners", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    mutation("upsertCustomers", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    mutation("upsertSubscriptions", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    mutation("upsertProducts", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    mutation("upsertReviewers", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    mutation("reassignReviews", Needs::Scope(Scope::ReviewsWrite)),
    mutation("setReviewerAbsence", Needs::Scope(Scope::ReviewsWrite)),
    mutation("revokeTokens", Needs::Scope(Scope::TokensRevoke)),
    mutation("setNoticePreference", Needs::Scope(Scope::NoticesRead)),
    mutation("createWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    mutation("updateWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    mutation("deleteWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    mutation("rotateWebhookSecret", Needs::Scope(Scope::WebhooksWrite)),
    mutation("testWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    mutation("redeliverWebhook", Needs::Scope(Scope::WebhooksWrite)),
    mutation("recoverWebhookDeliveries", Needs::Scope(Scope::WebhooksWrite)),
    mutation("advanceClock", Needs::Nothing),
    subscription("claimStatusChanged", Needs::Scope(Scope::ClaimsRead)),
    subscription("commentAdded", Needs::Scope(Scope::ClaimsRead)),
    subscription("historyAppended", Needs::Scope(Scope::HistoryRead)),
];

/// The connections that only objects have.
const PAGES_OF_OBJECTS: [&str; 1] = ["deliveries"];

/// The field of this name; `None` if no root has it.
#[must_use]
pub fn named(name: &str) -> Option<&'static RootField> {
    ROOT_FIELDS.iter().find(|field| field.name == name)
}

/// The names of all fields that are connections, of the roots and of objects: they cost by the size of their page, also where
/// the query gives none.
pub fn pages() -> impl Iterator<Item = &'static str> {
    ROOT_FIELDS.iter().filter(|field| field.rows == Rows::Page).map(|field| field.name).chain(PAGES_OF_OBJECTS)
}
