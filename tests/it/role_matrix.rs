//! Every mutation, with every role and in every status, through the API: what is answered is what the reviewed matrix says.
//! And every mutation without its scope: refused, and nothing changed.

use std::collections::BTreeMap;

use domain::{
    kinds::{ClaimAction, ClaimStatus},
    lifecycle::rule_of,
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Caller, Claim, World, both,
    directory::{ALPINE, CONTOSO},
    ids,
    source::read,
    world::{PDF, SCOPES},
};

mod closed;

use closed::{Closed, says_so_before};

both!(
    every_role_in_every_status_is_answered_as_the_matrix_says,
    mutations_beside_a_claim_are_for_their_roles,
    a_token_without_the_scope_changes_nothing,
);

/// The mutation of an action.
fn mutation(action: ClaimAction) -> &'static str {
    match action {
        ClaimAction::Edit => "updateClaim",
        ClaimAction::AttachProof => "attachProofOfExecution",
        ClaimAction::RemoveProof => "removeProofOfExecution",
        ClaimAction::DeleteDraft => "deleteClaimDraft",
        ClaimAction::Submit => "submitClaim",
        ClaimAction::StartReview => "startReview",
        ClaimAction::Assign => "assignReviewer",
        ClaimAction::RequestPartnerAction => "requestPartnerAction",
        ClaimAction::Respond => "respondToReview",
        ClaimAction::Approve => "approveClaim",
        ClaimAction::Reject => "rejectClaim",
        ClaimAction::Withdraw => "withdrawClaim",
        ClaimAction::Dispute => "disputeClaim",
        ClaimAction::DeclineConsent => "declineConsent",
        ClaimAction::Comment => "addComment",
        ClaimAction::AwardArbitration => "awardArbitration",
    }
}

/// The actions that the table knows, in the order of the vocabulary; an award names no claim, see `arbitration.rs`.
fn actions() -> impl Iterator<Item = ClaimAction> {
    ClaimAction::ALL
        .iter()
        .copied()
        .filter(|action| rule_of(*action).is_some() && *action != ClaimAction::AwardArbitration)
}

/// The status of a part of the matrix that [`fresh`] can make; what holds in arbitration, `arbitration.rs` tests.
fn situation(heading: &str) -> Option<ClaimStatus> {
    match heading {
        "APPROVED, consent open" => Some(ClaimStatus::Approved),
        "REJECTED, disputable" => Some(ClaimStatus::Rejected),
        plain => plain.parse().ok(),
    }
}

/// The reviewed matrix: for each status and action what it says of each column, by the column's name.
fn matrix() -> BTreeMap<(ClaimStatus, ClaimAction), BTreeMap<String, String>> {
    let text = read("domain/tests/snapshots/matrix.txt");
    let (table, legend) = text.split_once("Columns, left to right:\n").unwrap();
    let columns: Vec<_> = legend.lines().map(|line| line.trim().to_owned()).collect();
    let mut matrix = BTreeMap::new();
    let mut status = None;
    for line in table.lines() {
        if !line.starts_with("  ") {
            status = situation(line.trim());
            continue;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        if let ([action, cells @ ..], Some(status)) = (words.as_slice(), status) {
            assert_eq!(cells.len(), columns.len(), "{line}");
            let cells = cells.iter().map(|cell| (*cell).to_owned());
            matrix.insert((status, action.parse().unwrap()), columns.iter().cloned().zip(cells).collect());
        }
    }
    matrix.retain(|(_, action), _| *action != ClaimAction::AwardArbitration);
    assert_eq!(matrix.len(), ClaimStatus::ALL.len() * actions().count());
    matrix
}

/// A caller for each column of the matrix, with every scope.
fn columns(world: &World) -> Vec<(&'static str, Caller)> {
    vec![
        ("GLOBAL_ADMIN", world.partner.clone()),
        ("BILLING_ADMIN", of_alpine(world, "BILLING_ADMIN", SCOPES)),
        ("INCENTIVES_ADMIN", of_alpine(world, "INCENTIVES_ADMIN", SCOPES)),
        ("INCENTIVES_USER", world.user.clone()),
        ("REVIEWER assigned", world.reviewer.clone()),
        ("REVIEWER other", world.second_reviewer.clone()),
        ("REVIEW_LEAD", world.lead.clone()),
        ("AUDITOR", world.auditor.clone()),
        ("CUSTOMER_ADMIN", world.customer.clone()),
        ("DIRECTORY_SYNC", world.sync.clone()),
    ]
}

fn of_alpine(world: &World, role: &str, scopes: &str) -> Caller {
    world.server.caller(
        json!({ "sub": format!("{role}@alpine.example"), "roles": [role], "scope": scopes, "partner_id": ALPINE }),
    )
}

/// Asks for the action with an input that passes every guard and is then refused for a value, so that nothing changes;
/// where an action takes no value that could be wrong, with one that is done.
async fn ask(caller: &Caller, action: ClaimAction, claim: &Claim) -> Answer {
    let input = match action {
        ClaimAction::AttachProof => return caller.attach(claim.id(), "empty.pdf", "").await,
        ClaimAction::Comment => return caller.comment(claim.id(), " ", "SHARED").await,
        ClaimAction::Edit => json!({ "name": " " }),
        ClaimAction::RemoveProof => json!({ "documentId": ids::of_nothing("ProofDocument") }),
        ClaimAction::DeleteDraft | ClaimAction::Submit | ClaimAction::StartReview => json!({}),
        ClaimAction::Assign => json!({ "reviewerSubject": caller.subject }),
        ClaimAction::RequestPartnerAction => json!({ "reasons": ["OTHER"], "message": " " }),
        ClaimAction::Respond => json!({ "message": " " }),
        ClaimAction::Approve => json!({ "note": "x".repeat(10_001) }),
        ClaimAction::Reject => json!({ "reason": "OTHER", "detail": " " }),
        ClaimAction::Withdraw => json!({ "detail": " " }),
        ClaimAction::Dispute => json!({ "justification": " " }),
        ClaimAction::DeclineConsent => json!({ "reason": "x".repeat(10_001) }),
        ClaimAction::AwardArbitration => unreachable!("an award names no claim"),
    };
    caller.act(mutation(action), claim, input).await
}

/// What an action that is open is answered by [`ask`]: a problem of the value, or nothing where it is done.
const fn passed(action: ClaimAction) -> Option<&'static str> {
    match action {
        ClaimAction::DeleteDraft | ClaimAction::StartReview | ClaimAction::Assign => None,
        ClaimAction::Submit => Some("PROOF_OF_EXECUTION_REQUIRED"),
        ClaimAction::AttachProof => Some("FILE_EMPTY"),
        ClaimAction::RemoveProof => Some("NOT_FOUND"),
        _ => Some("INVALID_VALUE"),
    }
}

/// An answer in the words of the matrix.
fn cell(action: ClaimAction, answer: &Answer) -> &'static str {
    if !answer.body["errors"].is_null() {
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", answer.text);
        return "-";
    }
    let of = |field: &str| answer.payload()["problems"][0]["field"][0] == field;
    let problems = answer.problems();
    let told = |code: &str| problems.iter().any(|problem| problem == code);
    match passed(action) {
        None if problems.is_empty() => "yes",
        _ if told("WRONG_STATUS") => "status",
        _ if told("NOT_ALLOWED") => "person",
        _ if told("NOT_FOUND") && of("claimId") => "unseen",
        Some(code) if told(code) => "yes",
        _ => panic!("{action}: {}", answer.text),
    }
}

/// A claim of Alpine in this status, on a subscription of its own; a draft lacks its proof.
async fn fresh(world: &World, status: ClaimStatus, number: &mut u32) -> Claim {
    *number += 1;
    let draft = world.draft_on(&world.partner, *number).await;
    if status == ClaimStatus::Editing {
        return draft;
    }
    let submitted = world.submit(&world.partner, &world.prove(&world.partner, &draft).await).await;
    if status == ClaimStatus::Submitted {
        return submitted;
    }
    let reviewed = world.review(&submitted).await;
    match status {
        ClaimStatus::PartnerActionRequired => world.ask(&reviewed).await,
        ClaimStatus::Approved => world.approve(&reviewed).await,
        ClaimStatus::Rejected => world.reject(&reviewed).await,
        _ => reviewed,
    }
}

async fn every_role_in_every_status_is_answered_as_the_matrix_says(world: &World) {
    // A1 A2 A3 A4 L3 L8 L10 L11 D1 N3
    let (matrix, columns, mut number) = (matrix(), columns(world), 0);
    let mut closed = Closed::default();
    for status in ClaimStatus::ALL.iter().copied() {
        let mut claim = fresh(world, status, &mut number).await;
        for action in actions() {
            for (column, caller) in &columns {
                let reviewed = matrix[&(status, action)][*column].as_str();
                // A draft is not there for anybody but its partner (A4).
                // The claims here are not on the customer's tenant (A3).
                let hidden =
                    status == ClaimStatus::Editing && column.starts_with("REVIEW") || *column == "CUSTOMER_ADMIN";
                let unseen = hidden && reviewed != "-";
                let reason = closed.of(caller, &claim, action).await;
                let answer = ask(caller, action, &claim).await;
                says_so_before(reviewed, reason.filter(|_| !unseen), &answer);
                let what = format!("{status} {action} {column}: {}", answer.text);
                assert_eq!(cell(action, &answer), if unseen { "unseen" } else { reviewed }, "{what}");
                let done = reviewed == "yes" && passed(action).is_none();
                if done && (action != ClaimAction::Assign || status == ClaimStatus::Submitted) {
                    claim = fresh(world, status, &mut number).await;
                } else if done {
                    claim = assigned_back(world, &answer.claim()).await;
                } else {
                    let seen = world.partner.claim(claim.id()).await.unwrap();
                    assert_eq!((seen.status(), seen.version()), (claim.status(), claim.version()), "changed: {what}");
                }
            }
        }
        what_is_available_is_what_the_matrix_says(world, &matrix, &claim, status).await;
    }
}

/// The claim with the reviewer whom the matrix speaks of.
async fn assigned_back(world: &World, claim: &Claim) -> Claim {
    world.lead.act("assignReviewer", claim, json!({ "reviewerSubject": world.reviewer.subject })).await.done()
}

async fn what_is_available_is_what_the_matrix_says(
    world: &World,
    matrix: &BTreeMap<(ClaimStatus, ClaimAction), BTreeMap<String, String>>,
    claim: &Claim,
    status: ClaimStatus,
) {
    // L11
    for (column, caller) in columns(world) {
        // No claims for the directory's service account (A2); the claim's customer is another one than Contoso.
        let Some(seen) = caller.claim(claim.id()).await else {
            let hidden = ["DIRECTORY_SYNC", "CUSTOMER_ADMIN"].contains(&column) || status == ClaimStatus::Editing;
            assert!(hidden, "{column} does not see a claim in {status}");
            continue;
        };
        let open: Vec<_> =
            actions().filter(|action| matrix[&(status, *action)][column] == "yes").map(ClaimAction::as_str).collect();
        assert_eq!(seen.actions(), open, "{status} {column}");
    }
}

/// The mutations that name no claim, an input that does nothing, and whose they are.
fn others() -> Vec<(&'static str, Value, &'static [&'static str])> {
    const PARTNERS: &[&str] = &["GLOBAL_ADMIN", "BILLING_ADMIN", "INCENTIVES_ADMIN", "INCENTIVES_USER"];
    let create = json!({ "name": " ", "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "MICROSOFT_365",
        "activities": [], "mpnId": "x" });
    let upserts = ["upsertProducts", "upsertPartners", "upsertCustomers", "upsertSubscriptions"];
    let upserts = upserts.into_iter().map(|name| (name, json!({ "rows": [] }), &["DIRECTORY_SYNC"][..]));
    let bulk = json!({ "rows": [create], "policy": "KEEP_GOOD" });
    let nothing = json!({ "claims": [], "policy": "KEEP_GOOD" });
    upserts
        .chain([
            ("createClaim", create, PARTNERS),
            ("createClaims", bulk, PARTNERS),
            ("submitClaims", nothing, &PARTNERS[..3]),
        ])
        .collect()
}

async fn mutations_beside_a_claim_are_for_their_roles(world: &World) {
    // A1 A2 A3 C8
    let before = everything(world).await;
    for (name, input, whose) in others() {
        for (column, caller) in columns(world) {
            let answer = caller.mutate(name, input.clone()).await;
            if whose.contains(&column) {
                let expected: &[&str] = if name == "createClaim" { &["INVALID_VALUE"] } else { &[] };
                assert!(
                    expected.iter().all(|code| answer.problems().iter().any(|told| told == code)),
                    "{name} {column}: {}",
                    answer.text
                );
            } else {
                assert_eq!(answer.errors(), ["FORBIDDEN"], "{name} {column}: {}", answer.text);
            }
        }
    }
    assert_eq!(everything(world).await, before);
}

/// What any change would show in: claims with their versions, history, comments, documents, associations, the directory.
async fn everything(world: &World) -> Vec<String> {
    let tables = [
        "claim",
        "history",
        "comment",
        "proof_document",
        "association",
        "partner",
        "customer",
        "product",
        "customer_subscription",
    ];
    let counts = tables.map(|table| format!("SELECT CAST(count(*) AS text) FROM {table}"));
    let mut all = Vec::new();
    for sql in counts.iter().map(String::as_str).chain(["SELECT CAST(sum(version) AS text) FROM claim"]) {
        all.extend(world.server.database.read(sql).await);
    }
    all
}

/// A token like this caller's, but with every scope save one.
fn without(world: &World, caller: &Caller, scope: &str) -> Caller {
    let kept: Vec<_> = SCOPES.split(' ').filter(|known| *known != scope).collect();
    let mut claims = json!({ "sub": caller.subject, "scope": kept.join(" ") });
    let (role, partner) = match caller.subject.as_str() {
        subject if subject == world.partner.subject => ("GLOBAL_ADMIN", Some(ALPINE)),
        subject if subject == world.sync.subject => ("DIRECTORY_SYNC", None),
        _ => ("REVIEWER", None),
    };
    claims["roles"] = json!([role]);
    if let Some(partner) = partner {
        claims["partner_id"] = json!(partner);
    }
    world.server.caller(claims)
}

/// Asks for the action with an input that would be done.
async fn would_do(caller: &Caller, action: ClaimAction, claim: &Claim) -> Answer {
    let input = match action {
        ClaimAction::AttachProof => return caller.attach(claim.id(), "more.pdf", PDF).await,
        ClaimAction::Comment => return caller.comment(claim.id(), "A word.", "SHARED").await,
        ClaimAction::Edit => json!({ "name": "Another name" }),
        ClaimAction::RemoveProof => json!({ "documentId": claim.field("proofOfExecution")[0]["id"] }),
        ClaimAction::Assign => json!({ "reviewerSubject": caller.subject }),
        ClaimAction::RequestPartnerAction => json!({ "reasons": ["OTHER"], "message": "Please say more." }),
        ClaimAction::Respond => json!({ "message": "More." }),
        ClaimAction::Reject => json!({ "reason": "OTHER", "detail": "No." }),
        ClaimAction::Withdraw => json!({ "detail": "A mistake." }),
        ClaimAction::Dispute => json!({ "justification": "The proof is complete." }),
        _ => json!({}),
    };
    caller.act(mutation(action), claim, input).await
}

async fn a_token_without_the_scope_changes_nothing(world: &World) {
    // A5
    let mut number = 0;
    // The customer's own, `consent.rs` tests.
    for action in actions().filter(|action| *action != ClaimAction::DeclineConsent) {
        let rule = rule_of(action).unwrap();
        let first = rule.statuses().next().unwrap();
        let claim = match first {
            ClaimStatus::Editing => {
                world.prove(&world.partner, &fresh(world, ClaimStatus::Editing, &mut number).await).await
            }
            status => fresh(world, status, &mut number).await,
        };
        let caller = if rule.scope.as_str() == "reviews:write" { &world.reviewer } else { &world.partner };
        let before = everything(world).await;
        let answer = would_do(&without(world, caller, rule.scope.as_str()), action, &claim).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{action} without {}: {}", rule.scope, answer.text);
        assert!(answer.text.contains(rule.scope.as_str()), "which scope is needed: {}", answer.text);
        assert_eq!(everything(world).await, before, "{action} changed something");
        assert_eq!(would_do(caller, action, &claim).await.problems(), [""; 0], "{action} with the scope");
    }
    for (name, input, whose) in others() {
        let (caller, scope) = if whose.contains(&"GLOBAL_ADMIN") {
            (&world.partner, "claims:write")
        } else {
            (&world.sync, "directory:write")
        };
        let before = everything(world).await;
        let answer = without(world, caller, scope).mutate(name, input).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{name} of {whose:?} without {scope}: {}", answer.text);
        assert_eq!(everything(world).await, before, "{name} changed something");
    }
}
