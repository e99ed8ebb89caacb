//! Who may select a field: by the token's scopes and, for some fields, its role (A5).
//!
//! Every field of the three roots is in [`ROOT`]; a field that is missing there is refused to every caller. The payload
//! of a mutation needs only the mutation's scope.

use async_graphql::{Context, Guard, Result, parser::types::OperationType};
use domain::{
    caller::{Caller, Side},
    kinds::{Role, Scope},
};

use super::{error::Failure, loader::Reader};

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

/// What every field of the three roots asks of the token; the roles of the mutations on claims are a matter of
/// the lifecycle table.
pub const ROOT: &[(&str, Needs)] = &[
    ("viewer", Needs::Nothing),
    ("node", Needs::ScopeOfKind),
    ("nodes", Needs::ScopeOfKind),
    ("claim", Needs::Scope(Scope::ClaimsRead)),
    ("claimByNumber", Needs::Scope(Scope::ClaimsRead)),
    ("claimByExternalReference", Needs::Scope(Scope::ClaimsRead)),
    ("claims", Needs::Scope(Scope::ClaimsRead)),
    ("claimEligibility", Needs::OfPartner(Scope::ClaimsRead)),
    ("claimStatistics", Needs::Scope(Scope::ClaimsRead)),
    ("comments", Needs::Scope(Scope::ClaimsRead)),
    ("associations", Needs::Scope(Scope::ClaimsRead)),
    ("arbitrations", Needs::Scope(Scope::ClaimsRead)),
    ("history", Needs::Scope(Scope::HistoryRead)),
    ("uploadLimits", Needs::Nothing),
    ("calendar", Needs::Nothing),
    ("activityOptions", Needs::Scope(Scope::DirectoryRead)),
    ("customer", Needs::Scope(Scope::DirectoryRead)),
    ("customerByTenant", Needs::Scope(Scope::DirectoryRead)),
    ("customers", Needs::Scope(Scope::DirectoryRead)),
    ("subscriptions", Needs::Scope(Scope::DirectoryRead)),
    ("products", Needs::Scope(Scope::DirectoryRead)),
    ("partners", Needs::Scope(Scope::DirectoryRead)),
    ("reviewers", Needs::Scope(Scope::DirectoryRead)),
    ("notices", Needs::Scope(Scope::NoticesRead)),
    ("createClaim", Needs::Scope(Scope::ClaimsWrite)),
    ("createClaims", Needs::Scope(Scope::ClaimsWrite)),
    ("submitClaims", Needs::Scope(Scope::ClaimsWrite)),
    ("updateClaim", Needs::Scope(Scope::ClaimsWrite)),
    ("deleteClaimDraft", Needs::Scope(Scope::ClaimsWrite)),
    ("attachProofOfExecution", Needs::Scope(Scope::ClaimsWrite)),
    ("removeProofOfExecution", Needs::Scope(Scope::ClaimsWrite)),
    ("submitClaim", Needs::Scope(Scope::ClaimsWrite)),
    ("respondToReview", Needs::Scope(Scope::ClaimsWrite)),
    ("withdrawClaim", Needs::Scope(Scope::ClaimsWrite)),
    ("disputeClaim", Needs::Scope(Scope::ClaimsWrite)),
    ("declineConsent", Needs::Scope(Scope::ClaimsWrite)),
    ("startReview", Needs::Scope(Scope::ReviewsWrite)),
    ("assignReviewer", Needs::Scope(Scope::ReviewsWrite)),
    ("requestPartnerAction", Needs::Scope(Scope::ReviewsWrite)),
    ("approveClaim", Needs::Scope(Scope::ReviewsWrite)),
    ("rejectClaim", Needs::Scope(Scope::ReviewsWrite)),
    ("awardArbitration", Needs::Scope(Scope::ReviewsWrite)),
    ("addComment", Needs::Scope(Scope::CommentsWrite)),
    ("upsertPartners", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    ("upsertCustomers", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    ("upsertSubscriptions", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    ("upsertProducts", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    ("upsertReviewers", Needs::Role(Scope::DirectoryWrite, Role::DirectorySync)),
    ("reassignReviews", Needs::Scope(Scope::ReviewsWrite)),
    ("setReviewerAbsence", Needs::Scope(Scope::ReviewsWrite)),
    ("revokeTokens", Needs::Scope(Scope::TokensRevoke)),
    ("setNoticePreference", Needs::Scope(Scope::NoticesRead)),
    ("webhookEndpoints", Needs::Scope(Scope::WebhooksRead)),
    ("createWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    ("updateWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    ("deleteWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    ("rotateWebhookSecret", Needs::Scope(Scope::WebhooksWrite)),
    ("testWebhookEndpoint", Needs::Scope(Scope::WebhooksWrite)),
    ("redeliverWebhook", Needs::Scope(Scope::WebhooksWrite)),
    ("recoverWebhookDeliveries", Needs::Scope(Scope::WebhooksWrite)),
    ("advanceClock", Needs::Nothing),
    ("claimStatusChanged", Needs::Scope(Scope::ClaimsRead)),
    ("commentAdded", Needs::Scope(Scope::ClaimsRead)),
    ("historyAppended", Needs::Scope(Scope::HistoryRead)),
];

/// The guard of every field of the roots: holds the table against the token.
pub(super) struct Root;

impl Guard for Root {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        let field = ctx.item.node.name.node.as_str();
        let caller = &Reader::of(ctx)?.caller;
        let Some((_, needs)) = ROOT.iter().find(|(name, _)| *name == field) else {
            return Err(Failure::internal(&format!("{field} has no entry in the table of guards")).into());
        };
        Ok(holds(*needs, caller)?)
    }
}

/// Whether the token opens a field of a root, as far as this table says.
pub(super) fn opens(field: &str, caller: &Caller) -> bool {
    ROOT.iter().any(|(name, needs)| *name == field && holds(*needs, caller).is_ok())
}

fn holds(needs: Needs, caller: &Caller) -> Result<(), Failure> {
    match needs {
        Needs::Nothing | Needs::ScopeOfKind => Ok(()),
        Needs::Scope(scope) => has(caller, &[scope]),
        Needs::OfPartner(scope) => {
            has(caller, &[scope])?;
            role(matches!(caller.side, Side::Partner(_)))
        }
        Needs::Role(scope, needed) => {
            has(caller, &[scope])?;
            role(caller.is(needed))
        }
    }
}

fn role(fits: bool) -> Result<(), Failure> {
    if fits { Ok(()) } else { Err(Failure::Forbidden("None of the token's roles may do this.".to_owned())) }
}

/// Refuses a token that has none of the scopes.
pub(super) fn has(caller: &Caller, scopes: &[Scope]) -> Result<(), Failure> {
    if scopes.iter().any(|scope| caller.has(*scope)) {
        return Ok(());
    }
    let names = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" or ");
    Err(Failure::Forbidden(format!("The token needs the scope {names}.")))
}

/// The guard of a field below the roots: one of these scopes, wherever the field is reached by a query.
pub(super) struct Reads(pub(super) &'static [Scope]);

impl Reads {
    /// Refuses a field that the token has no scope for.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub(super) fn hold(&self, ctx: &Context<'_>) -> Result<(), Failure> {
        if ctx.query_env.operation.node.ty == OperationType::Mutation {
            return Ok(());
        }
        has(&Reader::of(ctx)?.caller, self.0)
    }
}

impl Guard for Reads {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        Ok(self.hold(ctx)?)
    }
}

/// Claims and what hangs on them.
pub(super) const CLAIMS: Reads = Reads(&[Scope::ClaimsRead]);
/// History.
pub(super) const HISTORY: Reads = Reads(&[Scope::HistoryRead]);
/// The directory, as far as it is reached from a claim too.
pub(super) const DIRECTORY: Reads = Reads(&[Scope::DirectoryRead, Scope::ClaimsRead]);
