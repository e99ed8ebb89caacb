//! A claim's events are in the order of its history, also where a command reaches over to the claims of rivals (H2): those who
//! wait for a row must not have a transaction number yet, or what happens later would come earlier.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{HISTORY, each, event, follow_claim};
use crate::support::{Answer, Backend, Caller, Claim, World, both};

both!(
    a_withdrawal_and_comments_of_the_rival,
    a_submission_and_comments_of_the_rival,
    an_award_and_comments_of_both,
    clocks_and_comments,
);

/// How often a race is run on PostgreSQL. SQLite has one writer at a time: there it is only seen to end well.
const ROUNDS: u32 = 50;

fn rounds(world: &World, of_fifty: u32) -> std::ops::Range<u32> {
    0..if world.server.database.backend == Backend::Postgres { ROUNDS * of_fifty / 50 } else { 3 }
}

/// How many comments race with it.
const COMMENTS: usize = 8;

/// What ends a round.
const END: &str = "The end.";

/// The entries of a claim in the order in which they happened on it.
async fn chain(caller: &Caller, claim: &Claim) -> Vec<Value> {
    let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { id action } } } }";
    let answer = caller.graphql(query, json!({ "id": claim.id() })).await;
    answer.data()["claim"]["history"]["nodes"].as_array().unwrap().clone()
}

/// Comments on a claim by several people at once.
async fn comments(world: &World, claim: &Claim, owner: &Caller) -> Vec<Answer> {
    let people = [owner, &world.reviewer, &world.lead, &world.second_reviewer];
    join_all((0..COMMENTS).map(|number| people[number % people.len()].comment(claim.id(), "Hello.", "SHARED"))).await
}

/// Asserts that events of these claims come in the order of each claim's history, while this happens.
async fn in_order<T>(world: &World, claims: &[&Claim], what: impl Future<Output = T>) -> T {
    let mut streams = Vec::new();
    for claim in claims {
        streams.push(follow_claim(&world.auditor, HISTORY, claim).await);
    }
    let result = what.await;
    for (claim, stream) in claims.iter().zip(&mut streams) {
        world.lead.comment(claim.id(), END, "SHARED").await.claim();
        let mut seen = Vec::new();
        loop {
            let event = event(stream).await;
            let ended = event["comment"]["body"] == END;
            seen.push(event);
            if ended {
                break;
            }
        }
        let chain = chain(&world.auditor, claim).await;
        assert_eq!(each(&seen, "id"), each(&chain[chain.len() - seen.len()..], "id"), "{seen:?}");
    }
    result
}

/// Under review, on the subscription of [`World::new_customer`].
async fn reviewed(world: &World, caller: &Caller, number: u32) -> Claim {
    world.review(&world.submitted_on(caller, number).await).await
}

async fn a_withdrawal_and_comments_of_the_rival(world: &World) {
    // X7, H2: it settles the arbitration on the rival's claim.
    for round in rounds(world, 50) {
        let mine = reviewed(world, &world.partner, round).await;
        let theirs = reviewed(world, &world.rival, round).await;
        in_order(world, &[&theirs], async {
            let withdrawal = world.withdraw(&world.partner, &mine);
            let (_, comments) = tokio::join!(withdrawal, comments(world, &theirs, &world.rival));
            assert!(comments.iter().all(|answer| answer.problems().is_empty()));
        })
        .await;
    }
}

async fn a_submission_and_comments_of_the_rival(world: &World) {
    // X1, H2: it opens an arbitration on the rival's claim.
    for round in rounds(world, 25) {
        let theirs = reviewed(world, &world.rival, round).await;
        let mine = world.prove(&world.partner, &world.draft_on(&world.partner, round).await).await;
        in_order(world, &[&theirs], async {
            tokio::join!(world.submit(&world.partner, &mine), comments(world, &theirs, &world.rival));
        })
        .await;
    }
}

async fn an_award_and_comments_of_both(world: &World) {
    // X5, H2: it touches both.
    for round in rounds(world, 25) {
        let mine = reviewed(world, &world.partner, round).await;
        let theirs = reviewed(world, &world.rival, round).await;
        let arbitration = world.open_arbitration(&mine).await;
        in_order(world, &[&mine, &theirs], async {
            let both =
                async { tokio::join!(comments(world, &mine, &world.partner), comments(world, &theirs, &world.rival)) };
            let (award, _) = tokio::join!(world.award(&arbitration, &mine), both);
            assert!(award.problems().is_empty(), "{}", award.text);
        })
        .await;
    }
}

async fn clocks_and_comments(world: &World) {
    // T3, X7, H2: the silence of one partner settles it for the other.
    for round in rounds(world, 10) {
        let mine = world.ask(&reviewed(world, &world.partner, round).await).await;
        let theirs = reviewed(world, &world.rival, round).await;
        in_order(world, &[&theirs, &mine], async {
            let posted =
                async { tokio::join!(comments(world, &theirs, &world.rival), comments(world, &mine, &world.partner)) };
            tokio::join!(world.later("P10D"), posted);
        })
        .await;
        assert_eq!(world.seen(&mine).await.status(), "REJECTED");
    }
}
