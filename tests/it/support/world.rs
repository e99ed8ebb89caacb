//! A started server with a small directory and a cast of callers; and the ways to bring a claim to where a test needs it.

use std::time::Duration;

use domain::kinds::Role;
use serde_json::{Value, json};

use super::{
    caller::Caller,
    claims::Claim,
    database::{Backend, Database},
    directory::{self as sample, ALPINE, ALPINE_ENROLLED, BOREAL, BOREAL_ENROLLED, CONTOSO, FABRIKAM, SALES},
    ids,
    server::{Server, Settings},
};

/// Every scope there is (A5). The cast carries them all, so that what a caller may not is refused for its role.
pub const SCOPES: &str =
    "claims:read claims:write comments:write reviews:write directory:read directory:write history:read notices:read";

/// A PDF as short as it can be.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n";

/// The whole stage of a test.
pub struct World {
    pub server: Server,
    pub anonymous: Caller,
    /// A global admin of Alpine: may do all that a partner can.
    pub partner: Caller,
    /// An incentives user of Alpine (A1).
    pub user: Caller,
    /// A global admin of Boreal, the other partner.
    pub rival: Caller,
    pub reviewer: Caller,
    pub second_reviewer: Caller,
    pub lead: Caller,
    pub auditor: Caller,
    /// The service account that loads the directory.
    pub sync: Caller,
    /// The administrator of Contoso.
    pub customer: Caller,
    /// The administrator of Fabrikam.
    pub other_customer: Caller,
}

impl World {
    /// A world on a fresh copy of the template.
    pub async fn start(backend: Backend, settings: Settings) -> Self {
        Self::on(Database::copied(backend).await, settings).await
    }

    /// A world on this database.
    pub async fn on(database: Database, settings: Settings) -> Self {
        let server = Server::start(database, settings).await;
        let world = Self {
            anonymous: server.anonymous(),
            partner: partner(&server, "ann@alpine.example", "Ann of Alpine", "GLOBAL_ADMIN", ALPINE),
            user: partner(&server, "ulf@alpine.example", "Ulf of Alpine", "INCENTIVES_USER", ALPINE),
            rival: partner(&server, "bea@boreal.example", "Bea of Boreal", "GLOBAL_ADMIN", BOREAL),
            reviewer: vendor(&server, "rita@vendor.example", "Rita Reviewer", "REVIEWER"),
            second_reviewer: vendor(&server, "ravi@vendor.example", "Ravi Reviewer", "REVIEWER"),
            lead: vendor(&server, "lena@vendor.example", "Lena Lead", "REVIEW_LEAD"),
            auditor: vendor(&server, "adam@vendor.example", "Adam Auditor", "AUDITOR"),
            sync: vendor(&server, "sync@vendor.example", "Directory", "DIRECTORY_SYNC"),
            customer: customer(&server, "carl@contoso.example", CONTOSO),
            other_customer: customer(&server, "fay@fabrikam.example", FABRIKAM),
            server,
        };
        world.meet_reviewers().await;
        world
    }

    /// Lets the reviewers of the cast be known (R1), as after their first request.
    async fn meet_reviewers(&self) {
        let scopes = vec![domain::kinds::Scope::ReviewsWrite];
        for (caller, name, role) in [
            (&self.reviewer, "Rita Reviewer", Role::Reviewer),
            (&self.second_reviewer, "Ravi Reviewer", Role::Reviewer),
            (&self.lead, "Lena Lead", Role::ReviewLead),
        ] {
            let (subject, name) = (caller.subject.clone(), Some(name.to_owned()));
            let caller = domain::caller::Caller::new(subject, name, &[role], scopes.clone(), None, None).unwrap();
            self.server.app.meet(&caller).await;
        }
        self.server.statements();
    }

    /// Ends a test: the server made no fault, and everything in its database is as the rules want it (H3).
    pub async fn finish(self) {
        let faults = self.server.faults.take();
        assert!(faults.is_empty(), "the server made faults: {faults:?}");
        let report = self.server.app.verify(|_| ()).await.expect("a database that can be read");
        assert_eq!(report.broken, None, "the database is broken");
        self.leave().await.delete().await;
    }

    /// Stops the server, without a look at its database.
    pub async fn leave(self) -> Database {
        self.server.stop().await
    }

    /// Loads the sample directory through the API; the template has it already.
    pub async fn load_directory(&self) {
        for (mutation, rows) in sample::whole() {
            self.load(mutation, rows).await;
        }
    }

    /// Loads rows, each of which must be good.
    pub async fn load(&self, mutation: &str, rows: Vec<Value>) {
        let answer = self.sync.mutate(mutation, json!({ "rows": rows })).await;
        assert_eq!(answer.payload()["problems"], json!([]), "{}", answer.text);
    }

    /// Moves the server's clock forward.
    pub fn advance(&self, by: Duration) {
        self.server.clock.advance(by);
    }

    /// Moves the server's clock forward by so many days.
    pub fn advance_days(&self, days: u64) {
        self.advance(Duration::from_secs(days * 86_400));
    }

    /// A customer of its own with one eligible subscription to Sales, for tests that need many claims; its tenant id.
    pub async fn new_customer(&self, number: u32) -> String {
        let tenant = format!("c1000000-0000-4000-8000-{number:012}");
        let subscription = format!("51000000-0000-4000-8000-{number:012}");
        let name = format!("Customer {number:04}");
        self.load("upsertCustomers", vec![json!({ "tenantId": tenant, "name": name, "domain": domain_of(number) })])
            .await;
        self.load(
            "upsertSubscriptions",
            vec![sample::subscription(&subscription, &tenant, SALES, "WEB_DIRECT", "ACTIVE")],
        )
        .await;
        tenant
    }

    /// A draft of a claim on the Sales subscription of [`World::new_customer`], without proof.
    pub async fn draft_on(&self, caller: &Caller, number: u32) -> Claim {
        let tenant = self.new_customer(number).await;
        let mut input = self.input_of(caller);
        input["tenantId"] = json!(tenant);
        input["domain"] = json!(domain_of(number));
        input["name"] = json!(format!("Claim {number:04}"));
        caller.mutate("createClaim", input).await.claim()
    }

    /// A submitted claim on the Sales subscription of [`World::new_customer`].
    pub async fn submitted_on(&self, caller: &Caller, number: u32) -> Claim {
        let draft = self.draft_on(caller, number).await;
        self.submit(caller, &self.prove(caller, &draft).await).await
    }

    /// The input of a claim that lacks only proof: Sales at Contoso, by this partner.
    pub fn input_of(&self, caller: &Caller) -> Value {
        let location = if caller.subject == self.rival.subject { BOREAL_ENROLLED } else { ALPINE_ENROLLED };
        let contact = json!({ "name": "Kim Kontakt", "title": "CIO", "email": "kim@contoso.example", "phone": "+41 31 000 00 00" });
        json!({
            "name": "Sales at Contoso", "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS",
            "activities": ["PRESALES", "USAGE"], "mpnId": location, "lines": [{ "productId": ids::of_product(SALES) }],
            "customerContact": contact, "technicalContact": contact, "partnerContact": contact,
        })
    }

    /// A draft that lacks only proof, of Alpine.
    pub async fn draft(&self) -> Claim {
        self.draft_of(&self.partner).await
    }

    /// A draft that lacks only proof, of this partner.
    pub async fn draft_of(&self, caller: &Caller) -> Claim {
        caller.mutate("createClaim", self.input_of(caller)).await.claim()
    }

    /// A draft with proof, of Alpine: ready to be submitted.
    pub async fn proven(&self) -> Claim {
        self.prove(&self.partner, &self.draft().await).await
    }

    pub async fn submitted(&self) -> Claim {
        self.submit(&self.partner, &self.proven().await).await
    }

    /// Submitted by this partner.
    pub async fn submitted_by(&self, caller: &Caller) -> Claim {
        let draft = self.draft_of(caller).await;
        self.submit(caller, &self.prove(caller, &draft).await).await
    }

    /// Under review by `world.reviewer`.
    pub async fn under_review(&self) -> Claim {
        self.review(&self.submitted().await).await
    }

    pub async fn action_requested(&self) -> Claim {
        self.ask(&self.under_review().await).await
    }

    pub async fn approved(&self) -> Claim {
        self.approve(&self.under_review().await).await
    }

    pub async fn rejected(&self) -> Claim {
        self.reject(&self.under_review().await).await
    }

    /// A claim of Alpine in this status.
    pub async fn in_status(&self, status: &str) -> Claim {
        match status {
            "EDITING" => self.proven().await,
            "SUBMITTED" => self.submitted().await,
            "UNDER_REVIEW" => self.under_review().await,
            "PARTNER_ACTION_REQUIRED" => self.action_requested().await,
            "APPROVED" => self.approved().await,
            "REJECTED" => self.rejected().await,
            other => panic!("no such status: {other}"),
        }
    }

    /// Attaches a document.
    pub async fn prove(&self, caller: &Caller, claim: &Claim) -> Claim {
        caller.attach(claim.id(), "proof.pdf", PDF).await.claim()
    }

    pub async fn submit(&self, caller: &Caller, claim: &Claim) -> Claim {
        caller.act("submitClaim", claim, json!({})).await.done()
    }

    pub async fn review(&self, claim: &Claim) -> Claim {
        self.reviewer.act("startReview", claim, json!({})).await.done()
    }

    pub async fn ask(&self, claim: &Claim) -> Claim {
        let input = json!({ "reasons": ["MISSING_PARTNER_SOLUTION"], "message": "Please describe the work." });
        self.reviewer.act("requestPartnerAction", claim, input).await.done()
    }

    pub async fn respond(&self, claim: &Claim) -> Claim {
        self.partner.act("respondToReview", claim, json!({ "message": "Here it is." })).await.done()
    }

    pub async fn approve(&self, claim: &Claim) -> Claim {
        self.reviewer.act("approveClaim", claim, json!({})).await.done()
    }

    pub async fn reject(&self, claim: &Claim) -> Claim {
        let input = json!({ "reason": "INSUFFICIENT_POE", "detail": "The work is not shown." });
        self.reviewer.act("rejectClaim", claim, input).await.done()
    }

    /// The actions of the claim's history, oldest first, as the review lead sees them; for a draft, as its partner does.
    pub async fn history(&self, claim: &Claim) -> Vec<Value> {
        let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { \
            action at note fromStatus toStatus hash actor { kind name } changes { field before after } comment { body } } } } }";
        let variables = json!({ "id": claim.id() });
        let as_vendor = self.auditor.graphql(query, variables.clone()).await;
        let seen =
            if as_vendor.data()["claim"].is_null() { self.partner.graphql(query, variables).await } else { as_vendor };
        seen.data()["claim"]["history"]["nodes"].as_array().unwrap().clone()
    }
}

/// The domain of [`World::new_customer`].
pub fn domain_of(number: u32) -> String {
    format!("customer{number}.example")
}

fn partner(server: &Server, subject: &str, name: &str, role: &str, company: &str) -> Caller {
    server.caller(json!({ "sub": subject, "name": name, "roles": [role], "scope": SCOPES, "partner_id": company }))
}

fn vendor(server: &Server, subject: &str, name: &str, role: &str) -> Caller {
    server.caller(json!({ "sub": subject, "name": name, "roles": [role], "scope": SCOPES }))
}

fn customer(server: &Server, subject: &str, tenant: &str) -> Caller {
    server.caller(json!({ "sub": subject, "name": "An administrator", "roles": ["CUSTOMER_ADMIN"], "scope": SCOPES, "tenant_id": tenant }))
}
