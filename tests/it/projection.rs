//! The projection on both databases: what lists and statistics answer by it is what they answer by the claims.

use cpor::store::{
    claims::{self, ClaimFilter, ClaimOrder, ClaimOrderField, TimeRange, Wanted},
    page::PageRequest,
};
use domain::{
    calendar::Calendar,
    caller::{Caller, usable_scopes},
    kinds::{ClaimStatus, Role, StatisticsGroup},
};

use crate::support::{World, both};

both!(lists_and_statistics_are_the_same_by_the_projection);

fn lead() -> Caller {
    let role = Role::ReviewLead;
    Caller::new("lead@vendor.example".to_owned(), None, &[role], usable_scopes(role).to_vec(), None, None).unwrap()
}

fn filters(world: &World) -> Vec<ClaimFilter> {
    let since = Some(TimeRange { from: Some("2020-01-01T00:00:00Z".parse().unwrap()), before: None });
    let none = ClaimFilter::default;
    vec![
        none(),
        ClaimFilter { submitted_at: since, ..none() },
        ClaimFilter { updated_at: since, ..none() },
        ClaimFilter { last_activity_at: since, ..none() },
        ClaimFilter { decided_at: since, ..none() },
        ClaimFilter { status: Some(vec![ClaimStatus::Submitted, ClaimStatus::UnderReview]), ..none() },
        ClaimFilter { overdue: Some((false, world.server.app.now())), ..none() },
    ]
}

/// What every list and every figure answers, as text.
async fn answers(world: &World) -> Vec<String> {
    use ClaimOrderField::{CreatedAt, DecidedAt, DueAt, LastActivityAt, SubmittedAt, UpdatedAt};
    let (app, caller) = (&world.server.app, lead());
    let (db, now, calendar) = (app.db(), app.now(), Calendar::new(app.policy()));
    let mut answers = Vec::new();
    for filter in filters(world) {
        for field in [CreatedAt, UpdatedAt, SubmittedAt, DueAt, DecidedAt, LastActivityAt] {
            let order = ClaimOrder { field, descending: true };
            let request = PageRequest::first(20);
            let page = claims::page(db, &caller, &filter, order, &request, Wanted::ROW).await.unwrap();
            let claims = page.items.into_iter().map(|(_, row)| row.into_claim());
            let claims: Vec<_> = claims.map(|claim| (claim.number, claim.version)).collect();
            answers.push(format!("{filter:?} {field:?}: {claims:?}"));
        }
        answers.push(format!("{filter:?}: {:?}", claims::statistics(db, &caller, &filter, now).await.unwrap()));
    }
    for by in StatisticsGroup::ALL {
        let groups = claims::grouped(db, &caller, &ClaimFilter::default(), *by, &calendar, now).await.unwrap();
        answers.push(format!("{by}: {groups:?}"));
    }
    answers
}

async fn lists_and_statistics_are_the_same_by_the_projection(world: &World) {
    // L14, S1, S2
    let mut submitted = Vec::new();
    for number in 1..=6 {
        submitted.push(world.submitted_on(&world.partner, number).await);
    }
    let (reviewed, rejected) = (world.review(&submitted[1]).await, world.review(&submitted[2]).await);
    world.approve(&reviewed).await;
    world.reject(&rejected).await;
    let before = answers(world).await;
    world.server.app.project().await.unwrap();
    assert_eq!(answers(world).await, before);
    world.server.statements();
    answers(world).await;
    let statements = world.server.statements();
    assert!(statements.iter().any(|sql| sql.contains("claim_projection")), "the projection is read");
    // What happens now is not folded in yet.
    world.submitted_on(&world.rival, 7).await;
    let reviewed = world.review(&submitted[3]).await;
    world.approve(&reviewed).await;
    let unfolded = answers(world).await;
    world.server.database.tamper("UPDATE projection_cursor SET is_built = FALSE").await;
    assert_eq!(answers(world).await, unfolded, "by the claims");
    world.server.database.tamper("UPDATE projection_cursor SET is_built = TRUE").await;
    world.server.app.project().await.unwrap();
    assert_eq!(answers(world).await, unfolded, "folded in");
}
