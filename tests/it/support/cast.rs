//! The callers of a server in another process.

use serde_json::{Value, json};

use super::{
    Caller,
    directory::{ALPINE, SALES, subscription},
    ids,
    process::Process,
    world::{PDF, SCOPES, domain_of},
};

/// The callers of a server in another process.
pub struct Cast {
    pub partner: Caller,
    pub lead: Caller,
    pub sync: Caller,
}

impl Cast {
    pub fn of(process: &Process) -> Self {
        let with = |mut claims: Value| {
            claims["scope"] = json!(SCOPES);
            process.caller(claims)
        };
        Self {
            partner: with(json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE })),
            lead: with(json!({ "sub": "lena@vendor.example", "roles": ["REVIEW_LEAD"] })),
            sync: with(json!({ "sub": "sync@vendor.example", "roles": ["DIRECTORY_SYNC"] })),
        }
    }

    pub async fn advance(&self, by: &str) -> String {
        let answer = self.sync.mutate("advanceClock", json!({ "by": by })).await;
        assert_eq!(answer.problems(), Vec::<String>::new(), "{}", answer.text);
        answer.payload()["now"].as_str().unwrap().to_owned()
    }

    /// What time it is for the server: a step too short to matter.
    pub async fn now(&self) -> jiff::Timestamp {
        self.advance("PT0.000001S").await.parse().unwrap()
    }

    /// Many claims whose clocks run out on the same day: a third is asked for more (T3), a third approved (N4), a third is
    /// under review (T2).
    pub async fn claims(&self, count: u32) -> Vec<(String, &'static str)> {
        let customer = |number| json!({ "tenantId": tenant(number), "name": format!("Customer {number}"), "domain": domain_of(number) });
        let row = |number| {
            subscription(
                &format!("51000000-0000-4000-8000-{number:012}"),
                &tenant(number),
                SALES,
                "WEB_DIRECT",
                "ACTIVE",
            )
        };
        self.sync
            .mutate("upsertCustomers", json!({ "rows": (0..count).map(customer).collect::<Vec<_>>() }))
            .await
            .data();
        self.sync
            .mutate("upsertSubscriptions", json!({ "rows": (0..count).map(row).collect::<Vec<_>>() }))
            .await
            .data();
        let mut claims = Vec::new();
        for number in 0..count {
            claims.push(self.claim(number).await);
        }
        claims
    }

    async fn claim(&self, number: u32) -> (String, &'static str) {
        let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
        let input = json!({ "name": format!("Claim {number}"), "tenantId": tenant(number), "domain": domain_of(number),
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001",
            "lines": [{ "productId": ids::of_product(SALES) }],
            "customerContact": contact, "technicalContact": contact, "partnerContact": contact });
        let draft = self.partner.mutate("createClaim", input).await.claim();
        let proven = self.partner.attach(draft.id(), "proof.pdf", PDF).await.claim();
        let submitted = self.partner.act("submitClaim", &proven, json!({})).await.done();
        let reviewed = self.lead.act("startReview", &submitted, json!({})).await.done();
        let asked = json!({ "reasons": ["OTHER"], "message": "Please explain." });
        let (claim, fires) = match number % 3 {
            0 => (self.lead.act("requestPartnerAction", &reviewed, asked).await.done(), "REJECTED"),
            1 => (self.lead.act("approveClaim", &reviewed, json!({})).await.done(), "CONSENT_LAPSED"),
            _ => (reviewed, "DEADLINE_MISSED"),
        };
        (claim.id().to_owned(), fires)
    }

    /// How many entries of the clock this claim's history has, and how many of this action.
    pub async fn fired(&self, claim: &str, action: &str) -> (usize, usize) {
        let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { action actor { kind } } } } }";
        let answer = self.lead.graphql(query, json!({ "id": claim })).await;
        let nodes = answer.data()["claim"]["history"]["nodes"].as_array().unwrap();
        let by_clock: Vec<_> = nodes.iter().filter(|node| node["actor"]["kind"] == "SYSTEM").collect();
        (by_clock.len(), by_clock.iter().filter(|node| node["action"] == action).count())
    }
}

fn tenant(number: u32) -> String {
    format!("c1000000-0000-4000-8000-{number:012}")
}
