//! `decide`: a command on a claim, answered by the rules: the changed claim and its events, or every reason why not.

mod dispute;
mod draft;
pub(crate) mod ending;
mod partner;
mod review;

pub use dispute::{DECLINED_BY, say_by_link, with_open_lines};
pub use draft::judge as judge_draft;

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    access,
    command::{Command, NewDocument},
    table::{Leads, Rule},
};
use crate::{
    caller::Caller,
    claim::{Claim, Subject},
    eligibility::Facts,
    history::{self, Event, FieldChange},
    kinds::{ClaimStatus, CommentVisibility, HistoryAction, Role},
    notice::Notice,
    policy::Policy,
    problem::Problem,
    time::Timestamp,
};

/// What a command is judged by, besides the claim and the caller.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// Deadlines and limits.
    pub policy: &'a Policy,
    /// Now.
    pub now: Timestamp,
    /// The facts for the claim's intent (of an edit: the edited one's).
    pub facts: Facts,
    /// The other claim of the partner that has the external reference that the claim would have (L12).
    pub reference_taken: Option<Uuid>,
    /// Those of the claim's subjects that another claim holds a live association for (X6).
    pub taken: HashSet<Subject>,
}

/// What a command leads to.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The claim afterwards, with its version raised according to L11b.
    pub claim: Claim,
    /// The history entries, in order.
    pub events: Vec<Event>,
    /// Everything else to store.
    pub effects: Effects,
    /// Warnings beside a draft (E).
    pub problems: Vec<Problem>,
}

/// What is stored besides the claim and its history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an effect of its own, and any of them may come together")]
pub struct Effects {
    /// Comments to post.
    pub comments: Vec<NewComment>,
    /// A document to add.
    pub document: Option<NewDocument>,
    /// A document to remove.
    pub removed_document: Option<Uuid>,
    /// The lines changed.
    pub lines_changed: bool,
    /// An association starts for every line that counts (X6).
    pub associations_start: bool,
    /// The live associations of these lines end.
    pub associations_end: Vec<Uuid>,
    /// The live associations of the claim become official (N4).
    pub associations_official: bool,
    /// The record of the incentive evaluation changes (I1).
    pub evaluation_changed: bool,
    /// The notices.
    pub notices: Vec<Notice>,
    /// The draft is deleted.
    pub deleted: bool,
}

/// A comment to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    /// Its id.
    pub id: Uuid,
    /// Its text.
    pub body: String,
    /// Who may read it.
    pub visibility: CommentVisibility,
    /// Whether the server itself writes it.
    pub by_system: bool,
}

/// The field of history entries that names the reviewer for whom a deputy acted or was assigned (R4). Only the vendor's
/// side sees it.
pub const ACTING_FOR: &str = "actingFor";

/// Answers a command on a claim.
///
/// # Errors
/// Every reason why it is refused; then nothing may change.
pub fn decide(
    claim: &Claim,
    command: Command,
    caller: &Caller,
    given: &Circumstances<'_>,
) -> Result<Decision, Vec<Problem>> {
    let rule = access::may_ever(command.action(), caller)
        .map_err(|forbidden| vec![Problem::new(crate::problem::ProblemCode::NotAllowed, forbidden.0)])?;
    access::guard(rule, claim, caller, given.now).map_err(|problem| vec![problem])?;
    let step = Step { before: claim, rule, caller, given };
    let mut decision = step.take(command)?;
    // R4: the history names the reviewer for whom a deputy acted.
    if let Some(absent) = step.stood_in_for()
        && let Some(event) = decision.events.first_mut()
    {
        event.changes.extend(FieldChange::of(ACTING_FOR, None, Some(absent.to_owned())));
    }
    Ok(decision)
}

/// One command under way: the claim before it, the row of the table that opened it, and what it is judged by.
struct Step<'a> {
    before: &'a Claim,
    rule: &'a Rule,
    caller: &'a Caller,
    given: &'a Circumstances<'a>,
}

impl Step<'_> {
    /// The name of the absent reviewer for whom the caller acts, who may not act otherwise.
    fn stood_in_for(&self) -> Option<&str> {
        let reviewer = self.before.reviewer.as_ref()?;
        let for_them = reviewer.subject != self.caller.subject
            && self.caller.acts_as(&reviewer.subject)
            && !self.caller.is(Role::ReviewLead);
        for_them.then(|| reviewer.name.as_deref().unwrap_or(&reviewer.subject))
    }

    fn take(&self, command: Command) -> Result<Decision, Vec<Problem>> {
        let step = self;
        match command {
            Command::Edit(edited) => step.edit(*edited),
            Command::AttachProof(document) => step.attach_proof(document),
            Command::RemoveProof { document } => step.remove_proof(document),
            Command::DeleteDraft => Ok(step.delete_draft()),
            Command::Submit => step.submit(),
            Command::StartReview => Ok(step.start_review()),
            Command::Assign { to, absent } => step.assign(to, absent),
            Command::Reassign { from, to } => step.reassign(&from, to),
            Command::RequestPartnerAction { reasons, message, comment_id } => {
                step.request_action(reasons, &message, comment_id)
            }
            Command::Respond { message, comment_id } => step.respond(message.as_deref(), comment_id),
            Command::Approve { note } => step.approve(note.as_deref()),
            Command::Reject { reason, detail } => step.reject(reason, &detail),
            Command::Withdraw { detail } => step.withdraw(&detail),
            Command::Dispute { justification } => step.dispute(justification.as_deref()),
            Command::DeclineConsent { reason } => step.decline(reason.as_deref()),
            Command::Comment { body, visibility, comment_id } => step.comment(&body, visibility, comment_id),
        }
    }
}

impl Step<'_> {
    /// The claim after the change: with the next version, and the status from the table.
    fn next(&self) -> Claim {
        let mut next = self.before.clone();
        next.version += 1;
        next.updated_at = self.given.now;
        next.status = self.leads_to();
        next
    }

    fn leads_to(&self) -> ClaimStatus {
        match self.rule.leads {
            Leads::To(status) => status,
            Leads::Asks if self.before.status != ClaimStatus::Approved => ClaimStatus::PartnerActionRequired,
            Leads::Asks | Leads::Nowhere | Leads::Away => self.before.status,
        }
    }

    /// The event of this step, with the status it moves from and to, and what changed field by field (H1).
    fn event(&self, action: HistoryAction, next: &Claim) -> Event {
        let event = Event::new(action).changes(history::changes(Some(self.before), next));
        let to = self.leads_to();
        if to == self.before.status { event } else { event.moving(self.before.status, to) }
    }
}

fn done(claim: Claim, events: Vec<Event>, effects: Effects) -> Decision {
    Decision { claim, events, effects, problems: Vec::new() }
}

/// A change that is recorded in addition to the claim's own fields.
fn told(field: &str, before: Option<String>, after: Option<String>) -> Vec<FieldChange> {
    FieldChange::of(field, before, after).into_iter().collect()
}
