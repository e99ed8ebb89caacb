//! What comes after a decision: moved clocks, rivals, awards, disputes, and what was told of it.

use serde_json::{Value, json};

use super::{
    caller::{ARBITRATION, Answer, Caller},
    claims::Claim,
    world::{SCOPES, World},
};

/// A third partner, of which the sample directory knows nothing: its id.
pub const CIRRUS: &str = "a0000000-0000-4000-8000-00000000000c";
/// Its location, enrolled in every programme.
pub const CIRRUS_ENROLLED: &str = "3000001";

impl World {
    /// Moves the clock through the API: whatever falls due on the way has happened (T5). Answers what time it is.
    pub async fn later(&self, by: &str) -> String {
        let answer = self.sync.mutate("advanceClock", json!({ "by": by })).await;
        assert_eq!(answer.problems(), Vec::<String>::new(), "{}", answer.text);
        answer.payload()["now"].as_str().unwrap().to_owned()
    }

    /// The claim as a review lead sees it now.
    pub async fn seen(&self, claim: &Claim) -> Claim {
        self.lead.claim(claim.id()).await.unwrap()
    }

    /// The entries of the claim's history with this action.
    pub async fn told(&self, claim: &Claim, action: &str) -> Vec<Value> {
        self.history(claim).await.into_iter().filter(|entry| entry["action"] == action).collect()
    }

    /// The comments on the claim, oldest first, as this caller reads them: who, and what.
    pub async fn comments(&self, caller: &Caller, claim: &Claim) -> Vec<(String, String)> {
        let query = "query($id: ID!) { claim(id: $id) { comments(first: 100) { nodes { body author { kind } } } } }";
        let answer = caller.graphql(query, json!({ "id": claim.id() })).await;
        let nodes = answer.data()["claim"]["comments"]["nodes"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        nodes.iter().map(|node| (text(&node["author"]["kind"]), text(&node["body"]))).collect()
    }

    /// The notices about the claim, oldest first: for whom, and the record in plain English.
    pub async fn notices(&self, claim: &Claim) -> Vec<String> {
        let number = claim.field("number").as_str().unwrap();
        let sql = format!(
            "SELECT notice.recipient || ': ' || notice.subject || '. ' || notice.body FROM notice \
             JOIN claim ON claim.id = notice.claim_id WHERE claim.number = '{number}' ORDER BY notice.id"
        );
        self.server.database.read(&sql).await
    }

    /// Every arbitration that a caller sees.
    pub async fn arbitrations(&self, caller: &Caller) -> Vec<Value> {
        let seen = caller.query(&format!("{{ arbitrations(first: 100) {{ nodes {ARBITRATION} }} }}")).await;
        seen["arbitrations"]["nodes"].as_array().unwrap().clone()
    }

    /// The id of the only arbitration that is open on the claim.
    pub async fn open_arbitration(&self, claim: &Claim) -> String {
        let seen = self.seen(claim).await;
        let open: Vec<_> = seen
            .arbitrations()
            .into_iter()
            .filter(|(_, status)| *status == "OPEN")
            .map(|(id, _)| id.to_owned())
            .collect();
        assert_eq!(open.len(), 1, "{seen:?}");
        open.into_iter().next().unwrap()
    }

    /// The review lead's award.
    pub async fn award(&self, arbitration: &str, winner: &Claim) -> Answer {
        let input = json!({ "arbitrationId": arbitration, "winnerClaimId": winner.id(), "rationale": "Its proof is the better one." });
        self.lead.mutate("awardArbitration", input).await
    }

    /// Claims of Alpine and of Boreal on the same subscription, both under review, in arbitration.
    pub async fn contested(&self) -> (Claim, Claim) {
        let mine = self.under_review().await;
        let theirs = self.review(&self.submitted_by(&self.rival).await).await;
        (self.seen(&mine).await, self.seen(&theirs).await)
    }

    /// An approved claim of Alpine whose subject Boreal has claimed too.
    pub async fn incumbent(&self) -> (Claim, Claim) {
        let mine = self.approved().await;
        let theirs = self.review(&self.submitted_by(&self.rival).await).await;
        (self.seen(&mine).await, self.seen(&theirs).await)
    }

    /// The third partner's administrator; its directory rows are loaded with that.
    pub async fn third(&self) -> Caller {
        let location = json!({ "mpnId": CIRRUS_ENROLLED, "name": "Cirrus Lyon", "country": "FR",
            "enrolledPrograms": ["OSA_SELL", "OSU_BUSINESS_APPLICATIONS", "OSU_MICROSOFT_365"] });
        self.load(
            "upsertPartners",
            vec![json!({ "partnerId": CIRRUS, "name": "Cirrus Services", "locations": [location] })],
        )
        .await;
        self.server.caller(json!({ "sub": "cleo@cirrus.example", "name": "Cleo of Cirrus", "roles": ["GLOBAL_ADMIN"],
            "scope": SCOPES, "partner_id": CIRRUS }))
    }

    /// What the third partner claims.
    pub fn input_of_third(&self) -> Value {
        let mut input = self.input_of(&self.partner);
        input["mpnId"] = json!(CIRRUS_ENROLLED);
        input
    }

    /// A claim with this input, proven and handed in.
    pub async fn submit_input(&self, caller: &Caller, input: Value) -> Claim {
        let draft = caller.mutate("createClaim", input).await.claim();
        self.submit(caller, &self.prove(caller, &draft).await).await
    }

    /// A dispute of the claim's partner, of Alpine.
    pub async fn dispute(&self, claim: &Claim) -> Claim {
        self.partner.act("disputeClaim", claim, json!({ "justification": "The work is on page three." })).await.done()
    }

    /// Taken and begun by the second reviewer.
    pub async fn taken(&self, claim: &Claim) -> Claim {
        let input = json!({ "reviewerSubject": self.second_reviewer.subject });
        self.second_reviewer.act("assignReviewer", claim, input).await.done()
    }

    pub async fn withdraw(&self, caller: &Caller, claim: &Claim) -> Claim {
        caller.act("withdrawClaim", claim, json!({ "detail": "No longer ours." })).await.done()
    }

    /// How many live associations there are, by subject, as the database has them (X6).
    pub async fn live_associations(&self) -> Vec<String> {
        self.server.database.read("SELECT subject FROM association WHERE ended_at IS NULL ORDER BY subject").await
    }
}
