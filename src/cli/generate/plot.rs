//! The course of a claim: its end, and the steps of people on the way. Clocks are not included; they fire
//! automatically.

use super::span::{DAY, HOUR};
use crate::ids::Seeded;

/// How a claim ends, as far as it depends on itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A draft.
    Draft,
    /// Waiting for a reviewer.
    Submitted,
    /// In review.
    UnderReview,
    /// The partner must answer.
    Asked,
    /// The partner has answered; in review again.
    Answered,
    /// Approved; the customer may still decline.
    Consent,
    /// Approved, and official since the customer said nothing (N4).
    Official,
    /// The same, and its subscription has ended since (I2).
    Ended,
    /// Rejected; it may still be disputed.
    Disputable,
    /// Rejected for good.
    Rejected,
    /// The rejection is disputed.
    Disputed,
    /// The dispute was upheld.
    Upheld,
    /// The dispute was dismissed.
    Dismissed,
    /// Withdrawn.
    Withdrawn,
    /// Rejected since the partner did not answer (T3).
    Silent,
    /// The customer declined (N3).
    Declined,
    /// In an arbitration that is open (X1).
    Contested,
    /// A review lead has awarded the subject (X5).
    Awarded,
    /// The arbitration has settled, because one side withdrew (X7).
    Settled,
}

/// Of a hundred claims so many end like this.
const SHARES: [(Ending, u64); 19] = [
    (Ending::Draft, 7),
    (Ending::Submitted, 33),
    (Ending::UnderReview, 9),
    (Ending::Asked, 7),
    (Ending::Answered, 4),
    (Ending::Consent, 4),
    (Ending::Official, 15),
    (Ending::Ended, 1),
    (Ending::Disputable, 3),
    (Ending::Rejected, 4),
    (Ending::Disputed, 2),
    (Ending::Upheld, 1),
    (Ending::Dismissed, 1),
    (Ending::Withdrawn, 1),
    (Ending::Silent, 1),
    (Ending::Declined, 1),
    (Ending::Contested, 3),
    (Ending::Awarded, 2),
    (Ending::Settled, 1),
];

/// Has no factor in common with 100, so that a hundred claims in a row end in all hundred ways.
const STRIDE: u64 = 37;

impl Ending {
    /// The ending of the claim of this number.
    pub fn of(number: u64) -> Self {
        let mut place = number % 100 * STRIDE % 100;
        for (ending, share) in SHARES {
            if place < share {
                return ending;
            }
            place -= share;
        }
        Self::Submitted
    }

    /// Whether the claim is made on something that another partner already claims, if there is such a thing.
    pub const fn seeks_rival(self) -> bool {
        matches!(self, Self::Contested | Self::Awarded | Self::Settled)
    }
}

/// Something that a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Edit,
    Attach,
    Submit,
    StartReview,
    Ask,
    Respond,
    Approve,
    Reject,
    Dispute,
    Withdraw,
    Decline,
    Award,
    /// A comment of the partner.
    PartnerSays,
    /// A comment of the reviewer to the partner.
    ReviewerSays,
    /// A comment for the vendor only.
    Note,
}

/// A step, and when it is taken.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    pub step: Step,
    /// The shortest time since the step before, in microseconds.
    pub after: i64,
    /// How much longer it may take.
    pub within: i64,
    /// Whether the clock that it starts is still running when the data is used.
    pub rests: bool,
}

const fn beat(step: Step) -> Beat {
    // Four of these in a row end before any clock runs out.
    Beat { step, after: HOUR, within: 20 * HOUR, rests: false }
}

const fn rests(step: Step) -> Beat {
    Beat { rests: true, ..beat(step) }
}

/// The steps of a claim that ends like this, its creation aside.
pub fn beats(ending: Ending, dice: &mut Seeded) -> Vec<Beat> {
    let mut beats = Vec::with_capacity(10);
    if dice.chance(40) {
        beats.push(beat(Step::Edit));
    }
    if ending == Ending::Draft {
        return beats;
    }
    beats.push(beat(Step::Attach));
    // One claim in twenty that waits for the vendor is late and marked so in its history (T1, T2).
    let late = dice.chance(5);
    let waits = |step| if late { beat(step) } else { rests(step) };
    beats.push(if ending == Ending::Submitted { waits(Step::Submit) } else { beat(Step::Submit) });
    beats.extend(dice.chance(70).then_some(beat(Step::PartnerSays)));
    beats.extend(dice.chance(40).then_some(beat(Step::Note)));
    let decision: &[Beat] = match ending {
        Ending::Draft | Ending::Submitted => &[],
        Ending::UnderReview | Ending::Contested => &[waits(Step::StartReview)],
        Ending::Asked => &[beat(Step::StartReview), rests(Step::Ask)],
        Ending::Answered => &[beat(Step::StartReview), beat(Step::Ask), waits(Step::Respond)],
        Ending::Consent => &[beat(Step::StartReview), rests(Step::Approve)],
        Ending::Official | Ending::Ended => &[beat(Step::StartReview), beat(Step::Approve)],
        Ending::Disputable => &[beat(Step::StartReview), rests(Step::Reject)],
        Ending::Rejected => &[beat(Step::StartReview), beat(Step::Reject)],
        Ending::Disputed => &[beat(Step::StartReview), beat(Step::Reject), later(rests(Step::Dispute))],
        Ending::Upheld => {
            &[beat(Step::StartReview), beat(Step::Reject), later(beat(Step::Dispute)), beat(Step::Approve)]
        }
        Ending::Dismissed => {
            &[beat(Step::StartReview), beat(Step::Reject), later(beat(Step::Dispute)), beat(Step::Reject)]
        }
        Ending::Withdrawn | Ending::Settled => &[beat(Step::StartReview), beat(Step::Withdraw)],
        Ending::Silent => &[beat(Step::StartReview), beat(Step::Ask)],
        Ending::Declined => &[beat(Step::StartReview), beat(Step::Approve), beat(Step::Decline)],
        Ending::Awarded => &[beat(Step::StartReview), beat(Step::Award), beat(Step::Approve)],
    };
    beats.extend(decision);
    beats.extend(dice.chance(60).then_some(beat(Step::ReviewerSays)));
    beats.extend(dice.chance(35).then_some(beat(Step::PartnerSays)));
    beats.extend(dice.chance(10).then_some(beat(Step::ReviewerSays)));
    beats
}

/// A dispute comes a week or two after the rejection.
const fn later(beat: Beat) -> Beat {
    Beat { after: 5 * DAY, within: 10 * DAY, ..beat }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_claims_in_a_row_end_in_every_way_as_often_as_it_says() {
        assert_eq!(SHARES.iter().map(|(_, share)| share).sum::<u64>(), 100);
        for first in [0, 12_345] {
            for (ending, share) in SHARES {
                let found = (first..first + 100).filter(|number| Ending::of(*number) == ending).count();
                assert_eq!(u64::try_from(found).unwrap(), share, "{ending:?} from {first}");
            }
        }
    }
}
