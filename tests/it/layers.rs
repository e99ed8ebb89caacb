//! Who may use whom, and a few manners that the compiler does not teach.

use crate::support::source::{Source, read, rust_files, words};

/// The folders and files of `src`, each using only itself and those before it.
const LAYERS: &[&str] = &[
    "config",
    "clock",
    "ids",
    "private",
    "telemetry",
    "documents",
    "mail",
    "store",
    "events",
    "auth",
    "webhooks",
    "app",
    "jobs",
    "graphql",
    "http",
    "server",
    "cli",
    "main",
];

/// Crates that only these layers may name.
const RESERVED: &[(&str, &[&str])] = &[
    ("sea_orm", &["store"]),
    ("sqlx", &["store"]),
    ("entity", &["store"]),
    ("async_graphql", &["graphql"]),
    ("async_graphql_value", &["graphql"]),
    ("axum", &["http"]),
    ("hyper", &["http"]),
    ("object_store", &["documents"]),
    ("jsonwebtoken", &["auth"]),
    ("reqwest", &["auth", "webhooks"]),
    ("aws_lc_rs", &["documents", "ids", "webhooks"]),
    ("ipnet", &["config", "webhooks"]),
    ("clap", &["config", "cli", "main"]),
    ("lettre", &["mail"]),
    ("minijinja", &["mail"]),
    ("fluent_bundle", &["mail"]),
    ("unic_langid", &["mail"]),
    ("icu_calendar", &["mail"]),
    ("icu_datetime", &["mail"]),
    ("icu_locale_core", &["mail"]),
    ("icu_time", &["mail"]),
    ("indicatif", &["cli"]),
    ("csv", &["cli"]),
    ("metrics", &["telemetry"]),
    ("metrics_exporter_prometheus", &["telemetry"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
    ("tracing_subscriber", &["telemetry"]),
];

/// What `domain` may not contain: it is pure.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::io",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "Uuid::now_v7",
    "async fn",
    ".await",
    "println!",
    "static mut",
];

/// What the program may not contain anywhere.
const BANNED: &[&str] = &[
    ".unwrap()",
    ".expect(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "unreachable!(",
    "#[allow(",
    "#![allow(",
    "unsafe {",
];

/// The most lines a file may have.
const LONGEST: usize = 400;

#[test]
fn a_layer_uses_only_itself_and_those_before_it() {
    let mut wrong = Vec::new();
    for source in rust_files("src") {
        let own = layer(&source);
        for used in uses(&source.code()).filter_map(|name| rank(&name).map(|rank| (rank, name))) {
            if own.is_some_and(|own| used.0 > own) {
                wrong.push(format!("{} uses crate::{}", source.path, used.1));
            }
        }
    }
    assert!(wrong.is_empty(), "a layer reaches upwards:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_server_belongs_to_a_layer() {
    let homeless: Vec<_> = rust_files("src")
        .into_iter()
        .filter(|source| source.path != "src/lib.rs" && layer(source).is_none())
        .map(|s| s.path)
        .collect();
    assert!(homeless.is_empty(), "in no layer: {homeless:?}");
}

#[test]
fn a_crate_is_used_only_in_its_layer() {
    let mut wrong = Vec::new();
    for source in rust_files("src") {
        let code = source.code();
        for (name, rooms) in RESERVED {
            let at_home = rooms.iter().any(|room| folder(&source) == *room);
            if !at_home && names_crate(&code, name) {
                wrong.push(format!("{} names {name}, which belongs to {rooms:?}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let mut wrong = Vec::new();
    for source in rust_files("domain/src") {
        let code = source.code();
        wrong.extend(IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let manifest: toml::Table = read("domain/Cargo.toml").parse().unwrap();
    let pure = [
        "email_address",
        "icu_casemap",
        "icu_collator",
        "icu_normalizer",
        "icu_properties",
        "idna",
        "jiff",
        "serde",
        "serde_json",
        "sha2",
        "toml",
        "uuid",
    ];
    let foreign: Vec<_> =
        manifest["dependencies"].as_table().unwrap().keys().filter(|name| !pure.contains(&name.as_str())).collect();
    assert!(foreign.is_empty(), "no crate for the domain: {foreign:?}");
}

#[test]
fn nothing_in_the_program_gives_up() {
    let mut wrong = Vec::new();
    for source in ["src", "domain/src", "entity/src", "migration/src"].into_iter().flat_map(rust_files) {
        let code = source.code();
        wrong.extend(BANNED.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    let all = ["src", "domain", "entity", "migration", "tests"].into_iter().flat_map(rust_files);
    let long: Vec<_> =
        all.map(|source| (source.text.lines().count(), source.path)).filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "more than {LONGEST} lines: {long:?}");
}

/// The folder or file of `src` that a source belongs to, such as `store`.
fn folder(source: &Source) -> &str {
    let inside = source.path.strip_prefix("src/").unwrap_or_default();
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn layer(source: &Source) -> Option<usize> {
    rank(folder(source))
}

fn rank(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

/// The modules named right after `crate::` or `cpor::`, in groups too.
fn uses(code: &str) -> impl Iterator<Item = String> {
    let marks = code.match_indices("crate::").map(|(at, mark)| at + mark.len());
    let marks = marks.chain(code.match_indices("cpor::").map(|(at, mark)| at + mark.len()));
    marks.flat_map(|at| first_names(&code[at..])).collect::<Vec<_>>().into_iter()
}

/// The first name of a path, or of each path in a group.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return words(path).next().map(str::to_owned).into_iter().collect();
    };
    let (mut depth, mut names, mut fresh) = (0, Vec::new(), true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            letter if fresh && letter.is_alphabetic() => {
                names.extend(words(&group[at..]).next().map(str::to_owned));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

/// Whether the code names the crate in a path or a `use`.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        let after = &code[at + name.len()..];
        let alone = !before.is_alphanumeric() && before != '_' && before != ':' && before != '.' && before != '"';
        alone && (after.starts_with("::") || code[..at].trim_end().ends_with("use"))
    })
}

#[test]
fn groups_of_uses_are_understood() {
    assert_eq!(
        uses("use crate::{app::{App, claims}, store::Db};\ncrate::auth::x()").collect::<Vec<_>>(),
        ["app", "store", "auth"]
    );
}
