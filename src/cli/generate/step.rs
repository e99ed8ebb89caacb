//! One step of a story: what it asks of the rules, and who asks.

use std::collections::{BTreeSet, HashSet};

use domain::{
    arbitration,
    caller::Caller,
    claim::Claim,
    eligibility::{self, Facts, Intent},
    kinds::{ActionReason, ClaimAction, CommentVisibility, RejectionReason},
    lifecycle::{self, Circumstances, Command, Edit, Ids},
    patch::Patch,
};
use uuid::Uuid;

use super::{
    plot::{Beat, Ending, Step},
    record,
    span::{DAY, far, later},
    stage::Stage,
    words, world,
};

/// Takes the step, if the rules allow it.
pub(super) fn take(stage: &mut Stage<'_>, id: Uuid, beat: Beat) {
    let Some(claim) = stage.claims.get(&id).map(|kept| kept.claim.clone()) else { return };
    if beat.step == Step::Award {
        return award(stage, &claim);
    }
    let policy =
        if beat.rests { far(&stage.world.policy, stage.now, &mut stage.dice) } else { stage.world.policy.clone() };
    let Some((caller, command)) = asked(stage, &claim, beat.step) else { return };
    let id_of_new = stage.dice.id(stage.now);
    let ids = || id_of_new;
    let Some(given) = circumstances(stage, &claim, &command, (&policy, Ids(&ids))) else { return };
    let document = match &command {
        Command::AttachProof(document) => Some(document.clone()),
        _ => None,
    };
    let Ok(decision) = lifecycle::decide(&claim, command, &caller, &given) else { return };
    if let Some(document) = document {
        stage.record.document(&document, id, caller.actor(), stage.now);
    }
    stage.carry_out(decision, &caller.actor(), &policy);
    if beat.step == Step::Approve {
        end_subscription(stage, id);
    }
}

/// Who does what.
fn asked(stage: &mut Stage<'_>, claim: &Claim, step: Step) -> Option<(Caller, Command)> {
    let partner = stage.admin(claim.partner_id)?;
    let reviewer = reviewer(stage, claim);
    let mut one_of = |words: &[&str]| stage.dice.pick(words).map_or_else(String::new, |words| (*words).to_owned());
    let comment = |body, visibility| Command::Comment { body, visibility };
    Some(match step {
        Step::Edit => {
            let name = Patch::Set(format!("{}, revised", claim.name));
            (partner, Command::Edit(Box::new(Edit { name, ..Edit::default() })))
        }
        Step::Attach => (partner, Command::AttachProof(record::proof(&mut stage.dice, stage.now))),
        Step::Submit => (partner, Command::Submit),
        Step::StartReview => (reviewer, Command::StartReview),
        Step::Ask => {
            let reasons = vec![*stage.dice.pick(ActionReason::ALL)?];
            let message = stage.dice.pick(&words::ASKS).map_or_else(String::new, |words| (*words).to_owned());
            (reviewer, Command::RequestPartnerAction { reasons, message })
        }
        Step::Respond => (partner, Command::Respond { message: Some(one_of(&words::PARTNER_SAYS)) }),
        Step::Approve => (reviewer, Command::Approve { note: Some("The proof is complete.".to_owned()) }),
        Step::Reject => {
            (reviewer, Command::Reject { reason: RejectionReason::InsufficientPoe, detail: one_of(&words::REJECTS) })
        }
        Step::Dispute => (partner, Command::Dispute { justification: Some(one_of(&words::DISPUTES)) }),
        Step::Withdraw => (partner, Command::Withdraw { detail: "The customer cancelled the project.".to_owned() }),
        Step::Decline => {
            let reason = Some("We did not work with this partner.".to_owned());
            (world::customer_admin(&stage.customer), Command::DeclineConsent { reason, by_link: false })
        }
        Step::PartnerSays => (partner, comment(one_of(&words::PARTNER_SAYS), CommentVisibility::Shared)),
        Step::ReviewerSays => (reviewer, comment(one_of(&words::REVIEWER_SAYS), CommentVisibility::Shared)),
        Step::Note => (reviewer, comment(one_of(&words::INTERNAL), CommentVisibility::Internal)),
        Step::Award => return None,
    })
}

/// The assigned reviewer, or any reviewer while the claim is unassigned. The lead decides disputes (D2).
fn reviewer(stage: &mut Stage<'_>, claim: &Claim) -> Caller {
    let number = stage.dice.number();
    if claim.disputed() {
        return world::lead();
    }
    let digits = |subject: &str| subject.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok();
    let assigned = claim.reviewer.as_ref().and_then(|reviewer| digits(&reviewer.subject));
    world::reviewer(assigned.unwrap_or(number))
}

/// What a command is judged by, as a server would look it up; `None` if its values are not acceptable.
fn circumstances<'a>(
    stage: &Stage<'_>,
    claim: &Claim,
    command: &Command,
    (policy, ids): (&'a domain::policy::Policy, Ids<'a>),
) -> Option<Circumstances<'a>> {
    let needs = command.needs(claim, ids).ok()?;
    let mut given = Circumstances::new(policy, stage.now, ids);
    if let Some(intent) = &needs.facts_of {
        given.facts = facts(stage, intent);
    }
    if needs.associations {
        given.taken = taken(stage, claim);
    }
    Some(given)
}

/// Those of a claim's subjects that another claim holds the association for (X6).
fn taken(stage: &Stage<'_>, claim: &Claim) -> HashSet<domain::claim::Subject> {
    let subjects = claim.standing_lines().filter_map(|line| claim.subject(line));
    let holds = |other: &Claim| other.lines.iter().any(|line| line.associated);
    subjects.filter(|subject| stage.is_claimed(subject, claim.id, holds)).collect()
}

/// The facts about an intent from the directory and the partner's other claims.
pub(super) fn facts(stage: &Stage<'_>, intent: &Intent) -> Facts {
    let partner = stage.world.partner(intent.partner_id);
    let location =
        partner.and_then(|partner| partner.locations.iter().find(|location| location.mpn_id == intent.mpn_id));
    let skus: BTreeSet<Uuid> = intent.lines.iter().filter_map(|line| line.sku_id).collect();
    let products = skus.iter().filter_map(|sku_id| stage.world.product(*sku_id)).map(|product| {
        let known = eligibility::Product {
            sku_id: product.sku_id,
            name: product.name.clone(),
            solution_area: product.solution_area,
        };
        (product.sku_id, known)
    });
    let subscriptions = stage.subscriptions.iter().filter(|subscription| skus.contains(&subscription.sku_id));
    let mine = |subject: &domain::claim::Subject| {
        let own = |claim: &Claim| claim.partner_id == intent.partner_id;
        stage.is_claimed(subject, intent.claim_id.unwrap_or_default(), own)
    };
    let subjects = stage.subjects(&skus);
    Facts {
        domains: Some(stage.customer.domains.iter().flatten().cloned().collect()),
        location: location.map(|location| eligibility::Location {
            partner_id: intent.partner_id,
            enrolled: location.enrolled_programs.clone(),
        }),
        products: products.collect(),
        sku_ids: HashSet::new(),
        subscriptions: subscriptions
            .map(|subscription| eligibility::Subscription {
                subscription_id: subscription.subscription_id,
                sku_id: subscription.sku_id,
                channel: subscription.channel,
                status: subscription.status,
                ends_at: subscription.ends_at,
            })
            .collect(),
        claimed: subjects.into_iter().filter(mine).map(|subject| (subject, Uuid::nil())).collect(),
    }
}

/// The lead awards the open arbitration that the claim is in to one of its sides (X5).
fn award(stage: &mut Stage<'_>, claim: &Claim) {
    let Some(open) = stage.open.iter().find(|open| open.parties.contains(&claim.id)).cloned() else { return };
    let parties: Vec<Uuid> = open.parties.iter().copied().collect();
    let Some(winner) = stage.dice.pick(&parties).copied() else { return };
    let contest = stage.around(&BTreeSet::from([open.subject.clone()]), None);
    let lead = world::lead();
    let Some(rule) = lifecycle::rule_of(ClaimAction::AwardArbitration) else { return };
    let Some(claim) = contest.claims.get(&winner) else { return };
    let Ok(winner) = lifecycle::open(rule, claim, &lead, stage.now) else { return };
    let rationale = "Its proof of execution is the more recent one and names the customer's acceptance.".to_owned();
    let (now, dice) = (stage.now, &mut stage.dice);
    let policy = &stage.world.policy;
    let aftermath = arbitration::award(&contest, &open, winner, rationale, policy, now, &mut || dice.id(now));
    if let Some(aftermath) = aftermath {
        stage.settle(aftermath, &lead.actor());
    }
}

/// Lets the subscription of an approved claim end some weeks after its consent has lapsed (I2).
fn end_subscription(stage: &mut Stage<'_>, id: Uuid) {
    let Some(kept) = stage.claims.get(&id).filter(|kept| kept.ending == Ending::Ended) else { return };
    let Some(line) = kept.claim.lines.iter().find(|line| line.associated) else { return };
    let (line, subscription) = (line.id, line.subscription_id);
    let at = later(stage.now, 20 * DAY);
    if let Some(row) = stage.subscriptions.iter_mut().find(|row| Some(row.subscription_id) == subscription) {
        row.ends_at = Some(at);
        stage.plan_end(at, id, line);
    }
}
