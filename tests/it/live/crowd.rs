//! Many write while many follow, come and go: each gets every event once, in the order of the history (H2).

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, each, event, follow, last_position, read_history};
use crate::support::{Caller, Claim, World, both};

both!(nothing_is_missed_and_nothing_comes_twice);

/// How many comments each writer posts.
const COMMENTS_EACH: usize = 25;

/// What ends every stream.
const END: &str = "The end.";

async fn write(caller: &Caller, claims: &[&Claim], visibility: &[&str]) {
    for number in 0..COMMENTS_EACH {
        let claim = claims[number % claims.len()];
        let body = format!("{} {number}", caller.subject);
        caller.comment(claim.id(), &body, visibility[number % visibility.len()]).await.claim();
    }
}

/// Follows from a position to the end, leaving after a few events each time and coming back after the last one that was
/// seen; what was seen, in order.
async fn come_and_go(
    caller: &Caller,
    document: &str,
    claim: Option<&Claim>,
    start: &Value,
    patience: usize,
) -> Vec<Value> {
    let (mut seen, mut after) = (Vec::new(), start.clone());
    loop {
        let variables = json!({ "claim": claim.map(Claim::id), "after": after });
        let mut stream = follow(caller, document, variables).await;
        for _ in 0..patience {
            let event = event(&mut stream).await;
            after = event["position"].clone();
            let ended = event["comment"]["body"] == END;
            seen.push(event);
            if ended {
                return seen;
            }
        }
    }
}

/// Follows without a position, from some time on to the end.
async fn drop_in(caller: &Caller, document: &str) -> Vec<Value> {
    let mut stream = follow(caller, document, json!({})).await;
    let mut seen = Vec::new();
    loop {
        let event = event(&mut stream).await;
        let ended = event["comment"]["body"] == END;
        seen.push(event["id"].clone());
        if ended {
            return seen;
        }
    }
}

/// The entries that the caller sees after a position, to the end and no further.
async fn expected(caller: &Caller, start: &Value, filter: Value) -> Vec<Value> {
    let all = read_history(caller, filter).await;
    let after = all.iter().skip_while(|entry| entry["position"] != *start).skip(1);
    let mut expected: Vec<_> = after.cloned().collect();
    let end = expected.iter().position(|entry| entry["comment"]["body"] == END).unwrap();
    expected.truncate(end + 1);
    expected
}

async fn nothing_is_missed_and_nothing_comes_twice(world: &World) {
    // H2
    let first = world.under_review().await;
    let third = world.review(&world.submitted_on(&world.rival, 2).await).await;
    let second = world.review(&world.submitted_on(&world.partner, 1).await).await;
    // Each begins after an entry of its own, and after all drafts: the vendor follows none, and reads them in the history.
    let start = last_position(&world.partner).await;
    let rivals_start = last_position(&world.rival).await;
    let writers = async {
        let (both, all, last) = ([&first, &second], [&first, &third, &second], [&third]);
        let (shared, mixed) = (["SHARED"], ["SHARED", "INTERNAL", "INTERNAL"]);
        tokio::join!(
            write(&world.partner, &both, &shared),
            write(&world.user, &both, &shared),
            write(&world.reviewer, &all, &mixed),
            write(&world.rival, &last, &shared),
        );
        for claim in [&first, &third] {
            world.second_reviewer.comment(claim.id(), END, "SHARED").await.claim();
        }
    };
    let followers =
        join_all((1..5).map(|patience| come_and_go(&world.partner, HISTORY, None, &start, 4 * patience - 3)));
    let vendors = join_all((1..4).map(|patience| come_and_go(&world.auditor, HISTORY, None, &start, 10 * patience)));
    let rivals = come_and_go(&world.rival, HISTORY, None, &rivals_start, 5);
    let of_claim = come_and_go(&world.user, HISTORY, Some(&first), &start, 3);
    let comments = come_and_go(&world.partner, COMMENTS, Some(&first), &start, 2);
    let dropping_in = join_all((0..4).map(|_| drop_in(&world.partner, HISTORY)));
    let (followers, vendors, rivals, of_claim, comments, dropped, ()) =
        tokio::join!(followers, vendors, rivals, of_claim, comments, dropping_in, writers);
    let own = expected(&world.partner, &start, json!({})).await;
    assert!(own.len() > 2 * COMMENTS_EACH, "{}", own.len());
    for seen in &followers {
        assert_eq!(each(seen, "id"), each(&own, "id"));
    }
    let all = expected(&world.auditor, &start, json!({})).await;
    for seen in &vendors {
        assert_eq!(each(seen, "id"), each(&all, "id"));
    }
    assert_eq!(each(&rivals, "id"), each(&expected(&world.rival, &rivals_start, json!({})).await, "id"));
    let on_first: Vec<_> = own.iter().filter(|entry| entry["claim"]["id"] == first.id()).cloned().collect();
    assert_eq!(each(&of_claim, "id"), each(&on_first, "id"));
    let bodies = |list: &[Value]| -> Vec<Value> { list.iter().map(|entry| entry["comment"]["id"].clone()).collect() };
    assert_eq!(bodies(&comments), bodies(&on_first));
    for seen in &dropped {
        assert_eq!(*seen, each(&own, "id")[own.len() - seen.len()..], "from some entry on, every one");
    }
}
