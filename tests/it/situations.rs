//! Every situation of the reviewed matrix, in arbitration and out of it, as `availableActions` shows it to every role
//! (L11). That the mutations agree, `role_matrix.rs` and the model prove.

use serde_json::json;

use crate::support::{Claim, World, both, directory::ALPINE, source::read, world::SCOPES};

both!(what_is_open_in_every_situation);

/// A situation's actions that are open, for each column.
type Row = (String, Vec<String>);

/// The reviewed matrix: the situations, and what is open in each to each column.
fn matrix() -> Vec<(String, Vec<Row>)> {
    let text = read("domain/tests/snapshots/matrix.txt");
    let (table, legend) = text.split_once("Columns, left to right:\n").unwrap();
    let columns: Vec<_> = legend.lines().map(|line| line.trim().to_owned()).collect();
    let mut matrix: Vec<(String, Vec<Row>)> = Vec::new();
    for line in table.lines().skip_while(|line| *line != "EDITING").filter(|line| !line.is_empty()) {
        if !line.starts_with("  ") {
            matrix.push((line.to_owned(), columns.iter().map(|column| (column.clone(), Vec::new())).collect()));
            continue;
        }
        let (_, rows) = matrix.last_mut().unwrap();
        let mut words = line.split_whitespace();
        let action = words.next().unwrap();
        for ((_, open), _) in rows.iter_mut().zip(words).filter(|(_, cell)| *cell == "yes") {
            open.push(action.to_owned());
        }
    }
    assert!(matrix.len() > 10, "few situations: {}", matrix.len());
    matrix
}

/// A claim of Alpine in the situation, on a customer of its own.
async fn claim_in(world: &World, situation: &str, number: u32) -> Claim {
    let (status, what) = situation.split_once(", ").unwrap_or((situation, ""));
    let draft = world.prove(&world.partner, &world.draft_on(&world.partner, number).await).await;
    if status == "EDITING" {
        return draft;
    }
    let claim = world.submit(&world.partner, &draft).await;
    let claim = if status == "SUBMITTED" { claim } else { world.review(&claim).await };
    let claim = match (status, what) {
        ("UNDER_REVIEW", "disputing the assigned reviewer's rejection") => {
            let disputed = world.dispute(&world.reject(&claim).await).await;
            let to_rita = json!({ "reviewerSubject": world.reviewer.subject });
            world.reviewer.act("assignReviewer", &disputed, to_rita).await.done()
        }
        ("PARTNER_ACTION_REQUIRED", _) => world.ask(&claim).await,
        ("APPROVED", _) => world.approve(&claim).await,
        ("REJECTED", "final") => world.withdraw(&world.partner, &claim).await,
        ("REJECTED", _) => world.reject(&claim).await,
        _ => claim,
    };
    if what.contains("lapsed") {
        world.later("P10D").await;
    }
    if what.contains("in arbitration") {
        world.submitted_on(&world.rival, number).await;
    }
    assert_eq!(claim.status(), status, "{situation}");
    claim
}

async fn what_is_open_in_every_situation(world: &World) {
    // A1 A2 A3 L3 L8 L9 L11 D1 D2 D3 N1 N3 X3 X5
    for ((situation, rows), number) in matrix().into_iter().zip(1..) {
        let claim = claim_in(world, &situation, number).await;
        for (column, open) in rows {
            let tenant = format!("c1000000-0000-4000-8000-{number:012}");
            let caller = match column.as_str() {
                "INCENTIVES_USER" => world.user.clone(),
                "REVIEWER assigned" => world.reviewer.clone(),
                "REVIEWER other" => world.second_reviewer.clone(),
                "CUSTOMER_ADMIN" => {
                    world.server.caller(json!({ "roles": [column], "scope": SCOPES, "tenant_id": tenant }))
                }
                "REVIEW_LEAD" | "AUDITOR" | "DIRECTORY_SYNC" => {
                    world.server.caller(json!({ "roles": [column], "scope": SCOPES }))
                }
                _ => world.server.caller(json!({ "roles": [column], "scope": SCOPES, "partner_id": ALPINE })),
            };
            match caller.claim(claim.id()).await {
                Some(seen) => assert_eq!(seen.actions(), open, "{situation} for {column}"),
                // Drafts for the vendor (A4), claims before their approval for the customer (A3): out of sight, whatever
                // the matrix says of the role.
                None => assert!(
                    column == "DIRECTORY_SYNC" || column == "CUSTOMER_ADMIN" || situation == "EDITING",
                    "{column} does not see a claim in {situation}"
                ),
            }
        }
    }
}
