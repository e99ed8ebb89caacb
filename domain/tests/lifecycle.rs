//! The lifecycle, rule by rule, on claims that are plain values.
#![cfg(test)]

mod support;

use domain::{
    claim::{Claim, Reviewer},
    eligibility::Facts,
    kinds::{ClaimStatus, CommentVisibility, DeadlineKind, HistoryAction, RejectionReason, Role, SolutionArea},
    lifecycle::{ACTING_FOR, Command, Decision, Edit, NewDocument, NewLine, prepare_edit},
    patch::Patch,
    policy::Policy,
    problem::{Problem, ProblemCode},
};
use support::{
    caller, claim, codes,
    commands::{assign, comment, document, reject, request, respond, withdraw},
    decide, given, monday,
};
use uuid::Uuid;

fn run(claim: &Claim, role: Role, command: Command) -> Result<Decision, Vec<Problem>> {
    let policy = Policy::default();
    decide(claim, command, &caller(role), &given(&policy))
}

fn refused(answer: Result<Decision, Vec<Problem>>) -> Vec<ProblemCode> {
    codes(&answer.expect_err("this must be refused"))
}

fn edit(claim: &Claim, edit: Edit) -> Result<Decision, Vec<Problem>> {
    run(claim, Role::GlobalAdmin, Command::Edit(Box::new(edit)))
}

// L2 T1 T4
#[test]
fn submitting_needs_no_problem_and_starts_both_clocks() {
    let done = run(&claim(ClaimStatus::Editing), Role::IncentivesAdmin, Command::Submit).unwrap();
    assert_eq!(done.claim.status, ClaimStatus::Submitted);
    assert_eq!(done.claim.submitted_at, Some(monday()));
    assert_eq!(done.claim.deadline.map(|clock| clock.kind), Some(DeadlineKind::StartReview));
    assert_eq!(done.claim.decision_due_at, Some("2026-03-17T00:00:00Z".parse().unwrap()));

    let mut bare = claim(ClaimStatus::Editing);
    bare.documents = 0;
    assert_eq!(refused(run(&bare, Role::GlobalAdmin, Command::Submit)), [ProblemCode::ProofOfExecutionRequired]);
}

// E10 X0
#[test]
fn a_line_without_an_id_takes_the_only_eligible_subscription_at_submission() {
    let mut draft = claim(ClaimStatus::Editing);
    draft.lines[0].typed = None;
    let done = run(&draft, Role::GlobalAdmin, Command::Submit).unwrap();
    assert_eq!(done.claim.lines[0].subscription_id, Some(support::SUBSCRIPTION));
}

// L3 T2
#[test]
fn whoever_starts_the_review_is_assigned_and_acts_from_then_on() {
    let done = run(&claim(ClaimStatus::Submitted), Role::Reviewer, Command::StartReview).unwrap();
    assert_eq!(done.claim.reviewer.as_ref().map(|reviewer| reviewer.subject.as_str()), Some("reviewer@example"));
    assert_eq!(done.claim.deadline.map(|clock| clock.kind), Some(DeadlineKind::Decide));

    let mut others = claim(ClaimStatus::UnderReview);
    others.reviewer = Some(support::reviewer_of("somebody-else"));
    assert_eq!(refused(run(&others, Role::Reviewer, Command::Approve { note: None })), [ProblemCode::NotAllowed]);
    assert!(run(&others, Role::ReviewLead, Command::Approve { note: None }).is_ok());
}

// L3
#[test]
fn a_reviewer_takes_what_is_unassigned_and_a_lead_gives_anything_to_anyone() {
    let mut free = claim(ClaimStatus::UnderReview);
    free.reviewer = None;
    let to = assign;
    assert!(run(&free, Role::Reviewer, to("reviewer@example")).is_ok());
    assert_eq!(refused(run(&free, Role::Reviewer, to("another@example"))), [ProblemCode::NotAllowed]);
    let done = run(&claim(ClaimStatus::UnderReview), Role::ReviewLead, to("another@example")).unwrap();
    assert_eq!(done.events[0].action, HistoryAction::Assigned);
    assert_eq!(done.events[0].changes[0].after.as_deref(), Some("another@example"));
}

// R2
#[test]
fn a_review_is_handed_back_by_its_reviewer_or_a_lead() {
    let back = || Command::Assign { subject: None };
    for role in [Role::Reviewer, Role::ReviewLead] {
        let done = run(&claim(ClaimStatus::UnderReview), role, back()).unwrap();
        assert_eq!((done.claim.reviewer, done.events[0].changes[0].after.as_deref()), (None, None), "{role}");
    }
    let mut others = claim(ClaimStatus::UnderReview);
    others.reviewer = Some(Reviewer { subject: "another@example".to_owned(), name: None });
    assert_eq!(refused(run(&others, Role::Reviewer, back())), [ProblemCode::NotAllowed]);
    others.reviewer = None;
    assert_eq!(refused(run(&others, Role::ReviewLead, back())), [ProblemCode::InvalidValue]);
}

// R4
#[test]
fn a_deputy_acts_for_an_absent_reviewer_and_history_says_so() {
    let mut claim = claim(ClaimStatus::UnderReview);
    claim.reviewer = Some(Reviewer { subject: "absent@example".to_owned(), name: Some("Abe".to_owned()) });
    assert_eq!(refused(run(&claim, Role::Reviewer, request())), [ProblemCode::NotAllowed]);
    let mut deputy = caller(Role::Reviewer);
    deputy.stands_in_for = vec!["absent@example".to_owned()];
    let done = decide(&claim, request(), &deputy, &given(&Policy::default())).unwrap();
    let told = |event: &domain::history::Event| event.changes.iter().any(|change| change.field == ACTING_FOR);
    assert!(told(&done.events[0]));
    assert_eq!(done.claim.reviewer, claim.reviewer, "the review stays the absent one's");
}

// L4 T3 K1
#[test]
fn a_request_needs_a_reason_and_posts_its_message() {
    let done = run(&claim(ClaimStatus::UnderReview), Role::Reviewer, request()).unwrap();
    assert_eq!(done.claim.status, ClaimStatus::PartnerActionRequired);
    assert_eq!(done.effects.comments.first().map(|comment| comment.body.as_str()), Some("More"));
    let asked = done.claim.action_request.unwrap();
    assert_eq!(asked.respond_by, "2026-03-10T00:00:00Z".parse().unwrap());
    assert_eq!(done.claim.deadline.map(|clock| clock.due_at), Some(asked.respond_by));

    let none = Command::RequestPartnerAction { reasons: vec![], message: " ".to_owned() };
    let both = run(&claim(ClaimStatus::UnderReview), Role::Reviewer, none).unwrap_err();
    assert_eq!(codes(&both), [ProblemCode::InvalidValue, ProblemCode::InvalidValue]);
}

// L5
#[test]
fn a_response_must_bring_something() {
    let asked = claim(ClaimStatus::PartnerActionRequired);
    assert_eq!(refused(run(&asked, Role::GlobalAdmin, respond(None))), [ProblemCode::InvalidValue]);
    let done = run(&asked, Role::GlobalAdmin, respond(Some("Here"))).unwrap();
    assert_eq!((done.claim.status, &done.claim.reviewer), (ClaimStatus::UnderReview, &asked.reviewer));

    for brought in [
        run(&asked, Role::IncentivesUser, Command::AttachProof(document())),
        run(&asked, Role::IncentivesUser, comment(CommentVisibility::Shared)),
        edit(&asked, Edit { name: Patch::Set("Another".to_owned()), ..Edit::default() }),
    ] {
        let then = brought.unwrap().claim;
        assert!(run(&then, Role::GlobalAdmin, respond(None)).is_ok());
    }
    // An edit that changes nothing, and a reviewer's comment, bring nothing.
    for brought in [edit(&asked, Edit::default()), run(&asked, Role::Reviewer, comment(CommentVisibility::Shared))] {
        assert_eq!(
            refused(run(&brought.unwrap().claim, Role::GlobalAdmin, respond(None))),
            [ProblemCode::InvalidValue]
        );
    }
}

// L5 E8
#[test]
fn a_response_is_refused_while_a_problem_stands() {
    let policy = Policy::default();
    let mut given = given(&policy);
    given.facts.subscriptions[0].status = domain::kinds::SubscriptionStatus::Expired;
    let answer =
        decide(&claim(ClaimStatus::PartnerActionRequired), respond(Some("Here")), &caller(Role::GlobalAdmin), &given);
    assert_eq!(refused(answer), [ProblemCode::SubscriptionNotActive]);
}

// L6 X6
#[test]
fn approval_is_refused_while_the_subject_is_anothers_or_the_subscription_is_over() {
    let policy = Policy::default();
    let under_review = claim(ClaimStatus::UnderReview);
    let reviewer = caller(Role::Reviewer);
    let approve = || Command::Approve { note: None };

    let mut taken = given(&policy);
    taken.taken.extend(under_review.subject(&under_review.lines[0]));
    assert_eq!(refused(decide(&under_review, approve(), &reviewer, &taken)), [ProblemCode::InArbitration]);

    let mut gone = given(&policy);
    gone.facts = Facts { subscriptions: vec![], ..support::facts() };
    let codes = refused(decide(&under_review, approve(), &reviewer, &gone));
    assert!(codes.contains(&ProblemCode::SubscriptionNotFound), "{codes:?}");

    let done = decide(&under_review, approve(), &reviewer, &given(&policy)).unwrap();
    assert!(done.effects.associations_start);
    assert_eq!((done.claim.decided_at, done.claim.approved_at), (Some(monday()), Some(monday())));
}

// L6: what was checked at submission only (E13, E14) refuses no approval
#[test]
fn approval_looks_at_the_subscriptions_only() {
    let policy = Policy::default();
    let mut given = given(&policy);
    given.facts.location = None;
    assert!(
        decide(&claim(ClaimStatus::UnderReview), Command::Approve { note: None }, &caller(Role::Reviewer), &given)
            .is_ok()
    );
}

// L7
#[test]
fn a_reviewer_chooses_only_the_reasons_that_are_theirs() {
    for reason in RejectionReason::ALL {
        let by_events = matches!(
            reason,
            RejectionReason::NoPartnerResponse
                | RejectionReason::PartnerRequest
                | RejectionReason::CustomerDeclined
                | RejectionReason::ArbitrationLost
        );
        let answer = run(&claim(ClaimStatus::UnderReview), Role::Reviewer, reject(*reason));
        if by_events {
            assert_eq!(refused(answer), [ProblemCode::InvalidValue], "{reason}");
        } else {
            assert_eq!(answer.unwrap().claim.rejection.map(|rejection| rejection.reason), Some(*reason));
        }
    }
}

// L8
#[test]
fn what_is_fixed_at_submission_stays_and_the_rest_can_be_mended() {
    let submitted = claim(ClaimStatus::Submitted);
    let fixed = Edit {
        tenant_id: Patch::Set(Uuid::from_u128(77)),
        domain: Patch::Set("other.example".to_owned()),
        solution_area: Patch::Set(SolutionArea::Microsoft365),
        activities: Patch::Set(vec![domain::kinds::Activity::Presales]),
        solution_seller: Patch::Set("Sam".to_owned()),
        partner_solution: Patch::Set("Suite".to_owned()),
        ..Edit::default()
    };
    let problems = edit(&submitted, fixed.clone()).unwrap_err();
    assert_eq!(codes(&problems), [ProblemCode::FieldNotEditable; 6]);
    assert!(prepare_edit(&claim(ClaimStatus::Editing), fixed, support::IDS).is_ok());

    let open = Edit {
        name: Patch::Set("Renamed".to_owned()),
        external_reference: Patch::Set("R-1".to_owned()),
        technical_contact: Patch::Set(support::contact()),
        ..Edit::default()
    };
    assert_eq!(edit(&submitted, open).unwrap().claim.name, "Renamed");
}

// L8 E14: after submission an edit that would leave a problem is refused
#[test]
fn the_last_line_cannot_be_taken_off_a_submitted_claim() {
    let submitted = claim(ClaimStatus::Submitted);
    let bare = Edit { remove_lines: vec![Some(submitted.lines[0].id)], ..Edit::default() };
    assert_eq!(codes(&edit(&submitted, bare.clone()).unwrap_err()), [ProblemCode::ProductsRequired]);
    let draft = edit(&claim(ClaimStatus::Editing), bare).unwrap();
    assert_eq!(codes(&draft.problems), [ProblemCode::ProductsRequired]);
}

// X0: the same subject twice is refused at once
#[test]
fn a_subject_stands_in_a_claim_once() {
    let draft = claim(ClaimStatus::Editing);
    let again = NewLine { sku_id: Some(support::SKU), typed: None };
    let problems = edit(&draft, Edit { add_lines: vec![again], ..Edit::default() }).unwrap_err();
    assert!(codes(&problems).contains(&ProblemCode::InvalidValue));
}

// L9
#[test]
fn withdrawing_rejects_at_the_partners_request_and_ends_the_association() {
    for status in
        [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired, ClaimStatus::Approved]
    {
        let done = run(&claim(status), Role::BillingAdmin, withdraw()).unwrap();
        assert_eq!(done.claim.rejection.map(|rejection| rejection.reason), Some(RejectionReason::PartnerRequest));
        assert_eq!(!done.effects.associations_end.is_empty(), status == ClaimStatus::Approved);
    }
    for status in [ClaimStatus::Editing, ClaimStatus::Rejected] {
        assert_eq!(refused(run(&claim(status), Role::BillingAdmin, withdraw())), [ProblemCode::WrongStatus]);
    }
}

// L12
#[test]
fn a_patch_keeps_clears_and_sets() {
    let mut draft = claim(ClaimStatus::Editing);
    draft.external_reference = Some("R-1".to_owned());
    let done = edit(&draft, Edit { customer_contact: Patch::Clear, ..Edit::default() }).unwrap();
    assert_eq!((done.claim.external_reference.as_deref(), done.claim.customer_contact), (Some("R-1"), None));
    let cleared = edit(&draft, Edit { name: Patch::Clear, ..Edit::default() }).unwrap_err();
    assert_eq!(cleared[0].field.as_deref(), Some(&["name".to_owned()][..]));

    let policy = Policy::default();
    let mut given = given(&policy);
    given.reference_taken = Some(Uuid::nil());
    let edited = Command::Edit(Box::default());
    assert_eq!(refused(decide(&draft, edited, &caller(Role::GlobalAdmin), &given)), [ProblemCode::InvalidValue]);
}

// K1
#[test]
fn only_the_vendor_writes_internal_comments_and_drafts_have_none() {
    let submitted = claim(ClaimStatus::Submitted);
    assert_eq!(
        refused(run(&submitted, Role::GlobalAdmin, comment(CommentVisibility::Internal))),
        [ProblemCode::NotAllowed]
    );
    let done = run(&submitted, Role::Reviewer, comment(CommentVisibility::Internal)).unwrap();
    assert_eq!(done.events[0].visibility, CommentVisibility::Internal);
    assert_eq!(
        refused(run(&claim(ClaimStatus::Editing), Role::GlobalAdmin, comment(CommentVisibility::Shared))),
        [ProblemCode::WrongStatus]
    );
}

// P1 L11b
#[test]
fn a_document_raises_the_version_and_a_wrong_one_is_told_whole() {
    let done = run(&claim(ClaimStatus::Editing), Role::IncentivesUser, Command::AttachProof(document())).unwrap();
    assert_eq!((done.claim.version, done.claim.documents), (8, 2));
    let wrong = NewDocument { size: 0, media_type: None, ..document() };
    let codes = refused(run(&claim(ClaimStatus::Editing), Role::IncentivesUser, Command::AttachProof(wrong)));
    assert!(codes.contains(&ProblemCode::FileEmpty), "{codes:?}");
}
