//! The files of `deploy/`, where a program can tell whether they fit this one. `scripts/test-deploy` asks the tools they are for.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use domain::kinds::{Role, Scope};
use serde_json::Value;

use crate::support::{
    files::new_folder,
    program::{Running, cpor, run},
    source::{read, root, rust_files},
};

/// The files below this folder of `deploy/`, or the file itself: path and text.
fn files(path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join("deploy").join(path), &mut found);
    assert!(!found.is_empty(), "{path}");
    found
}

fn collect(path: &Path, found: &mut Vec<(String, String)>) {
    if path.is_file() {
        found.push((path.display().to_string(), read(path)));
        return;
    }
    for entry in std::fs::read_dir(path).unwrap() {
        collect(&entry.unwrap().path(), found);
    }
}

/// The words of a text that begin like this.
fn words<'a>(text: &'a str, start: &str) -> BTreeSet<&'a str> {
    let is_part = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    text.split(is_part).filter(|word| word.starts_with(start)).collect()
}

#[test]
fn every_variable_in_the_files_is_one_of_serve() {
    let help = run(&mut cpor(root(), &["serve", "--help"]));
    let there: BTreeSet<&str> = words(help.done(), "CPOR_");
    // The variable of a build.
    let of_others = BTreeSet::from(["CPOR_REQUIRE_CONSOLE"]);
    let mut seen = BTreeSet::new();
    for (path, text) in files("") {
        let named = words(&text, "CPOR_");
        let unknown: Vec<_> =
            named.iter().filter(|word| !there.contains(*word) && !of_others.contains(*word)).collect();
        assert!(unknown.is_empty(), "{path} sets {unknown:?}");
        seen.extend(named.into_iter().map(str::to_owned));
    }
    assert!(seen.len() > 6, "{seen:?}");
}

#[test]
fn dashboard_and_alerts_ask_for_metrics_that_exist_and_the_dashboard_for_each() {
    let telemetry = rust_files("src/telemetry");
    let texts = telemetry.iter().flat_map(|file| file.text.split('"').skip(1).step_by(2));
    let there: BTreeSet<&str> =
        texts.filter(|text| words(text, "cpor_").len() == 1 && text.starts_with("cpor_")).collect();
    assert!(there.len() > 15, "{there:?}");
    let names = |text: &str| -> BTreeSet<String> {
        words(text, "cpor_").into_iter().map(|word| word.trim_end_matches("_bucket").to_owned()).collect()
    };
    let dashboard = names(&read("deploy/grafana/dashboard.json"));
    for asked in dashboard.iter().chain(&names(&read("deploy/prometheus/alerts.yml"))) {
        assert!(there.contains(asked.as_str()), "nothing reports {asked}");
    }
    let missing: Vec<_> = there.iter().filter(|name| !dashboard.contains(**name)).collect();
    assert!(missing.is_empty(), "the dashboard does not show {missing:?}");
}

#[test]
fn there_is_an_alert_for_each_line_of_what_to_watch_and_a_test_of_each_alert() {
    let (page, alerts) = (read("docs/operations.md"), read("deploy/prometheus/alerts.yml"));
    let table = page.split("| metric | meaning | alert when |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() > 8, "{rows:?}");
    for row in rows {
        let of_row = words(row.split(" | ").next().unwrap(), "cpor_");
        assert!(of_row.iter().any(|name| alerts.contains(*name)), "no alert for {row}");
    }
    let tests = read("deploy/prometheus/alerts.test.yml");
    for alert in alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(tests.contains(&format!("alertname: {alert}\n")), "{alert} is not tested");
    }
}

#[test]
fn the_image_is_built_of_files_that_exist_and_runs_without_root() {
    let file = read("deploy/Containerfile");
    let copies = file.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|copy| !copy.starts_with("--from"));
    for copy in copies {
        let sources: Vec<_> = copy.split_whitespace().collect();
        for source in &sources[..sources.len() - 1] {
            assert!(root().join(source).exists(), "COPY {copy}");
        }
    }
    let last = file.rsplit("\nFROM ").next().unwrap();
    for line in ["USER 10001:10001", "STOPSIGNAL SIGTERM", "ENTRYPOINT [\"cpor\"]", "CMD [\"serve\"]"] {
        assert!(last.lines().any(|found| found == line), "{line}");
    }
    assert!(last.contains("\nHEALTHCHECK ") && last.contains("CMD [\"cpor-healthcheck\"]"));
    let rust =
        read("Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().replace('"', "");
    assert!(file.contains(&format!("library/rust:{rust}-")), "the image is built with Rust {rust}");
}

#[test]
fn the_health_check_tells_a_server_that_answers_from_one_that_does_not() {
    let folder = new_folder("healthcheck");
    let (demo, _) = Running::start(cpor(&folder, &["demo"]).env("CPOR_LISTEN", "127.0.0.1:0"), "Ctrl-C stops the demo");
    let tokens = std::fs::read_to_string(folder.join("cpor-data/tokens.env")).unwrap();
    let port = tokens.split("/graphql").next().unwrap().rsplit(':').next().unwrap();
    let check = |path: &str, port: &str| run(Command::new(root().join("deploy/healthcheck")).args([path, port])).code;
    assert_eq!((check("/healthz", port), check("/readyz", port)), (Some(0), Some(0)));
    assert_ne!(check("/nothing", port), Some(0));
    let port = port.to_owned();
    demo.stop().done();
    assert_ne!(check("/healthz", &port), Some(0));
}

#[test]
fn the_realm_gives_the_roles_and_scopes_that_the_server_knows() {
    // A1 A2 A3 A5
    let realm: Value = serde_json::from_str(&read("deploy/compose/realm.json")).unwrap();
    let names = |list: &Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let roles: BTreeSet<String> = Role::ALL.iter().map(|role| role.as_str().to_owned()).collect();
    assert_eq!(names(&realm["roles"]["realm"]), roles);
    let scopes = names(&realm["clientScopes"]);
    let known: BTreeSet<String> = Scope::ALL.iter().map(|scope| scope.as_str().to_owned()).collect();
    let unknown: Vec<_> = scopes.difference(&known).collect();
    assert_eq!(unknown, ["cpor-api"], "the one that every token has");
    assert!(scopes.len() > 6, "{scopes:?}");
    for user in realm["users"].as_array().unwrap() {
        let role = user["realmRoles"][0].as_str().unwrap();
        assert!(roles.contains(role), "{user}");
        let company = if role == "CUSTOMER_ADMIN" { "tenant_id" } else { "partner_id" };
        let vendor = ["REVIEWER", "REVIEW_LEAD", "AUDITOR", "DIRECTORY_SYNC"].contains(&role);
        assert_eq!(user["attributes"][company].is_null(), vendor, "{user}");
    }
}

#[test]
fn the_server_takes_the_identity_file_of_the_compose_file() {
    // A7: the token is none; that the file is read and taken is what is asked.
    let explained = run(&mut cpor(root(), &["token", "explain", "none", "--identity", "deploy/compose/identity.toml"]));
    assert!(explained.out.contains("issuer ") && explained.out.contains("refused"), "{explained:?}");
}

#[test]
fn the_compose_file_mounts_what_exists() {
    let file = read("deploy/compose/compose.yaml");
    let mounts = file.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split_once(':'));
    let own: Vec<_> = mounts.filter(|(from, _)| from.starts_with('.')).map(|(from, _)| from).collect();
    assert!(own.len() > 4, "{own:?}");
    for path in own {
        assert!(root().join("deploy/compose").join(path).exists(), "{path}");
    }
}

/// The packages of a profile's table, each with its optimization level.
fn levels(profile: &toml::Table) -> BTreeMap<String, i64> {
    let packages = profile["package"].as_table().unwrap();
    packages.iter().map(|(name, settings)| (name.clone(), settings["opt-level"].as_integer().unwrap())).collect()
}

#[test]
fn the_demo_optimizes_no_package() {
    let profile = |path: &str| {
        let file: toml::Table = read(path).parse().unwrap();
        file["profile"]["release"].as_table().unwrap().clone()
    };
    let (product, demo) = (profile("Cargo.toml"), profile("scripts/demo.toml"));
    assert_eq!(demo["opt-level"].as_integer(), Some(0));
    let optimized = levels(&product);
    assert!(optimized.len() > 10);
    assert_eq!(levels(&demo), optimized.into_keys().map(|name| (name, 0)).collect());
}
