//! A claim as an answer shows it.

use serde_json::Value;

/// What the tests ask of a claim, wherever one is answered.
pub const FIELDS: &str = "{ id number name externalReference version status solutionArea activities programs \
    partner { id name } location { id mpnId } customer { id name domain } reviewer { subject name } \
    lines { id subscriptionId outcome product { id skuId } subscription { id subscriptionId } association { id official endedAt } } \
    customerContact { name title email phone } technicalContact { name email } partnerContact { name email } \
    solutionSeller partnerSolution proofOfExecution { id name mediaType size sha256 url } \
    deadline { kind dueAt state businessDaysLeft } decisionDueAt problems { code field } \
    actionRequest { reasons message requestedAt respondBy } rejection { reason detail rejectedAt disputableUntil } \
    dispute { status justification openedAt answerBy answeredAt } consent { status requestedAt declineUntil settledAt } \
    evaluation { status programs sentAt tenantId subscriptionIds } \
    arbitrations { id status openedAt settledAt rationale winner { id } claims { id } } \
    availableActions createdAt updatedAt submittedAt decidedAt }";

/// A claim as an answer showed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim(pub Value);

impl Claim {
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    pub fn version(&self) -> i64 {
        self.0["version"].as_i64().unwrap()
    }

    pub fn status(&self) -> &str {
        self.0["status"].as_str().unwrap()
    }

    /// The codes of the problems that would refuse a submit, sorted.
    pub fn problems(&self) -> Vec<String> {
        super::caller::codes(&self.0["problems"])
    }

    /// The actions open to who saw the claim (L11).
    pub fn actions(&self) -> Vec<&str> {
        self.0["availableActions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect()
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> &Value {
        let value = self.0.get(name);
        value.unwrap_or_else(|| panic!("the tests do not ask for {name}"))
    }

    /// The id of the line at this position.
    pub fn line(&self, position: usize) -> &str {
        self.0["lines"][position]["id"].as_str().unwrap()
    }

    /// The outcome of the line at this position.
    pub fn outcome(&self, position: usize) -> &str {
        self.0["lines"][position]["outcome"].as_str().unwrap()
    }

    /// The ids and statuses of its arbitrations, oldest first.
    pub fn arbitrations(&self) -> Vec<(&str, &str)> {
        let all = self.0["arbitrations"].as_array().unwrap();
        all.iter().map(|one| (one["id"].as_str().unwrap(), one["status"].as_str().unwrap())).collect()
    }
}
