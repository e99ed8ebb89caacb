//! The directory from files, by `cpor import`: CSV and JSON Lines, good rows and bad ones (C8).

use std::{fmt::Write as _, path::Path};

use serde_json::{Value, json};

use crate::support::{
    database::Database,
    directory::{self as sample, FABRIKAM, SALES},
    files::{new_folder, written},
    program::{cpor, on, on_empty_databases, run_on},
    source::root,
};

on_empty_databases!(
    the_sample_directory_is_imported_once,
    files_of_json_lines_are_imported,
    bad_rows_are_named_and_the_good_ones_loaded,
    a_dry_run_writes_nothing,
);

/// A database with all steps and, but for subscriptions, the sample directory from its files.
fn with_directory(database: &Database) {
    on(database, &["migrate", "up"]).done();
    for what in ["products", "partners", "customers"] {
        on(database, &["import", what, &format!("data/{what}.csv")]).done();
    }
}

async fn count(database: &Database, table: &str) -> usize {
    database.read(&format!("SELECT CAST(count(*) AS text) FROM {table}")).await[0].parse().unwrap()
}

async fn the_sample_directory_is_imported_once(database: &Database) {
    // C8
    on(database, &["migrate", "up"]).done();
    for (what, table) in [
        ("products", "product"),
        ("partners", "partner"),
        ("customers", "customer"),
        ("subscriptions", "customer_subscription"),
    ] {
        let import = || on(database, &["import", what, &format!("data/{what}.csv")]);
        let first = import();
        let rows = count(database, table).await;
        assert!(rows > 3, "{what}");
        assert_eq!(first.done(), format!("{rows} inserted, 0 updated, 0 unchanged, 0 refused"), "{what}");
        assert_eq!(import().done(), format!("0 inserted, 0 updated, {rows} unchanged, 0 refused"), "{what}");
    }
    let changed =
        "sku_id,sku_part_number,name,solution_area\n".to_owned() + SALES + ",X,Another name,BUSINESS_APPLICATIONS\n";
    let ended = run_on(
        &changed,
        cpor(root(), &["import", "products", "-", "--format", "csv"]).env("DATABASE_URL", &database.url),
    );
    assert_eq!(ended.done(), "0 inserted, 1 updated, 0 unchanged, 0 refused");
    on(database, &["verify"]).done();
}

/// A file of these rows, one a line.
fn json_lines(folder: &Path, what: &str, rows: &[Value]) -> String {
    let text = rows.iter().fold(String::new(), |text, row| text + &row.to_string() + "\n");
    written(folder, &format!("{what}.jsonl"), &text)
}

async fn files_of_json_lines_are_imported(database: &Database) {
    // C8: the rows of the API's upserts, as they are.
    on(database, &["migrate", "up"]).done();
    let folder = new_folder("json-lines");
    for (what, rows) in [
        ("products", sample::products()),
        ("partners", sample::partners()),
        ("customers", sample::customers()),
        ("subscriptions", sample::subscriptions()),
    ] {
        let (file, rows) = (json_lines(&folder, what, &rows), rows.len());
        assert_eq!(
            on(database, &["import", what, &file]).done(),
            format!("{rows} inserted, 0 updated, 0 unchanged, 0 refused")
        );
        assert_eq!(
            on(database, &["import", what, &file]).done(),
            format!("0 inserted, 0 updated, {rows} unchanged, 0 refused")
        );
    }
    on(database, &["verify"]).done();
}

/// A file whose rows are bad on some of its lines: what, name, text, the bad lines with words of the reason, and how many
/// rows are good.
type Bad = (&'static str, &'static str, String, Vec<(u64, &'static str)>, usize);

fn bad_files() -> Vec<Bad> {
    let id = |number: u32| format!("b0000000-0000-4000-8000-{number:012}");
    let mut subscriptions = String::from("subscription_id,tenant_id,sku_id,channel,status,seats,starts_at,ends_at\n");
    for (number, tenant, channel, seats, ends) in [
        (1, FABRIKAM, "CSP", "5", ""),
        (2, "b0000000-0000-4000-8000-0000000000ff", "CSP", "5", ""),
        (3, FABRIKAM, "SHOP", "5", ""),
        (4, FABRIKAM, "CSP", "-5", ""),
        (5, FABRIKAM, "CSP", "5", "2020-01-01T00:00:00Z"),
    ] {
        writeln!(subscriptions, "{},{tenant},{SALES},{channel},ACTIVE,{seats},2025-01-01T00:00:00Z,{ends}", id(number))
            .unwrap();
    }
    let customer =
        |number: u32, domain: &str| json!({ "tenantId": id(number), "name": "N", "domain": domain }).to_string();
    vec![
        (
            "products",
            "bad.csv",
            format!(
                "sku_id,sku_part_number,name,solution_area\n{},A,A,MICROSOFT_365\n\nnope,B,B,MICROSOFT_365\n{},C,C,XBOX\n{},D\n{},E, ,MICROSOFT_365\n",
                id(1),
                id(2),
                id(3),
                id(4)
            ),
            vec![(4, "sku_id"), (5, "solution_area"), (6, "cells"), (7, "name")],
            1,
        ),
        (
            "customers",
            "bad.jsonl",
            format!(
                "{}\n{{\"tenantId\"\n[]\n{}\n{}\n",
                customer(1, "one.example"),
                customer(2, "no domain"),
                json!({ "tenantId": id(3), "title": "x" })
            ),
            vec![(2, ""), (3, "object"), (4, "domain"), (5, "title")],
            1,
        ),
        (
            "partners",
            "bad.csv",
            format!(
                "partner_id,partner_name,mpn_id,location_name,country,enrolled_programs\n{},P,7000001,A,CH,OSA_SELL;OSU_MICROSOFT_365\n{},P,7000002,B,CH,OSA_BUY\n{},Q,1000101,C,CH,\n",
                id(1),
                id(1),
                id(2)
            ),
            vec![(3, "enrolled_programs"), (4, "mpn_id")],
            1,
        ),
        (
            "subscriptions",
            "bad.csv",
            subscriptions,
            vec![(3, "tenant_id"), (4, "channel"), (5, "seats"), (6, "ends_at")],
            1,
        ),
    ]
}

async fn bad_rows_are_named_and_the_good_ones_loaded(database: &Database) {
    // C8
    with_directory(database);
    let folder = new_folder("bad-rows");
    on(database, &["import", "customers", &json_lines(&folder, "sample", &sample::customers())]).done();
    for (what, name, text, bad, good) in bad_files() {
        let file = written(&folder, name, &text);
        let ended = on(database, &["import", what, &file]);
        let told = ended.failed(1);
        for (line, reason) in &bad {
            let named = told.lines().any(|text| text.starts_with(&format!("line {line}: ")) && text.contains(reason));
            assert!(named, "{what}: line {line} for {reason}: {told}");
        }
        assert_eq!(told.lines().filter(|line| line.starts_with("line ")).count(), bad.len(), "{what}: {told}");
        let refused = bad.len();
        assert_eq!(
            ended.out.trim_end(),
            format!("{good} inserted, 0 updated, 0 unchanged, {refused} refused"),
            "{what}: {told}"
        );
        let again = on(database, &["import", what, &file]);
        again.failed(1);
        assert_eq!(
            again.out.trim_end(),
            format!("0 inserted, 0 updated, {good} unchanged, {refused} refused"),
            "{what}"
        );
    }
    let whole = written(&folder, "whole.csv", "sku_id,name\n");
    assert!(on(database, &["import", "products", &whole]).failed(1).contains("sku_part_number"));
    on(database, &["verify"]).done();
}

async fn a_dry_run_writes_nothing(database: &Database) {
    // C8
    with_directory(database);
    let folder = new_folder("dry-run");
    let before = count(database, "product").await;
    let good = on(database, &["import", "subscriptions", "data/subscriptions.csv", "--dry-run"]);
    assert!(good.done().starts_with("dry run, nothing written: ") && good.out.contains(" 0 refused"), "{good:?}");
    assert_eq!(count(database, "customer_subscription").await, 0);
    let (_, _, text, bad, _) = bad_files().remove(0);
    let refused = on(database, &["import", "products", &written(&folder, "bad.csv", &text), "--dry-run"]);
    assert!(refused.failed(1).contains(&format!("line {}: ", bad[0].0)), "{refused:?}");
    assert!(
        refused.out.contains("1 inserted") && refused.out.contains(&format!("{} refused", bad.len())),
        "{refused:?}"
    );
    assert_eq!(count(database, "product").await, before);
}
