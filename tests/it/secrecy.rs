//! Neither partner of a contest ever learns who the other is (X2, A4): whatever a partner can ask for, at every stage of a
//! contest, is searched for the other's names, ids, numbers and words.

use serde_json::{Value, json};

use crate::support::{
    Caller, Claim, World, both,
    claims::FIELDS,
    directory::{ALPINE, ALPINE_ENROLLED, BOREAL, BOREAL_ENROLLED},
    ids,
    world::PDF,
};

both!(neither_side_ever_learns_of_the_other);

/// Everything that a partner can read, in as few questions as the limits allow.
async fn everything(world: &World, caller: &Caller) -> String {
    let actor = "{ kind name }";
    let arbitration = "{ id status openedAt settledAt rationale customer { name domains } product { name } subscription { subscriptionId } \
         winner { id number } claims { id number name partner { name } location { mpnId name } } }";
    let questions = [
        format!("{{ claims(first: 20) {{ totalCount nodes {FIELDS} }} }}"),
        format!("{{ claims(first: 20) {{ nodes {{ arbitrations {arbitration} }} }} }}"),
        format!("{{ arbitrations(first: 50) {{ totalCount edges {{ cursor node {arbitration} }} pageInfo {{ endCursor }} }} }}"),
        format!("{{ comments(first: 100) {{ totalCount nodes {{ id body visibility author {actor} claim {{ id number }} }} }} }}"),
        format!(
            "{{ history(first: 100) {{ totalCount nodes {{ id action note at actor {actor} fromStatus toStatus hash \
             changes {{ field before after }} comment {{ body author {actor} }} claim {{ id number }} }} }} }}"
        ),
        "{ associations(first: 100) { totalCount nodes { id official startedAt endedAt partner { name } claim { id number } } } }".to_owned(),
        "{ partners(first: 100) { totalCount nodes { id name locations { mpnId name } } } viewer { subject partner { name } } }".to_owned(),
        "{ customers(first: 20) { totalCount nodes { name claims(first: 20) { totalCount nodes { id number partner { name } } } \
         subscriptions(first: 20) { totalCount nodes { subscriptionId } } } } }"
            .to_owned(),
        "{ claimStatistics { total overdue approvalRate byStatus { status count } } }".to_owned(),
        "{ partners(first: 20) { nodes { claims(first: 20) { totalCount nodes { number lastActivityAt createdBy { name } submittedBy { name } } } } } \
         claimStatistics(groupBy: PARTNER) { groups { key label total } } }"
            .to_owned(),
        "{ claimStatistics(groupBy: PRODUCT) { groups { key label total } } history(first: 20, filter: { actorKind: PARTNER }) { totalCount nodes { actor { name } } } }".to_owned(),
        "{ claims(filter: { inArbitration: true }) { totalCount } products(first: 1) { totalCount } }".to_owned(),
    ];
    let mut all = String::new();
    for question in questions {
        let answer = caller.graphql(&question, json!({})).await;
        answer.data();
        all.push_str(&answer.text);
    }
    all + &mutations(world, caller).await
}

/// What its mutations answer, also where they refuse.
async fn mutations(world: &World, caller: &Caller) -> String {
    let mut all = String::new();
    let claims = caller.query("{ claims(first: 20) { nodes { id version } } }").await;
    for claim in claims["claims"]["nodes"].as_array().unwrap() {
        let claim = Claim(claim.clone());
        for (mutation, input) in [
            ("submitClaim", json!({})),
            ("respondToReview", json!({})),
            ("withdrawClaim", json!({ "detail": " " })),
            ("disputeClaim", json!({})),
        ] {
            all.push_str(&caller.act(mutation, &claim, input).await.text);
        }
    }
    let input = world.input_of(caller);
    let lines = json!({ "tenantId": input["tenantId"], "domain": input["domain"], "solutionArea": input["solutionArea"],
        "activities": input["activities"], "mpnId": input["mpnId"], "lines": input["lines"] });
    let eligibility = "query($i: ClaimEligibilityInput!) { claimEligibility(input: $i) { eligible problems { code message remedy } \
        subscriptions { subscriptionId } } }";
    all + &caller.graphql(eligibility, json!({ "i": lines })).await.text
}

/// One side: who looks, and what of it is a secret to the other.
struct Side<'a> {
    caller: &'a Caller,
    claim: &'a Claim,
    secrets: Vec<String>,
}

fn side<'a>(caller: &'a Caller, claim: &'a Claim, names: [&str; 6]) -> Side<'a> {
    let mut secrets: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    secrets.push(caller.subject.clone());
    secrets.push(claim.id().to_owned());
    secrets.push(claim.field("number").as_str().unwrap().to_owned());
    Side { caller, claim, secrets }
}

/// Asserts that neither side reads a secret of the other, nor of the vendor.
async fn nothing_is_told(world: &World, sides: &[Side<'_>; 2], stage: &str) {
    for (own, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
        let seen = everything(world, own.caller).await;
        assert!(seen.contains(own.claim.id()), "the search finds what is there");
        let vendors = [
            "rita@vendor.example",
            "Rita Reviewer",
            "lena@vendor.example",
            "Lena Lead",
            "the better one",
            "Between us",
        ];
        let secrets = other.secrets.iter().map(String::as_str).chain(vendors);
        for secret in secrets {
            assert!(!seen.contains(secret), "{} reads {secret:?} when {stage}", own.caller.subject);
        }
        for secret in [
            other.claim.id(),
            &ids::of_uuid("Partner", if own.caller.subject.starts_with("ann") { BOREAL } else { ALPINE }),
        ] {
            let node = own.caller.graphql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": secret })).await;
            assert_eq!(node.data()["node"], Value::Null, "{stage}");
        }
    }
}

async fn neither_side_ever_learns_of_the_other(world: &World) {
    // X2, A4, X4, X5, X7
    let mine = world.approved().await;
    world.partner.comment(mine.id(), "Alpine's own words.", "SHARED").await.claim();
    let theirs = world.review(&world.submitted_by(&world.rival).await).await;
    world.rival.comment(theirs.id(), "Boreal's own words.", "SHARED").await.claim();
    for claim in [&mine, &theirs] {
        world.reviewer.comment(claim.id(), "Between us reviewers.", "INTERNAL").await.claim();
    }
    let sides = [
        side(
            &world.partner,
            &mine,
            ["Alpine Advisers", ALPINE, ALPINE_ENROLLED, "Alpine Bern", "Ann of Alpine", "Alpine's own"],
        ),
        side(
            &world.rival,
            &theirs,
            ["Boreal Consulting", BOREAL, BOREAL_ENROLLED, "Boreal Oslo", "Bea of Boreal", "Boreal's own"],
        ),
    ];
    nothing_is_told(world, &sides, "it is open").await;
    let ask = json!({ "reasons": ["OTHER"], "message": "Anything newer?" });
    world.reviewer.act("requestPartnerAction", &world.seen(&mine).await, ask.clone()).await.done();
    world.reviewer.act("requestPartnerAction", &world.seen(&theirs).await, ask).await.done();
    world.partner.attach(mine.id(), "alpine.pdf", PDF).await.claim();
    world.rival.attach(theirs.id(), "boreal.pdf", PDF).await.claim();
    nothing_is_told(world, &sides, "both were asked").await;
    let first = world.open_arbitration(&mine).await;
    world.award(&first, &theirs).await.data();
    nothing_is_told(world, &sides, "it is awarded").await;
    world.dispute(&world.seen(&mine).await).await;
    nothing_is_told(world, &sides, "the loser disputes").await;
    world.later("P40D").await;
    nothing_is_told(world, &sides, "time has passed").await;
    world.withdraw(&world.partner, &world.seen(&mine).await).await;
    nothing_is_told(world, &sides, "it is settled").await;
    // The reviewers do see both, which is the point.
    let seen = world.arbitrations(&world.lead).await;
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|one| one["claims"].as_array().map(Vec::len) == Some(2)), "{seen:?}");
}
