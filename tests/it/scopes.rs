//! What a token must carry (A5).

use serde_json::json;

use crate::support::{World, both, directory::*};

both!(a_scope_goes_by_the_field, tokens_without_standing_are_refused,);

async fn a_scope_goes_by_the_field(world: &World) {
    // A5: history needs its own scope wherever it is reached; what a mutation answers needs the mutation's only.
    let claim = world.submitted().await;
    let with =
        |scope: &str| world.server.caller(json!({ "roles": ["GLOBAL_ADMIN"], "scope": scope, "partner_id": ALPINE }));
    let history = format!("{{ claim(id: \"{}\") {{ history {{ totalCount }} }} }}", claim.id());
    assert_eq!(with("claims:read").graphql(&history, json!({})).await.errors(), ["FORBIDDEN"]);
    assert!(with("claims:read history:read").graphql(&history, json!({})).await.data()["claim"].is_object());
    let entries = "{ history { nodes { claim { id } } } }";
    assert_eq!(
        with("history:read").graphql(entries, json!({})).await.errors().first().map(String::as_str),
        Some("FORBIDDEN")
    );
    let through_customer = "{ customers { nodes { claims { totalCount } } } }";
    assert_eq!(with("directory:read").graphql(through_customer, json!({})).await.errors(), ["FORBIDDEN"]);
    let node = format!("{{ node(id: \"{}\") {{ id }} }}", claim.id());
    assert_eq!(with("directory:read").graphql(&node, json!({})).await.errors(), ["FORBIDDEN"]);
    let writer = with("claims:write");
    assert!(writer.act("updateClaim", &claim, json!({ "name": "Written" })).await.problems().is_empty());
    assert_eq!(writer.graphql("{ claims { totalCount } }", json!({})).await.errors(), ["FORBIDDEN"]);
    assert_eq!(writer.comment(claim.id(), "Hello", "SHARED").await.errors(), ["FORBIDDEN"]);
    // `viewer`: any token; also the other spelling of scopes.
    let scp = world.server.caller(json!({ "sub": "scp", "roles": ["REVIEWER"], "scp": "claims:read" }));
    let viewer = scp.query("{ viewer { subject roles scopes partner { id } customer { id } } }").await;
    assert_eq!(
        viewer["viewer"],
        json!({ "subject": "scp", "roles": ["REVIEWER"], "scopes": ["claims:read"], "partner": null, "customer": null })
    );
}

async fn tokens_without_standing_are_refused(world: &World) {
    // A5
    for claims in [
        json!({}),
        json!({ "roles": ["EMPEROR"] }),
        json!({ "roles": "GLOBAL_ADMIN" }),
        json!({ "roles": ["GLOBAL_ADMIN"] }),
        json!({ "roles": ["CUSTOMER_ADMIN"] }),
        json!({ "roles": ["GLOBAL_ADMIN", "REVIEWER"], "partner_id": ALPINE }),
        json!({ "roles": ["REVIEWER", "CUSTOMER_ADMIN"], "tenant_id": CONTOSO }),
        json!({ "roles": ["GLOBAL_ADMIN"], "partner_id": "Alpine" }),
    ] {
        let answer = world.server.caller(claims.clone()).graphql("{ viewer { subject } }", json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.errors()), (403, vec!["FORBIDDEN".to_owned()]), "{claims}");
    }
    let answer = world.anonymous.graphql("{ viewer { subject } }", json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.errors()), (401, vec!["UNAUTHENTICATED".to_owned()]));
}
