//! A claim in the statuses that decisions are measured in, reached by the rules themselves.

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{
    caller::{Caller, Side, usable_scopes},
    claim::{Claim, Contact},
    eligibility::{Facts, Location, Product, Subscription},
    kinds::{
        Activity, CommentVisibility, IncentiveProgram, Role, SolutionArea, SubscriptionChannel, SubscriptionStatus,
    },
    lifecycle::{Circumstances, ClaimContent, Command, Decision, Ids, NewDocument, NewLine, create, decide},
    patch::Patch,
    policy::Policy,
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

const PARTNER: Uuid = Uuid::from_u128(1);
const TENANT: Uuid = Uuid::from_u128(2);
const DOMAIN: &str = "contoso.example";
const MPN: &str = "4711";
/// Lines, products and subscriptions; a claim of many products is the worst case of eligibility.
const LINES: u128 = 10;

/// A command that is about to be decided.
pub struct Scene {
    pub name: &'static str,
    pub claim: Claim,
    pub caller: Caller,
    pub command: Command,
    pub now: Timestamp,
    policy: Policy,
}

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| jiff::Timestamp::UNIX_EPOCH.into())
}

fn caller(role: Role, side: Side) -> Caller {
    let subject = format!("{}@example", role.as_str().to_lowercase());
    Caller {
        subject,
        name: None,
        roles: vec![role],
        scopes: usable_scopes(role).to_vec(),
        side,
        stands_in_for: Vec::new(),
    }
}

fn sku(line: u128) -> Uuid {
    Uuid::from_u128(1000 + line)
}

fn subscription(line: u128) -> Uuid {
    Uuid::from_u128(2000 + line)
}

impl Scene {
    /// Every measured command.
    pub fn all() -> [Self; 4] {
        [Self::submit(), Self::start_review(), Self::approve(), Self::comment()]
    }

    /// Handing in a claim of ten products: all of eligibility.
    fn submit() -> Self {
        let partner = caller(Role::GlobalAdmin, Side::Partner(PARTNER));
        let document = NewDocument {
            id: Uuid::from_u128(5),
            name: "proof.pdf".to_owned(),
            media_type: Some("application/pdf".to_owned()),
            size: 1000,
            sha256: "0".repeat(64),
        };
        Self::new("submit 10 lines", draft(), partner.clone(), Command::AttachProof(document)).then(
            "submit 10 lines",
            partner,
            Command::Submit,
        )
    }

    /// Taking it into review.
    pub fn start_review() -> Self {
        Self::submit().then("start the review", caller(Role::Reviewer, Side::Vendor), Command::StartReview)
    }

    /// Approving it.
    fn approve() -> Self {
        Self::start_review().then(
            "approve 10 lines",
            caller(Role::Reviewer, Side::Vendor),
            Command::Approve { note: None },
        )
    }

    /// Commenting on it.
    fn comment() -> Self {
        let comment = Command::Comment {
            body: "The customer signed the statement of work on page 4.".to_owned(),
            visibility: CommentVisibility::Shared,
        };
        Self::start_review().then("comment", caller(Role::Reviewer, Side::Vendor), comment)
    }

    fn new(name: &'static str, claim: Claim, caller: Caller, command: Command) -> Self {
        Self { name, claim, caller, command, now: at("2026-03-02T09:00:00Z"), policy: Policy::default() }
    }

    /// The next command, on the claim as this one leaves it.
    fn then(self, name: &'static str, caller: Caller, command: Command) -> Self {
        let claim = self.decide().map_or_else(|_| self.claim.clone(), |decision| decision.claim);
        Self::new(name, claim, caller, command)
    }

    /// What the command is judged by.
    pub fn given(&self) -> Circumstances<'_> {
        let facts = Facts {
            domains: Some(HashSet::from([DOMAIN.to_owned()])),
            location: Some(Location { partner_id: PARTNER, enrolled: vec![IncentiveProgram::OsuBusinessApplications] }),
            products: (0..LINES).map(|line| (sku(line), product(line))).collect::<HashMap<_, _>>(),
            subscriptions: (0..LINES).map(bought).collect(),
            ..Facts::default()
        };
        Circumstances { facts, ..Circumstances::new(&self.policy, self.now, Ids(&id)) }
    }

    /// The decision.
    pub fn decide(&self) -> Result<Decision, Vec<Problem>> {
        decide(&self.claim, self.command.clone(), &self.caller, &self.given())
    }
}

fn product(line: u128) -> Product {
    Product { sku_id: sku(line), name: format!("Product {line}"), solution_area: SolutionArea::BusinessApplications }
}

fn bought(line: u128) -> Subscription {
    Subscription {
        subscription_id: subscription(line),
        sku_id: sku(line),
        channel: SubscriptionChannel::WebDirect,
        status: SubscriptionStatus::Active,
        ends_at: None,
    }
}

fn contact() -> Patch<Contact> {
    let email = "ana@contoso.example".to_owned();
    Patch::Set(Contact { name: "Ana Costa".to_owned(), title: None, email, phone: None })
}

fn draft() -> Claim {
    let line = |line| NewLine { sku_id: Some(sku(line)), typed: Some(subscription(line).to_string()) };
    let content = ClaimContent {
        name: "Finance for five plants".to_owned(),
        domain: DOMAIN.to_owned(),
        activities: vec![Activity::Usage],
        mpn_id: MPN.to_owned(),
        lines: Patch::Set((0..LINES).map(line).collect()),
        customer_contact: contact(),
        technical_contact: contact(),
        partner_contact: contact(),
        ..ClaimContent::about(TENANT, SolutionArea::BusinessApplications)
    };
    match create(PARTNER, content, "CPOR-0000-0001".to_owned(), at("2026-03-01T09:00:00Z"), Ids(&id)) {
        Ok(edited) => edited.claim,
        Err(problems) => unreachable!("the draft is refused: {problems:?}"),
    }
}

/// A new id each time.
fn id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(3000);
    Uuid::from_u128(LAST.fetch_add(1, Ordering::Relaxed).into())
}
