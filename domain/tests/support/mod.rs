//! Claims and callers for the tests of the rules.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(missing_docs, clippy::allow_attributes, reason = "test support")]

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{
    caller::{Caller, usable_scopes},
    claim::{ActionRequest, Claim, Consent, Contact, Evaluation, Line, Rejection, Reviewer},
    eligibility::{Facts, Location, Product, Subscription},
    kinds::{
        ActionReason, Activity, ClaimStatus, ConsentStatus, EvaluationStatus, HistoryAction, IncentiveProgram,
        LineOutcome, RejectionReason, Role, SolutionArea, SubscriptionChannel, SubscriptionStatus,
    },
    lifecycle::{self, Assignee, Circumstances, Command, Decision, Ids},
    policy::Policy,
    problem::{Problem, ProblemCode},
    time::Timestamp,
};
use uuid::Uuid;

pub const PARTNER: Uuid = Uuid::from_u128(1);
pub const TENANT: Uuid = Uuid::from_u128(2);
pub const SKU: Uuid = Uuid::from_u128(3);
pub const SUBSCRIPTION: Uuid = Uuid::from_u128(4);
pub const DOMAIN: &str = "contoso.example";
pub const MPN: &str = "4711";

pub mod arena;
pub mod commands;

/// 2026-03-02, a Monday, 09:00 UTC.
pub fn monday() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A day later.
pub fn later() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What history tells, without the details.
pub fn actions(decision: &Decision) -> Vec<HistoryAction> {
    decision.events.iter().map(|event| event.action).collect()
}

pub fn codes(problems: &[Problem]) -> Vec<ProblemCode> {
    problems.iter().map(|problem| problem.code).collect()
}

/// Where the tests' new ids come from.
pub const IDS: Ids<'static> = Ids(&new_id);

fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0x9000_0000);
    Uuid::from_u128(LAST.fetch_add(1, Ordering::Relaxed).into())
}

/// Answers a command on a claim; a reviewer that it names is there.
pub fn decide(
    claim: &Claim,
    command: Command,
    caller: &Caller,
    given: &Circumstances<'_>,
) -> Result<Decision, Vec<Problem>> {
    let mut given = given.clone();
    if let Command::Assign { subject } = &command {
        given.assignee = Assignee { reviewer: subject.as_deref().map(reviewer_of), absent: None };
    }
    lifecycle::decide(claim, command, caller, &given)
}

/// A command on a claim by somebody of this role, answered at an instant.
pub fn run_at(claim: &Claim, role: Role, command: Command, now: Timestamp) -> Result<Decision, Vec<Problem>> {
    let policy = Policy::default();
    decide(claim, command, &caller(role), &given_at(&policy, now))
}

pub fn caller(role: Role) -> Caller {
    let scopes = usable_scopes(role).to_vec();
    let subject = format!("{}@example", role.as_str().to_lowercase());
    Caller::new(subject, None, &[role], scopes, Some(PARTNER), Some(TENANT)).unwrap()
}

pub fn reviewer_of(subject: &str) -> Reviewer {
    Reviewer { subject: subject.to_owned(), name: None }
}

pub fn contact() -> Contact {
    Contact { name: "Ana".to_owned(), title: None, email: "ana@contoso.example".to_owned(), phone: None }
}

/// A whole claim on one subscription of Business Applications, assigned to `reviewer@example` from the review on.
pub fn claim(status: ClaimStatus) -> Claim {
    let submitted = status != ClaimStatus::Editing;
    let reviewed = submitted && status != ClaimStatus::Submitted;
    let asked = status == ClaimStatus::PartnerActionRequired;
    Claim {
        id: Uuid::from_u128(100),
        number: "CPOR-0000-0001".to_owned(),
        name: "Contoso".to_owned(),
        external_reference: None,
        version: 7,
        status,
        partner_id: PARTNER,
        mpn_id: MPN.to_owned(),
        tenant_id: TENANT,
        domain: DOMAIN.to_owned(),
        solution_area: SolutionArea::BusinessApplications,
        activities: vec![Activity::Usage],
        lines: vec![Line {
            id: Uuid::from_u128(101),
            sku_id: SKU,
            typed: Some(SUBSCRIPTION.to_string()),
            subscription_id: submitted.then_some(SUBSCRIPTION),
            outcome: LineOutcome::Pending,
            associated: status == ClaimStatus::Approved,
        }],
        customer_contact: Some(contact()),
        technical_contact: Some(contact()),
        partner_contact: Some(contact()),
        solution_seller: None,
        partner_solution: None,
        documents: 1,
        reviewer: reviewed.then(|| reviewer_of("reviewer@example")),
        deadline: None,
        decision_due_at: None,
        action_request: asked.then(|| ActionRequest {
            reasons: vec![ActionReason::Other],
            message: "More, please.".to_owned(),
            requested_at: monday(),
            respond_by: monday(),
            answered: false,
        }),
        rejection: (status == ClaimStatus::Rejected).then(|| Rejection {
            reason: RejectionReason::InsufficientPoe,
            detail: "Not enough.".to_owned(),
            rejected_at: monday(),
            disputable_until: Some(later()),
            rejected_by: Some("reviewer@example".to_owned()),
            new_proof: false,
        }),
        consent: (status == ClaimStatus::Approved).then(|| Consent {
            status: ConsentStatus::Pending,
            requested_at: monday(),
            decline_until: later(),
            settled_at: None,
        }),
        dispute: None,
        evaluation: (status == ClaimStatus::Approved)
            .then_some(Evaluation { status: EvaluationStatus::WaitingForConsent, sent_at: None }),
        contested_since: None,
        missed_at: None,
        created_at: monday(),
        updated_at: monday(),
        submitted_at: submitted.then(monday),
        decided_at: None,
        approved_at: None,
    }
}

/// Facts under which that claim has no problem.
pub fn facts() -> Facts {
    Facts {
        domains: Some(HashSet::from([DOMAIN.to_owned()])),
        location: Some(Location {
            partner_id: PARTNER,
            enrolled: vec![IncentiveProgram::OsaSell, IncentiveProgram::OsuBusinessApplications],
        }),
        products: HashMap::from([(
            SKU,
            Product { sku_id: SKU, name: "Sales".to_owned(), solution_area: SolutionArea::BusinessApplications },
        )]),
        sku_ids: HashSet::new(),
        subscriptions: vec![Subscription {
            subscription_id: SUBSCRIPTION,
            sku_id: SKU,
            channel: SubscriptionChannel::WebDirect,
            status: SubscriptionStatus::Active,
            ends_at: None,
        }],
        claimed: HashMap::new(),
    }
}

pub fn given(policy: &Policy) -> Circumstances<'_> {
    given_at(policy, monday())
}

pub fn given_at(policy: &Policy, now: Timestamp) -> Circumstances<'_> {
    Circumstances { facts: facts(), ..Circumstances::new(policy, now, IDS) }
}
