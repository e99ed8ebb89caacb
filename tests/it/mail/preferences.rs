//! How notices are wanted: at once, daily, off (M5).

use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::{becomes, mailed, notices};
use crate::support::{Caller, World, both, directory::ALPINE, smtp::Smtp, world::SCOPES};

mailed!(
    what_is_off_is_not_sent,
    what_is_daily_comes_in_one_digest_a_day,
    consent_and_action_required_are_sent_at_once_whatever_is_set,
    optional_mail_is_turned_off_in_one_click,
);

both!(a_companys_preferences_are_set_by_its_admins, what_cannot_be_wanted_is_refused);

async fn prefer(caller: &Caller, kind: &str, preference: &str) -> Value {
    caller.mutate("setNoticePreference", json!({ "kind": kind, "preference": preference })).await.payload().clone()
}

async fn withdrawn(world: &World, number: u32) {
    let claim = world.submitted_on(&world.partner, number).await;
    world.withdraw(&world.partner, &claim).await;
}

async fn what_is_off_is_not_sent(world: &World, smtp: &Smtp) {
    // M5
    let set = prefer(&world.partner, "DECIDED", "OFF").await;
    assert_eq!((&set["kind"], &set["preference"], &set["problems"]), (&json!("DECIDED"), &json!("OFF"), &json!([])));
    withdrawn(world, 1).await;
    let skipped = becomes(&world.partner, "DECIDED", "SKIPPED").await;
    assert!(skipped["text"].as_str().unwrap().contains("rejected"), "it can still be read: {skipped}");
    // Of another partner nothing changes, nor of another kind.
    let theirs = world.submitted_by(&world.rival).await;
    world.withdraw(&world.rival, &theirs).await;
    let mail = smtp.came(1).await.remove(0);
    assert_eq!(mail.to, "desk@boreal.example");
    prefer(&world.partner, "DECIDED", "IMMEDIATELY").await;
    withdrawn(world, 2).await;
    smtp.came(2).await;
    assert_eq!(smtp.to("desk@alpine.example").len(), 1);
}

async fn what_is_daily_comes_in_one_digest_a_day(world: &World, smtp: &Smtp) {
    // M5 M6: by the sandbox's clock.
    prefer(&world.partner, "DECIDED", "DAILY").await;
    for number in 1..=3 {
        withdrawn(world, number).await;
    }
    let waiting = |count: usize| async move {
        let sql = "SELECT CAST(COUNT(*) AS text) FROM notice WHERE for_digest AND leased_until IS NULL";
        while world.server.database.read(sql).await[0] != count.to_string() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    waiting(3).await;
    assert_eq!(smtp.attempts(), 0);
    world.later("P1D").await;
    let mails = smtp.came(1).await;
    assert_eq!(mails.len(), 1);
    let (subject, text) = (mails[0].subject(), mails[0].text());
    assert_eq!(subject, "Your daily digest: 3 notices");
    assert_eq!(text.matches("was rejected (Monday, March 2, 2026").count(), 3, "{text}");
    assert!(mails[0].header("List-Unsubscribe-Post").is_some() && mails[0].header("References").is_none());
    becomes(&world.partner, "DIGEST", "SENT").await;
    // What a digest carries is delivered with it.
    let sent = notices(&world.partner, json!({ "kind": ["DECIDED"], "state": ["SENT"] })).await;
    assert_eq!(sent.len(), 3, "{sent:#?}");
    assert!(sent.iter().all(|notice| !notice["deliveredAt"].is_null()));
    // The next day has a digest of its own; a day without notices has none.
    world.later("P2D").await;
    withdrawn(world, 4).await;
    waiting(4).await;
    world.later("P1D").await;
    assert_eq!(smtp.came(2).await[1].subject(), "Your daily digest: 1 notice");
    // Without digests the notices are not sent either.
    prefer(&world.partner, "DIGEST", "OFF").await;
    withdrawn(world, 5).await;
    waiting(5).await;
    world.later("P1D").await;
    becomes(&world.partner, "DECIDED", "SKIPPED").await;
    assert_eq!(smtp.attempts(), 2);
}

async fn consent_and_action_required_are_sent_at_once_whatever_is_set(world: &World, smtp: &Smtp) {
    // M5
    for (caller, kind) in [(&world.partner, "ACTION_REQUIRED"), (&world.customer, "CONSENT_REQUESTED")] {
        for preference in ["DAILY", "OFF"] {
            let refused = prefer(caller, kind, preference).await;
            assert_eq!((&refused["kind"], &refused["problems"][0]["code"]), (&Value::Null, &json!("INVALID_VALUE")));
        }
        assert_eq!(prefer(caller, kind, "IMMEDIATELY").await["problems"], json!([]));
    }
    // Nor by a row that says otherwise.
    for owner in [format!("partner:{ALPINE}"), format!("customer:{}", crate::support::directory::CONTOSO)] {
        for kind in ["ACTION_REQUIRED", "CONSENT_REQUESTED"] {
            let sql = format!("INSERT INTO notice_preference VALUES ('{owner}', '{kind}', 'OFF', 0)");
            world.server.database.tamper(&sql).await;
        }
    }
    prefer(&world.partner, "DECIDED", "OFF").await;
    world.approve(&world.respond(&world.action_requested().await).await).await;
    smtp.came(3).await;
    for (address, count) in [("desk@alpine.example", 1), ("desk@contoso.example", 1)] {
        let mails = smtp.to(address);
        assert_eq!(mails.len(), count, "{address}");
        // Mandatory mail has no way to be turned off.
        assert!(mails[0].header("List-Unsubscribe").is_none() && !mails[0].text().contains("/unsubscribe/"));
    }
}

async fn optional_mail_is_turned_off_in_one_click(world: &World, smtp: &Smtp) {
    // M5, RFC 8058
    withdrawn(world, 1).await;
    let mail = smtp.came(1).await.remove(0);
    let header = mail.header("List-Unsubscribe").unwrap();
    assert_eq!(mail.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let path = header.trim_matches(['<', '>']).strip_prefix(super::PUBLIC).unwrap().to_owned();
    let page = world.anonymous.send(world.anonymous.request(Method::GET, &path)).await;
    assert!(page.status == StatusCode::OK && page.text.contains("<form method=\"post\""), "{}", page.text);
    let post = |path: String| {
        let request = world.anonymous.request(Method::POST, &path);
        world
            .anonymous
            .send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click"))
    };
    withdrawn(world, 2).await;
    smtp.came(2).await;
    assert_eq!(post(path.clone()).await.status, StatusCode::OK);
    withdrawn(world, 3).await;
    becomes(&world.partner, "DECIDED", "SKIPPED").await;
    assert_eq!(smtp.attempts(), 2);
    // It is good for that kind of its recipient only, and declines nothing.
    assert_eq!(post(path.replace("unsubscribe", "consent")).await.status, StatusCode::NOT_FOUND);
    world.action_requested().await;
    smtp.came(3).await;
    assert_eq!(post(format!("/unsubscribe/{}", "B".repeat(43))).await.status, StatusCode::NOT_FOUND);
}

async fn a_companys_preferences_are_set_by_its_admins(world: &World) {
    // M5
    let input = json!({ "kind": "DECIDED", "preference": "DAILY" });
    for caller in [&world.user, &world.auditor, &world.sync] {
        assert_eq!(
            caller.mutate("setNoticePreference", input.clone()).await.errors(),
            ["FORBIDDEN"],
            "{}",
            caller.subject
        );
    }
    let without = world.server.caller(json!({ "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE,
        "scope": SCOPES.replace("notices:read", "") }));
    assert_eq!(without.mutate("setNoticePreference", input.clone()).await.errors(), ["FORBIDDEN"]);
    let billing = world.server.caller(
        json!({ "sub": "bill@alpine.example", "roles": ["BILLING_ADMIN"], "scope": SCOPES, "partner_id": ALPINE }),
    );
    for caller in [&world.partner, &billing, &world.customer, &world.reviewer, &world.lead] {
        let set = caller.mutate("setNoticePreference", input.clone()).await;
        assert!(set.problems().is_empty(), "{}", set.text);
    }
    let owners = world.server.database.read("SELECT owner FROM notice_preference ORDER BY owner").await;
    assert_eq!(owners.len(), 4, "a company has one: {owners:?}");
}

async fn what_cannot_be_wanted_is_refused(world: &World) {
    // M5 J1
    let digest = prefer(&world.lead, "DIGEST", "IMMEDIATELY").await;
    assert_eq!(
        (&digest["problems"][0]["code"], &digest["problems"][0]["field"]),
        (&json!("INVALID_VALUE"), &json!(["preference"]))
    );
    let keyed = |preference: &str| json!({ "kind": "DISPUTED", "preference": preference, "idempotencyKey": "k" });
    for _ in 0..2 {
        assert!(world.lead.mutate("setNoticePreference", keyed("OFF")).await.problems().is_empty());
    }
    let reused = world.lead.mutate("setNoticePreference", keyed("DAILY")).await;
    assert_eq!(reused.problems(), ["IDEMPOTENCY_KEY_REUSED"]);
}
