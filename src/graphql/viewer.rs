//! The bearer of the token.

use async_graphql::{Context, Enum, Object};
use domain::{
    caller::{Caller, Side},
    kinds::{ClaimAction, Scope},
    lifecycle,
};

use super::{
    customer::{Customer, CustomerById},
    directory::{Partner, PartnerById},
    error::ApiError,
    guard::{self, Root},
    loader::{Reader, load},
};
use crate::app::{claims::may_create, reviewers::may_manage, revocations::may_revoke, webhooks::managed_by};

/// What the holder of a token may do. Roles of different sides cannot be combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::Role")]
pub enum Role {
    /// Partner: global administrator; may do everything a partner can do with a claim.
    GlobalAdmin,
    /// Partner: billing administrator; may do everything a partner can do with a claim.
    BillingAdmin,
    /// Partner: incentives administrator; may do everything a partner can do with a claim.
    IncentivesAdmin,
    /// Partner: incentives user; reads, creates and edits claims, uploads proof and comments, but does not submit.
    IncentivesUser,
    /// Vendor: reviews claims.
    Reviewer,
    /// Vendor: reviews claims, reassigns reviews and awards arbitrations.
    ReviewLead,
    /// Vendor: reads what a reviewer may read, including internal comments; changes nothing.
    Auditor,
    /// Customer: administrator of one tenant.
    CustomerAdmin,
    /// Vendor: the service account that loads the directory; sees no claims.
    DirectorySync,
}

/// The caller, as described by the request's token.
#[derive(Clone, Copy, Debug)]
pub struct Viewer;

/// The caller, as described by the request's token.
#[Object]
impl Viewer {
    /// The token's `sub`, or what the issuer's mapping reads in its place.
    async fn subject<'a>(&self, ctx: &'a Context<'_>) -> Result<&'a str, ApiError> {
        Ok(&Reader::of(ctx)?.caller.subject)
    }

    /// The name in the token; null if it has none.
    async fn name<'a>(&self, ctx: &'a Context<'_>) -> Result<Option<&'a str>, ApiError> {
        Ok(Reader::of(ctx)?.caller.name.as_deref())
    }

    /// The token's roles that the server knows.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>, ApiError> {
        Ok(Reader::of(ctx)?.caller.roles.iter().map(|role| (*role).into()).collect())
    }

    /// The token's scopes that the server knows, such as `claims:read`.
    async fn scopes(&self, ctx: &Context<'_>) -> Result<Vec<&'static str>, ApiError> {
        Ok(Reader::of(ctx)?.caller.scopes.iter().map(|scope| scope.as_str()).collect())
    }

    /// The partner that the caller belongs to; null for other callers, and if the directory does not contain it.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Option<Partner>, ApiError> {
        match Reader::of(ctx)?.caller.side {
            Side::Partner(id) => Ok(load(ctx, PartnerById(id)).await?.map(Into::into)),
            Side::Vendor | Side::Customer(_) => Ok(None),
        }
    }

    /// The customer that the caller administers; null for other callers, and if the directory does not contain it.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
        match Reader::of(ctx)?.caller.side {
            Side::Customer(id) => Ok(load(ctx, CustomerById(id)).await?.map(Into::into)),
            Side::Partner(_) | Side::Vendor => Ok(None),
        }
    }

    /// What the caller's roles and scopes allow, independent of any object. On a claim,
    /// `availableActions` and `unavailableActions` say more.
    async fn can(&self) -> ViewerCan {
        ViewerCan
    }
}

/// What the bearer may do by roles and scopes.
#[derive(Clone, Copy, Debug)]
pub struct ViewerCan;

/// Whether the bearer may use the mutation at this root field, by the guard of the roots and the use case's own check.
fn may<T, E>(ctx: &Context<'_>, field: &str, check: impl FnOnce(&Caller) -> Result<T, E>) -> Result<bool, ApiError> {
    let caller = &Reader::of(ctx)?.caller;
    Ok(guard::opens(field, caller) && check(caller).is_ok())
}

/// What the bearer may do by roles and scopes: each is what the mutation itself checks before it looks at anything else. Where
/// it is false the mutation is `FORBIDDEN`.
#[Object]
impl ViewerCan {
    /// Creating drafts, by `createClaim`.
    async fn create_claim(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "createClaim", may_create)
    }

    /// Reviewing claims: starting a review, asking for action, approving and rejecting.
    async fn review(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "startReview", |caller| lifecycle::may_ever(ClaimAction::StartReview, caller))
    }

    /// Awarding arbitrations, by `awardArbitration`.
    async fn award_arbitration(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "awardArbitration", |caller| lifecycle::may_ever(ClaimAction::AwardArbitration, caller))
    }

    /// Creating, changing and deleting webhook endpoints of the bearer's company, or of the vendor.
    async fn manage_webhooks(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "createWebhookEndpoint", |caller| managed_by(caller, Scope::WebhooksWrite))
    }

    /// Moving other reviewers' reviews, by `reassignReviews`, and setting their absences.
    async fn manage_reviewers(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "reassignReviews", may_manage)
    }

    /// Revoking tokens, by `revokeTokens`: for a partner's global admin those of the own partner only.
    async fn revoke_tokens(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        may(ctx, "revokeTokens", may_revoke)
    }
}

/// The bearer at the root.
#[derive(Default)]
pub struct ViewerQuery;

#[Object(guard = "Root")]
impl ViewerQuery {
    /// The caller, as identified by the token. For any token.
    async fn viewer(&self) -> Viewer {
        Viewer
    }
}
