//! Eligibility asked step by step: what is given is judged, the rest is named.

use serde_json::{Value, json};

use crate::{
    eligibility::{line, line_to, question},
    support::{World, both, caller::codes, directory::*},
};

both!(
    what_is_given_is_judged_and_the_rest_is_named,
    a_tenant_without_its_domain_shows_nothing,
    a_text_that_is_not_acceptable_hides_nothing_else,
);

/// The codes for a part of the question, and what is missing.
async fn so_far(world: &World, input: Value) -> (Vec<String>, Vec<String>) {
    let query = "query($input: ClaimEligibilityInput!) { claimEligibility(input: $input) { eligible missing programs \
        subscriptions { subscriptionId } problems { code } } }";
    let answer = world.partner.graphql(query, json!({ "input": input })).await;
    let payload = answer.payload();
    let missing: Vec<String> = serde_json::from_value(payload["missing"].clone()).unwrap();
    let codes = codes(&payload["problems"]);
    assert_eq!(payload["eligible"], json!(missing.is_empty() && codes.is_empty()), "{}", answer.text);
    (codes, missing)
}

async fn what_is_given_is_judged_and_the_rest_is_named(world: &World) {
    // E: a wizard asks after each step.
    const ORDER: [&str; 6] = ["tenantId", "domain", "solutionArea", "activities", "mpnId", "lines"];
    assert_eq!(so_far(world, json!({})).await, (vec![], ORDER.map(str::to_owned).to_vec()));
    let whole = question(json!({}));
    let mut input = json!({});
    for (step, field) in ORDER.into_iter().enumerate() {
        input[field] = whole[field].clone();
        let missing = ORDER[step + 1..].iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(so_far(world, input.clone()).await, (vec![], missing), "up to {field}");
    }
    // An explicit null is not given, either.
    let (codes, missing) = so_far(world, question(json!({ "mpnId": null }))).await;
    assert_eq!((codes, missing), (vec![], vec!["mpnId".to_owned()]));
    for (input, code) in [
        (json!({ "tenantId": CONTOSO, "domain": "fabrikam.example" }), "DOMAIN_TENANT_MISMATCH"), // E1
        (json!({ "lines": [line_to(SALES, "SALES-1")] }), "SUBSCRIPTION_ID_INVALID"),             // E2
        (
            json!({ "tenantId": CONTOSO, "domain": "contoso.example", "lines": [line_to(SALES, &uuid::Uuid::nil().to_string())] }),
            "SUBSCRIPTION_NOT_FOUND",
        ), // E3
        (json!({ "solutionArea": "MICROSOFT_365", "activities": ["PRESALES"] }), "ACTIVITY_NOT_ALLOWED"), // E11
        (json!({ "solutionArea": "MICROSOFT_365", "lines": [line(SALES)] }), "PRODUCT_SOLUTION_AREA_MISMATCH"), // E12
        (json!({ "mpnId": "nobody's" }), "LOCATION_NOT_YOURS"),                                   // E13
        (json!({ "lines": [] }), "PRODUCTS_REQUIRED"),                                            // E14
    ] {
        assert_eq!(so_far(world, input.clone()).await.0, [code], "{input}");
    }
}

async fn a_tenant_without_its_domain_shows_nothing(world: &World) {
    // E1 A6: what the tenant has is told to whoever knows a domain of it.
    for tenant in [CONTOSO.to_owned(), uuid::Uuid::nil().to_string()] {
        let (codes, _) = so_far(world, json!({ "tenantId": tenant, "lines": [line(EXCHANGE_1), line(SALES)] })).await;
        assert!(codes.is_empty(), "{tenant}: {codes:?}");
    }
    let (codes, _) = so_far(world, json!({ "domain": "nobody.example", "lines": [line(SALES)] })).await;
    assert!(codes.is_empty(), "{codes:?}");
}

async fn a_text_that_is_not_acceptable_hides_nothing_else(world: &World) {
    // L13 E
    let (codes, missing) = so_far(
        world,
        question(json!({ "domain": " ", "mpnId": "nobody's", "activities": ["PRESALES", "REVENUE_ASSOCIATION"] })),
    )
    .await;
    assert_eq!(codes, ["ACTIVITY_NOT_ALLOWED", "INVALID_VALUE", "LOCATION_NOT_YOURS"]);
    assert!(missing.is_empty());
}
