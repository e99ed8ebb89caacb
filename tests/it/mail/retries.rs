//! A mail server that is busy, slow, hangs, refuses, dies and comes back (M2, M6).

use std::time::Duration;

use serde_json::json;

use super::{becomes, mailed, of_kind, rows};
use crate::support::{
    World,
    smtp::{Mood, Smtp},
};

mailed!(
    a_retry_is_byte_for_byte_the_same,
    retries_come_with_growing_pauses_for_24_hours_then_it_is_parked,
    a_refusal_for_good_parks_at_once_and_marks_the_address,
    a_server_that_distrusts_us_refuses_no_address,
    a_server_that_hangs_holds_up_nothing_for_long,
    a_server_that_dies_and_comes_back_loses_nothing,
    nothing_is_sent_for_a_deadline_that_has_passed,
    a_question_that_is_not_asked_any_more_is_not_sent,
    what_fell_due_is_attempted_within_3_seconds_of_the_clocks_move,
);

async fn a_retry_is_byte_for_byte_the_same(world: &World, smtp: &Smtp) {
    // M2: taken, but the server never hears so.
    smtp.is(Mood::BreaksOff);
    let claim = world.rejected().await;
    smtp.came(1).await;
    let waiting = becomes(&world.partner, "DECIDED", "PENDING").await;
    // What is rendered anew would be in another language by then.
    let row = json!({ "partnerId": crate::support::directory::ALPINE, "name": "Alpine", "locations": [], "locale": "hu",
        "contactEmail": "elsewhere@alpine.example" });
    world.load("upsertPartners", vec![row]).await;
    smtp.is(Mood::Accepts);
    retry(world, smtp, 2).await;
    let sent = becomes(&world.partner, "DECIDED", "SENT").await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0], mails[1], "byte for byte");
    assert_eq!((&waiting["id"], &waiting["text"]), (&sent["id"], &sent["text"]));
    assert_eq!(of_kind(&world.partner, &claim, "DECIDED").await.len(), 1);
}

/// Moves the clock to the next attempts until so many came in all.
async fn retry(world: &World, smtp: &Smtp, attempts: usize) {
    for _ in 0..200 {
        if smtp.attempts() >= attempts {
            return;
        }
        world.later("PT1M").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} attempts of {attempts}: {}", smtp.attempts(), rows(world).await);
}

async fn retries_come_with_growing_pauses_for_24_hours_then_it_is_parked(world: &World, smtp: &Smtp) {
    // M6
    smtp.is(Mood::Busy);
    world.rejected().await;
    smtp.came(1).await;
    let due = "SELECT CAST(attempts AS text) || ' ' || COALESCE(CAST(due_at - tried_since AS text), 'none') || ' ' || state FROM notice";
    let mut pauses: Vec<i64> = Vec::new();
    loop {
        let row = world.server.database.read(due).await.remove(0);
        let parts: Vec<&str> = row.split(' ').collect();
        if parts[2] == "PARKED" {
            break;
        }
        let attempts: usize = parts[0].parse().unwrap();
        if attempts <= pauses.len() {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        }
        pauses.push(parts[1].parse::<i64>().unwrap() / 1_000_000);
        assert!(pauses.len() < 30, "{pauses:?}");
        let now = world.later("PT0.000001S").await.parse::<jiff::Timestamp>().unwrap();
        let begun = "2026-03-02T09:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let ahead = pauses.last().unwrap() - now.duration_since(begun).as_secs();
        // A moment before it is due nothing happens.
        if ahead > 2 {
            world.later(&format!("PT{}S", ahead - 1)).await;
        }
        let before = smtp.attempts();
        world.later("PT2S").await;
        smtp.came(before + 1).await;
    }
    let day = 24 * 3_600;
    assert!(pauses.is_sorted() && pauses[0] <= 40 && *pauses.last().unwrap() == day, "{pauses:?}");
    let between: Vec<_> = pauses.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(between.windows(2).all(|pair| pair[0] < pair[1]), "growing: {between:?}");
    assert!(smtp.attempts() >= 9, "{}", smtp.attempts());
    becomes(&world.partner, "DECIDED", "PARKED").await;
    // Parked is parked.
    let before = smtp.attempts();
    smtp.is(Mood::Accepts);
    world.later("P2D").await;
    world.rejected().await;
    smtp.came(before + 1).await;
    assert_eq!(smtp.mails().len(), 1);
}

async fn a_refusal_for_good_parks_at_once_and_marks_the_address(world: &World, smtp: &Smtp) {
    // M6
    smtp.is(Mood::Refuses("desk@alpine.example".to_owned()));
    world.rejected().await;
    becomes(&world.partner, "DECIDED", "PARKED").await;
    assert_eq!(smtp.attempts(), 1);
    let marked = world.server.database.read("SELECT address || ' ' || reason FROM refused_address").await;
    assert!(
        marked.len() == 1 && marked[0].starts_with("desk@alpine.example ") && marked[0].contains("5.1.1"),
        "{marked:?}"
    );
    // The address is not tried again: the claim's own contact is, where there is another.
    world.rejected().await;
    smtp.came(2).await;
    assert_eq!(smtp.to("kim@contoso.example").len(), 1);
    smtp.is(Mood::Refuses("kim@contoso.example".to_owned()));
    let third = world.rejected().await;
    smtp.came(3).await;
    world.later("PT1S").await;
    let parked = |claim: &crate::support::Claim| {
        let filter = json!({ "claimId": claim.id(), "state": ["PARKED"] });
        async move { super::notices(&world.partner, filter).await.len() }
    };
    while parked(&third).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // With nowhere left to send it, it is parked without an attempt.
    let fourth = world.rejected().await;
    while parked(&fourth).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(smtp.attempts(), 3);
}

async fn a_server_that_distrusts_us_refuses_no_address(world: &World, smtp: &Smtp) {
    // M6: a wrong password is the operator's to put right; the message waits for it.
    smtp.is(Mood::Distrusts);
    world.rejected().await;
    smtp.came(1).await;
    smtp.is(Mood::Accepts);
    retry(world, smtp, 2).await;
    becomes(&world.partner, "DECIDED", "SENT").await;
    assert!(world.server.database.read("SELECT address FROM refused_address").await.is_empty());
}

async fn a_server_that_hangs_holds_up_nothing_for_long(world: &World, smtp: &Smtp) {
    // M6: each message within its own time limit, and the next on a connection of its own.
    smtp.is(Mood::Hangs);
    for number in 1..=6 {
        let claim = world.submitted_on(&world.partner, number).await;
        world.withdraw(&world.partner, &claim).await;
    }
    smtp.came(6).await;
    smtp.is(Mood::Accepts);
    let hung = smtp.mails().len();
    retry(world, smtp, hung + 6).await;
    let mut ids: Vec<_> = smtp.mails()[hung..].iter().map(crate::support::smtp::Mail::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6, "every one arrives, a double only under its own id");
    let slow = world.submitted_on(&world.partner, 7).await;
    smtp.is(Mood::Slow(Duration::from_millis(600)));
    world.withdraw(&world.partner, &slow).await;
    let before = smtp.attempts();
    becomes(&world.partner, "DECIDED", "SENT").await;
    assert!(smtp.attempts() <= before + 1);
}

async fn a_server_that_dies_and_comes_back_loses_nothing(world: &World, smtp: &Smtp) {
    // M6
    let first = world.submitted_on(&world.partner, 1).await;
    world.withdraw(&world.partner, &first).await;
    smtp.came(1).await;
    for round in 0..3 {
        smtp.die();
        for number in 1..=4 {
            let claim = world.submitted_on(&world.partner, 10 * (round + 1) + number).await;
            world.withdraw(&world.partner, &claim).await;
        }
        world.later("PT10M").await;
        smtp.come_back();
        let expected = 1 + 4 * (usize::try_from(round).unwrap() + 1);
        for _ in 0..100 {
            if smtp.mails().len() >= expected {
                break;
            }
            world.later("PT20M").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut ids: Vec<_> = smtp.mails().iter().map(crate::support::smtp::Mail::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), smtp.mails().len()), (expected, expected), "each once");
    }
}

async fn nothing_is_sent_for_a_deadline_that_has_passed(world: &World, smtp: &Smtp) {
    // M6
    smtp.is(Mood::Busy);
    world.action_requested().await;
    world.approve(&world.review(&world.submitted_on(&world.partner, 1).await).await).await;
    smtp.came(3).await;
    smtp.die();
    // Both deadlines are the midnight before: what fell due at it is tried for 24 hours from then (T3, N1).
    world.later("P8D").await;
    smtp.is(Mood::Accepts);
    smtp.come_back();
    becomes(&world.partner, "ACTION_REQUIRED", "SKIPPED").await;
    // What has no deadline, or one to come, still arrives: the rejection of the unanswered claim (D4). The clock goes on by minutes,
    // since the mail is parked once its 24 hours are over, however little real time that was.
    let subjects = || smtp.mails().iter().map(crate::support::smtp::Mail::subject).collect::<Vec<_>>();
    for _ in 0..600 {
        if subjects().iter().any(|subject| subject.contains("was rejected")) {
            break;
        }
        world.later("PT1M").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let subjects = subjects();
    assert!(
        subjects.iter().all(|subject| !subject.contains("needs your action") && !subject.contains("Do you work")),
        "{subjects:?}"
    );
    assert!(subjects.iter().any(|subject| subject.contains("was rejected")), "{subjects:?}");
}

async fn a_question_that_is_not_asked_any_more_is_not_sent(world: &World, smtp: &Smtp) {
    // M6 N1
    smtp.is(Mood::Busy);
    let claim = world.approved().await;
    smtp.came(2).await;
    world.withdraw(&world.partner, &claim).await;
    smtp.is(Mood::Accepts);
    for _ in 0..20 {
        world.later("PT5M").await;
    }
    becomes(&world.customer, "CONSENT_REQUESTED", "SKIPPED").await;
    assert!(smtp.to("desk@contoso.example").is_empty());
}

async fn what_fell_due_is_attempted_within_3_seconds_of_the_clocks_move(world: &World, smtp: &Smtp) {
    // M6
    smtp.is(Mood::Busy);
    world.rejected().await;
    smtp.came(1).await;
    for _ in 0..5 {
        // The failure is stored a moment after the mail server has told it.
        becomes(&world.partner, "DECIDED", "PENDING").await;
        let before = smtp.attempts();
        while !has_failed(world, before).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.later("PT4H").await;
        let attempted = tokio::time::timeout(Duration::from_secs(3), smtp.came(before + 1)).await;
        assert!(attempted.is_ok(), "not within 3 seconds");
    }
}

async fn has_failed(world: &World, attempts: usize) -> bool {
    let sql = format!("SELECT state FROM notice WHERE attempts = {attempts} AND leased_until IS NULL");
    !world.server.database.read(&sql).await.is_empty()
}
