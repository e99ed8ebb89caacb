//! Who may do what: roles, scopes, refusals, and that every answer follows the table (A, L10, L11).
#![cfg(test)]

mod support;

use domain::{
    claim::Claim,
    kinds::{ClaimAction, ClaimStatus, CommentVisibility, RejectionReason, Role},
    lifecycle::{Command, Decision, TABLE, available},
    policy::Policy,
    problem::{Problem, ProblemCode},
};
use proptest::prelude::*;
use support::{
    caller, claim, codes,
    commands::{approve, assign, attach, comment, decline, dispute, reject, request, respond},
    decide, given, monday,
};

fn run(claim: &Claim, role: Role, command: Command) -> Result<Decision, Vec<Problem>> {
    let policy = Policy::default();
    decide(claim, command, &caller(role), &given(&policy))
}

fn refused(answer: Result<Decision, Vec<Problem>>) -> Vec<ProblemCode> {
    codes(&answer.expect_err("this must be refused"))
}

// A1
#[test]
fn an_incentives_user_edits_uploads_and_comments_but_decides_nothing() {
    let user = caller(Role::IncentivesUser);
    assert_eq!(
        available(&claim(ClaimStatus::Editing), &user, monday()),
        [ClaimAction::Edit, ClaimAction::AttachProof, ClaimAction::RemoveProof]
    );
    assert_eq!(
        available(&claim(ClaimStatus::Submitted), &user, monday()),
        [ClaimAction::Edit, ClaimAction::AttachProof, ClaimAction::Comment]
    );
    assert_eq!(
        refused(run(&claim(ClaimStatus::Editing), Role::IncentivesUser, Command::Submit)),
        [ProblemCode::NotAllowed]
    );
}

// A2
#[test]
fn an_auditor_and_the_directory_change_nothing() {
    for role in [Role::Auditor, Role::DirectorySync] {
        for status in ClaimStatus::ALL {
            assert!(available(&claim(*status), &caller(role), monday()).is_empty(), "{role} in {status}");
        }
    }
}

// A3 N3
#[test]
fn a_customer_may_do_nothing_but_decline_an_approved_claim() {
    for status in ClaimStatus::ALL {
        let open: &[ClaimAction] = if *status == ClaimStatus::Approved { &[ClaimAction::DeclineConsent] } else { &[] };
        assert_eq!(available(&claim(*status), &caller(Role::CustomerAdmin), monday()), open, "{status}");
    }
}

// A5
#[test]
fn without_its_scope_a_role_opens_nothing() {
    let mut bare = caller(Role::GlobalAdmin);
    bare.scopes.clear();
    assert!(available(&claim(ClaimStatus::Editing), &bare, monday()).is_empty());
}

// L10
#[test]
fn a_refusal_names_the_status_what_it_needs_and_what_is_open() {
    let problems = run(&claim(ClaimStatus::Approved), Role::GlobalAdmin, Command::Submit).unwrap_err();
    let told = format!("{} {}", problems[0].message, problems[0].remedy.as_deref().unwrap());
    for word in ["APPROVED", "EDITING", "WITHDRAW", "COMMENT"] {
        assert!(told.contains(word), "{told} does not name {word}");
    }
}

// L10: also where the status is right and something in it is not
#[test]
fn a_refusal_for_what_does_not_hold_names_the_status_too() {
    let mut contested = claim(ClaimStatus::UnderReview);
    contested.contested_since = Some(monday());
    let mut closed = claim(ClaimStatus::Rejected);
    closed.rejection.as_mut().unwrap().disputable_until = None;
    let mut lapsed = claim(ClaimStatus::Approved);
    lapsed.consent = None;
    let cases = [
        (contested, Role::Reviewer, approve(), ProblemCode::InArbitration, "UNDER_REVIEW and not in arbitration"),
        (closed, Role::GlobalAdmin, dispute(None), ProblemCode::NotDisputable, "REJECTED while it can be disputed"),
        (
            lapsed,
            Role::CustomerAdmin,
            decline(None),
            ProblemCode::ConsentWindowClosed,
            "APPROVED while the customer may decline",
        ),
    ];
    for (claim, role, command, code, needs) in cases {
        let problems = run(&claim, role, command).unwrap_err();
        assert_eq!(codes(&problems), [code]);
        assert!(problems[0].message.contains(needs), "{}", problems[0].message);
        assert!(problems[0].remedy.is_some());
    }
}

/// What the table alone refuses with (L10).
const BY_TABLE: &[ProblemCode] = &[
    ProblemCode::WrongStatus,
    ProblemCode::NotAllowed,
    ProblemCode::InArbitration,
    ProblemCode::NotDisputable,
    ProblemCode::DisputeWindowClosed,
    ProblemCode::ConsentWindowClosed,
];

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Submit),
        Just(Command::DeleteDraft),
        Just(Command::StartReview),
        Just(attach()),
        Just(Command::RemoveProof { document_id: None }),
        "[a-z]{1,5}".prop_map(|subject| assign(&subject)),
        Just(request()),
        proptest::option::of("[a-z ]{0,5}").prop_map(|message| respond(message.as_deref())),
        Just(approve()),
        proptest::sample::select(RejectionReason::ALL.to_vec()).prop_map(reject),
        "[a-z ]{0,5}".prop_map(|detail| Command::Withdraw { detail }),
        proptest::option::of("[a-z ]{0,5}").prop_map(|justification| dispute(justification.as_deref())),
        proptest::option::of("[a-z ]{0,5}").prop_map(|reason| decline(reason.as_deref())),
        Just(comment(CommentVisibility::Shared)),
        Just(comment(CommentVisibility::Internal)),
    ]
}

proptest! {
    // L11 L11b H1: whatever is asked by whomever, the answer follows the table, and history tells of it
    #[test]
    fn every_answer_follows_the_table(
        status in proptest::sample::select(ClaimStatus::ALL.to_vec()),
        role in proptest::sample::select(Role::ALL.to_vec()),
        command in any_command(),
        contested: bool,
        late: bool,
    ) {
        let mut before = claim(status);
        before.contested_since = contested.then(monday);
        let now = if late { support::later() } else { monday() };
        let action = command.action();
        let comments = matches!(command, Command::Comment { .. });
        let open = available(&before, &caller(role), now).contains(&action);
        let policy = Policy::default();
        match decide(&before, command, &caller(role), &support::given_at(&policy, now)) {
            Ok(done) => {
                prop_assert!(open, "{action} was done though it is not available");
                prop_assert_eq!(done.claim.version, before.version + i32::from(!comments));
                prop_assert!(!done.events.is_empty());
                let moved = (done.claim.status != before.status).then_some((Some(before.status), Some(done.claim.status)));
                prop_assert_eq!(moved.is_some(), done.events.iter().any(|event| (event.from, event.to) == moved.unwrap_or_default() && moved.is_some()));
                let rule = TABLE.iter().find(|rule| rule.action == action).unwrap();
                prop_assert!(rule.statuses().any(|status| status == before.status));
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                let by_table = problems.iter().all(|problem| BY_TABLE.contains(&problem.code));
                prop_assert!(open || by_table, "{action} is not available but refused for {problems:?}");
            }
        }
    }
}
