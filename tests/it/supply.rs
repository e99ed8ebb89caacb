//! What the program is made of, and what is written of its defenses (issue 10, number 20).

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use toml::{Table, Value};

use crate::support::source::{read, root};

/// A crate of the tree: its name, version and license.
struct Crate {
    name: String,
    version: String,
    license: String,
    /// Where it comes from when that is not the registry.
    elsewhere: Option<String>,
}

/// All crates that a build of any platform with every feature needs, the tests' own aside.
fn tree() -> Vec<Crate> {
    let cargo = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--all-features", "--edges", "normal,build", "--target", "all"])
        .args(["--offline", "--locked", "--no-dedupe", "--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let lines: BTreeSet<String> = String::from_utf8(cargo.stdout).unwrap().lines().map(str::to_owned).collect();
    let crates: Vec<_> = lines.iter().filter(|line| !line.is_empty()).map(|line| of(line)).collect();
    assert!(crates.len() > 300, "{} crates", crates.len());
    crates
}

/// A line such as `serde v1.0.0 (proc-macro)|MIT OR Apache-2.0`.
fn of(line: &str) -> Crate {
    let (named, license) = line.split_once('|').unwrap();
    let mut words = named.split(' ');
    let (name, version) = (words.next().unwrap().to_owned(), words.next().unwrap().trim_start_matches('v').to_owned());
    let elsewhere = words.map(|word| word.trim_matches(['(', ')'])).find(|word| !matches!(*word, "proc-macro" | "*"));
    Crate { name, version, license: license.to_owned(), elsewhere: elsewhere.map(str::to_owned) }
}

fn deny() -> Table {
    read("deny.toml").parse().unwrap()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Whether one of the ways in which a crate is licensed is allowed.
fn is_allowed(license: &str, allowed: &BTreeSet<String>) -> bool {
    // `/` is how `OR` was written once. `AND` binds closer than `OR`; what is in brackets is judged first.
    let license = license.replace(" / ", " OR ").replace('/', " OR ");
    if let Some((before, rest)) = license.split_once('(') {
        let (inside, after) = rest.split_once(')').unwrap();
        let judged = if is_allowed(inside, allowed) { "0BSD" } else { "nothing" };
        return is_allowed(&format!("{before}{judged}{after}"), allowed);
    }
    license.split(" OR ").any(|way| way.split(" AND ").all(|part| allowed.contains(part.trim())))
}

#[test]
fn every_license_is_one_of_the_list() {
    let allowed = texts(&deny()["licenses"]["allow"]);
    for (license, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT/GPL-3.0", true),
        ("ISC AND (GPL-3.0 OR MIT)", true),
        ("ISC AND (GPL-3.0 OR AGPL-3.0)", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(license, &allowed), expected, "{license}");
    }
    let tree = tree();
    let foreign: Vec<_> = tree.iter().filter(|one| !is_allowed(&one.license, &allowed)).collect();
    let named: Vec<_> = foreign.iter().map(|one| format!("{} {}: {}", one.name, one.version, one.license)).collect();
    assert!(named.is_empty(), "licenses that deny.toml does not allow: {named:?}");
}

#[test]
fn everything_comes_from_the_registry() {
    let root = root().display().to_string();
    let elsewhere: Vec<_> = tree()
        .into_iter()
        .filter(|one| one.elsewhere.as_ref().is_some_and(|place| !place.starts_with(&root)))
        .map(|one| format!("{} from {}", one.name, one.elsewhere.unwrap_or_default()))
        .collect();
    assert!(elsewhere.is_empty(), "neither of the registry nor of this workspace: {elsewhere:?}");
    let lock: Table = read("Cargo.lock").parse().unwrap();
    let registry = texts(&deny()["sources"]["allow-registry"]);
    for package in lock["package"].as_array().unwrap() {
        let source = package.get("source").map(|source| source.as_str().unwrap().trim_start_matches("registry+"));
        assert!(source.is_none_or(|source| registry.contains(source)), "{package:?}");
    }
}

#[test]
fn one_provider_of_cryptography_and_none_that_is_banned() {
    let tree = tree();
    let deny = deny();
    for banned in deny["bans"]["deny"].as_array().unwrap() {
        let name = banned["crate"].as_str().unwrap();
        assert!(!tree.iter().any(|one| one.name == name), "{name} is in the tree: {:?}", banned["reason"]);
    }
    assert!(tree.iter().any(|one| one.name == "aws-lc-rs"));
}

#[test]
fn a_crate_is_there_twice_only_for_a_reason() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in tree() {
        versions.entry(one.name).or_default().insert(one.version);
    }
    let deny = deny();
    let skipped: Vec<(&str, &str)> = deny["bans"]["skip"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skip| {
            assert!(skip["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "no reason: {skip:?}");
            skip["crate"].as_str().unwrap().split_once('@').unwrap()
        })
        .collect();
    let is_of = |version: &str, wanted: &str| version == wanted || version.starts_with(&format!("{wanted}."));
    for (name, versions) in &versions {
        let unexplained: Vec<_> = versions
            .iter()
            .filter(|version| !skipped.iter().any(|(skip, wanted)| skip == name && is_of(version, wanted)))
            .collect();
        assert!(unexplained.len() < 2, "{name} is there as {unexplained:?}: unify them, or give deny.toml a reason");
    }
    for (name, wanted) in skipped {
        let there = versions.get(name).is_some_and(|all| all.len() > 1 && all.iter().any(|one| is_of(one, wanted)));
        assert!(there, "deny.toml excuses {name}@{wanted}, which is not there twice any more: remove the entry");
    }
}

/// The first cells of the rows of a page's tables, set as code.
fn rows(page: &str) -> BTreeSet<String> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    cells.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_direct_dependency_has_its_reason_and_no_other() {
    let mut direct = BTreeSet::new();
    for manifest in ["Cargo.toml", "domain/Cargo.toml", "entity/Cargo.toml", "migration/Cargo.toml"] {
        let manifest: Table = read(manifest).parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let section = manifest.get(section).and_then(Value::as_table);
            direct.extend(section.into_iter().flat_map(Table::keys).cloned());
        }
    }
    for own in ["domain", "entity", "migration"] {
        direct.remove(own);
    }
    let explained = rows(&read("docs/dependencies.md"));
    let missing: Vec<_> = direct.difference(&explained).collect();
    assert!(missing.is_empty(), "docs/dependencies.md gives no reason for {missing:?}");
    let gone: Vec<_> = explained.difference(&direct).collect();
    assert!(gone.is_empty(), "docs/dependencies.md explains what is not used: {gone:?}");
}

/// The names of all tests and of the functions that make them, in any crate of the workspace.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["src", "domain", "tests/it", "migration", "web/tests", "tests/clients"] {
        for (_, text) in texts_of(&root().join(folder)) {
            let functions = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
            names.extend(functions.map(str::to_owned));
        }
    }
    names
}

fn texts_of(folder: &std::path::Path) -> Vec<(std::path::PathBuf, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path {
            folder if folder.is_dir() && !folder.ends_with("node_modules") => texts_of(&folder),
            file if file.extension().is_some_and(|ending| ending == "rs") => {
                let text = std::fs::read_to_string(&file).unwrap();
                vec![(file, text)]
            }
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_threat_is_answered_by_a_test_that_exists() {
    let page = read("docs/security.md");
    let functions = functions();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| T") || line.starts_with("| F"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> =
        (1..=55).map(|number| format!("T{number:02}")).chain((1..=22).map(|number| format!("F{number:02}"))).collect();
    assert_eq!(ids, expected);
    for row in rows {
        assert_eq!(row.len(), 4, "{row:?}");
        let named: Vec<&str> = row[3].split('`').skip(1).step_by(2).collect();
        let is_answered = !named.is_empty() || row[3].starts_with("does not apply") || row[3].starts_with("not tested");
        assert!(is_answered, "no test: {row:?}");
        let is_there = |name: &str| functions.contains(name) || functions.contains(&format!("{name}_on_sqlite"));
        let unknown: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
        assert!(unknown.is_empty(), "{}: no such test: {unknown:?}", row[0]);
    }
}
