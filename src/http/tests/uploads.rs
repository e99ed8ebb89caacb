//! Multipart requests.

use serde_json::json;

use super::{GRAPHQL, code, support::Server};

#[tokio::test]
async fn files_reach_the_resolver() {
    let server = Server::new();
    let operations = r#"{"query":"mutation($f: Upload!) { upload(file: $f) }","variables":{"f":null}}"#;
    let upload = |size: usize| {
        server.multipart(&[
            ("operations", operations.as_bytes()),
            ("map", br#"{"0":["variables.f"]}"#),
            ("0", &vec![b'x'; size]),
        ])
    };
    assert_eq!(upload(100).send().await.json, json!({"data": {"upload": "0.txt text/plain 100"}}));
    assert_eq!(upload(1_000).send().await.json, json!({"data": {"upload": "0.txt text/plain 1000"}}));
    assert_eq!(
        upload(1_900).send().await.json,
        json!({"data": {"upload": "0.txt text/plain 1001"}}),
        "only a byte beyond the limit is kept"
    );
    let answer = upload(2_000_000).send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (413, "PAYLOAD_TOO_LARGE"));
    let answer = upload(2_000_000).chunked().send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (413, "PAYLOAD_TOO_LARGE"));
    assert_eq!(upload(10).anonymous().send().await.status, 401);
}

#[tokio::test]
async fn odd_multipart_bodies_are_refused() {
    let server = Server::new();
    let operations: (&str, &[u8]) = (
        "operations",
        br#"{"query":"mutation($f: Upload!, $g: Upload) { upload(file: $f) }","variables":{"f":null,"s":"x"}}"#,
    );
    let map: (&str, &[u8]) = ("map", br#"{"0":["variables.f"]}"#);
    let file: (&str, &[u8]) = ("0", b"x");
    let many =
        format!("{{{}}}", (0..2_000).map(|n| format!("\"{n}\":[\"variables.f\"]")).collect::<Vec<_>>().join(","));
    for parts in [
        &[][..],
        &[operations],
        &[map, operations, file],
        &[operations, file],
        &[operations, map],
        &[operations, map, file, file],
        &[operations, map, ("1", b"x")],
        &[operations, ("map", b"x"), file],
        &[operations, ("map", b"[]"), file],
        &[operations, ("map", br#"{"0":"variables.f"}"#), file],
        &[operations, ("map", br#"{"0":["variables.f","variables.g"]}"#), file],
        &[operations, ("map", br#"{"0":[]}"#), file],
        &[operations, ("map", many.as_bytes())],
        &[("operations", br#"[{"query":"{echo}"}]"#), map, file],
        &[("operations", b"{"), map, file],
    ] {
        let answer = server.multipart(parts).send().await;
        assert_eq!(
            (answer.status.as_u16(), code(&answer)),
            (400, "BAD_REQUEST"),
            "{:?}",
            parts.iter().map(|part| part.0).collect::<Vec<_>>()
        );
    }
    for path in ["variables.s", "variables.none", "f", "variables", "variables.f.0", ""] {
        let map = format!("{{\"0\":[\"{path}\"]}}");
        let answer =
            server.multipart(&[operations, ("map", map.as_bytes()), file]).header("accept", GRAPHQL).send().await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (400, "BAD_USER_INPUT"), "{path}");
    }
    let forged =
        json!({"query": "mutation($f: Upload!) { upload(file: $f) }", "variables": {"f": "#__graphql_file__:7"}});
    assert_eq!(code(&server.post(&forged).send().await), "BAD_USER_INPUT");
    let answer =
        server.post_bytes(b"--b\r\nbroken").header("content-type", "multipart/form-data; boundary=b").send().await;
    assert_eq!(answer.status, 400);
    let answer = server.post_bytes(b"x").header("content-type", "multipart/form-data").send().await;
    assert_eq!(answer.status, 400);
}
