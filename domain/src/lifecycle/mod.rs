//! The lifecycle of a claim (L): one table, and `decide`, which answers every command from it.

mod access;
mod command;
mod decide;
mod edit;
mod table;

pub use access::{Forbidden, available, guard, may_ever};
pub use command::{Command, Edit, Edited, NewDocument, NewLine, OldDocument};
pub use decide::{Circumstances, Decision, Effects, NewComment, decide, judge_draft};
pub use edit::{NewClaim, create, prepare_edit};
pub use table::{Leads, Rule, TABLE, Who, rule_of};
