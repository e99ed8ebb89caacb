//! Where messages may go (W6). What addresses are public is told by the unit tests of `webhooks::address` and `webhooks::target`.

use serde_json::json;

use super::{admin, advance, deliveries_until, endpoint, endpoint_with};
use crate::support::{
    Settings, World, both,
    receiver::{Manners, Receiver},
};

both!(only_https_to_the_public_network_is_registered,);

mod sent {
    use super::*;

    both!(Settings::dispatching() =>
        redirects_are_not_followed,
        a_name_that_leads_elsewhere_is_not_connected_to,
        an_attempt_takes_ten_seconds_at_most,
    );

    async fn redirects_are_not_followed(world: &World) {
        // W6
        let receiver = Receiver::start().await;
        let admin = admin(world);
        let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
        receiver.behave("/", Manners::Redirects);
        world.draft().await;
        let all = deliveries_until(&admin, &own.id, |all| all.len() == 1 && all[0]["attempts"][0].is_object()).await;
        assert_eq!((&all[0]["state"], &all[0]["attempts"][0]["status"]), (&json!("PENDING"), &json!(307)));
        assert!(receiver.at("/elsewhere").is_empty());
    }

    async fn a_name_that_leads_elsewhere_is_not_connected_to(world: &World) {
        // W6: the row is changed past the server, as if the name had been judged when it led elsewhere.
        let receiver = Receiver::start().await;
        let admin = admin(world);
        let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
        for (number, url) in [
            format!("https://localhost:{}/", receiver.port()),
            format!("http://[::1]:{}/", receiver.port()),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://8.8.8.8/".to_owned(),
        ]
        .into_iter()
        .enumerate()
        {
            world.server.database.tamper(&format!("UPDATE webhook_endpoint SET url = '{url}'")).await;
            let test = admin.mutate("testWebhookEndpoint", json!({ "endpointId": own.id })).await;
            let attempt = &test.payload()["attempt"];
            assert!(attempt["status"].is_null() && attempt["error"].is_string(), "{number} {url}: {attempt}");
        }
        assert!(receiver.at("/").is_empty());
    }

    async fn an_attempt_takes_ten_seconds_at_most(world: &World) {
        // W6
        let receiver = Receiver::start().await;
        let admin = admin(world);
        let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
        receiver.behave("/", Manners::Hangs);
        world.draft().await;
        let tried = |all: &[serde_json::Value]| all.len() == 1 && all[0]["attempts"][0].is_object();
        receiver.messages("/", 1).await;
        let mut all = Vec::new();
        for _ in 0..12 {
            all = super::super::deliveries(&admin, &own.id).await;
            if tried(&all) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        }
        let attempt = &all[0]["attempts"][0];
        assert!(attempt["status"].is_null() && attempt["error"].as_str().unwrap().contains("10 seconds"), "{attempt}");
        // How much later a busy machine notices is not what is tested.
        assert!(attempt["milliseconds"].as_i64().unwrap() >= 10_000, "{attempt}");
        receiver.behave("/", Manners::Accepts);
        advance(world, 5);
        deliveries_until(&admin, &own.id, |all| super::super::all_in(all, "SENT")).await;
    }
}

async fn only_https_to_the_public_network_is_registered(world: &World) {
    // W6
    let admin = admin(world);
    for url in [
        "http://hooks.invalid/",
        "ftp://hooks.invalid/",
        "https://user:secret@hooks.invalid/",
        "https://hooks.invalid/#part",
        "https://hooks.invalid:25/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/",
        "hooks",
        "",
    ] {
        let answer = admin.mutate("createWebhookEndpoint", json!({ "url": url, "events": ["COMMENT_ADDED"] })).await;
        let problem = &answer.payload()["problems"][0];
        assert_eq!((&problem["code"], &problem["field"]), (&json!("INVALID_VALUE"), &json!(["url"])), "{url}");
        assert!(problem["remedy"].is_string());
    }
    let own = endpoint_with(&admin, json!({ "url": "https://hooks.invalid/in", "events": ["COMMENT_ADDED"] })).await;
    let moved =
        admin.mutate("updateWebhookEndpoint", json!({ "endpointId": own.id, "url": "https://10.0.0.1/" })).await;
    assert_eq!(moved.payload()["problems"][0]["field"], json!(["url"]));
    let test = admin.mutate("testWebhookEndpoint", json!({ "endpointId": own.id })).await;
    assert!(test.payload()["attempt"]["error"].is_string() && test.payload()["attempt"]["status"].is_null());
}
