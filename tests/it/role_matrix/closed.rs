//! What a claim says of the actions that are not open (`unavailableActions`), beside what the mutations answer.

use std::collections::BTreeMap;

use domain::kinds::ClaimAction;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, Claim};

/// What each caller was told of the actions that are not open on a claim in one version.
#[derive(Default)]
pub(super) struct Closed(BTreeMap<(String, String, i64), Value>);

impl Closed {
    /// The reason why the action is not open to the caller, if the claim names one.
    pub(super) async fn of(&mut self, caller: &Caller, claim: &Claim, action: ClaimAction) -> Option<Value> {
        let key = (caller.token.clone().unwrap(), claim.id().to_owned(), claim.version());
        if !self.0.contains_key(&key) {
            let query = "query($id: ID!) { claim(id: $id) { unavailableActions { action reason { code message field remedy \
                params { name value } claim { id } } } } }";
            let seen = caller.graphql(query, json!({ "id": claim.id() })).await;
            self.0.insert(key.clone(), seen.data()["claim"]["unavailableActions"].clone());
        }
        let told = self.0[&key].as_array()?;
        let told = told.iter().find(|told| told["action"] == action.as_str())?;
        assert_eq!(told["reason"]["claim"]["id"], claim.id());
        Some(told["reason"].clone())
    }
}

/// L11: what the claim says of an action that is not open is what the mutation answers.
pub(super) fn says_so_before(reviewed: &str, reason: Option<Value>, answer: &Answer) {
    match (reviewed, reason) {
        // An action of the other side is not among them, nor is anything of a claim that is out of sight.
        (_, None) => {}
        ("yes", Some(reason)) => panic!("open, and yet told to be closed: {reason}"),
        ("-", Some(reason)) => {
            assert_eq!(reason["code"], "NOT_ALLOWED");
            assert_eq!(reason["message"], answer.body["errors"][0]["message"]);
        }
        (_, Some(mut reason)) => {
            reason.as_object_mut().unwrap().remove("claim");
            assert_eq!(reason, answer.payload()["problems"][0], "{}", answer.text);
        }
    }
}
