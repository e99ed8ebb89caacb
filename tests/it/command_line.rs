//! The program as its operator meets it: commands, exit codes, and what they write where.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::CommandFactory;
use cpor::cli::Cli;
use domain::{caller::usable_scopes, kinds::Role};
use serde_json::{Value, json};

use crate::support::{
    World, both,
    database::Database,
    directory::{ALPINE, CONTOSO},
    files::{new_folder, written},
    program::{Ended, Running, cpor, on, on_empty_databases, run},
    server::SECRET,
    source::root,
};

on_empty_databases!(migrations_go_up_and_down_by_hand, a_served_database_answers_until_it_is_told_to_stop,);

both!(verify_holds_documents_against_their_hash);

// ---- every command ----

#[test]
fn every_option_is_described_and_reads_the_environment() {
    let cli = Cli::command();
    let commands: Vec<_> = cli.get_subcommands().collect();
    assert!(commands.len() > 6, "{}", commands.len());
    for command in commands.iter().copied().chain(commands.iter().flat_map(|command| command.get_subcommands())) {
        assert!(command.get_about().is_some(), "{}", command.get_name());
        for option in command.get_arguments().filter(|option| option.get_long().is_some()) {
            let name = format!("{} --{}", command.get_name(), option.get_long().unwrap());
            assert!(option.get_help().is_some(), "{name} is not described");
            let variable = option.get_env().unwrap_or_else(|| panic!("{name} reads no variable")).to_str().unwrap();
            let standard = ["DATABASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"].contains(&variable);
            assert!(variable.starts_with("CPOR_") || standard, "{name} reads {variable}");
        }
    }
}

#[test]
fn wrong_usage_is_told_with_exit_code_2() {
    let folder = new_folder("usage");
    for arguments in [&["nonsense"][..], &[], &["import"], &["import", "claims", "x.csv"], &["migrate", "sideways"]] {
        let ended = run(&mut cpor(&folder, arguments));
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {ended:?}");
    }
    run(&mut cpor(&folder, &["import", "products", "products.txt"])).failed(2);
    run(&mut cpor(&folder, &["import", "products", "not-there.csv"])).failed(1);
}

// ---- token ----

fn token(arguments: &[&str]) -> Ended {
    run(cpor(root(), &[&["token"], arguments].concat()).env("CPOR_JWT_SECRET", SECRET))
}

/// The claims inside of a token.
fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// What the role needs beside itself.
fn company(role: Role) -> Vec<&'static str> {
    use Role::{BillingAdmin, CustomerAdmin, GlobalAdmin, IncentivesAdmin, IncentivesUser};
    match role {
        GlobalAdmin | BillingAdmin | IncentivesAdmin | IncentivesUser => vec!["--partner", ALPINE],
        CustomerAdmin => vec!["--tenant", CONTOSO],
        _ => Vec::new(),
    }
}

#[test]
fn a_token_says_what_was_asked_for() {
    // A5
    for role in Role::ALL {
        let ended = token(&[&["--role", role.as_str()], &company(*role)[..]].concat());
        let claims = claims(ended.done());
        let scopes: Vec<_> = usable_scopes(*role).iter().map(|scope| scope.as_str()).collect();
        let mut told: Vec<_> = claims["scope"].as_str().unwrap().split(' ').collect();
        told.sort_unstable();
        assert_eq!(
            told,
            {
                let mut scopes = scopes;
                scopes.sort_unstable();
                scopes
            },
            "{role}"
        );
        assert_eq!(
            (&claims["roles"], &claims["iss"], &claims["aud"]),
            (&json!([role]), &json!("cpor"), &json!("cpor"))
        );
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 8 * 3600);
    }
    let asked = [
        "--role",
        "global_admin,INCENTIVES_USER",
        "--partner",
        ALPINE,
        "--subject",
        "ann",
        "--name",
        "Ann of Alpine",
        "--scope",
        "claims:read  history:read",
        "--ttl",
        "2d",
        "--jwt-issuer",
        "us",
        "--jwt-audience",
        "them",
    ];
    let mut claims = claims(token(&asked).done());
    let times = ["exp", "iat"].map(|name| claims.as_object_mut().unwrap().remove(name).unwrap().as_u64().unwrap());
    assert_eq!(times[0] - times[1], 48 * 3600);
    drop(claims.as_object_mut().unwrap().remove("jti"));
    drop(claims.as_object_mut().unwrap().remove("nbf"));
    assert_eq!(
        claims,
        json!({ "sub": "ann", "name": "Ann of Alpine", "roles": ["GLOBAL_ADMIN", "INCENTIVES_USER"],
        "scope": "claims:read history:read", "partner_id": ALPINE, "iss": "us", "aud": "them" })
    );
}

#[test]
fn a_token_that_no_server_would_take_is_not_signed() {
    // A5
    for arguments in [
        &[][..],
        &["--role", "EMPEROR"],
        &["--role", "GLOBAL_ADMIN"],
        &["--role", "GLOBAL_ADMIN", "--partner", "alpine"],
        &["--role", "CUSTOMER_ADMIN"],
        &["--role", "REVIEWER", "--partner", ALPINE],
        &["--role", "GLOBAL_ADMIN,REVIEWER", "--partner", ALPINE],
        &["--role", "GLOBAL_ADMIN", "--partner", ALPINE, "--tenant", CONTOSO],
        &["--role", "REVIEWER", "--scope", "claims:everything"],
        &["--role", "REVIEWER", "--ttl", "0s"],
        &["--role", "REVIEWER", "--ttl", "soon"],
        &["--role", "REVIEWER", "--subject", ""],
        &["--role", "REVIEWER", "--jwt-secret", "too short"],
        &["--role", "REVIEWER", "--jwt-issuer", " "],
    ] {
        let ended = token(arguments);
        ended.failed(2);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(!ended.err.contains(SECRET) && !ended.err.contains("too short"), "a secret is shown: {}", ended.err);
    }
    let without_key = run(&mut cpor(root(), &["token", "--role", "REVIEWER"]));
    assert!(without_key.failed(2).contains("CPOR_JWT_SECRET"), "{without_key:?}");
}

// ---- migrate ----

async fn migrations_go_up_and_down_by_hand(database: &Database) {
    let migrate = |what: &[&str]| on(database, &[&["migrate"], what].concat());
    let steps = |ended: &Ended, state: &str| ended.done().lines().filter(|line| line.starts_with(state)).count();
    let before = migrate(&["status"]);
    let all = steps(&before, "pending");
    assert!(all > 3 && steps(&before, "applied") == 0, "{before:?}");
    assert!(on(database, &["verify"]).failed(1).contains("cpor migrate up"));
    assert!(on(database, &["import", "products", "data/products.csv"]).failed(1).contains("cpor migrate up"));
    assert_eq!(steps(&migrate(&["up"]), "applied"), all);
    assert_eq!(steps(&migrate(&["up"]), "applied"), all, "a second time changes nothing");
    let one_back = migrate(&["down"]);
    assert_eq!((steps(&one_back, "applied"), steps(&one_back, "pending")), (all - 1, 1));
    assert_eq!(steps(&migrate(&["status"]), "pending"), 1);
    assert_eq!(steps(&migrate(&["down", "--steps", &all.to_string()]), "pending"), all);
    assert_eq!(steps(&migrate(&["up"]), "applied"), all, "and up again");
    on(database, &["import", "products", "data/products.csv"]).done();
    on(database, &["verify"]).done();
    migrate(&["down", "--steps", "0"]).failed(2);
}

// ---- serve ----

#[test]
fn unsafe_or_senseless_settings_are_refused_before_anything_starts() {
    let folder = new_folder("settings");
    let serve = |arguments: &[&str]| {
        let mut command = cpor(&folder, &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        run(command.env("CPOR_JWT_SECRET", SECRET))
    };
    let without_key = run(&mut cpor(&folder, &["serve", "--listen", "127.0.0.1:0"]));
    assert!(without_key.failed(2).contains("CPOR_JWT_SECRET"), "{without_key:?}");
    let short = serve(&["--jwt-secret", "thirty-one bytes are not enough"]);
    assert!(short.failed(2).contains("31 bytes") && !short.err.contains("thirty-one"), "{short:?}");
    for arguments in [
        ["--jwt-issuer", " "],
        ["--jwt-audience", ""],
        ["--public-url", "portal.example"],
        ["--cors-origins", "portal.example"],
        ["--listen", "somewhere"],
        ["--max-depth", "deep"],
        ["--introspection", "maybe"],
    ] {
        serve(&arguments).failed(2);
    }
    assert!(!folder.join("cpor-data").exists(), "nothing was begun");
    let policy = written(&folder, "policy.toml", "[deadlines]\ndecide = { days = 0, kind = \"business\" }\n");
    for arguments in [
        ["--policy", "not-there.toml"],
        ["--policy", &policy],
        ["--database-url", "mysql://localhost/cpor"],
        ["--documents", "ftp://documents.example"],
    ] {
        serve(&arguments).failed(1);
    }
    assert!(serve(&["--no-migrate", "--database-url", "sqlite://new.db"]).failed(1).contains("cpor migrate up"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(cpor(&folder, &["serve"]).env("CPOR_JWT_SECRET", SECRET).env("CPOR_LISTEN", &address));
    assert!(ended.failed(1).contains(&address), "{ended:?}");
}

async fn a_served_database_answers_until_it_is_told_to_stop(database: &Database) {
    let folder = new_folder("served");
    let mut command = cpor(&folder, &["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.env("DATABASE_URL", &database.url).env("CPOR_JWT_SECRET", SECRET);
    let (server, line) = Running::start(&mut command, "cpor listens on ");
    let base = line.trim().rsplit(' ').next().unwrap().to_owned();
    let http = reqwest::Client::new();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(http.get(format!("{base}{path}")).send().await.unwrap().status().as_u16(), 200, "{path}");
    }
    assert_eq!(
        http.get(format!("{base}/")).send().await.unwrap().status().as_u16(),
        404,
        "no GraphiQL unless it is asked for"
    );
    let token = token(&["--role", "REVIEWER", "--subject", "rita"]);
    let asked =
        http.post(format!("{base}/graphql")).bearer_auth(token.done()).header("content-type", "application/json");
    let answer = asked
        .body(json!({ "query": "{ viewer { subject } claims { totalCount } }" }).to_string())
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(answer, json!({ "data": { "viewer": { "subject": "rita" }, "claims": { "totalCount": 0 } } }));
    let ended = server.stop();
    ended.done();
    for line in ended.err.lines() {
        assert!(
            serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()),
            "a line that is no JSON: {line}"
        );
    }
    assert!(!ended.err.contains(SECRET) && !ended.err.contains(token.done()), "a secret is logged");
    on(database, &["verify", "--documents", &format!("file://{}", folder.join("cpor-data/documents").display())])
        .done();
}

// ---- verify; what it says of history is in verify.rs ----

async fn verify_holds_documents_against_their_hash(world: &World) {
    // P1 H3
    let claim = world.submitted().await;
    let documents = format!("file://{}", world.server.documents.display());
    let verify = || on(&world.server.database, &["verify", "--documents", &documents]);
    assert!(verify().done().contains("1 claims") && verify().done().ends_with("OK"), "{:?}", verify());
    let stored = stored_files(&world.server.documents);
    assert_eq!(stored.len(), 1);
    let kept = std::fs::read(&stored[0]).unwrap();
    let mut altered = kept.clone();
    altered[20] ^= 1;
    std::fs::write(&stored[0], altered).unwrap();
    let id = URL_SAFE_NO_PAD.decode(claim.field("proofOfExecution")[0]["id"].as_str().unwrap()).unwrap();
    let id = uuid::Uuid::from_slice(&id[1..]).unwrap().to_string();
    assert!(verify().failed(1).contains(&id), "one byte: {:?}", verify());
    std::fs::remove_file(&stored[0]).unwrap();
    assert!(verify().failed(1).contains(&id), "removed: {:?}", verify());
    std::fs::write(&stored[0], kept).unwrap();
    verify().done();
}

fn stored_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(stored_files(&path)) } else { found.push(path) }
    }
    found
}

// ---- the environment, and what is left on disk ----

#[cfg(unix)]
#[test]
fn what_is_made_on_disk_is_for_its_own_user_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = new_folder("private");
    run(&mut cpor(&folder, &["migrate", "up"])).done();
    let mode = |path: &str| std::fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("cpor-data"), mode("cpor-data/cpor.db")), (0o700, 0o600));
    for beside in ["cpor-data/cpor.db-wal", "cpor-data/cpor.db-shm"] {
        assert!(!folder.join(beside).exists() || mode(beside) == 0o600, "{beside}");
    }
}

#[test]
fn an_empty_variable_is_none() {
    let folder = new_folder("empty");
    let mut command = cpor(&folder, &["migrate", "up"]);
    for name in ["DATABASE_URL", "CPOR_LOG_FORMAT", "CPOR_LISTEN"] {
        command.env(name, "");
    }
    run(&mut command).done();
    assert!(folder.join("cpor-data/cpor.db").exists());
    // One that is set to something wrong is still refused.
    run(cpor(&folder, &["migrate", "up"]).env("DATABASE_URL", "nonsense")).failed(1);
}
