//! What a request may hold at most, counted before anything is made of it (issue 10, number 16).

use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::{
    Backend, World, both,
    database::Database,
    process::Home,
    wire::{Wire, request},
    world::PDF,
};

both!(
    every_value_of_a_document_counts_however_it_is_written,
    brackets_behind_a_string_without_end_count,
    the_header_of_a_part_is_short,
    a_request_names_its_host_once,
);

async fn refusal(world: &World, document: &str) -> Value {
    let answer = world.partner.post(&json!({ "query": document })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    answer.body["errors"][0].clone()
}

async fn every_value_of_a_document_counts_however_it_is_written(world: &World) {
    for dense in ["1 ", "-1", "0", "1.5-", "true", "null", "\"\" ", "$a", "a,", "{}", "[]"] {
        let document = format!("{{ claims(filter: {{ ids: [{}] }}) {{ totalCount }} }}", dense.repeat(3_000));
        let error = refusal(world, &document).await;
        assert_eq!(error["extensions"]["code"], "DOCUMENT_TOO_LARGE", "{dense}: {error}");
        assert!(error["message"].as_str().unwrap().contains("tokens"), "{dense}: {error}");
    }
}

async fn brackets_behind_a_string_without_end_count(world: &World) {
    // T08: the parser takes the first two quotes for a string, and would go down as deep as it is led.
    for quotes in ["\"\"\"a\"", "\"\"\" \"", "\"\"\"\\\"\"\""] {
        let document = format!("{{ a(b: [{quotes} {}{}]) }}", "[".repeat(5_000), "]".repeat(5_000));
        let error = refusal(world, &document).await;
        let code = error["extensions"]["code"].as_str().unwrap();
        assert!(["DOCUMENT_TOO_LARGE", "GRAPHQL_PARSE_FAILED"].contains(&code), "{quotes}: {error}");
    }
    world.partner.query("{ viewer { subject } }").await;
}

async fn the_header_of_a_part_is_short(world: &World) {
    let draft = world.draft().await;
    let operations = json!({ "query": crate::support::caller::mutation_document("attachProofOfExecution"),
        "variables": { "input": { "claimId": draft.id(), "file": null } } });
    let send = async |longer: usize| {
        let header =
            format!("Content-Disposition: form-data; name=\"0\"; filename=\"a.pdf\"\r\nX-Long: {}", "x".repeat(longer));
        let body = [
            format!("--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{operations}\r\n").into_bytes(),
            b"--b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.input.file\"]}\r\n"
                .to_vec(),
            format!("--b\r\n{header}\r\n\r\n").into_bytes(),
            PDF.to_vec(),
            b"\r\n--b--\r\n".to_vec(),
        ]
        .concat();
        let request = world.partner.request(Method::POST, "/graphql");
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=b").body(body);
        world.partner.send(request).await
    };
    assert!(send(4_000).await.payload()["document"].is_object());
    for longer in [8_192, 20_000, 100_000, 5_000_000] {
        let refused = send(longer).await;
        assert_eq!(
            (refused.status, refused.errors()),
            (StatusCode::BAD_REQUEST, vec!["BAD_REQUEST".to_owned()]),
            "{longer}"
        );
        assert!(refused.text.contains("8192 bytes"), "{longer}: {}", refused.text);
    }
    assert_eq!(world.server.app.strays().await.unwrap().count, 0);
}

async fn a_request_names_its_host_once(world: &World) {
    let query = "{\"query\":\"{ viewer { subject } }\"}";
    let post = request(&world.partner, "POST /graphql", "", query);
    for (request, expected) in [
        (post.clone(), 200),
        (post.replacen("host: cpor\r\n", "host: cpor\r\nhost: cpor\r\n", 1), 400),
        (post.replacen("host: cpor\r\n", "host: cpor\r\nHost: other.example\r\n", 1), 400),
        (post.replacen("host: cpor\r\n", "", 1), 400),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(), 400),
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), 200),
    ] {
        let mut wire = Wire::to(&world.partner).await;
        wire.send(&request).await.unwrap();
        let (status, _, body) = wire.answer().await;
        assert_eq!(status, expected, "{request}: {body}");
        if expected == 400 {
            assert!(body.contains("exactly one Host header"), "{body}");
        }
    }
}

/// How many documents are sent, each as large as may be, by how many subjects.
const DOCUMENTS: usize = 1_200;
const SUBJECTS: usize = 12;
/// What plans may take, and what a process that works takes beside it.
const MOST: u64 = (64 + 32) * 1024 * 1024;

async fn endless_documents_take_bounded_memory(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--max-aliases", "0", "--max-cost", "0"]);
    let reviewers: Vec<_> = (0..SUBJECTS)
        .map(|number| server.caller(json!({ "sub": format!("reviewer {number}"), "roles": ["REVIEWER"] })))
        .collect();
    // A form is made of it when it is executed; it is refused for its scope.
    let document = |number: usize| {
        let fields = (0..300).map(|field| format!("f{number}x{field}:subject")).collect::<Vec<_>>().join(" ");
        json!({ "query": format!("{{ viewer {{{fields} }} }}") })
    };
    let send = async |from: usize, to: usize| {
        for number in from..to {
            reviewers[number % SUBJECTS].post(&document(number)).await.data();
        }
    };
    send(0, 20).await;
    let before = server.memory();
    send(20, DOCUMENTS).await;
    let grown = server.memory().saturating_sub(before);
    println!("{backend:?}: {DOCUMENTS} documents took {} KiB", grown / 1024);
    assert!(grown < MOST, "{grown} bytes");
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_documents_take_bounded_memory_on_sqlite() {
    endless_documents_take_bounded_memory(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_documents_take_bounded_memory_on_postgres() {
    endless_documents_take_bounded_memory(Backend::Postgres).await;
}
