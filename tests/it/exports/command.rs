//! `cpor export`: files that are whole or not there, with a manifest that proves them.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{
    database::Database,
    files::new_folder,
    program::{Ended, cpor, on_empty_databases, run},
    source::root,
};

on_empty_databases!(
    generated_claims_are_exported_whole,
    a_partner_or_customer_can_be_exported_alone,
    a_file_is_whole_or_not_there,
    exports_to_one_file_do_not_meet,
    the_memory_of_an_export_is_constant,
);

fn command(database: &Database, documents: &Path, words: &[&str]) -> Command {
    let mut command = cpor(root(), words);
    command.env("DATABASE_URL", &database.url);
    command.env("CPOR_DOCUMENTS", format!("file://{}", documents.display()));
    command
}

fn cpor_on(database: &Database, documents: &Path, words: &[&str]) -> Ended {
    run(&mut command(database, documents, words))
}

/// Generates so many claims.
fn generated(database: &Database, claims: &str) -> std::path::PathBuf {
    let folder = new_folder("documents");
    cpor_on(database, &folder, &["migrate", "up"]).done();
    cpor_on(database, &folder, &["generate", "--claims", claims]).done();
    folder
}

async fn count(database: &Database, rows: &str) -> usize {
    database.read(&format!("SELECT CAST(count(*) AS text) FROM {rows}")).await[0].parse().unwrap()
}

fn manifest(text: &str) -> Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap_or_else(|_| panic!("{text}"))
}

async fn generated_claims_are_exported_whole(database: &Database) {
    // B3 H3
    let folder = generated(database, "300");
    let submitted = "claim WHERE status <> 'EDITING' AND deleted_at IS NULL";
    for (noun, rows) in [
        ("claims", submitted.to_owned()),
        ("history", format!("history WHERE claim_id IN (SELECT id FROM {submitted})")),
        (
            "evaluations",
            format!("evaluation WHERE claim_id IN (SELECT id FROM {submitted} AND evaluation_status IS NOT NULL)"),
        ),
        ("associations", "association".to_owned()),
    ] {
        for format in ["jsonl", "csv"] {
            let ended = cpor_on(database, &folder, &["export", noun, "--format", format]);
            ended.done();
            let told = manifest(&ended.err);
            assert_eq!((told["export"].as_str(), told["format"].as_str()), (Some(noun), Some(format)));
            let expected = count(database, &rows).await;
            assert!(expected > 20, "{noun}: {expected}");
            assert_eq!(told["rows"], expected, "{noun}");
            assert_eq!(told["bytes"], ended.out.len());
            assert_eq!(told["sha256"], domain::history::hex(&Sha256::digest(ended.out.as_bytes())).as_str());
            let lines = if format == "csv" {
                csv::Reader::from_reader(ended.out.as_bytes()).into_records().count()
            } else {
                ended.out.lines().count()
            };
            assert_eq!(lines, expected, "{noun}");
            let since = told["position"].as_str().unwrap();
            let again = cpor_on(database, &folder, &["export", noun, "--since", since]);
            assert_eq!((again.done(), &manifest(&again.err)["rows"]), ("", &Value::from(0)));
        }
    }
    let verified = cpor_on(database, &folder, &["verify"]);
    assert!(verified.done().ends_with("OK"), "{verified:?}");
}

async fn a_partner_or_customer_can_be_exported_alone(database: &Database) {
    // B3 A3 A4
    let folder = generated(database, "200");
    let ids = |text: &str| text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let whole = ids(cpor_on(database, &folder, &["export", "claims"]).done());
    let approved = whole.iter().find(|claim| claim["status"] == "APPROVED").unwrap();
    let (partner, tenant) = (approved["partnerId"].as_str().unwrap(), approved["tenantId"].as_str().unwrap());
    let of_partner = ids(cpor_on(database, &folder, &["export", "claims", "--partner", partner]).done());
    assert!(!of_partner.is_empty() && of_partner.iter().all(|claim| claim["partnerId"] == partner));
    let of_customer = ids(cpor_on(database, &folder, &["export", "claims", "--tenant", tenant]).done());
    assert!(
        !of_customer.is_empty()
            && of_customer.iter().all(|claim| claim["tenantId"] == tenant && claim["disputeStatus"].is_null())
    );
    assert_eq!(cpor_on(database, &folder, &["export", "history", "--tenant", tenant]).done(), "");
    cpor_on(database, &folder, &["export", "claims", "--tenant", tenant, "--partner", partner]).failed(2);
}

async fn a_file_is_whole_or_not_there(database: &Database) {
    // B3
    let folder = generated(database, "50");
    let files = new_folder("exports");
    let path = |name: &str| files.join(name).to_str().unwrap().to_owned();
    let ended = cpor_on(
        database,
        &folder,
        &["export", "claims", "--format", "csv", "--output", &path("claims.csv"), "--manifest", &path("claims.json")],
    );
    assert_eq!((ended.done(), ended.err.as_str()), ("", ""));
    let told = manifest(&fs::read_to_string(path("claims.json")).unwrap());
    let content = fs::read(path("claims.csv")).unwrap();
    assert_eq!(told["sha256"], domain::history::hex(&Sha256::digest(&content)).as_str());
    assert_eq!(fs::read_dir(&files).unwrap().count(), 2, "no part is left");
    let refused = cpor_on(database, &folder, &["export", "claims", "--output", "/nowhere/claims.jsonl"]);
    assert!(refused.failed(1).contains("cannot be written"), "{refused:?}");
    let refused = cpor_on(database, &folder, &["export", "claims", "--since", "nothing", "--output", &path("other")]);
    assert!(refused.failed(1).contains("position"), "{refused:?}");
    assert!(!Path::new(&path("other")).exists());
    cpor_on(database, &folder, &["export", "customers"]).failed(2);
}

async fn exports_to_one_file_do_not_meet(database: &Database) {
    // B3: the last one that is complete stays.
    let folder = generated(database, "50");
    let files = new_folder("exports");
    let output = files.join("claims.jsonl");
    let alone = cpor_on(database, &folder, &["export", "claims"]);
    let begin = || command(database, &folder, &["export", "claims", "--output", output.to_str().unwrap()]).spawn();
    for mut export in [begin(), begin(), begin(), begin()].map(Result::unwrap) {
        assert!(export.wait().unwrap().success());
    }
    assert_eq!(fs::read_to_string(&output).unwrap().trim_end(), alone.done().trim_end());
    assert_eq!(fs::read_dir(&files).unwrap().count(), 1, "no part is left");
}

/// The most memory that an export of the history had in RAM, in bytes, and how many rows it had.
fn peak(database: &Database, folder: &Path) -> (u64, usize) {
    let command = command(database, folder, &["export", "history"]);
    let mut child = Command::new(command.get_program());
    child
        .args(command.get_args())
        .current_dir(root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => child.env(name, value),
            None => child.env_remove(name),
        };
    }
    let mut child = child.spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let (mut most, mut rows, mut line) = (0, 0, Vec::new());
    while std::io::BufRead::read_until(&mut out, b'\n', &mut line).unwrap() > 0 {
        line.clear();
        rows += 1;
        if rows % 100 == 0 {
            most = most.max(memory(child.id()));
        }
    }
    assert!(child.wait().unwrap().success());
    (most, rows)
}

fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024)
}

async fn the_memory_of_an_export_is_constant(database: &Database) {
    // B3
    let folder = generated(database, "100");
    let (small, few) = peak(database, &folder);
    let other = Database::empty(database.backend).await;
    let folder = generated(&other, "1000");
    let (large, many) = peak(&other, &folder);
    assert!(many > 8 * few, "{few} {many}");
    // Ten times as much: a page or two and the noise of a process, no multiple.
    assert!(small > 0 && large > 0, "the memory was not measured");
    assert!(large < small + 8 * 1024 * 1024, "{few} rows: {small} bytes, {many} rows: {large} bytes");
    other.delete().await;
}
