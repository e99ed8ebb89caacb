//! The lifecycle of a claim (L): one table, and `decide`, which answers every command from it.

mod access;
mod clock;
mod command;
mod decide;
mod edit;
mod refusal;
mod restate;
mod shown;
mod table;

pub use access::{Forbidden, available, guard, may_ever, unavailable};
pub(crate) use clock::after_arbitration;
pub use clock::{fire, running_clock, subscription_ended};
pub use command::{ClaimContent, Command, Edit, Edited, Ids, Needs, NewDocument, NewLine, OldDocument};
pub use decide::{
    ACTING_FOR, Assignee, Circumstances, DECLINED_BY, Decision, Effects, NewComment, Open, decide, decide_edit,
    judge_draft, open,
};
pub(crate) use decide::{ending, with_open_lines};
pub use edit::{create, prepare_edit};
pub use restate::{Restated, restate};
pub use shown::{hidden_changes, is_shown_to_customer, shown_clock, shown_consent};
pub use table::{Leads, Rule, TABLE, When, Who, rule_of};
