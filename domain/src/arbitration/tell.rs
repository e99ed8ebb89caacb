//! Comments and notices to the partners of an arbitration. They never name the other side (X2, X4).

use uuid::Uuid;

use super::Round;
use crate::{
    claim::{Claim, Subject},
    history::{Event, FieldChange},
    kinds::{CommentVisibility, HistoryAction, LineOutcome},
    lifecycle::NewComment,
    notice::{self, Notice},
};

impl Round<'_> {
    pub(super) fn tell_opened(&mut self, claim: Uuid, place: usize, change: Option<FieldChange>) {
        let product = self.product(claim, place);
        let body = format!(
            "More than one partner claims {product}, which is on this claim, so it is in arbitration. Each claim is reviewed on \
             its own, most recent proof of execution. The decision may take longer than usual."
        );
        self.notify(claim, place, |claim, sku_id| notice::arbitration_opened(claim, sku_id, &body));
        self.tell(claim, HistoryAction::ArbitrationOpened, body, change, true);
    }

    pub(super) fn tell_settled(&mut self, claim: Uuid, place: usize, change: Option<FieldChange>, by_system: bool) {
        let product = self.product(claim, place);
        let outcome = self.claim(claim).and_then(|claim| claim.lines.get(place)).map(|line| line.outcome);
        let how = match outcome {
            Some(LineOutcome::Lost) => "another claim won it",
            _ => "this claim won it",
        };
        let body = format!("The arbitration of {product} is over: {how}.");
        self.notify(claim, place, |claim, sku_id| notice::arbitration_settled(claim, sku_id, outcome, &body));
        self.tell(claim, HistoryAction::ArbitrationSettled, body, change, by_system);
    }

    /// The arbitration is also over for a claim that was withdrawn, rejected or gave up the product (X4, X7).
    pub(super) fn tell_left(&mut self, claim: Uuid, subject: &Subject) {
        let before = self.contest.claims.get(&claim);
        let line =
            before.and_then(|claim| claim.lines.iter().find(|line| claim.subject(line).as_ref() == Some(subject)));
        let sku_id = line.map(|line| line.sku_id);
        let product = self.name(sku_id);
        let body = format!("The arbitration of {product} is over for this claim, which no longer takes part in it.");
        if let (Some(sku_id), Some(decision)) = (sku_id, self.decision(claim)) {
            let notice = notice::arbitration_settled(&decision.claim, sku_id, None, &body);
            decision.effects.notices.push(notice);
        }
        self.tell(claim, HistoryAction::ArbitrationSettled, body, None, true);
    }

    /// Adds a notice to the partner about the product of a line (M1).
    fn notify(&mut self, claim: Uuid, place: usize, notice: impl FnOnce(&Claim, Uuid) -> Notice) {
        let Some(decision) = self.decision(claim) else { return };
        if let Some(line) = decision.claim.lines.get(place) {
            let notice = notice(&decision.claim, line.sku_id);
            decision.effects.notices.push(notice);
        }
    }

    fn product(&self, claim: Uuid, place: usize) -> String {
        self.name(self.claim(claim).and_then(|claim| claim.lines.get(place)).map(|line| line.sku_id))
    }

    fn name(&self, sku_id: Option<Uuid>) -> String {
        sku_id.and_then(|id| self.contest.names.get(&id)).cloned().unwrap_or_else(|| "A product".to_owned())
    }

    fn tell(&mut self, claim: Uuid, action: HistoryAction, body: String, change: Option<FieldChange>, by_system: bool) {
        let id = (self.ids)();
        let Some(decision) = self.decision(claim) else { return };
        let mut event = Event::new(action).changes(change.into_iter().collect());
        event.by_system = by_system;
        event.comment_id = Some(id);
        decision.events.push(event);
        decision.effects.comments.push(NewComment { id, body, visibility: CommentVisibility::Shared, by_system: true });
    }
}
