use std::sync::Arc;

use async_graphql::{
    EmptyMutation, EmptySubscription, Object, PathSegment, Response, Schema, ServerError, Value, Variables, value,
};
use serde_json::json;

use super::*;
use crate::{
    config::Limits,
    graphql::{
        document::{Form, Gate},
        schema,
    },
};

fn failed(path: &[&str]) -> ServerError {
    let mut error = ServerError::new("failed", None);
    error.path = path
        .iter()
        .map(|part| part.parse().map_or_else(|_| PathSegment::Field((*part).to_owned()), PathSegment::Index))
        .collect();
    error
}

fn form(query: &str) -> Arc<Form> {
    let gate = Gate::new(Limits::default(), [], schema::rules());
    gate.form(&gate.prepare(query, None, &Variables::default(), "somebody").unwrap()).unwrap()
}

/// The text of an answer's data; errors stand at these paths.
fn written(query: &str, data: Value, paths: &[&[&str]]) -> String {
    let form = form(query);
    let mut response = Response::new(data);
    response.errors = paths.iter().map(|path| failed(path)).collect();
    complete(&mut response, &form.keys);
    String::from_utf8(write(&[], Some((&response.data, &form.keys)), 0)).unwrap()
}

fn finished(query: &str, data: Value, paths: &[&[&str]]) -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(&written(query, data, paths)).unwrap();
    whole["data"].clone()
}

#[test]
fn keys_stand_in_the_order_of_the_selection() {
    let query = "{ claims { totalCount nodes { name id: number ...F } } viewer { subject } } fragment F on Claim { partner { name } version }";
    let data = value!({
        "viewer": { "subject": "s" },
        "claims": { "nodes": [{ "version": 1, "partner": { "name": "p" }, "id": "1", "name": "n" }, { "name": "o", "id": "2", "partner": { "name": "q" }, "version": 2 }], "totalCount": 2 },
    });
    assert_eq!(
        written(query, data, &[]),
        r#"{"data":{"claims":{"totalCount":2,"nodes":[{"name":"n","id":"1","partner":{"name":"p"},"version":1},{"name":"o","id":"2","partner":{"name":"q"},"version":2}]},"viewer":{"subject":"s"}}}"#
    );
}

#[test]
fn the_order_of_keys_is_that_of_the_objects_own_type() {
    let query = "{ nodes(ids: []) { ... on Claim { name id } ... on Product { id name } __typename } }";
    let data = value!({ "nodes": [
        { "": "Product", "name": "p", "__typename": "Product", "id": "2" },
        { "__typename": "Claim", "id": "1", "name": "c", "": "Claim" },
        { "": "Partner", "__typename": "Partner" },
        null,
    ] });
    assert_eq!(
        written(query, data, &[]),
        r#"{"data":{"nodes":[{"id":"2","name":"p","__typename":"Product"},{"name":"c","id":"1","__typename":"Claim"},{"__typename":"Partner"},null]}}"#
    );
}

#[test]
fn texts_and_numbers_are_written_as_json() {
    let query = "{ viewer { subject name } claimStatistics { total approvalRate } }";
    let data = value!({ "viewer": { "subject": "a \"b\" \n \u{1F600} \u{1}", "name": "" }, "claimStatistics": { "total": (-3), "approvalRate": 0.5 } });
    assert_eq!(
        written(query, data, &[]),
        r#"{"data":{"viewer":{"subject":"a \"b\" \n 😀 \u0001","name":""},"claimStatistics":{"total":-3,"approvalRate":0.5}}}"#
    );
}

#[test]
fn an_object_of_which_everything_is_skipped_is_empty() {
    let query = "{ viewer { subject @skip(if: true) } claim(id: 1) { id @include(if: false) } }";
    let data = value!({ "viewer": { "": "Viewer" }, "claim": null });
    assert_eq!(written(query, data, &[]), r#"{"data":{"viewer":{},"claim":null}}"#);
    assert_eq!(written("{ viewer @skip(if: true) { subject } }", value!({ "": "Query" }), &[]), r#"{"data":{}}"#);
}

#[test]
fn errors_come_first_and_data_only_where_something_was_executed() {
    let form = form("{ viewer { subject } }");
    let error = ServerError::new("no", None);
    let text = |data: Option<&Value>| {
        let data = data.map(|data| (data, &form.keys));
        String::from_utf8(write(std::slice::from_ref(&error), data, 0)).unwrap()
    };
    assert!(text(None).starts_with(r#"{"errors":[{"message":"no""#) && !text(None).contains("data"));
    assert!(
        text(Some(&Value::Null)).starts_with(r#"{"errors":["#)
            && text(Some(&Value::Null)).ends_with(r#","data":null}"#)
    );
}

#[test]
fn a_failed_field_that_may_be_null_is_null() {
    let data =
        finished("{ claim(id: 1) { id } viewer { subject } }", value!({ "viewer": { "subject": "s" } }), &[&["claim"]]);
    assert_eq!(data, json!({ "claim": null, "viewer": { "subject": "s" } }));
}

#[test]
fn a_failed_field_that_may_not_be_null_makes_its_parent_null() {
    let query = "{ claim(id: 1) { id customer { name } } viewer { subject } }";
    let data = value!({ "viewer": { "subject": "s" }, "claim": { "id": "1" } });
    assert_eq!(
        finished(query, data, &[&["claim", "customer"]]),
        json!({ "claim": null, "viewer": { "subject": "s" } })
    );
    // A list of items that may not be null is null with one of them, and so is all that may not be null above it.
    let query = "{ claims { nodes { id customer { name } } } viewer { subject } }";
    let data = value!({ "viewer": { "subject": "s" }, "claims": { "nodes": [{ "id": "1" }, { "id": "2", "customer": { "name": "c" } }] } });
    assert_eq!(finished(query, data, &[&["claims", "nodes", "0", "customer"]]), serde_json::Value::Null);
    // Items that may be null are null by themselves.
    let query = "{ nodes(ids: []) { id ... on Claim { customer { name } } } }";
    let data = value!({ "nodes": [{ "": "Claim", "id": "1" }, null, { "": "Claim", "id": "2", "customer": { "name": "c" } }] });
    let expected = json!({ "nodes": [null, null, { "id": "2", "customer": { "name": "c" } }] });
    assert_eq!(finished(query, data, &[&["nodes", "0", "customer"]]), expected);
}

#[test]
fn an_object_of_which_every_field_failed_is_an_object_still() {
    let query = "{ claim(id: 1) { rejection { reason } actionRequest { message } } viewer { subject } }";
    let data = value!({ "claim": null, "viewer": { "subject": "s" } });
    let finished = finished(query, data, &[&["claim", "actionRequest"], &["claim", "rejection"]]);
    assert_eq!(
        finished,
        json!({ "claim": { "rejection": null, "actionRequest": null }, "viewer": { "subject": "s" } })
    );
}

/// What the library does, as long as we mend it: when this fails, ordering keys may have become needless.
#[tokio::test]
async fn the_library_still_needs_mending() {
    struct Slow;

    #[Object]
    impl Slow {
        async fn later(&self) -> i32 {
            tokio::task::yield_now().await;
            1
        }

        async fn now(&self) -> i32 {
            2
        }

        async fn never(&self) -> Result<Option<i32>, async_graphql::Error> {
            Err("failed".into())
        }
    }

    let schema = Schema::new(Slow, EmptyMutation, EmptySubscription);
    let response = schema.execute("{ later never now }").await;
    assert_eq!(serde_json::to_string(&response.data).unwrap(), r#"{"now":2,"later":1}"#);
}
