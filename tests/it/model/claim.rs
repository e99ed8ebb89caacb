//! A claim of the reference, and its clocks.

/// Hours since the Monday that the tests begin on, at midnight.
pub type Hour = i64;

const DAY: Hour = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Editing,
    Submitted,
    UnderReview,
    Asked,
    Approved,
    Rejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pending,
    Won,
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    None,
    Waiting,
    Sent,
    Cancelled,
}

impl Evaluation {
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Waiting => Some("WAITING_FOR_CONSENT"),
            Self::Sent => Some("SENT"),
            Self::Cancelled => Some("CANCELLED"),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Line {
    pub subject: usize,
    pub outcome: Outcome,
    /// Its association lives.
    pub held: bool,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the model is as plain as it can be")]
pub struct Claim {
    pub partner: usize,
    pub status: Status,
    pub deleted: bool,
    pub version: i64,
    /// Entries of its history, and those that only the vendor sees.
    pub entries: i64,
    pub internal: i64,
    pub lines: Vec<Line>,
    pub(super) reviewer: Option<usize>,
    /// The clock of a review, and whether that it ran out is noted.
    pub(super) clock: Option<(&'static str, Hour)>,
    pub(super) noted: bool,
    /// Something came since the partner was asked.
    pub(super) answered: bool,
    /// An incumbent was asked until then; whether silence is noted.
    pub(super) asked: Option<(Hour, bool)>,
    /// The customer may decline until then.
    pub(super) consent: Option<Hour>,
    pub(super) disputable: Option<Hour>,
    /// It could be disputed at all.
    pub(super) new_proof: bool,
    /// A dispute is open; who had rejected it.
    pub(super) disputed: bool,
    pub(super) rejected_by: Option<usize>,
    pub evaluation: Evaluation,
    /// It was approved once.
    pub shown: bool,
}

/// The midnight that ends the nth business day after the day of `now`.
pub(super) fn business_days(now: Hour, days: i64) -> Hour {
    let (mut day, mut left) = (now / DAY, days);
    while left > 0 {
        day += 1;
        left -= i64::from(day % 7 < 5);
    }
    (day + 1) * DAY
}

pub(super) fn calendar(now: Hour, days: i64) -> Hour {
    (now / DAY + days + 1) * DAY
}

impl Claim {
    pub(super) fn contends(&self, line: &Line) -> bool {
        let decided_yet = !matches!(self.status, Status::Submitted | Status::UnderReview | Status::Asked);
        !self.deleted && line.outcome != Outcome::Lost && (line.held || !decided_yet)
    }

    /// The clock that is shown.
    pub fn shown_clock(&self, contested: bool, now: Hour) -> Option<(&'static str, Hour)> {
        match self.status {
            Status::Approved => self.approved_clock(contested),
            Status::Rejected => self.disputable.filter(|until| now < *until).map(|until| ("DISPUTE_WINDOW", until)),
            _ => self.clock,
        }
    }

    /// The customer's own clock.
    pub fn consent_clock(&self) -> Option<Hour> {
        self.consent
    }

    pub(super) fn approved_clock(&self, contested: bool) -> Option<(&'static str, Hour)> {
        let asked = self.asked.filter(|_| contested && !self.answered);
        match (self.consent, asked) {
            (Some(consent), Some((due, false))) if due < consent => Some(("PARTNER_RESPONSE", due)),
            (Some(consent), _) => Some(("CONSENT", consent)),
            (None, asked) => asked.map(|(due, _)| ("PARTNER_RESPONSE", due)),
        }
    }

    pub(super) fn note(&mut self, entries: i64) {
        self.entries += entries;
    }

    pub(super) fn reject(&mut self, now: Hour, disputable: bool, by: Option<usize>) {
        self.note(1 + i64::from(self.disputed) + i64::from(self.lines.iter().any(|line| line.held)));
        self.status = Status::Rejected;
        self.disputable = (disputable && !self.disputed).then(|| calendar(now, 30));
        (self.disputed, self.rejected_by, self.new_proof) = (false, by, false);
        (self.consent, self.clock, self.noted) = (None, None, false);
        if self.evaluation == Evaluation::Waiting {
            self.evaluation = Evaluation::Cancelled;
        }
        for line in &mut self.lines {
            line.held = false;
        }
    }
}
