//! The partner's answers and the comments of both sides (L5, L9, K1).

use super::{Decision, Effects, NewComment, Step, draft::all_problems, ending};
use crate::{
    caller::Side,
    deadline,
    history::Event,
    kinds::{CommentVisibility, DeadlineKind, HistoryAction, RejectionReason},
    notice,
    problem::{Problem, ProblemCode},
    text,
};

impl Step<'_> {
    /// A comment of the caller that both sides read.
    pub(super) fn shared(&self, body: String) -> NewComment {
        NewComment { id: self.given.ids.next(), body, visibility: CommentVisibility::Shared, by_system: false }
    }

    /// Returns the claim to the same reviewer, if something was added and no problem remains (L5, E).
    pub(super) fn respond(&self, message: Option<&str>) -> Result<Decision, Vec<Problem>> {
        let message = text::optional("message", message, text::LONG_MAX).map_err(|problem| vec![problem])?;
        let answered = self.before.action_request.as_ref().is_some_and(|request| request.answered);
        let mut problems = all_problems(self.before, &self.eligibility());
        if message.is_none() && !answered {
            problems.push(
                Problem::invalid(
                    ["message"],
                    "The response has no message, and nothing was added to the claim since the request.",
                )
                .remedy("Add a message, or first edit the claim, comment on it or attach more proof."),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut next = self.next();
        let kind = if next.disputed() { DeadlineKind::AnswerDispute } else { DeadlineKind::Decide };
        next.deadline = Some(deadline::start(kind, self.given.now, self.given.policy));
        next.missed_at = None;
        let mut event = self.event(HistoryAction::Responded, &next);
        let notices = vec![notice::responded(&next, message.as_deref())];
        let comment = message.map(|body| self.shared(body));
        event.comment_id = comment.as_ref().map(|comment| comment.id);
        Ok(Decision::new(
            next,
            vec![event],
            Effects { comments: comment.into_iter().collect(), notices, ..Effects::default() },
        ))
    }

    /// Rejected at the partner's own request; an association ends (L9).
    pub(super) fn withdraw(&self, detail: &str) -> Result<Decision, Vec<Problem>> {
        let detail = text::required("detail", detail, text::LONG_MAX).map_err(|problem| vec![problem])?;
        let mut next = self.next();
        let (events, effects) = ending::reject(
            self.before,
            &mut next,
            RejectionReason::PartnerRequest,
            detail,
            None,
            HistoryAction::Withdrawn,
            self.given.policy,
            self.given.now,
        );
        Ok(Decision::new(next, events, effects))
    }

    /// Posts a comment; it does not raise the version (K1, L11b).
    pub(super) fn comment(&self, body: &str, visibility: CommentVisibility) -> Result<Decision, Vec<Problem>> {
        let body = text::required("body", body, text::LONG_MAX).map_err(|problem| vec![problem])?;
        if visibility == CommentVisibility::Internal && self.caller.side != Side::Vendor {
            return Err(vec![
                Problem::new(ProblemCode::NotAllowed, "Only reviewers may write INTERNAL comments.")
                    .at(["visibility"])
                    .remedy("Omit visibility, or set it to SHARED."),
            ]);
        }
        let mut next = self.before.clone();
        self.mark_answered(&mut next, matches!(self.caller.side, Side::Partner(_)));
        let id = self.given.ids.next();
        let mut event = Event::new(HistoryAction::Commented);
        event.comment_id = Some(id);
        event.visibility = visibility;
        let comment = Some(NewComment { id, body, visibility, by_system: false });
        Ok(Decision::new(next, vec![event], Effects { comments: comment.into_iter().collect(), ..Effects::default() }))
    }
}
