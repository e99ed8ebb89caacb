//! `decide`: a command on a claim, answered by the rules: the changed claim and its events, or every reason why not.

mod dispute;
mod draft;
pub(crate) mod ending;
mod partner;
mod review;

pub use dispute::DECLINED_BY;
pub(crate) use dispute::with_open_lines;
pub use draft::judge as judge_draft;

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    access,
    command::{Command, Edited, Ids, NewDocument, OldDocument},
    edit::prepare_edit,
    table::{Leads, Rule},
};
use crate::{
    caller::Caller,
    claim::{Claim, Reviewer, Subject},
    eligibility::Facts,
    history::{self, Event, FieldChange},
    kinds::{ClaimAction, ClaimStatus, CommentVisibility, HistoryAction, Role},
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
    /// Where the ids of new comments and lines come from.
    pub ids: Ids<'a>,
    /// The facts for the claim's intent (of an edit: the edited one's).
    pub facts: Facts,
    /// The other claim of the partner that has the external reference that the claim would have (L12).
    pub reference_taken: Option<Uuid>,
    /// Those of the claim's subjects that another claim holds a live association for (X6).
    pub taken: HashSet<Subject>,
    /// The document to remove; `None` if the claim has none of that id.
    pub document: Option<OldDocument>,
    /// Who gets the review that is assigned.
    pub assignee: Assignee,
}

impl<'a> Circumstances<'a> {
    /// What is known before anything is looked up.
    #[must_use]
    pub fn new(policy: &'a Policy, now: Timestamp, ids: Ids<'a>) -> Self {
        Self {
            policy,
            now,
            ids,
            facts: Facts::default(),
            reference_taken: None,
            taken: HashSet::new(),
            document: None,
            assignee: Assignee::default(),
        }
    }
}

/// Who gets a review.
#[derive(Clone, Debug, Default)]
pub struct Assignee {
    /// The reviewer, or the deputy of one who is absent; `None` removes the current reviewer.
    pub reviewer: Option<Reviewer>,
    /// The name of the absent reviewer whose deputy gets the review, or who has no deputy.
    pub absent: Option<String>,
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

impl Decision {
    fn new(claim: Claim, events: Vec<Event>, effects: Effects) -> Self {
        Self { claim, events, effects, problems: Vec::new() }
    }
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

/// An action that the table opens to a caller on a claim, now.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    rule: &'static Rule,
    claim: &'a Claim,
    caller: &'a Caller,
}

/// Opens the action of a row, as [`access::guard`] allows it.
///
/// # Errors
/// Why it is not open.
pub fn open<'a>(
    rule: &'static Rule,
    claim: &'a Claim,
    caller: &'a Caller,
    now: Timestamp,
) -> Result<Open<'a>, Problem> {
    access::guard(rule, claim, caller, now)?;
    Ok(Open { rule, claim, caller })
}

impl<'a> Open<'a> {
    /// The claim that it was opened on.
    #[must_use]
    pub const fn claim(&self) -> &'a Claim {
        self.claim
    }
}

impl Open<'_> {
    /// Decides on a command for which the action was opened.
    ///
    /// # Errors
    /// Every reason why it is refused; then nothing may change.
    pub fn decide(&self, command: Command, given: &Circumstances<'_>) -> Result<Decision, Vec<Problem>> {
        self.step(given, |step| step.take(command))
    }

    fn edit(&self, edited: Edited, given: &Circumstances<'_>) -> Result<Decision, Vec<Problem>> {
        self.step(given, |step| step.edit(edited))
    }

    fn step(
        &self,
        given: &Circumstances<'_>,
        take: impl FnOnce(&Step<'_>) -> Result<Decision, Vec<Problem>>,
    ) -> Result<Decision, Vec<Problem>> {
        let step = Step { before: self.claim, rule: self.rule, caller: self.caller, given };
        let mut decision = take(&step)?;
        // R4: the history names the reviewer for whom a deputy acted.
        if let Some(absent) = step.stood_in_for()
            && let Some(event) = decision.events.first_mut()
        {
            event.changes.extend(FieldChange::of(ACTING_FOR, None, Some(absent.to_owned())));
        }
        Ok(decision)
    }
}

/// Answers a command on a claim: whether its action is open, and what it leads to.
///
/// # Errors
/// Every reason why it is refused; then nothing may change.
pub fn decide(
    claim: &Claim,
    command: Command,
    caller: &Caller,
    given: &Circumstances<'_>,
) -> Result<Decision, Vec<Problem>> {
    let rule = access::open_to(command.action(), claim, caller, given.now).map_err(|problem| vec![problem])?;
    Open { rule, claim, caller }.decide(command, given)
}

/// Answers an edit whose values were checked before.
///
/// # Errors
/// As [`decide`].
pub fn decide_edit(
    claim: &Claim,
    edited: Edited,
    caller: &Caller,
    given: &Circumstances<'_>,
) -> Result<Decision, Vec<Problem>> {
    let rule = access::open_to(ClaimAction::Edit, claim, caller, given.now).map_err(|problem| vec![problem])?;
    Open { rule, claim, caller }.edit(edited, given)
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
            Command::Edit(edit) => step.edit(prepare_edit(step.before, *edit, step.given.ids)?),
            Command::AttachProof(document) => step.attach_proof(document),
            Command::RemoveProof { .. } => step.remove_proof(),
            Command::DeleteDraft => Ok(step.delete_draft()),
            Command::Submit => step.submit(),
            Command::StartReview => Ok(step.start_review()),
            Command::Assign { .. } => step.assign(),
            Command::Reassign { from, .. } => step.reassign(&from),
            Command::RequestPartnerAction { reasons, message } => step.request_action(reasons, &message),
            Command::Respond { message } => step.respond(message.as_deref()),
            Command::Approve { note } => step.approve(note.as_deref()),
            Command::Reject { reason, detail } => step.reject(reason, &detail),
            Command::Withdraw { detail } => step.withdraw(&detail),
            Command::Dispute { justification } => step.dispute(justification.as_deref()),
            Command::DeclineConsent { reason, by_link } => step.decline(reason.as_deref(), by_link),
            Command::Comment { body, visibility } => step.comment(&body, visibility),
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

/// A change that is recorded in addition to the claim's own fields.
fn one_change(field: &str, before: Option<String>, after: Option<String>) -> Vec<FieldChange> {
    FieldChange::of(field, before, after).into_iter().collect()
}
