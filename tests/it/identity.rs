//! Tokens of an `OpenID` provider (A7): keys that are discovered, rotate, are missing, or are lied about.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Backend, Caller, Settings,
    database::Database,
    files::new_folder,
    program::{Running, cpor, run},
    provider::{AUDIENCE, Manners, Provider},
    server::{SECRET, Server},
    signing::Signer,
};

const VIEWER: &str = "{ viewer { subject name roles scopes } }";

async fn server_of(provider: &Provider) -> Server {
    let settings = Settings { identity: provider.identity(), ..Settings::default() };
    Server::start(Database::copied(Backend::Sqlite).await, settings).await
}

async fn end(server: Server) {
    server.stop().await.delete().await;
}

/// The status that a caller with this token gets.
async fn status(server: &Server, token: &str) -> u16 {
    ask(&server.caller_with_token(token)).await
}

async fn ask(caller: &Caller) -> u16 {
    caller.graphql(VIEWER, json!({})).await.status.as_u16()
}

async fn readiness(server: &Server) -> u16 {
    let caller = server.anonymous();
    caller.send(caller.request(Method::GET, "/readyz")).await.status.as_u16()
}

/// Moves the clock by which keys are kept, and fetches what is due, as the server's own task does every second.
async fn pass(server: &Server, seconds: u64) {
    server.keys_clock.advance(Duration::from_secs(seconds));
    server.authenticator.refresh_if_due().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_a_provider_are_accepted_and_others_are_challenged() {
    // A7
    let signers: Vec<Signer> = ["RS256", "PS256", "ES256", "EdDSA"].map(|name| Signer::new(name, name)).into();
    let provider = Provider::start(&signers.iter().collect::<Vec<_>>(), Manners::Good).await;
    let server = server_of(&provider).await;
    for signer in &signers {
        let caller = server.caller_with_token(&signer.token(&provider.claims(json!({}))));
        let viewer = caller.query(VIEWER).await["viewer"].clone();
        assert_eq!(viewer["subject"], "rita@vendor.example", "{}", signer.algorithm);
        assert_eq!((&viewer["roles"], &viewer["name"]), (&json!(["REVIEWER"]), &json!("Rita Reviewer")));
    }
    assert_eq!(provider.fetches(), 1);
    let now = jsonwebtoken::get_current_timestamp();
    for (more, wanted) in [
        (json!({ "exp": now - 20 }), 200),
        (json!({ "exp": now - 40 }), 401),
        (json!({ "exp": f64::from(u32::try_from(now).unwrap()) + 60.5 }), 200),
        (json!({ "nbf": now + 20 }), 200),
        (json!({ "nbf": now + 60 }), 401),
        (json!({ "aud": AUDIENCE }), 200),
        (json!({ "aud": "account" }), 401),
        (json!({ "aud": null }), 401),
        (json!({ "iss": "https://elsewhere.example" }), 401),
        (json!({ "nonce": "n" }), 401),
        (json!({ "roles": [] }), 403),
    ] {
        assert_eq!(status(&server, &signers[2].token(&provider.claims(more.clone()))).await, wanted, "{more}");
    }
    // RFC 6750 and RFC 9728: what is wrong is said only where a token was sent.
    let metadata = "/.well-known/oauth-protected-resource";
    let base = server.anonymous().base;
    let challenge = |caller: Caller| async move {
        let answer = caller.graphql(VIEWER, json!({})).await;
        answer.headers["www-authenticate"].to_str().unwrap().to_owned()
    };
    let pointer = format!("resource_metadata=\"{base}{metadata}\"");
    assert_eq!(challenge(server.anonymous()).await, format!("Bearer {pointer}"));
    assert_eq!(challenge(server.caller_with_token("x")).await, format!("Bearer error=\"invalid_token\", {pointer}"));
    let nobody = signers[2].token(&provider.claims(json!({ "roles": [] })));
    let insufficient = format!("Bearer error=\"insufficient_scope\", {pointer}");
    assert_eq!(challenge(server.caller_with_token(&nobody)).await, insufficient);
    let unscoped = server.caller_with_token(&signers[2].token(&provider.claims(json!({ "scope": "" }))));
    let refused = unscoped.send(unscoped.request(Method::GET, "/documents/CQAAAAAAAAAAAAAAAAAAAAA")).await;
    assert_eq!(refused.status, 403);
    assert!(refused.headers["www-authenticate"].to_str().unwrap().contains("scope=\"claims:read\""), "{refused:?}");
    let document = server.anonymous().send(server.anonymous().request(Method::GET, metadata)).await;
    assert_eq!(document.body["resource"], base);
    assert_eq!(document.body["authorization_servers"], json!([provider.issuer()]));
    assert_eq!(document.body["bearer_methods_supported"], json!(["header"]));
    assert!(document.body["scopes_supported"].as_array().unwrap().contains(&json!("tokens:revoke")));
    end(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_under_load_without_a_refused_request() {
    // T23
    let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
    let provider = Provider::start(&[&old], Manners::Good).await;
    let server = Arc::new(server_of(&provider).await);
    let current = Arc::new(Mutex::new(old.token(&provider.claims(json!({})))));
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (server, current, stop, answered) =
                (Arc::clone(&server), Arc::clone(&current), Arc::clone(&stop), Arc::clone(&answered));
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let token = current.lock().unwrap().clone();
                    assert_eq!(status(&server, &token).await, 200);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let more = async |count: usize| {
        let goal = answered.load(Ordering::SeqCst) + count;
        while answered.load(Ordering::SeqCst) < goal && !clients.iter().any(tokio::task::JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
    };
    more(50).await;
    // The issuer signs with a key that the server has never seen, from one moment to the next.
    provider.publish(&[&new, &old]);
    *current.lock().unwrap() = new.token(&provider.claims(json!({})));
    more(50).await;
    assert_eq!(provider.fetches(), 2);
    // The old key is good until it is gone from the set and the set was read again.
    let of_old = old.token(&provider.claims(json!({})));
    assert_eq!(status(&server, &of_old).await, 200);
    provider.publish(&[&new]);
    pass(&server, 600).await;
    assert_eq!(status(&server, &of_old).await, 401);
    more(50).await;
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    end(Arc::into_inner(server).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_bogus_kids_cause_one_fetch() {
    // T23
    let signer = Signer::new("EdDSA", "good");
    let provider = Provider::start(&[&signer], Manners::Good).await;
    let server = server_of(&provider).await;
    let good = signer.token(&provider.claims(json!({})));
    assert_eq!(status(&server, &good).await, 200);
    assert_eq!(provider.fetches(), 1);
    let bogus = |number: usize| {
        signer.token_with(&json!({ "alg": "EdDSA", "kid": format!("bogus-{number}") }), &provider.claims(json!({})))
    };
    for round in 0..10 {
        let answers = join_all((0..100).map(|number| {
            let token = bogus(round * 100 + number);
            let server = &server;
            async move { status(server, &token).await }
        }));
        assert!(answers.await.iter().all(|status| *status == 401));
        assert_eq!(status(&server, &good).await, 200);
    }
    assert_eq!(provider.fetches(), 2);
    server.keys_clock.advance(Duration::from_secs(29));
    assert_eq!(status(&server, &bogus(1)).await, 401);
    assert_eq!(provider.fetches(), 2);
    server.keys_clock.advance(Duration::from_secs(1));
    assert_eq!(status(&server, &bogus(2)).await, 401);
    assert_eq!(provider.fetches(), 3);
    // A token that is bad anyway asks the issuer for nothing.
    server.keys_clock.advance(Duration::from_secs(30));
    let hopeless = provider.claims(json!({ "aud": "elsewhere" }));
    assert_eq!(status(&server, &signer.token_with(&json!({ "alg": "EdDSA", "kid": "x" }), &hopeless)).await, 401);
    assert_eq!(provider.fetches(), 3);
    end(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_stay_good_for_a_day_while_the_issuer_is_down() {
    // T23
    let signer = Signer::new("RS256", "one");
    let provider = Provider::start(&[&signer], Manners::Down).await;
    let server = server_of(&provider).await;
    let token = signer.token(&provider.claims(json!({})));
    // Nothing is known of a token, so it is not refused.
    assert_eq!((status(&server, &token).await, readiness(&server).await), (503, 503));
    provider.behave(Manners::Good);
    assert_eq!(status(&server, &token).await, 503, "asked again every five seconds at most");
    server.keys_clock.advance(Duration::from_secs(5));
    assert_eq!((status(&server, &token).await, readiness(&server).await), (200, 200));
    provider.behave(Manners::Down);
    for _ in 0..23 {
        pass(&server, 3_600).await;
        assert_eq!(status(&server, &token).await, 200);
    }
    assert!(provider.discoveries() > 20, "it is asked again and again: {}", provider.discoveries());
    pass(&server, 3_600).await;
    assert_eq!((status(&server, &token).await, readiness(&server).await), (503, 503));
    provider.behave(Manners::Good);
    pass(&server, 60).await;
    assert_eq!((status(&server, &token).await, readiness(&server).await), (200, 200));
    end(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_that_misbehaves_gets_no_key_in() {
    let signer = Signer::new("ES256", "one");
    for manners in [Manners::Lies, Manners::Redirects, Manners::Endless, Manners::Babbles, Manners::Encrypts] {
        let provider = Provider::start(&[&signer], manners).await;
        let server = server_of(&provider).await;
        let token = signer.token(&provider.claims(json!({})));
        assert_eq!(status(&server, &token).await, 503, "{manners:?}");
        provider.behave(Manners::Good);
        pass(&server, 5).await;
        assert_eq!(status(&server, &token).await, 200, "{manners:?}");
        // Nor does it take away the keys that are there.
        provider.behave(manners);
        pass(&server, 600).await;
        assert_eq!(status(&server, &token).await, 200, "{manners:?}");
        end(server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_issuer_holds_up_nobody_whose_key_is_known() {
    let (known, new) = (Signer::new("ES256", "known"), Signer::new("ES256", "new"));
    let provider = Provider::start(&[&known], Manners::Good).await;
    let server = Arc::new(server_of(&provider).await);
    let good = known.token(&provider.claims(json!({})));
    assert_eq!(status(&server, &good).await, 200);
    provider.publish(&[&known, &new]);
    provider.behave(Manners::Silent);
    let waiting = tokio::spawn({
        let (server, token) = (Arc::clone(&server), new.token(&provider.claims(json!({}))));
        async move { status(&server, &token).await }
    });
    while provider.fetches() < 2 {
        tokio::task::yield_now().await;
    }
    let other = known.token(&provider.claims(json!({ "sub": "ravi@vendor.example" })));
    assert_eq!((status(&server, &good).await, status(&server, &other).await), (200, 200));
    assert!(!waiting.is_finished());
    provider.behave(Manners::Good);
    assert_eq!(waiting.await.unwrap(), 200);
    end(Arc::into_inner(server).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_reads_its_identity_file() {
    // A7: PEM keys and secrets of two issuers in one file, as an operator writes it.
    let folder = new_folder("identity");
    let (new, old) = (Signer::new("RS256", "new"), Signer::new("EdDSA", "old"));
    for signer in [&new, &old] {
        std::fs::write(folder.join(format!("{}.pem", signer.kid)), signer.pem()).unwrap();
    }
    std::fs::write(folder.join("secret"), SECRET).unwrap();
    let text = "[[issuer]]\nname = \"sso\"\nissuer = \"https://sso.example\"\naudience = \"cpor\"\n\
        public_keys = [{ kid = \"new\", file = \"new.pem\" }, { kid = \"old\", file = \"old.pem\" }]\n\
        [issuer.roles]\nboss = [\"REVIEWER\", \"REVIEW_LEAD\"]\n\
        [[issuer]]\nissuer = \"cpor\"\naudience = \"cpor\"\nsecrets = [{ kid = \"1\", file = \"secret\" }]\n";
    let file = folder.join("identity.toml");
    std::fs::write(&file, text).unwrap();
    let cpor = |words: &[&str]| {
        let mut command = cpor(&folder, words);
        command.env("CPOR_IDENTITY", &file);
        command
    };
    let claims =
        json!({ "iss": "https://sso.example", "aud": "cpor", "sub": "s", "exp": 4_102_444_800_u64, "roles": ["boss"] });
    for signer in [&new, &old] {
        let explained = run(&mut cpor(&["token", "explain", &signer.token(&claims)]));
        assert!(explained.done().contains("roles       REVIEWER REVIEW_LEAD"), "{explained:?}");
    }
    let own = run(&mut cpor(&["token", "--role", "AUDITOR"])).done().to_owned();
    assert!(run(&mut cpor(&["token", "explain", &own])).done().contains("key (kid)   1"));
    let expired =
        json!({ "iss": "https://sso.example", "aud": "other", "sub": "s", "exp": 1_000, "roles": ["REVIEWER"] });
    let explained = run(&mut cpor(&["token", "explain", &new.token(&expired)]));
    explained.failed(1);
    for reason in ["expired: ", "audience: ", "no_standing: "] {
        assert!(explained.out.contains(reason), "{reason} {explained:?}");
    }
    assert!(run(cpor(&["token", "--role", "AUDITOR"]).env("CPOR_JWT_SECRET", SECRET)).failed(2).contains("--identity"));
    let url = format!("sqlite://{}/cpor.db", folder.display());
    let documents = format!("file://{}/documents", folder.display());
    let mut serve = cpor(&["serve", "--listen", "127.0.0.1:0", "--database-url", &url, "--documents", &documents]);
    let (server, line) = Running::start(serve.env("CPOR_LOG_FORMAT", "json"), "cpor listens on ");
    let base = line.trim().trim_start_matches("cpor listens on ").to_owned();
    let ask = |token: String| {
        let request = reqwest::Client::new().post(format!("{base}/graphql")).bearer_auth(token);
        async move { request.json(&json!({ "query": VIEWER })).send().await.unwrap().status().as_u16() }
    };
    for token in [new.token(&claims), old.token(&claims), own] {
        assert_eq!(ask(token).await, 200);
    }
    let refused = new.token(&expired);
    assert_eq!(ask(refused.clone()).await, 401);
    // Whoever watches the log sees why, and never the token.
    let log = server.stop().err;
    let line = log.lines().find(|line| line.contains("a token was refused")).expect("a line about the refused token");
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["fields"]["reason"], "expired audience no_standing", "{line}");
    for (field, value) in [("issuer", "https://sso.example"), ("subject", "s"), ("kid", "new")] {
        assert_eq!(line["fields"][field], value, "{line}");
    }
    assert!(!log.contains(&refused), "{log}");
    // Access lines carry the subject's hash.
    let answered: Vec<&str> = log.lines().filter(|line| line.contains("\"answered\"")).collect();
    assert!(answered[0].contains("\"subject\":\"043a718774c572bd\""), "{answered:?}");
}
