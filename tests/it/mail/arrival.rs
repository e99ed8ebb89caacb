//! Every notice arrives where it should, in the right words (M1, M1b, M2, M4).

use serde_json::{Value, json};

use super::{becomes, mailed, notices, of_kind, reached};
use crate::support::{
    World, both,
    directory::{CONTOSO, CONTOSO_SALES, SALES, subscription},
    smtp::{Mail, Smtp},
};

mailed!(
    each_event_is_told_to_whom_it_concerns,
    a_notice_goes_to_the_directorys_address_else_to_the_claims_contact,
    leads_hear_where_nobody_is_assigned,
    an_absent_reviewers_deputy_hears_too,
    the_mail_is_in_the_recipients_language,
    a_claims_mails_are_one_thread,
    what_is_read_is_what_was_sent,
);

both!(without_a_channel_notices_are_only_recorded, each_recipient_sees_only_theirs, notices_are_nodes_and_pages);

fn told(mails: &[Mail]) -> Vec<(String, String)> {
    let mut told: Vec<_> = mails.iter().map(|mail| (mail.to.clone(), mail.subject())).collect();
    told.sort();
    told
}

/// What came, by recipient and subject, where so many were to come; forgets nothing.
async fn came(smtp: &Smtp, before: usize, count: usize) -> Vec<(String, String)> {
    told(&smtp.came(before + count).await[before..])
}

fn pairs(expected: &[(&str, String)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = expected.iter().map(|(to, subject)| ((*to).to_owned(), subject.clone())).collect();
    all.sort();
    all
}

async fn each_event_is_told_to_whom_it_concerns(world: &World, smtp: &Smtp) {
    // M1
    let (partner, customer) = ("desk@alpine.example", "desk@contoso.example");
    let asked = world.action_requested().await;
    let number = asked.field("number").as_str().unwrap().to_owned();
    assert_eq!(came(smtp, 0, 1).await, pairs(&[(partner, format!("Claim {number} needs your action"))]));
    let answered = world.respond(&asked).await;
    let responded = format!("The partner responded on claim {number}");
    assert_eq!(came(smtp, 1, 1).await, pairs(&[(&world.reviewer.subject, responded)]));
    let rejected = world.reject(&answered).await;
    assert_eq!(came(smtp, 2, 1).await, pairs(&[(partner, format!("Claim {number} was rejected"))]));
    // D4
    let text = smtp.mails()[2].text();
    for words in
        ["The proof of execution is not sufficient", "The work is not shown.", "dispute the rejection", "April 2, 2026"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    let disputed = world.dispute(&rejected).await;
    let subject = format!("The rejection of claim {number} is disputed");
    assert_eq!(came(smtp, 3, 1).await, pairs(&[(&world.lead.subject, subject)]));
    let approved = world.second_reviewer.act("approveClaim", &world.taken(&disputed).await, json!({})).await.done();
    let question = format!("Do you work with Alpine Consulting? Claim {number}");
    let decided = format!("Claim {number} was approved");
    assert_eq!(came(smtp, 4, 2).await, pairs(&[(customer, question), (partner, decided)]));
    // X4: each side, without the other's name (X2).
    world.submitted_by(&world.rival).await;
    let opened = came(smtp, 6, 2).await;
    assert_eq!(opened.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [partner, "desk@boreal.example"]);
    for mail in &smtp.mails()[6..8] {
        let both = format!("{} {}", mail.text(), mail.subject());
        assert!(both.contains("is in arbitration") && !both.contains("Boreal") && !both.contains("Alpine"), "{both}");
    }
    world.withdraw(&world.partner, &world.seen(&approved).await).await;
    // Settled for both, and the withdrawal is a decision.
    let settled = came(smtp, 8, 3).await;
    assert_eq!(settled.iter().filter(|(to, _)| to == "desk@boreal.example").count(), 1, "{settled:?}");
    assert_eq!(notices(&world.partner, json!({})).await.len(), 6);
}

async fn a_notice_goes_to_the_directorys_address_else_to_the_claims_contact(world: &World, smtp: &Smtp) {
    // M1b
    let row = json!({ "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example", "contactEmail": null });
    world.load("upsertCustomers", vec![row]).await;
    world.approved().await;
    smtp.came(2).await;
    assert_eq!((smtp.to("kim@contoso.example").len(), smtp.to("desk@alpine.example").len()), (1, 1));
    // C8: what a row leaves out stays as it is.
    let row = json!({ "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example" });
    reached(world, "desk@contoso.example", "hu").await;
    world.load("upsertCustomers", vec![row]).await;
    let kept = "SELECT contact_email || ' ' || locale FROM customer WHERE domain = 'contoso.example'";
    assert_eq!(world.server.database.read(kept).await, ["desk@contoso.example hu"]);
    let wrong = world.sync.mutate(
        "upsertCustomers",
        json!({ "rows": [
        { "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example", "contactEmail": "nowhere" },
        { "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example", "locale": "h u" } ] }),
    );
    let problems = wrong.await.payload()["problems"].clone();
    assert_eq!(problems[0]["problem"]["field"], json!(["contactEmail"]), "{problems}");
    // I2: told to the partner.
    let ended = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "EXPIRED");
    world.load("upsertSubscriptions", vec![ended]).await;
    let mail = smtp.came(3).await.pop().unwrap();
    assert_eq!(mail.to, "desk@alpine.example");
    assert!(mail.subject().starts_with("A subscription of claim") && mail.text().contains(CONTOSO_SALES), "{mail:?}");
}

async fn leads_hear_where_nobody_is_assigned(world: &World, smtp: &Smtp) {
    // M1b: every active lead, each with a notice of their own.
    for (subject, active) in [("two@vendor.example", true), ("gone@vendor.example", false)] {
        let row = json!({ "subject": subject, "name": subject, "email": subject, "lead": true, "active": active, "locale": "sv" });
        world.load("upsertReviewers", vec![row]).await;
    }
    let disputed = world.dispute(&world.rejected().await).await;
    smtp.came(3).await;
    let number = disputed.field("number").as_str().unwrap();
    assert_eq!(smtp.to(&world.lead.subject)[0].subject(), format!("The rejection of claim {number} is disputed"));
    assert_eq!(smtp.to("two@vendor.example")[0].subject(), format!("Avslaget på anspråk {number} har bestridits"));
    assert!(smtp.to("gone@vendor.example").is_empty());
    assert_eq!(of_kind(&world.lead, &disputed, "DISPUTED").await.len(), 1);
    assert!(of_kind(&world.reviewer, &disputed, "DISPUTED").await.is_empty());
}

async fn an_absent_reviewers_deputy_hears_too(world: &World, smtp: &Smtp) {
    // M1b R4
    let asked = world.action_requested().await;
    let absence = json!({ "reviewerSubject": world.reviewer.subject, "from": "2026-03-01T00:00:00Z",
        "until": "2026-03-20T00:00:00Z", "deputySubject": world.second_reviewer.subject });
    assert!(world.lead.mutate("setReviewerAbsence", absence).await.problems().is_empty());
    world.respond(&asked).await;
    smtp.came(3).await;
    assert_eq!((smtp.to(&world.reviewer.subject).len(), smtp.to(&world.second_reviewer.subject).len()), (1, 1));
}

async fn the_mail_is_in_the_recipients_language(world: &World, smtp: &Smtp) {
    // M4: the deadline as the language writes it, in the policy's time zone, with the zone named.
    let expected = [
        ("tr", "ile çalışıyor musunuz", "10 Mart 2026", "Ret için son tarih"),
        ("hu-HU", "Az Önök partnere", "2026. március 10.", "Az elutasítás határideje"),
        ("sv", "Arbetar ni med", "10 mars 2026", "Tacka nej före"),
        ("de", "Do you work with", "March 10, 2026", "Decline before"),
    ];
    for (place, (locale, question, date, label)) in expected.into_iter().enumerate() {
        reached(world, "desk@contoso.example", locale).await;
        let claim = world.approved().await;
        let sent = smtp.came(3 * place + 2).await;
        let mail = sent.iter().rfind(|mail| mail.to == "desk@contoso.example").unwrap();
        assert!(mail.subject().contains(question), "{}", mail.subject());
        let text = mail.text();
        assert!(text.contains(date) && text.contains(label), "{text}");
        assert!(
            mail.html()
                .contains(&format!("<html lang=\"{}\">", &locale.split('-').next().unwrap().replace("de", "en")))
        );
        let read = &of_kind(&world.customer, &claim, "CONSENT_REQUESTED").await[0];
        assert_eq!(read["locale"], locale.split('-').next().unwrap().replace("de", "en"));
        world.withdraw(&world.partner, &claim).await;
        smtp.came(3 * (place + 1)).await;
    }
}

async fn a_claims_mails_are_one_thread(world: &World, smtp: &Smtp) {
    let claim = world.reject(&world.respond(&world.action_requested().await).await).await;
    let other = world.submitted_on(&world.partner, 1).await;
    world.withdraw(&world.partner, &other).await;
    let mails = smtp.came(4).await;
    let thread = |mail: &Mail| (mail.header("References").unwrap(), mail.header("In-Reply-To").unwrap());
    let (root, reply) = thread(&mails[0]);
    assert_eq!(root, reply);
    assert!(mails[..3].iter().all(|mail| thread(mail) == thread(&mails[0])), "{}", claim.id());
    assert_ne!(thread(&mails[3]).0, root);
    let mut ids: Vec<_> = mails.iter().map(Mail::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert_eq!(mails[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(mails[0].header("List-Id").as_deref(), Some("<action-required.notices.claims.vendor.example>"));
}

async fn what_is_read_is_what_was_sent(world: &World, smtp: &Smtp) {
    // M2
    let claim = world.rejected().await;
    smtp.came(1).await;
    let notice = becomes(&world.partner, "DECIDED", "SENT").await;
    let mail = &smtp.mails()[0];
    assert_eq!((&notice["subject"], &notice["recipient"]), (&json!(mail.subject()), &json!("desk@alpine.example")));
    assert_eq!((&notice["locale"], &notice["claim"]["id"]), (&json!("en"), &json!(claim.id())));
    let (sent, read) = (mail.text().replace("\r\n", "\n"), notice["text"].as_str().unwrap().to_owned());
    // All but the link that turns such mails off, which is the mail's own.
    let shared = sent.split("Turn off").next().unwrap().trim_end();
    assert_eq!(shared, read.trim_end());
    assert_eq!(notice["deliveredAt"], "2026-03-02T09:00:00Z");
    // It stays as it was sent, whatever the directory says later.
    let row =
        json!({ "partnerId": crate::support::directory::ALPINE, "name": "Alpine", "locations": [], "locale": "tr" });
    world.load("upsertPartners", vec![row]).await;
    assert_eq!(becomes(&world.partner, "DECIDED", "SENT").await, notice);
}

async fn without_a_channel_notices_are_only_recorded(world: &World) {
    // M1 M2
    let claim = world.approved().await;
    let asked = of_kind(&world.customer, &claim, "CONSENT_REQUESTED").await;
    assert_eq!((asked.len(), &asked[0]["state"], &asked[0]["deliveredAt"]), (1, &json!("RECORDED"), &Value::Null));
    assert_eq!(asked[0]["recipient"], "kim@contoso.example");
    let text = asked[0]["text"].as_str().unwrap();
    assert!(text.contains("March 10, 2026") && text.contains("You can decline in the console"), "{text}");
    assert!(!text.contains("/consent/"), "{text}");
    assert_eq!(of_kind(&world.partner, &claim, "DECIDED").await[0]["state"], "RECORDED");
}

async fn each_recipient_sees_only_theirs(world: &World) {
    // M2 A4
    let disputed = world.dispute(&world.rejected().await).await;
    let mine = of_kind(&world.partner, &disputed, "DECIDED").await;
    assert_eq!(mine.len(), 1);
    assert_eq!(notices(&world.user, json!({})).await.len(), 1, "a colleague reads the company's");
    for caller in [&world.rival, &world.customer, &world.other_customer, &world.auditor, &world.reviewer, &world.sync] {
        assert!(notices(caller, json!({})).await.is_empty(), "{}", caller.subject);
    }
    let node = "query($id: ID!) { node(id: $id) { id ... on Notice { subject } } }";
    let variables = json!({ "id": mine[0]["id"] });
    assert_eq!(world.partner.graphql(node, variables.clone()).await.data()["node"]["subject"], mine[0]["subject"]);
    for caller in [&world.rival, &world.customer, &world.lead] {
        assert_eq!(caller.graphql(node, variables.clone()).await.data()["node"], Value::Null, "{}", caller.subject);
    }
    // A lead whom nobody knew when it was written: to leads in general.
    let claims =
        json!({ "roles": ["GLOBAL_ADMIN"], "scope": "claims:read", "partner_id": crate::support::directory::ALPINE });
    let without = world.server.caller(claims);
    assert_eq!(without.graphql("{ notices { totalCount } }", json!({})).await.errors(), ["FORBIDDEN"]);
}

async fn notices_are_nodes_and_pages(world: &World) {
    // M2
    let claim = world.reject(&world.respond(&world.action_requested().await).await).await;
    let kinds =
        |nodes: &[Value]| nodes.iter().map(|node| node["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    world.later("PT1H").await;
    let withdrawn = world.withdraw(&world.partner, &world.submitted_on(&world.partner, 1).await).await;
    let all = notices(&world.partner, json!({})).await;
    assert_eq!(kinds(&all[..1]), ["DECIDED"], "newest first");
    assert_eq!(all[0]["claim"]["id"], withdrawn.id());
    let filtered = notices(&world.partner, json!({ "kind": ["ACTION_REQUIRED", "DISPUTED"] })).await;
    assert_eq!(kinds(&filtered), ["ACTION_REQUIRED"]);
    assert_eq!(notices(&world.partner, json!({ "claimId": claim.id() })).await.len(), 2);
    assert!(notices(&world.partner, json!({ "claimId": "nonsense" })).await.is_empty());
    assert!(notices(&world.partner, json!({ "state": ["SENT"] })).await.is_empty());
    let page = world.partner.query("{ notices(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } }").await;
    let after = page["notices"]["pageInfo"]["endCursor"].as_str().unwrap();
    let rest = world.partner.query(&format!("{{ notices(first: 2, after: \"{after}\") {{ nodes {{ id }} }} }}")).await;
    let mut ids: Vec<_> =
        [&page, &rest].iter().flat_map(|page| page["notices"]["nodes"].as_array().unwrap()).cloned().collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}
