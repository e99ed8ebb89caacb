//! `viewer { can }`: what it says is what the mutations do (A1, A2, A5).

use serde_json::{Value, json};

use crate::support::{
    Caller, World, both,
    directory::{ALPINE, CONTOSO},
    ids,
    world::SCOPES,
};

both!(what_the_viewer_can_is_what_the_mutations_let_it, a_scope_that_is_missing_closes_it);

/// Each field with the mutation that it speaks of, and an input that is refused for a value.
fn mutations() -> [(&'static str, &'static str, Value); 6] {
    let create = json!({ "name": " ", "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "MICROSOFT_365",
        "activities": [], "mpnId": "x" });
    let nothing = ids::of_nothing("Claim");
    [
        ("createClaim", "createClaim", create),
        ("review", "startReview", json!({ "claimId": nothing, "expectedVersion": 1 })),
        (
            "awardArbitration",
            "awardArbitration",
            json!({ "arbitrationId": ids::of_nothing("Arbitration"), "winnerClaimId": nothing, "rationale": " " }),
        ),
        ("manageWebhooks", "createWebhookEndpoint", json!({ "url": "https://receiver.example", "events": [] })),
        ("manageReviewers", "reassignReviews", json!({ "fromSubject": "a", "toSubject": "a" })),
        ("revokeTokens", "revokeTokens", json!({})),
    ]
}

const SCOPED: [(&str, &str); 6] = [
    ("createClaim", "claims:write"),
    ("review", "reviews:write"),
    ("awardArbitration", "reviews:write"),
    ("manageWebhooks", "webhooks:write"),
    ("manageReviewers", "reviews:write"),
    ("revokeTokens", "tokens:revoke"),
];

/// Somebody with this role.
fn of_role(world: &World, role: &str, scope: &str) -> Caller {
    world.server.caller(json!({ "sub": format!("{role}@somewhere.example"), "roles": [role], "scope": scope,
        "partner_id": ALPINE, "tenant_id": CONTOSO }))
}

async fn can(caller: &Caller) -> Value {
    let fields = mutations().map(|(field, ..)| field).join(" ");
    caller.query(&format!("{{ viewer {{ can {{ {fields} }} }} }}")).await["viewer"]["can"].clone()
}

async fn what_the_viewer_can_is_what_the_mutations_let_it(world: &World) {
    // A1 A2 A3 A5 A8 R3 W1
    let scopes = format!("{SCOPES} webhooks:read webhooks:write tokens:revoke");
    let all = [
        "GLOBAL_ADMIN",
        "BILLING_ADMIN",
        "INCENTIVES_ADMIN",
        "INCENTIVES_USER",
        "REVIEWER",
        "REVIEW_LEAD",
        "AUDITOR",
        "CUSTOMER_ADMIN",
        "DIRECTORY_SYNC",
    ];
    let mut opened = Vec::new();
    for role in all {
        let caller = of_role(world, role, &scopes);
        let can = can(&caller).await;
        for (field, mutation, input) in mutations() {
            let answer = caller.mutate(mutation, input).await;
            let may = answer.body["errors"].is_null();
            assert!(may || answer.errors() == ["FORBIDDEN"], "{mutation} by {role}: {}", answer.text);
            assert_eq!(can[field], json!(may), "{field} of {role}");
            if may {
                opened.push((role, field));
            }
        }
    }
    let of = |role: &str| -> Vec<&str> {
        opened.iter().filter(|(whose, _)| *whose == role).map(|(_, field)| *field).collect()
    };
    assert_eq!(of("GLOBAL_ADMIN"), ["createClaim", "manageWebhooks", "revokeTokens"]);
    assert_eq!(of("INCENTIVES_USER"), ["createClaim"]);
    assert_eq!(of("REVIEWER"), ["review"]);
    assert_eq!(of("REVIEW_LEAD"), ["review", "awardArbitration", "manageWebhooks", "manageReviewers", "revokeTokens"]);
    for role in ["AUDITOR", "CUSTOMER_ADMIN", "DIRECTORY_SYNC"] {
        assert_eq!(of(role), [""; 0], "{role}");
    }
}

async fn a_scope_that_is_missing_closes_it(world: &World) {
    // A5
    let all = SCOPED.map(|(_, scope)| scope);
    for (field, scope) in SCOPED {
        let role = if field == "createClaim" { "GLOBAL_ADMIN" } else { "REVIEW_LEAD" };
        let others = all.iter().filter(|other| **other != scope).copied().collect::<Vec<_>>().join(" ");
        assert_eq!(can(&of_role(world, role, &others)).await[field], false, "{field} without {scope}");
        assert_eq!(can(&of_role(world, role, scope)).await[field], true, "{field} with {scope} alone");
    }
}
