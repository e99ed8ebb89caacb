//! What is asked of the server over HTTP: a stage to listen to, and changes.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Fallible, server::SECRET};

/// Dynamics 365 Sales.
const PRODUCT: Uuid = Uuid::from_u128(0x1e1a_282c_9c54_43a2_9310_98ef_728f_aace);

/// A token, signed as the server expects it.
pub struct Grant(pub String);

impl Grant {
    /// Somebody at the vendor.
    pub fn vendor(subject: &str, role: &str) -> Self {
        Self::signed(json!({ "sub": subject, "roles": [role] }))
    }

    /// An administrator of this company.
    pub fn partner(subject: &str, company: usize) -> Self {
        Self::signed(json!({ "sub": subject, "roles": ["GLOBAL_ADMIN"], "partner_id": partner_id(company) }))
    }

    fn signed(mut claims: Value) -> Self {
        let scope = "claims:read claims:write comments:write reviews:write directory:read directory:write history:read \
            webhooks:write";
        for (name, value) in
            [("iss", json!("cpor")), ("aud", json!("cpor")), ("exp", json!(4_102_444_800_u64)), ("scope", json!(scope))]
        {
            claims[name] = value;
        }
        let signed = EncodingKey::from_secret(SECRET.as_bytes())
            .and_then(|key| encode(&Header::new(Algorithm::HS256), &claims, &key));
        Self(signed.unwrap_or_default())
    }
}

fn partner_id(company: usize) -> Uuid {
    Uuid::from_u128(0xac00_0000_0000_4000_8000_0000_0000_0000 + company as u128)
}

fn tenant_id(company: usize) -> Uuid {
    Uuid::from_u128(0xcc00_0000_0000_4000_8000_0000_0000_0000 + company as u128)
}

/// The global id of the product, as the API writes it.
fn product_id() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut bytes = vec![4];
    bytes.extend_from_slice(PRODUCT.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A client of the server's API.
pub struct Api {
    http: reqwest::Client,
    base: String,
}

impl Api {
    /// Of the server at this address.
    pub fn new(base: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned() }
    }

    /// The answer to an operation, whatever it is.
    pub async fn ask(&self, grant: &Grant, query: &str, variables: Value) -> Fallible<Value> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(format!("{}/graphql", self.base)).bearer_auth(&grant.0).json(&body);
        Ok(request.send().await?.json().await?)
    }

    /// The payload of a mutation that was done.
    async fn mutate(&self, grant: &Grant, mutation: &str, fields: &str, input: Value) -> Fallible<Value> {
        let (first, rest) = mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ done: {mutation}(input: $input) {{ {fields} }} }}",
            first.to_uppercase()
        );
        done(&self.ask(grant, &query, json!({ "input": input })).await?)
    }

    /// Loads a directory of so many companies, each with a customer, and a submitted claim of each; the claims' ids.
    pub async fn set_stage(&self, companies: usize) -> Fallible<Vec<String>> {
        let sync = Grant::vendor("sync", "DIRECTORY_SYNC");
        let product = json!({ "skuId": PRODUCT, "skuPartNumber": "DYN365_ENTERPRISE_SALES", "name": "Dynamics 365 Sales",
            "solutionArea": "BUSINESS_APPLICATIONS" });
        let location = |company: usize| {
            json!({ "mpnId": format!("7{company:06}"), "name": "Bern", "country": "CH",
            "enrolledPrograms": ["OSU_BUSINESS_APPLICATIONS"] })
        };
        let partner = |company: usize| {
            json!({ "partnerId": partner_id(company), "name": format!("Company {company}"),
            "locations": [location(company)] })
        };
        let customer = |company: usize| {
            json!({ "tenantId": tenant_id(company), "name": format!("Customer {company}"),
            "domain": format!("customer{company}.example") })
        };
        let subscription = |company: usize| {
            json!({ "subscriptionId": Uuid::from_u128(tenant_id(company).as_u128() << 1),
            "tenantId": tenant_id(company), "skuId": PRODUCT, "channel": "WEB_DIRECT", "status": "ACTIVE", "seats": 25,
            "startsAt": "2025-01-01T00:00:00Z" })
        };
        let rows: [(&str, Vec<Value>); 4] = [
            ("upsertProducts", vec![product]),
            ("upsertPartners", (0..companies).map(partner).collect()),
            ("upsertCustomers", (0..companies).map(customer).collect()),
            ("upsertSubscriptions", (0..companies).map(subscription).collect()),
        ];
        for (mutation, rows) in rows {
            self.mutate(&sync, mutation, "inserted", json!({ "rows": rows })).await?;
        }
        let mut claims = Vec::with_capacity(companies);
        for company in 0..companies {
            claims.push(self.submitted(company).await?);
        }
        Ok(claims)
    }

    async fn submitted(&self, company: usize) -> Fallible<String> {
        let grant = Grant::partner("admin", company);
        let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
        let input = json!({ "name": format!("Claim {company}"), "tenantId": tenant_id(company),
            "domain": format!("customer{company}.example"), "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"],
            "mpnId": format!("7{company:06}"), "lines": [{ "productId": product_id() }], "customerContact": contact,
            "technicalContact": contact, "partnerContact": contact });
        let fields = "claim { id version } problems { code message }";
        let draft = self.mutate(&grant, "createClaim", fields, input).await?;
        let id = draft["claim"]["id"].as_str().unwrap_or_default().to_owned();
        let proven = self.prove(&grant, &id).await?;
        let input = json!({ "claimId": id, "expectedVersion": proven["claim"]["version"] });
        self.mutate(&grant, "submitClaim", fields, input).await?;
        Ok(id)
    }

    async fn prove(&self, grant: &Grant, claim: &str) -> Fallible<Value> {
        let query = "mutation($input: AttachProofOfExecutionInput!) { done: attachProofOfExecution(input: $input) \
            { claim { version } problems { code message } } }";
        let operations = json!({ "query": query, "variables": { "input": { "claimId": claim, "file": null } } });
        let content = "%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n";
        let form = reqwest::multipart::Form::new()
            .text("operations", operations.to_string())
            .text("map", json!({ "0": ["variables.input.file"] }).to_string())
            .part("0", reqwest::multipart::Part::text(content).file_name("proof.pdf"));
        let request = self.http.post(format!("{}/graphql", self.base)).bearer_auth(&grant.0).multipart(form);
        done(&request.send().await?.json().await?)
    }

    /// A comment of a company on its claim that says this number.
    pub async fn comment(&self, company: usize, claim: &str, number: usize) -> Fallible<()> {
        let input = json!({ "claimId": claim, "body": format!("#{number}#") });
        self.mutate(&Grant::partner("admin", company), "addComment", "claim { id } problems { code }", input).await?;
        Ok(())
    }
}

/// What a mutation did.
fn done(answer: &Value) -> Fallible<Value> {
    let done = &answer["data"]["done"];
    // Problems beside a claim are warnings.
    let claim_is_there = done.get("claim").is_none_or(|claim| !claim.is_null());
    if done.is_null() || !claim_is_there {
        return Err(answer.to_string().into());
    }
    Ok(done.clone())
}
