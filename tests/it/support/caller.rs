//! Who calls, and what comes back.

use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap},
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use super::claims::Claim;

/// Somebody with a token, or nobody without one.
#[derive(Clone, Debug)]
pub struct Caller {
    pub http: reqwest::Client,
    pub base: String,
    /// The token's subject.
    pub subject: String,
    pub token: Option<String>,
    /// What the server answers with a status of 500 or more is noted here, and fails the test at its end.
    pub faults: super::server::Faults,
}

/// An answer to a GraphQL request.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub body: Value,
    pub text: String,
}

impl Caller {
    /// A request to a path of the server, with this caller's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends a request, whatever comes back.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("the server hung up")
    }

    /// The same, where the server may not be there.
    pub async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = String::from_utf8_lossy(&response.bytes().await?).into_owned();
        if status.is_server_error() || text.contains("INTERNAL_SERVER_ERROR") {
            self.faults.note(format!("{status} {text}"));
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        every_variable_part_is_a_parameter(&body);
        Ok(Answer { status, headers, body, text })
    }

    /// A GraphQL request with variables.
    pub async fn graphql(&self, query: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables })).await
    }

    /// A GraphQL request without variables, which must succeed; its data.
    pub async fn query(&self, query: &str) -> Value {
        self.graphql(query, json!({})).await.data().clone()
    }

    /// Posts any JSON to `/graphql`.
    pub async fn post(&self, body: &Value) -> Answer {
        self.send(self.posted(body)).await
    }

    /// The request of [`Caller::post`], not sent yet.
    pub fn posted(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/graphql")
            .header(ACCEPT, "application/graphql-response+json")
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    /// Calls a mutation by name with this input, and asks for the whole of its payload.
    pub async fn mutate(&self, mutation: &str, input: Value) -> Answer {
        self.graphql(&mutation_document(mutation), json!({ "input": input })).await
    }

    /// Calls a mutation on a claim as last seen: fills in its id and expected version.
    pub async fn act(&self, mutation: &str, claim: &Claim, input: Value) -> Answer {
        let mut whole = json!({ "claimId": claim.id(), "expectedVersion": claim.version() });
        if let (Some(whole), Value::Object(input)) = (whole.as_object_mut(), input) {
            whole.extend(input);
        }
        self.mutate(mutation, whole).await
    }

    /// Uploads proof of execution, by the GraphQL multipart request specification.
    pub async fn attach(&self, claim_id: &str, name: &str, content: impl Into<Vec<u8>>) -> Answer {
        self.attach_with(json!({ "claimId": claim_id }), name, content).await
    }

    /// The same with any other fields of the input, such as `idempotencyKey`.
    pub async fn attach_with(&self, input: Value, name: &str, content: impl Into<Vec<u8>>) -> Answer {
        self.send(self.upload(input, name, content)).await
    }

    /// The request of [`Caller::attach_with`], not sent yet.
    pub fn upload(&self, input: Value, name: &str, content: impl Into<Vec<u8>>) -> RequestBuilder {
        let mut input = input;
        input["file"] = Value::Null;
        let operations =
            json!({ "query": mutation_document("attachProofOfExecution"), "variables": { "input": input } });
        let form = Form::new()
            .text("operations", operations.to_string())
            .text("map", json!({ "0": ["variables.input.file"] }).to_string())
            .part("0", Part::bytes(content.into()).file_name(name.to_owned()));
        let request = self.request(Method::POST, "/graphql").header(ACCEPT, "application/graphql-response+json");
        request.multipart(form)
    }

    /// The comment mutation, which takes no version.
    pub async fn comment(&self, claim_id: &str, body: &str, visibility: &str) -> Answer {
        self.mutate("addComment", json!({ "claimId": claim_id, "body": body, "visibility": visibility })).await
    }

    /// The claim as this caller sees it; none when it does not.
    pub async fn claim(&self, id: &str) -> Option<Claim> {
        let document = format!("query($id: ID!) {{ claim(id: $id) {} }}", super::claims::FIELDS);
        let answer = self.graphql(&document, json!({ "id": id })).await;
        Some(answer.data()["claim"].clone()).filter(|claim| !claim.is_null()).map(Claim)
    }
}

/// What the tests ask of an arbitration.
pub const ARBITRATION: &str = "{ id status openedAt settledAt rationale winner { id } claims { id number partner { name } } \
    customer { id } product { id } subscription { subscriptionId } }";

/// What the tests ask of a webhook endpoint.
pub const ENDPOINT: &str = "{ id url events selection state publicKey createdAt lastSuccessAt lastFailureAt }";
/// What the tests ask of an attempt to deliver.
pub const ATTEMPT: &str = "{ at status milliseconds error answer address }";

/// What the tests ask of the results of a bulk mutation: little of each claim, for it is multiplied by the rows.
const RESULTS: &str =
    "{ index outcome claim { id name status version } problems { code message field remedy params { name value } } }";

/// A document that calls one mutation with `$input` and asks for everything in its payload.
pub fn mutation_document(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    let claim = super::claims::FIELDS;
    let problem = "{ code message field remedy params { name value } }";
    let payload = match mutation {
        "deleteClaimDraft" => "deletedClaimId".to_owned(),
        "addComment" => format!("claim {claim} comment {{ id author {{ kind name }} body visibility createdAt }}"),
        "attachProofOfExecution" => {
            format!(
                "claim {claim} document {{ id name mediaType size sha256 uploadedAt uploadedBy {{ kind name }} url }}"
            )
        }
        "awardArbitration" => format!("arbitration {ARBITRATION}"),
        "advanceClock" => "now".to_owned(),
        "setNoticePreference" => "kind preference".to_owned(),
        "revokeTokens" => "revokedAt".to_owned(),
        "reassignReviews" => format!("moved {claim} left {{ claim {{ id }} problem {problem} }}"),
        "setReviewerAbsence" => {
            "reviewer { id subject name active lead openReviews absence { from until deputy { subject } } }".to_owned()
        }
        "createWebhookEndpoint" | "rotateWebhookSecret" => format!("endpoint {ENDPOINT} secret"),
        "updateWebhookEndpoint" => format!("endpoint {ENDPOINT}"),
        "createClaims" => format!("created updated skipped refused results {RESULTS}"),
        "submitClaims" => format!("submitted refused results {RESULTS}"),
        "deleteWebhookEndpoint" => "deletedEndpointId".to_owned(),
        "testWebhookEndpoint" => format!("attempt {ATTEMPT}"),
        "redeliverWebhook" => "delivery { id state }".to_owned(),
        "recoverWebhookDeliveries" => "scheduled".to_owned(),
        upsert if upsert.starts_with("upsert") => {
            return format!(
                "mutation($input: {input}!) {{ {mutation}(input: $input) {{ inserted updated unchanged problems {{ row problem {problem} }} }} }}"
            );
        }
        _ => format!("claim {claim}"),
    };
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ {payload} problems {problem} }} }}")
}

impl Answer {
    /// The data of an answer without errors.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(self.body["errors"].is_null() && self.body["data"].is_object(), "{} {}", self.status, self.text);
        &self.body["data"]
    }

    /// The only field of the data: a mutation's payload, for instance.
    #[track_caller]
    pub fn payload(&self) -> &Value {
        let fields = self.data().as_object().unwrap();
        assert_eq!(fields.len(), 1, "{}", self.text);
        fields.values().next().unwrap()
    }

    /// The payload's claim; the mutation was done.
    #[track_caller]
    pub fn claim(&self) -> Claim {
        let claim = &self.payload()["claim"];
        assert!(claim.is_object(), "refused: {}", self.text);
        Claim(claim.clone())
    }

    /// The payload's claim, with nothing to warn of beside it.
    #[track_caller]
    pub fn done(&self) -> Claim {
        assert_eq!(self.problems(), Vec::<String>::new(), "{}", self.text);
        self.claim()
    }

    /// The codes of the payload's problems, sorted.
    #[track_caller]
    pub fn problems(&self) -> Vec<String> {
        codes(&self.payload()["problems"])
    }

    /// The codes of a refusal: nothing was done.
    #[track_caller]
    pub fn refused(&self) -> Vec<String> {
        let payload = self.payload();
        let done = ["claim", "document", "comment", "deletedClaimId", "arbitration"]
            .iter()
            .any(|field| !payload[*field].is_null());
        assert!(!done, "not refused: {}", self.text);
        assert!(!self.problems().is_empty(), "refused without a reason: {}", self.text);
        self.problems()
    }

    /// Asserts a refusal for this reason among others: what a submit would lack may be told beside it.
    #[track_caller]
    pub fn refused_for(&self, code: &str) {
        assert!(self.refused().iter().any(|told| told == code), "{}", self.text);
    }

    /// The problem with this code.
    #[track_caller]
    pub fn problem(&self, code: &str) -> &Value {
        let all = self.payload()["problems"].as_array().unwrap();
        all.iter().find(|problem| problem["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", self.text))
    }

    /// The codes of the top-level errors, sorted; each has one.
    #[track_caller]
    pub fn errors(&self) -> Vec<String> {
        let errors =
            self.body["errors"].as_array().unwrap_or_else(|| panic!("no errors: {} {}", self.status, self.text));
        let mut codes: Vec<_> = errors
            .iter()
            .map(|error| error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {error}")).to_owned())
            .collect();
        codes.sort();
        codes
    }
}

/// L16: what a problem's message quotes or counts is among its parameters.
fn every_variable_part_is_a_parameter(value: &Value) {
    if let (Some(message), Some(params)) = (value["message"].as_str(), value["params"].as_array()) {
        let message = message.replace("Microsoft 365", "").replace("OSU ", "").replace("ISO 8601", "");
        let quoted = message.split('"').skip(1).step_by(2);
        let counted = message.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
        for part in quoted.chain(counted) {
            let is_there = params.iter().any(|param| param["value"].as_str().is_some_and(|value| value.contains(part)));
            assert!(is_there, "{part:?} is no parameter of {value}");
        }
    }
    match value {
        Value::Array(items) => items.iter().for_each(every_variable_part_is_a_parameter),
        Value::Object(fields) => fields.values().for_each(every_variable_part_is_a_parameter),
        _ => {}
    }
}

/// The codes in a list of problems, sorted.
#[track_caller]
pub fn codes(problems: &Value) -> Vec<String> {
    let list = problems.as_array().unwrap_or_else(|| panic!("no list of problems: {problems}"));
    let mut codes: Vec<_> = list.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}
