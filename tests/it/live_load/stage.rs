//! Four partners, a reviewer, an auditor, and submitted claims for everybody to write on.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    courier::{Courier, Person},
    writer::Writer,
};
use crate::support::{
    Claim,
    caller::mutation_document,
    claims::FIELDS,
    database::Database,
    directory::{SALES, subscription},
    ids,
    world::{PDF, SCOPES, domain_of},
};

/// How many partner companies there are.
pub const COMPANIES: u32 = 4;

/// The stage of a load.
pub struct Stage {
    pub courier: Courier,
    /// An administrator of each company.
    pub partners: Vec<Person>,
    pub lead: Person,
    pub reviewer: Person,
    pub auditor: Person,
    /// Each writer's own claim; the writer with number `n` is of company `n % COMPANIES`.
    pub claims: Vec<Claim>,
    /// After this position comes all that the load does.
    pub start: String,
    /// How many entries the history had then.
    pub before: usize,
}

/// The partner id of a company.
pub fn company(number: u32) -> String {
    format!("ac000000-0000-4000-8000-{number:012}")
}

fn tenant(number: u32) -> String {
    format!("cc000000-0000-4000-8000-{number:012}")
}

fn vendor(subject: &str, role: &str) -> Person {
    Person::of(json!({ "sub": format!("{subject}@vendor.example"), "roles": [role], "scope": SCOPES }))
}

fn partner(number: u32) -> Person {
    Person::of(json!({ "sub": format!("admin@company{number}.example"), "roles": ["GLOBAL_ADMIN"], "scope": SCOPES,
        "partner_id": company(number) }))
}

/// The draft of the writer with this number, on a subscription that nobody else claims.
pub fn input(writer: u32, name: &str) -> Value {
    let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
    json!({ "name": name, "tenantId": tenant(writer), "domain": domain_of(writer), "solutionArea": "BUSINESS_APPLICATIONS",
        "activities": ["USAGE"], "mpnId": mpn_id(writer % COMPANIES), "lines": [{ "productId": ids::of_product(SALES) }],
        "customerContact": contact, "technicalContact": contact, "partnerContact": contact })
}

fn mpn_id(company: u32) -> String {
    format!("77000{company}")
}

impl Stage {
    /// Sets the stage for so many writers on servers that run.
    pub async fn set(courier: Courier, database: &Database, writers: u32) -> Self {
        load_directory(&courier, writers).await;
        let mut stage = Self {
            courier,
            partners: (0..COMPANIES).map(partner).collect(),
            lead: vendor("lena", "REVIEW_LEAD"),
            reviewer: vendor("rita", "REVIEWER"),
            auditor: vendor("adam", "AUDITOR"),
            claims: Vec::new(),
            start: String::new(),
            before: 0,
        };
        stage.claims = join_all((0..writers).map(|writer| stage.submitted(writer))).await;
        let query = json!({ "query": "{ history(last: 1) { nodes { position } } }" });
        let last = stage.courier.insist(&stage.auditor, |caller| caller.posted(&query)).await;
        last.data()["history"]["nodes"][0]["position"].as_str().unwrap().clone_into(&mut stage.start);
        stage.before = database.read("SELECT CAST(count(*) AS text) FROM history").await[0].parse().unwrap();
        stage
    }

    /// The administrator of a writer's company.
    pub fn partner_of(&self, writer: u32) -> &Person {
        &self.partners[(writer % COMPANIES) as usize]
    }

    /// The claims of a company.
    pub fn claims_of(&self, company: u32) -> Vec<String> {
        let own = |(writer, _): &(u32, &Claim)| writer % COMPANIES == company;
        (0..).zip(&self.claims).filter(own).map(|(_, claim)| claim.id().to_owned()).collect()
    }

    async fn submitted(&self, writer: u32) -> Claim {
        let partner = self.partner_of(writer);
        let body = body("createClaim", input(writer, &format!("Claim {writer}")));
        let draft = self.courier.insist(partner, |caller| caller.posted(&body)).await.claim();
        let proof = json!({ "claimId": draft.id() });
        let proven =
            self.courier.insist(partner, |caller| caller.upload(proof.clone(), "proof.pdf", PDF)).await.claim();
        let body = self::body("submitClaim", json!({ "claimId": proven.id(), "expectedVersion": proven.version() }));
        self.courier.insist(partner, |caller| caller.posted(&body)).await.done()
    }

    /// The writers, each with dice of its own.
    pub fn writers(&self, seed: u64) -> Vec<Writer> {
        (0..).zip(&self.claims).map(|(number, claim)| Writer::new(self, number, claim.clone(), seed)).collect()
    }
}

/// The JSON of a request that calls this mutation.
#[expect(clippy::needless_pass_by_value, reason = "an input is made where it is passed")]
pub fn body(mutation: &str, input: Value) -> Value {
    json!({ "query": mutation_document(mutation), "variables": { "input": input } })
}

/// The JSON of a request for a claim.
pub fn claim_query(id: &str) -> Value {
    json!({ "query": format!("query($id: ID!) {{ claim(id: $id) {FIELDS} }}"), "variables": { "id": id } })
}

async fn load_directory(courier: &Courier, writers: u32) {
    let sync = vendor("sync", "DIRECTORY_SYNC");
    let sales = json!({ "skuId": SALES, "skuPartNumber": "DYN365_ENTERPRISE_SALES", "name": "Dynamics 365 Sales",
        "solutionArea": "BUSINESS_APPLICATIONS" });
    let company = |number| {
        json!({ "partnerId": company(number), "name": format!("Company {number}"), "locations": [{ "mpnId": mpn_id(number),
            "name": "Bern", "country": "CH", "enrolledPrograms": ["OSA_SELL", "OSU_BUSINESS_APPLICATIONS"] }] })
    };
    let customer = |number| json!({ "tenantId": tenant(number), "name": format!("Customer {number}"), "domain": domain_of(number) });
    let bought = |number| {
        let id = format!("5c000000-0000-4000-8000-{number:012}");
        subscription(&id, &tenant(number), SALES, "WEB_DIRECT", "ACTIVE")
    };
    let rows: [(&str, Vec<Value>); 4] = [
        ("upsertProducts", vec![sales]),
        ("upsertPartners", (0..COMPANIES).map(company).collect()),
        ("upsertCustomers", (0..writers).map(customer).collect()),
        ("upsertSubscriptions", (0..writers).map(bought).collect()),
    ];
    for (mutation, rows) in rows {
        let body = body(mutation, json!({ "rows": rows }));
        let answer = courier.insist(&sync, |caller| caller.posted(&body)).await;
        assert_eq!(answer.payload()["problems"], json!([]), "{}", answer.text);
    }
}
