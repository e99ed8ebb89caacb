use async_graphql::{
    EmptyMutation, EmptySubscription, Object, PathSegment, Response, Schema, ServerError, Value, parser::parse_query,
    value,
};

use super::*;

fn failed(path: &[&str]) -> ServerError {
    let mut error = ServerError::new("failed", None);
    error.path = path
        .iter()
        .map(|part| part.parse().map_or_else(|_| PathSegment::Field((*part).to_owned()), PathSegment::Index))
        .collect();
    error
}

fn finished(query: &str, data: Value, paths: &[&[&str]]) -> Value {
    let mut response = Response::new(data);
    response.errors = paths.iter().map(|path| failed(path)).collect();
    finish(&mut response, &parse_query(query).unwrap(), None);
    response.data
}

#[test]
fn keys_stand_in_the_order_of_the_selection() {
    let query = "{ claims { totalCount nodes { name id: number ...F } } viewer { subject } } fragment F on Claim { partner { name } version }";
    let data = value!({
        "viewer": { "subject": "s" },
        "claims": { "nodes": [{ "version": 1, "partner": { "name": "p" }, "id": "1", "name": "n" }], "totalCount": 1 },
    });
    let ordered = finished(query, data, &[]);
    assert_eq!(
        serde_json::to_string(&ordered).unwrap(),
        r#"{"claims":{"totalCount":1,"nodes":[{"name":"n","id":"1","partner":{"name":"p"},"version":1}]},"viewer":{"subject":"s"}}"#
    );
}

#[test]
fn a_failed_field_that_may_be_null_is_null() {
    let data =
        finished("{ claim(id: 1) { id } viewer { subject } }", value!({ "viewer": { "subject": "s" } }), &[&["claim"]]);
    assert_eq!(data, value!({ "claim": null, "viewer": { "subject": "s" } }));
}

#[test]
fn a_failed_field_that_may_not_be_null_makes_its_parent_null() {
    let query = "{ claim(id: 1) { id customer { name } } viewer { subject } }";
    let data = value!({ "viewer": { "subject": "s" }, "claim": { "id": "1" } });
    assert_eq!(
        finished(query, data, &[&["claim", "customer"]]),
        value!({ "claim": null, "viewer": { "subject": "s" } })
    );
    // A list of items that may not be null is null with one of them, and so is all that may not be null above it.
    let query = "{ claims { nodes { id customer { name } } } viewer { subject } }";
    let data = value!({ "viewer": { "subject": "s" }, "claims": { "nodes": [{ "id": "1" }, { "id": "2", "customer": { "name": "c" } }] } });
    assert_eq!(finished(query, data, &[&["claims", "nodes", "0", "customer"]]), Value::Null);
    // Items that may be null are null by themselves.
    let query = "{ nodes(ids: []) { id ... on Claim { customer { name } } } }";
    let data = value!({ "nodes": [{ "id": "1" }, null, { "id": "2", "customer": { "name": "c" } }] });
    let expected = value!({ "nodes": [null, null, { "id": "2", "customer": { "name": "c" } }] });
    assert_eq!(finished(query, data, &[&["nodes", "0", "customer"]]), expected);
}

#[test]
fn an_object_of_which_every_field_failed_is_an_object_still() {
    let query = "{ claim(id: 1) { rejection { reason } actionRequest { message } } viewer { subject } }";
    let data = value!({ "claim": null, "viewer": { "subject": "s" } });
    let finished = finished(query, data, &[&["claim", "actionRequest"], &["claim", "rejection"]]);
    assert_eq!(
        finished,
        value!({ "claim": { "rejection": null, "actionRequest": null }, "viewer": { "subject": "s" } })
    );
}

/// What the library does, as long as we mend it: when this fails, `finish` may have become needless.
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
