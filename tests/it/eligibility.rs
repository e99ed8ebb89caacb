//! Every eligibility problem, through the API: on its own, several at once, before, beside and instead of a claim.

use serde_json::{Value, json};

use crate::support::{Answer, World, both, caller::codes, directory::*, ids};

both!(
    a_good_intent_is_eligible,
    a_wrong_domain_tells_nothing,
    what_is_no_subscription_id_is_named_as_such,
    a_subscription_of_another_tenant_is_as_unknown_as_none,
    a_product_that_the_tenant_has_not_is_named,
    a_subscription_to_another_product_is_named,
    csp_is_no_channel_for_business_applications,
    subscriptions_must_be_activated_and_alive,
    the_same_subscription_is_claimed_once_by_a_partner,
    the_only_eligible_subscription_is_taken_by_itself,
    microsoft_365_names_no_subscription,
    only_some_sets_of_activities_exist,
    a_product_belongs_to_one_area,
    the_location_must_be_the_partners_and_enrolled,
    all_problems_come_at_once,
    what_is_missing_is_told_on_submit,
    a_draft_is_kept_with_its_problems_beside_it,
    no_products_no_eligibility,
    unknown_and_repeated_products_are_refused_at_once,
);

const QUERY: &str = "query($input: ClaimEligibilityInput!) { claimEligibility(input: $input) { \
    eligible programs problems { code message field remedy } subscriptions { subscriptionId } } }";

/// A question about Sales at Contoso, with these fields instead.
pub(crate) fn question(changes: Value) -> Value {
    let mut input = json!({
        "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"],
        "mpnId": ALPINE_ENROLLED, "lines": [line(SALES)],
    });
    if let (Some(input), Value::Object(changes)) = (input.as_object_mut(), changes) {
        input.extend(changes);
    }
    input
}

fn workload(changes: Value) -> Value {
    let mut input = question(json!({ "solutionArea": "MICROSOFT_365", "lines": [line(EXCHANGE_1)] }));
    if let (Some(input), Value::Object(changes)) = (input.as_object_mut(), changes) {
        input.extend(changes);
    }
    input
}

pub(crate) fn line(sku: &str) -> Value {
    json!({ "productId": ids::of_product(sku) })
}

pub(crate) fn line_to(sku: &str, subscription: &str) -> Value {
    json!({ "productId": ids::of_product(sku), "subscriptionId": subscription })
}

async fn ask(world: &World, input: Value) -> Answer {
    world.partner.graphql(QUERY, json!({ "input": input })).await
}

/// The codes of the problems, sorted; `eligible` says the same, and every problem has a message and a remedy.
async fn found(world: &World, input: Value) -> Vec<String> {
    let answer = ask(world, input).await;
    let payload = answer.payload();
    let problems = payload["problems"].as_array().unwrap();
    assert_eq!(payload["eligible"], json!(problems.is_empty()));
    for problem in problems {
        let told = |field: &str| problem[field].as_str().is_some_and(|text| text.len() > 10);
        assert!(told("message") && told("remedy"), "{problem}");
    }
    codes(&payload["problems"])
}

async fn a_good_intent_is_eligible(world: &World) {
    // C4: programmes follow from area and activities.
    let answer = ask(world, question(json!({ "activities": ["PRESALES", "USAGE"] }))).await;
    assert_eq!(answer.payload()["eligible"], true, "{}", answer.text);
    assert_eq!(answer.payload()["programs"], json!(["OSA_SELL", "OSU_BUSINESS_APPLICATIONS"]));
    // A6: the partner sees the subscription that its own line resolves to.
    assert_eq!(answer.payload()["subscriptions"], json!([{ "subscriptionId": CONTOSO_SALES }]));
    // C6: any verified domain, in any case.
    assert!(found(world, question(json!({ "domain": "Contoso-Group.EXAMPLE" }))).await.is_empty());
    let answer = ask(world, workload(json!({}))).await;
    assert_eq!(answer.payload()["programs"], json!(["OSU_MICROSOFT_365"]), "{}", answer.text);
}

async fn a_wrong_domain_tells_nothing(world: &World) {
    // E1, A4: a wrong pair answers alike, whichever half exists, and nothing that hangs on the tenant is told.
    let unknown = "c9999999-0000-4000-8000-000000000000";
    let lines = json!([line_to(SALES, CONTOSO_SALES), line(STORAGE), line_to(FINANCE, FABRIKAM_SALES)]);
    let mut answers = Vec::new();
    for tenant in [CONTOSO, FABRIKAM, unknown] {
        let answer =
            ask(world, question(json!({ "tenantId": tenant, "domain": "nowhere.example", "lines": lines }))).await;
        assert_eq!(codes(&answer.payload()["problems"]), ["DOMAIN_TENANT_MISMATCH"]);
        assert_eq!(answer.payload()["subscriptions"], json!([]));
        answers.push(answer.text.replace(tenant, "TENANT"));
    }
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[1], answers[2]);
    let swapped = ask(world, question(json!({ "tenantId": FABRIKAM, "lines": lines }))).await;
    assert_eq!(codes(&swapped.payload()["problems"]), ["DOMAIN_TENANT_MISMATCH"]);
    // A partner does not even get a draft of it.
    let mut input = world.input_of(&world.partner);
    input["domain"] = json!("fabrikam.example");
    world.partner.mutate("createClaim", input).await.refused_for("DOMAIN_TENANT_MISMATCH");
    // What does not hang on the tenant is still told (E11, E13).
    let other = question(json!({ "domain": "x.example", "activities": [], "mpnId": ALPINE_FRP }));
    assert!(found(world, other).await.contains(&"ACTIVITY_NOT_ALLOWED".to_owned()));
}

async fn what_is_no_subscription_id_is_named_as_such(world: &World) {
    // E2: no UUID at all, the tenant's id, a product's id.
    for typed in ["MSDN-4711", "1234", CONTOSO, SALES, EXCHANGE_1] {
        let lines = json!([line_to(SALES, typed)]);
        assert_eq!(found(world, question(json!({ "lines": lines }))).await, ["SUBSCRIPTION_ID_INVALID"], "{typed}");
    }
}

async fn a_subscription_of_another_tenant_is_as_unknown_as_none(world: &World) {
    // E3
    let unknown = "5f000000-0000-4000-8000-000000000099";
    let mut answers = Vec::new();
    for id in [FABRIKAM_SALES, unknown] {
        let answer = ask(world, question(json!({ "lines": [line_to(SALES, id)] }))).await;
        assert_eq!(codes(&answer.payload()["problems"]), ["SUBSCRIPTION_NOT_FOUND"]);
        answers.push(answer.text.replace(id, "ID"));
    }
    assert_eq!(answers[0], answers[1]);
}

async fn a_product_that_the_tenant_has_not_is_named(world: &World) {
    // E4
    assert_eq!(found(world, question(json!({ "lines": [line(STORAGE)] }))).await, ["PRODUCT_NOT_ON_TENANT"]);
    assert_eq!(found(world, workload(json!({ "lines": [line(EXCHANGE_STUDENT)] }))).await, ["PRODUCT_NOT_ON_TENANT"]);
}

async fn a_subscription_to_another_product_is_named(world: &World) {
    // E5
    let answer = ask(world, question(json!({ "lines": [line_to(SALES, CONTOSO_FINANCE)] }))).await;
    assert_eq!(codes(&answer.payload()["problems"]), ["SUBSCRIPTION_PRODUCT_MISMATCH"]);
    let field = answer.payload()["problems"][0]["field"].to_string();
    assert!(field.contains("lines") && field.contains('0') && field.contains("subscriptionId"), "{field}");
    // Also where it is not a Dynamics subscription at all.
    let lines = json!([line_to(SALES, CONTOSO_EXCHANGE_2)]);
    assert_eq!(found(world, question(json!({ "lines": lines }))).await, ["SUBSCRIPTION_PRODUCT_MISMATCH"]);
}

async fn csp_is_no_channel_for_business_applications(world: &World) {
    // E6, C3: named, or the only one there is (E10).
    for line in [line_to(SUPPLY_CHAIN, CONTOSO_SUPPLY_CSP), line(SUPPLY_CHAIN)] {
        assert_eq!(found(world, question(json!({ "lines": [line] }))).await, ["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE"]);
    }
    // Every activity (C3), Revenue association too.
    let revenue = question(json!({ "activities": ["REVENUE_ASSOCIATION"], "lines": [line(SUPPLY_CHAIN)] }));
    assert_eq!(found(world, revenue).await, ["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE"]);
}

async fn subscriptions_must_be_activated_and_alive(world: &World) {
    // E7
    for line in [line_to(SERVICE_PRO, CONTOSO_SERVICE_PENDING), line(SERVICE_PRO)] {
        assert_eq!(found(world, question(json!({ "lines": [line] }))).await, ["SUBSCRIPTION_NOT_PROVISIONED"]);
    }
    // E8: suspended, expired, and past its end whatever its status says.
    let over = [
        (SALES_PREMIUM, CONTOSO_PREMIUM_SUSPENDED),
        (SALES_PRO, CONTOSO_SALES_PRO_EXPIRED),
        (SERVICE_CHAT, CONTOSO_CHAT_ENDED),
    ];
    for (sku, subscription) in over {
        assert_eq!(
            found(world, question(json!({ "lines": [line_to(sku, subscription)] }))).await,
            ["SUBSCRIPTION_NOT_ACTIVE"]
        );
        assert_eq!(found(world, question(json!({ "lines": [line(sku)] }))).await, ["SUBSCRIPTION_NOT_ACTIVE"]);
    }
    // In grace is fine.
    assert!(found(world, question(json!({ "lines": [line_to(FINANCE, CONTOSO_FINANCE_GRACE)] }))).await.is_empty());
    // The clock decides: what ends tomorrow is fine today.
    let mut row = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE");
    row["endsAt"] = json!("2026-03-03T09:00:00Z");
    world.load("upsertSubscriptions", vec![row]).await;
    assert!(found(world, question(json!({}))).await.is_empty());
    world.advance_days(1);
    assert_eq!(found(world, question(json!({}))).await, ["SUBSCRIPTION_NOT_ACTIVE"]);
}

async fn the_same_subscription_is_claimed_once_by_a_partner(world: &World) {
    // E9: drafts do not count.
    let first = world.proven().await;
    assert!(found(world, question(json!({}))).await.is_empty());
    let first = world.submit(&world.partner, &first).await;
    assert_eq!(found(world, question(json!({}))).await, ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    let second = world.proven().await;
    assert_eq!(second.problems(), ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    assert_eq!(world.partner.act("submitClaim", &second, json!({})).await.refused(), ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    // X1: another partner's claim is a rival and no problem.
    assert_eq!(world.draft_of(&world.rival).await.problems(), ["PROOF_OF_EXECUTION_REQUIRED"]);
    // A claim that is over frees it.
    let input = json!({ "detail": "No longer working with the customer." });
    world.partner.act("withdrawClaim", &first, input).await.done();
    assert!(found(world, question(json!({}))).await.is_empty());
    world.submit(&world.partner, &second).await;
    // E15: the same for a workload.
    let mut input = world.input_of(&world.partner);
    input["solutionArea"] = json!("MICROSOFT_365");
    input["activities"] = json!(["USAGE"]);
    input["lines"] = json!([line(EXCHANGE_1)]);
    let claim = world.partner.mutate("createClaim", input).await.claim();
    let claim = world.prove(&world.partner, &claim).await;
    world.submit(&world.partner, &claim).await;
    assert_eq!(found(world, workload(json!({}))).await, ["DUPLICATE_CLAIM"]);
    assert!(found(world, workload(json!({ "lines": [line(EXCHANGE_2)] }))).await.is_empty());
}

async fn the_only_eligible_subscription_is_taken_by_itself(world: &World) {
    // E10
    let draft = world.draft().await;
    assert_eq!(draft.field("lines")[0]["subscription"]["subscriptionId"], CONTOSO_SALES);
    assert_eq!(found(world, question(json!({ "lines": [line(FINANCE)] }))).await, ["SUBSCRIPTION_REQUIRED"]);
    let answer = ask(world, question(json!({ "lines": [line_to(FINANCE, CONTOSO_FINANCE)] }))).await;
    assert_eq!(answer.payload()["subscriptions"], json!([{ "subscriptionId": CONTOSO_FINANCE }]));
}

async fn microsoft_365_names_no_subscription(world: &World) {
    // E10: INVALID_VALUE there, and any channel will do.
    let lines = json!([line_to(EXCHANGE_1, CONTOSO_EXCHANGE_1)]);
    assert_eq!(found(world, workload(json!({ "lines": lines }))).await, ["INVALID_VALUE"]);
    // E7, E8 hold for workloads too.
    assert_eq!(
        found(world, workload(json!({ "lines": [line(EXCHANGE_ARCHIVE)] }))).await,
        ["SUBSCRIPTION_NOT_PROVISIONED"]
    );
    assert_eq!(
        found(world, workload(json!({ "lines": [line(EXCHANGE_ESSENTIALS)] }))).await,
        ["SUBSCRIPTION_NOT_ACTIVE"]
    );
}

async fn only_some_sets_of_activities_exist(world: &World) {
    // E11, C2, C4b
    for set in [json!([]), json!(["REVENUE_ASSOCIATION", "USAGE"]), json!(["PRESALES", "REVENUE_ASSOCIATION"])] {
        assert_eq!(found(world, question(json!({ "activities": set }))).await, ["ACTIVITY_NOT_ALLOWED"], "{set}");
    }
    for set in [json!(["PRESALES"]), json!(["USAGE"]), json!(["USAGE", "PRESALES"]), json!(["REVENUE_ASSOCIATION"])] {
        assert!(found(world, question(json!({ "activities": set }))).await.is_empty(), "{set}");
    }
    for set in [json!(["PRESALES"]), json!(["USAGE", "PRESALES"]), json!(["REVENUE_ASSOCIATION"]), json!([])] {
        assert_eq!(found(world, workload(json!({ "activities": set }))).await, ["ACTIVITY_NOT_ALLOWED"], "{set}");
    }
}

async fn a_product_belongs_to_one_area(world: &World) {
    // E12, C1
    assert_eq!(
        found(world, question(json!({ "lines": [line(EXCHANGE_1)] }))).await,
        ["PRODUCT_SOLUTION_AREA_MISMATCH"]
    );
    assert_eq!(found(world, workload(json!({ "lines": [line(SALES)] }))).await, ["PRODUCT_SOLUTION_AREA_MISMATCH"]);
}

async fn the_location_must_be_the_partners_and_enrolled(world: &World) {
    // E13: another partner's location and none at all are the same answer (A4).
    let mut answers = Vec::new();
    for mpn in [BOREAL_ENROLLED, "9999999"] {
        let answer = ask(world, question(json!({ "mpnId": mpn }))).await;
        assert_eq!(codes(&answer.payload()["problems"]), ["LOCATION_NOT_YOURS"]);
        answers.push(answer.text.replace(mpn, "MPN"));
        let mut input = world.input_of(&world.partner);
        input["mpnId"] = json!(mpn);
        world.partner.mutate("createClaim", input).await.refused_for("LOCATION_NOT_YOURS");
    }
    assert_eq!(answers[0], answers[1]);
    // C5: enrolment counts by programme; the partner type is nobody's business.
    assert!(found(world, question(json!({ "mpnId": ALPINE_SELLS, "activities": ["PRESALES"] }))).await.is_empty());
    let both = json!({ "mpnId": ALPINE_SELLS, "activities": ["PRESALES", "USAGE"] });
    assert_eq!(found(world, question(both)).await, ["LOCATION_NOT_ENROLLED"]);
    let frp = ask(world, question(json!({ "mpnId": ALPINE_FRP }))).await;
    assert_eq!(codes(&frp.payload()["problems"]), ["LOCATION_NOT_ENROLLED"]);
    assert!(!frp.text.contains("FRP"), "{}", frp.text);
    // Revenue association needs no enrolment.
    let revenue = json!({ "mpnId": ALPINE_FRP, "activities": ["REVENUE_ASSOCIATION"] });
    assert!(found(world, question(revenue)).await.is_empty());
}

async fn all_problems_come_at_once(world: &World) {
    // E: one answer, every line's problem, each with its place.
    let lines = json!([
        line_to(SALES, "MSDN-1"),
        line_to(FINANCE, FABRIKAM_SALES),
        line(STORAGE),
        line_to(SALES_PREMIUM, CONTOSO_FINANCE),
        line(SUPPLY_CHAIN),
        line(SERVICE_PRO),
        line(SALES_PRO),
        line(EXCHANGE_1),
    ]);
    let input = question(json!({ "activities": ["USAGE", "REVENUE_ASSOCIATION"], "mpnId": "9999999", "lines": lines }));
    let expected = [
        "ACTIVITY_NOT_ALLOWED",
        "LOCATION_NOT_YOURS",
        "PRODUCT_NOT_ON_TENANT",
        "PRODUCT_SOLUTION_AREA_MISMATCH",
        "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE",
        "SUBSCRIPTION_ID_INVALID",
        "SUBSCRIPTION_NOT_ACTIVE",
        "SUBSCRIPTION_NOT_FOUND",
        "SUBSCRIPTION_NOT_PROVISIONED",
        "SUBSCRIPTION_PRODUCT_MISMATCH",
    ];
    assert_eq!(found(world, input).await, expected);
}

async fn what_is_missing_is_told_on_submit(world: &World) {
    // E14, C4b
    let mut input = world.input_of(&world.partner);
    for field in ["lines", "customerContact", "technicalContact", "partnerContact"] {
        input.as_object_mut().unwrap().remove(field);
    }
    input["activities"] = json!(["REVENUE_ASSOCIATION"]);
    let claim = world.partner.mutate("createClaim", input).await.claim();
    let expected = [
        "CUSTOMER_CONTACT_REQUIRED",
        "PARTNER_CONTACT_REQUIRED",
        "PRODUCTS_REQUIRED",
        "PROOF_OF_EXECUTION_REQUIRED",
        "SOLUTION_DETAILS_REQUIRED",
        "SOLUTION_DETAILS_REQUIRED",
        "TECHNICAL_CONTACT_REQUIRED",
    ];
    assert_eq!(world.partner.act("submitClaim", &claim, json!({})).await.refused(), expected);
    assert_eq!(claim.problems(), expected);
    // The technical contact is asked for in Business Applications only.
    let mut input = world.input_of(&world.partner);
    input["solutionArea"] = json!("MICROSOFT_365");
    input["activities"] = json!(["USAGE"]);
    input["lines"] = json!([line(EXCHANGE_1)]);
    input.as_object_mut().unwrap().remove("technicalContact");
    assert_eq!(world.partner.mutate("createClaim", input).await.problems(), ["PROOF_OF_EXECUTION_REQUIRED"]);
}

async fn a_draft_is_kept_with_its_problems_beside_it(world: &World) {
    // E: warnings beside a draft, refusals of a submit, and the id kept as it was typed (E10).
    let mut input = world.input_of(&world.partner);
    input["lines"] = json!([line_to(SALES, " MSDN-1 ")]);
    let answer = world.partner.mutate("createClaim", input).await;
    assert_eq!(answer.problems(), ["PROOF_OF_EXECUTION_REQUIRED", "SUBSCRIPTION_ID_INVALID"]);
    let claim = answer.claim();
    assert_eq!(claim.field("lines")[0]["subscriptionId"].as_str().map(str::trim), Some("MSDN-1"));
    let claim = world.prove(&world.partner, &claim).await;
    assert_eq!(world.partner.act("submitClaim", &claim, json!({})).await.refused(), ["SUBSCRIPTION_ID_INVALID"]);
    let mended = json!({ "removeLineIds": [claim.line(0)], "addLines": [line(SALES)] });
    let claim = world.partner.act("updateClaim", &claim, mended).await.done();
    world.submit(&world.partner, &claim).await;
}

async fn no_products_no_eligibility(world: &World) {
    // E14: the only one of them that the question reports.
    assert_eq!(found(world, question(json!({ "lines": [] }))).await, ["PRODUCTS_REQUIRED"]);
}

async fn unknown_and_repeated_products_are_refused_at_once(world: &World) {
    // E: INVALID_VALUE, and no draft either. X0: the subject counts, not how it was typed.
    let unknown = [ids::of_nothing("Product"), ids::of_customer(CONTOSO), "nonsense".to_owned(), String::new()];
    for id in unknown {
        let mut input = world.input_of(&world.partner);
        input["lines"] = json!([{ "productId": id }]);
        world.partner.mutate("createClaim", input).await.refused_for("INVALID_VALUE");
    }
    for lines in [json!([line(SALES), line(SALES)]), json!([line(SALES), line_to(SALES, CONTOSO_SALES)])] {
        let mut input = world.input_of(&world.partner);
        input["lines"] = lines;
        world.partner.mutate("createClaim", input).await.refused_for("INVALID_VALUE");
    }
    // Two subscriptions to one product are two subjects.
    let lines = json!([line_to(FINANCE, CONTOSO_FINANCE), line_to(FINANCE, CONTOSO_FINANCE_GRACE)]);
    assert!(found(world, question(json!({ "lines": lines }))).await.is_empty());
}
