//! How an arbitration ends by itself, and what comes after (X7, D1).

use serde_json::{Value, json};

use crate::{
    arbitration::{on_two_products, rises},
    support::{World, both},
};

both!(
    it_settles_when_one_is_left,
    with_more_than_one_left_it_goes_on,
    a_new_rival_opens_what_was_won,
    a_lost_claim_comes_back_by_dispute,
    it_is_sent_for_evaluation_once,
);

async fn it_settles_when_one_is_left(world: &World) {
    // X7: by withdrawal, by rejection, by a removed product, by silence.
    for way in ["withdrawn", "rejected", "removed", "silent"] {
        let mine = on_two_products(world).await;
        let theirs = world.submitted_by(&world.rival).await;
        let id = world.open_arbitration(&mine).await;
        match way {
            "withdrawn" => drop(world.withdraw(&world.partner, &mine).await),
            "rejected" => drop(world.reject(&world.review(&mine).await).await),
            "removed" => {
                drop(world.partner.act("updateClaim", &mine, json!({ "removeLineIds": [mine.line(0)] })).await.done());
            }
            _ => {
                world.ask(&world.review(&mine).await).await;
                world.later("P10D").await;
            }
        }
        let left = world.seen(&theirs).await;
        assert_eq!(
            (left.outcome(0), left.version(), left.status()),
            ("WON", theirs.version() + 1, "SUBMITTED"),
            "{way}"
        );
        assert_eq!(left.arbitrations(), [(id.as_str(), "SETTLED")], "{way}");
        let told = world.told(&left, "ARBITRATION_SETTLED").await;
        assert_eq!((told.len(), &told[0]["actor"]["kind"]), (1, &json!("SYSTEM")), "{way}");
        assert!(world.comments(&world.rival, &left).await.last().unwrap().1.contains("is over"), "{way}");
        let seen = world.arbitrations(&world.lead).await;
        let settled = seen.iter().find(|one| one["id"] == id.as_str()).unwrap();
        assert_eq!((&settled["winner"]["id"], &settled["rationale"]), (&json!(theirs.id()), &Value::Null), "{way}");
        assert_eq!(world.approve(&world.review(&left).await).await.status(), "APPROVED");
        world.withdraw(&world.rival, &world.seen(&left).await).await;
        let mine = world.seen(&mine).await;
        if mine.status() != "REJECTED" {
            world.withdraw(&world.partner, &mine).await;
        }
    }
}

async fn with_more_than_one_left_it_goes_on(world: &World) {
    // X7
    let (mine, theirs) = world.contested().await;
    let third = world.third().await;
    let last = world.submit_input(&third, world.input_of_third()).await;
    let id = world.open_arbitration(&mine).await;
    world.withdraw(&world.rival, &theirs).await;
    assert_eq!(world.open_arbitration(&mine).await, id);
    assert_eq!(rises(world, &[&mine, &last]).await, [0, 0]);
    // Who has left cannot win it any more.
    assert_eq!(world.award(&id, &theirs).await.refused(), ["NOT_FOUND"]);
    world.award(&id, &last).await.data();
    assert_eq!((world.seen(&mine).await.status(), world.seen(&last).await.outcome(0)), ("REJECTED", "WON"));
    assert_eq!(world.seen(&theirs).await.field("rejection")["reason"], "PARTNER_REQUEST");
}

async fn a_new_rival_opens_what_was_won(world: &World) {
    // X7, L11b
    let (mine, theirs) = world.contested().await;
    world.award(&world.open_arbitration(&mine).await, &mine).await.data();
    let won = world.seen(&mine).await;
    let third = world.third().await;
    let last = world.submit_input(&third, world.input_of_third()).await;
    let open = world.seen(&mine).await;
    assert_eq!((open.outcome(0), open.version(), open.arbitrations().len()), ("PENDING", won.version() + 1, 2));
    assert_eq!(world.reviewer.act("approveClaim", &open, json!({})).await.refused(), ["IN_ARBITRATION"]);
    assert_eq!(world.seen(&theirs).await.arbitrations().len(), 1, "who lost does not compete");
    let id = world.open_arbitration(&mine).await;
    world.award(&id, &last).await.data();
    assert_eq!(world.seen(&mine).await.status(), "REJECTED");
    // On an incumbent as well.
    world.approve(&world.review(&world.seen(&last).await).await).await;
    let again = world.submitted_by(&world.rival).await;
    let incumbent = world.seen(&last).await;
    assert_eq!((incumbent.status(), incumbent.outcome(0), again.outcome(0)), ("APPROVED", "PENDING", "PENDING"));
    assert_eq!(world.live_associations().await.len(), 1);
}

async fn a_lost_claim_comes_back_by_dispute(world: &World) {
    // X5, D1: lost lines are pending again, and X1 applies to them anew.
    let (mine, theirs) = world.contested().await;
    let first = world.open_arbitration(&mine).await;
    world.award(&first, &theirs).await.data();
    world.approve(&world.seen(&theirs).await).await;
    let disputed = world.dispute(&world.seen(&mine).await).await;
    assert_eq!((disputed.status(), disputed.outcome(0)), ("UNDER_REVIEW", "PENDING"));
    let second = world.open_arbitration(&mine).await;
    assert_ne!(first, second);
    assert_eq!(disputed.arbitrations(), [(first.as_str(), "AWARDED"), (second.as_str(), "OPEN")]);
    assert_eq!(world.lead.act("approveClaim", &disputed, json!({})).await.refused(), ["IN_ARBITRATION"]);
    world.award(&second, &disputed).await.data();
    let incumbent = world.seen(&theirs).await;
    assert_eq!((incumbent.status(), world.live_associations().await.len()), ("REJECTED", 0));
    let upheld = world.lead.act("approveClaim", &world.seen(&mine).await, json!({})).await.done();
    assert_eq!((&upheld.field("dispute")["status"], world.live_associations().await.len()), (&json!("UPHELD"), 1));
}

async fn it_is_sent_for_evaluation_once(world: &World) {
    // I1: also where a claim that was sent loses, disputes and is approved again.
    let (mine, theirs) = world.incumbent().await;
    world.later("P10D").await;
    world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
    let sent = world.seen(&mine).await.field("evaluation").clone();
    assert_eq!(sent["status"], "SENT");
    world.withdraw(&world.rival, &world.seen(&theirs).await).await;
    let disputed = world.dispute(&world.seen(&mine).await).await;
    let again = world.lead.act("approveClaim", &disputed, json!({})).await.done();
    assert_eq!(
        (again.status(), &again.field("consent")["status"], &again.field("evaluation")["status"]),
        ("APPROVED", &json!("PENDING"), &json!("SENT"))
    );
    world.later("P10D").await;
    let lapsed = world.seen(&mine).await;
    assert_eq!(
        (lapsed.field("evaluation"), &lapsed.field("lines")[0]["association"]["official"]),
        (&sent, &json!(true))
    );
    assert_eq!(
        (world.told(&mine, "SENT_FOR_EVALUATION").await.len(), world.told(&mine, "CONSENT_LAPSED").await.len()),
        (1, 2)
    );
}
