//! The rules that SQL repeats (`src/store/predicates.rs`), held against `domain` on every combination of the columns that they
//! look at.

use cpor::store::{
    arbitrations,
    claims::{self, ClaimFilter, ClaimOrder, DeadlineStates, Wanted},
    clocks,
    page::PageRequest,
};
use domain::{
    calendar::Calendar,
    caller::{Caller, usable_scopes},
    claim::Claim,
    deadline,
    kinds::{ClaimStatus, DeadlineKind, DeadlineState, LineOutcome, Role, StatisticsGroup},
    lifecycle, statistics,
    time::Timestamp,
};
use uuid::Uuid;

use crate::support::{World, both, ids};

both!(
    clocks_are_late_in_lists_as_the_rules_have_it,
    scans_find_the_clocks_that_fire_by_the_rules,
    claims_contend_in_sql_as_the_rules_have_it,
    first_passes_are_counted_as_the_rules_have_it,
);

const HOUR: i64 = 3_600 * 1_000_000;

/// A lead, who sees every claim that was submitted.
fn lead() -> Caller {
    let role = Role::ReviewLead;
    Caller::new("lead@vendor.example".to_owned(), None, &[role], usable_scopes(role).to_vec(), None, None).unwrap()
}

async fn set(world: &World, number: &str, values: &str) {
    world.server.database.tamper(&format!("UPDATE claim SET {values} WHERE number = '{number}'")).await;
}

async fn read(world: &World, id: Uuid) -> Claim {
    claims::write::find_all(world.server.app.db(), &[id]).await.unwrap().remove(0).claim
}

async fn is_found(world: &World, id: Uuid, filter: ClaimFilter) -> bool {
    let (db, request) = (world.server.app.db(), PageRequest::first(10));
    let page = claims::page(db, &lead(), &filter, ClaimOrder::default(), &request, Wanted::ROW).await.unwrap();
    page.items.into_iter().any(|(_, row)| row.into_claim().id == id)
}

// T T2 D3
async fn clocks_are_late_in_lists_as_the_rules_have_it(world: &World) {
    let submitted = world.submitted().await;
    let (id, number) = (ids::key(submitted.id()), submitted.field("number").as_str().unwrap().to_owned());
    let (app, now) = (&world.server.app, world.server.app.now());
    let at_risk_until = deadline::at_risk_until(now, app.policy());
    for kind in DeadlineKind::ALL {
        for due_at in [now.micros() - HOUR, now.micros(), now.micros() + 1, at_risk_until.micros() + HOUR] {
            for contested_since in ["NULL", "1"] {
                let values =
                    format!("deadline_kind = '{kind}', due_at = {due_at}, contested_since = {contested_since}");
                set(world, &number, &values).await;
                let claim = read(world, id).await;
                let state = lifecycle::running_clock(&claim, now, app.policy()).map(|(_, state)| state);
                let is_late = state == Some(DeadlineState::Overdue);
                let late = |late| ClaimFilter { overdue: Some((late, now)), ..ClaimFilter::default() };
                assert_eq!(is_found(world, id, late(true)).await, is_late, "{values}");
                assert_eq!(is_found(world, id, late(false)).await, !is_late, "{values}");
                for one in
                    [DeadlineState::OnTrack, DeadlineState::AtRisk, DeadlineState::Overdue, DeadlineState::Extended]
                {
                    let states = DeadlineStates { states: vec![one], now, at_risk_until };
                    let filter = ClaimFilter { deadline_state: Some(states), ..ClaimFilter::default() };
                    // A dispute window that has closed runs no longer; the API shows none of it (D3).
                    if state.is_some() || one == DeadlineState::Overdue {
                        assert_eq!(is_found(world, id, filter).await, state == Some(one), "{one}: {values}");
                    }
                }
            }
        }
    }
}

// T5
async fn scans_find_the_clocks_that_fire_by_the_rules(world: &World) {
    let submitted = world.submitted().await;
    let (id, number) = (ids::key(submitted.id()), submitted.field("number").as_str().unwrap().to_owned());
    let (app, now) = (&world.server.app, world.server.app.now());
    for kind in DeadlineKind::ALL {
        for due_at in [now.micros() - HOUR, now.micros(), now.micros() + 1] {
            for contested_since in ["NULL".to_owned(), "1".to_owned()] {
                for missed_at in ["NULL".to_owned(), (due_at - 1).to_string(), due_at.to_string()] {
                    let values = format!(
                        "deadline_kind = '{kind}', due_at = {due_at}, contested_since = {contested_since}, \
                         missed_at = {missed_at}"
                    );
                    set(world, &number, &values).await;
                    let fires = lifecycle::fire(&read(world, id).await, app.policy(), now).is_some();
                    let found = clocks::due(app.db(), now, &[]).await.unwrap();
                    assert_eq!(found.iter().any(|due| due.claim_id == id), fires, "{values}");
                }
            }
        }
    }
}

// X1 X6
async fn claims_contend_in_sql_as_the_rules_have_it(world: &World) {
    let approved = world.approved().await;
    let (id, number) = (ids::key(approved.id()), approved.field("number").as_str().unwrap().to_owned());
    let of_claim = format!("WHERE claim_id = (SELECT id FROM claim WHERE number = '{number}')");
    let (app, database) = (&world.server.app, &world.server.database);
    for status in ClaimStatus::ALL {
        for outcome in LineOutcome::ALL {
            for ended_at in ["NULL", "1"] {
                set(world, &number, &format!("status = '{status}'")).await;
                database.tamper(&format!("UPDATE claim_line SET outcome = '{outcome}' {of_claim}")).await;
                database.tamper(&format!("UPDATE association SET ended_at = {ended_at} {of_claim}")).await;
                let claim = read(world, id).await;
                for line in &claim.lines {
                    let subject = claim.subject(line).unwrap().to_string();
                    let found = arbitrations::write::contended(app.db(), &[subject.clone()].into()).await.unwrap();
                    let what = format!("{status} {outcome}, ended at {ended_at}");
                    assert_eq!(line.associated, ended_at == "NULL", "{what}");
                    assert_eq!(found.contains(&subject), claim.contends(line), "{what}");
                }
            }
        }
    }
    // As it was, for the check of the whole database at the end.
    set(world, &number, "status = 'APPROVED'").await;
    database.tamper(&format!("UPDATE claim_line SET outcome = 'PENDING' {of_claim}")).await;
    database.tamper(&format!("UPDATE association SET ended_at = NULL {of_claim}")).await;
}

// S2 X3
async fn first_passes_are_counted_as_the_rules_have_it(world: &World) {
    let approved = world.approved().await;
    let (id, number) = (ids::key(approved.id()), approved.field("number").as_str().unwrap().to_owned());
    let (app, database) = (&world.server.app, &world.server.database);
    let (db, now, calendar) = (app.db(), app.now(), Calendar::new(app.policy()));
    let before = read(world, id).await;
    let decided = before.decided_at.unwrap();
    let ask = async |asked_at: Option<i64>| {
        let value = asked_at.map_or("NULL".to_owned(), |at| at.to_string());
        let of_claim = format!("WHERE claim_id = (SELECT id FROM claim WHERE number = '{number}')");
        database.tamper(&format!("UPDATE claim_origin SET asked_at = {value} {of_claim}")).await;
    };
    // By its id, so that the claim itself is counted and not what the projection keeps.
    let filter = ClaimFilter { ids: Some(vec![id]), ..ClaimFilter::default() };
    for status in ClaimStatus::ALL {
        for decided_at in [None, Some(decided)] {
            for asked_at in [None, Some(-HOUR), Some(-1), Some(0), Some(1)] {
                let asked_at = asked_at.map(|after| decided.micros() + after);
                let value = decided_at.map_or("NULL".to_owned(), |at| at.micros().to_string());
                set(world, &number, &format!("status = '{status}', decided_at = {value}")).await;
                ask(asked_at).await;
                let asked = asked_at.map(|micros| Timestamp::from_micros(micros).unwrap());
                let is_first = statistics::is_first_pass(*status, decided_at, asked);
                let what = format!("{status}, decided at {decided_at:?}, asked at {asked_at:?}");
                assert_eq!(claims::first_pass(db, &lead(), &filter).await.unwrap(), u64::from(is_first), "{what}");
                let by = StatisticsGroup::Partner;
                let groups = claims::grouped(db, &lead(), &filter, by, &calendar, now).await.unwrap();
                let counted: u64 = groups.iter().map(|group| group.counts.first_pass).sum();
                assert_eq!(counted, u64::from(is_first), "{what}");
            }
        }
    }
    // As it was, for the check of the whole database at the end.
    set(world, &number, &format!("status = '{}', decided_at = {}", before.status, decided.micros())).await;
    ask(None).await;
}
