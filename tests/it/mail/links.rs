//! The link that declines (M3).

use reqwest::{
    Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
};
use serde_json::json;

use super::{mailed, reached, rows};
use crate::support::{Answer, World, smtp::Smtp};

mailed!(
    opening_the_link_changes_nothing,
    a_scanner_that_opens_every_link_declines_nothing,
    the_confirming_post_declines_and_spends_the_link,
    links_that_cannot_be_used_answer_alike,
    a_link_is_good_for_its_own_window_only,
    the_database_has_only_the_hash,
    the_page_speaks_four_languages_and_lets_nothing_in,
);

async fn open(world: &World, method: Method, path: &str) -> Answer {
    world.anonymous.send(world.anonymous.request(method, path)).await
}

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> Answer {
    let encoded: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let encoded = encoded.join("&");
    let request = world.anonymous.request(Method::POST, path);
    world.anonymous.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded)).await
}

/// Approves a claim; the path of the link in the customer's mail.
async fn approved(world: &World, smtp: &Smtp) -> (crate::support::Claim, String) {
    let before = smtp.to("desk@contoso.example").len();
    let claim = world.approved().await;
    let mails = smtp.arrived("desk@contoso.example", before + 1).await;
    (claim, mails.last().unwrap().consent_path())
}

async fn opening_the_link_changes_nothing(world: &World, smtp: &Smtp) {
    // M3
    let (claim, path) = approved(world, smtp).await;
    let page = open(world, Method::GET, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in [
        "Alpine Consulting",
        "Contoso",
        "Dynamics 365 for Sales",
        "March 10, 2026",
        claim.field("number").as_str().unwrap(),
        "<button",
    ] {
        assert!(page.text.contains(shown), "{shown} in {}", page.text);
    }
    for method in [Method::HEAD, Method::GET, Method::GET] {
        assert_eq!(open(world, method, &path).await.status, StatusCode::OK);
    }
    let headers = &page.headers;
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert!(headers[CACHE_CONTROL] == "no-store" && headers[REFERRER_POLICY] == "no-referrer", "{headers:?}");
    assert!(!page.text.contains("<script") && !page.text.contains("onclick"), "{}", page.text);
    let seen = world.seen(&claim).await;
    assert_eq!((seen.status(), seen.version()), ("APPROVED", claim.version()));
}

async fn a_scanner_that_opens_every_link_declines_nothing(world: &World, smtp: &Smtp) {
    // M3: every link of every mail, by every method that a scanner may use.
    let (claim, _) = approved(world, smtp).await;
    smtp.came(2).await;
    let links: Vec<String> = smtp.mails().iter().flat_map(crate::support::smtp::Mail::links).collect();
    assert!(links.len() >= 2, "{links:?}");
    for link in links {
        let path = link.strip_prefix(super::PUBLIC).unwrap();
        for method in [Method::HEAD, Method::GET, Method::OPTIONS, Method::PUT] {
            open(world, method, path).await;
        }
    }
    let seen = world.seen(&claim).await;
    assert_eq!((seen.status(), &seen.field("consent")["status"]), ("APPROVED", &json!("PENDING")));
    // Nothing was turned off either.
    let before = smtp.to("desk@alpine.example").len();
    world.withdraw(&world.partner, &world.submitted_on(&world.partner, 9).await).await;
    smtp.arrived("desk@alpine.example", before + 1).await;
}

async fn the_confirming_post_declines_and_spends_the_link(world: &World, smtp: &Smtp) {
    // M3 N3
    let (claim, path) = approved(world, smtp).await;
    let refused = post(world, &path, &[("reason", &"x".repeat(10_001))]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("role=\"alert\"") && refused.text.contains("<form"), "{}", refused.text);
    assert_eq!(world.seen(&claim).await.status(), "APPROVED");
    let done = post(world, &path, &[("reason", "We do not know them.")]).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text.contains("You declined the claim") && !done.text.contains("<form"), "{}", done.text);
    let seen = world.seen(&claim).await;
    assert_eq!((seen.status(), &seen.field("rejection")["reason"]), ("REJECTED", &json!("CUSTOMER_DECLINED")));
    assert_eq!(seen.field("rejection")["detail"], "We do not know them.");
    // History says who, and that it was by link.
    let entry = world.told(&claim, "CONSENT_DECLINED").await.remove(0);
    assert_eq!(entry["actor"], json!({ "kind": "CUSTOMER", "name": "Decline link" }));
    let by_link = json!({ "field": "consent.declinedBy", "before": null, "after": "LINK" });
    assert!(entry["changes"].as_array().unwrap().contains(&by_link), "{entry}");
    for method in [Method::GET, Method::POST] {
        assert_eq!(open(world, method, &path).await.status, StatusCode::NOT_FOUND, "spent");
    }
    assert_eq!(world.told(&claim, "CONSENT_DECLINED").await.len(), 1);
    assert!(world.live_associations().await.is_empty());
}

async fn links_that_cannot_be_used_answer_alike(world: &World, smtp: &Smtp) {
    // M3: unknown, spent, expired, of another purpose, not even a token.
    let (_, spent) = approved(world, smtp).await;
    assert_eq!(post(world, &spent, &[]).await.status, StatusCode::OK);
    let (claim, expired) = approved(world, smtp).await;
    let of_partner = smtp.arrived("desk@alpine.example", 1).await.pop().unwrap().links().remove(0);
    let other = of_partner.strip_prefix(super::PUBLIC).unwrap().replace("unsubscribe", "consent");
    world.later("P8D").await;
    let unknown = format!("/consent/{}", "A".repeat(43));
    let paths = [spent, expired, unknown, other, "/consent/x".to_owned(), "/consent/%00".to_owned()];
    for method in [Method::GET, Method::POST] {
        let mut answers = Vec::new();
        for path in &paths {
            let answer = open(world, method.clone(), path).await;
            let headers: Vec<_> = [CACHE_CONTROL, REFERRER_POLICY, CONTENT_SECURITY_POLICY, CONTENT_TYPE]
                .map(|name| answer.headers[name].clone())
                .to_vec();
            answers.push((answer.status, headers, answer.text));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{method}: {answers:#?}");
        assert_eq!(answers[0].0, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.seen(&claim).await.field("consent")["status"], "GRANTED_BY_LAPSE");
}

async fn a_link_is_good_for_its_own_window_only(world: &World, smtp: &Smtp) {
    // M3: a claim that was withdrawn from its customer's question; the next claim has a link of its own.
    let (first, old) = approved(world, smtp).await;
    world.withdraw(&world.partner, &first).await;
    assert_eq!(open(world, Method::POST, &old).await.status, StatusCode::NOT_FOUND);
    let (second, new) = approved(world, smtp).await;
    assert_ne!(old, new);
    assert_eq!(open(world, Method::POST, &old).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.seen(&second).await.status(), "APPROVED");
    assert_eq!(open(world, Method::POST, &new).await.status, StatusCode::OK);
    assert_eq!(world.seen(&second).await.status(), "REJECTED");
}

async fn the_database_has_only_the_hash(world: &World, smtp: &Smtp) {
    // M3
    let (_, path) = approved(world, smtp).await;
    let token = path.rsplit('/').next().unwrap();
    super::becomes(&world.customer, "CONSENT_REQUESTED", "SENT").await;
    super::becomes(&world.partner, "DECIDED", "SENT").await;
    let kept = rows(world).await;
    assert!(!kept.contains(token) && !kept.contains("Content-Type: multipart"), "{kept}");
    // The API does not give it away either, to nobody.
    for caller in [&world.customer, &world.partner, &world.lead] {
        let all = format!("{:?}", super::notices(caller, json!({})).await);
        assert!(!all.contains(token) && !all.contains("/consent/"), "{all}");
    }
    assert_eq!(post(world, &path, &[]).await.status, StatusCode::OK, "it is the right one");
}

async fn the_page_speaks_four_languages_and_lets_nothing_in(world: &World, smtp: &Smtp) {
    // M3 M4
    reached(world, "desk@contoso.example", "sv").await;
    let (_, path) = approved(world, smtp).await;
    for (query, lang, words) in [
        ("", "sv", "Tacka nej till anspråket"),
        ("?lang=en", "en", "Decline the claim"),
        ("?lang=tr", "tr", "Talebi reddet"),
        ("?lang=hu", "hu", "Az igény elutasítása"),
        ("?lang=xx", "sv", "Tacka nej till anspråket"),
    ] {
        let page = open(world, Method::GET, &format!("{path}{query}")).await;
        assert!(page.text.contains(&format!("<html lang=\"{lang}\">")) && page.text.contains(words), "{}", page.text);
    }
    let gone = world.anonymous.request(Method::GET, "/consent/x").header("accept-language", "hu, en;q=0.5");
    let gone = world.anonymous.send(gone).await;
    assert!(gone.text.contains("Ez a hivatkozás nem használható"), "{}", gone.text);
}
