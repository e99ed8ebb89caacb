//! The claim.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use domain::{
    catalogue, deadline,
    kinds::{ActorKind, ClaimStatus as Status, ConsentStatus, DeadlineKind, DeadlineState},
    lifecycle,
    policy::Policy,
    time::Timestamp,
};

use super::{
    enums::{ClaimAction, ClaimStatus},
    line::ClaimLine,
    loads::{ClaimById, EvaluationOf, KnownStanding, OriginOf},
    parts::{ActionRequest, Consent, Contact, Deadline, Dispute, IncentiveEvaluation, Rejection},
    wanted,
};
use crate::graphql::{
    actor::Actor,
    arbitration::{Arbitration, ArbitrationsOf},
    comment::{self, CommentConnection},
    customer::{Customer, CustomerById},
    directory::{Activity, IncentiveProgram, LocationById, Partner, PartnerById, PartnerLocation, SolutionArea},
    eager::{Eager, EagerList},
    error::Failure,
    global_id::{self, Kind},
    guard,
    history::{self, HistoryEntryConnection},
    loader::{Reader, With, load, load_required, meant},
    page::{PageArgs, connection},
    problem::{Problem, shown},
    proof::{DocumentsOf, ProofDocument},
    reviewer::Reviewer,
    scalar::DateTime,
};
use crate::store::claims::{ActivityView, ClaimRow, Wanted};

/// A claim that the caller sees.
#[derive(Clone, Debug)]
pub struct Claim {
    row: Arc<ClaimRow>,
    standing: KnownStanding,
}

impl From<ClaimRow> for Claim {
    fn from(row: ClaimRow) -> Self {
        Self { row: Arc::new(row), standing: KnownStanding::default() }
    }
}

impl From<domain::claim::Claim> for Claim {
    fn from(claim: domain::claim::Claim) -> Self {
        ClaimRow::answered(claim).into()
    }
}

impl Claim {
    /// The claim, blank in what nobody asked for.
    fn claim(&self) -> &domain::claim::Claim {
        self.row.claim()
    }

    /// Somebody of the partner's side as the reader may know them: a customer learns of no person of the partner (A3).
    async fn actor(&self, ctx: &Context<'_>, actor: &domain::caller::Actor) -> Result<Actor, Failure> {
        let reader = Reader::of(ctx)?;
        let mut shown = Actor::shown_to(reader, actor);
        if reader.is_customer() && actor.kind == ActorKind::Partner {
            shown.name = load_required(ctx, PartnerById(self.claim().partner_id)).await?.name;
        }
        Ok(shown)
    }

    /// Reads something that only partner and vendor see (A3).
    fn unless_customer<T>(
        &self,
        ctx: &Context<'_>,
        read: impl FnOnce(&domain::claim::Claim) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        Ok(if Reader::of(ctx)?.is_customer() { None } else { read(self.claim()) })
    }
}

/// The customer's consent; one that is still waited for belongs to an approved claim only (N2).
fn consent_asked(claim: &domain::claim::Claim) -> Option<&domain::claim::Consent> {
    let stands = |status| status != ConsentStatus::Pending || claim.status == Status::Approved;
    claim.consent.as_ref().filter(|consent| stands(consent.status))
}

/// The customer's own clock, whatever else runs on the claim (A3, X3).
fn consent_clock(
    claim: &domain::claim::Claim,
    now: Timestamp,
    policy: &Policy,
) -> Option<(deadline::Deadline, DeadlineState)> {
    let consent = consent_asked(claim).filter(|consent| consent.status == ConsentStatus::Pending)?;
    let clock = deadline::Deadline {
        kind: DeadlineKind::Consent,
        started_at: consent.requested_at,
        due_at: consent.decline_until,
    };
    Some((clock, clock.state(now, policy)))
}

connection!(ClaimConnection, ClaimEdge, Claim, "claims", "a claim");

/// A partner's claim to be the Claiming Partner of Record for a customer and some products. A partner sees its own
/// claims; a reviewer every claim that was ever submitted; a customer the claims on its tenant from their approval on,
/// without what is between partner and vendor.
#[Object]
impl Claim {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Claim, self.claim().id)
    }

    /// The number for people, such as `CPOR-7K3M-9Q2D`: unique, never used again, and no count of anything.
    async fn number(&self) -> &str {
        &self.claim().number
    }

    /// The partner's own title for the claim.
    async fn name(&self) -> &str {
        &self.claim().name
    }

    /// The partner's own key for the claim, unique per partner. Only the claim's partner sees it; null to everybody
    /// else.
    async fn external_reference(&self, ctx: &Context<'_>) -> Result<Option<&str>, Failure> {
        Ok(if Reader::of(ctx)?.is_partner() { self.claim().external_reference.as_deref() } else { None })
    }

    /// Raised by one by every mutation of the claim but comments; what `expectedVersion` is held against.
    async fn version(&self) -> i32 {
        self.claim().version
    }

    /// Where the claim stands.
    async fn status(&self) -> ClaimStatus {
        self.claim().status.into()
    }

    /// The partner that claims.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Eager<Partner>, Failure> {
        match &self.row.partner {
            Some(partner) => Ok(Eager(partner.clone().into())),
            None => Ok(Eager(load_required(ctx, PartnerById(self.claim().partner_id)).await?.into())),
        }
    }

    /// The partner's location that claims.
    async fn location(&self, ctx: &Context<'_>) -> Result<Eager<PartnerLocation>, Failure> {
        match &self.row.location {
            Some(location) => Ok(Eager(location.clone().into())),
            None => Ok(Eager(load_required(ctx, LocationById(self.claim().mpn_id.clone())).await?.into())),
        }
    }

    /// The customer.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Eager<Customer>, Failure> {
        match &self.row.customer {
            Some(customer) => Ok(Eager(customer.clone().into())),
            None => Ok(Eager(load_required(ctx, CustomerById(self.claim().tenant_id)).await?.into())),
        }
    }

    /// The solution area of all its products.
    async fn solution_area(&self) -> SolutionArea {
        self.claim().solution_area.into()
    }

    /// What the partner did for the customer.
    async fn activities(&self) -> Vec<Activity> {
        self.claim().activities.iter().map(|activity| (*activity).into()).collect()
    }

    /// The incentive programmes that follow from solution area and activities; none for Revenue association.
    async fn programs(&self) -> Vec<IncentiveProgram> {
        let programs = catalogue::programs(self.claim().solution_area, &self.claim().activities);
        programs.into_iter().map(Into::into).collect()
    }

    /// The claimed products, in the order in which they were added.
    async fn lines(&self, ctx: &Context<'_>) -> Result<EagerList<ClaimLine>, Failure> {
        let lines = if let Some(lines) = &self.row.lines {
            lines.clone()
        } else {
            let wanted = meant(ctx, || Ok(wanted::of_lines(ctx)))?;
            load(ctx, With::of(self.row.id(), wanted)).await?.unwrap_or_default()
        };
        let line = |(place, line)| ClaimLine::new(Arc::clone(&self.row), self.standing.clone(), place, line);
        Ok(EagerList(lines.into_iter().enumerate().map(line).collect()))
    }

    /// Whom to ask at the customer. Null to a customer.
    async fn customer_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, Failure> {
        self.unless_customer(ctx, |claim| claim.customer_contact.clone().map(|one| Eager(one.into())))
    }

    /// Whom to ask at the customer about the technology (Business Applications). Null to a customer.
    async fn technical_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, Failure> {
        self.unless_customer(ctx, |claim| claim.technical_contact.clone().map(|one| Eager(one.into())))
    }

    /// Whom to ask at the partner. Null to a customer.
    async fn partner_contact(&self, ctx: &Context<'_>) -> Result<Option<Eager<Contact>>, Failure> {
        self.unless_customer(ctx, |claim| claim.partner_contact.clone().map(|one| Eager(one.into())))
    }

    /// The name of the Dynamics solution seller (Revenue association). Null to a customer.
    async fn solution_seller(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        self.unless_customer(ctx, |claim| claim.solution_seller.clone())
    }

    /// The name of the partner's solution (Revenue association). Null to a customer.
    async fn partner_solution(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        self.unless_customer(ctx, |claim| claim.partner_solution.clone())
    }

    /// The proof of execution, in the order of uploading. Empty to a customer.
    async fn proof_of_execution(&self, ctx: &Context<'_>) -> Result<EagerList<ProofDocument>, Failure> {
        let documents = load(ctx, DocumentsOf(self.row.id())).await?.unwrap_or_default();
        Ok(EagerList(documents.into_iter().map(Into::into).collect()))
    }

    /// What partner and reviewers say to each other, oldest first. A partner sees the shared comments, a customer none.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only comments after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`. The latest five: `last: 5`.")]
        last: Option<i32>,
        #[graphql(desc = "Only comments before this cursor.")] before: Option<String>,
    ) -> Result<Eager<CommentConnection>, Failure> {
        comment::of_claim(ctx, self.row.id(), PageArgs { first, after, last, before }).await.map(Eager)
    }

    /// What happened to the claim, oldest first. A partner does not see what is internal to the vendor, a customer sees
    /// none. Needs the scope `history:read`, unless it is part of a mutation's answer.
    #[graphql(guard = "guard::HISTORY")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`. The latest five: `last: 5`.")]
        last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor.")] before: Option<String>,
    ) -> Result<Eager<HistoryEntryConnection>, Failure> {
        history::of_claim(ctx, self.row.id(), PageArgs { first, after, last, before }).await.map(Eager)
    }

    /// The clock that runs now; null where none does. Where two run, the one that is due first. A customer sees its own,
    /// of consent, only.
    async fn deadline(&self, ctx: &Context<'_>) -> Result<Option<Eager<Deadline>>, Failure> {
        let reader = Reader::of(ctx)?;
        let (now, policy) = (reader.app.now(), reader.app.policy());
        let clock = |claim: &domain::claim::Claim| {
            if reader.is_customer() {
                consent_clock(claim, now, policy)
            } else {
                lifecycle::running_clock(claim, now, policy)
            }
        };
        Ok(clock(self.claim()).map(|clock| Eager(Deadline::of(clock, now, policy))))
    }

    /// The target for the decision: 10 business days after submission, time in arbitration aside. It moves nothing, and
    /// stays after the decision. Null before submission, and to a customer.
    async fn decision_due_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>, Failure> {
        self.unless_customer(ctx, |claim| claim.decision_due_at.map(Into::into))
    }

    /// What would refuse a submission now, all of it at once, while the claim is `EDITING`; else empty.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<Problem>, Failure> {
        if self.claim().status != Status::Editing {
            return Ok(Vec::new());
        }
        Ok(shown(self.standing.of(ctx, &self.row).await?.problems.clone()))
    }

    /// What a reviewer last asked the partner for; null where nothing was asked, and to a customer.
    async fn action_request(&self, ctx: &Context<'_>) -> Result<Option<Eager<ActionRequest>>, Failure> {
        self.unless_customer(ctx, |claim| claim.action_request.clone().map(|one| Eager(one.into())))
    }

    /// How the claim was rejected, while it is; else null. Null to a customer.
    async fn rejection(&self, ctx: &Context<'_>) -> Result<Option<Eager<Rejection>>, Failure> {
        self.unless_customer(ctx, |claim| claim.rejection.clone().map(|one| Eager(one.into())))
    }

    /// The last dispute of a rejection; null where there was none, and to a customer.
    async fn dispute(&self, ctx: &Context<'_>) -> Result<Option<Eager<Dispute>>, Failure> {
        self.unless_customer(ctx, |claim| claim.dispute.clone().map(|one| Eager(one.into())))
    }

    /// How the customer's consent stands, since the last approval; null before, and where the claim stopped being
    /// approved before the customer's time was over.
    async fn consent(&self) -> Option<Eager<Consent>> {
        consent_asked(self.claim()).cloned().map(|one| Eager(one.into()))
    }

    /// The incentive evaluation, since the last approval; null before, and to a customer.
    async fn evaluation(&self, ctx: &Context<'_>) -> Result<Option<Eager<IncentiveEvaluation>>, Failure> {
        if self.unless_customer(ctx, |claim| claim.evaluation)?.is_none() {
            return Ok(None);
        }
        Ok(load(ctx, EvaluationOf(self.row.id())).await?.map(|one| Eager(one.into())))
    }

    /// The arbitrations that the claim takes or took part in, oldest first. Empty to a customer.
    async fn arbitrations(&self, ctx: &Context<'_>) -> Result<EagerList<Arbitration>, Failure> {
        let arbitrations = load(ctx, ArbitrationsOf(self.row.id().get())).await?.unwrap_or_default();
        Ok(EagerList(arbitrations.into_iter().map(Into::into).collect()))
    }

    /// The assigned reviewer; null where nobody is assigned, and to everybody but the vendor.
    async fn reviewer(&self, ctx: &Context<'_>) -> Result<Option<Eager<Reviewer>>, Failure> {
        let reader = Reader::of(ctx)?;
        let reviewer = self.claim().reviewer.as_ref().filter(|_| reader.is_vendor());
        Ok(reviewer.cloned().map(|one| Eager(one.into())))
    }

    /// The actions that are open to the caller on this claim now. It comes from the table that guards the mutations:
    /// what is listed is not refused for status, role or scope.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<ClaimAction>, Failure> {
        let reader = Reader::of(ctx)?;
        let open = lifecycle::available(self.claim(), &reader.caller, reader.app.now());
        Ok(open.into_iter().map(Into::into).collect())
    }

    /// When the draft was made.
    async fn created_at(&self) -> DateTime {
        self.claim().created_at.into()
    }

    /// When the claim last changed.
    async fn updated_at(&self) -> DateTime {
        self.claim().updated_at.into()
    }

    /// When something last happened on the claim that the caller may see: any entry of its history, to a partner any but an
    /// internal comment, to a customer a change of its status. It moves with comments, which `updatedAt` does not.
    async fn last_activity_at(&self, ctx: &Context<'_>) -> Result<DateTime, Failure> {
        if let Some(at) = self.row.last_activity_at {
            return Ok(at.into());
        }
        let view = ActivityView::seen_by(&Reader::of(ctx)?.caller);
        let wanted = Wanted { activity: Some(view), ..Wanted::least() };
        let found = load(ctx, ClaimById::new(self.claim().id, wanted)).await?;
        // A draft that was just deleted is not found any more.
        Ok(found.and_then(|row| row.last_activity_at).unwrap_or(self.claim().updated_at).into())
    }

    /// Who created the draft. To a customer the partner as a company.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Actor, Failure> {
        let origin = load_required(ctx, OriginOf(self.row.id())).await?;
        self.actor(ctx, &origin.created_by).await
    }

    /// Who submitted the claim; null before. To a customer the partner as a company.
    async fn submitted_by(&self, ctx: &Context<'_>) -> Result<Option<Actor>, Failure> {
        match load_required(ctx, OriginOf(self.row.id())).await?.submitted_by {
            Some(actor) => Ok(Some(self.actor(ctx, &actor).await?)),
            None => Ok(None),
        }
    }

    /// When it was submitted; null before.
    async fn submitted_at(&self) -> Option<DateTime> {
        self.claim().submitted_at.map(Into::into)
    }

    /// When it was decided; null before.
    async fn decided_at(&self) -> Option<DateTime> {
        self.claim().decided_at.map(Into::into)
    }
}
