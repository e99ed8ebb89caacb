//! Status x action x role, as one reviewed file: any change of who may do what shows up as a difference in
//! `tests/snapshots/matrix.txt`. Set `UPDATE_SNAPSHOTS=1` to write it anew, and review it.
#![cfg(test)]
// A1 A2 A3 L3 L8 L9 L10 L11 D1 D2 D3 N3 X3 X5: the whole table

mod support;

use std::fmt::Write;

use domain::{
    caller::{Caller, Side},
    claim::{Claim, Dispute},
    kinds::{ClaimAction, ClaimStatus, CommentVisibility, DisputeStatus, RejectionReason, Role},
    lifecycle::{self, Command, rule_of},
    policy::Policy,
    problem::ProblemCode,
};
use support::{caller, claim, commands, reviewer_of};

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

/// A heading, a status, and what more holds in it.
type Situation = (&'static str, ClaimStatus, fn(&mut Claim));

/// Every status with what more may hold in it.
const SITUATIONS: &[Situation] = &[
    ("EDITING", ClaimStatus::Editing, |_| {}),
    ("SUBMITTED", ClaimStatus::Submitted, |_| {}),
    ("SUBMITTED, in arbitration", ClaimStatus::Submitted, contested),
    ("UNDER_REVIEW", ClaimStatus::UnderReview, |_| {}),
    ("UNDER_REVIEW, in arbitration", ClaimStatus::UnderReview, contested),
    ("UNDER_REVIEW, disputing the assigned reviewer's rejection", ClaimStatus::UnderReview, disputed),
    ("PARTNER_ACTION_REQUIRED", ClaimStatus::PartnerActionRequired, |_| {}),
    ("PARTNER_ACTION_REQUIRED, in arbitration", ClaimStatus::PartnerActionRequired, contested),
    ("APPROVED, consent open", ClaimStatus::Approved, |_| {}),
    ("APPROVED, consent lapsed", ClaimStatus::Approved, |claim| claim.consent = None),
    ("APPROVED, consent lapsed, in arbitration", ClaimStatus::Approved, |claim| {
        claim.consent = None;
        contested(claim);
    }),
    ("REJECTED, disputable", ClaimStatus::Rejected, |_| {}),
    ("REJECTED, final", ClaimStatus::Rejected, |claim| {
        if let Some(rejection) = &mut claim.rejection {
            rejection.disputable_until = None;
        }
    }),
];

fn contested(claim: &mut Claim) {
    claim.contested_since = Some(support::monday());
}

fn disputed(claim: &mut Claim) {
    claim.dispute = Some(Dispute {
        status: DisputeStatus::Open,
        justification: None,
        opened_at: support::monday(),
        answer_by: support::later(),
        answered_at: None,
        rejected_by: Some("somebody".to_owned()),
    });
}

fn matrix() -> String {
    let mut text = String::from(
        "Who may do what in which status. yes: open; -: FORBIDDEN; person: NOT_ALLOWED; status: WRONG_STATUS;\n\
         contest: IN_ARBITRATION; final: NOT_DISPUTABLE; closed: CONSENT_WINDOW_CLOSED.\n\
         The claim is assigned to a reviewer from UNDER_REVIEW on, and to nobody before.\n",
    );
    for (name, status, put) in SITUATIONS {
        let _ = writeln!(text, "\n{name}");
        for action in ClaimAction::ALL.iter().filter(|action| rule_of(**action).is_some()) {
            let _ = write!(text, "  {action:<24}", action = action.as_str());
            for (_, role, assigned) in COLUMNS {
                let mut claim = claim(*status);
                put(&mut claim);
                let _ = write!(text, "{:<8}", cell(claim, *action, *role, *assigned));
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
    }
    text.push_str("\nColumns, left to right:\n");
    for (name, ..) in COLUMNS {
        let _ = writeln!(text, "  {name}");
    }
    text
}

/// The claim and the caller of a cell.
fn met(mut claim: Claim, role: Role, assigned: bool) -> (Claim, Caller) {
    let status = claim.status;
    let mut caller = caller(role);
    if matches!(status, ClaimStatus::Editing | ClaimStatus::Submitted) {
        claim.reviewer = None;
    } else {
        claim.reviewer = Some(reviewer_of("somebody"));
        if assigned {
            "somebody".clone_into(&mut caller.subject);
        }
    }
    (claim, caller)
}

fn cell(claim: Claim, action: ClaimAction, role: Role, assigned: bool) -> &'static str {
    let status = claim.status;
    let (claim, caller) = met(claim, role, assigned);
    let Ok(row) = lifecycle::may_ever(action, &caller) else { return "-" };
    let open = lifecycle::available(&claim, &caller, support::monday()).contains(&action);
    match lifecycle::guard(row, &claim, &caller, support::monday()) {
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
                ProblemCode::InArbitration => "contest",
                ProblemCode::NotDisputable => "final",
                ProblemCode::ConsentWindowClosed => "closed",
                other => panic!("{other:?} is no refusal of the table"),
            }
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how a reviewed file is written anew is no setting of the server")]
fn who_may_do_what_is_as_reviewed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/matrix.txt");
    let now = matrix();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(now, reviewed, "who may do what has changed: review it and write {file} anew with UPDATE_SNAPSHOTS=1");
}

/// The actions of a side, as the rules have them (A1, A2, A3).
const fn actions_of(side: Side) -> &'static [ClaimAction] {
    use ClaimAction::{
        Approve, Assign, AttachProof, AwardArbitration, Comment, DeclineConsent, DeleteDraft, Dispute, Edit, Reject,
        RemoveProof, RequestPartnerAction, Respond, StartReview, Submit, Withdraw,
    };
    match side {
        Side::Partner(_) => &[Edit, AttachProof, RemoveProof, DeleteDraft, Submit, Respond, Withdraw, Dispute, Comment],
        Side::Vendor => &[StartReview, Assign, RequestPartnerAction, Approve, Reject, Comment, AwardArbitration],
        Side::Customer(_) => &[DeclineConsent],
    }
}

/// The command of an action; an award is decided on an arbitration and is no command.
fn command(action: ClaimAction) -> Option<Command> {
    Some(match action {
        ClaimAction::Edit => Command::Edit(Box::default()),
        ClaimAction::AttachProof => commands::attach(),
        ClaimAction::RemoveProof => Command::RemoveProof { document_id: None },
        ClaimAction::DeleteDraft => Command::DeleteDraft,
        ClaimAction::Submit => Command::Submit,
        ClaimAction::StartReview => Command::StartReview,
        ClaimAction::Assign => commands::assign("somebody"),
        ClaimAction::RequestPartnerAction => commands::request(),
        ClaimAction::Respond => commands::respond(None),
        ClaimAction::Approve => commands::approve(),
        ClaimAction::Reject => commands::reject(RejectionReason::Other),
        ClaimAction::Withdraw => commands::withdraw(),
        ClaimAction::Dispute => commands::dispute(None),
        ClaimAction::Comment => commands::comment(CommentVisibility::Shared),
        ClaimAction::DeclineConsent => commands::decline(None),
        ClaimAction::AwardArbitration => return None,
    })
}

// L10 L11
#[test]
fn each_action_of_a_side_is_open_or_has_the_reason_that_its_mutation_answers() {
    let policy = Policy::default();
    for (name, status, put) in SITUATIONS {
        for (column, role, assigned) in COLUMNS {
            for with_scopes in [true, false] {
                let mut subject = claim(*status);
                put(&mut subject);
                let (claim, mut caller) = met(subject, *role, *assigned);
                if !with_scopes {
                    caller.scopes.clear();
                }
                let now = support::monday();
                let open = lifecycle::available(&claim, &caller, now);
                let closed = lifecycle::unavailable(&claim, &caller, now);
                let mut all: Vec<_> = open.iter().copied().chain(closed.iter().map(|(action, _)| *action)).collect();
                all.sort_by_key(|action| action.as_str());
                let mut of_side = actions_of(caller.side).to_vec();
                of_side.sort_by_key(|action| action.as_str());
                assert_eq!(all, of_side, "{name}, {column}");
                for (action, reason) in closed {
                    assert!(reason.remedy.is_some(), "{action} in {name} for {column}: {reason:?}");
                    if let Some(command) = command(action) {
                        let answer = support::decide(&claim, command, &caller, &support::given(&policy));
                        assert_eq!(answer.err(), Some(vec![reason]), "{action} in {name} for {column}");
                    }
                }
            }
        }
    }
}
