//! W8: claims from the draft to the approval, five requests each: create, attach, submit, start the review, approve.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::multipart::{Form, Part};
use sea_orm::QueryResult;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Fallible,
    closed_loop::Outcome,
    data::Sql,
    operations::{Tokens, product_id},
};

/// How many claims are on their way at once.
const AT_ONCE: usize = 8;
/// How many subscriptions are loaded for a second of the measurement: more than there are claims in it.
const A_SECOND: u64 = 250;
/// How many rows an upsert takes.
const ROWS: usize = 1_000;

const PROOF: &str = "%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n";

/// A subscription without a claim, and who may claim it.
#[derive(Clone)]
struct Free {
    partner: Uuid,
    mpn_id: String,
    tenant: Uuid,
    domain: String,
    product: Uuid,
    subscription: Uuid,
}

struct Journey {
    http: reqwest::Client,
    base: String,
    tokens: Tokens,
    reviewer: String,
}

/// Loads subscriptions without claims and takes claims on them from draft to approval until the time is over. The outcome's
/// times are those of whole claims.
pub async fn run(base: &str, sql: &Sql, time: Duration) -> Fallible<Outcome> {
    let tokens = Tokens::new()?;
    let reviewer = tokens.reviewer("reviewer1@vendor.example")?;
    let journey = Arc::new(Journey { http: reqwest::Client::new(), base: base.to_owned(), tokens, reviewer });
    let wanted = usize::try_from(time.as_secs().max(1) * A_SECOND)?;
    let free = Arc::new(journey.load(sql, wanted).await?);
    let (next, start) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut walking = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (journey, free, next) = (Arc::clone(&journey), Arc::clone(&free), Arc::clone(&next));
        walking.spawn(async move {
            let mut outcome = Outcome::default();
            while start.elapsed() < time
                && let Some(free) = free.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let begun = Instant::now();
                match journey.walk(free).await {
                    Ok(()) => outcome.times.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX)),
                    Err(error) => {
                        outcome.failed += 1;
                        outcome.sample.get_or_insert_with(|| error.to_string());
                    }
                }
            }
            outcome
        });
    }
    let mut all = Outcome::default();
    while let Some(outcome) = walking.join_next().await {
        let outcome = outcome?;
        all.times.extend(outcome.times);
        all.failed += outcome.failed;
        all.sample = all.sample.or(outcome.sample);
    }
    all.took = start.elapsed();
    all.times.sort_unstable();
    Ok(all)
}

impl Journey {
    /// Loads so many subscriptions, spread over customers and partners.
    async fn load(&self, sql: &Sql, wanted: usize) -> Fallible<Vec<Free>> {
        let customers = sql.rows("SELECT tenant_id, domain FROM customer ORDER BY domain LIMIT 500").await?;
        let partners = "SELECT partner_id, mpn_id FROM partner_location WHERE enrolled_programs LIKE '%OSU_BUSINESS_APPLICATIONS%' \
            ORDER BY mpn_id LIMIT 200";
        let partners = sql.rows(partners).await?;
        let products =
            "SELECT sku_id FROM product WHERE solution_area = 'BUSINESS_APPLICATIONS' ORDER BY sku_part_number";
        let product: Uuid = sql.rows(products).await?.first().ok_or("no products")?.try_get_by_index(0)?;
        let of = |rows: &'_ [QueryResult], number: usize| -> Fallible<(Uuid, String)> {
            let row = rows.get(number % rows.len().max(1)).ok_or("no customers or partners")?;
            Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
        };
        let mut all = Vec::with_capacity(wanted);
        for number in 0..wanted {
            let ((tenant, domain), (partner, mpn_id)) = (of(&customers, number)?, of(&partners, number)?);
            all.push(Free { partner, mpn_id, tenant, domain, product, subscription: cpor::ids::new() });
        }
        let token = self.tokens.sync()?;
        for some in all.chunks(ROWS) {
            let row = |free: &Free| {
                json!({ "subscriptionId": free.subscription, "tenantId": free.tenant, "skuId": free.product, "channel": "WEB_DIRECT",
                    "status": "ACTIVE", "seats": 25, "startsAt": "2025-01-01T00:00:00Z" })
            };
            let query =
                "mutation($input: UpsertSubscriptionsInput!) { done: upsertSubscriptions(input: $input) { inserted } }";
            let input = json!({ "rows": some.iter().map(row).collect::<Vec<_>>() });
            let done = self.ask(&token, query, input).await?;
            if done["inserted"].as_u64() != Some(some.len() as u64) {
                return Err(format!("subscriptions were not loaded: {done}").into());
            }
        }
        Ok(all)
    }

    async fn ask(&self, token: &str, query: &str, input: Value) -> Fallible<Value> {
        let body = json!({ "query": query, "variables": { "input": input } });
        let request = self.http.post(format!("{}/graphql", self.base)).bearer_auth(token).json(&body);
        let answer: Value = request.send().await?.json().await?;
        match &answer["data"]["done"] {
            Value::Null => Err(answer.to_string().into()),
            done => Ok(done.clone()),
        }
    }

    /// A mutation on a claim; the claim's id and version after it.
    async fn step(&self, token: &str, mutation: &str, input: Value) -> Fallible<(String, i64)> {
        let (first, rest) = mutation.split_at(1);
        let kind = format!("{}{rest}Input", first.to_uppercase());
        let query = format!(
            "mutation($input: {kind}!) {{ done: {mutation}(input: $input) {{ claim {{ id version }} problems {{ code message }} }} }}"
        );
        changed(&self.ask(token, &query, input).await?)
    }

    async fn walk(&self, free: &Free) -> Fallible<()> {
        let partner = self.tokens.partner(free.partner)?;
        let contact = json!({ "name": "Ana Costa", "email": format!("ana@{}", free.domain) });
        let input = json!({ "name": "Benchmark: sales for field sales", "tenantId": free.tenant, "domain": free.domain,
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": free.mpn_id,
            "lines": [{ "productId": product_id(free.product), "subscriptionId": free.subscription }],
            "customerContact": contact, "technicalContact": contact, "partnerContact": contact });
        let (id, _) = self.step(&partner, "createClaim", input).await?;
        let (_, version) = self.attach(&partner, &id).await?;
        let on = |version: i64| json!({ "claimId": id, "expectedVersion": version });
        let (_, version) = self.step(&partner, "submitClaim", on(version)).await?;
        let (_, version) = self.step(&self.reviewer, "startReview", on(version)).await?;
        self.step(&self.reviewer, "approveClaim", on(version)).await?;
        Ok(())
    }

    async fn attach(&self, token: &str, claim: &str) -> Fallible<(String, i64)> {
        let query = "mutation($input: AttachProofOfExecutionInput!) { done: attachProofOfExecution(input: $input) \
            { claim { id version } problems { code message } } }";
        let operations = json!({ "query": query, "variables": { "input": { "claimId": claim, "file": null } } });
        let form = Form::new()
            .text("operations", operations.to_string())
            .text("map", json!({ "0": ["variables.input.file"] }).to_string())
            .part("0", Part::text(PROOF).file_name("proof.pdf"));
        let request = self.http.post(format!("{}/graphql", self.base)).bearer_auth(token).multipart(form);
        let answer: Value = request.send().await?.json().await?;
        changed(&answer["data"]["done"])
    }
}

fn changed(done: &Value) -> Fallible<(String, i64)> {
    let claim = &done["claim"];
    let (Some(id), Some(version)) = (claim["id"].as_str(), claim["version"].as_i64()) else {
        return Err(done.to_string().into());
    };
    Ok((id.to_owned(), version))
}
