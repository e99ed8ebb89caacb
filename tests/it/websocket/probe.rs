use serde_json::json;
use crate::support::{Socket, World, both};
both!(probe);
async fn probe(world: &World) {
    for submitted in [true, false] {
        let claim = if submitted { world.submitted().await } else { world.draft().await };
        for caller in [&world.partner, &world.reviewer] {
            let after = super::position(world, &claim).await;
            let made = world.partner.comment(claim.id(), "begin", "SHARED").await;
            let mut socket = Socket::of(caller).await;
            let id = socket.subscribe(super::FOLLOW, json!({ "claim": claim.id(), "after": after })).await;
            let got = tokio::time::timeout(std::time::Duration::from_secs(3), socket.message_of(&id)).await;
            println!("{submitted} {} after {after} {} -> {got:?}", caller.subject, made.text.len());
            println!("{:?}", world.history(&claim).await.iter().map(|e| e["action"].to_string()).collect::<Vec<_>>());
        }
    }
}
