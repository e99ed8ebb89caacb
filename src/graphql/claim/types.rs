//! The claim.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use domain::{catalogue, kinds::ClaimStatus as Status, lifecycle};

use super::{
    enums::{ClaimAction, ClaimStatus},
    line::ClaimLine,
    loads::{EvaluationOf, KnownDraftState, OriginOf},
    parts::{ActionRequest, Consent, Contact, Deadline, Dispute, IncentiveEvaluation, Rejection, UnavailableAction},
    wanted,
};
use crate::graphql::{
    actor::Actor,
    arbitration::{Arbitration, ArbitrationsOf},
    comment::{self, CommentConnection},
    customer::{Customer, CustomerById},
    directory::{Activity, IncentiveProgram, LocationById, Partner, PartnerById, PartnerLocation, SolutionArea},
    eager::{Eager, EagerList},
    error::ApiError,
    global_id::{self, Kind},
    guard,
    history::{self, HistoryEntryConnection},
    loader::{Reader, With, load, load_required},
    page::{PageArgs, connection},
    problem::{Problem, shown},
    proof::{DocumentsOf, ProofDocument},
    reviewer::Reviewer,
    scalar::DateTime,
};
use crate::store::claims::{ClaimRow, LineRow};

/// A claim that the caller sees.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(super) row: Arc<ClaimRow>,
    pub(super) standing: KnownDraftState,
    /// Whether it is what is left of a deleted draft.
    pub(super) is_gone: bool,
}

impl From<ClaimRow> for Claim {
    fn from(row: ClaimRow) -> Self {
        Self { row: Arc::new(row), standing: KnownDraftState::default(), is_gone: false }
    }
}

impl From<domain::claim::Claim> for Claim {
    fn from(claim: domain::claim::Claim) -> Self {
        ClaimRow::answered(claim).into()
    }
}

impl Claim {
    /// What is left of a deleted draft, whose row is empty but for its number.
    #[must_use]
    pub fn gone(row: ClaimRow) -> Self {
        Self { is_gone: true, ..Self::from(row) }
    }

    /// The claim; columns that were not selected are blank.
    pub(super) fn claim(&self) -> &domain::claim::Claim {
        self.row.claim()
    }

    /// Reads something that only partner and vendor see (A3).
    fn unless_customer<T>(
        &self,
        ctx: &Context<'_>,
        read: impl FnOnce(&domain::claim::Claim) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        Ok(if Reader::of(ctx)?.is_customer() { None } else { read(self.claim()) })
    }

    /// The partner's own key, to the partner alone.
    pub(super) fn reference_to(&self, reader: &Reader) -> Option<&str> {
        self.claim().external_reference.as_deref().filter(|_| reader.is_partner())
    }

    /// The actions that are open to this reader now.
    pub(super) fn open_to(&self, reader: &Reader) -> Vec<domain::kinds::ClaimAction> {
        if self.is_gone {
            return Vec::new();
        }
        lifecycle::available(self.claim(), &reader.caller, reader.app.now())
    }

    /// The programs that follow from solution area and activities.
    pub(super) fn programs_of(&self) -> Vec<domain::kinds::IncentiveProgram> {
        catalogue::programs(self.claim().solution_area, &self.claim().activities)
    }

    /// The claim's lines, with what they need of the claim.
    pub(super) fn with_lines(&self, lines: Vec<LineRow>) -> Vec<ClaimLine> {
        let line = |(place, line)| ClaimLine::new(Arc::clone(&self.row), self.standing.clone(), place, line);
        lines.into_iter().enumerate().map(line).collect()
    }
}

connection!(ClaimConnection, ClaimEdge, Claim, "claims", "a claim");

/// A partner's claim to be the Claiming Partner of Record for a customer and certain products. Partners see their own
/// claims, reviewers every claim that was ever submitted, and customers the claims on their tenant once approved,
/// without the exchange between partner and vendor.
#[Object]
impl Claim {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Claim, self.claim().id)
    }

    /// The human-readable number, such as `CPOR-7K3M-9Q2D`. Unique, never reused, and not sequential.
    async fn number(&self) -> &str {
        &self.claim().number
    }

    /// A title chosen by the partner.
    async fn name(&self) -> &str {
        &self.claim().name
    }

    /// The partner's own key for the claim, unique per partner. Null for everyone but the claim's partner.
    async fn external_reference(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        Ok(self.reference_to(Reader::of(ctx)?))
    }

    /// Raised by one by every mutation of the claim except `addComment`. Mutations compare it with `expectedVersion`.
    async fn version(&self) -> i32 {
        self.claim().version
    }

    /// Where the claim is in its lifecycle.
    async fn status(&self) -> ClaimStatus {
        self.claim().status.into()
    }

    /// The company that makes the claim.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Eager<Partner>, ApiError> {
        match &self.row.partner {
            Some(partner) => Ok(Eager(partner.clone().into())),
            None => Ok(Eager(load_required(ctx, PartnerById(self.claim().partner_id)).await?.into())),
        }
    }

    /// The location of the partner that makes the claim.
    async fn location(&self, ctx: &Context<'_>) -> Result<Eager<PartnerLocation>, ApiError> {
        match &self.row.location {
            Some(location) => Ok(Eager(location.clone().into())),
            None => Ok(Eager(load_required(ctx, LocationById(self.claim().mpn_id.clone())).await?.into())),
        }
    }

    /// The customer that the partner influenced.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Eager<Customer>, ApiError> {
        match &self.row.customer {
            Some(customer) => Ok(Eager(customer.clone().into())),
            None => Ok(Eager(load_required(ctx, CustomerById(self.claim().tenant_id)).await?.into())),
        }
    }

    /// The customer's domain that the partner gave. Null for customers, and for a deleted draft.
    async fn domain(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        if self.is_gone {
            return Ok(None);
        }
        self.unless_customer(ctx, |claim| Some(claim.domain.clone()))
    }

    /// The solution area that all its products belong to.
    async fn solution_area(&self) -> SolutionArea {
        self.claim().solution_area.into()
    }

    /// What the partner did for the customer; see `Activity` for the sets that are allowed.
    async fn activities(&self) -> Vec<Activity> {
        self.claim().activities.iter().map(|activity| (*activity).into()).collect()
    }

    /// The incentive programs that follow from solution area and activities. Empty for Revenue association.
    async fn programs(&self) -> Vec<IncentiveProgram> {
        self.programs_of().into_iter().map(Into::into).collect()
    }

    /// The claimed products, in the order in which they were added.
    async fn lines(&self, ctx: &Context<'_>) -> Result<EagerList<ClaimLine>, ApiError> {
        let lines = if let Some(lines) = &self.row.lines {
            lines.clone()
        } else {
            let wanted = wanted::of_lines(ctx)?;
            load(ctx, With::of(self.row.id(), wanted)).await?.unwrap_or_default()
        };
        Ok(EagerList(self.with_lines(lines)))
    }

    /// The contact person at the customer. Null for customers.
    async fn customer_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.customer_contact.clone().map(|one| Eager(one.into())))
    }

    /// The technical contact at the customer, for Business Applications. Null for customers.
    async fn technical_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.technical_contact.clone().map(|one| Eager(one.into())))
    }

    /// The contact person at the partner. Null for customers.
    async fn partner_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.partner_contact.clone().map(|one| Eager(one.into())))
    }

    /// The name of the Dynamics solution seller, for Revenue association. Null for customers.
    async fn solution_seller(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.unless_customer(ctx, |claim| claim.solution_seller.clone())
    }

    /// The name of the partner's solution, for Revenue association. Null for customers.
    async fn partner_solution(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        self.unless_customer(ctx, |claim| claim.partner_solution.clone())
    }

    /// The proof documents in upload order. Empty for customers.
    async fn proof_of_execution(&self, ctx: &Context<'_>) -> Result<EagerList<ProofDocument>, ApiError> {
        let documents = load(ctx, DocumentsOf(self.row.id())).await?.unwrap_or_default();
        Ok(EagerList(documents.into_iter().map(Into::into).collect()))
    }

    /// The conversation between partner and reviewers, oldest first. Partners see shared comments only; customers see
    /// none.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only comments after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`. For the latest five comments use `last: 5`."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only comments before this cursor.")] before: Option<String>,
    ) -> Result<Eager<CommentConnection>, ApiError> {
        comment::of_claim(ctx, self.row.id(), PageArgs { first, after, last, before }).await.map(Eager)
    }

    /// What happened to the claim, oldest first. Partners do not see entries that are internal to the vendor; customers
    /// see none. Needs the scope `history:read`, except in a mutation's payload.
    #[graphql(guard = "guard::HISTORY")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor or position, which must be of this claim.")] after: Option<
            String,
        >,
        #[graphql(
            desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`. For the latest five entries use `last: 5`."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor or position, which must be of this claim.")] before: Option<
            String,
        >,
    ) -> Result<Eager<HistoryEntryConnection>, ApiError> {
        if self.is_gone {
            return Ok(Eager(history::nothing()));
        }
        history::of_claim(ctx, self.row.id(), PageArgs { first, after, last, before }).await.map(Eager)
    }

    /// The running deadline; null if none runs. If two run, the earlier one. Customers see only the consent deadline.
    async fn deadline(&self, ctx: &Context<'_>) -> Result<Option<Eager<Deadline>>, ApiError> {
        let reader = Reader::of(ctx)?;
        let (now, policy) = (reader.app.now(), reader.app.policy());
        let clock = lifecycle::shown_clock(self.claim(), reader.is_customer(), now, policy);
        Ok(clock.map(|clock| Eager(Deadline::of(clock, now, policy))))
    }

    /// The target for the decision: 10 business days after submission, not counting time in arbitration. Missing it has
    /// no effect. It stays set after the decision; null before submission and for customers.
    async fn decision_due_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>, ApiError> {
        self.unless_customer(ctx, |claim| claim.decision_due_at.map(Into::into))
    }

    /// Everything that would prevent submission now, while the claim is `EDITING`; otherwise empty.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<Problem>, ApiError> {
        if self.claim().status != Status::Editing || self.is_gone {
            return Ok(Vec::new());
        }
        Ok(shown(self.standing.of(ctx, &self.row).await?.problems.clone()))
    }

    /// What a reviewer last asked of the partner. Null if nothing was asked, and for customers.
    async fn action_request(&self, ctx: &Context<'_>) -> Result<Option<Eager<ActionRequest>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.action_request.clone().map(|one| Eager(one.into())))
    }

    /// The reason for the rejection, while the status is `REJECTED`; otherwise null. Null for customers.
    async fn rejection(&self, ctx: &Context<'_>) -> Result<Option<Eager<Rejection>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.rejection.clone().map(|one| Eager(one.into())))
    }

    /// The latest dispute of a rejection. Null if there was none, and for customers.
    async fn dispute(&self, ctx: &Context<'_>) -> Result<Option<Eager<Dispute>>, ApiError> {
        self.unless_customer(ctx, |claim| claim.dispute.clone().map(|one| Eager(one.into())))
    }

    /// The customer's consent since the last approval. Null before that, and if the claim ceased to be approved before
    /// the consent period ended.
    async fn consent(&self) -> Option<Eager<Consent>> {
        lifecycle::shown_consent(self.claim()).cloned().map(|one| Eager(one.into()))
    }

    /// The incentive evaluation since the last approval. Null before that, and for customers.
    async fn evaluation(&self, ctx: &Context<'_>) -> Result<Option<Eager<IncentiveEvaluation>>, ApiError> {
        if self.unless_customer(ctx, |claim| claim.evaluation)?.is_none() {
            return Ok(None);
        }
        Ok(load(ctx, EvaluationOf(self.row.id())).await?.map(|one| Eager(one.into())))
    }

    /// Arbitrations that the claim takes or took part in, oldest first. Empty for customers.
    async fn arbitrations(&self, ctx: &Context<'_>) -> Result<EagerList<Arbitration>, ApiError> {
        let arbitrations = load(ctx, ArbitrationsOf(self.row.id().get())).await?.unwrap_or_default();
        Ok(EagerList(arbitrations.into_iter().map(Into::into).collect()))
    }

    /// The reviewer assigned to the claim. Null if nobody is assigned, and for everyone outside the vendor.
    async fn reviewer(&self, ctx: &Context<'_>) -> Result<Option<Eager<Reviewer>>, ApiError> {
        let reader = Reader::of(ctx)?;
        let reviewer = self.claim().reviewer.as_ref().filter(|_| reader.is_vendor());
        Ok(reviewer.cloned().map(|one| Eager(one.into())))
    }

    /// What the caller may do with this claim now. It derives from the table that also guards the mutations, so a
    /// listed action is never refused because of status, role or scope.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<ClaimAction>, ApiError> {
        Ok(self.open_to(Reader::of(ctx)?).into_iter().map(Into::into).collect())
    }

    /// The actions of the caller's side that the caller cannot perform on this claim now, each with the problem that its
    /// mutation would return. Every action of the side is either here or in `availableActions`. Actions that the token's
    /// roles or scopes never allow are here as `NOT_ALLOWED`; their mutations fail with `FORBIDDEN`.
    async fn unavailable_actions(&self, ctx: &Context<'_>) -> Result<Vec<UnavailableAction>, ApiError> {
        if self.is_gone {
            return Ok(Vec::new());
        }
        let reader = Reader::of(ctx)?;
        let id = self.claim().id;
        let closed = lifecycle::unavailable(self.claim(), &reader.caller, reader.app.now());
        let shown = |(action, reason): (domain::kinds::ClaimAction, domain::problem::Problem)| UnavailableAction {
            action: action.into(),
            reason: reason.of_claim_as_it_stands(id).into(),
        };
        Ok(closed.into_iter().map(shown).collect())
    }

    /// When the partner created the draft.
    async fn created_at(&self) -> DateTime {
        self.claim().created_at.into()
    }

    /// The time of the claim's latest change.
    async fn updated_at(&self) -> DateTime {
        self.claim().updated_at.into()
    }

    /// The time of the latest activity on the claim that the caller may see: for reviewers any history entry, for partners
    /// any but an internal comment, for customers a change of status. Comments change it; they do not change `updatedAt`.
    async fn last_activity_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        Ok(self.last_activity(ctx).await?.into())
    }

    /// Who created the draft. Customers see the partner company.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Actor, ApiError> {
        let origin = load_required(ctx, OriginOf(self.row.id())).await?;
        self.actor(ctx, &origin.created_by).await
    }

    /// Who submitted the claim; null before. Customers see the partner company.
    async fn submitted_by(&self, ctx: &Context<'_>) -> Result<Option<Actor>, ApiError> {
        match load_required(ctx, OriginOf(self.row.id())).await?.submitted_by {
            Some(actor) => Ok(Some(self.actor(ctx, &actor).await?)),
            None => Ok(None),
        }
    }

    /// When the partner submitted it; null before.
    async fn submitted_at(&self) -> Option<DateTime> {
        self.claim().submitted_at.map(Into::into)
    }

    /// The time of the latest decision; null before the first.
    async fn decided_at(&self) -> Option<DateTime> {
        self.claim().decided_at.map(Into::into)
    }
}
