//! Status x action x role, as one reviewed file: any change of who may do what shows up as a difference in
//! `tests/snapshots/matrix.txt`. Set `UPDATE_SNAPSHOTS=1` to write it anew, and review it.
// A1 A2 A3 L3 L8 L10 L11: the whole table

mod support;

use std::fmt::Write;

use domain::{
    kinds::{ClaimAction, ClaimStatus, Role},
    lifecycle::{self, rule_of},
    problem::ProblemCode,
};
use support::{caller, claim, reviewer_of};

/// Who a column speaks of: a role, and how it stands to the claim.
const COLUMNS: &[(&str, Role, bool)] = &[
    ("GLOBAL_ADMIN", Role::GlobalAdmin, false),
    ("BILLING_ADMIN", Role::BillingAdmin, false),
    ("INCENTIVES_ADMIN", Role::IncentivesAdmin, false),
    ("INCENTIVES_USER", Role::IncentivesUser, false),
    ("REVIEWER assigned", Role::Reviewer, true),
    ("REVIEWER other", Role::Reviewer, false),
    ("REVIEW_LEAD", Role::ReviewLead, false),
    ("AUDITOR", Role::Auditor, false),
    ("CUSTOMER_ADMIN", Role::CustomerAdmin, false),
    ("DIRECTORY_SYNC", Role::DirectorySync, false),
];

fn matrix() -> String {
    let mut text = String::from(
        "Who may do what in which status. yes: open; status: WRONG_STATUS; person: NOT_ALLOWED; -: FORBIDDEN.\n\
         The claim is assigned to a reviewer from UNDER_REVIEW on, and to nobody before.\n",
    );
    for status in ClaimStatus::ALL {
        let _ = writeln!(text, "\n{status}");
        for action in ClaimAction::ALL.iter().filter(|action| rule_of(**action).is_some()) {
            let _ = write!(text, "  {action:<24}", action = action.as_str());
            for (_, role, assigned) in COLUMNS {
                let _ = write!(text, "{:<8}", cell(*status, *action, *role, *assigned));
            }
            text.push('\n');
        }
    }
    text.push_str("\nColumns, left to right:\n");
    for (name, ..) in COLUMNS {
        let _ = writeln!(text, "  {name}");
    }
    text
}

fn cell(status: ClaimStatus, action: ClaimAction, role: Role, assigned: bool) -> &'static str {
    let mut claim = claim(status);
    let mut caller = caller(role);
    if matches!(status, ClaimStatus::Editing | ClaimStatus::Submitted) {
        claim.reviewer = None;
    } else {
        claim.reviewer = Some(reviewer_of("somebody"));
        if assigned {
            "somebody".clone_into(&mut caller.subject);
        }
    }
    let Ok(rule) = lifecycle::may_ever(action, &caller) else { return "-" };
    let open = lifecycle::available(&claim, &caller).contains(&action);
    match lifecycle::guard(rule, &claim, &caller) {
        Ok(()) => {
            assert!(open, "{action} in {status} passes the guard but is not among the available actions");
            "yes"
        }
        Err(problem) => {
            assert!(!open, "{action} in {status} is refused but among the available actions");
            assert!(problem.remedy.is_some(), "every refusal says what can be done instead");
            match problem.code {
                ProblemCode::WrongStatus => "status",
                ProblemCode::NotAllowed => "person",
                other => panic!("{other:?} is no refusal of the table"),
            }
        }
    }
}

#[test]
fn who_may_do_what_is_as_reviewed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/matrix.txt");
    let now = matrix();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(now, reviewed, "who may do what has changed: review it and write {file} anew with UPDATE_SNAPSHOTS=1");
}
