//! The operations of W1 to W4 and W7, as requests to cpor and to the limit, and the tokens that they bear.

use std::{net::SocketAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpor::{
    auth::{Authenticator, Grant},
    config::{Identity, Secret},
};
use domain::{caller::usable_scopes, kinds::Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Fallible,
    closed_loop::{Load, post},
    data::Data,
};

/// What tokens are signed with.
pub const SECRET: &str = "a secret of the benchmark, which opens nothing else";

const CLAIM: &str = "query W1($id: ID!) { claim(id: $id) { id number status solutionArea activities submittedAt version \
    customer { name domain } location { mpnId } lines { product { name } } } }";

const LISTED: &str = "nodes { id number status submittedAt customer { name } lines { product { name } } \
    comments(last: 5) { nodes { body author { name } createdAt } } history(last: 5) { nodes { action at actor { name } } } }";

const ORDER: &str = "orderBy: { field: SUBMITTED_AT, direction: DESC }";

const COMMENT: &str = "mutation W4($claim: ID!, $body: String!) { addComment(input: { claimId: $claim, body: $body }) \
    { comment { id author { name } body createdAt } problems { code message } } }";

const ELIGIBILITY: &str = "query W7($input: ClaimEligibilityInput!) { claimEligibility(input: $input) \
    { eligible programs problems { code field message } subscriptions { subscriptionId status } } }";

/// A token's bearer and the token.
pub struct Tokens(Authenticator);

impl Tokens {
    pub fn new() -> Fallible<Self> {
        let identity = Identity::of_secret(Secret::from(SECRET.to_owned()), "cpor", "cpor")?;
        Ok(Self(Authenticator::new(&identity)))
    }

    fn sign(&self, subject: &str, roles: Vec<Role>, partner_id: Option<Uuid>) -> Fallible<String> {
        let scopes = roles.first().map_or(Vec::new(), |role| usable_scopes(*role).to_vec());
        let (subject, name) = (subject.to_owned(), Some(subject.to_owned()));
        let (issued_at, expires_at) = (1_700_000_000, 4_102_444_800);
        let jti = Uuid::from_u128(1);
        Ok(self.0.sign(&Grant {
            subject,
            name,
            roles,
            scopes,
            partner_id,
            tenant_id: None,
            issued_at,
            expires_at,
            jti,
        })?)
    }

    /// A review lead, who may do what every reviewer may.
    pub fn lead(&self) -> Fallible<String> {
        self.sign("lead@vendor.example", vec![Role::Reviewer, Role::ReviewLead], None)
    }

    /// One of many reviewers.
    pub fn reviewer(&self, name: &str) -> Fallible<String> {
        self.sign(name, vec![Role::Reviewer], None)
    }

    /// An administrator of a partner.
    pub fn partner(&self, partner: Uuid) -> Fallible<String> {
        self.sign(&format!("admin@{partner}"), vec![Role::GlobalAdmin], Some(partner))
    }

    /// The directory's service account.
    pub fn sync(&self) -> Fallible<String> {
        self.sign("sync", vec![Role::DirectorySync], None)
    }
}

/// The global id of a kind and key.
pub fn global(kind: u8, key: Uuid) -> String {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The global id of a claim.
pub fn claim_id(key: Uuid) -> String {
    global(6, key)
}

/// The global id of a product.
pub fn product_id(key: Uuid) -> String {
    global(4, key)
}

/// A GraphQL request.
pub fn graphql(token: &str, query: &str, variables: &Value) -> Vec<u8> {
    post("/graphql", Some(token), &json!({ "query": query, "variables": variables }).to_string())
}

/// A workload that is a closed loop of one kind of request.
pub struct Operation {
    pub workload: &'static str,
    /// The requests to cpor.
    pub cpor: Vec<Vec<u8>>,
    /// The same requests to the limit, if it has them.
    pub limit: Vec<Vec<u8>>,
    /// What every right answer holds near its beginning.
    pub marker: &'static str,
    /// Whether it reads only, so that answers can be compared.
    pub reads: bool,
}

impl Operation {
    /// The load on a server.
    pub fn load(&self, address: SocketAddr, requests: &[Vec<u8>]) -> Load {
        Load { address, requests: Arc::new(requests.to_vec()), marker: self.marker }
    }
}

/// Every operation, for this data; `cursor` gives cpor's cursor of a claim in the queue.
pub fn all(data: &Data, tokens: &Tokens, cursors: &[String]) -> Fallible<Vec<Operation>> {
    let lead = tokens.lead()?;
    let one = |claim: Uuid, token: &str| graphql(token, CLAIM, &json!({ "id": claim_id(claim) }));
    let claims = data.claims.iter();
    let w1_limit: Vec<_> =
        claims.clone().map(|owned| post("/claim", None, &json!({ "id": owned.claim }).to_string())).collect();
    let w1p =
        claims.clone().map(|owned| Ok(one(owned.claim, &tokens.partner(owned.partner)?))).collect::<Fallible<_>>()?;
    let w1 = claims.map(|owned| one(owned.claim, &lead)).collect();
    let paged = format!(
        "query W2($partner: ID!, $status: [ClaimStatus!]) {{ claims(filter: {{ partnerId: $partner, status: $status }}, {ORDER}, first: 50) {{ {LISTED} }} }}"
    );
    let page = |(partner, status): &(Uuid, String), token: &str| {
        graphql(token, &paged, &json!({ "partner": global(1, *partner), "status": [status] }))
    };
    let w2p = data.pages.iter().map(|paged| Ok(page(paged, &tokens.partner(paged.0)?))).collect::<Fallible<_>>()?;
    let limited = |(partner, status): &(Uuid, String)| {
        post("/page", None, &json!({ "partner": partner, "status": status }).to_string())
    };
    let w2_limit: Vec<_> = data.pages.iter().map(limited).collect();
    let deep = format!(
        "query W3($after: String) {{ claims(filter: {{ status: [SUBMITTED] }}, {ORDER}, after: $after, first: 50) {{ {LISTED} }} }}"
    );
    let queued = |(at, id): &(i64, Uuid)| {
        post("/queue", None, &json!({ "status": "SUBMITTED", "submitted_at": at, "id": id }).to_string())
    };
    let read = |workload, cpor, limit, marker| Operation { workload, cpor, limit, marker, reads: true };
    let w2 = data.pages.iter().map(|paged| page(paged, &lead)).collect();
    let w3 = cursors.iter().map(|cursor| graphql(&lead, &deep, &json!({ "after": cursor }))).collect();
    let w3_limit = data.queue.iter().map(queued).collect();
    Ok(vec![
        read("W1", w1, w1_limit.clone(), "\"mpnId\""),
        read("W1P", w1p, w1_limit, "\"mpnId\""),
        read("W2", w2, w2_limit.clone(), "\"createdAt\""),
        read("W2P", w2p, w2_limit, "\"createdAt\""),
        read("W3", w3, w3_limit, "\"createdAt\""),
        read("W7", eligibility(data, tokens)?, Vec::new(), "\"eligible\""),
        comments(data, tokens)?,
    ])
}

fn eligibility(data: &Data, tokens: &Tokens) -> Fallible<Vec<Vec<u8>>> {
    let line = |(product, typed): &(Uuid, Option<String>)| json!({ "productId": product_id(*product), "subscriptionId": typed });
    let asked = data.intended.iter().map(|intended| {
        let input = json!({ "tenantId": intended.tenant, "domain": intended.domain, "solutionArea": intended.solution_area,
            "activities": intended.activities.split(' ').collect::<Vec<_>>(), "mpnId": intended.mpn_id,
            "lines": intended.lines.iter().map(line).collect::<Vec<_>>() });
        Ok(graphql(&tokens.partner(intended.partner)?, ELIGIBILITY, &json!({ "input": input })))
    });
    asked.collect()
}

/// W4: comments of many reviewers on many claims.
fn comments(data: &Data, tokens: &Tokens) -> Fallible<Operation> {
    let said = "Benchmark comment: the proof of execution of this claim is attached, and the dates are on page 2.";
    let (mut cpor, mut limit) = (Vec::new(), Vec::new());
    for (number, owned) in data.reviewed.iter().enumerate() {
        let author = format!("reviewer{}@vendor.example", number % 40);
        let variables = json!({ "claim": claim_id(owned.claim), "body": said });
        cpor.push(graphql(&tokens.reviewer(&author)?, COMMENT, &variables));
        limit.push(post(
            "/comment",
            None,
            &json!({ "claim": owned.claim, "author": author, "body": said }).to_string(),
        ));
    }
    Ok(Operation { workload: "W4", cpor, limit, marker: "\"createdAt\"", reads: false })
}

/// Asks for the cursor of a claim in the order of W3.
pub fn cursor(claim: Uuid) -> Value {
    let query =
        format!("query($ids: [ID!]) {{ claims(filter: {{ ids: $ids }}, {ORDER}, first: 1) {{ edges {{ cursor }} }} }}");
    json!({ "query": query, "variables": { "ids": [claim_id(claim)] } })
}
