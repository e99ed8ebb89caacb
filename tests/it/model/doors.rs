//! Who may do what when, as the reference model knows it.

use super::{
    claim::Status,
    reference::{Action, Model, Refusal, Who, because},
};

impl Model {
    /// The status, and what must hold in it.
    #[expect(clippy::match_same_arms, reason = "in the order of the lifecycle, an arm a reason")]
    pub(super) fn is_open(&self, action: Action, index: usize) -> Result<(), Refusal> {
        use Status::{Approved, Asked, Editing, Rejected, Submitted, UnderReview};
        let claim = &self.claims[index];
        let disputable = claim.disputable.is_some_and(|until| self.now < until);
        let contested = self.contested(index);
        match (action, claim.status) {
            (Action::Delete | Action::Submit, Editing) | (Action::Start, Submitted) | (Action::Respond, Asked) => {
                Ok(())
            }
            (Action::Attach | Action::Edit, Editing | Submitted | Asked)
            | (Action::Assign, Submitted | UnderReview | Asked)
            | (Action::Ask, UnderReview) => Ok(()),
            (Action::Attach | Action::Ask, Approved) if contested => Ok(()),
            (Action::Attach | Action::Dispute, Rejected) if disputable => Ok(()),
            (Action::Approve, UnderReview) if contested => Err(because("IN_ARBITRATION")),
            (Action::Approve | Action::Reject, UnderReview) => Ok(()),
            (Action::Withdraw, Submitted | UnderReview | Asked | Approved) => Ok(()),
            (Action::Comment, status) if status != Editing => Ok(()),
            (Action::Dispute, Rejected) if claim.disputable.is_some() => Err(because("DISPUTE_WINDOW_CLOSED")),
            (Action::Dispute, Rejected) => Err(because("NOT_DISPUTABLE")),
            (Action::Decline, Approved) if claim.consent.is_some_and(|until| self.now < until) => Ok(()),
            (Action::Decline, Approved) => Err(because("CONSENT_WINDOW_CLOSED")),
            _ => Err(because("WRONG_STATUS")),
        }
    }

    /// L3, R2, D2.
    pub(super) fn is_theirs(&self, who: Who, action: Action, index: usize) -> Result<(), Refusal> {
        let Who::Reviewer(me) = who else { return Ok(()) };
        let claim = &self.claims[index];
        let mine = claim.reviewer == Some(me);
        let allowed = match action {
            // An own review may be taken once more, which changes nothing.
            Action::Start | Action::Assign => claim.reviewer.is_none() || mine,
            Action::Ask => mine,
            Action::Approve | Action::Reject => mine && !(claim.disputed && claim.rejected_by == Some(me)),
            _ => true,
        };
        if allowed { Ok(()) } else { Err(because("NOT_ALLOWED")) }
    }
}

pub(super) fn number(who: Who) -> Option<usize> {
    match who {
        Who::Reviewer(number) => Some(number),
        Who::Lead => Some(2),
        _ => None,
    }
}

/// A1, A2, A3.
pub(super) fn may_ever(who: Who, action: Action) -> Result<(), Refusal> {
    let allowed = match action {
        Action::Delete | Action::Submit | Action::Respond | Action::Withdraw | Action::Dispute => {
            matches!(who, Who::Admin(_))
        }
        Action::Attach | Action::Edit => matches!(who, Who::Admin(_) | Who::User),
        Action::Start | Action::Assign | Action::Ask | Action::Approve | Action::Reject => {
            matches!(who, Who::Reviewer(_) | Who::Lead)
        }
        Action::Comment => !matches!(who, Who::Auditor | Who::Customer),
        Action::Decline => who == Who::Customer,
        Action::Award => who == Who::Lead,
    };
    if allowed { Ok(()) } else { Err(Refusal::Forbidden) }
}
