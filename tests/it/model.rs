//! Random actions of random callers, with clock moves, through the real API against a small reference (L, T, N, D, X, A).
//! What fails shrinks to a short list of steps.
// L10, L11b, T5, X6

mod claim;
mod contest;
mod doors;
mod reference;

use claim::{Outcome, Status};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    test_runner::{Config, TestCaseError, TestRunner},
};
use reference::{Action, How, Model, Refusal, Who};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Answer, Backend, Caller, Settings, World, directory::*, ids, world::PDF};

/// What can be claimed: two subscriptions and a workload, all Contoso's.
const SUBJECTS: usize = 3;
/// Which of them is a Microsoft 365 workload.
const WORKLOAD: usize = 2;
/// What a claim may be on.
const SHAPES: [&[usize]; 4] = [&[0], &[1], &[0, 1], &[WORKLOAD]];
const PRODUCTS: [&str; SUBJECTS] = [SALES, FINANCE, EXCHANGE_2];

/// One step of a walk; numbers are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    Create {
        partner: usize,
        shape: usize,
    },
    /// One of the things that can be done now.
    Forward {
        choice: usize,
    },
    /// Anybody tries anything.
    Any {
        who: usize,
        action: usize,
        claim: usize,
        stale: bool,
        bare: bool,
        winner: usize,
    },
    Wait {
        hours: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let number = || any::<u16>().prop_map(usize::from);
    let anything =
        (number(), number(), number(), prop_oneof![9 => Just(false), 1 => Just(true)], any::<bool>(), number());
    prop_oneof![
        3 => (0..2_usize, 0..SHAPES.len()).prop_map(|(partner, shape)| Step::Create { partner, shape }),
        11 => number().prop_map(|choice| Step::Forward { choice }),
        5 => anything.prop_map(|(who, action, claim, stale, bare, winner)| Step::Any { who, action, claim, stale, bare, winner }),
        3 => prop_oneof![3 => 1..240_i64, 1 => 240..900_i64].prop_map(|hours| Step::Wait { hours }),
    ]
}

const EVERYBODY: [Who; 8] = [
    Who::Admin(0),
    Who::Admin(1),
    Who::User,
    Who::Reviewer(0),
    Who::Reviewer(1),
    Who::Lead,
    Who::Auditor,
    Who::Customer,
];

/// A walk: the reference, and the real thing beside it.
struct Walk<'a> {
    world: &'a World,
    model: Model,
    /// The real claims' ids, by the reference's numbers.
    ids: Vec<String>,
    /// What was done so far, for who has to understand a failure.
    trail: Vec<String>,
}

impl Walk<'_> {
    fn caller(&self, who: Who) -> &Caller {
        match who {
            Who::Admin(0) => &self.world.partner,
            Who::Admin(_) => &self.world.rival,
            Who::User => &self.world.user,
            Who::Reviewer(0) => &self.world.reviewer,
            Who::Reviewer(_) => &self.world.second_reviewer,
            Who::Lead => &self.world.lead,
            Who::Auditor => &self.world.auditor,
            Who::Customer => &self.world.customer,
        }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Create { partner, shape } => self.create(partner, SHAPES[shape]).await,
            Step::Wait { hours } => {
                self.trail.push(format!("wait {hours} h"));
                self.world.later(&format!("PT{hours}H")).await;
                self.model.advance(hours);
            }
            Step::Forward { choice } => {
                let open = self.open();
                if !open.is_empty() {
                    let (who, action, claim, how) = open[choice % open.len()];
                    self.act(who, action, claim, how).await;
                }
            }
            Step::Any { who, action, claim, stale, bare, winner } => {
                let (who, action) = (EVERYBODY[who % EVERYBODY.len()], Action::ALL[action % Action::ALL.len()]);
                let range = if action == Action::Award { self.model.open.len() } else { self.ids.len() };
                if range > 0 {
                    let claim = claim % range;
                    let claim =
                        if action == Action::Award { *self.model.open.keys().nth(claim).unwrap() } else { claim };
                    self.act(who, action, claim, How { stale, bare, winner: winner % self.ids.len() }).await;
                }
            }
        }
        self.compare().await;
    }

    /// Everything that moves a claim and that the reference would let happen.
    fn open(&self) -> Vec<(Who, Action, usize, How)> {
        let mut open = Vec::new();
        for action in Action::ALL
            .into_iter()
            .filter(|action| !matches!(action, Action::Comment | Action::Edit | Action::Assign | Action::Delete))
        {
            for who in EVERYBODY {
                let targets: Vec<usize> = if action == Action::Award {
                    self.model.open.keys().copied().collect()
                } else {
                    (0..self.ids.len()).collect()
                };
                for claim in targets {
                    let winners = if action == Action::Award { 0..self.ids.len() } else { 0..1 };
                    let hows = winners.map(|winner| How { winner, ..How::default() });
                    open.extend(
                        hows.filter(|how| self.model.clone().act(who, action, claim, *how).is_ok())
                            .map(|how| (who, action, claim, how)),
                    );
                }
            }
        }
        open
    }

    async fn create(&mut self, partner: usize, subjects: &[usize]) {
        self.trail.push(format!("{partner} drafts {} on {subjects:?}", self.ids.len()));
        let caller = self.caller(Who::Admin(partner));
        let mut input = self.world.input_of(caller);
        let line = |subject: &usize| match *subject {
            1 => json!({ "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }),
            subject => json!({ "productId": ids::of_product(PRODUCTS[subject]) }),
        };
        input["lines"] = subjects.iter().map(line).collect();
        if subjects.contains(&WORKLOAD) {
            input["solutionArea"] = json!("MICROSOFT_365");
            input["activities"] = json!(["USAGE"]);
        }
        let draft = caller.mutate("createClaim", input).await.claim();
        let proven = caller.attach(draft.id(), "proof.pdf", PDF).await.claim();
        self.ids.push(proven.id().to_owned());
        self.model.create(partner, subjects);
    }

    async fn act(&mut self, who: Who, action: Action, claim: usize, how: How) {
        let answer = self.ask(who, action, claim, how).await;
        let expected = self.model.act(who, action, claim, how);
        assert_eq!(
            told(&answer),
            expected,
            "{who:?} {action:?} of {claim} {how:?} at hour {}: {}",
            self.model.now,
            answer.text
        );
    }

    async fn ask(&self, who: Who, action: Action, claim: usize, how: How) -> Answer {
        let caller = self.caller(who);
        if action == Action::Award {
            return self.ask_award(caller, claim, how).await;
        }
        let id = &self.ids[claim];
        let (mutation, mut input) = match action {
            Action::Attach => return caller.attach(id, "more.pdf", PDF).await,
            Action::Comment => {
                let internal = how.bare && !matches!(who, Who::Admin(_) | Who::User);
                return caller.comment(id, "A word.", if internal { "INTERNAL" } else { "SHARED" }).await;
            }
            Action::Delete => ("deleteClaimDraft", json!({})),
            Action::Submit => ("submitClaim", json!({})),
            Action::Start => ("startReview", json!({})),
            Action::Assign => ("assignReviewer", json!({ "reviewerSubject": caller.subject })),
            Action::Ask => ("requestPartnerAction", json!({ "reasons": ["OTHER"], "message": "Please explain." })),
            Action::Respond if how.bare => ("respondToReview", json!({})),
            Action::Respond => ("respondToReview", json!({ "message": "Explained." })),
            Action::Approve => ("approveClaim", json!({})),
            Action::Reject => ("rejectClaim", json!({ "reason": "OTHER", "detail": "No." })),
            Action::Withdraw => ("withdrawClaim", json!({ "detail": "Away." })),
            Action::Dispute if how.bare => ("disputeClaim", json!({})),
            Action::Dispute => ("disputeClaim", json!({ "justification": "Yes." })),
            Action::Decline => ("declineConsent", json!({})),
            Action::Edit => ("updateClaim", json!({ "name": format!("Name {}", self.trail.len()) })),
            Action::Award => unreachable!("asked above"),
        };
        input["claimId"] = json!(id);
        input["expectedVersion"] = json!(self.model.claims[claim].version - i64::from(how.stale));
        caller.mutate(mutation, input).await
    }

    async fn ask_award(&self, caller: &Caller, subject: usize, how: How) -> Answer {
        let product = ids::of_product(PRODUCTS[subject]);
        let open =
            self.world.lead.query("{ arbitrations(first: 100, status: OPEN) { nodes { id product { id } } } }").await;
        let all = open["arbitrations"]["nodes"].as_array().unwrap();
        let id = &all.iter().find(|one| one["product"]["id"] == product.as_str()).unwrap()["id"];
        let input = json!({ "arbitrationId": id, "winnerClaimId": self.ids[how.winner], "rationale": "So it is." });
        caller.mutate("awardArbitration", input).await
    }

    /// What each sees is what the reference says that they see.
    async fn compare(&self) {
        let query = "{ claims(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { totalCount nodes { id status version \
            history { totalCount } deadline { kind dueAt } lines { outcome } evaluation { status } } } \
            associations(first: 100, live: true) { totalCount nodes { product { id } } } \
            arbitrations(status: OPEN) { totalCount } }";
        for who in [Who::Lead, Who::Admin(0), Who::Admin(1), Who::Customer] {
            let seen = self.caller(who).query(query).await;
            let expected: Vec<usize> =
                (0..self.ids.len()).filter(|claim| Model::sees(who, &self.model.claims[*claim])).collect();
            assert_eq!(seen["claims"]["totalCount"], json!(expected.len()), "in sight of {who:?}");
            for claim in expected {
                let nodes = seen["claims"]["nodes"].as_array().unwrap();
                let node = nodes.iter().find(|node| node["id"] == self.ids[claim].as_str());
                let node = node.unwrap_or_else(|| panic!("{who:?} does not see {claim}"));
                assert_eq!(
                    node,
                    &self.expected(who, claim),
                    "claim {claim} as {who:?} sees it at hour {}",
                    self.model.now
                );
            }
            let held = |claim: &&claim::Claim| matches!(who, Who::Lead | Who::Customer) || Model::sees(who, claim);
            let live =
                self.model.claims.iter().filter(held).flat_map(|claim| &claim.lines).filter(|line| line.held).count();
            assert_eq!(seen["associations"]["totalCount"], json!(live), "associations in sight of {who:?}");
            if who == Who::Lead {
                let mut products: Vec<_> = seen["associations"]["nodes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["product"]["id"].to_string())
                    .collect();
                products.sort();
                products.dedup();
                assert_eq!(products.len(), live, "one association a subject");
                assert_eq!(seen["arbitrations"]["totalCount"], json!(self.model.open.len()));
            }
        }
    }

    fn expected(&self, who: Who, index: usize) -> Value {
        let claim = &self.model.claims[index];
        let customer = who == Who::Customer;
        let clock =
            claim.shown_clock(self.model.contested(index), self.model.now).map(|(kind, due)| (kind.to_owned(), due));
        let clock = if customer { claim.consent_clock().map(|due| ("CONSENT".to_owned(), due)) } else { clock };
        let entries = match who {
            Who::Customer => 0,
            Who::Admin(_) => claim.entries - claim.internal,
            _ => claim.entries,
        };
        let outcome = |outcome| match outcome {
            Outcome::Won if !customer => "WON",
            Outcome::Lost if !customer => "LOST",
            _ => "PENDING",
        };
        json!({
            "id": self.ids[index],
            "status": match claim.status {
                Status::Editing => "EDITING",
                Status::Submitted => "SUBMITTED",
                Status::UnderReview => "UNDER_REVIEW",
                Status::Asked => "PARTNER_ACTION_REQUIRED",
                Status::Approved => "APPROVED",
                Status::Rejected => "REJECTED",
            },
            "version": claim.version,
            "history": { "totalCount": entries },
            "deadline": clock.map(|(kind, due)| json!({ "kind": kind, "dueAt": instant(due) })),
            "lines": claim.lines.iter().map(|line| json!({ "outcome": outcome(line.outcome) })).collect::<Vec<_>>(),
            "evaluation": claim.evaluation.name().filter(|_| !customer).map(|status| json!({ "status": status })),
        })
    }
}

/// What the answer says, as the reference would put it.
fn told(answer: &Answer) -> Result<(), Refusal> {
    if !answer.body["errors"].is_null() {
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", answer.text);
        return Err(Refusal::Forbidden);
    }
    let payload = answer.payload();
    if ["claim", "deletedClaimId", "arbitration"].iter().any(|field| !payload[*field].is_null()) {
        return Ok(());
    }
    Err(Refusal::Problems(answer.refused().into_iter().map(|code| &*code.leak()).collect()))
}

fn instant(hour: i64) -> String {
    let monday = jiff::civil::date(2026, 3, 2).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    (monday + jiff::SignedDuration::from_hours(hour)).to_string()
}

async fn walk(backend: Backend, steps: &[Step]) {
    let world = World::start(backend, Settings::default()).await;
    let mut walk = Walk { world: &world, model: Model::new(), ids: Vec::new(), trail: Vec::new() };
    for step in steps {
        walk.step(step).await;
    }
    world.finish().await;
}

#[expect(clippy::disallowed_methods, reason = "how long a test tries is no setting of the server")]
fn walks(backend: Backend, cases: u32, max_shrink_iters: u32) {
    // The usual variable asks for a longer walk.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|asked| asked.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters, ..Config::default() };
    let runtime = Runtime::new().unwrap();
    let done = TestRunner::new(config).run(&vec(step(), 15..40), |steps| {
        // On the runtime's own threads, so that a failure is one case's and not the test's.
        let walked = runtime.block_on(async { tokio::spawn(async move { walk(backend, &steps).await }).await });
        walked.map_err(|panic| TestCaseError::fail(message(panic)))
    });
    if let Err(error) = done {
        panic!("{error}");
    }
}

fn message(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "cancelled".to_owned() };
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_default()
}

#[test]
fn the_server_does_what_the_reference_does_on_sqlite() {
    walks(Backend::Sqlite, 24, 120);
}

#[test]
fn the_server_does_what_the_reference_does_on_postgres() {
    walks(Backend::Postgres, 8, 30);
}
